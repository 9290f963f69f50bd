package identity

import (
	"fmt"
	"testing"

	"rocketmq-agent/agent/rmq"
	"rocketmq-agent/agent/settings"
)

// inGroups is what the pod of a StatefulSet is told about a topology with groups.
func inGroups(t rmq.Topology, size int, pod string) settings.Settings {
	return settings.Settings{Topology: t, GroupSize: settings.Size(size), Pod: kube(pod)}
}

// index is an RMQ_REPLICA_INDEX or an RMQ_ORDINAL that is set.
func index(n int) settings.Ordinal { return settings.Ordinal{N: n, Set: true} }

// The first three groups of each size: the ordinal divides into group and index, and the index alone makes the role.
func TestReplicas(t *testing.T) {
	want := map[int][]string{
		2: {"mq-0 0 M", "mq-0 1 S", "mq-1 0 M", "mq-1 1 S", "mq-2 0 M", "mq-2 1 S", "mq-3 0 M", "mq-3 1 S", "mq-4 0 M"},
		3: {"mq-0 0 M", "mq-0 1 S", "mq-0 2 S", "mq-1 0 M", "mq-1 1 S", "mq-1 2 S", "mq-2 0 M", "mq-2 1 S", "mq-2 2 S"},
	}
	masters := map[rmq.Replication]string{"": "ASYNC_MASTER", rmq.Async: "ASYNC_MASTER", rmq.Sync: "SYNC_MASTER"}
	for size, brokers := range want {
		for ordinal, broker := range brokers {
			for replication, master := range masters {
				s := inGroups(rmq.Replicas, size, fmt.Sprintf("mq-%d", ordinal))
				s.Replication = replication
				id, err := Derive(s, rmq.Broker, false)
				if err != nil {
					t.Fatal(err)
				}
				role := map[string]string{"M": master, "S": "SLAVE"}[broker[len(broker)-1:]]
				got := fmt.Sprintf("%s %d %s", id.BrokerName, id.BrokerID, id.BrokerRole)
				if got != broker[:len(broker)-1]+role {
					t.Errorf("size %d, pod %d, %q: %s, want %s", size, ordinal, replication, got, broker)
				}
				if id.Size != size || id.Group != ordinal/size || id.Index != ordinal%size || id.Ordinal != ordinal {
					t.Errorf("size %d, pod %d: %+v", size, ordinal, id)
				}
				if id.SelfID != "" || id.Peers != "" {
					t.Errorf("a member of no DLedger group has the peers %q", id.Peers)
				}
			}
		}
	}
}

// One StatefulSet of masters and one of slaves: pod n of the one belongs to pod n of the other,
// whatever they are called.
func TestReplicasInStatefulSetsOfTheirOwn(t *testing.T) {
	for _, tt := range []struct {
		pod     string
		index   int
		size    int
		name    string
		role    string
		group   int
		ordinal int
	}{
		{"mq-master-0", 0, 2, "mq-0", "ASYNC_MASTER", 0, 0},
		{"mq-master-1", 0, 2, "mq-1", "ASYNC_MASTER", 1, 1},
		{"mq-slave-0", 1, 2, "mq-0", "SLAVE", 0, 0},
		{"mq-slave-7", 1, 2, "mq-7", "SLAVE", 7, 7},
		{"mq-spare-1", 2, 3, "mq-1", "SLAVE", 1, 1},
		{"mq-spare-8", 2, 3, "mq-8", "SLAVE", 8, 8},
	} {
		s := inGroups(rmq.Replicas, tt.size, tt.pod)
		s.ReplicaIndex, s.BrokerNamePrefix = index(tt.index), "mq"
		id, err := Derive(s, rmq.Broker, false)
		if err != nil {
			t.Fatal(err)
		}
		if id.BrokerName != tt.name || id.BrokerRole != tt.role || id.BrokerID != int64(tt.index) ||
			id.Index != tt.index || id.Group != tt.group || id.Ordinal != tt.ordinal {
			t.Errorf("%s is %+v", tt.pod, id)
		}
	}
}

