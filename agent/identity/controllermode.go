package identity

import (
	"strconv"

	"rocketmq-agent/agent/rmq"
	"rocketmq-agent/agent/settings"
)

// controllerMode leaves the choice of each group's master to controllers.
type controllerMode struct{}

func (controllerMode) Size(n int) (int, error) {
	if n == 0 {
		return 0, sizeMissing(rmq.ControllerMode, "1 or more")
	}
	return n, nil
}

func (controllerMode) Place(id Identity, s settings.Settings) (group, index int, err error) {
	return divide(id, s)
}

func (controllerMode) Become(id *Identity, _ settings.Settings, _ pod) { id.BrokerID = rmq.AnyID }

// Defaults make all that are in sync have what is acknowledged, for a master is elected from those. One may be missing.
func (controllerMode) Defaults(id Identity) []Pair {
	return []Pair{
		{"allAckInSyncStateSet", "true"},
		{"inSyncReplicas", "2"},
		{"minInSyncReplicas", strconv.Itoa(min(2, id.Size-1))},
	}
}

func (controllerMode) Keys(id Identity, s settings.Settings) []Keys {
	return []Keys{
		keys(id.Topology, Pair{"brokerName", id.BrokerName}),
		keys(id.Topology, Pair{"enableControllerMode", "true"}),
		off(id.Topology, "enableDLegerCommitLog"),
		{Source: "RMQ_CONTROLLER", Pairs: []Pair{{"controllerAddr", s.Controller.String()}}},
	}
}

func (controllerMode) Follows(s settings.Settings, v rmq.Values) []Follow {
	beside := ControllersBeside(v.Text("namesrvAddr"))
	if len(s.Controller) > 0 || beside == "" {
		return nil
	}
	return []Follow{{Pair{"controllerAddr", beside}, "the hosts of namesrvAddr"}}
}

func (controllerMode) Elected() bool { return true }

// Owner knows the index only of a derived identity: what stands in a file says nothing about it.
func (controllerMode) Owner(id Identity, v rmq.Values) Owner {
	index := ""
	if id.Topology != rmq.Manual {
		index = strconv.Itoa(id.Index)
	}
	return brokerOf(Controlled, v, index)
}
