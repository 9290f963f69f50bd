// Package logging writes the agent's own lines. It never makes anybody wait: a reader of the container's output that
// has stalled must not hold up the drain.
package logging

import (
	"bytes"
	"io"
	"log/slog"
	"sync/atomic"
	"time"

	"rocketmq-agent/agent/settings"
)

// queueLength is how many lines wait for a slow reader before lines are dropped, at a few hundred bytes each.
const queueLength = 1024

// Writer passes lines to another writer from a goroutine of its own. Lines that find the queue full are dropped.
type Writer struct {
	queue   chan entry
	dropped atomic.Uint64
}

// entry is a line, or a caller of Flush who waits for all lines before it.
type entry struct {
	line    []byte
	flushed chan<- struct{}
}

// NewWriter returns a Writer on w. Its goroutine lives as long as the program.
func NewWriter(w io.Writer) *Writer {
	q := &Writer{queue: make(chan entry, queueLength)}
	go func() {
		for e := range q.queue {
			if e.flushed != nil {
				close(e.flushed)
				continue
			}
			_, _ = w.Write(e.line) // a closed output has no place to complain to
		}
	}()
	return q
}

// Write takes one line. It never blocks and never fails.
func (q *Writer) Write(line []byte) (int, error) {
	select {
	case q.queue <- entry{line: bytes.Clone(line)}:
	default:
		q.dropped.Add(1)
	}
	return len(line), nil
}

// Dropped is how many lines were lost to a stalled reader.
func (q *Writer) Dropped() uint64 { return q.dropped.Load() }

// Flush waits until everything that was written before has been passed on, for at most the given time.
func (q *Writer) Flush(atMost time.Duration) {
	timeout := time.After(atMost)
	flushed := make(chan struct{})
	select {
	case q.queue <- entry{flushed: flushed}:
	case <-timeout:
		return
	}
	select {
	case <-flushed:
	case <-timeout:
	}
}

// New returns a logger of the given format and level on w.
func New(w io.Writer, format settings.LogFormat, level slog.Level) *slog.Logger {
	options := &slog.HandlerOptions{Level: level}
	if format == settings.Text {
		return slog.New(slog.NewTextHandler(w, options))
	}
	return slog.New(slog.NewJSONHandler(w, options))
}