// Nine pods in three DLedger groups: each group lists its own pods alone, by their stable names.
func TestDLedger(t *testing.T) {
	const domain = "mq-headless.demo.svc.cluster.local"
	list := func(prefix, domain string, first int) string {
		return fmt.Sprintf("n0-%[1]s-%[2]d.%[5]s:40911;n1-%[1]s-%[3]d.%[5]s:40911;n2-%[1]s-%[4]d.%[5]s:40911",
			prefix, first, first+1, first+2, domain)
	}
	for ordinal := range 9 {
		s := inGroups(rmq.DLedger, 3, fmt.Sprintf("mq-%d", ordinal))
		s.Pod.FQDN = s.Pod.Name + "." + domain
		id, err := Derive(s, rmq.Broker, false)
		if err != nil {
			t.Fatal(err)
		}
		got := fmt.Sprintf("%s %s %d", id.BrokerName, id.SelfID, id.BrokerID)
		if want := fmt.Sprintf("mq-%d n%d -1", ordinal/3, ordinal%3); got != want || id.BrokerRole != "" {
			t.Errorf("pod %d: %+v, want %s", ordinal, id, want)
		}
		if want := list("mq", domain, ordinal/3*3); id.Peers != want {
			t.Errorf("pod %d: peers %s\nwant %s", ordinal, id.Peers, want)
		}
	}
	tests := []struct {
		name   string
		change func(*settings.Settings)
		broker string
		peers  string
	}{
		{"no domain known", func(*settings.Settings) {}, "mq-1", ""},
		{"RMQ_POD_DOMAIN", func(s *settings.Settings) { s.PodDomain = "elsewhere" },
			"mq-1", list("mq", "elsewhere", 3)},
		{"RMQ_POD_DOMAIN beats the FQDN",
			func(s *settings.Settings) { s.PodDomain, s.Pod.FQDN = "elsewhere", "mq-4."+domain },
			"mq-1", list("mq", "elsewhere", 3)},
		{"brokers of another name", func(s *settings.Settings) { s.BrokerNamePrefix, s.PodDomain = "eu", "d" },
			"eu-1", list("mq", "d", 3)},
		{"five members", func(s *settings.Settings) { s.GroupSize, s.PodDomain = 5, "d" }, "mq-0",
			"n0-mq-0.d:40911;n1-mq-1.d:40911;n2-mq-2.d:40911;n3-mq-3.d:40911;n4-mq-4.d:40911"},
		{"the host name in Kubernetes", func(s *settings.Settings) { s.Pod.Name, s.PodDomain = "", "d" },
			"mq-1", list("mq", "d", 3)},
		// RMQ_ORDINAL makes a group of pods whose names say another number, or none: nobody is called mq-1.
		{"RMQ_ORDINAL against the name",
			func(s *settings.Settings) { s.Ordinal, s.Pod.FQDN = index(1), "mq-4."+domain }, "mq-0", ""},
		{"RMQ_ORDINAL as in the name",
			func(s *settings.Settings) { s.Ordinal, s.Pod.FQDN = index(4), "mq-4."+domain },
			"mq-1", list("mq", domain, 3)},
		{"RMQ_ORDINAL in a Deployment", func(s *settings.Settings) {
			s.Ordinal, s.Pod.Name, s.Pod.FQDN = index(4), "mq-7d9f8c6b5-x2x4z", "mq-4."+domain
		}, "broker-1", ""},
		{"docker", func(s *settings.Settings) {
			s.Ordinal, s.Pod = index(4), settings.Pod{Hostname: "mq", FQDN: "mq.example.com"}
		}, "broker-1", ""},
		{"docker with RMQ_POD_DOMAIN", func(s *settings.Settings) {
			s.Ordinal, s.Pod, s.PodDomain = index(4), settings.Pod{Hostname: "mq"}, "example.com"
		}, "broker-1", list("broker", "example.com", 3)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := inGroups(rmq.DLedger, 3, "mq-4")
			s.Pod.Hostname = "mq-4"
			tt.change(&s)
			id, err := Derive(s, rmq.Broker, false)
			if err != nil {
				t.Fatal(err)
			}
			if id.BrokerName != tt.broker || id.Peers != tt.peers || id.SelfID == "" {
				t.Errorf("%s %s among %q\nwant %s among %q", id.BrokerName, id.SelfID, id.Peers, tt.broker, tt.peers)
			}
		})
	}
}

// A broker of the topology controller has a name and a group; id and role are RocketMQ's to give.
func TestControllerBrokers(t *testing.T) {
	for _, size := range []int{1, 2, 3} {
		for ordinal := range 9 {
			s := inGroups(rmq.ControllerMode, size, fmt.Sprintf("mq-%d", ordinal))
			s.Replication, s.PodDomain = rmq.Sync, "d"
			id, err := Derive(s, rmq.Broker, false)
			if err != nil {
				t.Fatal(err)
			}
			name := fmt.Sprintf("mq-%d", ordinal/size)
			if id.BrokerName != name || id.Index != ordinal%size || id.BrokerID != rmq.AnyID || id.BrokerRole != "" {
				t.Errorf("pod %d of groups of %d: %+v", ordinal, size, id)
			}
			if id.SelfID != "" || id.Peers != "" {
				t.Errorf("a broker under controllers has the peers %q", id.Peers)
			}
		}
	}
}

// With manual nothing is derived, and nothing that has no effect there refuses the start.
func TestManual(t *testing.T) {
	s := inGroups(rmq.Manual, 4, "mq-7d9f8c6b5-x2x4z")
	s.ReplicaIndex, s.Pod.Index = index(9), "no number"
	for _, role := range []rmq.Role{rmq.Broker, rmq.Standalone} {
		id, err := Derive(s, role, false)
		want := Identity{Topology: rmq.Manual, Address: "10.1.2.3", AddressSource: "POD_IP"}
		if err != nil || id != want {
			t.Errorf("%s: %+v, error %v", role, id, err)
		}
	}
}

