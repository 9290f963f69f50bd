package mq

import (
	"sync"
	"time"

	"github.com/apache/rocketmq-client-go/v2/primitive"
)

// avoidance is how long a broker gets no messages after a failure while
// there are others. The client itself learns of a dead broker only with its
// next look at the route, up to 30 s later.
const avoidance = time.Second

// rotation chooses queues in turn and notes its choice in the message.
type rotation struct {
	mu      sync.Mutex
	next    int
	avoided map[string]time.Time // until when, by broker name
}

func newRotation() *rotation {
	return &rotation{avoided: make(map[string]time.Time)}
}

// Select implements producer.QueueSelector.
func (r *rotation) Select(msg *primitive.Message, queues []*primitive.MessageQueue, _ string) *primitive.MessageQueue {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := time.Now()
	for range queues {
		r.next++
		msg.Queue = queues[r.next%len(queues)]
		if now.After(r.avoided[msg.Queue.BrokerName]) {
			break
		}
	}
	return msg.Queue
}

// avoid notes that a broker failed.
func (r *rotation) avoid(broker string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.avoided[broker] = time.Now().Add(avoidance)
}
