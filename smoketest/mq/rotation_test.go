package mq

import (
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/apache/rocketmq-client-go/v2/primitive"
)

var queues = []*primitive.MessageQueue{
	{BrokerName: "a", QueueId: 0}, {BrokerName: "a", QueueId: 1},
	{BrokerName: "b", QueueId: 0}, {BrokerName: "b", QueueId: 1},
}

// choose returns the next so many choices, in order of the queues.
func choose(r *rotation, count int) []string {
	var chosen []string
	for range count {
		var msg primitive.Message
		queue := r.Select(&msg, queues, "")
		if msg.Queue != queue {
			return []string{"the choice is not noted in the message"}
		}
		chosen = append(chosen, fmt.Sprint(queue.BrokerName, queue.QueueId))
	}
	slices.Sort(chosen)
	return slices.Compact(chosen)
}

func TestRotation(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRotation()
		check := func(when string, want ...string) {
			t.Helper()
			if got := choose(r, len(queues)); !slices.Equal(got, want) {
				t.Errorf("%s: %v, want %v", when, got, want)
			}
		}
		all := []string{"a0", "a1", "b0", "b1"}
		check("at first", all...)
		r.avoid("a")
		check("while a is avoided", "b0", "b1")
		r.avoid("b")
		check("while all are avoided", all...)
		time.Sleep(avoidance + 1)
		check("after a while", all...)
	})
}
