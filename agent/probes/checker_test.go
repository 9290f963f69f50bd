package probes

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// switchable is a check whose answer a test can change.
type switchable struct {
	fault atomic.Value // string; "" passes
	runs  atomic.Int32
}

func (s *switchable) run(context.Context) Result {
	s.runs.Add(1)
	if fault, _ := s.fault.Load().(string); fault != "" {
		return Fail("%s", fault)
	}
	return Pass("")
}

// changes collects what the callback was told.
type changes struct {
	mu   sync.Mutex
	told []string
}

func (c *changes) add(from, to Status, why string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.told = append(c.told, fmt.Sprintf("%s -> %s: %s", from, to, why))
}

func (c *changes) want(t *testing.T, want ...string) {
	t.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	if got := strings.Join(c.told, "\n"); got != strings.Join(want, "\n") {
		t.Fatalf("changes told:\n%s\nwant:\n%s", got, strings.Join(want, "\n"))
	}
}

// start runs a Checker inside a synctest bubble until the test ends.
func start(t *testing.T, checks ...Check) (*Checker, *changes) {
	t.Helper()
	told := &changes{}
	c := NewChecker(checks, DefaultTiming(), told.add)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { defer close(done); c.Run(ctx) }()
	t.Cleanup(func() { cancel(); <-done })
	return c, told
}

// after lets the fake clock run and everything settle.
func after(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

func wantLine(t *testing.T, c *Checker, name string, status Status, detail string) {
	t.Helper()
	for _, l := range c.Report().Lines {
		if l.Name != name {
			continue
		}
		if l.Status != status || !strings.Contains(l.Detail, detail) {
			t.Fatalf("%s is %s (%s), want %s (%s)", name, l.Status, l.Detail, status, detail)
		}
		return
	}
	t.Fatalf("no line %q in %+v", name, c.Report())
}

func TestCheckerFollowsItsChecks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var broker, names switchable
		broker.fault.Store("connection refused")
		c, told := start(t, Check{"broker", broker.run}, Check{"registration", names.run})
		after(0)
		wantLine(t, c, "broker", Failing, "connection refused")
		wantLine(t, c, "registration", OK, "")
		told.want(t)

		broker.fault.Store("")
		after(DefaultTiming().FastPeriod)
		told.want(t, "not ready -> ready: every check passed")

		names.fault.Store("name server a:9876 does not list it")
		after(DefaultTiming().FastPeriod + DefaultTiming().Period)
		told.want(t, "not ready -> ready: every check passed",
			"ready -> not ready: registration: name server a:9876 does not list it")
		if got := c.Report().Summary; got != "not ready: registration" {
			t.Fatalf("summary %q", got)
		}
	})
}

func TestNotReadyBeforeTheFirstAnswer(t *testing.T) {
	var s switchable
	c := NewChecker([]Check{{"broker", s.run}, {"registration", s.run}}, DefaultTiming(), (&changes{}).add)
	if got := c.Report(); got.OK || got.Summary != "not ready: broker, registration" {
		t.Fatalf("got %+v", got)
	}
	if c.Passed("broker") {
		t.Fatal("passed before it ran")
	}
	wantLine(t, c, "broker", Pending, "no answer yet")
}

func TestCheckerIsFastOnlyUntilReadyOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var s switchable
		s.fault.Store("starting")
		start(t, Check{"broker", s.run})
		after(10 * time.Second)
		if n := s.runs.Load(); n != 21 {
			t.Fatalf("%d runs in the first 10 s, want 21", n)
		}
		s.fault.Store("")
		after(time.Second) // ready, and the last fast beat
		s.fault.Store("broken")
		before := s.runs.Load()
		after(20 * time.Second)
		if n := s.runs.Load() - before; n != 4 {
			t.Fatalf("%d runs in 20 s after it was ready, want 4", n)
		}
	})
}

func TestLongStartSlowsTheChecksDown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var s switchable
		s.fault.Store("recovering")
		_, told := start(t, Check{"broker", s.run})
		after(5 * time.Minute)
		before := s.runs.Load()
		after(5 * time.Minute)
		if n := s.runs.Load() - before; n != 60 {
			t.Errorf("%d runs in 5 minutes, want 60", n)
		}
		s.fault.Store("")
		after(DefaultTiming().Period)
		told.want(t, "not ready -> ready: every check passed")
	})
}

