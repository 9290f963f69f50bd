package lifecycle

import (
	"rocketmq-agent/agent/exit"
)

// exitCode is the status of a life that ended for a cause.
func (m *Machine) exitCode(c cause, killed bool) int {
	switch {
	case c.err != nil:
		return exit.OfExec(c.err)
	case c.signal == nil:
		return m.leftByItself(c.unit)
	case killed:
		return exit.Killed
	}
	for _, u := range m.Units {
		if u.proc == nil {
			continue
		}
		if code := u.proc.Exit().ShellCode(); code != exit.OK && code != exit.Terminated {
			m.Log.Error(string(u.Name)+" did not stop cleanly", m.aboutExit(u, code)...)
			return code
		}
	}
	return exit.OK
}

// leftByItself is the status after a process that nobody had asked to leave. Even a 0 is a failure then.
func (m *Machine) leftByItself(u *Unit) int {
	code := u.proc.Exit().ShellCode()
	m.Log.Error(string(u.Name)+" left by itself", m.aboutExit(u, code)...)
	if code == exit.OK {
		return exit.Failure
	}
	return code
}

// aboutExit is what is known about the end of a process, for the log.
func (m *Machine) aboutExit(u *Unit, code int) []any {
	about := []any{"exit", u.proc.Exit().String(), "meaning", m.meaning(u, code)}
	if u.Cause != nil {
		if cause := u.Cause(); cause != "" {
			about = append(about, "cause", cause)
		}
	}
	return about
}

// meaning adds to an exit code what the kernel knows.
func (m *Machine) meaning(u *Unit, code int) string {
	if code == exit.Killed {
		if now, ok := m.OOMKills(); ok && now > m.ooms {
			return "the kernel killed it because the container's memory limit was reached: " +
				"raise the limit, or lower the heap"
		}
	}
	return u.Role.Meaning(code)
}
