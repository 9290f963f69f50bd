package process_test

import (
	"os"
	"strconv"
	"syscall"
	"testing"

	"rocketmq-agent/agent/process"
	"rocketmq-agent/agent/testing/processtest"
)

func itoa(n int) string { return strconv.Itoa(n) }

// end kills a child that no Supervisor ends and waits until it is reaped.
func end(t *testing.T, pid int) {
	t.Helper()
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	processtest.Wait(t, "the killed one is reaped", func() bool { return processtest.State(pid) == 0 })
}

// Scenario 6: daemons have left the group; they are told when the direct child is gone, and killed with the tree.
func TestDaemons(t *testing.T) {
	sup := newSupervisor(t)
	file := files(t)
	p := start(t, sup, child(t, fake{
		Stay:  true,
		Ready: file("ready"),
		Hook:  file("hook"),
		Forks: []fake{
			{Stay: true, Setsid: true, Ready: file("daemon"), Terms: file("terms"), Hook: file("never")},
			{Stay: true, Setsid: true, Ready: file("stubborn"), Terms: file("terms2"), Ignore: true},
			{Stay: true, ClearEnv: true, Ready: file("bare"), Ignore: true}, // known by its group alone
		},
	}))
	processtest.Pid(t, file("ready"))
	p.Terminate()
	sup.Reap()
	if n := processtest.Lines(file("terms")); n != 0 {
		t.Errorf("the daemon was told %d times while its parent is alive", n)
	}
	processtest.Write(file("hook"), "")
	processtest.Closed(t, "the direct child left", p.Exited())
	processtest.Wait(t, "both daemons are told", func() bool {
		return processtest.Lines(file("terms")) > 0 && processtest.Lines(file("terms2")) > 0
	})
	p.Terminate()
	sup.Reap()
	p.Kill()
	processtest.Closed(t, "gone", p.Gone())
	for _, name := range []string{"daemon", "stubborn", "bare"} {
		if pid := processtest.Pid(t, file(name)); processtest.Alive(pid) {
			t.Errorf("%s (pid %d) outlived the kill", name, pid)
		}
	}
	if n := processtest.Lines(file("terms")) + processtest.Lines(file("terms2")); n != 2 {
		t.Errorf("two daemons were told %d times", n)
	}
}

// One that the group's SIGTERM came too early for: its parent was just about to start it.
func TestLateBirth(t *testing.T) {
	sup := newSupervisor(t)
	file := files(t)
	late := fake{Stay: true, Ready: file("late")}.Command(processtest.Self(t))
	const script = `trap 'late=1' TERM; : >"$1"; until [ "$late" ]; do :; done; ` +
		`eval "$0 &"; until [ -e "$2" ]; do :; done`
	p := start(t, sup, spec("/bin/sh", "-c", script, late, file("ready"), file("late")))
	processtest.Wait(t, "the script listens", func() bool { return processtest.Exists(file("ready")) })
	p.Terminate()
	processtest.Closed(t, "the script left", p.Exited())
	processtest.Closed(t, "the late one was told too", p.Gone())
}

func TestTerminateTwice(t *testing.T) {
	sup := newSupervisor(t)
	file := files(t)
	p := start(t, sup, child(t, fake{
		Until:  file("leave"),
		Ready:  file("ready"),
		Ignore: true,
		Terms:  file("terms"),
	}))
	processtest.Pid(t, file("ready"))
	p.Terminate()
	processtest.Wait(t, "it is told", func() bool { return processtest.Lines(file("terms")) == 1 })
	p.Terminate()
	sup.Reap()
	processtest.Write(file("leave"), "")
	processtest.Closed(t, "gone", p.Gone())
	if n := processtest.Lines(file("terms")); n != 1 {
		t.Errorf("told %d times", n)
	}
}

// The tree's end is final: whoever calls afterwards calls nobody.
func TestAfterGone(t *testing.T) {
	for name, call := range map[string]func(*process.Process){
		"Terminate":  (*process.Process).Terminate,
		"Kill":       (*process.Process).Kill,
		"ThreadDump": func(p *process.Process) { p.ThreadDump() },
	} {
		t.Run(name, func(t *testing.T) {
			sup := newSupervisor(t)
			p := start(t, sup, child(t, fake{Code: 5}))
			processtest.Closed(t, "gone", p.Gone())
			call(p)
			call(p)
			sup.Reap()
			if p.Exit().Code != 5 {
				t.Errorf("the exit became %v", p.Exit())
			}
		})
	}
}

// Only a JVM that listens is asked for its threads: SIGQUIT ends anybody else.
func TestThreadDump(t *testing.T) {
	sup := newSupervisor(t)
	file := files(t)
	deaf := file("java")
	if err := os.Symlink("/bin/sleep", deaf); err != nil { // has no handler, as a JVM in its first milliseconds
		t.Fatal(err)
	}
	java := fake{Stay: true, Ready: file("ready"), Quits: file("quits")}
	other := fake{Stay: true, Ready: file("ready2"), Quits: file("quits")} // listens, and is no JVM
	p := start(t, sup, spec("/bin/sh", "-c", `"$1" 100 & eval "$0 &"; eval "$2 &"; wait`,
		java.Command(processtest.Named(t, "java")), deaf, other.Command(processtest.Self(t))))
	processtest.Pid(t, file("ready"))
	processtest.Pid(t, file("ready2"))
	if n := p.ThreadDump(); n != 1 {
		t.Errorf("%d were asked, want 1", n)
	}
	processtest.Wait(t, "the JVM dumps", func() bool { return processtest.Lines(file("quits")) == 1 })
	sup.Reap()
	if living, _ := processtest.Children(p.Pid); !p.Running() || len(living) != 3 {
		t.Errorf("running %v, children %v: SIGQUIT ended somebody", p.Running(), living)
	}
	p.Kill()
	processtest.Closed(t, "gone", p.Gone())
	if n := processtest.Lines(file("quits")); n != 1 {
		t.Errorf("%d dumps", n)
	}
}

func TestUsage(t *testing.T) {
	sup := newSupervisor(t)
	file := files(t)
	p := start(t, sup, spec("/bin/sh", "-c", `until [ -e "$0" ]; do echo x; done >/dev/null`, file("stop")))
	first, err := p.Usage()
	if err != nil {
		t.Fatal(err)
	}
	processtest.Wait(t, "work shows", func() bool {
		u, err := p.Usage()
		if err != nil {
			t.Fatal(err)
		}
		return u.CPUTicks > first.CPUTicks && u.WriteBytes > first.WriteBytes
	})
	processtest.Write(file("stop"), "")
	processtest.Closed(t, "gone", p.Gone())
	if u, err := p.Usage(); err == nil {
		t.Errorf("a process that is gone has used %+v", u)
	}
}
