package main

import (
	"errors"
	"io/fs"
	"syscall"

	"rocketmq-agent/agent/settings"
)

var signalNames = map[syscall.Signal]string{
	syscall.SIGTERM: "SIGTERM", syscall.SIGINT: "SIGINT", syscall.SIGHUP: "SIGHUP", syscall.SIGQUIT: "SIGQUIT",
	syscall.SIGUSR1: "SIGUSR1", syscall.SIGUSR2: "SIGUSR2", syscall.SIGKILL: "SIGKILL", syscall.SIGSEGV: "SIGSEGV",
	syscall.SIGABRT: "SIGABRT", syscall.SIGBUS: "SIGBUS",
}

// exitCode is the status of the agent after a run that ended for cause c.
func (r *runner) exitCode(c cause, killed bool) int {
	switch {
	case c.err != nil:
		return startCode(c.err)
	case c.signal == nil:
		return r.leftByItself(c.unit)
	case killed:
		return exitKilled
	}
	for _, u := range r.units {
		if u.proc == nil {
			continue
		}
		// A JVM that SIGTERM ends runs its shutdown hooks and exits with 143: that is what a clean stop looks like.
		if code := u.proc.Exit().ShellCode(); code != 0 && code != 128+int(syscall.SIGTERM) {
			r.log.Error(string(u.role)+" did not stop cleanly", "exit", u.proc.Exit().String(), "meaning", r.meaning(u.role, code))
			return code
		}
	}
	return exitOK
}

// leftByItself is the status after a unit that nobody had asked to leave. Even a 0 is a failure then.
func (r *runner) leftByItself(u *unit) int {
	code := u.proc.Exit().ShellCode()
	r.log.Error(string(u.role)+" left by itself", "exit", u.proc.Exit().String(), "meaning", r.meaning(u.role, code))
	if code == 0 {
		return exitFailure
	}
	return code
}

// startCode is what a shell would exit with when the program cannot be executed.
func startCode(err error) int {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return exitNotFound
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.ENOEXEC):
		return exitNotRunnable
	}
	return exitFailure
}

// meaning adds to an exit code what the kernel knows.
func (r *runner) meaning(role settings.Role, code int) string {
	if code == exitKilled {
		if now, ok := r.oomKills(); ok && now > r.ooms {
			return "the kernel killed it because the container's memory limit was reached: raise the limit, or lower the heap"
		}
	}
	return meaning(role, code)
}

// meaning spells out an exit code of RocketMQ (BrokerStartup.java, NamesrvStartup.java, ControllerStartup.java).
func meaning(role settings.Role, code int) string {
	switch code {
	case 0:
		return "it ended without an error, which nobody asked for"
	case 1:
		if role == settings.Proxy {
			return "the proxy could not start; its last lines say why"
		}
		return "RocketMQ did not understand its command line, or the JVM could not start with its flags"
	case 3:
		return "the JVM ran out of memory (-XX:+ExitOnOutOfMemoryError): raise the memory limit or the heap"
	case 252:
		return "enableControllerMode and enableDLegerCommitLog are both true: keep one"
	case 253:
		return "RocketMQ refused its configuration or could not load its store: a bad namesrvAddr, a SLAVE with brokerId 0, or a store folder it cannot read or write"
	case 254:
		return "ROCKETMQ_HOME is not set"
	case 255:
		return "RocketMQ could not start: a port in use, the store locked by another broker, or a file that cannot be read; its last lines say why"
	case exitKilled:
		return "killed from outside the agent (SIGKILL)"
	}
	return ""
}
