// Package lifecycle takes the processes of a container through their life: it starts one after the other, watches them,
// drains and stops them in the opposite order, and knows at every moment which state that is.
//
// All of it is one state machine. Its events are methods, one each, that run on one goroutine, the one of Run; what
// takes time (waiting for an answer, draining, stopping) runs beside it and ends in an event of its own.
package lifecycle

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"sync"
	"time"

	"rocketmq-agent/agent/drain"
	"rocketmq-agent/agent/process"
	"rocketmq-agent/agent/rmq"
)

// Role is what the machine asks of a running process.
type Role interface {
	// Needs says what has to be there before the process is started, and is not; nil: nothing.
	Needs(ctx context.Context) error
	// Answers proves that the process serves.
	Answers(ctx context.Context) error
	// StopTime is what RocketMQ's own shutdown may take; it is reserved before anything else is waited for.
	StopTime() time.Duration
	// Drain is the process as the drain sees it; nil where there is nothing to drain.
	Drain() drain.Broker
	// Undrain takes the drain back.
	Undrain(ctx context.Context) error
	// Killed cleans up behind a process that had to be killed.
	Killed(ctx context.Context) error
	// Meaning spells out its exit code; empty where nothing is known.
	Meaning(code int) string
}

// Unit is one process of the container.
type Unit struct {
	Name rmq.Role
	Spec process.Spec
	Role Role

	// Cause is what the process said about its end; empty: nothing. Nil: nobody listens.
	Cause func() string

	proc    *process.Process // nil until it is started
	drained bool             // the last drain ended well, and nothing has taken it back
}

// Supervisor starts processes; *process.Supervisor does.
type Supervisor interface {
	Start(process.Spec) (*process.Process, error)
	Orphans() uint64
}

// Config is what a Machine is made of.
type Config struct {
	Log     *slog.Logger
	Super   Supervisor
	Grace   time.Duration    // from the stop signal to the kill
	Signals <-chan os.Signal // to the container
	Units   []*Unit          // in the order of their start

	Beat     func()                    // called every second while the loop comes round
	Entered  func(Transition)          // called on the loop for each transition; must not block
	Step     func(drain.Step)          // called for each step of a drain or stop
	OOMKills func() (n int64, ok bool) // how many processes the kernel has killed for the memory limit
}

// Machine is the life of one container.
type Machine struct {
	Config
	events chan func() // run on the loop
	over   chan struct{}
	code   int   // the exit code, once stopped
	ooms   int64 // OOMKills at the start
	began  time.Time
	cause  cause // of the stop
	work   work  // the drain, restart or stop under way; the loop's own

	mu      sync.Mutex // guards what follows, and every Unit's proc
	state   State
	history []Transition
	missing string // what the next process waits for
	waits   uint64 // how often it was looked for
}

// New returns a machine in the state Starting. Nothing is started before Run.
func New(c Config) *Machine {
	return &Machine{Config: c, events: make(chan func()), over: make(chan struct{}), state: Starting, began: time.Now()}
}

// Run lives the whole life and returns the exit code of the container. Nothing of the machine runs when it returns.
func (m *Machine) Run() int {
	m.ooms, _ = m.OOMKills()
	defer close(m.over)
	m.startFrom(0)
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for m.State() != Stopped {
		select {
		case sig := <-m.Signals:
			m.signalled(sig)
		case event := <-m.events:
			event()
		case <-tick.C:
			m.Beat()
		}
	}
	return m.code
}

// State is the present state.
func (m *Machine) State() State {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.state
}

// Missing is what the next process waits for, and how often it has been looked for; empty: nothing.
func (m *Machine) Missing() (what string, waits uint64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.missing, m.waits
}

func (m *Machine) setMissing(what string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.missing, m.waits = what, m.waits+1
}

// historyLength bounds what is kept of a container that is drained every day for a year.
const historyLength = 100

// History lists the last transitions, the newest at the end.
func (m *Machine) History() []Transition {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.history)
}

// Processes lists the processes by role; nil for one that is not started.
func (m *Machine) Processes() map[rmq.Role]*process.Process {
	m.mu.Lock()
	defer m.mu.Unlock()
	all := map[rmq.Role]*process.Process{}
	for _, u := range m.Units {
		all[u.Name] = u.proc
	}
	return all
}

// enter takes the step to another state, and says so once, with what else there is to say.
func (m *Machine) enter(to State, why string, details ...any) {
	m.mu.Lock()
	t := Transition{From: m.state, To: to, Why: why, At: time.Now()}
	m.state = to
	m.history = append(m.history[max(0, len(m.history)-historyLength+1):], t)
	m.mu.Unlock()
	m.Log.Info(string(to), append([]any{"from", string(t.From), "why", why}, details...)...)
	m.Entered(t)
}

// in says whether the state is one of states.
func (m *Machine) in(states ...State) bool { return slices.Contains(states, m.State()) }

// post runs an event on the loop, unless the life is over.
func (m *Machine) post(event func()) {
	select {
	case m.events <- event:
	case <-m.over:
	}
}

// ask runs a request on the loop and returns what it says.
func (m *Machine) ask(request func() error) error {
	reply := make(chan error, 1)
	m.post(func() { reply <- request() })
	select {
	case err := <-reply:
		return err
	case <-m.over:
		return fmt.Errorf("the container is %s", m.State())
	}
}
