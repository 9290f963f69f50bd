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
	*cluster
	want  []pod
	start time.Time

	mu      sync.Mutex
	last    time.Time // a name server knew them all
	longest time.Duration
	knows   map[string]bool // by name server
}

// saw notes whether this name server knows all brokers now.
func (v *coverage) saw(name string, all bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	now := time.Now()
	if v.knows[name] != all {
		v.Logf("%5.1f s  %s knows all brokers: %t", now.Sub(v.start).Seconds(), name, all)
		v.knows[name] = all
	}
	if all {
		v.longest = max(v.longest, now.Sub(v.last))
		v.last = now
	}
}

// cover asks every name server all the time, until stop returns the longest time that none knew all brokers.
func (c *cluster) cover(brokers []pod) (stop func() time.Duration) {
	v := &coverage{
		cluster: c,
		want:    brokers,
		start:   time.Now(),
		last:    time.Now(),
		knows:   map[string]bool{},
	}
	ctx, cancel := context.WithCancel(context.Background())
	var asking sync.WaitGroup
	for _, p := range c.pods("namesrv") {
		asking.Go(func() {
			for ctx.Err() == nil {
				v.ask(ctx, p.Metadata.Name)
				if ctx.Err() == nil {
					v.saw(p.Metadata.Name, false)
				}
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
func (v *coverage) ask(ctx context.Context, name string) {
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	<-tick.C
	addr, stop, err := v.tryForward(name, 9876)
	if err != nil {
		return // its pod is being replaced
	}
	defer stop()
	client := rocketmq.NewClient(addr, rocketmq.Access{})
	defer client.Close()
	for ctx.Err() == nil {
		if _, err := masters(client); err != nil {
			return
		}
		v.saw(name, (nameServers{client}).list(v.want) == nil)
		<-tick.C
	}
}
