package app

import (
	"io"
	"os"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"rocketmq-agent/agent/exit"
	"rocketmq-agent/agent/keys"
)

// lastWords is how much of a process's standard error is kept, bytes: a stack trace with its causes.
const lastWords = 64 << 10

// stderr passes a process's standard error on, and keeps its end, which says why the process left. RocketMQ prints
// little there: what ends its start, and its errors. What it writes is never waited for.
type stderr struct {
	in, out *os.File // of the pipe

	mu  sync.Mutex
	end []byte
}

// newStderr returns a stderr that passes on to a writer which never blocks; nil where there can be none.
func newStderr(to io.Writer) *stderr {
	out, in, err := os.Pipe()
	if err != nil {
		return nil // the process gets the container's own
	}
	s := &stderr{in: in, out: out}
	go s.pass(to)
	return s
}

func (s *stderr) pass(to io.Writer) {
	buf := make([]byte, 8<<10)
	for {
		n, err := s.out.Read(buf)
		if err != nil {
			return
		}
		s.mu.Lock()
		s.end = append(s.end, buf[:n]...)
		s.end = s.end[max(0, len(s.end)-lastWords):]
		s.mu.Unlock()
		_, _ = to.Write(buf[:n]) // a logging.Writer never fails
	}
}

// file is what the process gets.
func (s *stderr) file() *os.File {
	if s == nil {
		return os.Stderr
	}
	return s.in
}

// settling is how long the last words of a process that is gone may take from the pipe.
const settling = 200 * time.Millisecond

// cause is what the process that is gone says about its end; empty: nothing.
func (s *stderr) cause() string {
	if s == nil {
		return ""
	}
	for end := time.Now().Add(settling); time.Now().Before(end); time.Sleep(time.Millisecond) {
		if n, err := s.unread(); err != nil || n == 0 {
			break
		}
	}
	time.Sleep(time.Millisecond) // what was read is kept right after
	s.mu.Lock()
	defer s.mu.Unlock()
	return keys.Redact(exit.Cause(string(s.end))) // an AclException quotes passwords
}

// unread is how many bytes are still in the pipe.
func (s *stderr) unread() (n int, err error) {
	conn, err := s.out.SyscallConn()
	if err != nil {
		return 0, err
	}
	controlErr := conn.Control(func(fd uintptr) { n, err = unix.IoctlGetInt(int(fd), unix.TIOCINQ) })
	if controlErr != nil {
		return 0, controlErr
	}
	return n, err
}
