package probes

import (
	"context"
	"sync"
	"time"
)

const (
	stuckAfter  = time.Minute
	sampleEvery = time.Second
)

// Progress is a sample of a start.
type Progress struct {
	Work    uint64 // grows while the processes do anything: their CPU ticks plus the bytes they read and wrote
	Phase   string // for people: "starting", "recovering after a crash (abort file found)"
	Started bool   // the start is over
	Gone    string // why a process that should be starting is no longer there; else empty
}

// Startup answers "has it started, or is it at least getting there?". There is no limit on the time: the recovery of a
// large commit log takes as long as it takes, and killing the broker makes it begin again. Only a start that does
// nothing at all for a minute fails.
type Startup struct {
	sample func() Progress

	mu    sync.Mutex
	last  Progress
	moved time.Time // when Work last changed
}

// NewStartup returns a Startup that has seen its first sample. sample must not block.
func NewStartup(sample func() Progress) *Startup {
	s := &Startup{sample: sample, moved: time.Now()}
	s.observe()
	return s
}

// Run samples once a second until the start or the context is over. A start that is over stays so.
func (s *Startup) Run(ctx context.Context) {
	tick := time.NewTicker(sampleEvery)
	defer tick.Stop()
	for !s.observe() {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// observe takes a sample and says whether the start is over.
func (s *Startup) observe() bool {
	p := s.sample()
	s.mu.Lock()
	defer s.mu.Unlock()
	if p.Work != s.last.Work {
		s.moved = time.Now()
	}
	s.last = p
	return p.Started
}

// Report is the answer to "has it started?". The summary holds the phase while the start goes on.
func (s *Startup) Report() Report {
	s.mu.Lock()
	defer s.mu.Unlock()
	still := time.Since(s.moved)
	switch p := s.last; {
	case p.Started:
		return startReport(Pass("ok"))
	case p.Gone != "":
		return startReport(Fail("not started: %s", p.Gone))
	case still > stuckAfter:
		return startReport(Fail("not started: %s; nothing has moved for %v", p.Phase, still.Round(time.Second)))
	default:
		return startReport(Pass("%s", p.Phase))
	}
}

func startReport(r Result) Report {
	return Report{OK: r.OK, Summary: r.Detail, Lines: []Line{resultLine("start", r)}}
}
