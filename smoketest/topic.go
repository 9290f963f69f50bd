package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"rocketmq-agent/agent/rocketmq"
)

// Request codes (RequestCode.java of RocketMQ).
const (
	createTopicInBroker  = 17
	deleteTopicInBroker  = 215
	deleteTopicInNamesrv = 216
)

const (
	// queuesPerBroker is enough to keep two cores busy.
	queuesPerBroker = 4

	// routePatience is how long name servers may take to learn of a topic.
	routePatience = 10 * time.Second
	routePeriod   = 50 * time.Millisecond

	permRead = 4 // PermName.java
)

// admin creates and deletes the topic and finds its queues. It asks through the
// agent's client, because the admin client of rocketmq-client-go v2.1.2
// overlooks refusals and cannot list brokers.
type admin struct {
	namesrvs []*rocketmq.Client
}

func newAdmin(namesrvs []string) *admin {
	a := &admin{}
	for _, addr := range namesrvs {
		a.namesrvs = append(a.namesrvs, rocketmq.NewClient(addr))
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
		if err != nil {
			errs = append(errs, err)
		}
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
		err := order(ctx, addr, createTopicInBroker, map[string]string{
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

// remove deletes the topic on the brokers and then on all name servers.
func (a *admin) remove(ctx context.Context, topic string, brokers []string) error {
	var errs []error
	field := map[string]string{"topic": topic}
	for _, addr := range brokers {
		errs = append(errs, order(ctx, addr, deleteTopicInBroker, field))
	}
	for _, namesrv := range a.namesrvs {
		errs = append(errs, order(ctx, namesrv.Addr(), deleteTopicInNamesrv, field))
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("cannot delete topic %s: %w", topic, err)
	}
	return nil
}

func order(ctx context.Context, addr string, code int, fields map[string]string) error {
	client := rocketmq.NewClient(addr)
	defer func() { _ = client.Close() }()
	_, err := client.Call(ctx, rocketmq.Command{Code: code, ExtFields: fields})
	return err
}

// exists tells whether a name server knows the topic.
func (a *admin) exists(ctx context.Context, topic string) (bool, error) {
	var errs []error
	for _, namesrv := range a.namesrvs {
		_, err := namesrv.Route(ctx, topic)
		if err == nil {
			return true, nil
		}
		if !isUnknownTopic(err) {
			errs = append(errs, err)
		}
	}
	if len(errs) == len(a.namesrvs) {
		return false, errors.Join(errs...)
	}
	return false, nil
}

func isUnknownTopic(err error) bool {
	var answer *rocketmq.ResponseError
	return errors.As(err, &answer) && answer.Code == rocketmq.CodeTopicNotExist
}

// queue is one queue of the topic.
type queue struct {
	broker string // broker name
	id     int
}

// queues returns the queues of the topic that at least one name server knows.
func (a *admin) queues(ctx context.Context, topic string) ([]queue, error) {
	found := make(map[queue]bool)
	var errs []error
	for _, namesrv := range a.namesrvs {
		route, err := namesrv.Route(ctx, topic)
		errs = append(errs, err)
		for _, queues := range route.Queues {
			for id := 0; id < queues.ReadQueues && queues.Perm&permRead != 0; id++ {
				found[queue{broker: queues.BrokerName, id: id}] = true
			}
		}
	}
	if len(found) == 0 {
		return nil, fmt.Errorf("no name server knows a queue of topic %s: %w", topic, errors.Join(errs...))
	}
	return slices.SortedFunc(maps.Keys(found), func(x, y queue) int {
		if order := strings.Compare(x.broker, y.broker); order != 0 {
			return order
		}
		return x.id - y.id
	}), nil
}

// await waits until every name server that answers knows the topic on so many
// brokers.
func (a *admin) await(ctx context.Context, topic string, brokers int) error {
	ctx, cancel := context.WithTimeout(ctx, routePatience)
	defer cancel()
	var err error
	for ctx.Err() == nil {
		if err = a.known(ctx, topic, brokers); err == nil {
			return nil
		}
		pause(ctx, routePeriod)
	}
	return fmt.Errorf("cannot find topic %s: %w", topic, err)
}

func (a *admin) known(ctx context.Context, topic string, brokers int) error {
	answered := false
	var last error
	for _, namesrv := range a.namesrvs {
		route, err := namesrv.Route(ctx, topic)
		switch {
		case err == nil && len(route.Queues) >= brokers:
			answered = true
		case err == nil:
			return fmt.Errorf("%s knows it on %d of %d brokers", namesrv.Addr(), len(route.Queues), brokers)
		case isUnknownTopic(err):
			return err
		default:
			last = err
		}
	}
	if answered {
		return nil
	}
	return last
}

// pause waits for so long or until the context ends.
func pause(ctx context.Context, length time.Duration) {
	timer := time.NewTimer(length)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}
