package guard

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"sync"
	"time"

	"rocketmq-agent/agent/rocketmq"
)

// Self is the broker that wants to start.
type Self struct {
	Name string
	ID   int64
	Host string // brokerIP1; empty: an address of this machine
	Port int    // listenPort
}

// Patience of the search for a twin: a name server or a broker that does not answer by then is taken for dead.
const (
	askNamesrv = time.Second
	askBroker  = 2 * time.Second
)

// Twin asks the name servers, all at the same time, for another living broker of the same name and id, and returns a *Refused
// if there is one. Name servers that do not answer, and routes to brokers that are gone, do not count: every crash leaves
// such a route behind.
func Twin(ctx context.Context, namesrvs []string, self Self) error {
	found := make([]error, len(namesrvs))
	var all sync.WaitGroup
	for i, addr := range namesrvs {
		all.Go(func() { found[i] = twinBy(ctx, addr, self) })
	}
	all.Wait()
	for _, err := range found {
		if err != nil {
			return err
		}
	}
	return nil
}

// twinBy looks through the eyes of one name server.
func twinBy(ctx context.Context, namesrv string, self Self) error {
	client := rocketmq.NewClient(namesrv)
	defer client.Close()
	asking, cancel := context.WithTimeout(ctx, askNamesrv)
	defer cancel()
	info, err := client.ClusterInfo(asking)
	if err != nil {
		return nil
	}
	addr := info.Brokers[self.Name].Addrs[self.ID]
	if addr == "" || self.at(addr) || !lives(ctx, addr, self) {
		return nil
	}
	return &Refused{fmt.Sprintf("another broker %s with id %d lives at %s (so says the name server %s): two of one name and id would take each other's routes; stop that one, or give this one another name (RMQ_BROKER_NAME_PREFIX) or ordinal", self.Name, self.ID, addr, namesrv)}
}

// at says whether an address is the broker's own: a restarted one finds its old route.
func (s Self) at(addr string) bool {
	host, port, err := net.SplitHostPort(addr)
	if err != nil || port != strconv.Itoa(s.Port) {
		return false
	}
	if s.Host != "" {
		return host == s.Host
	}
	own, err := net.InterfaceAddrs()
	if err != nil {
		return false
	}
	for _, a := range own {
		if ip, ok := a.(*net.IPNet); ok && ip.IP.String() == host {
			return true
		}
	}
	return false
}

// lives asks the broker at addr who it is. One that answers but does not say, with authentication on, is taken at the name
// server's word.
func lives(ctx context.Context, addr string, self Self) bool {
	ctx, cancel := context.WithTimeout(ctx, askBroker)
	defer cancel()
	client := rocketmq.NewClient(addr)
	defer client.Close()
	conf, err := client.BrokerConfig(ctx)
	if _, answered := errors.AsType[*rocketmq.ResponseError](err); answered {
		return true
	}
	if err != nil {
		return false
	}
	return conf["brokerName"] == self.Name && conf["brokerId"] == strconv.FormatInt(self.ID, 10)
}
