package ledger

import (
	"fmt"
	"slices"
	"time"
)

// Kind is a way in which a message can fail.
type Kind string

// The kinds of findings, each of which fails a run.
const (
	Unsent     Kind = "unsent"     // no attempt to send it was acknowledged
	Missing    Kind = "missing"    // acknowledged and never received: lost
	Doubled    Kind = "doubled"    // one attempt is stored at two places
	Changed    Kind = "changed"    // the content is not what was sent
	Late       Kind = "late"       // received too long after it was sent
	Unexpected Kind = "unexpected" // of this run, but beyond its last message
)

// Kinds lists the kinds, the gravest first.
func Kinds() []Kind {
	return []Kind{Missing, Changed, Doubled, Late, Unexpected, Unsent}
}

// Finding is one thing wrong with one message.
type Finding struct {
	Seq  int    `json:"seq"`
	What string `json:"what"`
}

// Counts is how far a run has come.
type Counts struct {
	Acknowledged   int // messages
	Received       int // messages, each counted once
	Awaited        int // messages that must still arrive
	FailedAttempts int
}

// Verdict is the judgement on a run.
type Verdict struct {
	Counts
	Messages int // started to be sent, or expected
	Verified int // acknowledged, received once, unchanged and in time
	Findings map[Kind][]Finding
	Foreign  int // arrivals that are not of this run

	// ArrivedUnacknowledged is the attempts that failed for the sender and were
	// stored all the same. RetryDuplicates is the messages that are stored more
	// than once for that reason. Neither is a fault of the broker.
	ArrivedUnacknowledged int
	RetryDuplicates       int

	Sending  []time.Duration // from each acknowledged attempt to its acknowledgement
	EndToEnd []time.Duration // from each acknowledged attempt to its arrival
}

// Counts returns how far the run has come.
func (l *Ledger) Counts() Counts {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.counts()
}

func (l *Ledger) counts() Counts {
	return Counts{
		Acknowledged:   l.accepted,
		Received:       l.distinct,
		Awaited:        l.awaited,
		FailedAttempts: l.failed,
	}
}

// Judge judges a run. A run that is not complete still lacks arrivals, so
// nothing is missing yet.
func (l *Ledger) Judge(complete bool) Verdict {
	l.mu.Lock()
	defer l.mu.Unlock()
	v := Verdict{
		Counts:   l.counts(),
		Messages: len(l.messages),
		Foreign:  l.foreign,
		Findings: make(map[Kind][]Finding),
	}
	faulty := make(map[int]bool)
	for kind, found := range l.findings {
		v.Findings[kind] = slices.Clone(found)
		for _, finding := range found {
			faulty[finding.Seq] = true
		}
	}
	for seq := range l.messages {
		kind, what := l.judgeMessage(&l.messages[seq], &v)
		if kind == "" && l.messages[seq].arrived() && !faulty[seq] {
			v.Verified++
		}
		if kind != "" && (complete || kind != Missing) {
			v.Findings[kind] = append(v.Findings[kind], Finding{Seq: seq, What: what})
		}
	}
	return v
}

// judgeMessage adds a message to the sums and returns what is wrong with it,
// besides what was found when it arrived.
func (l *Ledger) judgeMessage(msg *message, v *Verdict) (Kind, string) {
	arrivals := 0
	var promised *attempt
	for i := range msg.attempts {
		try := &msg.attempts[i]
		if !try.acked.IsZero() {
			promised = try
		}
		if !try.received.IsZero() {
			arrivals++
			if try.acked.IsZero() && !msg.old {
				v.ArrivedUnacknowledged++
			}
		}
	}
	if arrivals > 1 {
		v.RetryDuplicates++
	}
	switch {
	case msg.old && arrivals == 0:
		return Missing, "never received"
	case msg.old:
		return "", ""
	case promised == nil:
		return Unsent, "never acknowledged"
	}
	return l.judgePromise(promised, v)
}

// judgePromise judges the attempt that was acknowledged.
func (l *Ledger) judgePromise(try *attempt, v *Verdict) (Kind, string) {
	v.Sending = append(v.Sending, try.acked.Sub(try.sent))
	if try.received.IsZero() {
		at := try.acked.UTC().Format(time.RFC3339Nano)
		return Missing, fmt.Sprintf("acknowledged at %s on %s, never received", at, try.ackedAt)
	}
	took := try.received.Sub(try.sent)
	v.EndToEnd = append(v.EndToEnd, took)
	if took > l.late {
		return Late, fmt.Sprintf("received after %v", took.Round(time.Millisecond))
	}
	return "", ""
}
