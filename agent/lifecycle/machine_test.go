package lifecycle

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"rocketmq-agent/agent/drain"
	"rocketmq-agent/agent/process"
	"rocketmq-agent/agent/rmq"
)

// role is a process whose answers a test decides.
type role struct {
	mu        sync.Mutex
	answer    error
	missing   error // what it needs to start
	producers int
	broker    bool // there is something to drain
	stop      time.Duration
	done      []string
}

func (r *role) did(what string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.done = append(r.done, what)
}

func (r *role) history() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return strings.Join(r.done, " ")
}

func (r *role) set(change func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	change()
}

func (r *role) Needs(context.Context) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.missing
}

func (r *role) Answers(context.Context) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.answer
}

func (r *role) Drain() drain.Broker {
	if !r.broker {
		return nil
	}
	return r
}

func (r *role) Producers(context.Context) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.producers, nil
}

func (r *role) StopTime() time.Duration                   { return r.stop }
func (r *role) OtherMasters(context.Context) (int, error) { return 1, nil }
func (r *role) Puts(context.Context) (uint64, error)      { return uint64(time.Now().UnixNano()), nil }
func (r *role) ForbidWrites(context.Context) error        { r.did("forbid"); return nil }
func (r *role) Undrain(context.Context) error             { r.did("permit"); return nil }
func (r *role) Killed(context.Context) error              { r.did("unregister"); return nil }
func (r *role) Meaning(code int) string                   { return fmt.Sprintf("meaning of %d", code) }

// polite leaves in order when it is asked to, rude with another code, stubborn not at all. Each says when it is deaf to
// what a shell does by default.
const (
	polite   = "trap 'exit 143' TERM; " + lives
	rude     = "trap 'exit 7' TERM; " + lives
	stubborn = "trap '' TERM; " + lives
	lives    = `echo up >>"$UP"; while :; do sleep 0.05; done`
)

// life is a machine under test.
type life struct {
	*Machine
	t       *testing.T
	signals chan os.Signal
	roles   []*role
	ended   chan int
	log     *lockedLog
	up      string // a file with a line for each process that lives
}

type lockedLog struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *lockedLog) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

// newLife makes a machine of a name server and a broker, or of fewer, that run scripts.
func newLife(t *testing.T, grace time.Duration, scripts ...string) *life {
	t.Helper()
	super, err := process.New()
	if err != nil {
		t.Fatal(err)
	}
	l := &life{
		t:       t,
		signals: make(chan os.Signal, 16),
		ended:   make(chan int, 1),
		log:     &lockedLog{},
		up:      filepath.Join(t.TempDir(), "up"),
	}
	var units []*Unit
	for i, script := range scripts {
		r := &role{broker: i == len(scripts)-1}
		l.roles = append(l.roles, r)
		name := []rmq.Role{rmq.Namesrv, rmq.Broker}[i+2-len(scripts)]
		spec := process.Spec{
			Name:   string(name),
			Path:   "/bin/sh",
			Args:   []string{"-c", script},
			Env:    []string{"UP=" + l.up, "PATH=" + os.Getenv("PATH")},
			Stdout: os.Stdout,
			Stderr: os.Stderr,
		}
		if strings.HasPrefix(script, "/") {
			spec.Path, spec.Args = script, nil
		}
		units = append(units, &Unit{Name: name, Spec: spec, Role: r})
	}
	l.Machine = New(Config{
		Log:      slog.New(slog.NewTextHandler(l.log, nil)),
		Super:    super,
		Grace:    grace,
		Signals:  l.signals,
		Units:    units,
		Beat:     func() {},
		Entered:  func(Transition) {},
		Step:     func(drain.Step) {},
		OOMKills: func() (int64, bool) { return 0, true },
	})
	t.Cleanup(func() {
		select {
		case l.signals <- syscall.SIGTERM:
		default:
		}
		super.Close()
	})
	return l
}

// begin runs the machine, and waits until everything is started and ready.
func (l *life) begin() *life {
	l.t.Helper()
	go func() { l.ended <- l.Run() }()
	l.live(len(l.Units))
	l.Ready()
	l.enters(Running)
	return l
}

