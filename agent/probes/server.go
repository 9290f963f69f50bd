package probes

import (
	"net"
	"net/http"
	"sync"
	"time"
)

// mostConns is how many connections the server keeps. The kubelet, a load balancer and two scrapers need a handful;
// each costs about 20 KiB, in a process for which 16 MiB are planned.
const mostConns = 64

// Serve answers on l until it is closed. When there are too many connections an old one is closed and the new one
// served, so that whoever leaves thousands open locks nobody out, least of all the kubelet.
func Serve(l net.Listener, h http.Handler) error {
	crowd := crowd{conns: map[net.Conn]guest{}}
	server := &http.Server{
		Handler:           h,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       5 * time.Second,
		WriteTimeout:      10 * time.Second,
		IdleTimeout:       5 * time.Second,
		MaxHeaderBytes:    16 << 10,
		ConnState:         crowd.changed,
	}
	return server.Serve(l)
}

// crowd are the open connections of a server.
type crowd struct {
	mu    sync.Mutex
	conns map[net.Conn]guest
	turn  uint64
}

// guest is one connection.
type guest struct {
	host   string // of the other side
	active bool   // a request has begun
	since  uint64 // the turn in which it came into its state
}

// changed hears from the server of every connection. It hears of a new one before the next is accepted, so there are
// never more than mostConns.
func (c *crowd) changed(conn net.Conn, state http.ConnState) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch state {
	case http.StateClosed, http.StateHijacked:
		delete(c.conns, conn)
		return
	case http.StateNew:
		if len(c.conns) >= mostConns {
			c.closeOne()
		}
	default:
		if _, open := c.conns[conn]; !open {
			return // closed by closeOne, and its goroutine does not know yet
		}
	}
	host, _, _ := net.SplitHostPort(conn.RemoteAddr().String())
	c.turn++
	c.conns[conn] = guest{host: host, active: state == http.StateActive, since: c.turn}
}

// closeOne makes room. It takes from the host that has the most connections: of those without a request the oldest, or
// else of all of them.
func (c *crowd) closeOne() {
	per := map[string]int{}
	for _, g := range c.conns {
		per[g.host]++
	}
	var victim net.Conn
	for conn, g := range c.conns {
		if victim == nil || before(g, c.conns[victim], per) {
			victim = conn
		}
	}
	delete(c.conns, victim)
	_ = victim.Close() // its goroutine ends by the error of its read or write
}

// before says whether g is to be closed rather than other.
func before(g, other guest, per map[string]int) bool {
	if per[g.host] != per[other.host] {
		return per[g.host] > per[other.host]
	}
	if g.active != other.active {
		return other.active
	}
	return g.since < other.since
}
