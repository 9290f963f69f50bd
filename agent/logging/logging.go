// Package logging writes the agent's own lines. It never makes anybody wait: a reader of the container's output that
// has stalled must not hold up the drain.
package logging

import (
	"bytes"
	"errors"
	"io"
	"log/slog"
	"sync/atomic"
	"time"
)

// What waits for a slow reader before lines are dropped: so many lines of a few hundred bytes each, and never much more
// than so many bytes, because an error from outside can be long.
const (
	queueLength = 1024
	queueBytes  = 1 << 20
)

// Writer passes lines to another writer from a goroutine of its own. Lines that find the queue full are dropped.
type Writer struct {
	queue   chan entry
	waiting atomic.Int64 // bytes in the queue
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
			q.waiting.Add(-int64(len(e.line)))
		}
	}()
	return q
}

// Write takes one line. It never blocks and never fails.
func (q *Writer) Write(line []byte) (int, error) {
	if q.waiting.Load() > queueBytes {
		q.dropped.Add(1)
		return len(line), nil
	}
	q.waiting.Add(int64(len(line)))
	select {
	case q.queue <- entry{line: bytes.Clone(line)}:
	default:
		q.waiting.Add(-int64(len(line)))
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

// Format is how the agent's own lines look.
type Format string

// The formats.
const (
	JSON Format = "json"
	Text Format = "text"
)

// UnmarshalText implements encoding.TextUnmarshaler.
func (f *Format) UnmarshalText(b []byte) error {
	switch format := Format(b); format {
	case JSON, Text:
		*f = format
		return nil
	}
	return errors.New("allowed: json, text")
}

// New returns a logger of the given format and level on w.
func New(w io.Writer, format Format, level slog.Level) *slog.Logger {
	options := &slog.HandlerOptions{Level: level}
	if format == Text {
		return slog.New(slog.NewTextHandler(w, options))
	}
	return slog.New(slog.NewJSONHandler(w, options))
}
