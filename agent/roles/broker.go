package roles

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"rocketmq-agent/agent/checks"
	"rocketmq-agent/agent/drain"
	"rocketmq-agent/agent/exit"
	"rocketmq-agent/agent/plan"
	"rocketmq-agent/agent/probes"
	"rocketmq-agent/agent/rmq"
	"rocketmq-agent/agent/rocketmq"
)

// broker is a running broker, with a proxy inside perhaps.
type broker struct {
	plain
	plan      plan.Process
	log       *slog.Logger
	servers   *servers
	namesrvs  *rocketmq.Namesrvs
	figures   *checks.Broker
	withProxy bool

	mu        sync.Mutex // held while the permission is changed, so that nothing restores what a drain has taken off
	forbidden bool
}

func newBroker(p plan.Process, client, fast *rocketmq.Client, log *slog.Logger) Role {
	servers := newServers(p.Namesrvs())
	namesrvs := rocketmq.NewNamesrvs(servers.list, p.ToNamesrvs())
	b := &broker{
		plain:    plain{client: client, stopTime: 22 * time.Second},
		plan:     p,
		log:      log,
		servers:  servers,
		namesrvs: namesrvs,
		figures: checks.NewBroker(checks.BrokerOptions{
			Main:     client,
			Fast:     fast,
			Identity: p.Known,
			Namesrvs: namesrvs,
		}),
	}
	b.checks = b.figures.Checks()
	if group, addr, ok := p.DLedger(); ok {
		b.checks = append(b.checks, checks.DLedger(rocketmq.NewClient(addr, p.ToDLedger()), group))
	}
	if remoting, grpc, ok := p.ProxyAddrs(); ok {
		b.withProxy = true
		b.checks = append(b.checks, checks.Proxy(rocketmq.NewClient(remoting, p.Own()), grpc)...)
	}
	return b
}

func (b *broker) Figures() (checks.Snapshot, bool) { return b.figures.Snapshot() }

func (b *broker) Drain() drain.Broker { return b }

func (b *broker) Meaning(code int) string {
	if b.withProxy {
		return proxyMeaning(code)
	}
	return exit.Meaning(code)
}

// tendEvery is how often Tend looks how far the start is.
const tendEvery = 500 * time.Millisecond

// Tend sees to it that a broker which serves is soon registered too, compares its live configuration once it is ready,
// and keeps it registered.
func (b *broker) Tend(ctx context.Context, passed func(...string) bool) {
	var beside sync.WaitGroup
	beside.Go(func() { b.followNamesrvs(ctx, passed) })
	defer beside.Wait()
	if !b.awaitReady(ctx, passed) {
		return
	}
	b.readBack(ctx)
	b.checkStored(ctx)
	b.keepRegistered(ctx)
}

// awaitReady hastens the first registration, and says whether the broker has become ready before ctx ended.
func (b *broker) awaitReady(ctx context.Context, passed func(...string) bool) bool {
	tick := time.NewTicker(tendEvery)
	defer tick.Stop()
	for attempts := 0; ; {
		select {
		case <-ctx.Done():
			return false
		case <-tick.C:
		}
		switch {
		case passed(names(b.checks)...):
			return true
		case attempts < 3 && passed("broker", "broker-fast") && !passed("registration"):
			attempts++
			if err := b.register(ctx); err != nil {
				b.log.Debug("cannot hasten the registration", "error", err)
			}
		}
	}
}

// How often a broker is made to register: brokers of one cluster must not do so in step.
const (
	registerEvery  = 4 * time.Second
	registerSpread = 4 * time.Second
)

// keepRegistered makes the broker register when a name server answers that does not list it: one that was restarted
// learns of it by the broker's own beat within 30 s, and clients that ask it meanwhile find no route.
func (b *broker) keepRegistered(ctx context.Context) {
	for told := false; ; {
		select {
		case <-ctx.Done():
			return
		case <-time.After(registerEvery + rand.N(registerSpread)):
		}
		if !b.figures.Unlisted() {
			told = false
			continue
		}
		if !told {
			b.log.Info("a name server that answers does not list the broker: it is made to register")
			told = true
		}
		if err := b.register(ctx); err != nil {
			b.log.Debug("cannot make the broker register", "error", err)
		}
	}
}

