package lifecycle

import (
	"errors"
	"fmt"
	"os"
	"syscall"
	"time"

	"rocketmq-agent/agent/drain"
	"rocketmq-agent/agent/process"
	"rocketmq-agent/agent/rmq"
)

// cause is why a life ends.
type cause struct {
	signal os.Signal // asked from outside
	unit   *Unit     // or this one left by itself
	err    error     // or could not be started
}

func (c cause) String() string {
	switch {
	case c.signal != nil:
		return "received " + process.SignalName(c.signal)
	case c.err != nil:
		return c.err.Error()
	}
	return string(c.unit.Name) + " left by itself: " + c.unit.proc.Exit().String()
}

// Ready tells the machine that the container has become ready.
func (m *Machine) Ready() { m.post(m.ready) }

func (m *Machine) ready() {
	if m.in(Starting) {
		m.enter(Running, "ready after "+time.Since(m.began).Round(time.Millisecond).String())
	}
}

// signalled maps a signal: TERM and INT stop, a second one ends all waiting, QUIT asks the JVMs for their threads, the
// others are not for us.
func (m *Machine) signalled(sig os.Signal) {
	name := process.SignalName(sig)
	switch sig {
	case syscall.SIGTERM, syscall.SIGINT:
		if m.in(Stopping, Stopped) {
			m.Log.Info("stopping already: no more waiting for producers, RocketMQ's own stop goes on", "signal", name)
			m.work.interrupt(drain.Hurried)
			return
		}
		m.stop(cause{signal: sig})
	case syscall.SIGQUIT:
		for _, u := range m.Units {
			if u.proc != nil {
				u.proc.ThreadDump()
			}
		}
		m.Log.Info("asked the JVMs for their threads", "signal", name)
	default:
		m.Log.Info("signal ignored", "signal", name)
	}
}

// exited is about a process that has left. It is a fault unless it was asked to.
func (m *Machine) exited(u *Unit, p *process.Process) {
	if u.proc == p && !m.in(Stopping, Stopped) && m.work.of != u {
		m.stop(cause{unit: u})
	}
}

// provided is about a process that has all that it needs: it may start.
func (m *Machine) provided(i int) {
	if m.in(Starting) {
		m.startUnit(i)
	}
}

// answered is about a process that serves for the first time: the next one may start.
func (m *Machine) answered(next int) {
	if m.in(Starting) {
		m.startFrom(next)
	}
}

// Drain takes the container out of service without stopping it. It returns when that has begun; the state Drained says
// that it is done. The error says why it cannot be.
func (m *Machine) Drain(why string) error {
	return m.ask(func() error {
		switch state := m.State(); state {
		case Draining, Drained:
			return nil
		case Running:
			m.enter(Draining, why)
			m.begin(nil, m.drainAll)
			return nil
		default:
			return fmt.Errorf("cannot drain: the container is %s", state)
		}
	})
}

// quiesced is the end of a drain.
func (m *Machine) quiesced() {
	if m.in(Draining) {
		m.enter(Drained, "nothing is left to wait for")
	}
}

// Undrain brings a drained container back into service, and ends a drain that is under way. It returns when that is
// done.
func (m *Machine) Undrain(why string) error {
	done := make(chan error, 1)
	err := m.ask(func() error {
		switch state := m.State(); state {
		case Draining, Drained:
			m.begin(nil, func(w work) {
				err := m.undrainAll(w)
				m.post(func() { done <- m.undrained(why, err) })
			})
		case Running:
			done <- nil
		default:
			return fmt.Errorf("cannot undrain: the container is %s", state)
		}
		return nil
	})
	if err != nil {
		return err
	}
	select {
	case err := <-done:
		return err
	case <-m.over:
		return errors.New("cannot undrain: the container has stopped")
	}
}

// undrained is the end of taking a drain back.
func (m *Machine) undrained(why string, err error) error {
	if !m.in(Draining, Drained) {
		return fmt.Errorf("cannot undrain: the container is %s", m.State())
	}
	if err == nil {
		m.enter(Running, why)
	}
	return err
}

// Restart stops one process in order and starts it again, in the same container. It returns when that has begun; the
// state is Running again when the container is ready.
func (m *Machine) Restart(role rmq.Role, why string) error {
	return m.ask(func() error {
		u := m.unit(role)
		switch state := m.State(); {
		case u == nil:
			return fmt.Errorf("cannot restart %s: no such process runs here", role)
		case state != Running && state != Draining && state != Drained:
			return fmt.Errorf("cannot restart %s: the container is %s", role, state)
		}
		m.enter(Restarting, why)
		m.begin(u, func(w work) {
			m.stopOne(w, u)
			m.post(func() { m.stoppedForRestart(u) })
		})
		return nil
	})
}

// stoppedForRestart is the moment when the process of a restart is gone.
func (m *Machine) stoppedForRestart(u *Unit) {
	if !m.in(Restarting) {
		return
	}
	m.work = work{}
	m.began = time.Now()
	m.enter(Starting, string(u.Name)+" is gone, and starts again")
	if err := m.start(u); err != nil {
		m.stop(cause{unit: u, err: err})
	}
}

func (m *Machine) unit(role rmq.Role) *Unit {
	for _, u := range m.Units {
		if u.Name == role {
			return u
		}
	}
	return nil
}

// stop begins the end.
func (m *Machine) stop(c cause) {
	m.cause = c
	m.enter(Stopping, c.String(), "gracePeriod", m.Grace.String())
	m.begin(nil, m.stopAll)
}

// gone is the end: no process is left.
func (m *Machine) gone(killed bool, took time.Duration) {
	m.code = m.exitCode(m.cause, killed)
	m.enter(Stopped, "no process is left", "exitCode", m.code, "took", took.Round(time.Millisecond).String(),
		"orphansReaped", m.Super.Orphans())
}
