package drain_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"rocketmq-agent/agent/drain"
)

// broker is a broker with faults that a real one cannot be made to show on request.
type broker struct {
	masters   func(context.Context) (int, error)
	producers func(context.Context) (int, error)
	puts      func(context.Context) (uint64, error)
	forbid    func(context.Context) error
	forbidden int
}

func (b *broker) OtherMasters(ctx context.Context) (int, error) { return b.masters(ctx) }
func (b *broker) Producers(ctx context.Context) (int, error)    { return b.producers(ctx) }
func (b *broker) Puts(ctx context.Context) (uint64, error)      { return b.puts(ctx) }

func (b *broker) ForbidWrites(ctx context.Context) error {
	b.forbidden++
	return b.forbid(ctx)
}

// busy is a broker with another master beside it, three producers, and as many messages as milliseconds have passed.
func busy() *broker {
	began := time.Now()
	return &broker{
		masters:   func(context.Context) (int, error) { return 1, nil },
		producers: func(context.Context) (int, error) { return 3, nil },
		puts:      func(context.Context) (uint64, error) { return uint64(time.Since(began).Milliseconds()), nil },
		forbid:    func(context.Context) error { return nil },
	}
}

func hangs(ctx context.Context) (int, error) {
	<-ctx.Done()
	return 0, ctx.Err()
}

func hangsToo(ctx context.Context) (uint64, error) {
	<-ctx.Done()
	return 0, ctx.Err()
}

