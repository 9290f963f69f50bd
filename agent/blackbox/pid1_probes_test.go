package blackbox

import (
	"errors"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"rocketmq-agent/agent/testing/processtest"
	"rocketmq-agent/agent/testing/rmqtest"
)

// Scenarios 27 and 28: `kubectl exec` sends PID 1 a SIGTERM and its shell stays there. The container is not ready, but
// alive, as long as RocketMQ stops; the shell delays nothing.
func TestPID1DrainIsSeen(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	s.plays("namesrv", java{Serves: true, Child: fake{
		Stay:  true,
		Ready: s.file("ready"),
		Terms: s.file("terms"),
		Hook:  s.file("hook"),
	}})
	a := s.run("namesrv")
	s.awaits(a, "ready")
	s.says(a, "/readyz", 200)
	s.says(a, "/startupz", 200)
	enter := []string{"-t", strconv.Itoa(a.cmd.Process.Pid), "-p"}
	if os.Geteuid() != 0 {
		enter = append(enter, "-U", "--preserve-credentials")
	}
	shell := exec.Command("nsenter", append(enter, "sh", "-c", "kill -TERM 1; exec sleep 100")...)
	shell.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := shell.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = shell.Process.Kill(); _ = shell.Wait() }()
	s.awaits(a, "terms")
	for path, want := range map[string]int{"/readyz": 503, "/livez": 200, "/startupz": 200} {
		if status, _ := s.get(a, path); status != want {
			t.Errorf("%s says %d during the stop, want %d", path, status, want)
		}
	}
	if processtest.IsClosed(a.ended) {
		t.Error("over before RocketMQ was")
	}
	s.release("hook")
	s.ends(a, 0)
}

// Scenario 29: the process accepts connections and never answers one, as a frozen JVM does.
func TestPID1Mute(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	s.env = append(s.env, "RMQ_GRACE_PERIOD=20")
	s.plays("namesrv", java{Mute: true, Child: fake{Stay: true, Ready: s.file("ready"), Terms: s.file("terms")}})
	a := s.run("namesrv")
	s.awaits(a, "ready")
	s.says(a, "/livez", 200)
	for range 3 {
		for path, want := range map[string]int{"/livez": 200, "/readyz": 503, "/metrics": 200} {
			if status, took := s.get(a, path); status != want || took > time.Second {
				t.Errorf("%s says %d after %v, want %d in less than a second", path, status, took, want)
			}
		}
	}
	a.signal(syscall.SIGTERM)
	s.ends(a, 0)
}

// Scenario 30: what Kubernetes injects for Services named rocketmq, rmq and namesrv.
func TestPID1ServiceLinks(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	for _, service := range []string{"ROCKETMQ", "RMQ", "NAMESRV", "RMQ_NAMESRV"} {
		s.env = append(s.env,
			service+"_SERVICE_HOST=10.0.0.7",
			service+"_SERVICE_PORT=9876",
			service+"_SERVICE_PORT_MAIN=9876",
			service+"_PORT=tcp://10.0.0.7:9876",
			service+"_PORT_9876_TCP=tcp://10.0.0.7:9876",
			service+"_PORT_9876_TCP_PROTO=tcp",
			service+"_PORT_9876_TCP_PORT=9876",
			service+"_PORT_9876_TCP_ADDR=10.0.0.7")
	}
	s.plays("namesrv", java{Serves: true, Child: fake{Stay: true, Ready: s.file("ready")}})
	a := s.run("namesrv")
	s.awaits(a, "ready")
	s.says(a, "/readyz", 200)
	a.signal(syscall.SIGTERM)
	s.ends(a, 0)
}

// Scenario 31: HUP, USR1 and USR2 are for nobody, a closed output is no reason to leave,
// QUIT is for a JVM that listens.
func TestPID1OtherSignals(t *testing.T) {
	inBothPlaces(t, func(t *testing.T, s *scene) {
		s.plays("namesrv", java{Serves: true, Launches: s.file("launched"), Child: fake{
			Boot:  s.file("boot"),
			Stay:  true,
			Ready: s.file("ready"),
			Quits: s.file("dump"),
		}})
		a := s.run("namesrv")
		s.awaits(a, "launched")
		for _, sig := range []syscall.Signal{
			syscall.SIGHUP, syscall.SIGUSR1, syscall.SIGUSR2, syscall.SIGPIPE, syscall.SIGWINCH, syscall.SIGCHLD,
		} {
			a.signal(sig)
		}
		s.release("boot")
		s.says(a, "/readyz", 200)
		a.signal(syscall.SIGQUIT)
		processtest.Wait(t, "the JVM prints its threads", func() bool { return processtest.Lines(s.file("dump")) == 1 })
		s.says(a, "/livez", 200)
		a.signal(syscall.SIGTERM)
		s.ends(a, 0)
		if n := processtest.Lines(s.file("dump")); n != 1 {
			t.Errorf("%d thread dumps", n)
		}
	})
}

// Scenario 32: PID 1 is killed. Nothing outlives it, and the next agent starts on what it left.
func TestPID1Killed(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	s.plays("namesrv", java{Serves: true, Child: fake{
		Stay:   true,
		Ready:  s.file("ready"),
		Ignore: true,
		Forks: []fake{{
			Stay:   true,
			Setsid: true,
			Ready:  s.file("daemon"),
			Ignore: true,
			Quiet:  true,
		}},
	}})
	a := s.run("namesrv")
	s.awaits(a, "ready")
	a.signal(syscall.SIGKILL)
	s.ends(a, -1)
	s.plays("namesrv", java{Serves: true, Child: fake{Stay: true, Ready: s.file("again")}})
	a = s.run("namesrv")
	s.awaits(a, "again")
	s.says(a, "/readyz", 200)
	a.signal(syscall.SIGTERM)
	s.ends(a, 0)
}

// What is never ready says so after 15 s and names the reason, once in the first minute.
func TestPID1SlowStart(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	s.plays("namesrv", java{Child: fake{Stay: true, Ready: s.file("ready")}})
	a := s.run("namesrv")
	s.awaits(a, "ready")
	said := func() []record { return a.records("not ready yet") }
	rmqtest.Eventually(t, 20*time.Second, func() error {
		if len(said()) == 0 {
			return errors.New("it says nothing")
		}
		return nil
	})
	if why, _ := said()[0]["why"].(string); len(said()) != 1 || !strings.Contains(why, "namesrv") {
		t.Errorf("it says %v", said())
	}
	a.signal(syscall.SIGTERM)
	s.ends(a, 0)
}
