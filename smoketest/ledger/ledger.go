// Package ledger keeps the books of a run: what was sent, what the broker
// acknowledged and what arrived. It judges every message and does no I/O.
package ledger

import (
	"fmt"
	"sync"
	"time"

	"rocketmq-agent/smoketest/content"
)

// Place is where a broker stored a message.
type Place struct {
	Broker string // broker name
	Queue  int
	Offset int64 // in the queue
}

// String returns broker/queue/offset.
func (p Place) String() string {
	return fmt.Sprintf("%s/%d/%d", p.Broker, p.Queue, p.Offset)
}

// Receipt is one message as it arrived.
type Receipt struct {
	Key   string // the message key, names the message even if the body is damaged
	Body  []byte
	Place Place
	At    time.Time
}

// Ledger is safe for concurrent use. It remembers every message, about 200
// bytes for each.
type Ledger struct {
	run  string
	late time.Duration

	mu       sync.Mutex
	messages []message // by sequence number
	awaited  int       // messages that must still arrive
	distinct int       // messages that arrived, each counted once
	accepted int       // messages acknowledged
	failed   int       // attempts to send that failed
	findings map[Kind][]Finding
	foreign  int
}

// message is one sequence number.
type message struct {
	old      bool      // sent by an earlier process: any attempt will do
	attempts []attempt // nearly always one
}

// attempt is one try to send a message. Zero times mean "not yet".
type attempt struct {
	number   int
	sent     time.Time
	acked    time.Time
	ackedAt  Place
	received time.Time
	place    Place // of the first arrival
}

// New returns the books of a run in which a message is late when it arrives
// more than that long after it was sent.
func New(run string, late time.Duration) *Ledger {
	return &Ledger{run: run, late: late, findings: make(map[Kind][]Finding)}
}

// Expect enters the messages 0 to count-1 as sent and acknowledged by an
// earlier process of the same run.
func (l *Ledger) Expect(count int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.messages = make([]message, count)
	for seq := range l.messages {
		l.messages[seq].old = true
	}
	l.awaited = count
	l.accepted = count
}

// Sending enters an attempt, before it is made: the message may arrive before
// its acknowledgement.
func (l *Ledger) Sending(id content.ID, at time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for len(l.messages) <= id.Seq {
		l.messages = append(l.messages, message{})
	}
	l.messages[id.Seq].attempt(id.Attempt).sent = at
}

// Acknowledged enters the broker's promise for an attempt.
func (l *Ledger) Acknowledged(id content.ID, place Place, at time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	try := l.messages[id.Seq].attempt(id.Attempt)
	try.acked, try.ackedAt = at, place
	l.accepted++
	if try.received.IsZero() {
		l.awaited++
	}
}

// Failed enters that an attempt was not acknowledged. The broker may have
// stored the message all the same.
func (l *Ledger) Failed() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.failed++
}

// Received judges and enters an arrival, and tells whether it is of this run.
// The same message from the same place is only a second look at it.
func (l *Ledger) Received(r Receipt) bool {
	id, err := content.Decode(r.Body)
	named, keyErr := content.ParseKey(r.Key)
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case keyErr == nil && named.Run == l.run:
		if err == nil && id != named {
			err = fmt.Errorf("%w: the body is that of %s", content.ErrChanged, id.Key())
		}
		l.enter(named, r, err)
	case id.Run == l.run:
		l.enter(id, r, fmt.Errorf("%w: its key is %q", content.ErrChanged, r.Key))
	default:
		l.foreign++
		return false
	}
	return true
}

// enter expects the lock to be held.
func (l *Ledger) enter(id content.ID, r Receipt, damage error) {
	if id.Seq >= len(l.messages) {
		l.find(Unexpected, id.Seq, "at %s, beyond the last message", r.Place)
		return
	}
	msg := &l.messages[id.Seq]
	first := !msg.arrived()
	try := msg.attempt(id.Attempt)
	if !try.received.IsZero() {
		if try.place != r.Place {
			l.find(Doubled, id.Seq, "at %s and at %s", try.place, r.Place)
		}
		return
	}
	try.received, try.place = r.At, r.Place
	if damage != nil {
		l.find(Changed, id.Seq, "at %s: %v", r.Place, damage)
	}
	if first {
		l.distinct++
	}
	if !try.acked.IsZero() || (msg.old && first) {
		l.awaited--
	}
}

func (l *Ledger) find(kind Kind, seq int, format string, args ...any) {
	l.findings[kind] = append(l.findings[kind], Finding{Seq: seq, What: fmt.Sprintf(format, args...)})
}

// attempt finds an attempt by its number, or enters it.
func (m *message) attempt(number int) *attempt {
	for i := range m.attempts {
		if m.attempts[i].number == number {
			return &m.attempts[i]
		}
	}
	m.attempts = append(m.attempts, attempt{number: number})
	return &m.attempts[len(m.attempts)-1]
}

func (m *message) arrived() bool {
	for _, try := range m.attempts {
		if !try.received.IsZero() {
			return true
		}
	}
	return false
}
