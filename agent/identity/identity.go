// Package identity derives who a broker or a controller is from what the pod knows about itself. It is pure: the same
// inputs give the same identity, so a restarted container is the broker that it was.
package identity

import (
	"fmt"
	"strconv"
	"strings"

	"rocketmq-agent/agent/rmq"
	"rocketmq-agent/agent/settings"
)

// Identity is what makes a broker this broker and no other. With the topology manual the configuration file decides,
// and all but the address is empty.
type Identity struct {
	Topology      rmq.Topology
	Ordinal       int
	OrdinalSource string // where the ordinal came from, for --explain and the log
	Size          int    // how many brokers share the name
	Group         int
	Index         int // the place in the group, from 0
	BrokerName    string
	NameSource    string // where the name came from, likewise
	BrokerID      int64  // rmq.AnyID where RocketMQ gives it
	BrokerRole    string // ASYNC_MASTER, SYNC_MASTER or SLAVE; empty where it is elected
	SelfID        string // dLegerSelfId
	Peers         string // dLegerPeers; empty where the pods have no stable names
	Address       string // brokerIP1; empty: RocketMQ picks an address of this host
	AddressSource string
	OnLoopback    bool // Address is that of standalone: clients on other machines cannot reach it
}

// Ports of the members of a group, for their peers.
const (
	dledgerPort    = 40911
	controllerPort = 9878
)

// loopback is what a standalone container outside Kubernetes tells its clients:
// with published ports they reach it there.
const loopback = "127.0.0.1"

// Derive computes the identity of a broker. fileDecides says that the configuration file sets an identity of its own.
func Derive(s settings.Settings, role rmq.Role, fileDecides bool) (Identity, error) {
	id := Identity{Topology: s.Topology}
	if id.Topology == "" {
		id.Topology = rmq.Masters
		if fileDecides {
			id.Topology = rmq.Manual
		}
	}
	var err error
	if err = id.advertise(s, role); err != nil || id.Topology == rmq.Manual {
		return id, err
	}
	if role == rmq.Standalone && id.Topology != rmq.Masters {
		return id, fmt.Errorf("RMQ_TOPOLOGY=%s needs brokers in containers of their own: "+
			"a standalone container holds one broker and its name server; set RMQ_ROLE=broker", id.Topology)
	}
	p, err := findPod(s)
	if err != nil {
		return id, err
	}
	t := Of(id.Topology)
	id.Ordinal, id.OrdinalSource = p.ordinal, p.source
	if id.Size, err = t.Size(int(s.GroupSize)); err != nil {
		return id, err
	}
	if id.Group, id.Index, err = t.Place(id, s); err != nil {
		return id, err
	}
	id.name(s, p)
	t.Become(&id, s, p)
	return id, nil
}

// name gives the broker its name. A host name that somebody chose names a broker that is a group of its own, as it does
// in the official image; the others must share a name with the members of their group.
func (id *Identity) name(s settings.Settings, p pod) {
	group := "-" + strconv.Itoa(id.Group)
	switch {
	case s.BrokerNamePrefix != "":
		id.BrokerName, id.NameSource = string(s.BrokerNamePrefix)+group, "RMQ_BROKER_NAME_PREFIX"
	case p.host != "" && id.Topology == rmq.Masters:
		id.BrokerName, id.NameSource = p.host, HostName
	case p.unknown:
		id.BrokerName, id.NameSource = p.prefix+group, DefaultName
	default:
		id.BrokerName, id.NameSource = p.prefix+group, p.source
	}
}

// Guessed says whether nobody named the broker in so many words: then whoever wrote its store knows better.
func (id Identity) Guessed() bool {
	return id.Topology == rmq.Masters && (id.NameSource == HostName || id.NameSource == DefaultName)
}

// Named is the broker with another name than the one that was derived.
func (id Identity) Named(name, source string) Identity {
	id.BrokerName, id.NameSource = name, source
	return id
}

// The NameSources that callers tell apart.
const (
	HostName    = "the container's host name"
	DefaultName = "the default, for nobody named this container"
)

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

// podDomain is what stands behind the pod's name in its stable name. Outside Kubernetes a host's domain says nothing
// about the names of the others.
func podDomain(p pod, s settings.Settings) string {
	if s.PodDomain != "" || p.name == "" {
		return string(s.PodDomain)
	}
	_, domain, _ := strings.Cut(s.Pod.FQDN, ".")
	return domain
}

// advertise decides what brokerIP1 shall be, and which setting said so.
func (id *Identity) advertise(s settings.Settings, role rmq.Role) error {
	take := func(value, missing string) error {
		if value == "" {
			return fmt.Errorf("RMQ_ADVERTISE=%s: %s", s.Advertise, missing)
		}
		id.Address, id.AddressSource = rmq.Told(value), "RMQ_ADVERTISE="+string(s.Advertise)
		return nil
	}
	switch {
	case s.Advertise == settings.PodIP:
		return take(s.Pod.IP, "POD_IP is not set (fieldRef status.podIP)")
	case s.Advertise == settings.HostIP:
		return take(s.Pod.HostIP, "HOST_IP is not set (fieldRef status.hostIP)")
	case s.Advertise == settings.PodDNS:
		return take(s.Pod.FQDN, "/etc/hosts has no full name for this pod: "+
			"its StatefulSet needs a serviceName, and that headless Service must exist")
	case s.Advertise != "":
		id.Address, id.AddressSource = rmq.Told(string(s.Advertise)), "RMQ_ADVERTISE"
	case s.Pod.IP != "":
		id.Address, id.AddressSource = rmq.Told(s.Pod.IP), "POD_IP"
	case role == rmq.Standalone && !s.Pod.InKubernetes:
		id.Address, id.AddressSource, id.OnLoopback = loopback, "the default of standalone", true
	default:
		id.AddressSource = "RocketMQ's own choice"
	}
	return nil
}
