package app

import (
	"slices"
	"testing"
	"time"
)

// Report E6: a day of a start that never ends is spoken of early, and then seldom.
func TestSlowStart(t *testing.T) {
	var s slowStart
	began := time.Now()
	s.begin(began)
	var words []time.Duration
	for now := time.Duration(0); now <= 24*time.Hour; now += time.Second {
		if after, due := s.due(began.Add(now)); due {
			if after != now {
				t.Errorf("after %v it says %v", now, after)
			}
			words = append(words, now)
		}
	}
	first := []time.Duration{15 * time.Second, time.Minute, 4 * time.Minute, 16 * time.Minute, 31 * time.Minute}
	if !slices.Equal(words[:5], first) || len(words) != 98 {
		t.Errorf("%d words, the first of them after %v", len(words), words[:5])
	}
	if s.begin(began.Add(24 * time.Hour)); s.next != firstWord {
		t.Errorf("after a restart the first word comes after %v", s.next)
	}
}
