package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"syscall"
	"time"

	"rocketmq-agent/agent/drain"
	"rocketmq-agent/agent/process"
	"rocketmq-agent/agent/settings"
)

// unit is one JVM that the agent runs.
type unit struct {
	role     settings.Role
	spec     process.Spec
	stopTime time.Duration               // what RocketMQ itself needs to stop, reserved before anything else is waited for
	answers  func(context.Context) error // proves that it serves
	link     *brokerLink                 // of a broker, else nil
	proc     *process.Process            // nil until it is started
}

// cause is why a run ends.
type cause struct {
	signal os.Signal // asked from outside
	unit   *unit     // or this one left by itself
	err    error     // or it could not be started
}

func (c cause) String() string {
	switch {
	case c.signal != nil:
		return "received " + signalName(c.signal)
	case c.err != nil:
		return c.err.Error()
	}
	return string(c.unit.role) + " left by itself: " + c.unit.proc.Exit().String()
}

// runner takes its units through a run: start one after the other, watch, stop in the opposite order. All methods but
// the ones on processes() run on one goroutine.
type runner struct {
	log      *slog.Logger
	sup      *process.Supervisor
	grace    time.Duration
	signals  <-chan os.Signal
	draining func(why string) // makes the container not ready
	onStep   func(drain.Step)
	oomKills func() (int64, bool) // how many processes the kernel has killed for the memory limit

	mu    sync.Mutex // guards units[i].proc for processes
	units []*unit
	exits chan *unit
	beat  func()
	ooms  int64 // oomKills at the start
}

// run starts the units and returns the exit code when all are gone.
func (r *runner) run() int {
	r.exits = make(chan *unit, len(r.units))
	r.ooms, _ = r.oomKills()
	c := r.startAll()
	if c == nil {
		c = r.wait(nil)
	}
	return r.stop(*c)
}

// startAll starts the units in order; each must answer before the next one is started.
func (r *runner) startAll() *cause {
	for i, u := range r.units {
		if c := r.pendingStop(); c != nil {
			return c
		}
		if err := r.start(u); err != nil {
			return &cause{unit: u, err: err}
		}
		if i == len(r.units)-1 {
			break
		}
		ctx, cancel := context.WithCancel(context.Background())
		answered := make(chan struct{})
		go func() {
			defer close(answered)
			untilAnswers(ctx, u)
		}()
		c := r.wait(answered)
		cancel()
		<-answered
		if c != nil {
			return c
		}
	}
	return nil
}

// pendingStop says whether a stop was asked for before anything was started.
func (r *runner) pendingStop() *cause {
	for {
		select {
		case sig := <-r.signals:
			if c := r.handle(sig); c != nil {
				return c
			}
		default:
			return nil
		}
	}
}

func (r *runner) start(u *unit) error {
	p, err := r.sup.Start(u.spec)
	if err != nil {
		return err
	}
	r.mu.Lock()
	u.proc = p
	r.mu.Unlock()
	r.log.Info("started "+string(u.role), "pid", p.Pid)
	go func() {
		<-p.Exited()
		r.exits <- u
	}()
	return nil
}

// untilAnswers asks until the unit answers or ctx ends.
func untilAnswers(ctx context.Context, u *unit) {
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for within(ctx, time.Second, u.answers) != nil {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// wait returns why the run must end, or nil when done is closed first.
func (r *runner) wait(done <-chan struct{}) *cause {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case <-done:
			return nil
		case u := <-r.exits:
			return &cause{unit: u}
		case sig := <-r.signals:
			if c := r.handle(sig); c != nil {
				return c
			}
		case <-tick.C:
			r.beat()
		}
	}
}

// handle maps a signal: TERM and INT stop, QUIT asks the JVMs for their threads, the others are not for us.
func (r *runner) handle(sig os.Signal) *cause {
	switch sig {
	case syscall.SIGTERM, syscall.SIGINT:
		return &cause{signal: sig}
	case syscall.SIGQUIT:
		for _, u := range r.units {
			if u.proc != nil {
				u.proc.ThreadDump()
			}
		}
		r.log.Info("asked the JVMs for their threads", "signal", signalName(sig))
	default:
		r.log.Info("signal ignored", "signal", signalName(sig))
	}
	return nil
}

// stop takes every unit out of service, the last started first, and returns the exit code.
func (r *runner) stop(c cause) int {
	begin := time.Now()
	hurry := make(chan struct{})
	s := drain.Stop{Begin: begin, Deadline: drain.Deadline(begin, r.grace), Hurry: hurry, Report: r.step}
	r.log.Info("stopping", "cause", c.String(), "gracePeriod", r.grace.String())
	r.draining(c.String())
	over := make(chan struct{})
	var listening sync.WaitGroup
	listening.Go(func() { r.whileStopping(hurry, over) })
	var killed []error
	for i := len(r.units) - 1; i >= 0; i-- {
		if u := r.units[i]; u.proc != nil {
			killed = append(killed, r.stopUnit(s, u, r.reserve(i)))
		}
	}
	close(over)
	listening.Wait()
	code := r.exitCode(c, errors.Join(killed...) != nil)
	r.log.Info("stopped", "exitCode", code, "took", time.Since(begin).Round(time.Millisecond).String(), "orphansReaped", r.sup.Orphans())
	return code
}

// reserve is the time that RocketMQ's own stop needs, of the unit i and of those that are stopped after it.
func (r *runner) reserve(i int) time.Duration {
	var sum time.Duration
	for _, u := range r.units[:i+1] {
		sum += u.stopTime
	}
	return sum
}

// stopUnit drains and terminates one unit; the error says that it had to be killed.
func (r *runner) stopUnit(s drain.Stop, u *unit, reserve time.Duration) error {
	if u.link != nil && u.proc.Running() && within(context.Background(), time.Second, u.answers) == nil {
		s.Quiesce(u.link, s.Deadline.Add(-reserve))
	}
	if !s.Terminate(string(u.role), u.proc) {
		return nil
	}
	if u.link != nil {
		if err := within(context.Background(), time.Second, u.link.unregister); err != nil {
			r.log.Warn("cannot unregister the killed broker: name servers drop it by themselves", "error", err)
		}
	}
	return fmt.Errorf("%s was killed", u.role)
}

// whileStopping hears signals during the stop: the first one more ends all waiting, the rest change nothing.
func (r *runner) whileStopping(hurry chan<- struct{}, over <-chan struct{}) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	hurried := false
	for {
		select {
		case <-over:
			return
		case <-tick.C:
			r.beat()
		case sig := <-r.signals:
			if r.handle(sig) == nil {
				continue
			}
			r.log.Info("stopping already: no more waiting for producers, RocketMQ's own stop goes on", "signal", signalName(sig))
			if !hurried {
				hurried = true
				close(hurry)
			}
		}
	}
}

func (r *runner) step(s drain.Step) {
	r.log.Info("stop: "+s.Name, "outcome", s.Outcome, "at", s.Start.Round(time.Millisecond).String(), "took", s.Took.Round(time.Millisecond).String())
	r.onStep(s)
}

// processes lists the units' processes; nil for one that is not started.
func (r *runner) processes() map[settings.Role]*process.Process {
	r.mu.Lock()
	defer r.mu.Unlock()
	all := map[settings.Role]*process.Process{}
	for _, u := range r.units {
		all[u.role] = u.proc
	}
	return all
}

func signalName(s os.Signal) string {
	if n, ok := s.(syscall.Signal); ok {
		if name, known := signalNames[n]; known {
			return name
		}
	}
	return s.String()
}
