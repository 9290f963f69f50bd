package checks

import (
	"cmp"
	"context"
	"errors"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"rocketmq-agent/agent/probes"
	"rocketmq-agent/agent/rmq"
	"rocketmq-agent/agent/rocketmq"
)

const (
	// snapshotLife is how long the figures of a broker that answers no more are shown.
	snapshotLife = 15 * time.Second

	// firstSample is how long after its first answer a broker surely has statistics: it samples every second.
	firstSample = 2 * time.Second

	// configLife is how long a broker's live configuration is taken for its configuration. Reading it is not free: for
	// keys that two of its parts share, like a listenPort that is not set, the broker logs a line each time.
	configLife = time.Minute
)

// BrokerClient asks a broker about itself.
type BrokerClient interface {
	Pinger
	RuntimeInfo(ctx context.Context) (map[string]string, error)
	BrokerConfig(ctx context.Context) (map[string]string, error)
}

// BrokerOptions is what the checks of a broker need.
type BrokerOptions struct {
	Main     BrokerClient       // its listenPort
	Fast     Pinger             // its listenPort - 2
	Identity rmq.BrokerRef      // who it is if it does not say; its ID, unless rmq.AnyID, is who it must be
	Namesrvs *rocketmq.Namesrvs // all that it should register with
}

// Snapshot is what a broker said about itself at one moment.
type Snapshot struct {
	Identity rmq.BrokerRef
	Runtime  map[string]string // GET_BROKER_RUNTIME_INFO; never changed once it is here; nil in the first moments
	At       time.Time

	writeLimit float64
}

// Broker checks one broker and keeps its last figures. The check "broker" alone talks to the main port; the others,
// and the metrics, use what it found out.
type Broker struct {
	options  BrokerOptions
	last     atomic.Pointer[Snapshot]
	first    chan struct{} // closed at the first Snapshot
	once     sync.Once
	unlisted atomic.Bool // the last look found a name server that answers without listing the broker
	doubt    atomic.Bool // the live configuration may have changed

	answered time.Time // when the broker first answered; used by the check "broker" alone, as are the following

	// What the live configuration said.
	self       rmq.BrokerRef
	writeLimit float64
	learnt     time.Time
}

// NewBroker returns a Broker that has not asked anything yet.
func NewBroker(o BrokerOptions) *Broker {
	return &Broker{
		options:    o,
		first:      make(chan struct{}),
		self:       o.Identity,
		writeLimit: defaultWriteLimit,
	}
}

// Checks returns the readiness checks of the broker: broker, broker-fast, registration, store.
func (b *Broker) Checks() []probes.Check {
	return []probes.Check{
		check("broker", b.checkMain),
		ping("broker-fast", b.options.Fast),
		check("registration", b.checkRegistration),
		check("store", b.checkStore),
	}
}

// Snapshot returns the last figures of the broker, unless it has stopped answering. It never waits.
func (b *Broker) Snapshot() (Snapshot, bool) {
	s := b.last.Load()
	if s == nil || time.Since(s.At) > snapshotLife {
		return Snapshot{}, false
	}
	return *s, true
}

// Unlisted says whether a name server that answers did not list the broker the last time.
func (b *Broker) Unlisted() bool { return b.unlisted.Load() }

// Identity returns who the broker last said it is, however long ago; false if it never did. It never waits.
func (b *Broker) Identity() (rmq.BrokerRef, bool) {
	s := b.last.Load()
	if s == nil {
		return rmq.BrokerRef{}, false
	}
	return s.Identity, true
}

func (b *Broker) checkMain(ctx context.Context) probes.Result {
	runtime, err := b.figures(ctx)
	if err != nil {
		return probes.Fail("%v", err)
	}
	if err := b.learn(ctx); err != nil {
		return probes.Fail("cannot learn its address: %v", err)
	}
	b.last.Store(&Snapshot{
		Identity:   b.self,
		Runtime:    runtime,
		At:         time.Now(),
		writeLimit: b.writeLimit,
	})
	b.once.Do(func() { close(b.first) })
	return probes.Pass("%s at %s", b.self.Name, b.self.Addr)
}

// figures asks for the broker's figures, but not in its first moments: before its statistics have a sample it answers
// with an error, and prints a stack trace (StoreStatsService.getPutTps).
func (b *Broker) figures(ctx context.Context) (map[string]string, error) {
	if !b.answered.IsZero() && time.Since(b.answered) >= firstSample {
		runtime, err := b.options.Main.RuntimeInfo(ctx)
		if answer, ok := errors.AsType[*rocketmq.ResponseError](err); ok && answer.Refusal() {
			return nil, nil // it does not tell the agent, but it serves
		}
		return runtime, err
	}
	err := b.options.Main.Ping(ctx)
	if err == nil && b.answered.IsZero() {
		b.answered = time.Now()
	}
	return nil, err
}

// learn reads the live configuration now and then, and when a name server contradicts it. A broker may refuse that if
// it is known who it is.
func (b *Broker) learn(ctx context.Context) error {
	if !b.doubt.Swap(false) && !b.learnt.IsZero() && time.Since(b.learnt) < configLife {
		return nil
	}
	conf, err := b.options.Main.BrokerConfig(ctx)
	if err != nil && !known(b.options.Identity) {
		return err
	}
	b.learnt = time.Now()
	if err == nil {
		b.self, b.writeLimit = complete(b.options.Identity, conf), writeLimit(conf)
	}
	return nil
}

// known says whether nothing has to be read from the broker; its id need not be known.
func known(i rmq.BrokerRef) bool {
	return i.Cluster != "" && i.Name != "" && i.Addr != ""
}

// complete is who a broker is by its live configuration, and by i where that says nothing.
func complete(i rmq.BrokerRef, conf map[string]string) rmq.BrokerRef {
	i.Cluster = cmp.Or(conf["brokerClusterName"], i.Cluster)
	i.Name = cmp.Or(conf["brokerName"], i.Name)
	if host := conf["brokerIP1"]; host != "" {
		i.Addr = host + ":" + conf["listenPort"] // BrokerController.getBrokerAddr: it adds no brackets around IPv6
	}
	if i.ID == rmq.AnyID {
		if id, err := strconv.ParseInt(conf["brokerId"], 10, 64); err == nil {
			i.ID = id
		}
	}
	return i
}

// await returns the last Snapshot however old, and waits for the first.
func (b *Broker) await(ctx context.Context) (*Snapshot, bool) {
	select {
	case <-b.first:
		return b.last.Load(), true
	case <-ctx.Done():
		return nil, false
	}
}
