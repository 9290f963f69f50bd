package main

import (
	"context"
	"crypto/tls"
	"fmt"
	"os"
	"time"

	"rocketmq-agent/smoketest/ledger"
	"rocketmq-agent/smoketest/mq"
)

const (
	// routePatience is how long name servers may take to learn of a topic.
	routePatience = 10 * time.Second

	// cleanUpPatience is how long the deletion of the topic may take.
	cleanUpPatience = 10 * time.Second
)

// prove does one run and returns its result, whatever happens.
func prove(ctx context.Context, opts options, stderr *os.File) result {
	p := &proof{
		opts:  opts,
		admin: newAdmin(opts.namesrvs, opts.access()),
		books: ledger.New(opts.run, opts.timeout),
	}
	defer p.admin.close()
	started := time.Now()
	err := p.connect()
	defer p.cluster.Close()
	if err == nil {
		err = p.prepare(ctx)
	}
	if err == nil {
		line := startProgress(stderr, opts, p.books)
		err = p.exchange(ctx)
		line.stop()
	}
	if removeErr := p.cleanUp(); removeErr != nil {
		fmt.Fprintf(stderr, "smoketest: %v\n", removeErr) // says nothing about the messages
	}
	return p.result(time.Since(started), err)
}

// proof is one run.
type proof struct {
	opts     options
	admin    *admin
	cluster  mq.Cluster
	books    *ledger.Ledger
	created  int       // number of brokers on which the run created the topic
	sender   *sender   // nil unless it sends
	receiver *receiver // nil unless it receives
	complete bool      // nothing more can arrive
}

// connect decides how the client reaches the cluster.
func (p *proof) connect() (err error) {
	var config *tls.Config
	if p.opts.tls {
		config = anyServer
	}
	p.cluster, err = mq.NewCluster(p.opts.namesrvs, p.opts.account, config)
	return err
}

// prepare sees to it that the topic exists.
func (p *proof) prepare(ctx context.Context) error {
	if p.opts.receiveOnly {
		return p.await(ctx, 1)
	}
	if !p.opts.ownTopic {
		exists, err := p.admin.exists(ctx, p.opts.topic)
		if err != nil {
			return err
		}
		if exists {
			return p.await(ctx, 1)
		}
	}
	return p.create(ctx)
}

// await waits for the topic, but no longer than the user would.
func (p *proof) await(ctx context.Context, brokers int) error {
	ctx, cancel := context.WithTimeout(ctx, min(p.opts.timeout, routePatience))
	defer cancel()
	return p.admin.await(ctx, p.opts.topic, brokers)
}

func (p *proof) create(ctx context.Context) error {
	brokers := p.opts.brokers
	if len(brokers) == 0 {
		var err error
		if brokers, err = p.admin.masters(ctx); err != nil {
			return err
		}
	}
	p.created = len(brokers)
	if err := p.admin.create(ctx, p.opts.topic, brokers); err != nil {
		return err
	}
	return p.await(ctx, len(brokers))
}

// exchange sends and receives, as the options want it.
func (p *proof) exchange(ctx context.Context) error {
	// Receiving goes on where a signal ends the sending: what was acknowledged
	// must still arrive.
	reading, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	if p.opts.receiveOnly {
		p.books.Expect(p.opts.count)
	}
	if !p.opts.sendOnly {
		p.receiver = newReceiver(p.opts, p.cluster, p.admin, p.books)
		if err := p.receiver.start(reading); err != nil {
			return err
		}
	}
	if !p.opts.receiveOnly {
		if err := p.send(ctx); err != nil {
			return err
		}
	}
	if ctx.Err() == nil {
		reading = ctx
	}
	return p.finish(ctx, reading)
}

// finish waits for what must still arrive.
func (p *proof) finish(ctx, reading context.Context) error {
	var err error
	if p.receiver != nil {
		err = p.receiver.finish(reading)
	}
	if ctx.Err() != nil {
		return fmt.Errorf("interrupted with %d messages awaited", p.books.Counts().Awaited)
	}
	p.complete = p.receiver != nil
	return err
}

func (p *proof) send(ctx context.Context) error {
	producer, err := mq.NewProducer(p.cluster)
	if err != nil {
		return err
	}
	defer producer.Close()
	p.sender = newSender(p.opts, producer, p.books)
	p.sender.run(ctx)
	return nil
}

// cleanUp deletes the topic if it is the run's own.
func (p *proof) cleanUp() error {
	if !p.opts.ownTopic || p.opts.keep || p.created == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), cleanUpPatience)
	defer cancel()
	err := p.admin.remove(ctx, p.opts.topic, p.created)
	if isUnknownTopic(err) {
		return nil // its creation was refused
	}
	return err
}
