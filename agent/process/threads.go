package process

import (
	"runtime"
	"sync"
)

// ReserveThreads makes the runtime start n threads now. It keeps them for whatever blocks later, and never asks the
// kernel for more while some are idle: Go ends a program, and PID 1 the broker with it, when it cannot have a thread,
// which is so when a JVM that leaks threads, or a fork bomb by `kubectl exec`, has used up the container's pids.
func ReserveThreads(n int) {
	var locked, done sync.WaitGroup
	locked.Add(n)
	release := make(chan struct{})
	for range n {
		done.Go(func() {
			runtime.LockOSThread() // a thread of its own, as long as all of them wait
			defer runtime.UnlockOSThread()
			locked.Done()
			<-release
		})
	}
	locked.Wait()
	close(release)
	done.Wait()
}
