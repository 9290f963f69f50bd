package probes

import (
	"context"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

func TestStartup(t *testing.T) {
	const recovering = "recovering after a crash (abort file found)"
	moving := func(at time.Duration) Progress { return Progress{Work: uint64(at), Phase: recovering} }
	frozen := func(time.Duration) Progress { return Progress{Work: 7, Phase: recovering} }
	tests := []struct {
		name    string
		sample  func(at time.Duration) Progress
		at      time.Duration
		ok      bool
		summary string
	}{
		{"at the first sample", frozen, 0, true, recovering},
		{"moving for an hour", moving, time.Hour, true, recovering},
		{"still for a minute", frozen, time.Minute, true, recovering},
		{"still for longer", frozen, 65 * time.Second, false,
			"not started: " + recovering + "; nothing has moved for 1m5s"},
		{"stood still, moves again", func(at time.Duration) Progress {
			return Progress{Work: uint64(max(at, 2*time.Minute)), Phase: recovering}
		}, 130 * time.Second, true, recovering},
		{"gone", func(at time.Duration) Progress {
			return Progress{Phase: recovering, Gone: "broker: exit code 253"}
		}, 2 * time.Second, false, "not started: broker: exit code 253"},
		{"started", func(at time.Duration) Progress {
			return Progress{Phase: recovering, Started: at > 10*time.Second}
		}, 20 * time.Second, true, "ok"},
		{"started once is started", func(at time.Duration) Progress {
			return Progress{Phase: recovering, Started: at > 10*time.Second && at < 12*time.Second, Gone: "later"}
		}, 20 * time.Minute, true, "ok"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				began := time.Now()
				s := NewStartup(func() Progress { return test.sample(time.Since(began)) })
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				go s.Run(ctx)
				after(test.at)
				got := s.Report()
				if got.OK != test.ok || got.Summary != test.summary {
					t.Errorf("%v %q, want %v %q", got.OK, got.Summary, test.ok, test.summary)
				}
			})
		})
	}
}

func TestStartupStopsSamplingWhenStarted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var samples atomic.Int32
		s := NewStartup(func() Progress { return Progress{Started: samples.Add(1) >= 3} })
		s.Run(t.Context()) // returns by itself
		after(time.Minute)
		if n := samples.Load(); n != 3 {
			t.Errorf("%d samples, want 3", n)
		}
	})
}

func TestLive(t *testing.T) {
	tests := []struct {
		name      string
		beat      time.Duration // ago
		processes Result
		ok        bool
		reasons   string
	}{
		{"alive", time.Second, Pass("broker: pid 7"), true, ""},
		{"beat just in time", 30 * time.Second, Pass(""), true, ""},
		{"loop stands still", 31 * time.Second, Pass(""), false, "agent: the agent's loop has stood still for 31s"},
		{"process gone", 0, Fail("broker is gone"), false, "processes: broker is gone"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				beat := time.Now()
				time.Sleep(test.beat)
				got := Live{
					Beat:      func() time.Time { return beat },
					Processes: func() Result { return test.processes },
				}.Report()
				if got.OK != test.ok || got.Reasons() != test.reasons {
					t.Errorf("%v %q, want %v %q", got.OK, got.Reasons(), test.ok, test.reasons)
				}
			})
		})
	}
}
