// Package checks holds the checks that decide whether a RocketMQ process is ready, one file a role. They ask over
// connections that are kept, and every question ends before the deadline of its check, so that the check itself can say
// who did not answer: a frozen JVM still accepts connections, because the kernel does that.
package checks

import (
	"context"
	"time"

	"rocketmq-agent/agent/probes"
)

// callTimeout bounds one question. It is shorter than the checks' own deadline (probes.Timing, 2 s).
const callTimeout = 1500 * time.Millisecond

// A Pinger proves that the other side speaks the protocol: any well-formed answer will do.
type Pinger interface {
	Ping(ctx context.Context) error
}

func ping(name string, port Pinger) probes.Check {
	return check(name, func(ctx context.Context) probes.Result {
		if err := port.Ping(ctx); err != nil {
			return probes.Fail("%v", err)
		}
		return probes.Pass("")
	})
}

func check(name string, run func(ctx context.Context) probes.Result) probes.Check {
	return probes.Check{Name: name, Run: func(ctx context.Context) probes.Result {
		ctx, cancel := context.WithTimeout(ctx, callTimeout)
		defer cancel()
		return run(ctx)
	}}
}
