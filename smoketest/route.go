package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"rocketmq-agent/agent/rocketmq"
)

// routePeriod is how often a name server is asked whether it knows the topic.
const routePeriod = 50 * time.Millisecond

const permRead = 4 // PermName.java

// queue is one queue of the topic.
type queue struct {
	broker string // broker name
	id     int
}

// route is where the topic is.
type route struct {
	queues  map[queue]bool    // those that may be read
	masters map[string]string // addresses by broker name
}

// route returns what the name servers know of the topic, all together. It fails
// if none knows it.
func (a *admin) route(ctx context.Context, topic string) (route, error) {
	found := route{queues: make(map[queue]bool), masters: make(map[string]string)}
	var errs []error
	for _, namesrv := range a.namesrvs {
		answer, err := namesrv.Route(ctx, topic)
		errs = append(errs, err)
		found.add(answer)
	}
	if len(found.queues) == 0 {
		return route{}, fmt.Errorf("no name server knows topic %s: %w", topic, errors.Join(errs...))
	}
	return found, nil
}

func (r route) add(answer rocketmq.Route) {
	for _, broker := range answer.Brokers {
		if addr := broker.Addrs[0]; addr != "" {
			r.masters[broker.Name] = addr
		}
	}
	for _, queues := range answer.Queues {
		for id := 0; id < queues.ReadQueues && queues.Perm&permRead != 0; id++ {
			r.queues[queue{queues.BrokerName, id}] = true
		}
	}
}

// exists tells whether a name server knows the topic. It fails if none answers.
func (a *admin) exists(ctx context.Context, topic string) (bool, error) {
	_, err := a.route(ctx, topic)
	if isUnknownTopic(err) {
		return false, nil
	}
	return err == nil, err
}

func isUnknownTopic(err error) bool {
	var answer *rocketmq.ResponseError
	return errors.As(err, &answer) && answer.Code == rocketmq.CodeTopicNotExist
}

// await waits until every name server that answers knows the topic on so many
// brokers, or until the context ends.
func (a *admin) await(ctx context.Context, topic string, brokers int) error {
	for {
		err := a.known(ctx, topic, brokers)
		if err == nil {
			return nil
		}
		pause(ctx, routePeriod)
		if ctx.Err() != nil {
			return fmt.Errorf("cannot find topic %s: %w", topic, err)
		}
	}
}

func (a *admin) known(ctx context.Context, topic string, brokers int) error {
	silent := 0
	var last error
	for _, namesrv := range a.namesrvs {
		route, err := namesrv.Route(ctx, topic)
		switch {
		case isUnknownTopic(err):
			return err
		case err != nil:
			silent++
			last = err
		case len(route.Queues) < brokers:
			return fmt.Errorf("%s knows it on %d of %d brokers", namesrv.Addr(), len(route.Queues), brokers)
		}
	}
	if silent == len(a.namesrvs) {
		return last
	}
	return nil
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
