package probes

import (
	"context"
	"sync"
	"time"
)

const (
	// staleAfter is how many periods an answer counts.
	staleAfter = 3

	// startFraction is how late, in fractions of its own length, the end of a start may be noticed. A long one slows
	// the checks down: a broker that recovers for an hour, or that no name server ever lists,
	// is not asked twice a second.
	startFraction = 20
)

// Timing says how often the checks run. A fault shows after at most Period + Timeout.
type Timing struct {
	Period     time.Duration // between two runs of a check
	FastPeriod time.Duration // the same at the beginning of a start, so that its end is noticed at once
	Timeout    time.Duration // the deadline of one run
}

// during is the period while everything has not passed yet, so long after the beginning.
func (t Timing) during(start time.Duration) time.Duration {
	return min(max(start/startFraction, t.FastPeriod), t.Period)
}

// DefaultTiming is what the agent runs with.
func DefaultTiming() Timing {
	return Timing{Period: 5 * time.Second, FastPeriod: 500 * time.Millisecond, Timeout: 2 * time.Second}
}

// Checker runs the checks of the readiness set and keeps their last answers. It is safe for concurrent use.
type Checker struct {
	timing  Timing
	changed func(from, to Status, why string)
	news    chan struct{} // holds at most one: there may be a change to tell

	mu       sync.Mutex
	entries  []*entry
	draining string
}

// entry is one check and its last answer. Checker.mu guards all of it but the check.
type entry struct {
	check   Check
	run     int // number of the run under way, or of the last one
	running bool
	began   time.Time
	answer  Result
	at      time.Time // of the answer; zero: none yet
	passed  bool      // at least once
}

// NewChecker returns a Checker that is not ready. Whenever that changes, and only then, it calls changed, one call at
// a time. Nothing waits for changed: a log that hangs delays neither checks nor answers nor a drain.
func NewChecker(checks []Check, timing Timing, changed func(from, to Status, why string)) *Checker {
	c := &Checker{timing: timing, changed: changed, news: make(chan struct{}, 1)}
	for _, check := range checks {
		c.entries = append(c.entries, &entry{check: check})
	}
	return c
}

// Run runs the checks and tells changes until the context ends. The answers then grow stale, which is not ready.
func (c *Checker) Run(ctx context.Context) {
	go c.tellChanges(ctx)
	next := time.NewTimer(0)
	defer next.Stop()
	began, started := time.Now(), false
	for {
		select {
		case <-ctx.Done():
			return
		case <-next.C:
		}
		for _, e := range c.entries {
			c.launch(ctx, e)
		}
		started = started || c.Report().OK
		if started {
			next.Reset(c.timing.Period)
		} else {
			next.Reset(c.timing.during(time.Since(began)))
		}
	}
}

// SetDraining makes the Checker not ready at once, whatever the checks say; why is shown. Empty takes it back.
func (c *Checker) SetDraining(why string) {
	c.mu.Lock()
	c.draining = why
	c.mu.Unlock()
	c.wake()
}

// Forget makes the Checker know nothing: the processes behind its answers are others now.
func (c *Checker) Forget() {
	c.mu.Lock()
	for _, e := range c.entries {
		e.answer, e.at, e.passed = Result{}, time.Time{}, false
	}
	c.mu.Unlock()
	c.wake()
}

// Passed says whether every named check has passed at least once. A name that is not in the set never passes.
func (c *Checker) Passed(names ...string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, name := range names {
		if !c.passed(name) {
			return false
		}
	}
	return true
}

func (c *Checker) passed(name string) bool {
	for _, e := range c.entries {
		if e.check.Name == name {
			return e.passed
		}
	}
	return false
}

// Report is the answer to "is it ready?".
func (c *Checker) Report() Report {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := time.Now()
	lines := make([]Line, 0, len(c.entries)+1)
	for _, e := range c.entries {
		lines = append(lines, e.line(now, staleAfter*c.timing.Period))
	}
	if c.draining != "" {
		lines = append(lines, Line{Name: "draining", Status: Failing, Detail: c.draining})
	}
	return newReport("not ready", lines...)
}

func (c *Checker) wake() {
	select {
	case c.news <- struct{}{}:
	default: // it is going to look anyway
	}
}

func (c *Checker) tellChanges(ctx context.Context) {
	told := NotReady
	for {
		select {
		case <-ctx.Done():
			return
		case <-c.news:
		}
		report := c.Report()
		now, why := NotReady, report.Reasons()
		if report.OK {
			now, why = Ready, "every check passed"
		}
		if now != told {
			c.changed(told, now, why)
			told = now
		}
	}
}
