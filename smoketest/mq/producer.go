package mq

import (
	"context"
	"errors"
	"fmt"
	"math"
	"sync/atomic"

	rocketmq "github.com/apache/rocketmq-client-go/v2"
	"github.com/apache/rocketmq-client-go/v2/primitive"
	"github.com/apache/rocketmq-client-go/v2/producer"
)

// producerGroup is the group of every producer. Brokers keep no record of it.
const producerGroup = "smoketest"

// Place is where a broker stored a message.
type Place struct {
	Broker string // broker name
	Queue  int
	Offset int64 // in the queue
}

// Producer sends messages. It is safe for concurrent use.
type Producer struct {
	cluster Cluster
	client  atomic.Pointer[rocketmq.Producer]
	turns   *rotation
	renewal renewal
}

// NewProducer starts a producer. It connects when it sends.
func NewProducer(cluster Cluster) (*Producer, error) {
	p := &Producer{cluster: cluster, turns: newRotation()}
	client, err := p.start()
	if err != nil {
		return nil, err
	}
	p.client.Store(&client)
	p.renewal.succeeded()
	return p, nil
}

func (p *Producer) start() (rocketmq.Producer, error) {
	client, err := rocketmq.NewProducer(
		producer.WithNsResolver(p.cluster.resolver()),
		producer.WithCredentials(p.cluster.credentials),
		producer.WithInstanceName(instance()),
		producer.WithGroupName(producerGroup),
		producer.WithRetry(0),
		producer.WithQueueSelector(p.turns),
		producer.WithCompressMsgBodyOverHowmuch(math.MaxInt),
	)
	if err != nil {
		return nil, fmt.Errorf("cannot make a producer: %w", err)
	}
	if err := client.Start(); err != nil {
		return nil, fmt.Errorf("cannot start a producer: %w", err)
	}
	return client, nil
}

// Send makes exactly one attempt of at most 3 s to send a message. After an
// error the message may be stored or not. Only SEND_OK is an acknowledgement:
// the other statuses of a stored message say that a flush or a slave failed.
func (p *Producer) Send(topic, key string, body []byte) (Place, error) {
	msg := primitive.NewMessage(topic, body).WithKeys([]string{key})
	client := p.client.Load()
	result, err := (*client).SendSync(context.Background(), msg)
	if err == nil && result.Status != primitive.SendOK {
		err = statusError(result.Status)
	}
	if err != nil {
		p.failed(msg.Queue)
		return Place{}, err
	}
	p.renewal.succeeded()
	queue := result.MessageQueue
	return Place{Broker: queue.BrokerName, Queue: queue.QueueId, Offset: result.QueueOffset}, nil
}

// failed draws the conclusions from a failure, for the next attempt. The
// queue is nil where the client knew none.
func (p *Producer) failed(queue *primitive.MessageQueue) {
	if queue != nil {
		p.turns.avoid(queue.BrokerName)
	}
	if !p.renewal.due() {
		return
	}
	if client, err := p.start(); err == nil {
		_ = (*p.client.Swap(&client)).Shutdown() // never fails
	}
}

// Close ends the producer.
func (p *Producer) Close() {
	_ = (*p.client.Load()).Shutdown() // never fails
}

func statusError(status primitive.SendStatus) error {
	switch status {
	case primitive.SendFlushDiskTimeout:
		return errors.New("stored, but not flushed in time (FLUSH_DISK_TIMEOUT)")
	case primitive.SendFlushSlaveTimeout:
		return errors.New("stored, but not replicated in time (FLUSH_SLAVE_TIMEOUT)")
	case primitive.SendSlaveNotAvailable:
		return errors.New("stored, but no slave is in sync (SLAVE_NOT_AVAILABLE)")
	}
	return fmt.Errorf("unknown send status %d", status)
}
