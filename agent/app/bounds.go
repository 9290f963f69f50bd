package app

import (
	"runtime"
	"runtime/debug"

	"rocketmq-agent/agent/memory"
	"rocketmq-agent/agent/process"
)

// The agent's threads. At most mostParallel run Go code, whatever the machine has; the others are in system calls: the
// loop that forks, signals, the log, files of /proc and of the store. On two processors it has 9 under a flood of
// scrapes.
const (
	mostParallel = 4
	threads      = 16
)

// bound takes what the agent needs from a container that may have nothing left later, and keeps it to its own part. The
// memory limit is soft: the collector works harder before the agent takes what is the broker's.
func bound(p memory.Plan) {
	runtime.GOMAXPROCS(min(runtime.GOMAXPROCS(0), mostParallel))
	process.ReserveThreads(threads)
	debug.SetMemoryLimit(p.AgentGo())
}
