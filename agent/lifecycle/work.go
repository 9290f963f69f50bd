package lifecycle

import (
	"context"
	"fmt"
	"time"

	"rocketmq-agent/agent/drain"
)

// longestWait is how long a process waits for what it needs. Then it is started all the same, for RocketMQ to say what
// is wrong, and an orchestrator to see it.
const longestWait = 5 * time.Minute

// startFrom starts the processes from the i-th on, each when the one before it answers and what it needs is there.
func (m *Machine) startFrom(i int) {
	if i == len(m.Units) || m.stopPending() {
		return
	}
	m.begin(nil, func(w work) {
		ctx, cancel := context.WithTimeout(w.ctx, longestWait)
		m.awaitNeeds(ctx, m.Units[i])
		cancel()
		if w.ctx.Err() == nil {
			m.post(func() { m.provided(i) })
		}
	})
}

// awaitNeeds waits until what a process needs is there, or ctx ends.
func (m *Machine) awaitNeeds(ctx context.Context, u *Unit) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	defer m.setMissing("")
	for told := false; ; told = true {
		missing := within(ctx, 3*time.Second, u.Role.Needs)
		if missing == nil || ctx.Err() != nil {
			return
		}
		m.setMissing(missing.Error())
		if !told {
			m.Log.Warn(string(u.Name)+" is not started yet", "why", missing.Error(), "atMost", longestWait.String())
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// startUnit starts the i-th process, and waits for its answer if there is another to start.
func (m *Machine) startUnit(i int) {
	u := m.Units[i]
	if err := m.start(u); err != nil {
		m.stop(cause{unit: u, err: err})
		return
	}
	if i == len(m.Units)-1 {
		return // whether the last one serves, the checks find out
	}
	m.begin(nil, func(w work) {
		if untilAnswers(w.ctx, u.Role) {
			m.post(func() { m.answered(i + 1) })
		}
	})
}

// stopPending hears the signals that came before anything is started: then nothing is.
func (m *Machine) stopPending() bool {
	for {
		select {
		case sig := <-m.Signals:
			m.signalled(sig)
		default:
			return !m.in(Starting)
		}
	}
}

func (m *Machine) start(u *Unit) error {
	p, err := m.Super.Start(u.Spec)
	if err != nil {
		return err
	}
	m.mu.Lock()
	u.proc = p
	m.mu.Unlock()
	m.Log.Info("started "+string(u.Name), "pid", p.Pid)
	go func() {
		<-p.Exited()
		m.post(func() { m.exited(u, p) })
	}()
	return nil
}

// untilAnswers asks until the process answers; false when ctx ends first.
func untilAnswers(ctx context.Context, r Role) bool {
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for within(ctx, time.Second, r.Answers) != nil {
		select {
		case <-ctx.Done():
			return false
		case <-tick.C:
		}
	}
	return true
}

// answers says whether a process still serves, whatever else has been asked meanwhile.
func answers(r Role) bool { return within(context.Background(), time.Second, r.Answers) == nil }

func within(ctx context.Context, limit time.Duration, call func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	return call(ctx)
}

// work is what runs beside the loop: a start's wait, a drain, a restart or the stop. There is one at a time.
type work struct {
	ctx  context.Context // ends when something else is asked; its cause is a *drain.Interruption
	end  context.CancelCauseFunc
	done chan struct{}
	of   *Unit // the one process that is being restarted, whose exit is no fault
}

func (w work) interrupt(why error) {
	if w.end != nil {
		w.end(why)
	}
}

// begin interrupts the work under way and begins another as soon as that has ended.
func (m *Machine) begin(of *Unit, run func(work)) {
	before := m.work
	before.interrupt(drain.TakenOver)
	ctx, end := context.WithCancelCause(context.Background())
	m.work = work{ctx: ctx, end: end, done: make(chan struct{}), of: of}
	now := m.work
	go func() {
		defer close(now.done)
		if before.done != nil {
			<-before.done
		}
		run(now)
	}()
}

// drainAll takes every process out of service and waits, without a deadline, until nobody needs it.
func (m *Machine) drainAll(w work) {
	s := drain.Stop{Begin: time.Now(), Report: m.step}
	for _, u := range m.backwards() {
		if b := u.Role.Drain(); b != nil && u.proc.Running() {
			u.drained = s.Quiesce(w.ctx, b)
		}
	}
	if w.ctx.Err() == nil {
		m.post(m.quiesced)
	}
}

// undrainAll brings every process back into service.
func (m *Machine) undrainAll(w work) error {
	for _, u := range m.backwards() {
		u.drained = false
		if u.Role.Drain() == nil || !u.proc.Running() {
			continue
		}
		if err := u.Role.Undrain(w.ctx); err != nil {
			return fmt.Errorf("cannot bring %s back into service: %w", u.Name, err)
		}
	}
	return nil
}

// stopAll takes every process out of service and ends it, the last started first.
func (m *Machine) stopAll(w work) {
	begin := time.Now()
	s := drain.Stop{Begin: begin, Deadline: drain.Deadline(begin, m.Grace), Report: m.step}
	killed := false
	started := m.backwards()
	for i, u := range started {
		killed = m.stopUnit(w, s, u, started[i:]) || killed
	}
	m.post(func() { m.gone(killed, time.Since(begin)) })
}

// stopOne does the same to one process.
func (m *Machine) stopOne(w work, u *Unit) {
	begin := time.Now()
	s := drain.Stop{Begin: begin, Deadline: drain.Deadline(begin, m.Grace), Report: m.step}
	m.stopUnit(w, s, u, []*Unit{u})
	u.drained = false
}

// stopUnit drains and terminates one process, and says whether it had to be killed. The stop time of all in reserve
// must be left when it terminates it.
func (m *Machine) stopUnit(w work, s drain.Stop, u *Unit, reserve []*Unit) (killed bool) {
	if b := u.Role.Drain(); b != nil && !u.drained && u.proc.Running() && answers(u.Role) {
		ctx, cancel := context.WithDeadlineCause(w.ctx, latest(s.Deadline, reserve), drain.OutOfTime)
		s.Quiesce(ctx, b)
		cancel()
	}
	if !s.Terminate(string(u.Name), u.proc) {
		return false
	}
	if err := within(context.Background(), time.Second, u.Role.Killed); err != nil {
		m.Log.Warn("cannot take the killed "+string(u.Name)+" off the name servers: they drop it by themselves",
			"error", err)
	}
	return true
}

// latest is when the last wait must end so that all of reserve can stop before the deadline.
func latest(deadline time.Time, reserve []*Unit) time.Time {
	for _, u := range reserve {
		deadline = deadline.Add(-u.Role.StopTime())
	}
	return deadline
}

// backwards are the processes that were started, the last one first.
func (m *Machine) backwards() (started []*Unit) {
	for i := len(m.Units) - 1; i >= 0; i-- {
		if m.Units[i].proc != nil {
			started = append(started, m.Units[i])
		}
	}
	return started
}

func (m *Machine) step(s drain.Step) {
	m.Log.Info("stop: "+s.Name, "outcome", s.Outcome.String(),
		"at", s.Start.Round(time.Millisecond).String(), "took", s.Took.Round(time.Millisecond).String())
	m.Step(s)
}
