package ledger

import (
	"bytes"
	"testing"
	"time"

	"rocketmq-agent/smoketest/content"
)

const (
	run  = "run"
	late = 10 * time.Second
)

// story is a run told step by step; the clock stands unless it is moved.
type story struct {
	books *Ledger
	clock time.Time
}

func newStory() *story {
	return &story{books: New(run, late), clock: time.Unix(1_000_000_000, 0)}
}

func (s *story) send(seq, attempt int) {
	s.books.Sending(id(seq, attempt), s.clock)
}

func (s *story) ack(seq, attempt int) {
	s.books.Acknowledged(id(seq, attempt), Place{"b", 0, int64(seq)}, s.clock)
}

// sent is a message that goes out and is acknowledged.
func (s *story) sent(seqs ...int) {
	for _, seq := range seqs {
		s.send(seq, 0)
		s.ack(seq, 0)
	}
}

func (s *story) fail(seq, attempt int) {
	s.send(seq, attempt)
	s.books.Failed()
}

// arrive is a whole message from an offset of the only queue.
func (s *story) arrive(seq, attempt int, offset int64) bool {
	return s.receive(id(seq, attempt).Key(), content.Encode(id(seq, attempt), 256), offset)
}

func (s *story) receive(key string, body []byte, offset int64) bool {
	return s.books.Received(Receipt{
		Key:   key,
		Body:  body,
		Place: Place{"b", 0, offset},
		At:    s.clock,
	})
}

func (s *story) pass(d time.Duration) {
	s.clock = s.clock.Add(d)
}

func id(seq, attempt int) content.ID {
	return content.ID{Run: run, Seq: seq, Attempt: attempt}
}

// sums is what a test looks at, in numbers.
type sums struct {
	verified, awaited, foreign, arrivedUnacknowledged, retryDuplicates int
	found                                                              map[Kind]int
}

func (s *story) check(t *testing.T, complete bool, want sums) {
	t.Helper()
	v := s.books.Judge(complete)
	got := sums{
		verified:              v.Verified,
		awaited:               v.Awaited,
		foreign:               v.Foreign,
		arrivedUnacknowledged: v.ArrivedUnacknowledged,
		retryDuplicates:       v.RetryDuplicates,
	}
	for _, kind := range Kinds() {
		if len(v.Findings[kind]) != want.found[kind] {
			t.Errorf("%s: %v, want %d", kind, v.Findings[kind], want.found[kind])
		}
	}
	want.found = nil
	if got.verified != want.verified || got.awaited != want.awaited || got.foreign != want.foreign ||
		got.arrivedUnacknowledged != want.arrivedUnacknowledged || got.retryDuplicates != want.retryDuplicates {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestVerdicts(t *testing.T) {
	tests := []struct {
		name string
		tell func(*story)
		want sums
	}{
		{"all is well", func(s *story) {
			s.sent(0, 1)
			s.arrive(1, 0, 1)
			s.arrive(0, 0, 0)
		}, sums{verified: 2}},
		{"arrival before acknowledgement", func(s *story) {
			s.send(0, 0)
			s.arrive(0, 0, 0)
			s.ack(0, 0)
		}, sums{verified: 1}},
		{"missing", func(s *story) {
			s.sent(0, 1, 2)
			s.arrive(1, 0, 1)
		}, sums{verified: 1, awaited: 2, found: map[Kind]int{Missing: 2}}},
		{"doubled by the broker", func(s *story) {
			s.sent(0, 1)
			s.arrive(0, 0, 0)
			s.arrive(1, 0, 1)
			s.arrive(0, 0, 2)
		}, sums{verified: 1, found: map[Kind]int{Doubled: 1}}},
		{"read twice from one place", func(s *story) {
			s.sent(0)
			s.arrive(0, 0, 0)
			s.arrive(0, 0, 0)
		}, sums{verified: 1}},
		{"doubled by a retry", func(s *story) {
			s.fail(0, 0)
			s.send(0, 1)
			s.ack(0, 1)
			s.arrive(0, 0, 0)
			s.arrive(0, 1, 1)
		}, sums{verified: 1, arrivedUnacknowledged: 1, retryDuplicates: 1}},
		{"a retry doubled by the broker", func(s *story) {
			s.fail(0, 0)
			s.send(0, 1)
			s.ack(0, 1)
			s.arrive(0, 1, 0)
			s.arrive(0, 1, 1)
		}, sums{found: map[Kind]int{Doubled: 1}}},
		{"failed and never stored", func(s *story) {
			s.fail(0, 0)
			s.send(0, 1)
			s.ack(0, 1)
			s.arrive(0, 1, 0)
		}, sums{verified: 1}},
		{"only the failed attempt arrives: the promise is broken", func(s *story) {
			s.fail(0, 0)
			s.send(0, 1)
			s.ack(0, 1)
			s.arrive(0, 0, 0)
		}, sums{awaited: 1, arrivedUnacknowledged: 1, found: map[Kind]int{Missing: 1}}},
		{"never acknowledged, never stored", func(s *story) {
			s.sent(0)
			s.arrive(0, 0, 0)
			s.fail(1, 0)
			s.fail(1, 1)
		}, sums{verified: 1, found: map[Kind]int{Unsent: 1}}},
		{"never acknowledged, stored", func(s *story) {
			s.fail(0, 0)
			s.arrive(0, 0, 0)
		}, sums{arrivedUnacknowledged: 1, found: map[Kind]int{Unsent: 1}}},
		{"just in time", func(s *story) {
			s.sent(0)
			s.pass(late)
			s.arrive(0, 0, 0)
		}, sums{verified: 1}},
		{"late", func(s *story) {
			s.sent(0)
			s.pass(late + 1)
			s.arrive(0, 0, 0)
		}, sums{found: map[Kind]int{Late: 1}}},
		{"a failed attempt cannot be late", func(s *story) {
			s.fail(0, 0)
			s.pass(late + 1)
			s.send(0, 1)
			s.ack(0, 1)
			s.arrive(0, 0, 0)
			s.arrive(0, 1, 1)
		}, sums{verified: 1, arrivedUnacknowledged: 1, retryDuplicates: 1}},
		{"beyond the last message", func(s *story) {
			s.sent(0)
			s.arrive(0, 0, 0)
			s.arrive(1, 0, 1)
		}, sums{verified: 1, found: map[Kind]int{Unexpected: 1}}},
		{"foreign", func(s *story) {
			s.receive("", []byte("hello"), 0)
			s.receive("order-17", nil, 1)
			other := content.ID{Run: "other"}
			s.receive(other.Key(), content.Encode(other, 256), 2)
		}, sums{foreign: 3}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := newStory()
			test.tell(s)
			s.check(t, true, test.want)
		})
	}
}

func TestChangedMessages(t *testing.T) {
	whole := content.Encode(id(0, 0), 256)
	damaged := bytes.Clone(whole)
	damaged[200]++
	key := id(0, 0).Key()
	tests := []struct {
		name string
		key  string
		body []byte
	}{
		{"payload", key, damaged},
		{"payload, key lost", "", damaged},
		{"header gone", key, []byte("?" + string(whole[1:]))},
		{"cut off", key, whole[:255]},
		{"empty", key, nil},
		{"body of another message", key, content.Encode(id(1, 0), 256)},
		{"body of another attempt", key, content.Encode(id(0, 1), 256)},
		{"body of another run", key, content.Encode(content.ID{Run: "other"}, 256)},
		{"key lost", "", whole},
		{"key of another run", content.ID{Run: "other"}.Key(), whole},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := newStory()
			s.sent(0)
			if !s.receive(test.key, test.body, 0) {
				t.Error("taken for a foreign message")
			}
			s.check(t, true, sums{found: map[Kind]int{Changed: 1}})
		})
	}
}

