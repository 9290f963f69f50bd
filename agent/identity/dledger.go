package identity

import (
	"fmt"

	"rocketmq-agent/agent/rmq"
	"rocketmq-agent/agent/settings"
)

// dledger makes each group replicate its commit log and elect its leader.
type dledger struct{}

func (dledger) Size(n int) (int, error) {
	switch {
	case n == 0:
		return 0, sizeMissing(rmq.DLedger, "3, 5, 7 or 9")
	case n < 3 || n%2 == 0:
		return 0, fmt.Errorf("RMQ_GROUP_SIZE=%d: RMQ_TOPOLOGY=dledger needs an odd number from 3 to 9; "+
			"it takes a majority to elect a leader", n)
	case n > 9:
		return 0, fmt.Errorf("RMQ_GROUP_SIZE=%d: RMQ_TOPOLOGY=dledger takes 9 at most; "+
			"more voters only make it slower", n)
	}
	return n, nil
}

func (dledger) Place(id Identity, s settings.Settings) (group, index int, err error) {
	return divide(id, s)
}

func (dledger) Become(id *Identity, s settings.Settings, p pod) {
	id.BrokerID, id.SelfID = rmq.AnyID, member(id.Index)
	id.Peers = peers(p, s, id.Group*id.Size, id.Size, dledgerPort)
}

func (dledger) Defaults(Identity) []Pair { return nil }

func (dledger) Keys(id Identity, _ settings.Settings) []Keys {
	return []Keys{
		keys(id.Topology, Pair{"brokerName", id.BrokerName}),
		keys(id.Topology,
			Pair{"enableDLegerCommitLog", "true"},
			Pair{"dLegerGroup", id.BrokerName},
			Pair{"dLegerSelfId", id.SelfID},
			Pair{"dLegerPeers", id.Peers},
		),
		off(id.Topology, "enableControllerMode"),
	}
}

func (dledger) Follows(settings.Settings, rmq.Values) []Follow { return nil }

func (dledger) Elected() bool { return true }

func (dledger) Owner(_ Identity, v rmq.Values) Owner {
	return brokerOf(DLedger, v, v.Text("dLegerSelfId"))
}
