package process_test

import (
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"rocketmq-agent/agent/process"
	"rocketmq-agent/agent/testing/processtest"
)

// blocked is how many of the runtime's threads the child below has in system calls at once.
const blocked = 12

// blocker is a program that may have no more threads, and then blocks in many system calls at once.
func blocker(args []string) int {
	if args[0] == "reserved" {
		process.ReserveThreads(2 * blocked)
	}
	if err := unix.Setrlimit(unix.RLIMIT_NPROC, &unix.Rlimit{Cur: 1, Max: 1}); err != nil {
		return 3
	}
	var pipe [2]int
	if err := unix.Pipe(pipe[:]); err != nil {
		return 3
	}
	var all sync.WaitGroup
	for range blocked {
		all.Go(func() { _, _ = unix.Read(pipe[0], make([]byte, 1)) })
	}
	var sleep sync.WaitGroup // until the readers have their threads: each of these needs one for longer
	for range blocked / 2 {
		sleep.Go(func() { _ = unix.Nanosleep(&unix.Timespec{Nsec: 50e6}, nil) })
	}
	sleep.Wait()
	_ = unix.Close(pipe[1])
	all.Wait()
	return 0
}

// TestNoMoreThreads (W1): a program that has reserved its threads lives on where the kernel gives it none; one that has
// not is ended by Go with exit code 2, which shows that the limit is real.
func TestNoMoreThreads(t *testing.T) {
	for how, want := range map[string]int{"reserved": 0, "unreserved": 2} {
		cmd := exec.Command(processtest.Self(t), "blocker", how)
		cmd.Env = append(os.Environ(), "GOMAXPROCS=2", "GOTRACEBACK=none")
		if os.Geteuid() == 0 { // root has no such limit
			cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 54321, Gid: 54321}}
			cmd.Path = readable(t)
		}
		out, err := cmd.CombinedOutput()
		if cmd.ProcessState == nil {
			t.Fatal(err)
		}
		if got := cmd.ProcessState.ExitCode(); got != want {
			t.Errorf("%s: exit code %d, want %d\n%s", how, got, want, out)
		}
		if want == 2 && !strings.Contains(string(out), "thread") { // Go's words, or those of its C half
			t.Errorf("%s: it died of something else:\n%s", how, out)
		}
	}
}

// readable is the test binary where every user may execute it.
func readable(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "threads")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(processtest.Self(t))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(dir+"/test", text, 0o755); err != nil {
		t.Fatal(err)
	}
	return dir + "/test"
}
