package identity

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"rocketmq-agent/agent/rmq"
	"rocketmq-agent/agent/settings"
)

var allTopologies = []rmq.Topology{"", rmq.Masters, rmq.Replicas, rmq.DLedger, rmq.ControllerMode}

// notInPodNames would make another list of the peers, or another domain. A pod of a StatefulSet is also a host name.
const notInPodNames = ";."

// statefulSet derives the identities of n pods of one StatefulSet. Either all of them are refused, or none.
func statefulSet(t *testing.T, s settings.Settings, name string, n int) []Identity {
	t.Helper()
	var all []Identity
	for ordinal := range n {
		s.Pod.Name = name + "-" + strconv.Itoa(ordinal)
		s.Pod.FQDN = s.Pod.Name + ".d"
		id, err := Derive(s, rmq.Broker, false)
		if err == nil {
			all = append(all, id)
		}
		if (err == nil) != (len(all) == ordinal+1) {
			t.Fatalf("pod %d is %+v, error %v, unlike those before it", ordinal, id, err)
		}
	}
	return all
}

// key is what no two brokers may share: the name and the id, or what stands for the id where RocketMQ gives it.
func (id Identity) key() string {
	place := strconv.FormatInt(id.BrokerID, 10)
	if id.BrokerID == rmq.AnyID {
		place = "n" + strconv.Itoa(id.Index)
	}
	return id.BrokerName + " " + place
}

func distinct(t *testing.T, all []Identity) {
	t.Helper()
	seen := map[string]Identity{}
	members := map[string]Identity{}
	for _, id := range all {
		if other, twice := seen[id.key()]; twice {
			t.Errorf("%+v\nand %+v\nare the same broker", other, id)
		}
		seen[id.key()] = id
		if member := id.BrokerName + " " + id.SelfID; id.SelfID != "" {
			if other, twice := members[member]; twice {
				t.Errorf("%+v\nand %+v\nare the same member", other, id)
			}
			members[member] = id
		}
	}
}

// oneMaster checks that every group has exactly one master, the one with the id 0: ordinals come from 0 on, so a group
// that is not complete has its master already.
func oneMaster(t *testing.T, all []Identity) {
	t.Helper()
	masters := map[string]int{}
	for _, id := range all {
		masters[id.BrokerName] += 0
		isMaster := strings.HasSuffix(id.BrokerRole, "_MASTER")
		if isMaster != (id.BrokerID == 0) || !isMaster && id.BrokerRole != "SLAVE" {
			t.Errorf("%+v: role and id do not fit", id)
		}
		if isMaster {
			masters[id.BrokerName]++
		}
	}
	for name, n := range masters {
		if n != 1 {
			t.Errorf("%s has %d masters", name, n)
		}
	}
}

// samePeers checks that the members of a group agree on their peers, and that each finds itself there, by its own name.
func samePeers(t *testing.T, statefulSet string, all []Identity) {
	t.Helper()
	peers := map[string]string{}
	for _, id := range all {
		if other, known := peers[id.BrokerName]; known && other != id.Peers {
			t.Errorf("%s has the peers %q and %q", id.BrokerName, other, id.Peers)
		}
		peers[id.BrokerName] = id.Peers
		own := id.SelfID + "-" + statefulSet + "-" + strconv.Itoa(id.Ordinal) + ".d:40911"
		if list := strings.Split(id.Peers, ";"); !slices.Contains(list, own) || len(list) != id.Size {
			t.Errorf("%s is not among the %d members %q", own, id.Size, id.Peers)
		}
	}
}

// FuzzStatefulSet: whatever the topology, the size and the name, no two pods are the same broker, and a pod stays the
// broker that it is when others join or anything about it changes that is no part of its identity.
func FuzzStatefulSet(f *testing.F) {
	for i := range allTopologies {
		for _, size := range []uint16{0, 1, 2, 3, 5, 9, 65535} {
			f.Add(uint8(i), size, uint8(12), "mq", "")
		}
	}
	f.Add(uint8(2), uint16(2), uint8(30), "mq-1", "eu")
	f.Add(uint8(3), uint16(3), uint8(200), "-", "-1")
	f.Fuzz(func(t *testing.T, topology uint8, size uint16, pods uint8, name, prefix string) {
		s := settings.Settings{
			Topology:         allTopologies[int(topology)%len(allTopologies)],
			GroupSize:        settings.Size(size),
			BrokerNamePrefix: settings.Name(prefix),
		}
		s.Pod.InKubernetes = true
		n := int(pods)%40 + 1
		all := statefulSet(t, s, name, n)
		distinct(t, all)
		switch s.Topology {
		case rmq.DLedger:
			if !strings.ContainsAny(name, notInPodNames) {
				samePeers(t, name, all)
			}
		case rmq.Replicas, rmq.Masters, "":
			oneMaster(t, all)
		}
		s.Pod.IP, s.Pod.HostIP, s.Pod.Hostname = "10.9.9.9", "192.0.2.1", "other"
		s.Namesrv, s.ClusterName, s.StorePerPod = rmq.AddrList{"a:1"}, "c", true
		for i, id := range statefulSet(t, s, name, 2*n)[:len(all)] {
			if id.Address = all[i].Address; id.AddressSource != "POD_IP" {
				t.Errorf("address from %s", id.AddressSource)
			}
			if id.AddressSource = all[i].AddressSource; id != all[i] {
				t.Errorf("%+v\nbecame %+v", all[i], id)
			}
		}
	})
}

