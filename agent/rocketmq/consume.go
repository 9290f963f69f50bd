package rocketmq

import (
	"context"
	"fmt"
	"strconv"
	"strings"
)

// GroupTopic is a consumer group and a topic that it has read.
type GroupTopic struct{ Group, Topic string }

// ConsumerOffsets returns how far each group has come on this broker: the next offset of each queue that it has
// committed (ConsumerOffsetManager).
func (c *Client) ConsumerOffsets(ctx context.Context) (map[GroupTopic]map[int]int64, error) {
	var body struct {
		Offsets map[string]map[int]int64 `json:"offsetTable"`
	}
	if err := c.ask(ctx, getAllConsumerOffset, nil, &body); err != nil {
		return nil, err
	}
	all := map[GroupTopic]map[int]int64{}
	for key, queues := range body.Offsets {
		if i := strings.LastIndexByte(key, '@'); i >= 0 {
			all[GroupTopic{Group: key[i+1:], Topic: key[:i]}] = queues
		}
	}
	return all, nil
}

// TopicConfig is a topic as a broker has it.
type TopicConfig struct {
	ReadQueues int `json:"readQueueNums"`
	Perm       int `json:"perm"`
}

// Topics returns all topics of a broker.
func (c *Client) Topics(ctx context.Context) (map[string]TopicConfig, error) {
	var body struct {
		Topics map[string]TopicConfig `json:"topicConfigTable"`
	}
	err := c.ask(ctx, getAllTopicConfig, nil, &body)
	return body.Topics, err
}

// Ends are the offsets that a queue has: from Min to Max, which the next message will get.
type Ends struct{ Min, Max int64 }

// Ends asks where a queue begins and ends.
func (c *Client) Ends(ctx context.Context, topic string, queue int) (e Ends, err error) {
	if e.Min, err = c.offset(ctx, getMinOffset, topic, queue); err == nil {
		e.Max, err = c.offset(ctx, getMaxOffset, topic, queue)
	}
	return e, err
}

func (c *Client) offset(ctx context.Context, code int, topic string, queue int) (int64, error) {
	answer, err := c.Call(ctx, Command{Code: code, ExtFields: map[string]string{
		"topic":   topic,
		"queueId": strconv.Itoa(queue),
	}})
	if err != nil {
		return 0, err
	}
	n, err := strconv.ParseInt(answer.ExtFields["offset"], 10, 64)
	if err != nil {
		err = fmt.Errorf("cannot use the answer of %s to request %d: %w", c.addr, code, err)
	}
	return n, err
}

// Online says whether a consumer of the group is connected to the broker.
func (c *Client) Online(ctx context.Context, group string) (bool, error) {
	_, err := c.Call(ctx, Command{
		Code:      getConsumerConnectionList,
		ExtFields: map[string]string{"consumerGroup": group},
	})
	if hasCode(err, codeConsumerNotOnline) {
		return false, nil
	}
	return err == nil, err
}
