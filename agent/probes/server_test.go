package probes

import (
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"rocketmq-agent/agent/testing/processtest"
)

// flood is how many connections somebody leaves open.
const flood = 4000

// served answers /livez on a port of its own.
func served(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	Register(mux, Live{Beat: time.Now, Processes: func() Result { return Pass("") }}, nil, NewChecker(nil,
		DefaultTiming(), func(Status, Status, string) {}))
	ended := make(chan error, 1)
	go func() { ended <- Serve(l, mux) }()
	t.Cleanup(func() {
		l.Close()
		if err := <-ended; !errors.Is(err, net.ErrClosed) {
			t.Errorf("the server ended with %v", err)
		}
	})
	return l.Addr().String()
}

func dial(t *testing.T, addr, say string) net.Conn {
	t.Helper()
	conn, err := net.DialTimeout("tcp", addr, 5*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	_, _ = io.WriteString(conn, say) // fails where the connection is already too old
	return conn
}

// isOpen says whether the other side has left the connection open; its answers are passed over.
func isOpen(conn net.Conn) bool {
	_ = conn.SetReadDeadline(time.Now().Add(5 * time.Millisecond))
	_, err := io.Copy(io.Discard, conn)
	return errors.Is(err, os.ErrDeadlineExceeded)
}

func open(conns []net.Conn) (still []net.Conn) {
	for _, conn := range conns {
		if isOpen(conn) {
			still = append(still, conn)
		}
	}
	return still
}

// memory is what the program holds, after the garbage is gone.
func memory() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc + m.StackInuse
}

// TestFlood (W3): thousands of connections that say nothing, that have asked once, that are in the middle of a request.
// The probe answers at once, and they cost next to nothing.
func TestFlood(t *testing.T) {
	if err := raiseFiles(flood + 500); err != nil {
		t.Skipf("not shown here: %v", err)
	}
	for name, say := range map[string]string{
		"silent":        "",
		"idle":          "GET /livez HTTP/1.1\r\nHost: a\r\n\r\n",
		"slow headers":  "GET /livez HTTP/1.1\r\nHost: a\r\n",
		"many requests": strings.Repeat("GET /livez HTTP/1.1\r\nHost: a\r\n\r\n", 3),
	} {
		t.Run(name, func(t *testing.T) {
			addr, conns, before := served(t), []net.Conn{}, memory()
			for range flood {
				conns = append(conns, dial(t, addr, say))
			}
			began := time.Now()
			client := http.Client{Timeout: 5 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
			resp, err := client.Get("http://" + addr + "/livez")
			if err != nil {
				t.Fatal(err)
			}
			resp.Body.Close()
			if took := time.Since(began); resp.StatusCode != http.StatusOK || took > 3*time.Second { // the kubelet's patience
				t.Errorf("/livez says %d after %v", resp.StatusCode, took)
			}
			processtest.Wait(t, "the goroutines of closed connections end", func() bool {
				return runtime.NumGoroutine() < 2*mostConns+50
			})
			// With the clients' own halves, a KiB each.
			if grown := int64(memory()) - int64(before); grown > 12<<20 {
				t.Errorf("they cost %d KiB", grown>>10)
			}
			if n := len(open(open(conns))); n > mostConns { // twice, for on a busy machine reading takes its time
				t.Errorf("%d connections are open", n)
			}
		})
	}
}

// TestFloodSparesOthers: another host's connection outlives the flood, however old it is, and the flood's own newest
// ones outlive its oldest.
func TestFloodSparesOthers(t *testing.T) {
	c := crowd{conns: map[net.Conn]guest{}}
	kubelet := &fakeConn{host: "10.0.0.1"}
	c.changed(kubelet, http.StateNew)
	busy := &fakeConn{host: "10.6.6.6"}
	c.changed(busy, http.StateNew)
	c.changed(busy, http.StateActive)
	var others []*fakeConn
	for range 2*mostConns - 2 {
		conn := &fakeConn{host: "10.6.6.6"}
		others = append(others, conn)
		c.changed(conn, http.StateNew)
		if len(c.conns) > mostConns {
			t.Fatalf("%d connections", len(c.conns))
		}
	}
	if kubelet.closed || busy.closed {
		t.Errorf("closed: the other host's %v, one in the middle of a request %v", kubelet.closed, busy.closed)
	}
	for i, conn := range others {
		if old := i < mostConns; conn.closed != old {
			t.Errorf("connection %d of %d closed: %v", i, len(others), conn.closed)
		}
	}
	c.changed(others[0], http.StateActive) // the news of one that was closed is late
	for _, conn := range append(others, kubelet, busy) {
		c.changed(conn, http.StateClosed)
	}
	if len(c.conns) > 0 {
		t.Errorf("%d connections are remembered for ever", len(c.conns))
	}
}

// fakeConn is a connection from a host that this machine does not have.
type fakeConn struct {
	net.Conn
	host   string
	closed bool
}

func (c *fakeConn) RemoteAddr() net.Addr { return &net.TCPAddr{IP: net.ParseIP(c.host), Port: 1} }

func (c *fakeConn) Close() error {
	c.closed = true
	return nil
}

// raiseFiles allows this process n descriptors.
func raiseFiles(n uint64) error {
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		return err
	}
	if limit.Cur >= n {
		return nil
	}
	limit.Cur, limit.Max = n, max(n, limit.Max)
	return syscall.Setrlimit(syscall.RLIMIT_NOFILE, &limit)
}
