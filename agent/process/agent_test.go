package process_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"rocketmq-agent/agent/drain"
	"rocketmq-agent/agent/process"
	"rocketmq-agent/agent/testing/processtest"
)

// agentPlan is what the small agent below is to do.
type agentPlan struct {
	Child fake
	Path  string
	Grace time.Duration
}

// agent is a program of this test binary: the core of the real agent, a Supervisor and the last phase of the drain.
func agent(args []string) int {
	signals := make(chan os.Signal, 8)
	signal.Notify(signals, syscall.SIGTERM)
	var plan agentPlan
	if err := json.Unmarshal([]byte(args[0]), &plan); err != nil {
		panic(err)
	}
	sup, err := process.New()
	if err != nil {
		panic(err)
	}
	defer sup.Close()
	s := spec(plan.Path, plan.Child.Args()...)
	p, err := sup.Start(s)
	if err != nil {
		panic(err)
	}
	<-signals
	begin := time.Now()
	stop := drain.Stop{Begin: begin, Deadline: drain.Deadline(begin, plan.Grace), Report: func(drain.Step) {}}
	if stop.Terminate("broker", p) {
		return 137
	}
	return p.Exit().ShellCode()
}

// startAgent starts the small agent, and returns when the child is ready.
func startAgent(t *testing.T, plan agentPlan) *exec.Cmd {
	t.Helper()
	text, err := json.Marshal(plan)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(processtest.Self(t), "agent", string(text))
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	cmd.Env = append(os.Environ(), processtest.QuickExit)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		for _, pid := range processtest.Mentioning(filepath.Dir(plan.Child.Ready)) {
			_ = syscall.Kill(pid, syscall.SIGKILL)
		}
	})
	processtest.Pid(t, plan.Child.Ready)
	return cmd
}

// stubborn is a broker that hangs, with a daemon in tow.
func stubborn(t *testing.T, file func(string) string) agentPlan {
	daemon := fake{
		Stay:   true,
		Setsid: true,
		Ready:  file("daemon"),
		Ignore: true,
	}
	return agentPlan{Path: processtest.Named(t, "java"), Child: fake{
		Stay:   true,
		Ready:  file("java"),
		Ignore: true,
		Terms:  file("terms"),
		Quits:  file("dump"),
		Forks:  []fake{daemon},
	}}
}

// Scenario 4: the broker ignores SIGTERM. At the deadline the whole tree is killed, not before, and after it was asked
// for its threads. A daemon that stays when the broker has left goes the same way (scenario 6).
func TestDeadline(t *testing.T) {
	for name, ignore := range map[string]bool{"broker hangs": true, "daemon stays": false} {
		t.Run(name, func(t *testing.T) {
			const grace, tolerance = 1400 * time.Millisecond, 100 * time.Millisecond // not in step with the sweep
			want := time.Until(drain.Deadline(time.Now(), grace)).Round(10 * time.Millisecond)
			var took time.Duration
			for range 5 { // a busy machine may be late, but not every time; being early is never excused
				took = killedAfter(t, grace, ignore)
				if took < want-tolerance {
					t.Fatalf("killed after %v, the deadline is %v", took, want)
				}
				if took <= want+tolerance {
					t.Logf("deadline %v, gone after %v", want, took)
					return
				}
			}
			t.Errorf("deadline %v, but gone after %v", want, took)
		})
	}
}

// killedAfter stops a broker that may ignore that, and its daemon that does, and returns how long it took.
func killedAfter(t *testing.T, grace time.Duration, ignore bool) time.Duration {
	t.Helper()
	file := files(t)
	plan := stubborn(t, file)
	plan.Grace, plan.Child.Ignore = grace, ignore
	cmd := startAgent(t, plan)
	began := time.Now()
	_ = cmd.Process.Signal(syscall.SIGTERM)
	err := cmd.Wait()
	took := time.Since(began)
	if cmd.ProcessState.ExitCode() != 137 {
		t.Fatalf("the agent: %v, want 137", err)
	}
	for _, name := range []string{"java", "daemon"} {
		if processtest.Alive(processtest.Pid(t, file(name))) {
			t.Fatalf("%s outlived the deadline", name)
		}
	}
	if n := processtest.Lines(file("dump")); ignore && n != 1 {
		t.Fatalf("%d thread dumps, want 1", n)
	}
	return took
}

// Scenario 25: the agent was stopped over its deadline. Time has gone on: what is overdue is done at once.
func TestStoppedAgent(t *testing.T) {
	t.Parallel() // no Supervisor in this process
	file := files(t)
	plan := stubborn(t, file)
	plan.Grace = 3 * time.Second
	cmd := startAgent(t, plan)
	began := time.Now()
	_ = cmd.Process.Signal(syscall.SIGTERM)
	processtest.Wait(t, "the stop has begun", func() bool { return processtest.Exists(file("terms")) })
	_ = cmd.Process.Signal(syscall.SIGSTOP)
	processtest.Wait(t, "the agent is stopped", func() bool { return processtest.State(cmd.Process.Pid) == 'T' })
	<-time.After(time.Until(began.Add(plan.Grace)))
	if pid := processtest.Pid(t, file("java")); !processtest.Alive(pid) {
		t.Fatal("killed while the agent was stopped: the test shows nothing")
	}
	resumed := time.Now()
	_ = cmd.Process.Signal(syscall.SIGCONT)
	err := cmd.Wait()
	if took := time.Since(resumed); cmd.ProcessState.ExitCode() != 137 || took > 2*time.Second {
		t.Errorf("ended %v after it went on: %v; want 137 at once, not a budget of %v anew", took, err, plan.Grace)
	}
	for _, name := range []string{"java", "daemon"} {
		if processtest.Alive(processtest.Pid(t, file(name))) {
			t.Errorf("%s is alive", name)
		}
	}
}

// Scenario 32 where the agent is not PID 1 and the kernel ends nobody: the broker gets its SIGTERM.
func TestAgentKilled(t *testing.T) {
	t.Parallel() // no Supervisor in this process
	file := files(t)
	broker := fake{Stay: true, Ready: file("ready"), Hook: file("hook")}
	cmd := startAgent(t, agentPlan{Path: processtest.Self(t), Child: broker})
	processtest.Write(file("hook"), "")
	pid := processtest.Pid(t, file("ready"))
	_ = cmd.Process.Kill()
	var exit *exec.ExitError
	if err := cmd.Wait(); !errors.As(err, &exit) {
		t.Fatal(err)
	}
	processtest.Wait(t, fmt.Sprintf("the broker %d stops in order", pid), func() bool {
		return processtest.Exists(file("hook.done")) && !processtest.Alive(pid)
	})
}
