package roles

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"rocketmq-agent/agent/drain"
	"rocketmq-agent/agent/rocketmq"
)

// Backlog is all that somebody still has to read on this broker: by every group that has committed an offset, of the
// topics that it reads and of its retries; half transactions; messages that are delayed.
func (b *broker) Backlog(ctx context.Context) ([]drain.Backlog, error) {
	topics, err := b.client.Topics(ctx)
	if err != nil {
		return nil, err
	}
	offsets, err := b.client.ConsumerOffsets(ctx)
	if err != nil {
		return nil, err
	}
	addRetries(offsets, topics)
	var all []drain.Backlog
	for pair, committed := range offsets {
		n, err := b.unread(ctx, pair.Topic, topics[pair.Topic], committed)
		if err != nil {
			return nil, err
		}
		if n > 0 {
			all = append(all, drain.Backlog{Group: pair.Group, Topic: pair.Topic, Messages: n})
		}
	}
	if err := b.findOffline(ctx, all); err != nil {
		return nil, err
	}
	held, err := b.heldBack(ctx)
	slices.SortFunc(all, func(x, y drain.Backlog) int {
		return cmp.Or(cmp.Compare(y.Messages, x.Messages), cmp.Compare(x.Group, y.Group), cmp.Compare(x.Topic, y.Topic))
	})
	return append(all, held...), err
}

// retryPrefix is that of a group's topic for messages that it could not handle (MixAll.RETRY_GROUP_TOPIC_PREFIX).
const retryPrefix = "%RETRY%"

// addRetries adds the retry topics that groups have never read.
func addRetries(offsets map[rocketmq.GroupTopic]map[int]int64, topics map[string]rocketmq.TopicConfig) {
	for pair := range offsets {
		retry := rocketmq.GroupTopic{Group: pair.Group, Topic: retryPrefix + pair.Group}
		if _, has := topics[retry.Topic]; has && offsets[retry] == nil {
			offsets[retry] = map[int]int64{}
		}
	}
}

// readable is the bit of a topic's permission that lets it be read (PermName.PERM_READ).
const readable = 4

// unread is how many messages of a topic lie behind what a group has committed; of a queue that it has never read, all.
// A topic that is gone, or that nobody may read, has none.
func (b *broker) unread(
	ctx context.Context, topic string, config rocketmq.TopicConfig, committed map[int]int64,
) (messages int64, err error) {
	if config.Perm&readable == 0 {
		return 0, nil
	}
	for queue := range config.ReadQueues {
		ends, err := b.client.Ends(ctx, topic, queue)
		if err != nil {
			return 0, err
		}
		from, known := committed[queue]
		if !known {
			from = ends.Min
		}
		messages += max(0, ends.Max-max(from, ends.Min))
	}
	return messages, nil
}

// systemGroup begins the names of RocketMQ's own groups, which no client has.
const systemGroup = "CID_RMQ_SYS_"

func (b *broker) findOffline(ctx context.Context, all []drain.Backlog) error {
	online := map[string]bool{}
	for i, backlog := range all {
		if strings.HasPrefix(backlog.Group, systemGroup) {
			continue
		}
		if _, known := online[backlog.Group]; !known {
			on, err := b.client.Online(ctx, backlog.Group)
			if err != nil {
				return err
			}
			online[backlog.Group] = on
		}
		all[i].Offline = !online[backlog.Group]
	}
	return nil
}

// heldBack is what the broker delivers later: by level (scheduleMessageOffset_LEVEL: delivered,stored), and by time.
func (b *broker) heldBack(ctx context.Context) (all []drain.Backlog, err error) {
	runtime, err := b.client.RuntimeInfo(ctx)
	if err != nil {
		return nil, err
	}
	var byLevel, timed, behind int64
	for key, value := range runtime {
		var delivered, stored int64
		if _, err := fmt.Sscanf(value, "%d,%d", &delivered, &stored); err == nil &&
			strings.HasPrefix(key, "scheduleMessageOffset_") {
			byLevel += max(0, stored-delivered)
		}
	}
	_, _ = fmt.Sscan(runtime["timerCongestNum"], &timed) // a release without has none
	_, _ = fmt.Sscan(runtime["timerOffsetBehind"], &behind)
	for topic, n := range map[string]int64{"delayed by level": byLevel, "delayed by time": timed + behind} {
		if n > 0 {
			all = append(all, drain.Backlog{Topic: topic, Messages: n})
		}
	}
	slices.SortFunc(all, func(x, y drain.Backlog) int { return cmp.Compare(x.Topic, y.Topic) })
	return all, nil
}
