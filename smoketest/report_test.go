package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"rocketmq-agent/smoketest/content"
	"rocketmq-agent/smoketest/ledger"
	"rocketmq-agent/smoketest/mq"
)

// told is a run of three messages: one verified after a retry, one missing, one
// that arrived twice.
func told() *proof {
	clock := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	opts := options{
		run:     "r",
		topic:   "T",
		size:    256,
		count:   3,
		timeout: time.Minute,
	}
	books := ledger.New(opts.run, opts.timeout)
	p := &proof{
		opts:     opts,
		books:    books,
		sender:   newSender(opts, nil, books),
		receiver: newReceiver(opts, mq.Cluster{}, nil, books),
		complete: true,
	}
	send := func(seq, attempt int) {
		books.Sending(content.ID{Run: "r", Seq: seq, Attempt: attempt}, clock)
	}
	ack := func(seq, attempt int) {
		id := content.ID{Run: "r", Seq: seq, Attempt: attempt}
		books.Acknowledged(id, ledger.Place{Broker: "b", Offset: int64(seq)}, clock.Add(2*time.Millisecond))
	}
	arrive := func(seq, attempt int, offset int64) {
		id := content.ID{Run: "r", Seq: seq, Attempt: attempt}
		books.Received(ledger.Receipt{
			Key:   id.Key(),
			Body:  content.Encode(id, 256),
			Place: ledger.Place{Broker: "b", Offset: offset},
			At:    clock.Add(5 * time.Millisecond),
		})
	}
	send(0, 0)
	p.sender.failed(errors.New("request timeout"), clock)
	for seq, attempt := range []int{1, 0, 0} {
		send(seq, attempt)
		ack(seq, attempt)
	}
	arrive(0, 1, 0)
	arrive(2, 0, 2)
	arrive(2, 0, 3)
	p.sender.started, p.sender.ended, p.sender.longestGap = clock, clock.Add(2*time.Second), 1500*time.Millisecond
	p.receiver.started, p.receiver.arrival = clock, clock.Add(3*time.Second)
	return p
}

func TestTextOfAFailedRun(t *testing.T) {
	const want = `run r, topic T, 4.0s
sent        3 of 256 bytes in 2.0s, 2/s
  latency   p50 2.0 ms, p95 2.0 ms, p99 2.0 ms, max 2.0 ms
  failed    1 attempts (1 request timeout), longest time without success 1.5s
received    2 in 3.0s, 1/s
  latency   p50 5.0 ms, p95 5.0 ms, p99 5.0 ms, max 5.0 ms
FAILED: 1 missing: message 1 acknowledged at 2026-01-02T03:04:05.002Z on b/0/1, never received
FAILED: 1 doubled: message 2 at b/0/2 and at b/0/3
`
	var text strings.Builder
	if err := told().result(4*time.Second, nil).writeText(&text); err != nil {
		t.Fatal(err)
	}
	if text.String() != want {
		t.Errorf("got\n%swant\n%s", &text, want)
	}
}

func TestJSONOfAFailedRun(t *testing.T) {
	var text strings.Builder
	if err := told().result(4*time.Second, nil).writeJSON(&text); err != nil {
		t.Fatal(err)
	}
	if strings.Count(text.String(), "\n") != 1 {
		t.Errorf("not one line: %q", &text)
	}
	var got map[string]any
	if err := json.Unmarshal([]byte(text.String()), &got); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]any{
		"ok": false, "messages": 3.0, "verified": 1.0, "run": "r", "topic": "T", "seconds": 4.0,
		"sent.acknowledged": 3.0, "sent.failedAttempts": 1.0, "sent.failures.request timeout": 1.0,
		"sent.perSecond": 1.5, "sent.longestGapMs": 1500.0, "sent.latencyMs.p99": 2.0, "received.latencyMs.max": 5.0,
		"received.missing": 1.0, "received.doubled": 1.0, "received.messages": 2.0,
	} {
		var at any = got
		for name := range strings.SplitSeq(path, ".") {
			at = at.(map[string]any)[name]
		}
		if at != want {
			t.Errorf("%s is %v, want %v", path, at, want)
		}
	}
	if reasons := got["reasons"].([]any); len(reasons) != 2 {
		t.Errorf("reasons: %v", reasons)
	}
}

func TestReasons(t *testing.T) {
	fresh := func() *proof {
		opts := options{run: "r", topic: "T", timeout: time.Minute}
		books := ledger.New(opts.run, opts.timeout)
		return &proof{
			opts:     opts,
			books:    books,
			sender:   newSender(opts, nil, books),
			receiver: newReceiver(opts, mq.Cluster{}, nil, books),
			complete: true,
		}
	}
	foreign := ledger.Receipt{Body: []byte("hello")}
	tests := []struct {
		name string
		tell func(*proof) error
		want []string // beginnings
	}{
		{"nothing wrong", func(*proof) error { return nil }, nil},
		{"ended early", func(*proof) error { return errors.Join(errors.New("a"), errors.New("b")) }, []string{"a; b"}},
		{"foreign message in a shared topic", func(p *proof) error {
			p.books.Received(foreign)
			return nil
		}, nil},
		{"foreign message in the run's own topic", func(p *proof) error {
			p.opts.ownTopic = true
			p.books.Received(foreign)
			return nil
		}, []string{"1 foreign messages"}},
		{"no send succeeds", func(p *proof) error {
			start := time.Now()
			p.books.Sending(content.ID{Run: "r"}, start)
			p.sender.failed(errors.New("request timeout"), start)
			p.sender.failed(errors.New("request timeout"), start.Add(time.Minute+1))
			return nil
		}, []string{
			"1 unsent: message 0 never acknowledged",
			"gave up sending: nothing was acknowledged for 1m0s, last: request timeout",
		}},
	}
	for _, test := range tests {
		p := fresh()
		r := p.result(0, test.tell(p))
		if r.OK != (len(test.want) == 0) || len(r.Reasons) != len(test.want) {
			t.Errorf("%s: ok %v, %q", test.name, r.OK, r.Reasons)
			continue
		}
		for i, want := range test.want {
			if !strings.HasPrefix(r.Reasons[i], want) {
				t.Errorf("%s: %q, want %q", test.name, r.Reasons[i], want)
			}
		}
	}
}

func TestFailuresAreCountedByReason(t *testing.T) {
	f := newFailures()
	for port := range 3 {
		local := &net.TCPAddr{Port: 40000 + port}
		f.add(fmt.Errorf("send: %w", &net.OpError{Op: "write", Net: "tcp", Source: local, Err: io.ErrClosedPipe}))
		f.add(fmt.Errorf("CODE: 2, DESC: busy, period in queue: %dms", port))
	}
	f.add(os.ErrDeadlineExceeded)
	counts, last := f.summary()
	want := map[string]int{"write: io: read/write on closed pipe": 3, "CODE: 2": 3, "i/o timeout": 1}
	for reason, count := range want {
		if counts[reason] != count {
			t.Errorf("%q: %d, want %d", reason, counts[reason], count)
		}
	}
	if len(counts) != len(want) || last != "i/o timeout" {
		t.Errorf("%v, last %s", counts, last)
	}
}
