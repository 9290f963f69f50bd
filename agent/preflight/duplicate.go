package preflight

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"time"

	"rocketmq-agent/agent/exit"
	"rocketmq-agent/agent/identity"
	"rocketmq-agent/agent/plan"
	"rocketmq-agent/agent/rmq"
	"rocketmq-agent/agent/rocketmq"
)

// How long a name server and a broker may take to answer before they are taken for dead.
const (
	askNamesrv = time.Second
	askBroker  = 2 * time.Second
)

// duplicate refuses to start beside a living broker of the same name and id. Name servers that do not answer, and
// routes to brokers that are gone, do not count: every crash leaves such a route behind.
// Elected ids are no business of ours.
func duplicate(ctx context.Context, p plan.Plan) error {
	b, ok := p.Broker()
	v := b.Values()
	if !ok || v.Text("brokerName") == "" || b.Topology.Elected() {
		return nil
	}
	self := self{
		BrokerRef: rmq.BrokerRef{Name: v.Text("brokerName"), ID: identity.FixedID(v)},
		host:      v.Text("brokerIP1"),
		port:      b.Ports[0].Number,
	}
	namesrvs := rocketmq.NewNamesrvs(b.Namesrvs, b.ToNamesrvs())
	defer namesrvs.Close()
	asking, cancel := context.WithTimeout(ctx, askNamesrv)
	defer cancel()
	for _, view := range namesrvs.Clusters(asking) {
		addr := view.Info.Brokers[self.Name].Addrs[self.ID]
		if view.Err != nil || addr == "" || self.at(addr) {
			continue
		}
		if alive, doubt := lives(ctx, addr, b.ToTwin(), self.BrokerRef); alive {
			return exit.With(exit.Config, fmt.Errorf(
				"another broker %s with id %d lives at %s (so says the name server %s): "+
					"two of one name and id would take each other's routes; %s%s",
				self.Name, self.ID, addr, view.Addr, remedy(p.Identity), doubt))
		}
	}
	return nil
}

// remedy is what to do about a name that two brokers have.
func remedy(id identity.Identity) string {
	if id.NameSource == identity.DefaultName {
		return fmt.Sprintf("%s is %s: give each a host name of its own (docker run --hostname broker-b; "+
			"in a compose file one service for each broker, with hostname: broker-b, in place of --scale)",
			id.BrokerName, id.NameSource)
	}
	return "stop that one, or give this one another name (RMQ_BROKER_NAME_PREFIX) or ordinal"
}

// self is the broker that wants to start.
type self struct {
	rmq.BrokerRef
	host string // brokerIP1; empty: an address of this machine
	port int64  // listenPort
}

// at says whether an address is the broker's own: a restarted one finds its old route.
func (s self) at(addr string) bool {
	host, port, ok := rmq.SplitAddr(addr)
	if !ok || port != strconv.FormatInt(s.port, 10) {
		return false
	}
	if s.host != "" {
		return rmq.SameHost(host, s.host)
	}
	own, err := net.InterfaceAddrs()
	if err != nil {
		return false
	}
	for _, a := range own {
		if ip, ok := a.(*net.IPNet); ok && rmq.SameHost(ip.IP.String(), host) {
			return true
		}
	}
	return false
}

// lives asks the broker at addr who it is. One that answers but does not say, because it refuses the account, is taken
// at the name server's word: doubt is what to do if that is wrong.
func lives(ctx context.Context, addr string, access rocketmq.Access, self rmq.BrokerRef) (alive bool, doubt string) {
	ctx, cancel := context.WithTimeout(ctx, askBroker)
	defer cancel()
	client := rocketmq.NewClient(addr, access)
	defer client.Close()
	conf, err := client.BrokerConfig(ctx)
	if _, answered := errors.AsType[*rocketmq.ResponseError](err); answered {
		return true, " (it does not say who it is; if it is no broker, wait: a name server forgets one that is gone after " +
			"two minutes)"
	}
	if err != nil {
		return false, ""
	}
	return conf["brokerName"] == self.Name && conf["brokerId"] == strconv.FormatInt(self.ID, 10), ""
}
