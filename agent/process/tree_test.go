package process

import (
	"os"
	"reflect"
	"syscall"
	"testing"
)

// A process may call itself anything.
func TestReadStat(t *testing.T) {
	old, err := os.ReadFile("/proc/self/comm")
	if err != nil {
		t.Fatal(err)
	}
	defer os.WriteFile("/proc/self/comm", old[:len(old)-1], 0)
	for _, name := range []string{"java", "a) Z 1 2 (b", "((", "))", " "} {
		if err := os.WriteFile("/proc/self/comm", []byte(name), 0); err != nil {
			t.Fatal(err)
		}
		s, ok := readStat(os.Getpid())
		if !ok || s.comm != name || s.ppid != os.Getppid() || s.pgrp != syscall.Getpgrp() ||
			!s.alive() || s.threads < 2 {
			t.Errorf("%q: %+v, %v", name, s, ok)
		}
	}
}

func TestAlive(t *testing.T) {
	for _, c := range []struct {
		s    stat
		want bool
	}{
		{stat{state: 'S', threads: 1}, true},
		{stat{state: 'T', threads: 1}, true},
		{stat{state: 'D', threads: 1}, true},
		{stat{state: 'Z', threads: 1}, false},
		{stat{state: 'Z', threads: 30}, true}, // its first thread is dead, the others still leave
		{stat{state: 'X', threads: 1}, false},
	} {
		if got := c.s.alive(); got != c.want {
			t.Errorf("%+v: %v", c.s, got)
		}
	}
}

func TestDescendants(t *testing.T) {
	all := []stat{
		{pid: 1, ppid: 0, state: 'S'}, {pid: 2, ppid: 1, state: 'S'}, {pid: 3, ppid: 2, state: 'R'},
		{pid: 4, ppid: 2, state: 'Z', threads: 1}, {pid: 9, ppid: 3, state: 'S'},
		{pid: 7, ppid: 0, state: 'S'}, {pid: 8, ppid: 7, state: 'S'},
	}
	var pids []int
	for _, s := range descendants(all, 1) {
		pids = append(pids, s.pid)
	}
	if want := []int{2, 3, 9}; !reflect.DeepEqual(pids, want) {
		t.Errorf("%v, want %v", pids, want)
	}
}

func TestCarries(t *testing.T) {
	me, path := os.Getpid(), "PATH="+os.Getenv("PATH")
	for _, c := range []struct {
		pid       int
		mark      string
		yes, sure bool
	}{{me, path, true, true}, {me, "PATH=", false, true}, {me, path[1:], false, true}, {-1, path, false, false}} {
		if yes, sure := carries(c.pid, c.mark); yes != c.yes || sure != c.sure {
			t.Errorf("pid %d, %q: %v, sure %v", c.pid, c.mark, yes, sure)
		}
	}
}

func TestCatches(t *testing.T) {
	me := os.Getpid()
	if !catches(me, syscall.SIGQUIT) || catches(me, syscall.SIGSTOP) || catches(-1, syscall.SIGQUIT) {
		t.Error("Go handles SIGQUIT, nobody SIGSTOP, and nobody has no handler")
	}
}
