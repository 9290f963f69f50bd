package probes

import (
	"context"
	"time"
)

// launch runs one check in a goroutine of its own, unless its last run has not ended yet. Whatever the check does with
// its context, its failure is on record when its time is up.
func (c *Checker) launch(ctx context.Context, e *entry) {
	run, ok := c.begin(e)
	if !ok {
		return
	}
	go func() {
		limited, cancel := context.WithTimeout(ctx, c.timing.Timeout)
		defer cancel()
		overdue := time.AfterFunc(c.timing.Timeout, func() { c.expire(e, run) })
		answer := ask(limited, e.check)
		overdue.Stop()
		c.finish(ctx, e, answer)
	}()
}

// ask keeps a panic of a check from ending the agent, and with it the broker.
func ask(ctx context.Context, check Check) (answer Result) {
	defer func() {
		if p := recover(); p != nil {
			answer = Fail("the check itself failed: %v", p)
		}
	}()
	return check.Run(ctx)
}

func (c *Checker) begin(e *entry) (run int, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if e.running {
		return 0, false
	}
	e.running = true
	e.began = time.Now()
	e.run++
	return e.run, true
}

// expire records that a run is out of time. The run number tells it from the run after it, because a timer that fires
// cannot be taken back.
func (c *Checker) expire(e *entry, run int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if e.running && e.run == run {
		e.record(Fail("no answer within %v", c.timing.Timeout))
		c.wake()
	}
}

// finish records the answer of a run. The agent's own end cancels checks, which says nothing about their subject.
func (c *Checker) finish(ctx context.Context, e *entry, answer Result) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e.running = false
	if took := time.Since(e.began); answer.OK && took > c.timing.Timeout {
		answer = Fail("the answer took %v, more than %v", took.Round(time.Millisecond), c.timing.Timeout)
	}
	if ctx.Err() == nil {
		e.record(answer)
		c.wake()
	}
}

func (e *entry) record(answer Result) {
	e.answer = answer
	e.at = time.Now()
	e.passed = e.passed || answer.OK
}

func (e *entry) line(now time.Time, limit time.Duration) Line {
	l := Line{Name: e.check.Name, Status: Pending, Detail: "no answer yet"}
	if e.at.IsZero() {
		return l
	}
	l.Status, l.Detail, l.Age = e.answer.status(), e.answer.Detail, now.Sub(e.at)
	if l.Age > limit {
		l.Status = Stale
		l.Detail = "the last answer is " + l.Age.Round(time.Second).String() + " old: " + e.answer.Detail
	}
	return l
}
