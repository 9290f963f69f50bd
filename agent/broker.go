package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"rocketmq-agent/agent/checks"
	"rocketmq-agent/agent/rocketmq"
)

// permRead is the brokerPermission of a broker that may be read from only (PermName.java).
const permRead = "4"

// innerProducerGroup is the producer group that every Java client brings along for its own use, consumers too
// (MixAll.CLIENT_INNER_PRODUCER_GROUP).
const innerProducerGroup = "CLIENT_INNER_PRODUCER"

// brokerLink is the running broker as the drain sees it.
type brokerLink struct {
	broker   *rocketmq.Client
	namesrvs []*rocketmq.Client
	self     func() (checks.Identity, bool) // who the broker last said it is
}

// OtherMasters asks the name servers which other brokers of the cluster take writes.
func (b *brokerLink) OtherMasters(ctx context.Context) (int, error) {
	var errs []error
	self, ok := b.self()
	if !ok {
		return 0, errors.New("the broker has not said who it is")
	}
	for _, ns := range b.namesrvs {
		info, err := ns.ClusterInfo(ctx)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		n := 0
		for name, broker := range info.Brokers {
			if _, master := broker.Addrs[0]; master && name != self.Name && broker.Cluster == self.Cluster {
				n++
			}
		}
		return n, nil
	}
	return 0, errors.Join(append(errs, errors.New("no name server answers"))...)
}

// Producers counts connected producers.
func (b *brokerLink) Producers(ctx context.Context) (int, error) {
	groups, err := b.broker.AllProducers(ctx)
	n := 0
	for group, producers := range groups {
		if group != innerProducerGroup {
			n += len(producers)
		}
	}
	return n, err
}

// Puts is how many messages the broker has stored since its start.
func (b *brokerLink) Puts(ctx context.Context) (uint64, error) {
	info, err := b.broker.RuntimeInfo(ctx)
	if err != nil {
		return 0, err
	}
	var n uint64
	_, err = fmt.Sscan(info["putMessageTimesTotal"], &n)
	return n, err
}

// ForbidWrites takes the write permission off. The broker writes it into its configuration file, which is rendered anew
// at the next start, so it does not outlive the process. The broker answers only after it has registered everywhere,
// which a dead name server makes slow, so what counts is what it reports afterwards.
func (b *brokerLink) ForbidWrites(ctx context.Context) error {
	updateErr := within(ctx, 3*time.Second, func(ctx context.Context) error {
		return b.broker.UpdateBrokerConfig(ctx, map[string]string{"brokerPermission": permRead})
	})
	return within(ctx, 2*time.Second, func(ctx context.Context) error {
		live, err := b.broker.BrokerConfig(ctx)
		if err != nil {
			return errors.Join(updateErr, err)
		}
		if live["brokerPermission"] != permRead {
			return errors.Join(updateErr, fmt.Errorf("the broker reports brokerPermission=%s", live["brokerPermission"]))
		}
		return nil
	})
}

// register makes the broker register with its name servers now. It does so at its start, but only with those that it is
// connected to by then (BrokerOuterAPI.registerBrokerAll), and a fast start is over before that: the next time would come
// 10 s later. Setting the permission to what it is registers as well. Brokers whose role is elected register when it is.
func (b *brokerLink) register(ctx context.Context) error {
	return within(ctx, 3*time.Second, func(ctx context.Context) error {
		live, err := b.broker.BrokerConfig(ctx)
		if err != nil {
			return err
		}
		for _, elected := range []string{"enableControllerMode", "enableDLegerCommitLog", "enableSlaveActingMaster"} {
			if live[elected] == "true" {
				return nil
			}
		}
		return b.broker.UpdateBrokerConfig(ctx, map[string]string{"brokerPermission": live["brokerPermission"]})
	})
}

func within(ctx context.Context, limit time.Duration, call func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	return call(ctx)
}

// unregister tells the name servers that the broker is gone, after one that had to be killed.
func (b *brokerLink) unregister(ctx context.Context) error {
	self, ok := b.self()
	if !ok {
		return errors.New("the broker has not said who it is")
	}
	var errs []error
	for _, ns := range b.namesrvs {
		errs = append(errs, ns.UnregisterBroker(ctx, rocketmq.BrokerRef{Cluster: self.Cluster, Name: self.Name, ID: self.ID, Addr: self.Addr}))
	}
	return errors.Join(errs...)
}
