package checks

import (
	"context"

	"rocketmq-agent/agent/probes"
	"rocketmq-agent/agent/rocketmq"
)

// ControllerClient asks a controller who leads.
type ControllerClient interface {
	ControllerMetadata(ctx context.Context) (rocketmq.ControllerMetadata, error)
}

// Controller returns the checks of a controller. One that knows no leader cannot answer brokers.
func Controller(c ControllerClient) []probes.Check {
	return []probes.Check{check("controller", func(ctx context.Context) probes.Result {
		group, err := c.ControllerMetadata(ctx)
		switch {
		case err != nil:
			return probes.Fail("%v", err)
		case group.LeaderID == "":
			return probes.Fail("the group %s has no leader", group.Group)
		case group.IsLeader:
			return probes.Pass("leads the group %s", group.Group)
		default:
			return probes.Pass("follows %s (%s)", group.LeaderID, group.LeaderAddr)
		}
	})}
}
