package checks

import (
	"context"
	"fmt"
	"strings"

	"rocketmq-agent/agent/probes"
	"rocketmq-agent/agent/rmq"
	"rocketmq-agent/agent/rocketmq"
)

// checkRegistration passes when every name server that answers lists the broker under its address, and at least one
// answers. An open port alone is no broker to clients: a fenced one, and one that advertises a wrong address, has that
// too.
func (b *Broker) checkRegistration(ctx context.Context) probes.Result {
	s, ok := b.await(ctx) // before the broker is up there is nothing to be listed
	if !ok {
		return probes.Fail("the broker has not answered yet")
	}
	self := s.Identity
	if host, _, _ := rmq.SplitAddr(self.Addr); ofOneLink(host) {
		return probes.Fail("clients are told %s, which reaches nobody from another machine: set POD_IP, RMQ_ADVERTISE or "+
			"brokerIP1", self.Addr)
	}
	self.ID = b.options.Identity.ID // an elected id may have changed since it was read
	views := b.options.Namesrvs.Clusters(ctx)
	if len(views) == 0 {
		return probes.Fail("no name server is known")
	}
	var missing, silent []string
	for _, v := range views {
		if v.Err != nil {
			silent = append(silent, v.Err.Error())
		} else if fault := missingFrom(v.Info, self); fault != "" {
			missing = append(missing, fmt.Sprintf("name server %s %s", v.Addr, fault))
		}
	}
	b.doubt.Store(len(missing) > 0)
	b.unlisted.Store(len(missing) > 0)
	switch {
	case len(missing) > 0:
		return probes.Fail("%s", strings.Join(append(missing, silent...), "; "))
	case len(silent) == len(views):
		return probes.Fail("no name server answers: %s", strings.Join(silent, "; "))
	default:
		return probes.Pass("%s", strings.Join(silent, "; "))
	}
}

// ofOneLink says whether a host is an address that only the machines of one link can use, and only with a zone of their
// own: RocketMQ takes such a one where it finds no other (NetworkUtil.getLocalAddress).
func ofOneLink(host string) bool {
	ip, err := rmq.ParseIP(host)
	return err == nil && (ip.IsLinkLocalUnicast() || ip.Zone() != "")
}

// missingFrom says how a name server's view differs from what a broker is; empty if it does not.
func missingFrom(info rocketmq.ClusterInfo, i rmq.BrokerRef) string {
	addrs := info.Brokers[i.Name].Addrs
	if len(addrs) == 0 {
		return "does not list " + i.Name
	}
	if i.ID == rmq.AnyID {
		for _, addr := range addrs {
			if rmq.SameAddr(addr, i.Addr) {
				return ""
			}
		}
		return fmt.Sprintf("lists %s, but not at %s", i.Name, i.Addr)
	}
	switch addr, listed := addrs[i.ID]; {
	case !listed:
		return fmt.Sprintf("does not list %s with id %d", i.Name, i.ID)
	case !rmq.SameAddr(addr, i.Addr):
		return fmt.Sprintf("lists %s with id %d at %s instead of %s", i.Name, i.ID, addr, i.Addr)
	}
	return ""
}
