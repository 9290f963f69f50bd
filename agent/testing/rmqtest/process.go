package rmqtest

import (
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// logback sends warnings and errors to standard output, and nothing to files.
const logback = `<configuration>
<appender name="out" class="ch.qos.logback.core.ConsoleAppender">
<encoder><pattern>%d{HH:mm:ss.SSS} %-5level %logger{0} - %msg%n</pattern></encoder></appender>
<root level="WARN"><appender-ref ref="out"/></root>
</configuration>
`

// Process is a running RocketMQ process.
type Process struct {
	Addr   string // 127.0.0.1:port of its remoting protocol
	PID    int
	Dir    string // its user.home: configuration, store, output
	exited chan struct{}
	cmd    *exec.Cmd
}

// launch starts a main class with conf as its configuration file. The process
// leads its own group, which is killed when the test ends; it also dies when
// the test binary does.
func launch(t testing.TB, class, addr string, conf map[string]string, jvm []string) *Process {
	t.Helper()
	home, dir := Home(t), t.TempDir()
	write(t, filepath.Join(dir, "process.conf"), properties(conf))
	write(t, filepath.Join(dir, "logback.xml"), logback)
	out, err := os.Create(filepath.Join(dir, "output.txt"))
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()

	args := append([]string{
		"-Xms256m", "-Xmx256m", "-XX:-UsePerfData",
		"-Duser.home=" + dir, "-Djava.io.tmpdir=" + dir,
		"-Djava.library.path=" + filepath.Join(home, "lib", "native"), // the jars have no native libraries then
		"-Dtls.server.mode=disabled",
		"-Drmq.logback.configurationFile=" + filepath.Join(dir, "logback.xml"),
		"-cp", filepath.Join(home, "conf") + ":" + filepath.Join(home, "lib", "*"),
	}, jvm...)
	cmd := exec.Command("java", append(args, class, "-c", filepath.Join(dir, "process.conf"))...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, out, out
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "ROCKETMQ_HOME=" + home} // nothing else, RocketMQ reads a lot of it
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	if err := cmd.Start(); err != nil {
		t.Fatalf("cannot start java (a JDK 17 or newer must be on PATH): %v", err)
	}
	p := &Process{
		Addr:   addr,
		PID:    cmd.Process.Pid,
		Dir:    dir,
		exited: make(chan struct{}),
		cmd:    cmd,
	}
	go func() {
		_ = cmd.Wait()
		close(p.exited)
	}()
	t.Cleanup(func() { p.end(t) })
	return p
}

// end kills what is left of the process group and shows the output of a failed test.
func (p *Process) end(t testing.TB) {
	_ = syscall.Kill(-p.PID, syscall.SIGKILL)
	<-p.exited
	if t.Failed() {
		t.Logf("end of the output of %s:\n%s", p.Addr, p.output())
	}
}

// Signal sends a signal to the process.
func (p *Process) Signal(sig os.Signal) error {
	return p.cmd.Process.Signal(sig)
}

// Exited is closed when the process is gone.
func (p *Process) Exited() <-chan struct{} {
	return p.exited
}

// ExitCode waits for the end of the process and returns its exit code, -1 for a signal.
func (p *Process) ExitCode(t testing.TB, timeout time.Duration) int {
	t.Helper()
	select {
	case <-p.exited:
	case <-time.After(timeout):
		t.Fatalf("%s still runs after %s", p.Addr, timeout)
	}
	return p.cmd.ProcessState.ExitCode()
}

// output returns the last 4 KiB of what the process printed.
func (p *Process) output() string {
	text, err := os.ReadFile(filepath.Join(p.Dir, "output.txt"))
	if err != nil {
		return err.Error()
	}
	return string(text[max(0, len(text)-4096):])
}

// await polls ready until it succeeds; the end of the process ends the test.
func (p *Process) await(t testing.TB, ready func() error) *Process {
	t.Helper()
	Eventually(t, 2*time.Minute, func() error {
		select {
		case <-p.exited:
			t.Fatalf("%s left with exit code %d while it started", p.Addr, p.cmd.ProcessState.ExitCode())
		default:
		}
		return ready()
	})
	return p
}

// Eventually calls try every 50 ms until it returns nil, and fails the test
// with its last error after timeout.
func Eventually(t testing.TB, timeout time.Duration, try func() error) {
	t.Helper()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	deadline := time.Now().Add(timeout)
	for {
		err := try()
		if err == nil {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("not within %s: %v", timeout, err)
		}
		<-tick.C
	}
}

func properties(conf map[string]string) string {
	var text strings.Builder
	for _, key := range slices.Sorted(maps.Keys(conf)) {
		fmt.Fprintf(&text, "%s=%s\n", key, conf[key])
	}
	return text.String()
}

func write(t testing.TB, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
