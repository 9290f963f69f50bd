package app

import (
	"context"
	"os"
	"syscall"
	"time"

	"rocketmq-agent/agent/plan"
	"rocketmq-agent/agent/preflight"
	"rocketmq-agent/agent/process"
)

// farewell is what a preflight gets to end what it is about.
const farewell = time.Second

// prepare makes the preflight beside the signals: it may wait for a predecessor, or for a file system that does not
// answer. stopped says that the container was told to stop meanwhile; then nothing has been started.
func prepare(ctx context.Context, p plan.Plan, o Options) (held preflight.Held, stopped bool, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	type result struct {
		held preflight.Held
		err  error
	}
	done := make(chan result, 1) // nobody may listen any more
	go func() {
		held, err := preflight.Run(ctx, p, o.Log)
		done <- result{held, err}
	}()
	for {
		select {
		case r := <-done:
			return r.held, false, r.err
		case sig := <-o.Signals:
			if stops(sig) {
				o.Log.Info("stopped before anything was started", "signal", process.SignalName(sig))
				cancel()
				select {
				case <-done:
				case <-time.After(farewell): // it waits for a disk that does not answer
				}
				return preflight.Held{}, true, nil
			}
			o.Log.Info("signal ignored", "signal", process.SignalName(sig))
		}
	}
}

// stops says whether a signal asks for a stop. The others are about processes, and there are none yet.
func stops(sig os.Signal) bool { return sig == syscall.SIGTERM || sig == syscall.SIGINT }
