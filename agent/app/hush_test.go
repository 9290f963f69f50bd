package app

import (
	"testing"
	"time"
)

func TestHush(t *testing.T) {
	var s hush
	now := time.Now()
	count := func(seconds int, answers bool) (dumps int) {
		for range seconds {
			now = now.Add(time.Second)
			if s.due(now, answers) {
				dumps++
			}
		}
		return dumps
	}
	for i, step := range []struct {
		seconds int
		answers bool
		dumps   int
	}{
		{100, true, 0},
		{59, false, 0},  // a pause
		{1, true, 0},    // is over
		{600, false, 1}, // one dump, however long it lasts
		{1, true, 0},
		{70, false, 1}, // and one for the next time
	} {
		if got := count(step.seconds, step.answers); got != step.dumps {
			t.Errorf("step %d: %d dumps, want %d", i, got, step.dumps)
		}
	}
}
