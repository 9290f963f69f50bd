package blackbox

import (
	"os"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"rocketmq-agent/agent/testing/processtest"
)

type (
	java = processtest.Java
	fake = processtest.Child
)

// places are the two places of an agent: PID 1, where the kernel ends everything with it, and below another PID 1
// (scenario 26), where only its own care does.
var places = map[string]bool{"PID 1": true, "subreaper": false}

func inBothPlaces(t *testing.T, test func(*testing.T, *scene)) {
	t.Parallel()
	for name, pid1 := range places {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newScene(t)
			s.pid1 = pid1
			test(t, s)
		})
	}
}

// Scenario 1. The agent's configuration file is a pipe, so that the signal comes while it reads it.
func TestPID1StopBeforeStart(t *testing.T) {
	const limit = 200 * time.Millisecond
	var took time.Duration
	for range 5 { // a busy machine may be slow, but not every time
		s := newScene(t)
		s.plays("namesrv", java{Launches: s.file("launched")})
		if err := unix.Mkfifo(s.file("namesrv.conf"), 0o600); err != nil {
			t.Fatal(err)
		}
		a := s.run("namesrv", "-c", s.file("namesrv.conf"))
		var conf *os.File
		processtest.Wait(t, "the agent reads its configuration", func() (reads bool) {
			var err error
			conf, err = os.OpenFile(s.file("namesrv.conf"), os.O_WRONLY|unix.O_NONBLOCK, 0)
			return err == nil
		})
		began := time.Now()
		a.signal(syscall.SIGTERM)
		conf.Close()
		s.ends(a, 0)
		took = time.Since(began)
		if processtest.Exists(s.file("launched")) {
			t.Fatal("a child was started")
		}
		if took < limit {
			t.Logf("over after %v", took)
			return
		}
	}
	t.Errorf("took %v, want less than %v", took, limit)
}

// Scenario 2.
func TestPID1StopDuringStart(t *testing.T) {
	inBothPlaces(t, func(t *testing.T, s *scene) {
		s.plays("namesrv", java{Child: fake{
			Stay:  true,
			Ready: s.file("ready"),
			Terms: s.file("terms"),
			Hook:  s.file("hook"),
		}})
		s.plays("broker", java{Launches: s.file("broker")})
		a := s.run("standalone")
		s.awaits(a, "ready")
		a.signal(syscall.SIGTERM)
		s.awaits(a, "terms")
		s.release("hook")
		s.ends(a, 0)
		if !processtest.Exists(s.file("hook.done")) {
			t.Error("the name server was not waited for")
		}
		if processtest.Exists(s.file("broker")) {
			t.Error("the broker was started")
		}
	})
}

// Scenarios 3 and 4: a broker that hangs is killed at the deadline with all that it has started, after it was asked for
// its threads. More signals move nothing.
func TestPID1Deadline(t *testing.T) {
	const deadline, tolerance = 1800 * time.Millisecond, 100 * time.Millisecond // of a grace period of 2 s
	for name, pid1 := range places {
		t.Run(name, func(t *testing.T) {
			var took time.Duration
			for range 5 { // a busy machine may be late, but not every time; being early is never excused
				s := newScene(t)
				s.pid1 = pid1
				took = s.killedAfter(func(a *agentRun) {
					a.signal(syscall.SIGTERM)
					a.signal(syscall.SIGINT)
				})
				if n := processtest.Lines(s.file("dump")); n != 1 {
					t.Fatalf("%d thread dumps, want 1", n)
				}
				if took < deadline-tolerance {
					t.Fatalf("killed after %v, the deadline is %v", took, deadline)
				}
				if took <= deadline+tolerance {
					t.Logf("deadline %v, over after %v", deadline, took)
					return
				}
			}
			t.Errorf("deadline %v, but over after %v", deadline, took)
		})
	}
}

// killedAfter stops an agent whose name server hangs, and returns how long that took. The grace period is 2 s.
func (s *scene) killedAfter(meanwhile func(*agentRun)) time.Duration {
	s.t.Helper()
	s.env = append(s.env, "RMQ_GRACE_PERIOD=2")
	s.plays("namesrv", java{Serves: true, Child: fake{
		Stay:   true,
		Ready:  s.file("ready"),
		Ignore: true,
		Terms:  s.file("terms"),
		Quits:  s.file("dump"),
		Forks: []fake{{
			Stay:   true,
			Setsid: true,
			Ready:  s.file("daemon"),
			Ignore: true,
			Quits:  s.file("dump2"),
			Quiet:  true,
		}},
	}})
	a := s.run("namesrv")
	s.awaits(a, "ready")
	began := time.Now()
	a.signal(syscall.SIGTERM)
	s.awaits(a, "terms")
	meanwhile(a)
	a.exitCode(30 * time.Second)
	took := time.Since(began)
	s.ends(a, 137)
	if n := processtest.Lines(s.file("terms")); n != 1 {
		s.t.Errorf("told %d times to stop, want 1", n)
	}
	return took
}

