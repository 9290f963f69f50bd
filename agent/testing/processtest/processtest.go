// Package processtest gives tests real children: the test binary itself, started again in the shape that the test
// needs, and a PID namespace of its own for a test that wants to be PID 1.
//
// The evidence of such a test is what the kernel shows in /proc, and files that children make.
package processtest

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// patience is how long a test waits for something that must happen; the machine may be busy.
const patience = 20 * time.Second

// Main is the TestMain of a package that uses processtest. Programs are other lives of the test binary: the one that
// the first argument names is run in place of the tests.
func Main(m *testing.M, programs map[string]func(args []string) int) {
	if code, isChild := RunChild(os.Args[1:]); isChild {
		os.Exit(code)
	}
	if len(os.Args) > 1 && programs[os.Args[1]] != nil {
		os.Exit(programs[os.Args[1]](os.Args[2:]))
	}
	if os.Getenv(insideVariable) != "" {
		if err := mountProc(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
	os.Exit(m.Run())
}

// Self is the path of the test binary.
func Self(t testing.TB) string {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return self
}

// Named is the test binary under another name: the kernel shows it as the name of the process.
func Named(t testing.TB, name string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.Symlink(Self(t), path); err != nil {
		t.Fatal(err)
	}
	return path
}

// Wait polls until done, and fails the test when that takes too long.
func Wait(t testing.TB, what string, done func() bool) {
	t.Helper()
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(patience); !done(); <-tick.C {
		if time.Now().After(deadline) {
			t.Fatalf("not within %v: %s", patience, what)
		}
	}
}

// Closed waits until ch is closed.
func Closed(t testing.TB, what string, ch <-chan struct{}) {
	t.Helper()
	select {
	case <-ch:
	case <-time.After(patience):
		t.Fatalf("not within %v: %s", patience, what)
	}
}

// IsClosed says whether ch is closed already.
func IsClosed(ch <-chan struct{}) bool {
	select {
	case <-ch:
		return true
	default:
		return false
	}
}

// Pid waits for the Ready file of a child and returns the pid in it.
func Pid(t testing.TB, ready string) int {
	t.Helper()
	Wait(t, "the child makes "+ready, func() bool { return Exists(ready) })
	text, err := os.ReadFile(ready)
	if err != nil {
		t.Fatal(err)
	}
	pid, err := strconv.Atoi(string(text))
	if err != nil {
		t.Fatal(err)
	}
	return pid
}

// Lines is how many lines a file has, 0 where there is none.
func Lines(path string) int {
	text, _ := os.ReadFile(path)
	return strings.Count(string(text), "\n")
}

// State is the letter that the kernel shows for a process (R, S, T, Z …), 0 when there is none.
func State(pid int) byte {
	f := statFields(strconv.Itoa(pid))
	if f == nil {
		return 0
	}
	return f[0][0]
}

// Alive says whether a process exists and is no zombie.
func Alive(pid int) bool {
	s := State(pid)
	return s != 0 && s != 'Z' && s != 'X'
}

// Children lists the children of a process, zombies apart.
func Children(pid int) (living, zombies []int) {
	names, _ := filepath.Glob("/proc/[0-9]*")
	for _, name := range names {
		f := statFields(filepath.Base(name))
		if f == nil || f[1] != strconv.Itoa(pid) {
			continue
		}
		child, _ := strconv.Atoi(filepath.Base(name))
		if f[0] == "Z" {
			zombies = append(zombies, child)
		} else {
			living = append(living, child)
		}
	}
	return living, zombies
}

// statFields are the fields of /proc/PID/stat from the state on; see proc(5).
func statFields(pid string) []string {
	b, err := os.ReadFile(filepath.Join("/proc", pid, "stat"))
	if err != nil {
		return nil
	}
	return strings.Fields(string(b[strings.LastIndexByte(string(b), ')')+1:]))
}

// KillAll ends every child of this process and collects it, for the end of a failed test.
func KillAll() {
	for {
		living, zombies := Children(os.Getpid())
		if len(living)+len(zombies) == 0 {
			return
		}
		for _, pid := range append(living, zombies...) {
			_ = syscall.Kill(pid, syscall.SIGKILL)
			_, _ = syscall.Wait4(pid, nil, 0, nil)
		}
	}
}

// Mentioning lists the processes that have a word in their command line, the folder of a test for example: children
// name their files there. It sees into namespaces below this one, and no zombies.
func Mentioning(word string) (pids []int) {
	paths, _ := filepath.Glob("/proc/[0-9]*/cmdline")
	for _, path := range paths {
		if text, err := os.ReadFile(path); err == nil && strings.Contains(string(text), word) {
			pid, _ := strconv.Atoi(strings.Split(path, "/")[2])
			pids = append(pids, pid)
		}
	}
	return pids
}
