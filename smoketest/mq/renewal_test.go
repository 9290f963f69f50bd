package mq

import (
	"testing"
	"testing/synctest"
	"time"
)

func TestRenewalIsDueAfterLastingFailure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var r renewal
		r.succeeded()
		steps := []struct {
			wait    time.Duration
			success bool
			due     bool
		}{
			{wait: 0},
			{wait: renewAfter - 1},
			{wait: 1, due: true},
			{wait: 0}, // the others that fail at the same time
			{wait: renewAfter, due: true},
			{wait: renewAfter, success: true},
			{wait: renewAfter - 1},
			{wait: 1, due: true},
		}
		for i, step := range steps {
			time.Sleep(step.wait)
			if step.success {
				r.succeeded()
			} else if got := r.due(); got != step.due {
				t.Errorf("step %d: due is %v", i, got)
			}
		}
	})
}
