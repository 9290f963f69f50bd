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
	admin    *admin
	books    *ledger.Ledger
	failures *failures
	started  time.Time

	mu        sync.Mutex
	consumers map[string]*mq.Consumer // by broker name
	next      map[queue]int64         // the offset that is read next
	ends      map[queue]int64         // where each queue ended when the sending was over
	progress  time.Time               // the last step forward
	arrival   time.Time               // the last one of this run
}

func newReceiver(opts options, admin *admin, books *ledger.Ledger) *receiver {
	return &receiver{
		opts: opts, admin: admin, books: books, failures: newFailures(), started: time.Now(),
		consumers: make(map[string]*mq.Consumer), next: make(map[queue]int64), ends: make(map[queue]int64),
	}
}

// start begins to read, until the context ends. What others left in the topic
// is passed over, unless it is what the run looks for.
func (r *receiver) start(ctx context.Context) error {
	queues, err := r.admin.queues(ctx, r.opts.topic)
	if err != nil {
		return err
	}
	for _, q := range queues {
		if err := r.add(ctx, q, !r.opts.receiveOnly && !r.opts.ownTopic); err != nil {
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
		queues, err := r.admin.queues(ctx, r.opts.topic)
		if err != nil {
			continue
		}
		for _, q := range queues {
			if err := r.add(ctx, q, false); err != nil {
				r.failures.add(err)
			}
		}
	}
}

// add begins to read a queue, at its end or at its first offset, unless it is
// being read. It has one caller at a time.
func (r *receiver) add(ctx context.Context, q queue, atEnd bool) error {
	r.mu.Lock()
	_, known := r.next[q]
	consumer := r.consumers[q.broker]
	r.mu.Unlock()
	if known {
		return nil
	}
	if consumer == nil {
		var err error
		if consumer, err = mq.NewConsumer(r.opts.namesrvs, r.opts.topic, q.broker); err != nil {
			return err
		}
		context.AfterFunc(ctx, consumer.Close)
	}
	first, err := r.first(ctx, consumer, q, atEnd)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.consumers[q.broker] = consumer
	if err != nil {
		return err
	}
	r.next[q] = first
	go r.read(ctx, consumer, q, first)
	return nil
}

func (r *receiver) first(ctx context.Context, consumer *mq.Consumer, q queue, atEnd bool) (int64, error) {
	if !atEnd {
		return 0, nil
	}
	return consumer.End(ctx, q.id)
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
		place := ledger.Place{Broker: q.broker, Queue: q.id, Offset: msg.Offset}
		if r.books.Received(ledger.Receipt{Key: msg.Key, Body: msg.Body, Place: place, At: now}) {
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
