// Package blackbox tests the whole agent from outside: the real binary, the real RocketMQ, real signals.
package blackbox

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"rocketmq-agent/agent/testing/rmqtest"
)

// built compiles a program of this repository once for all tests.
var built = struct {
	sync.Mutex
	paths map[string]string
}{paths: map[string]string{}}

func TestMain(m *testing.M) {
	code := m.Run()
	for _, path := range built.paths {
		os.RemoveAll(filepath.Dir(path))
	}
	os.Exit(code)
}

// The programs that the tests run.
const (
	agentProgram     = "rocketmq-agent/agent"
	smoketestProgram = "rocketmq-agent/smoketest"
	fakeProgram      = "rocketmq-agent/agent/testing/processtest/fake"
)

// program returns the path of the binary built from the package in dir with the given flags.
func program(t testing.TB, dir string, flags ...string) string {
	t.Helper()
	built.Lock()
	defer built.Unlock()
	if path := built.paths[dir]; path != "" {
		return path
	}
	folder, err := os.MkdirTemp("", "program")
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(folder, "program")
	out, err := exec.Command("go", append(append([]string{"build"}, flags...), "-o", path, dir)...).CombinedOutput()
	if err != nil {
		t.Fatalf("cannot build %s: %v\n%s", dir, err, out)
	}
	built.paths[dir] = path
	return path
}

// agentRun is a running agent with its own folders and ports.
type agentRun struct {
	t      testing.TB
	cmd    *exec.Cmd
	dir    string // HOME; the broker's store is dir/store
	http   string
	output *lockedBuffer
	ended  chan struct{}
}

// lockedBuffer collects what the agent and its JVMs print.
type lockedBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

// startAgent runs the agent with args. env entries override the test's own.
func startAgent(t testing.TB, dir string, env []string, args ...string) *agentRun {
	t.Helper()
	home := rmqtest.Home(t)
	httpAddr := "127.0.0.1:" + strconv.Itoa(rmqtest.FreePort(t))
	tmp := filepath.Join(dir, "tmp")
	if err := os.MkdirAll(tmp, 0o700); err != nil {
		t.Fatal(err)
	}
	a := &agentRun{
		t:      t,
		dir:    dir,
		http:   httpAddr,
		output: &lockedBuffer{},
		ended:  make(chan struct{}),
	}
	a.cmd = exec.Command(program(t, agentProgram, raceFlags...), append([]string{"run"}, args...)...)
	a.cmd.Env = append([]string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + dir, "TMPDIR=" + tmp, "ROCKETMQ_HOME=" + home, "POD_IP=127.0.0.1",
		"RMQ_HTTP_ADDR=" + httpAddr, "RMQ_GRACE_PERIOD=60s",
		"JAVA_OPT_EXT=-Xms256m -Xmx256m -XX:-UsePerfData", "RMQ_CONF_mappedFileSizeCommitLog=67108864",
	}, env...)
	a.cmd.Stdout, a.cmd.Stderr = a.output, a.output
	a.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	if err := a.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		_ = a.cmd.Wait() // the exit code is asked of ProcessState
		close(a.ended)
	}()
	t.Cleanup(a.cleanUp)
	return a
}

func (a *agentRun) cleanUp() {
	for _, pid := range a.jvms() {
		_ = syscall.Kill(pid, syscall.SIGKILL)
	}
	_ = a.cmd.Process.Kill()
	<-a.ended
	if a.t.Failed() {
		text := a.output.String()
		a.t.Logf("end of the agent's output:\n%s", text[max(0, len(text)-6000):])
	}
}

// get asks the agent over HTTP.
func (a *agentRun) get(path string) (status int, body string, took time.Duration) {
	began := time.Now()
	client := http.Client{Timeout: 5 * time.Second}
	resp, err := client.Get("http://" + a.http + path)
	if err != nil {
		return 0, err.Error(), time.Since(began)
	}
	defer resp.Body.Close()
	b, _ := io.ReadAll(resp.Body)
	return resp.StatusCode, string(b), time.Since(began)
}

// awaitStatus waits until a probe answers with a status.
func (a *agentRun) awaitStatus(path string, want int, within time.Duration) {
	a.t.Helper()
	rmqtest.Eventually(a.t, within, func() error {
		select {
		case <-a.ended:
			a.t.Fatalf("the agent left with %d", a.cmd.ProcessState.ExitCode())
		default:
		}
		status, body, _ := a.get(path)
		if status != want {
			return fmt.Errorf("%s is %d, not %d: %s", path, status, want, body)
		}
		return nil
	})
}

func (a *agentRun) signal(sig syscall.Signal) {
	a.t.Helper()
	if err := a.cmd.Process.Signal(sig); err != nil {
		a.t.Fatal(err)
	}
}

// exitCode waits for the agent's end.
func (a *agentRun) exitCode(within time.Duration) int {
	a.t.Helper()
	select {
	case <-a.ended:
	case <-time.After(within):
		a.t.Fatalf("the agent still runs after %v", within)
	}
	return a.cmd.ProcessState.ExitCode()
}

// jvms lists the processes that were started for this agent's folder.
func (a *agentRun) jvms() []int {
	var pids []int
	paths, _ := filepath.Glob("/proc/[0-9]*/cmdline")
	for _, path := range paths {
		b, _ := os.ReadFile(path)
		if bytes.Contains(b, []byte("-Duser.home="+a.dir+"\x00")) {
			pid, _ := strconv.Atoi(strings.Split(path, "/")[2])
			pids = append(pids, pid)
		}
	}
	return pids
}

// record is one line of the agent's own log.
type record map[string]any

// records returns the agent's own lines with this message.
func (a *agentRun) records(msg string) []record {
	var found []record
	for line := range strings.Lines(a.output.String()) {
		var r record
		if json.Unmarshal([]byte(line), &r) == nil && r["msg"] == msg {
			found = append(found, r)
		}
	}
	return found
}

// hasAbort says whether RocketMQ's mark of an unclean stop is in the store.
func (a *agentRun) hasAbort() bool {
	_, err := os.Stat(filepath.Join(a.dir, "store", "abort"))
	return err == nil
}

// assertStopped checks what a clean stop leaves: status 0, no abort file, no process.
func (a *agentRun) assertStopped(within time.Duration) {
	a.t.Helper()
	if code := a.exitCode(within); code != 0 {
		a.t.Errorf("exit code %d, want 0", code)
	}
	if a.hasAbort() {
		a.t.Error("the store has an abort file after a clean stop")
	}
	if pids := a.jvms(); len(pids) > 0 {
		a.t.Errorf("processes %v were left behind", pids)
	}
}

// kill ends the JVMs at once, and waits for the agent.
func (a *agentRun) kill() {
	a.t.Helper()
	for _, pid := range a.jvms() {
		_ = syscall.Kill(pid, syscall.SIGKILL)
	}
	a.exitCode(20 * time.Second)
}
