package checks

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	"rocketmq-agent/agent/probes"
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
	addrs := b.options.Namesrv()
	if len(addrs) == 0 {
		return probes.Fail("no name server is known")
	}
	self := s.Identity
	self.ID = b.options.Identity.ID // an elected id may have changed since it was read
	var missing, silent []string
	for _, a := range b.names.ask(ctx, addrs) {
		if a.err != nil {
			silent = append(silent, a.err.Error())
		} else if fault := self.missingFrom(a.info); fault != "" {
			missing = append(missing, fmt.Sprintf("name server %s %s", a.addr, fault))
		}
	}
	b.doubt.Store(len(missing) > 0)
	switch {
	case len(missing) > 0:
		return probes.Fail("%s", strings.Join(append(missing, silent...), "; "))
	case len(silent) == len(addrs):
		return probes.Fail("no name server answers: %s", strings.Join(silent, "; "))
	default:
		return probes.Pass("%s", strings.Join(silent, "; "))
	}
}

// missingFrom says how a name server's view differs from i; empty if it does not.
func (i Identity) missingFrom(info rocketmq.ClusterInfo) string {
	addrs := info.Brokers[i.Name].Addrs
	if len(addrs) == 0 {
		return "does not list " + i.Name
	}
	if i.ID == AnyID {
		for _, addr := range addrs {
			if addr == i.Addr {
				return ""
			}
		}
		return fmt.Sprintf("lists %s, but not at %s", i.Name, i.Addr)
	}
	switch addr, listed := addrs[i.ID]; {
	case !listed:
		return fmt.Sprintf("does not list %s with id %d", i.Name, i.ID)
	case addr != i.Addr:
		return fmt.Sprintf("lists %s with id %d at %s instead of %s", i.Name, i.ID, addr, i.Addr)
	}
	return ""
}

// registry keeps one client for each name server. Its ask is never called twice at a time.
type registry struct {
	dial    func(addr string) NamesrvClient
	clients map[string]NamesrvClient
}

type answer struct {
	addr string
	info rocketmq.ClusterInfo
	err  error
}

// ask asks all name servers at the same time, so that one which hangs takes nothing from the others.
func (r *registry) ask(ctx context.Context, addrs []string) []answer {
	r.keep(addrs)
	answers := make([]answer, len(addrs))
	var all sync.WaitGroup
	for n, addr := range addrs {
		client := r.clients[addr]
		all.Go(func() {
			info, err := client.ClusterInfo(ctx)
			answers[n] = answer{addr, info, err}
		})
	}
	all.Wait()
	return answers
}

// keep makes the clients those of addrs.
func (r *registry) keep(addrs []string) {
	for addr, client := range r.clients {
		if !slices.Contains(addrs, addr) {
			_ = client.Close() // it only held a connection
			delete(r.clients, addr)
		}
	}
	for _, addr := range addrs {
		if r.clients[addr] == nil {
			if r.clients == nil {
				r.clients = map[string]NamesrvClient{}
			}
			r.clients[addr] = r.dial(addr)
		}
	}
}
