package app

import (
	"time"

	"rocketmq-agent/agent/lifecycle"
)

const (
	firstWord = 15 * time.Second // a start that takes longer is spoken of
	seldom    = 15 * time.Minute // and then this often at the least
	silence   = 3                // until then each silence is so many times as long as the start has taken
)

// slowStart says when a start that takes long is spoken of: after 15 s, 1, 4 and 16 min, then every 15 min.
type slowStart struct {
	began time.Time
	next  time.Duration // since began
}

func (s *slowStart) begin(now time.Time) { *s = slowStart{began: now, next: firstWord} }

// due says whether it is time for a word, and for how long the start has gone on.
func (s *slowStart) due(now time.Time) (after time.Duration, yes bool) {
	after = now.Sub(s.began)
	if after < s.next {
		return after, false
	}
	s.next = after + min(silence*after, seldom)
	return after, true
}

// speakOfSlowStart says what a container that is not ready yet waits for. It runs on the machine's loop.
func (a *app) speakOfSlowStart(now time.Time) {
	if a.machine.State() != lifecycle.Starting {
		return
	}
	if after, due := a.slow.due(now); due {
		a.Log.Warn("not ready yet", "after", after.Round(time.Second).String(), "phase", a.phase(),
			"why", a.checker.Report().Reasons())
	}
}
