package app

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"time"

	"rocketmq-agent/agent/checks"
	"rocketmq-agent/agent/exit"
	"rocketmq-agent/agent/lifecycle"
	"rocketmq-agent/agent/metrics"
	"rocketmq-agent/agent/probes"
)

// serve starts the checks and the HTTP server.
func (a *app) serve(ctx context.Context) error {
	startup := probes.NewStartup(a.progress)
	go a.checker.Run(ctx)
	go startup.Run(ctx)
	a.tending.begin(a.roles, a.checker.Passed)
	a.listenForOrders()
	mux := http.NewServeMux()
	live := probes.Live{Beat: func() time.Time { return *a.beat.Load() }, Processes: a.alive}
	probes.Register(mux, live, startup, a.checker)
	metrics.Register(mux, metrics.Agent{
		Version: a.Version,
		Started: a.began,
		Phases:  phases(),
		Phase:   func() string { return string(a.machine.State()) },
		Live:    live.Report,
		Ready:   a.checker.Report,
		Up:      a.up,
		Configs: func() map[string]string { return a.sums },
		Dropped: a.Out.Dropped,
	}, a.drains, a.figures)
	return a.listen(mux)
}

// listen serves mux. Another agent may have the default port, in a second container of the pod first of all: this one
// then goes without.
func (a *app) listen(mux http.Handler) error {
	addr := string(a.plan.Settings.HTTPAddr)
	l, err := net.Listen("tcp", addr)
	if err != nil && a.plan.Settings.HTTPAddrSet {
		return exit.With(exit.Config, fmt.Errorf("cannot serve probes and metrics on RMQ_HTTP_ADDR=%s: %w", addr, err))
	}
	if err != nil {
		a.Log.Warn("no probes and no metrics from this agent: another process has the port, perhaps the agent of another "+
			"container of the pod; set RMQ_HTTP_ADDR=:8089, and the same port in the probes of this container",
			"address", addr, "error", err)
		return nil
	}
	go func() { _ = probes.Serve(l, mux) }() // ends with the program
	return nil
}

func phases() (names []string) {
	for _, s := range lifecycle.States {
		names = append(names, string(s))
	}
	return names
}

// figures are what the broker last said about itself; false without a broker too.
func (a *app) figures() (checks.Snapshot, bool) {
	for _, role := range a.roles {
		if s, ok := role.Figures(); ok {
			return s, true
		}
	}
	return checks.Snapshot{}, false
}

// up says which processes run.
func (a *app) up() map[string]bool {
	up := map[string]bool{}
	for role, p := range a.machine.Processes() {
		up[string(role)] = p != nil && p.Running()
	}
	return up
}

// alive says whether the processes that should run do.
func (a *app) alive() probes.Result {
	if a.machine.State() == lifecycle.Restarting {
		return probes.Pass("")
	}
	for role, p := range a.machine.Processes() {
		if p != nil && !p.Running() {
			return probes.Fail("%s is gone: %s", role, p.Exit())
		}
	}
	return probes.Pass("")
}

// phase is what a start is about.
func (a *app) phase() string {
	if missing, _ := a.machine.Missing(); missing != "" {
		return "waiting: " + missing
	}
	if a.held.UncleanStop != "" {
		return "recovering after an unclean stop (found " + a.held.UncleanStop + ")"
	}
	return "starting"
}

// progress is a sample of the start, for /startupz. RocketMQ opens its ports after the recovery, so a process that
// answers its protocol has started.
func (a *app) progress() probes.Progress {
	var first []string
	for _, role := range a.roles {
		first = append(first, role.Checks()[0].Name)
	}
	p := probes.Progress{Phase: a.phase(), Started: a.checker.Passed(first...)}
	_, p.Work = a.machine.Missing() // whoever waits for another container is not stuck
	for _, proc := range a.machine.Processes() {
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
