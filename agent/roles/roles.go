// Package roles knows how each role of RocketMQ is asked, watched, drained and stopped, one file a role. Whoever adds
// a role implements all of Role, and names it in New.
package roles

import (
	"context"
	"log/slog"
	"time"

	"rocketmq-agent/agent/checks"
	"rocketmq-agent/agent/drain"
	"rocketmq-agent/agent/exit"
	"rocketmq-agent/agent/plan"
	"rocketmq-agent/agent/probes"
	"rocketmq-agent/agent/rmq"
	"rocketmq-agent/agent/rocketmq"
)

// Role is one running process.
type Role interface {
	// Checks make it ready. The first one passes once it answers its protocol, which RocketMQ does after its recovery.
	Checks() []probes.Check
	// Needs says what has to be there before it is started, and is not; nil: nothing.
	Needs(ctx context.Context) error
	// Answers proves that it serves.
	Answers(ctx context.Context) error
	// Tend does what has to be done to a process that has just been started, until it is ready. passed says whether
	// checks have passed.
	Tend(ctx context.Context, passed func(checks ...string) bool)
	// Figures are the last ones that it told about itself; false for a role that tells none.
	Figures() (checks.Snapshot, bool)

	// StopTime is what RocketMQ's own shutdown may take, from its fixed waits, measured on idle processes.
	StopTime() time.Duration
	// Drain is the process as a drain sees it; nil where there is nothing to drain.
	Drain() drain.Broker
	// Backlog is what still has to be read before the process can go for good; a role that keeps no messages has none.
	Backlog(ctx context.Context) ([]drain.Backlog, error)
	// Undrain takes the drain back.
	Undrain(ctx context.Context) error
	// Killed cleans up behind a process that had to be killed.
	Killed(ctx context.Context) error
	// Meaning spells out its exit code; empty where nothing is known.
	Meaning(code int) string
}

// New returns the role of a planned process.
func New(p plan.Process, log *slog.Logger) Role {
	access := newRefusals(p, log).access()
	client := rocketmq.NewClient(p.Addr(), access)
	switch p.Role {
	case rmq.Namesrv:
		return newNamesrv(p, client)
	case rmq.Broker:
		return newBroker(p, client, rocketmq.NewClient(p.FastAddr(), access), log)
	case rmq.Proxy:
		return newProxy(p, client)
	case rmq.Controller:
		return newController(client)
	}
	panic("no process has the role " + string(p.Role))
}

// plain is what a role is that tells nothing about itself and has nothing to drain.
type plain struct {
	client   *rocketmq.Client
	checks   []probes.Check
	stopTime time.Duration
}

func (p *plain) Checks() []probes.Check                     { return p.checks }
func (p *plain) Needs(context.Context) error                { return nil }
func (p *plain) Answers(ctx context.Context) error          { return p.client.Ping(ctx) }
func (p *plain) Tend(context.Context, func(...string) bool) {}
func (p *plain) Figures() (checks.Snapshot, bool)           { return checks.Snapshot{}, false }
func (p *plain) StopTime() time.Duration                    { return p.stopTime }
func (p *plain) Drain() drain.Broker                        { return nil }
func (p *plain) Undrain(context.Context) error              { return nil }
func (p *plain) Backlog(context.Context) ([]drain.Backlog, error) {
	return nil, nil
}
func (p *plain) Killed(context.Context) error { return nil }
func (p *plain) Meaning(code int) string      { return exit.Meaning(code) }
