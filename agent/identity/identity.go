// Package identity derives who a broker or a controller is from what the pod knows about itself. It is pure: the same
// inputs give the same identity, so a restarted container is the broker that it was.
package identity

import (
	"fmt"
	"strconv"
	"strings"

	"rocketmq-agent/agent/settings"
)

// Elected is the BrokerID of a broker whose id RocketMQ gives at run time.
const Elected = -1

// Identity is what makes a broker this broker and no other. With the topology manual the configuration file decides, and
// all but the address is empty.
type Identity struct {
	Topology      settings.Topology
	Ordinal       int
	OrdinalSource string // where the ordinal came from, for --explain and the log
	Size          int    // how many brokers share the name
	Group         int
	Index         int // the place in the group, from 0
	BrokerName    string
	BrokerID      int64  // Elected where RocketMQ gives it
	BrokerRole    string // ASYNC_MASTER, SYNC_MASTER or SLAVE; empty where it is elected
	SelfID        string // dLegerSelfId
	Peers         string // dLegerPeers; empty where the pods have no stable names
	Address       string // brokerIP1; empty: RocketMQ picks an address of this host
	AddressSource string
}

// Ports of the members of a group, for their peers.
const (
	dledgerPort    = 40911
	controllerPort = 9878
)

// loopback is what a standalone container outside Kubernetes tells its clients: with published ports they reach it there.
const loopback = "127.0.0.1"

// Derive computes the identity of a broker. fileDecides says that the configuration file sets an identity of its own.
func Derive(s settings.Settings, role settings.Role, fileDecides bool) (Identity, error) {
	id := Identity{Topology: s.Topology}
	if id.Topology == "" {
		id.Topology = settings.Masters
		if fileDecides {
			id.Topology = settings.Manual
		}
	}
	var err error
	if id.Address, id.AddressSource, err = address(s, role); err != nil || id.Topology == settings.Manual {
		return id, err
	}
	if role == settings.Standalone && id.Topology != settings.Masters {
		return id, fmt.Errorf("RMQ_TOPOLOGY=%s needs brokers in containers of their own: a standalone container holds one broker and its name server; set RMQ_ROLE=broker", id.Topology)
	}
	p, err := findPod(s)
	if err != nil {
		return id, err
	}
	id.Ordinal, id.OrdinalSource = p.ordinal, p.source
	if id.Size, err = groupSize(s, id.Topology); err != nil {
		return id, err
	}
	if id.Group, id.Index, err = place(s, id); err != nil {
		return id, err
	}
	prefix := string(s.BrokerNamePrefix)
	if prefix == "" {
		prefix = p.prefix
	}
	id.BrokerName = prefix + "-" + strconv.Itoa(id.Group)
	id.role(s, p)
	return id, nil
}

// role is what the place in the group makes of a broker.
func (id *Identity) role(s settings.Settings, p pod) {
	switch id.Topology {
	case settings.DLedger:
		id.BrokerID, id.SelfID = Elected, member(id.Index)
		id.Peers = peers(p, s, id.Group*id.Size, id.Size, dledgerPort)
	case settings.ControllerMode:
		id.BrokerID = Elected
	default:
		id.BrokerID = int64(id.Index)
		switch {
		case id.Index > 0:
			id.BrokerRole = "SLAVE"
		case s.Replication == settings.Sync:
			id.BrokerRole = "SYNC_MASTER"
		default:
			id.BrokerRole = "ASYNC_MASTER"
		}
	}
}

// groupSize is how many brokers share a name. It is never guessed where it matters: another size later would give every
// broker another name.
func groupSize(s settings.Settings, t settings.Topology) (int, error) {
	n := int(s.GroupSize)
	switch {
	case t == settings.Masters && n > 1:
		return 0, fmt.Errorf("RMQ_GROUP_SIZE=%d does not go with RMQ_TOPOLOGY=masters, where every broker is a group of its own: leave it out, or set RMQ_TOPOLOGY=replicas", n)
	case t == settings.Masters:
		return 1, nil
	case n == 0:
		return 0, fmt.Errorf("RMQ_GROUP_SIZE is not set: RMQ_TOPOLOGY=%s needs to know how many brokers make a group; allowed: %s", t, groupSizes[t])
	case t == settings.Replicas && n < 2:
		return 0, fmt.Errorf("RMQ_GROUP_SIZE=%d: RMQ_TOPOLOGY=replicas needs 2 or more, a master and its slaves", n)
	case t == settings.DLedger && (n < 3 || n%2 == 0):
		return 0, fmt.Errorf("RMQ_GROUP_SIZE=%d: RMQ_TOPOLOGY=dledger needs an odd number from 3 to 9; it takes a majority to elect a leader", n)
	case t == settings.DLedger && n > 9:
		return 0, fmt.Errorf("RMQ_GROUP_SIZE=%d: RMQ_TOPOLOGY=dledger takes 9 at most; more voters only make it slower", n)
	}
	return n, nil
}