// live waits until so many processes have been started in all, and listen to signals.
func (l *life) live(n int) {
	l.t.Helper()
	l.awaits(fmt.Sprintf("%d processes live", n), func() bool {
		lines, _ := os.ReadFile(l.up)
		return bytes.Count(lines, []byte("\n")) == n
	})
}

func (l *life) awaits(what string, done func() bool) {
	l.t.Helper()
	for end := time.Now().Add(20 * time.Second); !done(); {
		if time.Now().After(end) {
			l.t.Fatalf("not within 20 s: %s; %s", what, l.path())
		}
		time.Sleep(2 * time.Millisecond)
	}
}

func (l *life) enters(s State) {
	l.t.Helper()
	l.awaits("it is "+string(s), func() bool { return l.State() == s })
}

// path are the states that it went through.
func (l *life) path() string {
	states := []string{string(Starting)}
	for _, t := range l.History() {
		if string(t.From) != states[len(states)-1] || t.Why == "" || t.At.IsZero() {
			l.t.Errorf("a transition that cannot be: %+v", t)
		}
		states = append(states, string(t.To))
	}
	return strings.Join(states, " ")
}

// ends waits for the end, with an exit code and after a path.
func (l *life) ends(code int, path ...State) {
	l.t.Helper()
	select {
	case got := <-l.ended:
		if got != code {
			l.t.Errorf("exit code %d, want %d", got, code)
		}
	case <-time.After(20 * time.Second):
		l.t.Fatalf("it does not end: %s", l.path())
	}
	var want []string
	for _, s := range path {
		want = append(want, string(s))
	}
	if got := l.path(); got != strings.Join(want, " ") {
		l.t.Errorf("went %s, want %s", got, strings.Join(want, " "))
	}
	for name, p := range l.Processes() {
		if p != nil && p.Running() {
			l.t.Errorf("%s still runs", name)
		}
	}
}

func TestStop(t *testing.T) {
	l := newLife(t, time.Minute, polite, polite).begin()
	l.signals <- syscall.SIGTERM
	l.ends(0, Starting, Running, Stopping, Stopped)
	if got := l.roles[1].history(); got != "forbid" {
		t.Errorf("the broker was asked to %q", got)
	}
}

// The next process waits for the one before it.
func TestStartInOrder(t *testing.T) {
	l := newLife(t, time.Minute, polite, polite)
	l.roles[0].answer = errors.New("not yet")
	go func() { l.ended <- l.Run() }()
	l.awaits("the first one is started", func() bool { return l.Processes()[rmq.Namesrv] != nil })
	time.Sleep(300 * time.Millisecond) // three questions
	if l.Processes()[rmq.Broker] != nil {
		t.Error("the second one did not wait")
	}
	l.roles[0].set(func() { l.roles[0].answer = nil })
	l.awaits("the second one is started", func() bool { return l.Processes()[rmq.Broker] != nil })
	l.signals <- syscall.SIGINT
	l.ends(0, Starting, Stopping, Stopped)
}

func TestStopBeforeStart(t *testing.T) {
	l := newLife(t, time.Minute, polite)
	l.signals <- syscall.SIGHUP
	l.signals <- syscall.SIGTERM
	go func() { l.ended <- l.Run() }()
	l.ends(0, Starting, Stopping, Stopped)
	if l.Processes()[rmq.Broker] != nil {
		t.Error("it was started")
	}
}

func TestStopWhileWaitingForAnAnswer(t *testing.T) {
	l := newLife(t, time.Minute, polite, polite)
	l.roles[0].answer = errors.New("never")
	go func() { l.ended <- l.Run() }()
	l.awaits("the first one is started", func() bool { return l.Processes()[rmq.Namesrv] != nil })
	l.signals <- syscall.SIGTERM
	l.ends(0, Starting, Stopping, Stopped)
	if l.Processes()[rmq.Broker] != nil {
		t.Error("the second one was started")
	}
}

