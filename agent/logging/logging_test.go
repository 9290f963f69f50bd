package logging_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"rocketmq-agent/agent/logging"
)

// pipe is a pipe like a container's output: a write to it blocks its thread while nobody reads.
func pipe(t *testing.T) (r, w *os.File) {
	t.Helper()
	var fds [2]int
	if err := syscall.Pipe2(fds[:], syscall.O_CLOEXEC); err != nil {
		t.Fatal(err)
	}
	r, w = os.NewFile(uintptr(fds[0]), "read end"), os.NewFile(uintptr(fds[1]), "write end")
	t.Cleanup(func() { r.Close() })
	return r, w
}

// Scenario 22: nobody reads our output. Whoever logs goes on, memory stays bounded, and what was lost is counted.
func TestStalledReader(t *testing.T) {
	const lines = 40_000
	r, w := pipe(t)
	q := logging.NewWriter(w)
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	for i := range lines { // a Write that waits would wait for ever
		if n, err := fmt.Fprintf(q, "line %06d %s\n", i, strings.Repeat("x", 180)); n != 193 || err != nil {
			t.Fatalf("%d, %v", n, err)
		}
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > 2<<20 {
		t.Errorf("%d bytes are held for a stalled reader", grown)
	}
	lost := q.Dropped()
	if lost == 0 || lost >= lines {
		t.Fatalf("%d of %d lines dropped", lost, lines)
	}
	last := -1
	in := bufio.NewScanner(r)
	for n := uint64(0); n < lines-lost; n++ { // the reader is back: the rest comes, whole and in order
		if !in.Scan() {
			t.Fatalf("%d lines arrived, %d were dropped, of %d: %v", n, lost, lines, in.Err())
		}
		var i int
		if _, err := fmt.Sscanf(in.Text(), "line %d ", &i); err != nil || i <= last || len(in.Text()) != 192 {
			t.Fatalf("after line %d came %q", last, in.Text())
		}
		last = i
	}
	fmt.Fprintln(q, "alive")
	if !in.Scan() || in.Text() != "alive" {
		t.Errorf("after the stall: %q", in.Text())
	}
}

// Long lines count by their bytes.
func TestStalledReaderOfLongLines(t *testing.T) {
	_, w := pipe(t)
	q := logging.NewWriter(w)
	line := bytes.Repeat([]byte{'x'}, 1<<20)
	for range 500 {
		q.Write(line)
	}
	if lost := q.Dropped(); lost < 495 {
		t.Errorf("%d MiB are held for a stalled reader", 500-lost)
	}
}

// A closed output is no reason to end a broker.
func TestClosedReader(t *testing.T) {
	r, w := pipe(t)
	r.Close()
	q := logging.NewWriter(w)
	for range 10 {
		q.Write([]byte("line\n"))
	}
	q.Flush(time.Minute)
	if q.Dropped() != 0 {
		t.Errorf("%d lines wait for nobody", q.Dropped())
	}
}

// The caller may use its buffer again, and many may write.
func TestConcurrentWriters(t *testing.T) {
	var got bytes.Buffer
	q := logging.NewWriter(&got)
	var writers sync.WaitGroup
	for i := range 8 {
		writers.Go(func() {
			line := make([]byte, 5)
			for n := range 100 {
				copy(line, fmt.Sprintf("%d %02d\n", i, n))
				q.Write(line)
			}
			clear(line)
		})
	}
	writers.Wait()
	q.Flush(time.Minute)
	last := map[int]int{}
	for line := range strings.Lines(got.String()) {
		var i, n int
		if _, err := fmt.Sscanf(line, "%d %d\n", &i, &n); err != nil || n != last[i] {
			t.Fatalf("%q after %v: %v", line, last, err)
		}
		last[i]++
	}
	if len(last) != 8 || q.Dropped() != 0 {
		t.Errorf("%v arrived, %d dropped", last, q.Dropped())
	}
}

// stalled blocks every write until it is closed.
type stalled chan struct{}

func (s stalled) Write(b []byte) (int, error) {
	<-s
	return 0, errors.New("closed")
}

func TestFlush(t *testing.T) {
	for _, lines := range []int{1, 10, 5000} { // 5000 overflow the queue
		t.Run(fmt.Sprint(lines), func(t *testing.T) {
			done := make(chan time.Duration)
			reader := make(stalled)
			defer close(reader)
			q := logging.NewWriter(reader)
			for range lines {
				q.Write([]byte("line\n"))
			}
			go func() {
				began := time.Now()
				q.Flush(50 * time.Millisecond)
				done <- time.Since(began)
			}()
			select {
			case took := <-done:
				if took < 50*time.Millisecond {
					t.Errorf("gave up after %v", took)
				}
			case <-time.After(20 * time.Second):
				t.Error("waits for a stalled reader")
			}
		})
	}
}

func TestLogger(t *testing.T) {
	for _, c := range []struct {
		format logging.Format
		level  slog.Level
		want   []string
	}{
		{logging.JSON, slog.LevelInfo, []string{`"level":"INFO"`, `"msg":"started broker"`, `"pid":7`}},
		{logging.Text, slog.LevelInfo, []string{"level=INFO", `msg="started broker"`, "pid=7"}},
		{logging.JSON, slog.LevelWarn, nil},
	} {
		var got bytes.Buffer
		log := logging.New(&got, c.format, c.level)
		log.Info("started broker", "pid", 7)
		log.Debug("not shown")
		text := got.String()
		for _, part := range c.want {
			if !strings.Contains(text, part) {
				t.Errorf("%s: %q has no %s", c.format, text, part)
			}
		}
		if n := strings.Count(text, "\n"); n != min(len(c.want), 1) {
			t.Errorf("%s at %v: %d lines", c.format, c.level, n)
		}
		if c.format == logging.JSON && text != "" && json.Unmarshal(got.Bytes(), &map[string]any{}) != nil {
			t.Errorf("%q is no JSON", text)
		}
	}
}

// What others say (a peer's words, a host name) stays one value of one line, whatever is in it.
func TestForgedLines(t *testing.T) {
	const forged = "x\n{\"level\":\"INFO\",\"msg\":\"all is well\"}\r\x1b[2J\x00\u2028time=now level=INFO msg=forged"
	for _, format := range []logging.Format{logging.JSON, logging.Text} {
		var out bytes.Buffer
		log := logging.New(&out, format, slog.LevelInfo)
		log.Warn("the broker refuses", "its words", forged)
		log.Warn(forged)
		text := out.String()
		if n := strings.Count(text, "\n"); n != 2 {
			t.Errorf("%s: %d lines: %q", format, n, text)
		}
		if strings.ContainsAny(text, "\r\x1b\x00") {
			t.Errorf("%s: what moves a terminal's cursor is passed on: %q", format, text)
		}
	}
}
