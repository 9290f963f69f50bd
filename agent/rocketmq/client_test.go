package rocketmq

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"runtime"
	"runtime/pprof"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// peer is a listener with a script for each connection. It reads requests with
// the package's own decoder; that a real RocketMQ understands the same frames is
// for the tests in real_test.go.
type peer struct {
	addr        string
	connections atomic.Int32
}

// serve starts a peer; script number n handles connection n, the last one all others.
func serve(t *testing.T, scripts ...func(net.Conn)) *peer {
	t.Helper()
	checkGoroutines(t)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var running sync.WaitGroup
	t.Cleanup(running.Wait)
	t.Cleanup(func() { listener.Close() })
	p := &peer{addr: listener.Addr().String()}
	running.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			script := scripts[min(int(p.connections.Add(1)), len(scripts))-1]
			running.Go(func() {
				defer conn.Close()
				script(conn)
			})
		}
	})
	return p
}

// client returns a client of the peer that is closed before the peer waits for its scripts.
func (p *peer) client(t *testing.T) *Client {
	c := NewClient(p.addr, Access{})
	t.Cleanup(func() { c.Close() })
	return c
}

// checkGoroutines fails the test when it leaves more goroutines than it found.
func checkGoroutines(t *testing.T) {
	before := runtime.NumGoroutine()
	t.Cleanup(func() {
		deadline := time.Now().Add(5 * time.Second)
		for runtime.NumGoroutine() > before {
			if time.Now().After(deadline) {
				t.Errorf("%d goroutines, %d before the test", runtime.NumGoroutine(), before)
				_ = pprof.Lookup("goroutine").WriteTo(os.Stderr, 1)
				return
			}
			runtime.Gosched()
		}
	})
}

// answers answers every request with its own remark.
func answers(conn net.Conn) {
	for {
		req, err := readFrame(conn, maxFrame)
		if err != nil {
			return
		}
		reply(conn, Command{Opaque: req.Opaque, Flag: flagResponse, Remark: req.Remark})
	}
}

// answersOnce answers one request and hangs up.
func answersOnce(conn net.Conn) {
	if req, err := readFrame(conn, maxFrame); err == nil {
		reply(conn, Command{Opaque: req.Opaque, Flag: flagResponse})
	}
}

// hangsUp reads one request and closes the connection.
func hangsUp(conn net.Conn) {
	_, _ = readFrame(conn, maxFrame)
}

// says reads one request, writes the bytes and hangs up.
func says(text string) func(net.Conn) {
	return func(conn net.Conn) {
		if _, err := readFrame(conn, maxFrame); err == nil {
			_, _ = conn.Write([]byte(text))
		}
	}
}

// replies reads one request, answers it with cmds and then keeps silent.
func replies(cmds ...Command) func(net.Conn) {
	return func(conn net.Conn) {
		req, err := readFrame(conn, maxFrame)
		if err != nil {
			return
		}
		for _, cmd := range cmds {
			cmd.Opaque += req.Opaque
			reply(conn, cmd)
		}
		_, _ = readFrame(conn, maxFrame)
	}
}

func reply(conn net.Conn, cmd Command) {
	if frame, err := encodeFrame(cmd); err == nil {
		_, _ = conn.Write(frame)
	}
}

func TestCallFaults(t *testing.T) {
	tests := map[string]struct {
		peer func(net.Conn)
		want string
	}{
		"silence":              {replies(), "deadline exceeded"},
		"closed at once":       {func(net.Conn) {}, "no answer"},
		"closed after request": {hangsUp, "no answer: EOF"},
		"half a length":        {says("\x00\x00"), "breaks off: unexpected EOF"},
		"half a frame": {
			says("\x00\x00\x00\x20\x00\x00\x00\x10{"), "breaks off after 5 of 32 bytes: unexpected EOF",
		},
		"only a length": {says("\x00\x00\x00\x20"), "breaks off after 0 of 32 bytes"},
		"closed in the body": {
			says("\x00\x00\x01\x00\x00\x00\x00\x02{}half a bo"), "breaks off after 15 of 256 bytes",
		},
		"oversize frame":       {says("\x01\x00\x00\x01\x00\x00\x00\x02{}"), "frame of 16777217 bytes"},
		"negative length":      {says("\xff\xff\xff\xff\x00\x00\x00\x02{}"), "frame of 4294967295 bytes"},
		"frame without header": {says("\x00\x00\x00\x02\x00\x00"), "frame of 2 bytes"},
		"header beyond frame":  {says("\x00\x00\x00\x06\x00\x00\x00\x03{}"), "header of 3 bytes in a frame of 6"},
		"oversize header": {
			says("\x00\x02\x00\x04\x00\x01\x00\x01" + strings.Repeat(" ", 0x20000)), "header of 65537 bytes",
		},
		"header no JSON": {
			says("\x00\x00\x00\x06\x00\x00\x00\x02{]"), "not a RocketMQ answer: invalid character",
		},
		"other serialization":  {says("\x00\x00\x00\x06\x07\x00\x00\x02{}"), "unknown serialization 7"},
		"short binary header":  {says("\x00\x00\x00\x06\x01\x00\x00\x02\x00\x00"), "binary header breaks off"},
		"HTTP":                 {says("HTTP/1.1 400 Bad Request\r\n\r\n"), "frame of 1213486160 bytes"},
		"another's answer":     {replies(Command{Opaque: 7, Flag: flagResponse}), "deadline exceeded"},
		"a request, no answer": {replies(Command{Code: 40}), "deadline exceeded"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			p := serve(t, test.peer, answers)
			client := p.client(t)
			ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
			defer cancel()
			_, err := client.Call(ctx, Command{Code: getBrokerRuntimeInfo})
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error %v, want %q", err, test.want)
			}
			if _, err := client.Call(t.Context(), Command{Code: getBrokerRuntimeInfo}); err != nil {
				t.Errorf("the next call: %v", err)
			}
			if n := p.connections.Load(); n != 2 {
				t.Errorf("%d connections, want one for each call", n)
			}
		})
	}
}

