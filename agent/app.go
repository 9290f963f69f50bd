package main

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"rocketmq-agent/agent/drain"
	"rocketmq-agent/agent/probes"
	"rocketmq-agent/agent/identity"
	"rocketmq-agent/agent/memory"
	"rocketmq-agent/agent/metrics"
	"rocketmq-agent/agent/checks"
	"rocketmq-agent/agent/process"
	"rocketmq-agent/agent/rocketmq"
	"rocketmq-agent/agent/settings"
)

// app wires the parts of a running agent together. Nothing else knows all of them.
type app struct {
	plan    *plan
	log     *slog.Logger
	runner  *runner
	beat    atomic.Pointer[time.Time] // when the run's own loop last came round
	broker  *checks.Broker             // nil without one
	link    *brokerLink               // likewise
	ready   chan struct{}             // closed when the container is first ready
	hasten  context.CancelFunc        // ends what makes the broker register soon
	hasty   sync.WaitGroup
	checker *probes.Checker
	startup *probes.Startup
	began   time.Time
	drained *metrics.Drain
	phase   atomic.Value // string, one of phases
	dropped func() uint64
}

// The phases of a run, as metrics show them.
const (
	phaseStarting = "starting"
	phaseRunning  = "running"
	phaseStopping = "stopping"
)

func newApp(p *plan, log *slog.Logger, sup *process.Supervisor, signals <-chan os.Signal, locks map[settings.Role]*os.File) *app {
	a := &app{plan: p, log: log, began: time.Now(), drained: metrics.NewDrain(), ready: make(chan struct{})}
	a.phase.Store(phaseStarting)
	a.beat.Store(&a.began)
	var units []*unit
	var checks []probes.Check
	for i, j := range p.jvms {
		var keep []*os.File
		if lock := locks[j.role]; lock != nil {
			keep = append(keep, lock)
		}
		command := p.command(j, p.memory.JVMs[i].Flags(), j.args)
		logWarnings(log, command.Warnings)
		u, c := a.unit(j, spec(j, command, keep))
		units, checks = append(units, u), append(checks, c...)
	}
	a.checker = probes.NewChecker(checks, probes.DefaultTiming(), a.readyChanged)
	a.runner = &runner{
		log: log, sup: sup, grace: time.Duration(p.settings.GracePeriod), signals: signals, units: units,
		draining: a.stopping, onStep: func(s drain.Step) { a.drained.Phase(s.Name, s.Result(), s.Took) },
		beat: a.beatNow, oomKills: func() (int64, bool) { return memory.OOMKills(os.DirFS("/")) },
	}
	a.startup = probes.NewStartup(a.progress)
	return a
}

// unit makes the running form of a planned process, and the checks that make it ready.
func (a *app) unit(j jvm, spec process.Spec) (*unit, []probes.Check) {
	client := rocketmq.NewClient(j.addr())
	u := &unit{role: j.role, spec: spec, answers: client.Ping, stopTime: stopTime(j)}
	switch j.role {
	case settings.Namesrv:
		return u, checks.Namesrv(client)
	case settings.Controller:
		return u, checks.Controller(client)
	case settings.Proxy:
		return u, checks.Proxy(client, net.JoinHostPort(j.bind, fmt.Sprint(j.proxy.GRPCPort)))
	}
	namesrvs := j.namesrvs()
	b := checks.NewBroker(checks.BrokerOptions{
		Main: client, Fast: rocketmq.NewClient(net.JoinHostPort(j.bind, fmt.Sprint(j.ports[1]))),
		Identity: a.knownIdentity(j),
		Namesrv:  func() []string { return namesrvs },
		Dial:     func(addr string) checks.NamesrvClient { return rocketmq.NewClient(addr) },
	})
	a.broker = b
	u.link = &brokerLink{broker: client, self: b.Identity}
	a.link = u.link
	for _, addr := range namesrvs {
		u.link.namesrvs = append(u.link.namesrvs, rocketmq.NewClient(addr))
	}
	checks := b.Checks()
	if j.proxy != nil {
		remoting := rocketmq.NewClient(net.JoinHostPort(j.bind, fmt.Sprint(j.proxy.RemotingPort)))
		checks = append(checks, checks.Proxy(remoting, net.JoinHostPort(j.bind, fmt.Sprint(j.proxy.GRPCPort)))...)
	}
	return u, checks
}

// knownIdentity is what need not be asked of the broker. What it says itself is better, for it may be changed while it runs;
// one with authentication on says nothing.
func (a *app) knownIdentity(j jvm) checks.Identity {
	id := checks.Identity{ID: a.brokerID()}
	if host := j.conf.Get("brokerIP1", ""); host != "" && j.conf.Bool("authenticationEnabled") {
		id.Cluster, id.Name = j.conf.Get("brokerClusterName", ""), j.conf.Get("brokerName", "")
		id.Addr = host + ":" + fmt.Sprint(j.ports[0]) // no brackets around IPv6, as RocketMQ registers it
	}
	return id
}

// brokerID is the id that name servers must list, as far as it is known beforehand.
func (a *app) brokerID() int64 {
	if id := a.plan.identity; id.Topology != settings.Manual && id.BrokerID != identity.Elected {
		return id.BrokerID
	}
	return checks.AnyID
}

// stopTime is what RocketMQ's own shutdown may take, from its fixed waits, measured on idle processes.
func stopTime(j jvm) time.Duration {
	switch j.role {
	case settings.Broker:
		return 22 * time.Second
	case settings.Proxy:
		return 14 * time.Second
	}
	return 6 * time.Second
}

func (a *app) beatNow() {
	now := time.Now()
	a.beat.Store(&now)
}

