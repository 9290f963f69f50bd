package process_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"rocketmq-agent/agent/process"
	"rocketmq-agent/agent/testing/processtest"
)

// Scenario 8: 1000 orphans leave in the same moment in which 300 commands of our own do.
func TestOrphanStorm(t *testing.T) {
	if !processtest.InNamespace(t) {
		return
	}
	const orphans, commands = 1000, 300
	sup := newSupervisor(t)
	file := files(t)
	if err := unix.Mkfifo(file("barrier"), 0o600); err != nil {
		t.Fatal(err)
	}
	barrier, err := os.OpenFile(file("barrier"), os.O_RDWR, 0) // for writing alone it would wait for a reader
	if err != nil {
		t.Fatal(err)
	}
	defer barrier.Close()
	// Each orphan waits for a line.
	const script = `i=0; while [ $i -lt $1 ]; do { read x; } <"$0" & i=$((i+1)); done`
	parent := start(t, sup, spec("/bin/sh", "-c", script, file("barrier"), itoa(orphans)))
	<-parent.Exited()
	processtest.Wait(t, "all orphans are ours", func() bool {
		living, _ := processtest.Children(os.Getpid())
		return len(living) == orphans
	})
	before := sup.Orphans()
	if _, err := barrier.Write(bytes.Repeat([]byte{'\n'}, orphans)); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	var running sync.WaitGroup
	for i := range commands {
		p := start(t, sup, spec("/bin/sh", "-c", fmt.Sprintf("exit %d", i%251)))
		running.Go(func() {
			if got := p.Exit(); got != (process.Exit{Code: i % 251}) {
				t.Errorf("command %d: %v", i, got)
			}
			processtest.Closed(t, "a command is gone", p.Gone())
		})
	}
	running.Wait()
	t.Logf("%d commands in %v", commands, time.Since(began))
	processtest.Closed(t, "the parent's tree is gone", parent.Gone())
	t.Logf("storm over after %v", time.Since(began))
	if _, zombies := processtest.Children(os.Getpid()); len(zombies) > 0 {
		t.Errorf("%d zombies are left", len(zombies))
	}
	if n := sup.Orphans() - before; n != orphans {
		t.Errorf("%d orphans counted, want %d", n, orphans)
	}
}

// Scenario 9: nobody tells that a child has died.
func TestLostSIGCHLD(t *testing.T) {
	sup := newSupervisor(t)
	signal.Reset(syscall.SIGCHLD) // nothing in this process hears it any more; the next Supervisor will again
	p := start(t, sup, child(t, fake{Code: 7, Forks: []fake{{Setsid: true}}}))
	processtest.Closed(t, "the sweep sees the exit", p.Exited())
	processtest.Closed(t, "the sweep sees the end", p.Gone())
	if p.Exit().Code != 7 {
		t.Errorf("exit %v", p.Exit())
	}
	processtest.Wait(t, "no zombie is left", func() bool {
		_, zombies := processtest.Children(os.Getpid())
		return len(zombies) == 0
	})
}

// A parent can leave us deaf from the start: blocked and ignored signals are inherited over exec. With SIGCHLD ignored
// the kernel would throw exit codes away.
func TestSIGCHLDOffAtStart(t *testing.T) {
	if os.Getenv("DEAF") != "" {
		sup := newSupervisor(t)
		for code := range 10 {
			p := start(t, sup, child(t, fake{Code: code}))
			processtest.Closed(t, "gone", p.Gone())
			if p.Exit().Code != code {
				t.Errorf("exit code %v, want %d", p.Exit(), code)
			}
		}
		return
	}
	t.Parallel() // no Supervisor in this process
	for _, how := range []string{"--ignore-signal=CHLD", "--block-signal=CHLD"} {
		cmd := exec.Command("env", how, "DEAF=1", processtest.QuickExit,
			processtest.Self(t), "-test.run=^"+t.Name()+"$")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("env %s: %v\n%s", how, err, out)
		}
	}
}

// A chain of processes of which each starts the next and leaves: a look through /proc comes too late for some of them,
// and finds others in the middle of fork, exec or exit.
func TestForkChain(t *testing.T) {
	for name, script := range map[string]string{
		"one group": `f() { if [ $1 = 0 ]; then : >"$0"; else f $(($1-1)) & fi; }; f 300`,
		"many sessions": `g='if [ $1 = 0 ]; then : >"$0"; else setsid sh -c "$2" "$0" $(($1-1)) "$2" & fi'; ` +
			`set -- 100 "$g"; eval "$g"`,
	} {
		t.Run(name, func(t *testing.T) {
			sup := newSupervisor(t)
			for i := range 5 {
				file := files(t)
				p := start(t, sup, spec("/bin/sh", "-c", script, file("end")))
				processtest.Closed(t, "gone", p.Gone())
				if !processtest.Exists(file("end")) {
					t.Fatalf("round %d: gone while the chain goes on", i)
				}
			}
		})
	}
}

// Scenario 23.
func TestCycles(t *testing.T) {
	if !processtest.InNamespace(t) {
		return
	}
	const warm, cycles = 50, 500
	sup := newSupervisor(t)
	var before, after resources
	for i := range cycles {
		p := start(t, sup, spec("/bin/sleep", "100"))
		if i%2 == 0 {
			p.Kill()
		} else {
			p.Terminate()
		}
		processtest.Closed(t, "gone", p.Gone())
		switch i {
		case warm:
			before = measure(t)
		case cycles - 1:
			after = measure(t)
		}
	}
	t.Logf("after %d cycles %+v, after %d %+v", warm, before, cycles, after)
	if after.files > before.files || after.goroutines > before.goroutines || after.children > before.children ||
		sup.Trees() > 0 {
		t.Errorf("grown from %+v to %+v, %d trees kept", before, after, sup.Trees())
	}
	if after.heap > before.heap+before.heap/10+(1<<20) {
		t.Errorf("heap grew from %d to %d bytes", before.heap, after.heap)
	}
}

type resources struct {
	files, goroutines, children int
	heap                        uint64
}

// measure returns what this process holds; goroutines that are just ending get the time to do so.
func measure(t *testing.T) resources {
	t.Helper()
	runtime.GC()
	var mem runtime.MemStats
	runtime.ReadMemStats(&mem)
	fds, err := filepath.Glob("/proc/self/fd/*")
	if err != nil {
		t.Fatal(err)
	}
	living, zombies := processtest.Children(os.Getpid())
	return resources{
		files:      len(fds),
		goroutines: runtime.NumGoroutine(),
		children:   len(living) + len(zombies),
		heap:       mem.HeapAlloc,
	}
}

// insideAgain tells the test binary that it runs inside TestAsInAContainer.
const insideAgain = "PROCESS_TEST_INSIDE_AGAIN"

// Scenario 33, and without capabilities, where /proc hides more.
func TestAsInAContainer(t *testing.T) {
	if os.Getenv(insideAgain) != "" {
		t.Skip("is in one already")
	}
	for name, argv := range map[string][]string{
		"one processor": {"env", "GOMAXPROCS=1", processtest.Self(t), "-test.skip=^TestCycles$"},
		"no capabilities": {"setpriv", "--bounding-set", "-all", processtest.Self(t),
			"-test.run=Surroundings|Kept|Secret|Chain|Daemons|LateBirth"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel() // no Supervisor in this process
			if argv[0] == "setpriv" && os.Geteuid() != 0 {
				argv = argv[3:] // has none anyway
			}
			cmd := exec.Command(argv[0], append(argv[1:], "-test.timeout=120s")...)
			cmd.Env = append(os.Environ(), insideAgain+"=1", processtest.QuickExit)
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
}