// groupSizes is what RMQ_GROUP_SIZE may be, for messages.
var groupSizes = map[settings.Topology]string{
	settings.Replicas: "2 or more, a master and its slaves", settings.DLedger: "3, 5, 7 or 9", settings.ControllerMode: "1 or more",
}

// place is the group and the index in it.
func place(s settings.Settings, id Identity) (group, index int, err error) {
	switch {
	case !s.ReplicaIndex.Set:
		return id.Ordinal / id.Size, id.Ordinal % id.Size, nil
	case id.Topology != settings.Replicas:
		return 0, 0, fmt.Errorf("RMQ_REPLICA_INDEX=%d belongs to RMQ_TOPOLOGY=replicas, not to %s: leave it out", s.ReplicaIndex.N, id.Topology)
	case s.ReplicaIndex.N >= id.Size:
		return 0, 0, fmt.Errorf("RMQ_REPLICA_INDEX=%d does not go with RMQ_GROUP_SIZE=%d: allowed: 0 (the masters) to %d", s.ReplicaIndex.N, id.Size, id.Size-1)
	case s.BrokerNamePrefix == "":
		return 0, 0, fmt.Errorf("RMQ_REPLICA_INDEX=%d needs RMQ_BROKER_NAME_PREFIX too: without it the names of the StatefulSets' brokers differ, and no slave finds its master", s.ReplicaIndex.N)
	}
	return id.Ordinal, s.ReplicaIndex.N, nil
}

// member is the id of a member of a DLedger group: RocketMQ wants one letter and a number (DLedgerCommitLog).
func member(index int) string { return "n" + strconv.Itoa(index) }

// peers lists size members from the pod first on, by their stable names; empty where those are not known.
func peers(p pod, s settings.Settings, first, size, port int) string {
	domain := podDomain(p, s)
	if domain == "" || !p.stable() {
		return ""
	}
	var all []string
	for i := range size {
		all = append(all, fmt.Sprintf("%s-%s-%d.%s:%d", member(i), p.prefix, first+i, domain, port))
	}
	return strings.Join(all, ";")
}

// podDomain is what stands behind the pod's name in its stable name. Outside Kubernetes a host's domain says nothing about
// the names of the others.
func podDomain(p pod, s settings.Settings) string {
	if s.PodDomain != "" || p.name == "" {
		return string(s.PodDomain)
	}
	_, domain, _ := strings.Cut(s.Pod.FQDN, ".")
	return domain
}

// address is what brokerIP1 shall be, and which setting said so.
func address(s settings.Settings, role settings.Role) (addr, source string, err error) {
	switch s.Advertise {
	case "":
		switch {
		case s.Pod.IP != "":
			return s.Pod.IP, "POD_IP", nil
		case role == settings.Standalone && !s.Pod.InKubernetes:
			return loopback, "the default of standalone", nil
		}
		return "", "RocketMQ's own choice", nil
	case settings.PodIP:
		return need(s.Pod.IP, s.Advertise, "POD_IP is not set (fieldRef status.podIP)")
	case settings.HostIP:
		return need(s.Pod.HostIP, s.Advertise, "HOST_IP is not set (fieldRef status.hostIP)")
	case settings.PodDNS:
		return need(s.Pod.FQDN, s.Advertise, "/etc/hosts has no full name for this pod: its StatefulSet needs a serviceName, and that headless Service must exist")
	}
	return string(s.Advertise), "RMQ_ADVERTISE", nil
}

func need(value string, kind settings.Advertise, missing string) (addr, source string, err error) {
	if value == "" {
		return "", "", fmt.Errorf("RMQ_ADVERTISE=%s: %s", kind, missing)
	}
	return value, "RMQ_ADVERTISE=" + string(kind), nil
}
