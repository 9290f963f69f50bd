package rocketmq

import (
	"context"
	"errors"
	"slices"
	"sync"

	"rocketmq-agent/agent/rmq"
)

// Namesrv is what Namesrvs asks of one name server; a *Client is one.
type Namesrv interface {
	ClusterInfo(ctx context.Context) (ClusterInfo, error)
	UnregisterBroker(ctx context.Context, broker rmq.BrokerRef) error
	Close() error
}

// Namesrvs are all name servers of a list that may change while it is used, each with one client. It is safe for
// concurrent use, and asks all of them at the same time, so that one which hangs takes nothing from the others.
type Namesrvs struct {
	list func() []string
	dial func(addr string) Namesrv

	mu      sync.Mutex
	clients map[string]Namesrv
}

// NewNamesrvs returns the name servers of a list of host:port. It does not connect yet.
func NewNamesrvs(list func() []string, access Access) *Namesrvs {
	return NamesrvsBy(list, func(addr string) Namesrv { return NewClient(addr, access) })
}

// NamesrvsBy is NewNamesrvs with clients of another kind.
func NamesrvsBy(list func() []string, dial func(addr string) Namesrv) *Namesrvs {
	return &Namesrvs{list: list, dial: dial, clients: map[string]Namesrv{}}
}

// View is what one name server says of the brokers.
type View struct {
	Addr string // host:port of the name server
	Info ClusterInfo
	Err  error
}

// Clusters asks each name server which brokers it knows. The answers are in the order of the list.
func (n *Namesrvs) Clusters(ctx context.Context) []View {
	addrs, clients := n.now()
	views := make([]View, len(addrs))
	var all sync.WaitGroup
	for i, client := range clients {
		all.Go(func() {
			info, err := client.ClusterInfo(ctx)
			views[i] = View{addrs[i], info, err}
		})
	}
	all.Wait()
	return views
}

// Unregister takes a broker off each name server. A name server that does not answer drops it by itself.
func (n *Namesrvs) Unregister(ctx context.Context, broker rmq.BrokerRef) error {
	_, clients := n.now()
	errs := make([]error, len(clients))
	var all sync.WaitGroup
	for i, client := range clients {
		all.Go(func() { errs[i] = client.UnregisterBroker(ctx, broker) })
	}
	all.Wait()
	return errors.Join(errs...)
}

// Close closes all connections, those of calls under way when they have ended.
func (n *Namesrvs) Close() {
	n.mu.Lock()
	gone := n.keep(nil)
	n.mu.Unlock()
	closeAll(gone)
}

// now are the name servers that the list has now.
func (n *Namesrvs) now() (addrs []string, clients []Namesrv) {
	n.mu.Lock()
	addrs = n.list()
	gone := n.keep(addrs)
	for _, addr := range addrs {
		clients = append(clients, n.clients[addr])
	}
	n.mu.Unlock()
	closeAll(gone)
	return addrs, clients
}

// keep makes the clients those of addrs, and returns those that are no longer needed. The lock is held.
func (n *Namesrvs) keep(addrs []string) (gone []Namesrv) {
	for addr, client := range n.clients {
		if !slices.Contains(addrs, addr) {
			gone = append(gone, client)
			delete(n.clients, addr)
		}
	}
	for _, addr := range addrs {
		if n.clients[addr] == nil {
			n.clients[addr] = n.dial(addr)
		}
	}
	return gone
}

func closeAll(clients []Namesrv) {
	for _, c := range clients {
		_ = c.Close() // it only held a connection
	}
}