func names(all []probes.Check) (names []string) {
	for _, c := range all {
		names = append(names, c.Name)
	}
	return names
}

// register makes the broker register with its name servers now. It does so at its start, but only with those that it is
// connected to by then (BrokerOuterAPI.registerBrokerAll), and a fast start is over before that: the next time would
// come 10 s later. Setting the permission to what it is registers as well. Brokers whose role is elected register
// when it is.
func (b *broker) register(ctx context.Context) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.forbidden || b.plan.Topology.Elected() || b.plan.Values().On("enableSlaveActingMaster") {
		return nil
	}
	return within(ctx, 3*time.Second, func(ctx context.Context) error {
		live, err := b.client.BrokerConfig(ctx)
		if err != nil {
			return err
		}
		return b.client.UpdateBrokerConfig(ctx, map[string]string{"brokerPermission": live["brokerPermission"]})
	})
}

// innerProducerGroup is the producer group that every Java client brings along for its own use, consumers too
// (MixAll.CLIENT_INNER_PRODUCER_GROUP).
const innerProducerGroup = "CLIENT_INNER_PRODUCER"

// OtherMasters asks the name servers which other brokers of the cluster take writes. The first one that answers counts.
func (b *broker) OtherMasters(ctx context.Context) (int, error) {
	self, ok := b.figures.Identity()
	if !ok {
		return 0, errUnknown
	}
	var errs []error
	for _, view := range b.namesrvs.Clusters(ctx) {
		if view.Err != nil {
			errs = append(errs, view.Err)
			continue
		}
		n := 0
		for name, other := range view.Info.Brokers {
			if _, master := other.Addrs[0]; master && name != self.Name && other.Cluster == self.Cluster {
				n++
			}
		}
		return n, nil
	}
	return 0, errors.Join(append(errs, errors.New("no name server answers"))...)
}

var errUnknown = errors.New("the broker has not said who it is")

// Producers counts connected producers.
func (b *broker) Producers(ctx context.Context) (int, error) {
	groups, err := b.client.AllProducers(ctx)
	n := 0
	for group, producers := range groups {
		if group != innerProducerGroup {
			n += len(producers)
		}
	}
	return n, err
}

// Puts is how many messages the broker has stored since its start.
func (b *broker) Puts(ctx context.Context) (uint64, error) {
	info, err := b.client.RuntimeInfo(ctx)
	if err != nil {
		return 0, err
	}
	var n uint64
	_, err = fmt.Sscan(info["putMessageTimesTotal"], &n)
	return n, err
}

// ForbidWrites takes the write permission off.
func (b *broker) ForbidWrites(ctx context.Context) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.forbidden = true
	return b.permit(ctx, rmq.PermRead)
}

// Undrain restores the permission that the broker was configured with.
func (b *broker) Undrain(ctx context.Context) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	err := b.permit(ctx, b.plan.Values().Text("brokerPermission"))
	b.forbidden = err != nil
	return err
}

// permit sets the permission. The broker writes it into its configuration file, which is rendered anew at the next
// start, so it does not outlive the process. The broker answers only after it has registered everywhere, which a dead
// name server makes slow, so what counts is what it reports afterwards.
func (b *broker) permit(ctx context.Context, permission string) error {
	updateErr := within(ctx, 3*time.Second, func(ctx context.Context) error {
		return b.client.UpdateBrokerConfig(ctx, map[string]string{"brokerPermission": permission})
	})
	return within(ctx, 2*time.Second, func(ctx context.Context) error {
		live, err := b.client.BrokerConfig(ctx)
		if err != nil {
			return errors.Join(updateErr, err)
		}
		if live["brokerPermission"] != permission {
			err = fmt.Errorf("the broker reports brokerPermission=%s", live["brokerPermission"])
			return errors.Join(updateErr, err)
		}
		return nil
	})
}

// Killed tells the name servers that the broker is gone.
func (b *broker) Killed(ctx context.Context) error {
	self, ok := b.figures.Identity()
	if !ok {
		return errUnknown
	}
	return b.namesrvs.Unregister(ctx, self)
}

func within(ctx context.Context, limit time.Duration, call func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	return call(ctx)
}
