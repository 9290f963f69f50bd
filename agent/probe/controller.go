package probe

import (
	"context"

	"rocketmq-agent/agent/health"
	"rocketmq-agent/agent/rocketmq"
)

// ControllerClient asks a controller who leads.
type ControllerClient interface {
	ControllerMetadata(ctx context.Context) (rocketmq.ControllerMetadata, error)
}

// Controller returns the checks of a controller. One that knows no leader cannot answer brokers.
func Controller(c ControllerClient) []health.Check {
	return []health.Check{check("controller", func(ctx context.Context) health.Result {
		group, err := c.ControllerMetadata(ctx)
		switch {
		case err != nil:
			return health.Fail("%v", err)
		case group.LeaderID == "":
			return health.Fail("the group %s has no leader", group.Group)
		case group.IsLeader:
			return health.Pass("leads the group %s", group.Group)
		default:
			return health.Pass("follows %s (%s)", group.LeaderID, group.LeaderAddr)
		}
	})}
}