// FuzzStatefulSetsOfReplicas: with a StatefulSet for each index,
// all of them together are complete groups of one master.
func FuzzStatefulSetsOfReplicas(f *testing.F) {
	f.Add(uint8(2), uint8(3), "mq", true)
	f.Add(uint8(5), uint8(9), "mq-0", false)
	f.Fuzz(func(t *testing.T, size, pods uint8, prefix string, sync bool) {
		s := settings.Settings{
			Topology:         rmq.Replicas,
			GroupSize:        settings.Size(size%12 + 1),
			BrokerNamePrefix: settings.Name(prefix),
			Pod:              settings.Pod{InKubernetes: true},
		}
		if sync {
			s.Replication = rmq.Sync
		}
		n := int(pods)%20 + 1
		var all []Identity
		for i := range int(s.GroupSize) {
			s.ReplicaIndex = index(i)
			all = append(all, statefulSet(t, s, "set"+strconv.Itoa(i), n)...)
		}
		if len(all) == 0 {
			if prefix != "" && s.GroupSize > 1 {
				t.Fatal("refused")
			}
			return
		}
		distinct(t, all)
		oneMaster(t, all)
		groups := map[string]int{}
		for _, id := range all {
			groups[id.BrokerName]++
		}
		for name, members := range groups {
			if members != int(s.GroupSize) || len(groups) != n {
				t.Errorf("%d groups, %s of %d brokers", len(groups), name, members)
			}
		}
	})
}

// FuzzOrdinal: two numbers never give the same broker, and one number gives the same broker wherever it comes from.
func FuzzOrdinal(f *testing.F) {
	f.Add(uint8(1), uint16(1), uint32(0), uint32(1))
	f.Add(uint8(2), uint16(2), uint32(10), uint32(11))
	f.Add(uint8(3), uint16(3), uint32(1<<31-1), uint32(1<<31-2))
	f.Add(uint8(4), uint16(65535), uint32(24567), uint32(1<<31))
	f.Fuzz(func(t *testing.T, topology uint8, size uint16, a, b uint32) {
		base := settings.Settings{
			Topology:  allTopologies[int(topology)%len(allTopologies)],
			GroupSize: settings.Size(size),
			PodDomain: "d",
		}
		derive := func(n uint32, tell func(s *settings.Settings, n string)) (Identity, error) {
			s := base
			s.Pod = settings.Pod{Name: "mq-0", InKubernetes: true}
			tell(&s, strconv.FormatUint(uint64(n), 10))
			id, err := Derive(s, rmq.Broker, false)
			id.Peers, id.OrdinalSource, id.NameSource = "", "", "" // a number that contradicts the name makes no peers
			return id, err
		}
		sources := []func(s *settings.Settings, n string){
			func(s *settings.Settings, n string) { s.Pod.Index = n },
			func(s *settings.Settings, n string) {
				_ = s.Ordinal.UnmarshalText([]byte(n)) // too large a number never gets here
				s.Pod.Index = n
			},
			func(s *settings.Settings, n string) { s.Pod.Name = "mq-" + n },
		}
		first, err := derive(a, sources[0])
		for _, source := range sources[1:] {
			id, e := derive(a, source)
			if random := randomSuffix.MatchString(strconv.FormatUint(uint64(a), 10)); random && e != nil {
				continue // refused as a name, see there
			}
			if (e == nil) != (err == nil) || e == nil && id != first {
				t.Errorf("%d is %+v, error %v\nand then %+v, error %v", a, first, err, id, e)
			}
		}
		second, e := derive(b, sources[0])
		if err == nil && e == nil && (first.key() == second.key()) != (a == b) {
			t.Errorf("%d is %+v\n%d is %+v", a, first, b, second)
		}
		if err == nil && (first.Group < 0 || first.Index < 0 || first.Index >= first.Size ||
			first.Group*first.Size+first.Index != int(a)) {
			t.Errorf("%d is %+v", a, first)
		}
	})
}

// FuzzControllers: the controllers of a group have ids of their own, the same peers, and each finds itself among them.
func FuzzControllers(f *testing.F) {
	f.Add(uint8(3), "ns", true)
	f.Add(uint8(1), "ns-1", false)
	f.Add(uint8(9), "ctl", true)
	f.Fuzz(func(t *testing.T, size uint8, name string, embedded bool) {
		if strings.ContainsAny(name, notInPodNames) {
			return
		}
		role := rmq.Controller
		if embedded {
			role = rmq.Namesrv
		}
		seen, peers := map[string]bool{}, ""
		for ordinal := range 12 {
			s := settings.Settings{
				Topology:  rmq.ControllerMode,
				GroupSize: settings.Size(size),
				Pod:       settings.Pod{Name: name + "-" + strconv.Itoa(ordinal), InKubernetes: true},
			}
			s.Pod.FQDN = s.Pod.Name + ".d"
			c, err := DeriveController(s, role)
			if err != nil || !c.Runs {
				if c != (Controller{}) || err == nil && (!embedded || ordinal < int(size)) {
					t.Errorf("%d of %d: %+v, error %v", ordinal, size, c, err)
				}
				continue
			}
			if ordinal == 0 {
				peers = c.Peers
			}
			list := strings.Split(c.Peers, ";")
			if seen[c.SelfID] || c.Peers != peers || len(list) != int(size) ||
				!slices.Contains(list, c.SelfID+"-"+s.Pod.FQDN+":9878") {
				t.Errorf("%d of %d: %s among %q, the first one's peers are %q", ordinal, size, c.SelfID, c.Peers, peers)
			}
			seen[c.SelfID] = true
		}
		if len(seen) != 0 && len(seen) != int(size) {
			t.Errorf("%d controllers of %d", len(seen), size)
		}
	})
}