func TestCheckThatHangsStallsOnlyItself(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var good switchable
		var hung, running, most atomic.Int32
		release := make(chan struct{})
		deaf := func(context.Context) Result { // does not look at its context
			hung.Add(1)
			most.Store(max(most.Load(), running.Add(1)))
			<-release
			running.Add(-1)
			return Pass("")
		}
		c, told := start(t, Check{"deaf", deaf}, Check{"good", good.run})
		after(1999 * time.Millisecond)
		wantLine(t, c, "deaf", Pending, "")
		wantLine(t, c, "good", OK, "")
		after(time.Millisecond)
		wantLine(t, c, "deaf", Failing, "no answer within 2s")

		after(time.Minute)
		wantLine(t, c, "deaf", Stale, "no answer within 2s")
		wantLine(t, c, "good", OK, "")
		if hung.Load() != 1 || most.Load() != 1 {
			t.Fatalf("the hung check ran %d times, %d at once; want 1 and 1", hung.Load(), most.Load())
		}
		told.want(t)

		close(release)
		after(0)
		wantLine(t, c, "deaf", Failing, "the answer took 1m2s, more than 2s")
		after(DefaultTiming().Period)
		told.want(t, "not ready -> ready: every check passed")
	})
}

func TestCheckThatHonoursItsDeadlineNamesTheReason(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, _ := start(t, Check{"broker", func(ctx context.Context) Result {
			<-ctx.Done()
			return Fail("cannot ask 127.0.0.1:10911: %v", ctx.Err())
		}})
		after(2 * time.Second)
		wantLine(t, c, "broker", Failing, "cannot ask 127.0.0.1:10911: context deadline exceeded")
	})
}

func TestCheckThatPanicsFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, _ := start(t, Check{"broker", func(context.Context) Result { panic("index out of range") }})
		after(0)
		wantLine(t, c, "broker", Failing, "the check itself failed: index out of range")
	})
}

func TestAnswersGrowStale(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var s switchable
		told := &changes{}
		c := NewChecker([]Check{{"broker", s.run}}, DefaultTiming(), told.add)
		ctx, cancel := context.WithCancel(t.Context())
		go c.Run(ctx)
		after(0)
		cancel() // the loop is gone: nothing renews the answers
		after(3 * DefaultTiming().Period)
		if !c.Report().OK {
			t.Fatalf("stale too early: %+v", c.Report())
		}
		after(time.Second)
		wantLine(t, c, "broker", Stale, "the last answer is 16s old")
		if c.Report().OK {
			t.Fatal("ready on stale answers")
		}
	})
}

func TestHungCheckIsTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		block := make(chan struct{})
		var runs atomic.Int32
		check := func(ctx context.Context) Result {
			if runs.Add(1) > 1 {
				<-block
			}
			return Pass("")
		}
		_, told := start(t, Check{"broker", check})
		after(time.Minute)
		told.want(t, "not ready -> ready: every check passed", "ready -> not ready: broker: no answer within 2s")
		close(block)
	})
}

func TestEndOfTheAgentIsNoFault(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var runs atomic.Int32
		told := &changes{}
		c := NewChecker([]Check{{"broker", func(ctx context.Context) Result {
			if runs.Add(1) == 1 {
				return Pass("")
			}
			<-ctx.Done()
			return Fail("%v", ctx.Err())
		}}}, DefaultTiming(), told.add)
		ctx, cancel := context.WithCancel(t.Context())
		go c.Run(ctx)
		after(DefaultTiming().FastPeriod) // the second run is under way
		cancel()
		after(0)
		told.want(t, "not ready -> ready: every check passed")
		wantLine(t, c, "broker", OK, "")
	})
}

func TestDraining(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var s switchable
		c, told := start(t, Check{"broker", s.run})
		after(0)
		c.SetDraining("SIGTERM received") // shows at once
		if got := c.Report(); got.OK || got.Summary != "not ready: draining" {
			t.Fatalf("while draining: %+v", got)
		}
		wantLine(t, c, "draining", Failing, "SIGTERM received")
		after(0)
		c.SetDraining("")
		after(0)
		told.want(t, "not ready -> ready: every check passed", "ready -> not ready: draining: SIGTERM received",
			"not ready -> ready: every check passed")
	})
}

func TestPassed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var broker, names switchable
		names.fault.Store("unreachable")
		c, _ := start(t, Check{"broker", broker.run}, Check{"registration", names.run})
		after(0)
		broker.fault.Store("gone again")
		after(time.Second)
		for names, want := range map[string]bool{
			"": true, "broker": true, "registration": false, "broker registration": false, "nonsense": false,
		} {
			if got := c.Passed(strings.Fields(names)...); got != want {
				t.Errorf("Passed(%s) is %v, want %v", names, got, want)
			}
		}
	})
}

// A callback that hangs, say on a full log pipe, must hold up nothing.
func TestCallbackThatHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var s switchable
		hang := make(chan struct{})
		defer close(hang)
		var calls atomic.Int32
		c := NewChecker([]Check{{"a", s.run}, {"b", s.run}}, DefaultTiming(), func(Status, Status, string) {
			calls.Add(1)
			<-hang
		})
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		go c.Run(ctx)
		after(time.Second)
		s.fault.Store("down")
		after(time.Minute)
		c.SetDraining("SIGTERM received")
		wantLine(t, c, "a", Failing, "down")
		wantLine(t, c, "draining", Failing, "SIGTERM received")
		if n := calls.Load(); n != 1 {
			t.Errorf("%d calls at once, want 1", n)
		}
	})
}
