package main

import (
	"context"
	"sync"
	"time"

	"rocketmq-agent/smoketest/content"
	"rocketmq-agent/smoketest/ledger"
	"rocketmq-agent/smoketest/mq"
)

// retryPause is the pause after a failed attempt.
const retryPause = 200 * time.Millisecond

// sender sends the messages of a run and enters what happened to them.
type sender struct {
	opts     options
	producer *mq.Producer
	books    *ledger.Ledger
	pacer    *pacer
	failures *failures

	mu           sync.Mutex
	started      time.Time
	ended        time.Time
	lastAck      time.Time     // or the start
	longestGap   time.Duration // without an acknowledgement
	failingSince time.Time     // zero after an acknowledgement
	gaveUp       bool
}

func newSender(opts options, producer *mq.Producer, books *ledger.Ledger) *sender {
	return &sender{
		opts:     opts,
		producer: producer,
		books:    books,
		pacer:    newPacer(opts.rate),
		failures: newFailures(),
	}
}

// run sends until the count is reached or the duration over and all messages
// are acknowledged, until sends failed for the whole timeout without one
// success, or until the context ends.
func (s *sender) run(ctx context.Context) {
	s.started = time.Now()
	s.lastAck = s.started
	work := make(chan int)
	var senders sync.WaitGroup
	for range s.opts.concurrency {
		senders.Go(func() {
			for seq := range work {
				s.deliver(ctx, seq)
			}
		})
	}
	s.dispatch(ctx, work)
	close(work)
	senders.Wait()
	s.ended = time.Now()
}

// dispatch gives out the numbers of the messages at the rate that is wanted.
func (s *sender) dispatch(ctx context.Context, work chan<- int) {
	if s.opts.duration > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, s.opts.duration)
		defer cancel()
	}
	for seq := 0; s.opts.count == 0 || seq < s.opts.count; seq++ {
		if ahead := s.pacer.reserve(time.Now()); ahead > 0 {
			pause(ctx, ahead)
		}
		if ctx.Err() != nil || s.hopeless() {
			return
		}
		select {
		case work <- seq:
		case <-ctx.Done():
			return
		}
	}
}

// deliver makes attempts until one is acknowledged or there is no point.
func (s *sender) deliver(ctx context.Context, seq int) {
	for number := 0; ; number++ {
		err := s.attempt(content.ID{Run: s.opts.run, Seq: seq, Attempt: number})
		if err == nil || s.hopeless() || ctx.Err() != nil {
			return
		}
		pause(ctx, retryPause)
	}
}

func (s *sender) attempt(id content.ID) error {
	body := content.Encode(id, s.opts.size)
	s.books.Sending(id, time.Now())
	place, err := s.producer.Send(s.opts.topic, id.Key(), body)
	now := time.Now()
	if err != nil {
		s.failed(err, now)
		return err
	}
	s.books.Acknowledged(id, ledger.Place(place), now)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.longestGap = max(s.longestGap, now.Sub(s.lastAck))
	s.lastAck = now
	s.failingSince = time.Time{}
	return nil
}

func (s *sender) failed(err error, now time.Time) {
	s.books.Failed()
	s.failures.add(err)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.failingSince.IsZero() {
		s.failingSince = now
	}
	s.longestGap = max(s.longestGap, now.Sub(s.lastAck))
	s.gaveUp = s.gaveUp || now.Sub(s.failingSince) > s.opts.timeout
}

// hopeless tells that sends failed for the whole timeout without one success.
func (s *sender) hopeless() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.gaveUp
}