func TestQuiesce(t *testing.T) {
	const budget = 60 * time.Second
	type want struct {
		forbidden int
		results   string        // of the steps, joined
		took      time.Duration // exactly: the clock is synctest's
	}
	for _, c := range []struct {
		name   string
		change func(*broker, context.CancelCauseFunc)
		latest time.Duration
		want   want
		detail string // of the last step
	}{
		{"nobody else takes writes", func(b *broker, _ context.CancelCauseFunc) {
			b.masters = func(context.Context) (int, error) { return 0, nil }
		}, budget, want{0, "skipped", 0}, "no other broker of the cluster could take the writes"},
		{"no producers", func(b *broker, _ context.CancelCauseFunc) {
			b.producers = func(context.Context) (int, error) { return 0, nil }
		}, budget, want{1, "done | quiet", 0}, "no producer is connected"},
		{"producers leave", func(b *broker, _ context.CancelCauseFunc) {
			began := time.Now()
			b.producers = func(context.Context) (int, error) {
				if time.Since(began) < 12*time.Second {
					return 1, nil
				}
				return 0, nil
			}
		}, budget, want{1, "done | quiet", 12 * time.Second}, "no producer is connected"},
		{"messages keep coming", func(*broker, context.CancelCauseFunc) {}, budget,
			want{1, "done | out of time", budget}, "producers are still connected"},
		{"messages end late", func(b *broker, _ context.CancelCauseFunc) {
			began := time.Now()
			b.puts = func(context.Context) (uint64, error) {
				return min(uint64(time.Since(began)/time.Second), 40), nil
			}
		}, budget, want{1, "done | quiet", 42 * time.Second}, "no message arrives any more"},
		{"messages end before producers have asked for routes again", func(b *broker, _ context.CancelCauseFunc) {
			b.puts = func(context.Context) (uint64, error) { return 1000, nil }
		}, budget, want{1, "done | quiet", 30 * time.Second}, "no message arrives any more"},
		{"no message ever", func(b *broker, _ context.CancelCauseFunc) {
			b.puts = func(context.Context) (uint64, error) { return 0, nil }
		}, budget, want{1, "done | quiet", 30 * time.Second}, "no message arrives any more"},
		{"the name servers are silent", func(b *broker, _ context.CancelCauseFunc) {
			b.masters = hangs
			b.producers = func(context.Context) (int, error) { return 0, nil }
		}, budget, want{1, "done | quiet", 2 * time.Second}, "no producer is connected"},
		{"the broker refuses", func(b *broker, _ context.CancelCauseFunc) {
			b.forbid = func(context.Context) error { return errors.New("no") }
		}, budget, want{1, "failed", 0}, "no"},
		{"the broker does not know producers", func(b *broker, _ context.CancelCauseFunc) {
			b.producers = func(context.Context) (int, error) { return 0, errors.New("unknown request") }
			b.puts = func(context.Context) (uint64, error) { return 5, nil }
		}, budget, want{1, "done | quiet", 30 * time.Second}, "no message arrives any more"},
		{"the broker hangs", func(b *broker, _ context.CancelCauseFunc) {
			b.producers, b.puts = hangs, hangsToo
		}, budget, want{1, "done | given up", 4 * time.Second}, "context deadline exceeded"},
		{"the broker hangs at the end of the budget", func(b *broker, _ context.CancelCauseFunc) {
			b.producers, b.puts = hangs, hangsToo
		}, 3 * time.Second, want{1, "done | out of time", 3 * time.Second}, "producers are still connected"},
		{"everything hangs", func(b *broker, _ context.CancelCauseFunc) {
			b.masters = hangs
			b.forbid = func(ctx context.Context) error { <-ctx.Done(); return context.Cause(ctx) }
		}, budget, want{1, "failed", budget}, "out of time: producers are still connected"},
		{"no budget", func(*broker, context.CancelCauseFunc) {}, 0,
			want{0, "skipped", 0}, "the grace period leaves 0s beside RocketMQ's own stop"},
		{"the budget is overdrawn", func(*broker, context.CancelCauseFunc) {}, -5 * time.Second,
			want{0, "skipped", 0}, "the grace period leaves 0s beside RocketMQ's own stop"},
		{"a second signal before it began", func(_ *broker, cancel context.CancelCauseFunc) {
			cancel(drain.Hurried)
		}, budget, want{0, "skipped", 0}, "a second signal came before"},
		{"a second signal", func(_ *broker, cancel context.CancelCauseFunc) {
			time.AfterFunc(7*time.Second, func() { cancel(drain.Hurried) })
		}, budget, want{1, "done | cut short", 7 * time.Second}, "by a second signal"},
		{"something else is asked", func(_ *broker, cancel context.CancelCauseFunc) {
			time.AfterFunc(7*time.Second, func() { cancel(drain.TakenOver) })
		}, budget, want{1, "done | cut short", 7 * time.Second}, "by what was asked next"},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var steps []drain.Step
				begin := time.Now()
				s := drain.Stop{
					Begin:    begin,
					Deadline: begin.Add(90 * time.Second),
					Report:   func(s drain.Step) { steps = append(steps, s) },
				}
				ctx, done := context.WithDeadlineCause(t.Context(), begin.Add(c.latest), drain.OutOfTime)
				defer done()
				ctx, cancel := context.WithCancelCause(ctx)
				defer cancel(nil)
				b := busy()
				c.change(b, cancel)
				quiet := s.Quiesce(ctx, b)
				if want := steps[len(steps)-1].Outcome.Result == drain.Quiet; quiet != want {
					t.Errorf("quiet: %t, want %t", quiet, want)
				}
				got := want{b.forbidden, results(steps), time.Since(begin)}
				if got != c.want {
					t.Errorf("%+v, want %+v", got, c.want)
				}
				if last := steps[len(steps)-1]; !strings.Contains(last.Outcome.String(), c.detail) {
					t.Errorf("%q does not say %q", last.Outcome.String(), c.detail)
				}
				checkTimeline(t, steps, got.took)
			})
		})
	}
}

func results(steps []drain.Step) string {
	var all []string
	for _, s := range steps {
		all = append(all, string(s.Outcome.Result))
	}
	return strings.Join(all, " | ")
}

// checkTimeline says whether the steps follow each other without a gap.
func checkTimeline(t *testing.T, steps []drain.Step, took time.Duration) {
	t.Helper()
	var sum time.Duration
	for _, s := range steps {
		if s.Name == "" || s.Outcome.Result == "" || s.Start != sum {
			t.Errorf("step %+v begins at %v, want %v", s, s.Start, sum)
		}
		sum += s.Took
	}
	if sum != took {
		t.Errorf("the steps took %v, the whole %v", sum, took)
	}
}