func TestCallRefused(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	client := NewClient(listener.Addr().String(), Access{})
	listener.Close()
	if err := client.Ping(t.Context()); err == nil || !strings.Contains(err.Error(), "connection refused") {
		t.Errorf("error %v, want a refused connection", err)
	}
}

func TestCallPassesOverOtherFrames(t *testing.T) {
	client := serve(t, replies(
		Command{Opaque: 1, Flag: flagResponse, Remark: "another's"},
		Command{Code: 40, Remark: "the peer's own request"},
		Command{Flag: flagResponse, Remark: "ours"},
	)).client(t)
	answer, err := client.Call(t.Context(), Command{Code: getBrokerRuntimeInfo})
	if err != nil || answer.Remark != "ours" {
		t.Errorf("answer %+v, error %v", answer, err)
	}
}

func TestCallDefaultDeadline(t *testing.T) {
	client := serve(t, replies()).client(t)
	start := time.Now()
	_, err := client.Call(context.Background(), Command{Code: getBrokerRuntimeInfo})
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error %v", err)
	}
	if took := time.Since(start); took < defaultTimeout || took > defaultTimeout+2*time.Second {
		t.Errorf("ended after %s, want %s", took, defaultTimeout)
	}
}

func TestCancelInterrupts(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	client := serve(t, func(conn net.Conn) {
		_, _ = readFrame(conn, maxFrame)
		cancel()
		_, _ = readFrame(conn, maxFrame)
	}).client(t)
	start := time.Now()
	if _, err := client.Call(ctx, Command{Code: getBrokerRuntimeInfo}); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	if took := time.Since(start); took > 5*time.Second {
		t.Errorf("ended %s after the cancellation", took)
	}
}

func TestWaitingForATurnEndsWithTheContext(t *testing.T) {
	asked := make(chan struct{})
	client := serve(t, func(conn net.Conn) {
		_, _ = readFrame(conn, maxFrame)
		close(asked)
		_, _ = readFrame(conn, maxFrame)
	}).client(t)
	first, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	var running sync.WaitGroup
	running.Go(func() { _, _ = client.Call(first, Command{Code: getBrokerRuntimeInfo}) })
	<-asked
	second, cancelSecond := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancelSecond()
	start := time.Now()
	if _, err := client.Call(second, Command{Code: getBrokerRuntimeInfo}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error %v", err)
	}
	if took := time.Since(start); took > 5*time.Second {
		t.Errorf("waited %s for its turn", took)
	}
	cancel()
	running.Wait()
}

// lateConn ends the context after the last byte of an answer has arrived and
// before the call returns.
type lateConn struct {
	net.Conn
	reads  int
	cancel func()
	struck chan struct{}
}

func (c *lateConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if c.reads++; c.reads == 2 { // the length and the rest
		c.cancel()
		<-c.struck
	}
	return n, err
}

func (c *lateConn) SetDeadline(t time.Time) error {
	defer close(c.struck)
	return c.Conn.SetDeadline(t)
}

func TestLateCancelLeavesNoTrace(t *testing.T) {
	client := serve(t, answers).client(t)
	if err := client.Ping(t.Context()); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	client.conn = &lateConn{Conn: client.conn, cancel: cancel, struck: make(chan struct{})}
	if _, err := client.Call(ctx, Command{Code: getBrokerRuntimeInfo}); err != nil {
		t.Errorf("the answer was there, but %v", err)
	}
	if client.conn != nil {
		t.Error("a connection with an expired deadline is kept")
	}
}

