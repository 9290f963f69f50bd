//go:build e2e

package k8s_test

import (
	"context"
	"sync"
	"time"

	"rocketmq-agent/agent/rocketmq"
)

// coverage measures for how long no name server knew all brokers.
type coverage struct {
	want []pod

	mu      sync.Mutex
	last    time.Time // a name server knew them all
	longest time.Duration
}

// known notes that some name server knows all brokers now.
func (v *coverage) known() {
	v.mu.Lock()
	defer v.mu.Unlock()
	now := time.Now()
	v.longest = max(v.longest, now.Sub(v.last))
	v.last = now
}

// cover asks every name server all the time, until stop returns the longest time that none knew all brokers.
func (c *cluster) cover(brokers []pod) (stop func() time.Duration) {
	v := &coverage{want: brokers, last: time.Now()}
	ctx, cancel := context.WithCancel(context.Background())
	var asking sync.WaitGroup
	for _, p := range c.pods("namesrv") {
		asking.Go(func() {
			for ctx.Err() == nil {
				c.ask(ctx, v, p.Metadata.Name)
			}
		})
	}
	return func() time.Duration {
		cancel()
		asking.Wait()
		v.mu.Lock()
		defer v.mu.Unlock()
		return max(v.longest, time.Since(v.last))
	}
}

// ask follows one name server until it goes away or does not answer.
func (c *cluster) ask(ctx context.Context, v *coverage, name string) {
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	<-tick.C
	addr, stop, err := c.tryForward(name, 9876)
	if err != nil {
		return // its pod is being replaced
	}
	defer stop()
	client := rocketmq.NewClient(addr)
	defer client.Close()
	for ctx.Err() == nil {
		if _, err := masters(client); err != nil {
			return
		}
		if (nameServers{client}).list(v.want) == nil {
			v.known()
		}
		<-tick.C
	}
}
