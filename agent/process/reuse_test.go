package process_test

import (
	"os"
	"testing"

	"rocketmq-agent/agent/process"
	"rocketmq-agent/agent/testing/processtest"
)

// Scenario 24: the number of a child that has left is given to somebody else, a second child of ours even, whose
// process group has that number too.
func TestPidReuse(t *testing.T) {
	t.Parallel() // no Supervisor in this process
	if !processtest.InNamespace(t) {
		return
	}
	for _, c := range []struct {
		name   string
		daemon bool // the tree is not gone: a daemon of it is left
	}{{"gone", false}, {"exited", true}} {
		t.Run(c.name, func(t *testing.T) {
			sup := newSupervisor(t)
			file := files(t)
			first := fake{Until: file("leave"), Ready: file("first")}
			if c.daemon {
				first.Forks = []fake{{
					Stay:   true,
					Setsid: true,
					Ready:  file("daemon"),
					Ignore: true,
				}}
			}
			p := start(t, sup, child(t, first))
			processtest.Pid(t, file("first"))
			processtest.Write(file("leave"), "")
			processtest.Closed(t, "exited", p.Exited())
			if !c.daemon {
				processtest.Closed(t, "gone", p.Gone())
			}
			stranger := startAs(t, sup, p.Pid, child(t, fake{Until: file("go"), Ready: file("stranger"), Code: 7}))
			processtest.Pid(t, file("stranger"))
			p.Terminate()
			p.ThreadDump()
			p.Kill()
			processtest.Closed(t, "gone", p.Gone())
			sup.Reap()
			if !stranger.Running() || processtest.IsClosed(stranger.Gone()) {
				t.Fatalf("the stranger was ended: %v", stranger.Exit())
			}
			processtest.Write(file("go"), "")
			processtest.Closed(t, "the stranger is gone", stranger.Gone())
			if stranger.Exit().Code != 7 {
				t.Errorf("the stranger: %v", stranger.Exit())
			}
		})
	}
}

// startAs starts a child that gets the number pid. Threads take numbers too, so it may need more than one try.
func startAs(t *testing.T, sup *process.Supervisor, pid int, s process.Spec) *process.Process {
	t.Helper()
	for range 100 {
		if err := os.WriteFile("/proc/sys/kernel/ns_last_pid", []byte(itoa(pid-1)), 0); err != nil {
			t.Fatal(err)
		}
		p := start(t, sup, s)
		if p.Pid == pid {
			return p
		}
		p.Kill()
		processtest.Closed(t, "gone", p.Gone())
	}
	t.Fatalf("no child got pid %d", pid)
	return nil
}
