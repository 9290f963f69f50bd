package identity

import (
	"fmt"

	"rocketmq-agent/agent/rmq"
	"rocketmq-agent/agent/settings"
)

// replicas makes a master of the first index of each group, and its slaves of the others.
type replicas struct{ fixedRoles }

func (replicas) Size(n int) (int, error) {
	const allowed = "2 or more, a master and its slaves"
	switch {
	case n == 0:
		return 0, sizeMissing(rmq.Replicas, allowed)
	case n < 2:
		return 0, fmt.Errorf("RMQ_GROUP_SIZE=%d: RMQ_TOPOLOGY=replicas needs %s", n, allowed)
	}
	return n, nil
}

// Place knows StatefulSets of their own for masters and slaves:
// the setting is then the index, and the ordinal the group.
func (replicas) Place(id Identity, s settings.Settings) (group, index int, err error) {
	switch n := s.ReplicaIndex.N; {
	case !s.ReplicaIndex.Set:
		return divide(id, s)
	case n >= id.Size:
		return 0, 0, fmt.Errorf("RMQ_REPLICA_INDEX=%d does not go with RMQ_GROUP_SIZE=%d: "+
			"allowed: 0 (the masters) to %d", n, id.Size, id.Size-1)
	case s.BrokerNamePrefix == "":
		return 0, 0, fmt.Errorf("RMQ_REPLICA_INDEX=%d needs RMQ_BROKER_NAME_PREFIX too: "+
			"without it the names of the StatefulSets' brokers differ, and no slave finds its master", n)
	}
	return id.Ordinal, s.ReplicaIndex.N, nil
}

// Defaults make a SYNC_MASTER wait: by itself it waits for nobody from 5.0 on,
// where inSyncReplicas is 1 unless it is set (CommitLog.handleHA).
func (replicas) Defaults(Identity) []Pair { return []Pair{{"inSyncReplicas", "2"}} }