// Scenario 22: nobody reads our output any more, and the pipe is full.
func TestPID1StalledOutput(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	var fds [2]int
	if err := syscall.Pipe2(fds[:], syscall.O_CLOEXEC); err != nil {
		t.Fatal(err)
	}
	defer syscall.Close(fds[0])
	s.stdout = os.NewFile(uintptr(fds[1]), "stdout")
	defer s.stdout.Close()
	fill(t, fds[1])
	if took := s.killedAfter(func(*agentRun) {}); took > 10*time.Second {
		t.Errorf("the deadline of 1.8 s fired after %v", took)
	}
}

// Whoever read our output has gone. Go ends a program for that, unless it takes SIGPIPE itself.
func TestPID1ClosedOutput(t *testing.T) {
	inBothPlaces(t, func(t *testing.T, s *scene) {
		r, w, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		r.Close()
		defer w.Close()
		s.stdout = w
		s.plays("namesrv", java{Serves: true, Child: fake{Stay: true, Ready: s.file("ready")}})
		a := s.run("namesrv")
		s.awaits(a, "ready")
		s.says(a, "/readyz", 200)
		a.signal(syscall.SIGTERM)
		s.ends(a, 0)
	})
}

// fill writes into a pipe until it is full.
func fill(t *testing.T, fd int) {
	t.Helper()
	if err := syscall.SetNonblock(fd, true); err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := syscall.Write(fd, make([]byte, 4096)); err != nil {
			break
		}
	}
	if err := syscall.SetNonblock(fd, false); err != nil {
		t.Fatal(err)
	}
}

// Scenario 25: PID 1 was stopped over its deadline. What is overdue is done at once.
func TestPID1Stopped(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	var resumed time.Time
	s.killedAfter(func(a *agentRun) {
		stopped := time.Now()
		a.signal(syscall.SIGSTOP)
		processtest.Wait(t, "the agent is stopped", func() bool { return processtest.State(a.cmd.Process.Pid) == 'T' })
		<-time.After(time.Until(stopped.Add(2500 * time.Millisecond)))
		if len(processtest.Mentioning(s.file("daemon"))) == 0 {
			t.Error("killed while the agent was stopped: the test shows nothing")
		}
		resumed = time.Now()
		a.signal(syscall.SIGCONT)
	})
	if took := time.Since(resumed); took > 1500*time.Millisecond {
		t.Errorf("over %v after it went on, which is a budget of 1.8 s anew", took)
	}
}

// Scenario 5: the stock scripts' shape. The outer shell dies at once, java flushes.
func TestPID1Chain(t *testing.T) {
	inBothPlaces(t, func(t *testing.T, s *scene) {
		s.install("real/java")
		script := "#!/bin/sh\nsh -c '\"$0\" \"$@\"; true' '" + s.file("real/java") + "' \"$@\"\ntrue\n"
		if err := os.Remove(s.file("jdk/bin/java")); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(s.file("jdk/bin/java"), []byte(script), 0o755); err != nil {
			t.Fatal(err)
		}
		s.env = append(s.env, "GOMAXPROCS=1") // scenario 33
		s.plays("namesrv", java{Serves: true, Child: fake{
			Stay:  true,
			Ready: s.file("ready"),
			Terms: s.file("terms"),
			Hook:  s.file("hook"),
		}})
		a := s.run("namesrv")
		s.awaits(a, "ready")
		a.signal(syscall.SIGTERM)
		s.awaits(a, "terms")
		processtest.Wait(t, "the shells are dead",
			func() bool { return len(processtest.Mentioning("\x00"+s.file("real/java"))) == 0 })
		s.says(a, "/livez", 503) // the agent has seen that its child is gone, and is there
		s.release("hook")
		s.ends(a, 0)
		if !processtest.Exists(s.file("hook.done")) {
			t.Error("the hook was cut short")
		}
	})
}
