package mq

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	rocketmq "github.com/apache/rocketmq-client-go/v2"
	"github.com/apache/rocketmq-client-go/v2/consumer"
	"github.com/apache/rocketmq-client-go/v2/primitive"
)

const (
	// consumerGroup exists on every broker (SubscriptionGroupManager.java), so
	// that a run leaves no group behind and works where groups are not
	// created by themselves. No offset is ever committed.
	consumerGroup = "TOOLS_CONSUMER"

	// batchSize is what one pull asks for. A broker gives 32 messages or 256
	// KiB by default (MessageStoreConfig.java).
	batchSize = 256

	// patience is how long a pull may wait for a message. A broker holds pulls
	// for up to 20 s; one that died in the meantime never answers.
	patience = 3 * time.Second
)

// Message is a message as it was stored.
type Message struct {
	Key    string
	Body   []byte
	Offset int64 // in its queue
}

// Batch is the answer to a pull.
type Batch struct {
	Messages []Message
	Next     int64 // where to go on
}

// Consumer reads queues of one topic on one broker, at the offsets that its
// caller wants. It takes no part in rebalancing. It is safe for concurrent use.
// Each broker needs a Consumer of its own, so that one that cannot be reached
// does not hold up the others.
type Consumer struct {
	cluster Cluster
	topic   string
	broker  string
	client  atomic.Pointer[rocketmq.PullConsumer]
	renewal renewal
}

// NewConsumer starts a consumer of a topic that the name servers know.
func NewConsumer(cluster Cluster, topic, broker string) (*Consumer, error) {
	c := &Consumer{cluster: cluster, topic: topic, broker: broker}
	client, err := c.start()
	if err != nil {
		return nil, err
	}
	c.client.Store(&client)
	c.renewal.succeeded()
	return c, nil
}

func (c *Consumer) start() (rocketmq.PullConsumer, error) {
	client, err := rocketmq.NewPullConsumer(
		consumer.WithNsResolver(c.cluster.resolver()),
		consumer.WithCredentials(c.cluster.credentials),
		consumer.WithInstance(instance()),
		consumer.WithGroupName(consumerGroup),
		consumer.WithStrategy(noQueues),
	)
	if err != nil {
		return nil, fmt.Errorf("cannot make a consumer: %w", err)
	}
	if err := client.Subscribe(c.topic, consumer.MessageSelector{}); err != nil {
		return nil, fmt.Errorf("cannot subscribe to %s: %w", c.topic, err)
	}
	if err := client.Start(); err != nil {
		return nil, fmt.Errorf("cannot start a consumer: %w", err)
	}
	return client, nil
}

func noQueues(string, string, []*primitive.MessageQueue, []string) []*primitive.MessageQueue {
	return nil
}

// Pull returns messages of a queue from an offset on. It waits for them for a
// few seconds and then returns an empty batch. Where the broker has no such
// offset, the batch is empty and Next an offset that it has.
func (c *Consumer) Pull(ctx context.Context, queue int, offset int64) (Batch, error) {
	result, err := c.pull(ctx, queue, offset)
	if err != nil || result == nil {
		return Batch{Next: offset}, err
	}
	batch := Batch{Next: result.NextBeginOffset}
	if result.Status == primitive.PullOffsetIllegal && batch.Next == offset {
		return batch, fmt.Errorf("%s refuses offset %d of queue %d", c.broker, offset, queue)
	}
	if result.Status != primitive.PullFound {
		return batch, nil
	}
	for _, msg := range result.GetMessageExts() {
		batch.Messages = append(batch.Messages, Message{Key: msg.GetKeys(), Body: msg.Body, Offset: msg.QueueOffset})
	}
	return batch, nil
}

// Close ends the consumer.
func (c *Consumer) Close() {
	_ = (*c.client.Load()).Shutdown() // never fails
}

// pull returns nil when the patience or the context ended. The client's call
// goes on for a while then; its messages are dropped.
func (c *Consumer) pull(ctx context.Context, queue int, offset int64) (*primitive.PullResult, error) {
	type answer struct {
		result *primitive.PullResult
		err    error
	}
	answers := make(chan answer, 1)
	go primitive.WithRecover(func() {
		mq := &primitive.MessageQueue{Topic: c.topic, BrokerName: c.broker, QueueId: queue}
		result, err := (*c.client.Load()).PullFrom(ctx, mq, offset, batchSize)
		answers <- answer{result, err}
		c.conclude(ctx, err)
	})
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case got := <-answers:
		return got.result, got.err
	case <-timer.C:
	case <-ctx.Done():
	}
	return nil, nil
}

// conclude draws the conclusions from the end of a call, for the next one. A
// new client starts only where the name servers know the topic again.
func (c *Consumer) conclude(ctx context.Context, err error) {
	if err == nil {
		c.renewal.succeeded()
		return
	}
	if ctx.Err() != nil || !c.renewal.due() {
		return
	}
	if client, err := c.start(); err == nil {
		_ = (*c.client.Swap(&client)).Shutdown() // never fails
	}
}
