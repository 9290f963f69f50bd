package blackbox

import (
	"errors"
	"os"
	"os/exec"
	"syscall"
	"testing"

	"rocketmq-agent/agent/testing/processtest"
)

// Scenarios 10, 11 and 12: nobody had asked it to leave.
func TestPID1LeavesByItself(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		child fake
		want  int
	}{
		"without an error": {fake{}, 1},
		"refusal 253":      {fake{Code: 253}, 253},
		"refusal 255":      {fake{Code: 255}, 255},
		"143 unasked":      {fake{Code: 143}, 143},
		"SIGKILL":          {fake{Signal: 9}, 137},
		"SIGSEGV":          {fake{Signal: 11}, 139},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newScene(t)
			s.pid1 = c.child.Code != 253 // one of them below another PID 1
			c.child.Ready, c.child.Until = s.file("ready"), s.file("leave")
			s.plays("namesrv", java{Serves: true, Child: c.child})
			a := s.run("namesrv")
			s.awaits(a, "ready")
			s.release("leave")
			s.ends(a, c.want)
		})
	}
}

// Scenario 10 with somebody left: the broker is stopped in order, and the container is not ready meanwhile.
func TestPID1OneOfTwoLeaves(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	s.plays("namesrv", java{Serves: true, Child: fake{Until: s.file("leave"), Code: 7}})
	s.plays("broker", java{Serves: true, Child: fake{
		Stay:  true,
		Ready: s.file("ready"),
		Terms: s.file("terms"),
		Hook:  s.file("hook"),
	}})
	a := s.run("standalone")
	s.awaits(a, "ready")
	s.release("leave")
	s.awaits(a, "terms")
	if status, _ := s.get(a, "/readyz"); status != 503 {
		t.Errorf("/readyz says %d", status)
	}
	s.release("hook")
	s.ends(a, 7)
	if !processtest.Exists(s.file("hook.done")) {
		t.Error("the broker's hook was cut short")
	}
}

// Scenario 13.
func TestPID1CannotStart(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		spoil func(java string) error
		want  int
	}{
		"missing": {os.Remove, 127},
		"no program": {func(java string) error {
			// Removed first: never into the fake that others use.
			return errors.Join(os.Remove(java), os.WriteFile(java, []byte("\x00\x01"), 0o755))
		}, 126},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newScene(t)
			s.env = append(s.env, "PATH="+s.file("empty"))
			s.plays("namesrv", java{})
			if err := c.spoil(s.file("jdk/bin/java")); err != nil {
				t.Fatal(err)
			}
			s.ends(s.run("namesrv"), c.want)
		})
	}
}

// Scenario 26: below another PID 1 the agent still ends a daemon of its own, and nobody else's processes.
func TestPID1IsAnother(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	s.pid1 = false
	stranger := exec.Command("sleep", "100")
	stranger.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := stranger.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = stranger.Process.Kill(); _ = stranger.Wait() }()
	s.plays("namesrv", java{Serves: true, Child: fake{
		Until: s.file("leave"),
		Ready: s.file("ready"),
		Code:  3,
		Forks: []fake{{
			Stay:   true,
			Setsid: true,
			Ready:  s.file("daemon"),
			Terms:  s.file("terms"),
			Quiet:  true,
		}},
	}})
	a := s.run("namesrv")
	s.awaits(a, "ready")
	s.release("leave")
	s.ends(a, 3)
	if !processtest.Exists(s.file("terms")) {
		t.Error("the daemon was not asked to leave")
	}
	if !processtest.Alive(stranger.Process.Pid) {
		t.Error("a stranger was ended")
	}
}
