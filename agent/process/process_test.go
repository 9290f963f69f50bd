package process_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"rocketmq-agent/agent/process"
	"rocketmq-agent/agent/testing/processtest"
)

type fake = processtest.Child

func TestExit(t *testing.T) {
	sup := newSupervisor(t)
	for _, c := range []struct {
		name  string
		child fake
		want  process.Exit
		shell int
		text  string
	}{
		{"clean", fake{}, process.Exit{}, 0, "exit code 0"},
		{"RocketMQ's refusal", fake{Code: 253}, process.Exit{Code: 253}, 253, "exit code 253"},
		{"255", fake{Code: 255}, process.Exit{Code: 255}, 255, "exit code 255"},
		{"killed", fake{Signal: 9}, process.Exit{Signal: syscall.SIGKILL}, 137, "killed by signal 9 (killed)"},
		{"terminated", fake{Signal: 15},
			process.Exit{Signal: syscall.SIGTERM}, 143, "killed by signal 15 (terminated)"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := start(t, sup, child(t, c.child))
			processtest.Closed(t, "gone", p.Gone())
			if p.Running() {
				t.Error("it is gone and still said to run")
			}
			if got := p.Exit(); got != c.want || got.ShellCode() != c.shell || got.String() != c.text {
				t.Errorf("%+v, shell code %d, %q; want %+v, %d, %q", got, got.ShellCode(), got, c.want, c.shell, c.text)
			}
		})
	}
}

// Scenario 13.
func TestStartFails(t *testing.T) {
	sup := newSupervisor(t)
	file := files(t)
	for name, mode := range map[string]os.FileMode{"plain": 0o644, "garbage": 0o755} {
		if err := os.WriteFile(file(name), []byte("\x00\x01no program"), mode); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		path string
		want error
	}{
		{file("missing"), fs.ErrNotExist},
		{file("plain"), fs.ErrPermission},
		{filepath.Dir(file("")), fs.ErrPermission},
		{file("garbage"), syscall.ENOEXEC},
	} {
		_, err := sup.Start(spec(c.path))
		if !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.path, err, c.want)
		}
	}
	p := start(t, sup, child(t, fake{Code: 3})) // the Supervisor is as good as new
	if got := p.Exit().Code; got != 3 {
		t.Errorf("exit code %d after failed starts, want 3", got)
	}
	processtest.Closed(t, "gone", p.Gone())
}

func TestStartAfterClose(t *testing.T) {
	sup, err := process.New()
	if err != nil {
		t.Fatal(err)
	}
	sup.Close()
	if _, err := sup.Start(child(t, fake{})); err == nil {
		t.Error("a closed Supervisor started a child")
	}
}

// The child is alone in its group, reads nothing, and writes to our own output without us in between (scenario 22).
func TestSurroundings(t *testing.T) {
	sup := newSupervisor(t)
	file := files(t)
	out, err := os.Create(file("output"))
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	s := child(t, fake{Stay: true, Ready: file("ready"), Line: 10 << 20})
	s.Stdout, s.Dir = out, file("")
	p := start(t, sup, s)
	pid := processtest.Pid(t, file("ready"))
	if pid != p.Pid {
		t.Errorf("pid %d, the child says %d", p.Pid, pid)
	}
	if group, err := syscall.Getpgid(pid); err != nil || group != pid {
		t.Errorf("process group %d (%v), want %d", group, err, pid)
	}
	links := map[string]string{"fd/0": os.DevNull, "fd/1": file("output"), "cwd": filepath.Clean(file(""))}
	for link, want := range links {
		if got, err := os.Readlink(filepath.Join("/proc", itoa(pid), link)); err != nil || got != want {
			t.Errorf("%s is %q (%v), want %q", link, got, err, want)
		}
	}
	if info, err := out.Stat(); err != nil || info.Size() != 10<<20 {
		t.Errorf("%d bytes of a line of 10 MiB arrived (%v)", info.Size(), err)
	}
	p.Terminate()
	processtest.Closed(t, "gone", p.Gone())
	if got := p.Exit().Signal; got != syscall.SIGTERM {
		t.Errorf("ended by %v, want SIGTERM", p.Exit())
	}
}

// A container's reader that has gone away or stalled is the child's own business: its exit is seen all the same, and so
// is that of a daemon that keeps the pipe open (scenarios 7 and 22).
func TestOutputKeptOpen(t *testing.T) {
	sup := newSupervisor(t)
	file := files(t)
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	s := child(t, fake{Until: file("leave"), Ready: file("ready"), Forks: []fake{
		{Stay: true, Setsid: true, ClearEnv: true, Ready: file("stranger")}, // so far away that it is not of the tree
		{Until: file("last"), Setsid: true, Ready: file("daemon")},
	}})
	s.Stdout = w
	p := start(t, sup, s)
	w.Close()
	stranger := processtest.Pid(t, file("stranger"))
	processtest.Pid(t, file("ready"))
	processtest.Write(file("leave"), "")
	processtest.Closed(t, "exit noticed while the pipe is open", p.Exited())
	sup.Reap()
	if processtest.IsClosed(p.Gone()) {
		t.Error("gone while a daemon of the tree is alive")
	}
	processtest.Write(file("last"), "")
	processtest.Closed(t, "gone, although a stranger holds the pipe and lives on (scenario 27)", p.Gone())
	if !processtest.Alive(stranger) {
		t.Error("the stranger was ended")
	}
	end(t, stranger)
}

// A stranger that hides its environment keeps the tree for a while, and not for ever.
func TestSecretStranger(t *testing.T) {
	sup := newSupervisor(t)
	file := files(t)
	p := start(t, sup, child(t, fake{Ready: file("ready"), Forks: []fake{
		{
			Stay:     true,
			Setsid:   true,
			ClearEnv: true,
			Secret:   true,
			Ready:    file("stranger"),
		},
	}}))
	stranger := processtest.Pid(t, file("stranger"))
	processtest.Closed(t, "gone", p.Gone())
	if !processtest.Alive(stranger) {
		t.Error("the stranger was ended")
	}
	end(t, stranger)
}

// Scenario 5: the stock shape, sh -> sh -> java. The group's SIGTERM ends the shells at once; java flushes.
func TestChain(t *testing.T) {
	sup := newSupervisor(t)
	file := files(t)
	java := fake{
		Stay:  true,
		Ready: file("ready"),
		Hook:  file("hook"),
		Terms: file("terms"),
	}
	s := spec("/bin/sh", "-c", `sh -c "$0; true"; true`, java.Command(processtest.Named(t, "java")))
	p := start(t, sup, s)
	pid := processtest.Pid(t, file("ready"))
	p.Terminate()
	processtest.Closed(t, "the outer shell is dead", p.Exited())
	processtest.Wait(t, "java is told", func() bool { return processtest.Lines(file("terms")) > 0 })
	sup.Reap()
	if processtest.IsClosed(p.Gone()) || !processtest.Alive(pid) {
		t.Fatal("java was left behind while it flushes")
	}
	processtest.Write(file("hook"), "")
	processtest.Closed(t, "gone", p.Gone())
	if !processtest.Exists(file("hook.done")) {
		t.Error("gone before the hook was through")
	}
}
