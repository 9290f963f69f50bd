package mq

import (
	"sync"
	"time"

	"github.com/apache/rocketmq-client-go/v2/primitive"
)

// avoidance is how long a broker gets no messages after a failure while
// there are others. The client itself learns of a dead broker only with its
// next look at the routes, up to 30 s later, and every attempt to connect to an
// address that is gone holds up the sends to all brokers for 3 s.
const avoidance = 5 * time.Second

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
	steps := 0 // to the first queue that is not avoided, none if all are
	for i := range queues {
		if now.After(r.avoided[queues[(r.next+i)%len(queues)].BrokerName]) {
			steps = i
			break
		}
	}
	msg.Queue = queues[(r.next+steps)%len(queues)]
	r.next += steps + 1
	return msg.Queue
}

// avoid notes that a broker failed.
func (r *rotation) avoid(broker string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.avoided[broker] = time.Now().Add(avoidance)
}
