package main

import (
	"context"
	"sync"
	"time"

	"rocketmq-agent/smoketest/ledger"
	"rocketmq-agent/smoketest/mq"
)

const (
	// pullPause is the pause after a failed pull.
	pullPause = 200 * time.Millisecond

	// lookPeriod is how often the receiver looks whether it is done.
	lookPeriod = 10 * time.Millisecond

	// routeRefresh is how often the receiver looks for queues that it does not
	// know, as of a broker that comes back.
	routeRefresh = 2 * time.Second
)

// receiver reads all queues of the topic and enters what arrives.
type receiver struct {
	opts     options
	cluster  mq.Cluster
	admin    *admin
	books    *ledger.Ledger
	failures *failures
	started  time.Time

	consumers map[string]*mq.Consumer // by broker name, for add alone

	mu       sync.Mutex
	next     map[queue]int64 // the offset that is read next
	ends     map[queue]int64 // where each queue ended when the sending was over
	progress time.Time       // the last step forward
	arrival  time.Time       // the last one of this run
}

func newReceiver(opts options, cluster mq.Cluster, admin *admin, books *ledger.Ledger) *receiver {
	return &receiver{
		opts:      opts,
		cluster:   cluster,
		admin:     admin,
		books:     books,
		failures:  newFailures(),
		started:   time.Now(),
		consumers: make(map[string]*mq.Consumer),
		next:      make(map[queue]int64),
		ends:      make(map[queue]int64),
	}
}

// start begins to read, until the context ends. What others left in the topic
// is passed over, unless it is what the run looks for.
func (r *receiver) start(ctx context.Context) error {
	route, err := r.admin.route(ctx, r.opts.topic)
	if err != nil {
		return err
	}
	for q := range route.queues {
		var first int64
		if !r.opts.receiveOnly && !r.opts.ownTopic {
			if first, err = r.admin.end(ctx, r.opts.topic, q); err != nil {
				return err
			}
		}
		if err := r.add(ctx, q, first); err != nil {
			return err
		}
	}
	go r.refresh(ctx)
	return nil
}

// refresh adds queues that appear later. Whatever fails is tried again.
func (r *receiver) refresh(ctx context.Context) {
	for ctx.Err() == nil {
		pause(ctx, routeRefresh)
		route, err := r.admin.route(ctx, r.opts.topic)
		if err != nil {
			continue
		}
		for q := range route.queues {
			if err := r.add(ctx, q, 0); err != nil {
				r.failures.add(err)
			}
		}
	}
}

// add begins to read a queue at an offset, unless it is being read. It has one
// caller at a time.
func (r *receiver) add(ctx context.Context, q queue, first int64) error {
	r.mu.Lock()
	_, known := r.next[q]
	r.mu.Unlock()
	if known {
		return nil
	}
	consumer := r.consumers[q.broker]
	if consumer == nil {
		var err error
		if consumer, err = mq.NewConsumer(r.cluster, r.opts.topic, q.broker); err != nil {
			return err
		}
		context.AfterFunc(ctx, consumer.Close)
		r.consumers[q.broker] = consumer
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.next[q] = first
	go r.read(ctx, consumer, q, first)
	return nil
}

func (r *receiver) read(ctx context.Context, consumer *mq.Consumer, q queue, offset int64) {
	for ctx.Err() == nil {
		batch, err := consumer.Pull(ctx, q.id, offset)
		if err != nil {
			r.failures.add(err)
			pause(ctx, pullPause)
			continue
		}
		offset = batch.Next
		r.enter(q, batch)
	}
}

func (r *receiver) enter(q queue, batch mq.Batch) {
	now := time.Now()
	ours := false
	for _, msg := range batch.Messages {
		receipt := ledger.Receipt{
			Key:   msg.Key,
			Body:  msg.Body,
			Place: ledger.Place{Broker: q.broker, Queue: q.id, Offset: msg.Offset},
			At:    now,
		}
		if r.books.Received(receipt) {
			ours = true
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if ours {
		r.arrival = now
	}
	if ours || r.next[q] < r.ends[q] {
		r.progress = now
	}
	r.next[q] = batch.Next
}

// took is the time from the start to the last arrival.
func (r *receiver) took() time.Duration {
	r.mu.Lock()
	defer r.mu.Unlock()
	return max(0, r.arrival.Sub(r.started))
}
