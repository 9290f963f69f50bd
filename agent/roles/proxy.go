package roles

import (
	"time"

	"rocketmq-agent/agent/checks"
	"rocketmq-agent/agent/exit"
	"rocketmq-agent/agent/plan"
	"rocketmq-agent/agent/rocketmq"
)

type proxy struct{ plain }

func newProxy(p plan.Process, client *rocketmq.Client) Role {
	_, grpc, _ := p.ProxyAddrs()
	return &proxy{plain{client: client, checks: checks.Proxy(client, grpc), stopTime: 14 * time.Second}}
}

func (*proxy) Meaning(code int) string { return proxyMeaning(code) }

// proxyMeaning is that of a JVM whose main class is the proxy's (ProxyStartup).
func proxyMeaning(code int) string {
	if code == exit.Failure {
		return "the proxy could not start; its last lines say why"
	}
	return exit.Meaning(code)
}
