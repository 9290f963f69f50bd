package control

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"rocketmq-agent/agent/drain"
	"rocketmq-agent/agent/rmq"
	"rocketmq-agent/agent/testing/processtest"
)

// container notes what it is asked for.
type container struct {
	mu     sync.Mutex
	orders []string
	err    error
}

func (c *container) note(order string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.orders = append(c.orders, order)
	return c.err
}

func (c *container) Status() Status {
	return Status{Role: "broker", State: "running", Checks: []Check{{Name: "broker", Status: "ok", Age: time.Second}}}
}
func (c *container) Drain(why string) error   { return c.note("drain: " + why) }
func (c *container) Undrain(why string) error { return c.note("undrain: " + why) }
func (c *container) Backlog(context.Context) ([]drain.Backlog, error) {
	return []drain.Backlog{{Group: "g", Topic: "t", Messages: 3}}, c.err
}
func (c *container) Restart(role rmq.Role, why string) error {
	return c.note(fmt.Sprintf("restart %s: %s", role, why))
}

// run serves c in a folder of an agent.
func run(t *testing.T, c Container) (dir string) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "rocketmq-agent-1")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	l, err := Listen(dir)
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- Serve(l, c) }()
	t.Cleanup(func() {
		l.Close()
		if err := <-ended; !errors.Is(err, net.ErrClosed) {
			t.Errorf("the server ended with %v", err)
		}
	})
	return dir
}

func TestOrders(t *testing.T) {
	c := &container{}
	agent, err := Find(run(t, c))
	if err != nil {
		t.Fatal(err)
	}
	for _, what := range []string{"drain", "undrain", "restart"} {
		if err := agent.Order(what, "broker"); err != nil {
			t.Errorf("%s: %v", what, err)
		}
	}
	want := "drain: drain was asked for, undrain: undrain was asked for, restart broker: restart was asked for"
	if got := strings.Join(c.orders, ", "); got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if all, err := agent.Backlog(); err != nil || len(all) != 1 || all[0].Messages != 3 {
		t.Errorf("backlog %v, %v", all, err)
	}
	c.err = errors.New("cannot drain: the container is stopping")
	if err := agent.Order("drain", ""); err == nil || err.Error() != c.err.Error() {
		t.Errorf("a refusal is told as %v", err)
	}
	if err := agent.Order("explode", ""); err == nil {
		t.Error("an unknown order is taken")
	}
	s, err := agent.Status()
	if err != nil || s.State != "running" || len(s.Checks) != 1 || s.Checks[0].Age != time.Second {
		t.Errorf("%+v, %v", s, err)
	}
}

func TestFind(t *testing.T) {
	dir := run(t, &container{})
	if _, err := Find(filepath.Join(filepath.Dir(dir), "rocketmq-agent-2")); err != nil {
		t.Errorf("the agent of another user in the same place: %v", err)
	}
	if _, err := Find(filepath.Join(t.TempDir(), "rocketmq-agent-1")); err == nil ||
		!strings.HasPrefix(err.Error(), "no agent runs in this container") {
		t.Errorf("error %v", err)
	}
	info, err := os.Stat(filepath.Join(dir, socketName))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the socket has mode %v, error %v", info.Mode(), err)
	}
}

func TestListen(t *testing.T) {
	dir := run(t, &container{})
	if _, err := Listen(dir); err == nil || !strings.Contains(err.Error(), "another agent listens") {
		t.Errorf("beside a living agent: %v", err)
	}
	stale := t.TempDir()
	left, err := net.Listen("unix", filepath.Join(stale, socketName))
	if err != nil {
		t.Fatal(err)
	}
	left.(*net.UnixListener).SetUnlinkOnClose(false)
	left.Close() // as a killed agent leaves it
	l, err := Listen(stale)
	if err != nil {
		t.Fatalf("behind a killed agent: %v", err)
	}
	l.Close()
	if _, err := Listen(filepath.Join(t.TempDir(), strings.Repeat("x", 120))); err == nil {
		t.Error("a path that no socket can have is taken")
	}
}

// Whoever can open the socket, and does so a thousand times, half asks or never reads, locks nobody out.
func TestAbuse(t *testing.T) {
	dir := run(t, &container{})
	before := runtime.NumGoroutine()
	var conns []net.Conn
	for i := range 1000 {
		conn, err := net.Dial("unix", filepath.Join(dir, socketName))
		if errors.Is(err, syscall.EAGAIN) { // the queue of those that wait is full
			time.Sleep(time.Millisecond)
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		conns = append(conns, conn)
		say := []string{"", "GET /st", "POST /drain HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n", "\x00\xff"}[i%4]
		_, _ = io.WriteString(conn, say)
	}
	agent, err := Find(dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := agent.Status(); err != nil {
		t.Errorf("nobody gets through: %v", err)
	}
	for _, conn := range conns {
		conn.Close()
	}
	processtest.Wait(t, "the goroutines end", func() bool { return runtime.NumGoroutine() < before+20 })
}
