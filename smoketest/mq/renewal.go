package mq

import (
	"sync"
	"time"
)

// renewAfter is how long a client may fail before it is replaced. A client
// looks at the routes every 30 s only, even where the ones that it has lead
// nowhere: the broker moved to another address, or was read-only when it looked.
const renewAfter = 3 * time.Second

// renewal decides when a failing client is replaced.
type renewal struct {
	mu   sync.Mutex
	last time.Time // the last success or replacement
}

func (r *renewal) succeeded() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.last = time.Now()
}

// due is asked after a failure. It is true once in renewAfter at most, and the
// caller that gets true replaces the client.
func (r *renewal) due() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if time.Since(r.last) < renewAfter {
		return false
	}
	r.last = time.Now()
	return true
}
