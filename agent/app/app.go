// Package app puts the parts of a running container together. Nothing else knows all of them, and it decides nothing.
package app

import (
	"context"
	"log/slog"
	"os"
	"runtime/debug"
	"sync/atomic"
	"time"

	"rocketmq-agent/agent/control"
	"rocketmq-agent/agent/drain"
	"rocketmq-agent/agent/exit"
	"rocketmq-agent/agent/lifecycle"
	"rocketmq-agent/agent/logging"
	"rocketmq-agent/agent/memory"
	"rocketmq-agent/agent/metrics"
	"rocketmq-agent/agent/plan"
	"rocketmq-agent/agent/preflight"
	"rocketmq-agent/agent/probes"
	"rocketmq-agent/agent/process"
	"rocketmq-agent/agent/roles"
)

// Options are what the caller of Run owns.
type Options struct {
	Version string // of the agent
	Log     *slog.Logger
	Out     *logging.Writer // that Log writes to
	Signals <-chan os.Signal
}

// app is one running container.
type app struct {
	Options
	plan     plan.Plan
	held     preflight.Held
	roles    []roles.Role
	machine  *lifecycle.Machine
	checker  *probes.Checker
	drains   *metrics.Drain
	errors   *logging.Writer   // standard error
	lastStop *control.LastStop // of the container before this one; nil: nothing is known
	sums     map[string]string // by role, of its rendered configuration
	began    time.Time
	beat     atomic.Pointer[time.Time] // when the machine's loop last came round
	tending  tending
	steps    steps
	slow     slowStart // the machine's loop's own
	hushes   []hush    // by process; the machine's loop's own
}

// Run carries a plan out and returns the exit code of the container. The error says why nothing was started.
func Run(p plan.Plan, o Options) (int, error) {
	bound(p.Memory)
	introduce(p, o.Log)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	held, stopped, err := prepare(ctx, p, o)
	if err != nil || stopped {
		return exit.OK, err
	}
	sup, err := process.New()
	if err != nil {
		return 0, err
	}
	defer sup.Close()
	a := build(p, held, sup, o)
	if err := a.serve(ctx); err != nil {
		return 0, err
	}
	go debug.FreeOSMemory() // what the plan and the preflight took, the JVM's heap is about to need
	code := a.machine.Run()
	a.writeLastStop(code)
	a.errors.Flush(farewell)
	return code, nil
}

// build makes the parts. The order matters: the checks are made of the roles, and the machine tells the checks what
// it does.
func build(p plan.Plan, held preflight.Held, sup *process.Supervisor, o Options) *app {
	a := &app{
		Options: o,
		plan:    p,
		held:    held,
		drains:  metrics.NewDrain(),
		errors:  logging.NewWriter(os.Stderr),
		sums:    map[string]string{},
		began:   time.Now(),
	}
	a.beat.Store(&a.began)
	a.readLastStop()
	a.slow.begin(a.began)
	var units []*lifecycle.Unit
	var checks []probes.Check
	a.hushes = make([]hush, len(p.Processes))
	for _, planned := range p.Processes {
		role := roles.New(planned, o.Log)
		a.roles = append(a.roles, role)
		checks = append(checks, role.Checks()...)
		a.sums[string(planned.Role)] = planned.Checksum()
		errors := newStderr(a.errors)
		units = append(units, &lifecycle.Unit{
			Name:  planned.Role,
			Spec:  a.spec(planned, errors),
			Role:  role,
			Cause: errors.cause,
		})
	}
	a.checker = probes.NewChecker(checks, probes.DefaultTiming(), a.readyChanged)
	a.machine = lifecycle.New(lifecycle.Config{
		Log:      o.Log,
		Super:    sup,
		Grace:    time.Duration(p.Settings.GracePeriod),
		Signals:  o.Signals,
		Units:    units,
		Beat:     a.beatNow,
		Entered:  a.entered,
		Step:     a.stepped,
		OOMKills: func() (int64, bool) { return memory.OOMKills(os.DirFS("/")) },
	})
	return a
}

// spec is what to execute. RocketMQ prints straight to the output of the container, not through the agent; only what it
// says on standard error is listened to.
func (a *app) spec(p plan.Process, errors *stderr) process.Spec {
	s := process.Spec{
		Name:   string(p.Role),
		Path:   p.Command.Path,
		Args:   p.Command.Args(),
		Env:    p.Command.Env,
		Stdout: os.Stdout,
		Stderr: errors.file(),
	}
	if lock := a.held.Locks[p.Role]; lock != nil {
		s.Keep = []*os.File{lock}
	}
	return s
}

func (a *app) beatNow() {
	now := time.Now()
	a.beat.Store(&now)
	a.speakOfSlowStart(now)
	a.listenForSilence(now)
}

func (a *app) stepped(s drain.Step) {
	a.drains.Phase(s.Name, string(s.Outcome.Result), s.Took)
	a.steps.add(s)
}

// entered makes the rest follow the life cycle. A container that leaves service is not ready before anything else
// happens.
func (a *app) entered(t lifecycle.Transition) {
	switch t.To {
	case lifecycle.Draining, lifecycle.Restarting, lifecycle.Stopping:
		a.checker.SetDraining(t.Why)
		a.tending.end()
		a.drains.Begin()
		a.steps.forget()
	case lifecycle.Starting:
		a.slow.begin(time.Now())
		a.checker.Forget()
		a.checker.SetDraining("")
		a.tending.begin(a.roles, a.checker.Passed)
	case lifecycle.Running:
		a.checker.SetDraining("")
		if t.From != lifecycle.Starting {
			a.tending.begin(a.roles, a.checker.Passed)
		}
	}
}

// readyChanged hears from the checks that the container has become ready or not ready.
func (a *app) readyChanged(_, to probes.Status, why string) {
	if to != probes.Ready {
		a.Log.Warn("not ready", "why", why)
		return
	}
	a.machine.Ready()
	a.Log.Info("ready: "+a.addresses(), "after", time.Since(a.began).Round(time.Millisecond).String())
}
