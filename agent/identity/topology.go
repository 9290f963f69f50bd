package identity

import (
	"fmt"
	"strconv"

	"rocketmq-agent/agent/rmq"
	"rocketmq-agent/agent/settings"
)

// Topology is the rule that turns ordinals into brokers. Each has a file of its own; whoever adds one implements all of
// this, and names it in rmq.Topologies and in topologies.
type Topology interface {
	// Size is how many brokers share a name. groupSize is RMQ_GROUP_SIZE, 0 where it is not set.
	Size(groupSize int) (int, error)
	// Place is the group of a broker with an ordinal and a group size, and its index there.
	Place(id Identity, s settings.Settings) (group, index int, err error)
	// Become fills in what the place in the group makes of the broker.
	Become(id *Identity, s settings.Settings, p pod)
	// Defaults are keys that every file may overrule: without them RMQ_REPLICATION=sync would promise too much.
	Defaults(id Identity) []Pair
	// Keys are those that make up the identity. A file that contradicts them is refused.
	Keys(id Identity, s settings.Settings) []Keys
	// Follows are keys that can be said only when all files are merged. One that is set stays.
	Follows(s settings.Settings, v rmq.Values) []Follow
	// Elected says whether RocketMQ gives brokers their ids and roles while they run.
	Elected() bool
	// Owner is whom the store of a broker with this configuration belongs to.
	Owner(id Identity, v rmq.Values) Owner
}

// topologies are the rules by name.
var topologies = map[rmq.Topology]Topology{
	rmq.Masters:        masters{},
	rmq.Replicas:       replicas{},
	rmq.DLedger:        dledger{},
	rmq.ControllerMode: controllerMode{},
	rmq.Manual:         manual{},
}

// Of returns the rule of a topology.
func Of(t rmq.Topology) Topology { return topologies[t] }

// Actual returns the rule by which a configured broker runs: with manual, what the configuration amounts to.
func Actual(t rmq.Topology, v rmq.Values) Topology {
	switch {
	case t != rmq.Manual:
		return topologies[t]
	case v.On("enableDLegerCommitLog"):
		return dledger{}
	case v.On("enableControllerMode"):
		return controllerMode{}
	}
	return replicas{} // a group of its own is a master without slaves
}

// Pair is a key and its value.
type Pair struct{ Key, Value string }

// Keys are keys that one rule sets.
type Keys struct {
	Source string // what sets them, for messages
	Pairs  []Pair // those without a value do not count
	Remedy string // what else to do than to remove the contradiction, for messages
	Off    bool   // they are switches that must not be on; nothing is written for them
}

// Follow is a key that follows from others.
type Follow struct {
	Pair
	Source string // what it follows from
}

// manualInstead is what the refusal of a contradiction offers.
const manualInstead = ", or set RMQ_TOPOLOGY=manual, which leaves the identity to the file"

// keys are keys of the topology itself.
func keys(t rmq.Topology, pairs ...Pair) Keys {
	return Keys{Source: "the topology " + string(t), Pairs: pairs, Remedy: manualInstead}
}

// off are switches that contradict the topology.
func off(t rmq.Topology, switches ...string) Keys {
	k := keys(t)
	k.Off = true
	for _, name := range switches {
		k.Pairs = append(k.Pairs, Pair{name, "false"})
	}
	return k
}

// divide is the place of an ordinal among groups of one size.
func divide(id Identity, s settings.Settings) (group, index int, err error) {
	if s.ReplicaIndex.Set {
		return 0, 0, fmt.Errorf("RMQ_REPLICA_INDEX=%d belongs to RMQ_TOPOLOGY=replicas, not to %s: leave it out",
			s.ReplicaIndex.N, id.Topology)
	}
	return id.Ordinal / id.Size, id.Ordinal % id.Size, nil
}

// sizeMissing is the refusal to guess a group's size: another one later would give every broker another name.
func sizeMissing(t rmq.Topology, allowed string) error {
	return fmt.Errorf("RMQ_GROUP_SIZE is not set: RMQ_TOPOLOGY=%s needs to know how many brokers make a group; "+
		"allowed: %s", t, allowed)
}

// fixedRoles is what masters and replicas have in common: the index decides the role, for good.
type fixedRoles struct{}

func (fixedRoles) Become(id *Identity, s settings.Settings, _ pod) {
	id.BrokerID = int64(id.Index)
	switch {
	case id.Index > 0:
		id.BrokerRole = "SLAVE"
	case s.Replication == rmq.Sync:
		id.BrokerRole = "SYNC_MASTER"
	default:
		id.BrokerRole = "ASYNC_MASTER"
	}
}

func (fixedRoles) Keys(id Identity, _ settings.Settings) []Keys {
	return []Keys{
		keys(id.Topology, Pair{"brokerName", id.BrokerName}),
		keys(id.Topology, Pair{"brokerId", strconv.FormatInt(id.BrokerID, 10)}, Pair{"brokerRole", id.BrokerRole}),
		off(id.Topology, "enableDLegerCommitLog", "enableControllerMode"),
	}
}

func (fixedRoles) Follows(settings.Settings, rmq.Values) []Follow { return nil }

func (fixedRoles) Elected() bool { return false }

func (fixedRoles) Owner(_ Identity, v rmq.Values) Owner {
	return brokerOf(Plain, v, strconv.FormatInt(FixedID(v), 10))
}

// FixedID is the id of a broker that elects nobody: RocketMQ gives every master 0.
func FixedID(v rmq.Values) int64 {
	if v.Text("brokerRole") != "SLAVE" {
		return 0
	}
	return v.Number("brokerId")
}
