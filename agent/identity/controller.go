package identity

import (
	"fmt"
	"net"
	"strconv"
	"strings"

	"rocketmq-agent/agent/rmq"
	"rocketmq-agent/agent/settings"
)

// Controller is a member of a group of controllers, which elect the masters of brokers.
type Controller struct {
	Runs          bool   // this process is one
	OrdinalSource string // where its number came from
	SelfID        string // controllerDLegerSelfId
	Peers         string // controllerDLegerPeers; empty where the pods have no stable names
}

// DeriveController computes the membership of a controller, or of a name server with a controller inside. Name servers
// beyond the size of the group run without one. Without RMQ_GROUP_SIZE a controller's file decides, or it is alone.
func DeriveController(s settings.Settings, role rmq.Role) (Controller, error) {
	embedded := role == rmq.Namesrv && s.Topology == rmq.ControllerMode
	alone := role == rmq.Controller && s.Topology != rmq.Manual && (s.GroupSize > 0 || s.Topology == rmq.ControllerMode)
	if !embedded && !alone {
		return Controller{}, nil
	}
	size := int(s.GroupSize)
	switch {
	case size == 0:
		return Controller{}, fmt.Errorf("RMQ_GROUP_SIZE is not set: RMQ_TOPOLOGY=controller needs to know " +
			"how many controllers there are; allowed: 1, 3, 5, 7 or 9")
	case size%2 == 0:
		return Controller{}, fmt.Errorf("RMQ_GROUP_SIZE=%d: controllers come in odd numbers, 9 at most; "+
			"it takes a majority to elect a leader, so one more than an odd number helps nothing", size)
	case size > 9:
		return Controller{}, fmt.Errorf("RMQ_GROUP_SIZE=%d: 9 controllers at most; "+
			"more voters only make elections slower", size)
	}
	p, err := findPod(s)
	if err != nil {
		return Controller{}, err
	}
	if p.ordinal >= size {
		if embedded {
			return Controller{}, nil
		}
		return Controller{}, fmt.Errorf("this is controller %d (from %s), but RMQ_GROUP_SIZE=%d has only 0 to %d: "+
			"run %[3]d pods, or raise RMQ_GROUP_SIZE to an odd number above %[1]d", p.ordinal, p.source, size, size-1)
	}
	c := Controller{
		Runs:          true,
		OrdinalSource: p.source,
		SelfID:        member(p.ordinal),
		Peers:         peers(p, s, 0, size, controllerPort),
	}
	if c.Peers == "" && size == 1 {
		c.Peers = c.SelfID + "-" + net.JoinHostPort(loopback, strconv.Itoa(controllerPort))
	}
	return c, nil
}

// ControllersBeside are the addresses of the controllers inside name servers, which share their hosts.
func ControllersBeside(namesrvAddr string) string {
	var all []string
	for addr := range strings.SplitSeq(namesrvAddr, ";") {
		if host, _, ok := rmq.SplitAddr(strings.TrimSpace(addr)); ok {
			all = append(all, net.JoinHostPort(host, strconv.Itoa(controllerPort)))
		}
	}
	return strings.Join(all, ";")
}
