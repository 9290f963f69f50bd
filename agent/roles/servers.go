package roles

import (
	"context"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"rocketmq-agent/agent/reach"
)

// servers are the name servers of a broker. One name may be several of them, of which RocketMQ would register with one.
type servers struct {
	named []string                 // host:port, as configured
	now   atomic.Pointer[[]string] // what is asked: the same, or all that are behind the names
	told  []string                 // what the broker was told; for followNamesrvs alone
}

func newServers(named []string) *servers {
	s := &servers{named: named, told: named}
	s.now.Store(&named)
	return s
}

// list is what is asked now. It never waits.
func (s *servers) list() []string { return *s.now.Load() }

// lookUpEvery is how often names are resolved again.
const lookUpEvery = 10 * time.Second

// followNamesrvs resolves the names of the name servers again and again, and tells the broker where one of them stands
// for several servers, or no longer does. A name that cannot be resolved changes nothing.
func (b *broker) followNamesrvs(ctx context.Context, passed func(...string) bool) {
	tick := time.NewTicker(tendEvery)
	defer tick.Stop()
	for ctx.Err() == nil {
		if all, ok := reach.Expand(ctx, b.servers.named); ok && !slices.Equal(all, b.servers.list()) {
			b.servers.now.Store(&all)
			b.log.Info("the names of the name servers lead to others now",
				"namesrvAddr", strings.Join(b.servers.named, ";"), "servers", strings.Join(all, ";"))
		}
		next := time.Now().Add(lookUpEvery)
		for time.Now().Before(next) && ctx.Err() == nil {
			select {
			case <-ctx.Done():
			case <-tick.C:
			}
			if passed("broker") {
				b.tellServers(ctx)
			}
		}
	}
}

// tellServers gives the broker the list that it shall register with. It looks at it every updateNameServerAddrPeriod.
func (b *broker) tellServers(ctx context.Context) {
	all := b.servers.list()
	if slices.Equal(all, b.servers.told) {
		return
	}
	err := within(ctx, 3*time.Second, func(ctx context.Context) error {
		return b.client.UpdateBrokerConfig(ctx, map[string]string{"namesrvAddr": strings.Join(all, ";")})
	})
	if err != nil {
		b.log.Debug("cannot tell the broker its name servers", "error", err)
		return
	}
	b.servers.told = all
}
