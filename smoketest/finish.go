package main

import (
	"context"
	"fmt"
	"time"
)

// finish waits until everything has arrived that must, and whatever else was
// stored by now has been read too. It gives up after the timeout without
// progress, or when the context ends. What others send meanwhile is no progress.
// The error is a queue that cannot be read to its end; what is missing is for
// the books to tell.
func (r *receiver) finish(ctx context.Context) error {
	r.mu.Lock()
	r.progress = time.Now()
	r.mu.Unlock()
	for ctx.Err() == nil && !r.stuck() {
		r.findEnds(ctx)
		if r.books.Counts().Awaited == 0 && r.reachedEnds() {
			return nil
		}
		pause(ctx, lookPeriod)
	}
	if ctx.Err() == nil && !r.reachedEnds() {
		_, last := r.failures.summary()
		return fmt.Errorf("cannot read all queues to their ends, last: %s", last)
	}
	return nil
}

func (r *receiver) stuck() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return time.Since(r.progress) > r.opts.timeout
}

// findEnds asks for the ends that are not known yet.
func (r *receiver) findEnds(ctx context.Context) {
	for _, q := range r.endless() {
		end, err := r.admin.end(ctx, r.opts.topic, q)
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

func (r *receiver) endless() []queue {
	r.mu.Lock()
	defer r.mu.Unlock()
	var queues []queue
	for q := range r.next {
		if _, known := r.ends[q]; !known {
			queues = append(queues, q)
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
