package app

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"rocketmq-agent/agent/control"
	"rocketmq-agent/agent/drain"
	"rocketmq-agent/agent/lifecycle"
	"rocketmq-agent/agent/rmq"
	"rocketmq-agent/agent/store"
)

// listenForOrders opens the control socket. A container without one runs all the same.
func (a *app) listenForOrders() {
	l, err := control.Listen(a.plan.StateDir)
	if err != nil {
		a.Log.Warn("no control socket: rocketmq-agent status, drain, undrain and restart do not work here", "error", err)
		return
	}
	go func() { _ = control.Serve(l, a) }() // ends with the program
}

// Drain implements control.Container.
func (a *app) Drain(why string) error { return a.machine.Drain(why) }

// Undrain implements control.Container.
func (a *app) Undrain(why string) error { return a.machine.Undrain(why) }

// Backlog implements control.Container.
func (a *app) Backlog(ctx context.Context) (all []drain.Backlog, err error) {
	for _, role := range a.roles {
		some, err := role.Backlog(ctx)
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
	}
	return all, nil
}

// Restart implements control.Container. Without a role it is that of the container.
func (a *app) Restart(role rmq.Role, why string) error {
	if role == "" {
		role = a.plan.Role
	}
	if role == rmq.Standalone {
		return fmt.Errorf("this container runs two processes: name one, namesrv or broker")
	}
	return a.machine.Restart(role, why)
}

// steps are those of the drain or stop under way, or of the last one.
type steps struct {
	mu  sync.Mutex
	all []control.Step
}

func (s *steps) forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.all = nil
}

func (s *steps) add(step drain.Step) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.all = append(s.all, control.Step{Name: step.Name, Outcome: step.Outcome.String(), Took: step.Took})
}

func (s *steps) list() []control.Step {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]control.Step(nil), s.all...)
}

// Status implements control.Container.
func (a *app) Status() control.Status {
	report := a.checker.Report()
	s := control.Status{
		Version:    a.Version,
		Role:       string(a.plan.Role),
		Release:    a.plan.Home.Release.String(),
		State:      string(a.machine.State()),
		Since:      a.began,
		Started:    a.began,
		Broker:     a.broker(),
		Ready:      report.OK,
		Processes:  a.processes(),
		MemoryPlan: a.plan.Memory.String(),
		Drain:      a.steps.list(),
		LastStop:   a.lastStop,
	}
	for _, l := range report.Lines {
		s.Checks = append(s.Checks, control.Check{Name: l.Name, Status: string(l.Status), Detail: l.Detail, Age: l.Age})
	}
	for _, t := range a.machine.History() {
		s.Since, s.Why = t.At, t.Why
		s.History = append(s.History, control.Transition{From: string(t.From), To: string(t.To), Why: t.Why, At: t.At})
	}
	if a.machine.State() == lifecycle.Starting {
		s.Phase = a.phase()
	}
	return s
}

func (a *app) broker() *control.Broker {
	planned, ok := a.plan.Broker()
	if !ok {
		return nil
	}
	id, v := a.plan.Identity, planned.Values()
	b := &control.Broker{
		Cluster:  v.Text("brokerClusterName"),
		Name:     v.Text("brokerName"),
		ID:       planned.Known.ID,
		Address:  planned.Known.Addr,
		Topology: string(id.Topology),
	}
	if id.OrdinalSource != "" {
		b.Ordinal = fmt.Sprintf("%d from %s", id.Ordinal, id.OrdinalSource)
	}
	if s, known := a.figures(); known {
		b.Cluster, b.Name, b.ID, b.Address = s.Identity.Cluster, s.Identity.Name, s.Identity.ID, s.Identity.Addr
	}
	return b
}

func (a *app) processes() (all []control.Process) {
	running := a.machine.Processes()
	for _, planned := range a.plan.Processes {
		p := control.Process{
			Role:    string(planned.Role),
			Planned: planned.Memory.Total(),
			Config:  a.sums[string(planned.Role)],
		}
		switch proc := running[planned.Role]; {
		case proc == nil:
		case !proc.Running():
			p.Exit = proc.Exit().String()
		default:
			p.PID = proc.Pid
			if u, err := proc.Usage(); err == nil {
				p.Resident = int64(u.Resident)
			}
		}
		all = append(all, p)
	}
	return all
}

// stores are the folders in which the container keeps what outlives it.
func (a *app) stores() (roots []string) {
	for _, p := range a.plan.Processes {
		if p.Store != "" {
			roots = append(roots, p.Store)
		}
	}
	return roots
}

// readLastStop finds out how the container before this one ended.
func (a *app) readLastStop() {
	for _, root := range a.stores() {
		text, err := store.ReadLastStop(root)
		if err != nil {
			a.Log.Warn("cannot read how the last stop went", "error", err)
		}
		var last control.LastStop
		if json.Unmarshal(text, &last) == nil {
			a.lastStop = &last
		}
	}
	a.keep(control.LastStop{Why: "it was killed, or its machine went down"})
	if a.held.UncleanStop != "" {
		a.lastStop = &control.LastStop{Why: "it was killed, or its machine went down: RocketMQ left " + a.held.UncleanStop}
	}
}

// keep leaves a note for the next container on the store.
func (a *app) keep(last control.LastStop) {
	text, err := json.Marshal(last)
	for _, root := range a.stores() {
		if err == nil {
			err = store.WriteLastStop(root, text)
		}
	}
	if err != nil {
		a.Log.Warn("cannot keep how this container stops", "error", err)
	}
}

// writeLastStop tells the next container on the store how this one ended.
func (a *app) writeLastStop(code int) {
	history := a.machine.History()
	if len(history) < 2 {
		return
	}
	stopping, stopped := history[len(history)-2], history[len(history)-1]
	a.keep(control.LastStop{
		At:    stopped.At,
		Clean: code == 0,
		Why:   stopping.Why,
		Took:  stopped.At.Sub(stopping.At).Round(time.Millisecond),
		Steps: a.steps.list(),
	})
}
