package main

import "time"

// backlog is how much of the plan a pacer catches up with after an
// interruption. The rest is dropped, so that a restarted broker is not met by a
// burst.
const backlog = time.Second

// pacer hands out the starts of messages at an even rate.
type pacer struct {
	interval time.Duration // 0 for no limit
	next     time.Time     // zero before the first one
}

// newPacer returns a pacer for so many messages a second, 0 for no limit.
func newPacer(rate int) *pacer {
	p := &pacer{}
	if rate > 0 {
		p.interval = time.Second / time.Duration(rate)
	}
	return p
}

// reserve takes the next start and returns how far ahead it is, negative if it
// is overdue.
func (p *pacer) reserve(now time.Time) time.Duration {
	if p.interval == 0 {
		return 0
	}
	if oldest := now.Add(-backlog); p.next.IsZero() {
		p.next = now
	} else if p.next.Before(oldest) {
		p.next = oldest
	}
	ahead := p.next.Sub(now)
	p.next = p.next.Add(p.interval)
	return ahead
}
