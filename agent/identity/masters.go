package identity

import (
	"fmt"

	"rocketmq-agent/agent/settings"
)

// masters makes every broker a group of its own.
type masters struct{ fixedRoles }

func (masters) Size(groupSize int) (int, error) {
	if groupSize > 1 {
		return 0, fmt.Errorf("RMQ_GROUP_SIZE=%d does not go with RMQ_TOPOLOGY=masters, "+
			"where every broker is a group of its own: leave it out, or set RMQ_TOPOLOGY=replicas", groupSize)
	}
	return 1, nil
}

func (masters) Place(id Identity, s settings.Settings) (group, index int, err error) {
	return divide(id, s)
}

func (masters) Defaults(Identity) []Pair { return nil }