func TestDrainAndUndrain(t *testing.T) {
	l := newLife(t, time.Minute, polite, polite).begin()
	broker := l.Processes()[rmq.Broker]
	for range 2 {
		if err := l.Drain("asked for"); err != nil {
			t.Fatal(err)
		}
		l.enters(Drained)
		if err := l.Drain("again"); err != nil {
			t.Errorf("a second drain: %v", err)
		}
		if err := l.Undrain("asked for"); err != nil || l.State() != Running {
			t.Errorf("%v, %s", err, l.State())
		}
		if err := l.Undrain("again"); err != nil {
			t.Errorf("a second undrain: %v", err)
		}
	}
	if got := l.roles[1].history(); got != "forbid permit forbid permit" {
		t.Errorf("the broker was asked to %s", got)
	}
	if !broker.Running() || l.Processes()[rmq.Broker] != broker {
		t.Error("the broker is another one")
	}
	l.signals <- syscall.SIGTERM
	l.ends(0, Starting, Running, Draining, Drained, Running, Draining, Drained, Running, Stopping, Stopped)
}

// A drain that waits for producers can be taken back; the permission is never left off.
func TestUndrainWhileDraining(t *testing.T) {
	l := newLife(t, time.Minute, polite)
	l.roles[0].producers = 1
	l.begin()
	if err := l.Drain("asked for"); err != nil {
		t.Fatal(err)
	}
	l.awaits("the permission is off", func() bool { return l.roles[0].history() == "forbid" })
	began := time.Now()
	if err := l.Undrain("asked for"); err != nil || time.Since(began) > 5*time.Second {
		t.Errorf("%v after %v", err, time.Since(began))
	}
	if got := l.roles[0].history(); got != "forbid permit" {
		t.Errorf("the broker was asked to %s", got)
	}
	l.roles[0].set(func() { l.roles[0].producers = 0 })
	l.signals <- syscall.SIGTERM
	l.ends(0, Starting, Running, Draining, Running, Stopping, Stopped)
}

// SIGTERM after a drain does not wait again.
func TestStopAfterDrain(t *testing.T) {
	l := newLife(t, time.Minute, polite).begin()
	if err := l.Drain("asked for"); err != nil {
		t.Fatal(err)
	}
	l.enters(Drained)
	l.signals <- syscall.SIGTERM
	l.ends(0, Starting, Running, Draining, Drained, Stopping, Stopped)
	if got := l.roles[0].history(); got != "forbid" {
		t.Errorf("the broker was asked to %s", got)
	}
}

// SIGTERM in the middle of a drain goes on with it, inside the stop's own deadline.
func TestStopWhileDraining(t *testing.T) {
	l := newLife(t, 12*time.Second, polite)
	l.roles[0].producers, l.roles[0].stop = 1, 10*time.Second
	l.begin()
	if err := l.Drain("asked for"); err != nil {
		t.Fatal(err)
	}
	l.awaits("the permission is off", func() bool { return l.roles[0].history() == "forbid" })
	l.signals <- syscall.SIGTERM
	l.ends(0, Starting, Running, Draining, Stopping, Stopped)
	if got := l.roles[0].history(); got != "forbid forbid" {
		t.Errorf("the broker was asked to %s", got)
	}
}

func TestSecondSignalEndsTheWait(t *testing.T) {
	l := newLife(t, time.Minute, polite)
	l.roles[0].producers = 1
	l.begin()
	l.signals <- syscall.SIGTERM
	l.awaits("the permission is off", func() bool { return l.roles[0].history() == "forbid" })
	began := time.Now()
	l.signals <- syscall.SIGTERM
	l.ends(0, Starting, Running, Stopping, Stopped)
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("it took %v", took)
	}
}

func TestRestart(t *testing.T) {
	for _, drained := range []bool{false, true} {
		t.Run(fmt.Sprintf("drained %t", drained), func(t *testing.T) {
			l := newLife(t, time.Minute, polite, polite).begin()
			before := l.Processes()
			want := []State{Starting, Running}
			if drained {
				if err := l.Drain("asked for"); err != nil {
					t.Fatal(err)
				}
				l.enters(Drained)
				want = append(want, Draining, Drained)
			}
			if err := l.Restart(rmq.Broker, "asked for"); err != nil {
				t.Fatal(err)
			}
			l.awaits("another broker runs", func() bool { return l.Processes()[rmq.Broker] != before[rmq.Broker] })
			if after := l.Processes(); !after[rmq.Broker].Running() || before[rmq.Broker].Running() ||
				after[rmq.Namesrv] != before[rmq.Namesrv] {
				t.Error("not just the broker was replaced")
			}
			l.Ready()
			l.enters(Running)
			if got := l.roles[1].history(); got != "forbid" {
				t.Errorf("the broker was asked to %s", got)
			}
			l.signals <- syscall.SIGTERM
			l.ends(0, append(want, Restarting, Starting, Running, Stopping, Stopped)...)
		})
	}
}