func TestOldMessages(t *testing.T) {
	tests := []struct {
		name string
		tell func(*story)
		want sums
	}{
		{"all there, once as a retry, long after", func(s *story) {
			s.pass(time.Hour)
			s.arrive(0, 0, 0)
			s.arrive(1, 7, 1)
		}, sums{verified: 2}},
		{"one twice by a retry", func(s *story) {
			s.arrive(0, 0, 0)
			s.arrive(1, 0, 1)
			s.arrive(1, 1, 2)
		}, sums{verified: 2, retryDuplicates: 1}},
		{"one lost", func(s *story) {
			s.arrive(1, 0, 1)
		}, sums{verified: 1, awaited: 1, found: map[Kind]int{Missing: 1}}},
		{"one doubled", func(s *story) {
			s.arrive(0, 0, 0)
			s.arrive(1, 0, 1)
			s.arrive(1, 0, 2)
		}, sums{verified: 1, found: map[Kind]int{Doubled: 1}}},
		{"one too many", func(s *story) {
			s.arrive(0, 0, 0)
			s.arrive(1, 0, 1)
			s.arrive(2, 0, 2)
		}, sums{verified: 2, found: map[Kind]int{Unexpected: 1}}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := newStory()
			s.books.Expect(2)
			test.tell(s)
			s.check(t, true, test.want)
		})
	}
}

// A run that was interrupted, or that only sends, does not call anything missing.
func TestIncompleteRun(t *testing.T) {
	s := newStory()
	s.sent(0, 1)
	s.fail(2, 0)
	s.arrive(0, 0, 0)
	s.check(t, false, sums{verified: 1, awaited: 1, found: map[Kind]int{Unsent: 1}})
}

func TestTimes(t *testing.T) {
	s := newStory()
	s.fail(0, 0)
	s.pass(5 * time.Second)
	s.send(0, 1)
	s.pass(2 * time.Millisecond)
	s.ack(0, 1)
	s.pass(time.Millisecond)
	s.arrive(0, 1, 0)
	v := s.books.Judge(true)
	if len(v.Sending) != 1 || v.Sending[0] != 2*time.Millisecond {
		t.Errorf("sending took %v, not 2ms: failed attempts do not count", v.Sending)
	}
	if len(v.EndToEnd) != 1 || v.EndToEnd[0] != 3*time.Millisecond {
		t.Errorf("end to end took %v, not 3ms", v.EndToEnd)
	}
}

func TestCounts(t *testing.T) {
	s := newStory()
	s.sent(0, 1, 2)
	s.fail(3, 0)
	s.arrive(0, 0, 0)
	s.arrive(0, 0, 9)
	want := Counts{
		Acknowledged:   3,
		Received:       1,
		Awaited:        2,
		FailedAttempts: 1,
	}
	if got := s.books.Counts(); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
}
