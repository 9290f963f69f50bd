// Package tunnel carries the plaintext of rocketmq-client-go, which speaks no TLS, to servers that speak nothing else.
// For each server it listens on a port of the loopback interface, and what the name servers say of the brokers it
// rewrites to such ports.
package tunnel

import (
	"crypto/tls"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"regexp"
	"sync"
	"time"
)

const (
	dialTimeout = 3 * time.Second
	maxFrame    = 16 << 20 // RocketMQ's own limit (NettyDecoder.java)
)

// Tunnel is a set of loopback ports, each of which leads to one server.
type Tunnel struct {
	config *tls.Config

	mu    sync.Mutex
	ports map[string]string // by server
	open  []net.Listener
}

// New returns a tunnel without ports.
func New(config *tls.Config) *Tunnel {
	return &Tunnel{config: config, ports: map[string]string{}}
}

// To returns the address (host:port) that leads to a server, the same one each time.
func (t *Tunnel) To(server string) (string, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if port := t.ports[server]; port != "" {
		return port, nil
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("cannot listen for the way to %s: %w", server, err)
	}
	t.open = append(t.open, l)
	t.ports[server] = l.Addr().String()
	go t.serve(l, server)
	return t.ports[server], nil
}

// Close closes the ports. Connections end with their clients.
func (t *Tunnel) Close() {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, l := range t.open {
		_ = l.Close()
	}
}

func (t *Tunnel) serve(l net.Listener, server string) {
	for {
		client, err := l.Accept()
		if err != nil {
			return // closed
		}
		go t.carry(client, server)
	}
}

// carry ends both connections as soon as one of them has ended: what the client then sees is what it would see of the
// server.
func (t *Tunnel) carry(client net.Conn, server string) {
	defer client.Close()
	conn, err := tls.DialWithDialer(&net.Dialer{Timeout: dialTimeout}, "tcp", server, t.config)
	if err != nil {
		return
	}
	defer conn.Close()
	go func() {
		defer conn.Close()
		_, _ = io.Copy(conn, client)
	}()
	for {
		frame, err := readFrame(conn)
		if err != nil {
			return
		}
		if _, err := client.Write(t.rewrite(frame)); err != nil {
			return
		}
	}
}

// readFrame returns one frame with its length (RemotingCommand.java).
func readFrame(r io.Reader) ([]byte, error) {
	var length [4]byte
	if _, err := io.ReadFull(r, length[:]); err != nil {
		return nil, err
	}
	n := binary.BigEndian.Uint32(length[:])
	if n < 4 || n > maxFrame {
		return nil, fmt.Errorf("a frame of %d bytes", n)
	}
	frame := make([]byte, 4+n)
	copy(frame, length[:])
	_, err := io.ReadFull(r, frame[4:])
	return frame, err
}

// addrs finds the addresses of a broker in the answer to the question for a route, the only one that has any.
var (
	addrs = regexp.MustCompile(`"brokerAddrs":\{[^}]*\}`)
	addr  = regexp.MustCompile(`:"([^"]+:\d+)"`)
)

// rewrite puts loopback ports in the place of brokers.
func (t *Tunnel) rewrite(frame []byte) []byte {
	start := 8 + int(binary.BigEndian.Uint32(frame[4:])&0xFFFFFF) // of the body
	if start > len(frame) || !addrs.Match(frame[start:]) {
		return frame
	}
	body := addrs.ReplaceAllFunc(frame[start:], func(found []byte) []byte {
		return addr.ReplaceAllFunc(found, func(one []byte) []byte {
			if port, err := t.To(string(addr.FindSubmatch(one)[1])); err == nil {
				return []byte(`:"` + port + `"`)
			}
			return one
		})
	})
	out := binary.BigEndian.AppendUint32(nil, uint32(start-4+len(body)))
	return append(append(out, frame[4:start]...), body...)
}