// stopping makes the container not ready, before anything else of a stop happens.
func (a *app) stopping(why string) {
	a.checker.SetDraining(why)
	a.hasten() // it sets the permission that a drain takes off
	a.hasty.Wait()
	a.phase.Store(phaseStopping)
	a.drained.Begin()
}

// progress is a sample of the start, for /startupz.
func (a *app) progress() probes.Progress {
	p := probes.Progress{Phase: a.startPhase(), Started: a.started()}
	for _, proc := range a.runner.processes() {
		if proc == nil {
			continue
		}
		if !proc.Running() {
			p.Gone = proc.Name + " left: " + proc.Exit().String()
			continue
		}
		if u, err := proc.Usage(); err == nil {
			p.Work += u.CPUTicks + u.ReadBytes + u.WriteBytes + u.Faults
		}
	}
	return p
}

// started says whether every process has answered its protocol: RocketMQ opens its ports after the recovery.
func (a *app) started() bool {
	var names []string
	for _, j := range a.plan.jvms {
		names = append(names, string(j.role))
	}
	return a.checker != nil && a.checker.Passed(names...)
}

// startPhase names what a start is busy with.
func (a *app) startPhase() string {
	if a.plan.abort != "" {
		return "recovering after an unclean stop (found " + a.plan.abort + ")"
	}
	return "starting"
}

// readyChanged logs that the container has become ready or not ready.
func (a *app) readyChanged(_, to probes.Status, why string) {
	if to == probes.Ready {
		if a.phase.CompareAndSwap(phaseStarting, phaseRunning) {
			close(a.ready)
		}
		a.log.Info("ready: "+a.addresses(), "after", time.Since(a.began).Round(time.Millisecond).String())
		return
	}
	a.log.Warn("not ready", "why", why)
}

// addresses is the line that a person copies.
func (a *app) addresses() string {
	var parts []string
	for _, j := range a.plan.jvms {
		if j.role != settings.Broker {
			parts = append(parts, fmt.Sprintf("%s on %s", j.role, j.addr()))
		}
	}
	if s, ok := a.snapshot(); ok {
		parts = append(parts, fmt.Sprintf("broker %s at %s", s.Identity.Name, s.Identity.Addr))
	}
	if a.plan.role == settings.Standalone && a.plan.identity.AddressSource == "the default of standalone" {
		parts = append(parts, "for clients on other machines set RMQ_ADVERTISE to this machine's address")
	}
	return strings.Join(parts, "; ")
}

// hastenRegistration sees to it that a broker which serves is soon registered too.
func (a *app) hastenRegistration(ctx context.Context) {
	tick := time.NewTicker(500 * time.Millisecond)
	defer tick.Stop()
	for attempts := 0; attempts < 3 && !a.checker.Passed("registration"); {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if a.checker.Passed("broker", "broker-fast") && !a.checker.Passed("registration") {
			attempts++
			if err := a.link.register(ctx); err != nil {
				a.log.Debug("cannot hasten the registration", "error", err)
			}
		}
	}
}

// serve starts the checks and the HTTP server.
func (a *app) serve(ctx context.Context) error {
	hasty, cancel := context.WithCancel(ctx)
	a.hasten = cancel
	go a.checker.Run(ctx)
	go a.startup.Run(ctx)
	if a.link != nil {
		a.hasty.Go(func() { a.hastenRegistration(hasty) })
		for _, j := range a.plan.jvms {
			if j.role == settings.Broker {
				go a.readBack(ctx, j.conf)
			}
		}
	}
	mux := http.NewServeMux()
	live := probes.Live{Beat: func() time.Time { return *a.beat.Load() }, Processes: a.alive}
	probes.Register(mux, live, a.startup, a.checker)
	metrics.Register(mux, metrics.Agent{
		Version: version, Started: a.began, Phases: []string{phaseStarting, phaseRunning, phaseStopping},
		Phase: func() string { return a.phase.Load().(string) }, Live: live.Report, Ready: a.checker.Report,
		Up: a.up, Configs: a.plan.checksums, Dropped: a.dropped,
	}, a.drained, a.snapshot)
	addr := string(a.plan.settings.HTTPAddr)
	l, err := net.Listen("tcp", addr)
	if err != nil {
		if os.Getpid() == 1 || a.plan.settings.HTTPAddrSet {
			return refuse(exitConfig, fmt.Errorf("cannot serve probes and metrics on RMQ_HTTP_ADDR=%s: %w", addr, err))
		}
		a.log.Warn("no probes and no metrics from this agent: another one has the port; set RMQ_HTTP_ADDR to another", "address", addr, "error", err)
		return nil
	}
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 5 * time.Second, WriteTimeout: 10 * time.Second, IdleTimeout: time.Minute, MaxHeaderBytes: 16 << 10}
	go func() { _ = server.Serve(l) }() // ends with the program
	return nil
}

// snapshot is what the broker last said about itself; false without a broker too.
func (a *app) snapshot() (checks.Snapshot, bool) {
	if a.broker == nil {
		return checks.Snapshot{}, false
	}
	return a.broker.Snapshot()
}

// up says which processes run.
func (a *app) up() map[string]bool {
	up := map[string]bool{}
	for role, proc := range a.runner.processes() {
		up[string(role)] = proc != nil && proc.Running()
	}
	return up
}

// alive says whether the processes that should run do.
func (a *app) alive() probes.Result {
	for role, proc := range a.runner.processes() {
		if proc != nil && !proc.Running() {
			return probes.Fail("%s is gone: %s", role, proc.Exit())
		}
	}
	return probes.Pass("")
}