func TestReconnect(t *testing.T) {
	type script = []func(net.Conn)
	tests := map[string]struct {
		code        int
		scripts     script
		want        error
		connections int32
	}{
		"question on a closed connection":       {getBrokerConfig, script{answersOnce, answers}, nil, 2},
		"only once":                             {getBrokerConfig, script{answersOnce, hangsUp}, errUnanswered, 2},
		"order gets a new connection":           {updateBrokerConfig, script{answers, answers}, nil, 2},
		"order without an answer is not resent": {updateBrokerConfig, script{answers, hangsUp}, errUnanswered, 2},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			p := serve(t, test.scripts...)
			client := p.client(t)
			if _, err := client.Call(t.Context(), Command{Code: getBrokerRuntimeInfo}); err != nil {
				t.Fatal(err)
			}
			if _, err := client.Call(t.Context(), Command{Code: test.code}); !errors.Is(err, test.want) {
				t.Errorf("error %v, want %v", err, test.want)
			}
			if n := p.connections.Load(); n != test.connections {
				t.Errorf("%d connections, want %d", n, test.connections)
			}
		})
	}
}

func TestConnectionIsKept(t *testing.T) {
	p := serve(t, answers)
	client := p.client(t)
	for range 3 {
		if _, err := client.Call(t.Context(), Command{Code: getBrokerRuntimeInfo}); err != nil {
			t.Fatal(err)
		}
	}
	if n := p.connections.Load(); n != 1 {
		t.Errorf("%d connections for three questions", n)
	}
}

func TestConcurrentCalls(t *testing.T) {
	client := serve(t, answers).client(t)
	var running sync.WaitGroup
	for worker := range 8 {
		running.Go(func() {
			for i := range 25 {
				remark := fmt.Sprint(worker, i)
				answer, err := client.Call(t.Context(), Command{Code: getBrokerRuntimeInfo, Remark: remark})
				if err != nil || answer.Remark != remark {
					t.Errorf("asked %q, answer %q, error %v", remark, answer.Remark, err)
				}
			}
		})
	}
	running.Wait()
}

func TestResponseError(t *testing.T) {
	client := serve(t, replies(Command{Code: CodeNoPermission, Flag: flagResponse, Remark: "black list"})).client(t)
	_, err := client.BrokerConfig(t.Context())
	var refused *ResponseError
	if !errors.As(err, &refused) || refused.Code != CodeNoPermission || refused.Request != getBrokerConfig {
		t.Fatalf("error %#v", err)
	}
	if want := client.Addr() + " answered request 26 with code 16: black list"; err.Error() != want {
		t.Errorf("error %q, want %q", err, want)
	}
}

func TestUnusableAnswers(t *testing.T) {
	tests := map[string]struct {
		answer Command
		ask    func(context.Context, *Client) error
	}{
		"no body": {Command{}, func(ctx context.Context, c *Client) error {
			_, err := c.ClusterInfo(ctx)
			return err
		}},
		"no properties": {Command{Body: []byte("<html>")}, func(ctx context.Context, c *Client) error {
			_, err := c.BrokerConfig(ctx)
			return err
		}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			test.answer.Flag = flagResponse
			client := serve(t, replies(test.answer)).client(t)
			if err := test.ask(t.Context(), client); err == nil {
				t.Error("no error")
			}
		})
	}
}

func TestClose(t *testing.T) {
	ended := make(chan struct{})
	client := serve(t, func(conn net.Conn) {
		answers(conn)
		close(ended)
	}).client(t)
	if err := client.Ping(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := client.Close(); err != nil {
		t.Fatal(err)
	}
	<-ended
	if err := client.Ping(t.Context()); !errors.Is(err, net.ErrClosed) {
		t.Errorf("error %v after Close", err)
	}
	if err := client.Close(); err != nil {
		t.Errorf("second Close: %v", err)
	}
}

// W5: whoever answers in a peer's place cannot make the agent take the memory of the container.
func TestLargeAnswers(t *testing.T) {
	for _, tt := range []struct {
		name    string
		size    int
		refused bool
	}{
		{"as large as they may be", 1<<20 - 1<<10, false},
		{"larger", 1 << 20, true},
		{"as large as a frame can be", maxFrame - 1<<10, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			body := []byte(`{"brokerAddrTable":{` + strings.Repeat(`"":{},`, tt.size/6))
			body = append(body[:len(body)-1], "}}"...)
			client := serve(t, replies(Command{Flag: flagResponse, Body: body})).client(t)
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, err := client.ClusterInfo(t.Context())
			runtime.ReadMemStats(&after)
			if tt.refused != (err != nil && strings.Contains(err.Error(), "is refused: at most 1048576")) {
				t.Errorf("error %v", err)
			}
			// The server in this process takes some of it: the request, and twice the answer.
			if taken := int64(after.TotalAlloc-before.TotalAlloc) - 2*int64(len(body)); taken > 20<<20 {
				t.Errorf("it took %d MiB", taken>>20)
			}
		})
	}
}
