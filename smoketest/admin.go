package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"rocketmq-agent/agent/rocketmq"
)

// Request codes (RequestCode.java of RocketMQ).
const (
	createTopicInBroker  = 17
	getMaxOffset         = 30
	deleteTopicInBroker  = 215
	deleteTopicInNamesrv = 216
)

// queuesPerBroker is enough to keep two cores busy.
const queuesPerBroker = 4

// admin creates and deletes the topic and asks where it is. It uses the agent's
// client, because the admin client of rocketmq-client-go v2.1.2 overlooks
// refusals and cannot list brokers.
type admin struct {
	access   rocketmq.Access
	namesrvs []*rocketmq.Client
}

func newAdmin(namesrvs []string, access rocketmq.Access) *admin {
	a := &admin{access: access}
	for _, addr := range namesrvs {
		a.namesrvs = append(a.namesrvs, rocketmq.NewClient(addr, access))
	}
	return a
}

func (a *admin) close() {
	for _, namesrv := range a.namesrvs {
		_ = namesrv.Close() // nothing is lost with it
	}
}

// masters returns the addresses of all masters that any name server knows.
// It fails if none knows one.
func (a *admin) masters(ctx context.Context) ([]string, error) {
	found := make(map[string]bool)
	var errs []error
	for _, namesrv := range a.namesrvs {
		info, err := namesrv.ClusterInfo(ctx)
		errs = append(errs, err)
		for _, broker := range info.Brokers {
			if addr := broker.Addrs[0]; addr != "" {
				found[addr] = true
			}
		}
	}
	if len(found) == 0 {
		return nil, errors.Join(append(errs, errors.New("no name server knows a master broker"))...)
	}
	return slices.Sorted(maps.Keys(found)), nil
}

// create creates the topic on each broker.
func (a *admin) create(ctx context.Context, topic string, brokers []string) error {
	for _, addr := range brokers {
		_, err := a.call(ctx, addr, createTopicInBroker, map[string]string{
			"topic":           topic,
			"defaultTopic":    "TBW102",
			"readQueueNums":   strconv.Itoa(queuesPerBroker),
			"writeQueueNums":  strconv.Itoa(queuesPerBroker),
			"perm":            "6",
			"topicFilterType": "SINGLE_TAG",
			"topicSysFlag":    "0",
			"order":           "false",
		})
		if err != nil {
			return fmt.Errorf("cannot create topic %s on %s: %w", topic, addr, err)
		}
	}
	return nil
}

// remove deletes the topic on its so many brokers, wherever they are now, and
// then on the name servers.
func (a *admin) remove(ctx context.Context, topic string, brokers int) error {
	route, err := a.route(ctx, topic)
	if err != nil {
		return fmt.Errorf("cannot delete topic %s: %w", topic, err)
	}
	var errs []error
	if gone := brokers - len(route.masters); gone > 0 {
		errs = append(errs, fmt.Errorf("%d of its brokers are not there", gone))
	}
	field := map[string]string{"topic": topic}
	for _, addr := range route.masters {
		_, err := a.call(ctx, addr, deleteTopicInBroker, field)
		errs = append(errs, err)
	}
	for _, namesrv := range a.namesrvs {
		_, err := a.call(ctx, namesrv.Addr(), deleteTopicInNamesrv, field)
		errs = append(errs, err)
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("cannot delete topic %s everywhere: %w", topic, err)
	}
	return nil
}

// end returns the offset that the next message of a queue will get.
func (a *admin) end(ctx context.Context, topic string, q queue) (int64, error) {
	route, err := a.route(ctx, topic)
	if err != nil {
		return 0, err
	}
	addr := route.masters[q.broker]
	if addr == "" {
		return 0, fmt.Errorf("no name server knows broker %s", q.broker)
	}
	answer, err := a.call(ctx, addr, getMaxOffset, map[string]string{"topic": topic, "queueId": strconv.Itoa(q.id)})
	if err != nil {
		return 0, err
	}
	end, err := strconv.ParseInt(answer.ExtFields["offset"], 10, 64)
	if err != nil {
		return 0, fmt.Errorf("cannot read where queue %d of %s ends: %w", q.id, q.broker, err)
	}
	return end, nil
}

func (a *admin) call(ctx context.Context, addr string, code int, fields map[string]string) (rocketmq.Command, error) {
	client := rocketmq.NewClient(addr, a.access)
	defer func() { _ = client.Close() }()
	return client.Call(ctx, rocketmq.Command{Code: code, ExtFields: fields})
}
