// Package drain takes RocketMQ out of service in an orderly way, inside one absolute deadline.
//
// Like package process it runs while a broker's data is at stake, so it imports the standard library alone.
package drain

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
)

// Times that RocketMQ itself takes. The sources are fixed waits in its code, measured on idle processes.
const (
	// routeRefresh is how often producers ask for routes (ClientConfig.pollNameServerInterval).
	routeRefresh = 30 * time.Second
	// quietFor is how long the put counter must stand still: one sample of RocketMQ's own statistics and two of ours.
	quietFor = 2 * time.Second
	// pollEvery is how often the broker is asked while the drain waits for quiet.
	pollEvery = 500 * time.Millisecond
	// callTimeout bounds one request to the broker: a hung one must not eat the budget.
	callTimeout = 2 * time.Second
	// dumpLead is how long before the deadline a JVM that will not leave is asked for its threads.
	dumpLead = time.Second
)

// Broker is what the drain asks of a running broker.
type Broker interface {
	// OtherMasters is how many other brokers of the cluster take writes.
	OtherMasters(ctx context.Context) (int, error)
	// Producers is how many producers are connected.
	Producers(ctx context.Context) (int, error)
	// Puts is how many messages were stored since the start.
	Puts(ctx context.Context) (uint64, error)
	// ForbidWrites takes the write permission off, and returns within a few seconds. It must not outlive the process.
	ForbidWrites(ctx context.Context) error
}

// Process is what the drain stops.
type Process interface {
	Terminate()
	ThreadDump() int
	Kill()
	Gone() <-chan struct{}
}

// Step is one phase of the goodbye.
type Step struct {
	Name    string
	Start   time.Duration // since the stop was asked for
	Took    time.Duration
	Outcome string // one word or two, and details after a colon
}

// Result is the outcome without its details.
func (s Step) Result() string {
	result, _, _ := strings.Cut(s.Outcome, ":")
	return result
}

// Stop is one orderly stop. All its phases take their time from the same deadline.
type Stop struct {
	Begin    time.Time
	Deadline time.Time       // when whatever is left is killed
	Hurry    <-chan struct{} // closed by a second signal: no phase waits any more, but the JVM's own stop is not cut short
	Report   func(Step)
}

// Deadline is when a stop that begins now must have killed what is left. A tenth of the grace period, at most half a
// second, is kept for the kill itself and for the agent's own exit.
func Deadline(begin time.Time, grace time.Duration) time.Time {
	return begin.Add(grace - min(grace/10, 500*time.Millisecond))
}

// step runs one phase and reports it.
func (s Stop) step(name string, phase func() string) {
	start := time.Now()
	outcome := phase()
	s.Report(Step{Name: name, Start: start.Sub(s.Begin), Took: time.Since(start), Outcome: outcome})
}

// Quiesce takes the write permission off and waits until producers have left, until latest at most. It only asks: a
// broker that does not answer is not waited for.
func (s Stop) Quiesce(b Broker, latest time.Time) {
	ctx, cancel := context.WithDeadlineCause(context.Background(), latest, errors.New("out of time: producers are still connected"))
	defer cancel()
	ctx, hurry := context.WithCancelCause(ctx)
	defer hurry(nil)
	go func() { // ends with ctx
		select {
		case <-s.Hurry:
			hurry(errors.New("cut short: by a second signal"))
		case <-ctx.Done():
		}
	}()
	forbidden := false
	s.step("write permission off", func() (outcome string) {
		forbidden, outcome = s.forbid(ctx, b, latest)
		return outcome
	})
	if forbidden {
		s.step("wait for quiet", func() string { return s.waitQuiet(ctx, b, time.Now()) })
	}
}

// forbid takes the write permission off where that helps anybody.
func (s Stop) forbid(ctx context.Context, b Broker, latest time.Time) (forbidden bool, outcome string) {
	select {
	case <-s.Hurry:
		return false, "skipped: a second signal came before"
	default:
	}
	if ctx.Err() != nil {
		return false, fmt.Sprintf("skipped: the grace period leaves %v beside RocketMQ's own stop", max(0, latest.Sub(s.Begin)).Round(time.Second))
	}
	masters, err := ask(ctx, b.OtherMasters)
	if err == nil && masters == 0 {
		return false, "skipped: no other broker of the cluster could take the writes"
	}
	if err := b.ForbidWrites(ctx); err != nil {
		return false, "failed: " + err.Error()
	}
	return true, "done"
}

// waitQuiet waits until no message arrives any more: producers leave at their next route refresh.
func (s Stop) waitQuiet(ctx context.Context, b Broker, start time.Time) string {
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	var last uint64
	moved := start
	for {
		if n, err := ask(ctx, b.Producers); err == nil && n == 0 {
			return "quiet: no producer is connected"
		}
		puts, err := ask(ctx, b.Puts)
		switch {
		case ctx.Err() != nil: // said below
		case err != nil:
			return "given up: " + err.Error()
		case puts != last:
			last, moved = puts, time.Now()
		case time.Since(start) >= routeRefresh && time.Since(moved) >= quietFor:
			return "quiet: no message arrives any more"
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return context.Cause(ctx).Error()
		}
	}
}

func ask[T any](ctx context.Context, call func(context.Context) (T, error)) (T, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	return call(ctx)
}

// Terminate asks p to stop and waits until its whole tree is gone. At the deadline it asks for a thread dump and kills
// what is left; killed says so.
func (s Stop) Terminate(name string, p Process) (killed bool) {
	s.step("stop "+name, func() string {
		p.Terminate()
		lead := min(dumpLead, s.Deadline.Sub(s.Begin)/10)
		if goneBy(p, s.Deadline.Add(-lead)) {
			return "gone"
		}
		asked := p.ThreadDump()
		if goneBy(p, s.Deadline) {
			return "gone: at the last moment"
		}
		killed = true
		p.Kill()
		if !goneBy(p, time.Now().Add(lead)) {
			return fmt.Sprintf("killed: at the deadline, but still there, waiting in the kernel, probably for its disk; thread dump asked of %d", asked)
		}
		return fmt.Sprintf("killed: at the deadline; thread dump asked of %d", asked)
	})
	return killed
}

// goneBy waits until p is gone, until t at most.
func goneBy(p Process, t time.Time) bool {
	timer := time.NewTimer(time.Until(t))
	defer timer.Stop()
	select {
	case <-p.Gone():
		return true
	case <-timer.C:
	}
	select {
	case <-p.Gone():
		return true
	default:
		return false
	}
}
