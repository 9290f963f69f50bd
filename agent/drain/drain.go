// Package drain takes RocketMQ out of service in an orderly way, inside one absolute deadline.
//
// Like package process it runs while a broker's data is at stake, so it imports the standard library alone.
package drain

import (
	"context"
	"errors"
	"fmt"
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

// Result is how a step ended, in a word or two: a metric has it as a label.
type Result string

// The results.
const (
	Done    Result = "done"
	Skipped Result = "skipped"
	Failed  Result = "failed"
	Quiet   Result = "quiet"
	GivenUp Result = "given up"
	Expired Result = "out of time"
	Cut     Result = "cut short"
	Gone    Result = "gone"
	Killed  Result = "killed"
)

// Outcome is a result and its details.
type Outcome struct {
	Result Result
	Detail string // for people; may be empty
}

// String is the outcome for the log.
func (o Outcome) String() string {
	if o.Detail == "" {
		return string(o.Result)
	}
	return string(o.Result) + ": " + o.Detail
}

// Step is one phase of the goodbye.
type Step struct {
	Name    string
	Start   time.Duration // since the stop was asked for
	Took    time.Duration
	Outcome Outcome
}

// Interruption ends a wait before what it waits for has come. It is the cause of the context of Quiesce.
type Interruption struct {
	Result Result
	During string // what happened while it was waiting
	Before string // the same, when it had not begun
}

// The interruptions.
var (
	OutOfTime = &Interruption{Result: Expired, During: "producers are still connected"}
	Hurried   = &Interruption{Result: Cut, During: "by a second signal", Before: "a second signal came before"}
	TakenOver = &Interruption{Result: Cut, During: "by what was asked next", Before: "something else was asked before"}
)

// Error implements error.
func (i *Interruption) Error() string { return string(i.Result) + ": " + i.During }

// interrupted is the outcome of a wait whose context has ended.
func interrupted(ctx context.Context) Outcome {
	if i, ok := errors.AsType[*Interruption](context.Cause(ctx)); ok {
		return Outcome{i.Result, i.During}
	}
	return Outcome{Cut, context.Cause(ctx).Error()}
}

// Stop is one orderly stop. All its phases take their time from the same deadline.
type Stop struct {
	Begin    time.Time
	Deadline time.Time // when whatever is left is killed
	Report   func(Step)
}

// Deadline is when a stop that begins now must have killed what is left. A tenth of the grace period, at most half a
// second, is kept for the kill itself and for the agent's own exit.
func Deadline(begin time.Time, grace time.Duration) time.Time {
	return begin.Add(grace - min(grace/10, 500*time.Millisecond))
}

// step runs one phase and reports it.
func (s Stop) step(name string, phase func() Outcome) Outcome {
	start := time.Now()
	outcome := phase()
	s.Report(Step{
		Name:    name,
		Start:   start.Sub(s.Begin),
		Took:    time.Since(start),
		Outcome: outcome,
	})
	return outcome
}

// Quiesce takes the write permission off and waits until producers have left, or until the context ends, whose cause is
// an Interruption. It only asks: a broker that does not answer is not waited for.
// It says whether the broker is quiet now.
func (s Stop) Quiesce(ctx context.Context, b Broker) bool {
	forbidden := s.step("write permission off", func() Outcome { return s.forbid(ctx, b) })
	if forbidden.Result != Done {
		return false
	}
	return s.step("wait for quiet", func() Outcome { return s.waitQuiet(ctx, b, time.Now()) }).Result == Quiet
}

// forbid takes the write permission off where that helps anybody.
func (s Stop) forbid(ctx context.Context, b Broker) Outcome {
	if ctx.Err() != nil {
		return Outcome{Skipped, s.whyNot(ctx)}
	}
	masters, err := ask(ctx, b.OtherMasters)
	if err == nil && masters == 0 {
		return Outcome{Skipped, "no other broker of the cluster could take the writes"}
	}
	if err := b.ForbidWrites(ctx); err != nil {
		return Outcome{Failed, err.Error()}
	}
	return Outcome{Done, ""}
}

// whyNot says why a phase did not even begin.
func (s Stop) whyNot(ctx context.Context) string {
	if i, ok := errors.AsType[*Interruption](context.Cause(ctx)); ok && i.Before != "" {
		return i.Before
	}
	latest, _ := ctx.Deadline()
	left := max(0, latest.Sub(s.Begin)).Round(time.Second)
	return fmt.Sprintf("the grace period leaves %v beside RocketMQ's own stop", left)
}

// waitQuiet waits until no message arrives any more: producers leave at their next route refresh.
func (s Stop) waitQuiet(ctx context.Context, b Broker, start time.Time) Outcome {
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	var last uint64
	moved := start
	for {
		if n, err := ask(ctx, b.Producers); err == nil && n == 0 {
			return Outcome{Quiet, "no producer is connected"}
		}
		puts, err := ask(ctx, b.Puts)
		switch {
		case ctx.Err() != nil: // said below
		case err != nil:
			return Outcome{GivenUp, err.Error()}
		case puts != last:
			last, moved = puts, time.Now()
		case time.Since(start) >= routeRefresh && time.Since(moved) >= quietFor:
			return Outcome{Quiet, "no message arrives any more"}
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return interrupted(ctx)
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
	outcome := s.step("stop "+name, func() Outcome {
		p.Terminate()
		lead := min(dumpLead, s.Deadline.Sub(s.Begin)/10)
		if goneBy(p, s.Deadline.Add(-lead)) {
			return Outcome{Gone, ""}
		}
		asked := p.ThreadDump()
		if goneBy(p, s.Deadline) {
			return Outcome{Gone, "at the last moment"}
		}
		p.Kill()
		still := ""
		if !goneBy(p, time.Now().Add(lead)) {
			still = ", but still there, waiting in the kernel, probably for its disk"
		}
		return Outcome{Killed, fmt.Sprintf("at the deadline%s; thread dump asked of %d", still, asked)}
	})
	return outcome.Result == Killed
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
