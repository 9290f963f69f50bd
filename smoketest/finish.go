package main

import (
	"context"
	"time"

	"rocketmq-agent/smoketest/mq"
)

// finish waits until everything has arrived that must, and whatever else was
// stored by now has been read too. It gives up after the timeout without
// progress, or when the context ends. What others send meanwhile is no progress.
func (r *receiver) finish(ctx context.Context) {
	r.mu.Lock()
	r.progress = time.Now()
	r.mu.Unlock()
	for ctx.Err() == nil && !r.stuck() {
		r.findEnds(ctx)
		if r.books.Counts().Awaited == 0 && r.reachedEnds() {
			return
		}
		pause(ctx, lookPeriod)
	}
}

func (r *receiver) stuck() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return time.Since(r.progress) > r.opts.timeout
}

// findEnds asks for the ends that are not known yet.
func (r *receiver) findEnds(ctx context.Context) {
	for q, consumer := range r.endless() {
		end, err := consumer.End(ctx, q.id)
		if err != nil {
			r.failures.add(err)
			pause(ctx, pullPause)
			return
		}
		r.mu.Lock()
		r.ends[q] = end
		r.mu.Unlock()
	}
}

func (r *receiver) endless() map[queue]*mq.Consumer {
	r.mu.Lock()
	defer r.mu.Unlock()
	queues := make(map[queue]*mq.Consumer)
	for q := range r.next {
		if _, known := r.ends[q]; !known {
			queues[q] = r.consumers[q.broker]
		}
	}
	return queues
}

func (r *receiver) reachedEnds() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	for q, next := range r.next {
		if end, known := r.ends[q]; !known || next < end {
			return false
		}
	}
	return true
}
