package blackbox

import (
	"context"
	"encoding/json"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"rocketmq-agent/agent/testing/processtest"
)

// scene is what the agent finds: a fake RocketMQ and a fake java, which make and wait for files in the scene's folder.
type scene struct {
	t      *testing.T
	dir    string
	home   string // ROCKETMQ_HOME
	java   string // JAVA_HOME
	env    []string
	pid1   bool // the agent is PID 1 of a namespace
	stdout *os.File
}

// newScene returns a scene in which the agent is PID 1 of a namespace of its own.
func newScene(t *testing.T) *scene {
	t.Helper()
	dir := t.TempDir()
	s := &scene{
		t:    t,
		dir:  dir,
		home: filepath.Join(dir, "rocketmq"),
		java: filepath.Join(dir, "jdk"),
		pid1: true,
	}
	for _, file := range []string{
		"rocketmq/lib/rocketmq-broker-5.5.0.jar", "rocketmq/lib/rocketmq-namesrv-5.5.0.jar",
		"rocketmq/conf/rmq.namesrv.logback.xml", "rocketmq/conf/rmq.broker.logback.xml",
		"rocketmq/fake/plans", "tmp/none",
	} {
		s.write(file, "")
	}
	s.write("jdk/release",
		"IMPLEMENTOR=\"Eclipse Adoptium\"\nJAVA_VERSION=\"25.0.1\"\nJAVA_RUNTIME_VERSION=\"25.0.1+8-LTS\"\n")
	s.install("jdk/bin/java")
	return s
}

// file is a path in the scene's folder.
func (s *scene) file(name string) string { return filepath.Join(s.dir, name) }

func (s *scene) write(name, text string) {
	s.t.Helper()
	if err := os.MkdirAll(filepath.Dir(s.file(name)), 0o755); err != nil {
		s.t.Fatal(err)
	}
	if err := os.WriteFile(s.file(name), []byte(text), 0o644); err != nil {
		s.t.Fatal(err)
	}
}

// install puts the fake java somewhere; a second name of one file keeps os.Executable in the scene.
func (s *scene) install(name string) {
	s.t.Helper()
	if err := os.MkdirAll(filepath.Dir(s.file(name)), 0o755); err != nil {
		s.t.Fatal(err)
	}
	if err := os.Link(program(s.t, fakeProgram), s.file(name)); err != nil {
		s.t.Fatal(err)
	}
}

// plays says what the fake of a role does. Its file names are relative to the scene's folder.
func (s *scene) plays(role string, j processtest.Java) {
	s.t.Helper()
	text, err := json.Marshal(j)
	if err != nil {
		s.t.Fatal(err)
	}
	if err := os.WriteFile(processtest.PlanFile(s.home, role), text, 0o644); err != nil {
		s.t.Fatal(err)
	}
}

// run starts the agent in a network of its own.
func (s *scene) run(args ...string) *agentRun {
	s.t.Helper()
	a := &agentRun{
		t:      s.t,
		dir:    s.dir,
		output: &lockedBuffer{},
		ended:  make(chan struct{}),
	}
	a.cmd = exec.Command(program(s.t, fakeProgram),
		append([]string{"init", program(s.t, agentProgram), "run"}, args...)...)
	a.cmd.SysProcAttr = processtest.Container(s.pid1)
	a.cmd.Env = append([]string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + s.dir, "TMPDIR=" + s.file("tmp"), "ROCKETMQ_HOME=" + s.home,
		"JAVA_HOME=" + s.java, "RMQ_GRACE_PERIOD=60", "POD_IP=127.0.0.1", processtest.QuickExit,
	}, s.env...)
	a.cmd.Stdout, a.cmd.Stderr = a.output, a.output
	if s.stdout != nil {
		a.cmd.Stdout = s.stdout
	}
	if err := a.cmd.Start(); err != nil {
		processtest.Refused(s.t, err)
	}
	go func() {
		_ = a.cmd.Wait() // the exit code is asked of ProcessState
		close(a.ended)
	}()
	s.t.Cleanup(func() {
		_ = a.cmd.Process.Kill()
		for _, pid := range processtest.Mentioning(s.dir) {
			_ = syscall.Kill(pid, syscall.SIGKILL)
		}
		a.cleanUp()
	})
	return a
}

// get asks the agent over HTTP and returns the status, 0 without an answer.
func (s *scene) get(a *agentRun, path string) (status int, took time.Duration) {
	transport := &http.Transport{
		DisableKeepAlives: true,
		DialContext: func(context.Context, string, string) (net.Conn, error) {
			return processtest.Dial(a.cmd.Process.Pid, "127.0.0.1:8088")
		},
	}
	client := http.Client{Timeout: 5 * time.Second, Transport: transport}
	began := time.Now()
	resp, err := client.Get("http://agent" + path)
	took = time.Since(began)
	if err != nil {
		return 0, took
	}
	resp.Body.Close()
	return resp.StatusCode, took
}

// says waits until a probe answers with a status.
func (s *scene) says(a *agentRun, path string, want int) {
	s.t.Helper()
	processtest.Wait(s.t, path+" says "+strconv.Itoa(want), func() bool {
		status, _ := s.get(a, path)
		return status == want
	})
}

// awaits waits until a child has made a file; the agent's end ends the test.
func (s *scene) awaits(a *agentRun, name string) {
	s.t.Helper()
	processtest.Wait(s.t, "a child makes "+name, func() bool {
		if processtest.IsClosed(a.ended) {
			s.t.Fatalf("the agent left with %d", a.cmd.ProcessState.ExitCode())
		}
		return processtest.Exists(s.file(name))
	})
}

// ends checks the exit code, and that nothing is left of what the agent started.
func (s *scene) ends(a *agentRun, code int) {
	s.t.Helper()
	if got := a.exitCode(30 * time.Second); got != code {
		s.t.Errorf("exit code %d, want %d", got, code)
	}
	if left := processtest.Mentioning(s.dir); len(left) > 0 {
		s.t.Errorf("processes %v outlived the agent", left)
	}
	if strings.Contains(a.output.String(), "DATA RACE") || strings.Contains(a.output.String(), "panic:") {
		s.t.Error("the agent has a fault of its own")
	}
}

// release makes a file that a child waits for.
func (s *scene) release(name string) { processtest.Write(s.file(name), "") }
