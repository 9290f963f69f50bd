package plan

import (
	"strings"

	"rocketmq-agent/agent/identity"
	"rocketmq-agent/agent/reach"
	"rocketmq-agent/agent/rmq"
)

// learnt is what nobody says of a broker, and what its store and its machine know better.
type learnt struct {
	owner *identity.Owner // the name that its store has
	reach *reach.Found    // the address under which it is reached
}

func learn(p Plan, f Files) (l learnt, anything bool) {
	b, ok := p.Broker()
	if !ok {
		return l, false
	}
	if p.Identity.Guessed() { // a host name is only a guess at what a broker is called
		if owner, known := f.Owner(b.Store); known && owner.Name != "" && owner.Name != p.Identity.BrokerName {
			l.owner = &owner
		}
	}
	if !b.Values().IsSet("brokerIP1") {
		found := f.reachOf(b)
		l.reach = &found
	}
	return l, l != learnt{}
}

// reachOf finds the address of a broker that nobody named: the one that it listens on, else the one that its name
// servers see.
func (f Files) reachOf(b Process) reach.Found {
	if ip, err := rmq.ParseIP(b.Values().Text("bindAddress")); err == nil && !ip.IsUnspecified() {
		return reach.Found{Local: ip.String(), By: "bindAddress"}
	}
	return f.Reach(b.NamesrvHosts())
}

// findAddress takes the address that was found for the broker.
func (m *maker) findAddress(found reach.Found) {
	m.Reach = found
	if found.Local == "" {
		m.warnf("this machine has no address that others could reach; set RMQ_ADVERTISE or brokerIP1")
		return
	}
	m.Identity.Address, m.Identity.AddressSource = rmq.Told(found.Local), "the way to "+found.By
	if found.By == "" {
		m.Identity.AddressSource = "the way to everybody, for no name server is known by now"
	}
	if found.By == "" && len(found.Candidates) > 1 {
		m.warnf("clients are told %s, which is a guess: no name server's address is known by now, and this machine has "+
			"the addresses %s; set POD_IP (fieldRef status.podIP), RMQ_ADVERTISE or brokerIP1",
			found.Local, strings.Join(found.Candidates, ", "))
	}
}
