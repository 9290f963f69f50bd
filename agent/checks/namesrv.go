package checks

import "rocketmq-agent/agent/probes"

// Namesrv returns the checks of a name server.
func Namesrv(port Pinger) []probes.Check {
	return []probes.Check{ping("namesrv", port)}
}