func TestRestartOfAStubbornProcess(t *testing.T) {
	l := newLife(t, time.Second, stubborn).begin()
	if err := l.Restart(rmq.Broker, "asked for"); err != nil {
		t.Fatal(err)
	}
	l.live(2)
	if got := l.roles[0].history(); got != "forbid unregister" {
		t.Errorf("asked to %s", got)
	}
	l.signals <- syscall.SIGTERM
	l.ends(137, Starting, Running, Restarting, Starting, Stopping, Stopped)
}

func TestStopWhileRestarting(t *testing.T) {
	l := newLife(t, time.Minute, polite)
	l.roles[0].producers = 1
	l.begin()
	if err := l.Restart(rmq.Broker, "asked for"); err != nil {
		t.Fatal(err)
	}
	l.awaits("the permission is off", func() bool { return l.roles[0].history() == "forbid" })
	l.roles[0].set(func() { l.roles[0].producers = 0 })
	l.signals <- syscall.SIGTERM
	l.ends(0, Starting, Running, Restarting, Stopping, Stopped)
}

// Another process that leaves during the restart of one is a fault like any other.
func TestAnotherLeavesDuringARestart(t *testing.T) {
	l := newLife(t, time.Minute, polite, polite)
	l.roles[1].producers = 1
	l.begin()
	if err := l.Restart(rmq.Broker, "asked for"); err != nil {
		t.Fatal(err)
	}
	l.awaits("the permission is off", func() bool { return l.roles[1].history() == "forbid" })
	l.roles[1].set(func() { l.roles[1].producers = 0 })
	if err := syscall.Kill(l.Processes()[rmq.Namesrv].Pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	l.ends(137, Starting, Running, Restarting, Stopping, Stopped)
}

// A process starts when what it needs is there; until then the machine says what is missing, once in the log.
func TestNeeds(t *testing.T) {
	l := newLife(t, time.Minute, polite, polite)
	l.roles[1].missing = errors.New("no broker yet")
	go func() { l.ended <- l.Run() }()
	l.awaits("it waits", func() bool { what, waits := l.Missing(); return what == "no broker yet" && waits > 1 })
	if l.Processes()[rmq.Broker] != nil {
		t.Error("it is started already")
	}
	l.roles[1].set(func() { l.roles[1].missing = nil })
	l.live(2)
	if what, _ := l.Missing(); what != "" {
		t.Errorf("still missing: %s", what)
	}
	l.Ready()
	l.enters(Running)
	l.signals <- syscall.SIGTERM
	l.ends(0, Starting, Running, Stopping, Stopped)
	l.log.mu.Lock()
	defer l.log.mu.Unlock()
	if said := strings.Count(l.log.text.String(), "is not started yet"); said != 1 {
		t.Errorf("it says so %d times", said)
	}
}

// While it waits it can be stopped, and nothing is started any more.
func TestStoppedWhileSomethingIsMissing(t *testing.T) {
	l := newLife(t, time.Minute, polite)
	l.roles[0].missing = errors.New("no broker yet")
	go func() { l.ended <- l.Run() }()
	l.awaits("it waits", func() bool { what, _ := l.Missing(); return what != "" })
	l.signals <- syscall.SIGTERM
	l.ends(0, Starting, Stopping, Stopped)
	if l.Processes()[rmq.Broker] != nil {
		t.Error("it was started")
	}
}

// What cannot be asked for now is refused with the reason, and changes nothing.
func TestRefusedRequests(t *testing.T) {
	l := newLife(t, time.Minute, polite, polite)
	l.roles[0].answer = errors.New("not yet")
	go func() { l.ended <- l.Run() }()
	l.awaits("the first one is started", func() bool { return l.Processes()[rmq.Namesrv] != nil })
	for what, request := range map[string]func() error{
		"cannot drain: the container is starting":          func() error { return l.Drain("x") },
		"cannot undrain: the container is starting":        func() error { return l.Undrain("x") },
		"cannot restart broker: the container is starting": func() error { return l.Restart(rmq.Broker, "x") },
		"cannot restart proxy: no such process runs here":  func() error { return l.Restart(rmq.Proxy, "x") },
	} {
		if err := request(); err == nil || err.Error() != what {
			t.Errorf("%v, want %s", err, what)
		}
	}
	l.signals <- syscall.SIGTERM
	l.ends(0, Starting, Stopping, Stopped)
	for _, request := range []func() error{
		func() error { return l.Drain("x") },
		func() error { return l.Undrain("x") },
		func() error { return l.Restart(rmq.Broker, "x") },
	} {
		if err := request(); err == nil || !strings.Contains(err.Error(), "stopped") {
			t.Errorf("after the end: %v", err)
		}
	}
}

// The exit code of a process that leaves by itself is the container's, but a success is none.
func TestLeavesByItself(t *testing.T) {
	for script, want := range map[string]int{"exit 0": 1, "exit 253": 253, "kill -9 $$": 137, "kill -11 $$": 139} {
		t.Run(script, func(t *testing.T) {
			l := newLife(t, time.Minute, script)
			go func() { l.ended <- l.Run() }()
			l.ends(want, Starting, Stopping, Stopped)
			if want == 253 && !strings.Contains(l.log.text.String(), "meaning of 253") {
				t.Errorf("the log does not say what it means:\n%s", l.log.text.String())
			}
		})
	}
}

func TestCannotStart(t *testing.T) {
	l := newLife(t, time.Minute, polite, "/nonexistent/java")
	go func() { l.ended <- l.Run() }()
	l.ends(127, Starting, Stopping, Stopped)
}

func TestUncleanExitCodeOfAStop(t *testing.T) {
	l := newLife(t, time.Minute, rude).begin()
	l.signals <- syscall.SIGTERM
	l.ends(7, Starting, Running, Stopping, Stopped)
}

// A kill by the kernel for want of memory is told apart from one by somebody else.
func TestMeaningOfAKill(t *testing.T) {
	kills := int64(3)
	m := New(Config{OOMKills: func() (int64, bool) { return kills, true }})
	m.ooms = 3
	u := &Unit{Name: rmq.Broker, Role: &role{}}
	if got := m.meaning(u, 137); got != "meaning of 137" {
		t.Errorf("without a kill of the kernel: %s", got)
	}
	kills++
	if got := m.meaning(u, 137); !strings.Contains(got, "memory limit") {
		t.Errorf("with one: %s", got)
	}
	if got := m.meaning(u, 255); got != "meaning of 255" {
		t.Errorf("of another code: %s", got)
	}
}

// The stop time of every process that is still to be stopped is reserved before anything is waited for.
func TestReserve(t *testing.T) {
	deadline := time.Unix(1000, 0)
	units := []*Unit{{Role: &role{stop: 22 * time.Second}}, {Role: &role{stop: 6 * time.Second}}}
	for n, want := range []int64{1000, 978, 972} {
		if got := latest(deadline, units[:n]); got.Unix() != want {
			t.Errorf("%d in reserve: %d, want %d", n, got.Unix(), want)
		}
	}
}

// However often it is drained, its history stays short, and the newest is kept.
func TestHistoryIsBounded(t *testing.T) {
	m := New(Config{Log: slog.New(slog.DiscardHandler), Entered: func(Transition) {}})
	for i := range 3 * historyLength {
		m.enter(Running, fmt.Sprint(i))
	}
	h := m.History()
	if len(h) != historyLength || h[len(h)-1].Why != fmt.Sprint(3*historyLength-1) {
		t.Errorf("%d transitions, the last one %+v", len(h), h[len(h)-1])
	}
	if slices.Contains(States, State("")) || len(States) != 7 {
		t.Errorf("states %v", States)
	}
}