// The whole message stands here: it names the variable, its value and what is allowed.
func TestRefusedIdentities(t *testing.T) {
	type change func(*settings.Settings)
	size := func(t rmq.Topology, n int) change {
		return func(s *settings.Settings) { s.Topology, s.GroupSize = t, settings.Size(n) }
	}
	apart := func(n, size int, t rmq.Topology, prefix settings.Name) change {
		return func(s *settings.Settings) {
			s.Topology, s.GroupSize, s.ReplicaIndex, s.BrokerNamePrefix = t, settings.Size(size), index(n), prefix
		}
	}
	standalone := func(t rmq.Topology) string {
		return fmt.Sprintf("RMQ_TOPOLOGY=%s needs brokers in containers of their own: "+
			"a standalone container holds one broker and its name server; set RMQ_ROLE=broker", t)
	}
	tests := []struct {
		name   string
		role   rmq.Role
		change change
		want   string
	}{
		{"masters in groups", rmq.Broker, size(rmq.Masters, 2),
			"RMQ_GROUP_SIZE=2 does not go with RMQ_TOPOLOGY=masters, where every broker is a group of its own: " +
				"leave it out, or set RMQ_TOPOLOGY=replicas"},
		{"masters by default in groups", rmq.Broker, size("", 3),
			"RMQ_GROUP_SIZE=3 does not go with RMQ_TOPOLOGY=masters, where every broker is a group of its own: " +
				"leave it out, or set RMQ_TOPOLOGY=replicas"},
		{"replicas of no size", rmq.Broker, size(rmq.Replicas, 0),
			"RMQ_GROUP_SIZE is not set: RMQ_TOPOLOGY=replicas needs to know how many brokers make a group; " +
				"allowed: 2 or more, a master and its slaves"},
		{"dledger of no size", rmq.Broker, size(rmq.DLedger, 0),
			"RMQ_GROUP_SIZE is not set: RMQ_TOPOLOGY=dledger needs to know how many brokers make a group; " +
				"allowed: 3, 5, 7 or 9"},
		{"controller of no size", rmq.Broker, size(rmq.ControllerMode, 0),
			"RMQ_GROUP_SIZE is not set: RMQ_TOPOLOGY=controller needs to know how many brokers make a group; " +
				"allowed: 1 or more"},
		{"one replica", rmq.Broker, size(rmq.Replicas, 1),
			"RMQ_GROUP_SIZE=1: RMQ_TOPOLOGY=replicas needs 2 or more, a master and its slaves"},
		{"one member", rmq.Broker, size(rmq.DLedger, 1),
			"RMQ_GROUP_SIZE=1: RMQ_TOPOLOGY=dledger needs an odd number from 3 to 9; " +
				"it takes a majority to elect a leader"},
		{"four members", rmq.Broker, size(rmq.DLedger, 4),
			"RMQ_GROUP_SIZE=4: RMQ_TOPOLOGY=dledger needs an odd number from 3 to 9; " +
				"it takes a majority to elect a leader"},
		{"eleven members", rmq.Broker, size(rmq.DLedger, 11),
			"RMQ_GROUP_SIZE=11: RMQ_TOPOLOGY=dledger takes 9 at most; more voters only make it slower"},
		{"an index for masters", rmq.Broker, apart(0, 0, rmq.Masters, "mq"),
			"RMQ_REPLICA_INDEX=0 belongs to RMQ_TOPOLOGY=replicas, not to masters: leave it out"},
		{"an index for dledger", rmq.Broker, apart(1, 3, rmq.DLedger, "mq"),
			"RMQ_REPLICA_INDEX=1 belongs to RMQ_TOPOLOGY=replicas, not to dledger: leave it out"},
		{"an index beyond the group", rmq.Broker, apart(2, 2, rmq.Replicas, "mq"),
			"RMQ_REPLICA_INDEX=2 does not go with RMQ_GROUP_SIZE=2: allowed: 0 (the masters) to 1"},
		{"an index without a name", rmq.Broker, apart(1, 2, rmq.Replicas, ""),
			"RMQ_REPLICA_INDEX=1 needs RMQ_BROKER_NAME_PREFIX too: " +
				"without it the names of the StatefulSets' brokers differ, and no slave finds its master"},
		{"standalone replicas", rmq.Standalone, size(rmq.Replicas, 2), standalone(rmq.Replicas)},
		{"standalone dledger", rmq.Standalone, size(rmq.DLedger, 3), standalone(rmq.DLedger)},
		{"standalone controller", rmq.Standalone, size(rmq.ControllerMode, 3), standalone(rmq.ControllerMode)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := settings.Settings{Pod: kube("mq-0")}
			tt.change(&s)
			id, err := Derive(s, tt.role, false)
			if err == nil {
				t.Fatalf("became %+v", id)
			}
			if err.Error() != tt.want {
				t.Errorf("got  %s\nwant %s", err, tt.want)
			}
		})
	}
}

// Forgetting to register a rule must not wait for a user to notice.
func TestEveryTopologyHasARule(t *testing.T) {
	for _, name := range rmq.Topologies {
		if Of(name) == nil {
			t.Errorf("the topology %s has no rule", name)
		}
	}
	if len(topologies) != len(rmq.Topologies) {
		t.Errorf("%d rules for %d topologies", len(topologies), len(rmq.Topologies))
	}
}
