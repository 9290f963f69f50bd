package app

import (
	"context"
	"sync"

	"rocketmq-agent/agent/roles"
)

// tending is what is being done to processes that start. It ends before they leave service: what makes a broker
// register must not do so while it unregisters.
type tending struct {
	cancel context.CancelFunc
	all    sync.WaitGroup
}

func (t *tending) begin(all []roles.Role, passed func(checks ...string) bool) {
	ctx, cancel := context.WithCancel(context.Background())
	t.cancel = cancel
	for _, role := range all {
		t.all.Go(func() { role.Tend(ctx, passed) })
	}
}

// end returns at once: cancelling ends a question that is under way.
func (t *tending) end() {
	t.cancel()
	t.all.Wait()
}
