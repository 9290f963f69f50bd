package main

import (
	"context"
	"strconv"
	"time"

	"rocketmq-agent/agent/config"
	"rocketmq-agent/agent/keys"
	"rocketmq-agent/agent/settings"
	"rocketmq-agent/agent/validate"
)

// readBack compares what the ready broker runs with to what it was given, once: RocketMQ says nothing about what it does not
// take.
func (a *app) readBack(ctx context.Context, c config.Config) {
	select {
	case <-ctx.Done():
		return
	case <-a.ready:
	}
	var live map[string]string
	err := within(ctx, 5*time.Second, func(ctx context.Context) (err error) {
		live, err = a.link.broker.BrokerConfig(ctx)
		return err
	})
	if err != nil {
		a.log.Info("cannot compare the broker's live configuration with its file", "error", err)
		return
	}
	differences := differing(a.plan.keys.Set(a.plan.home.Version, settings.Broker), c, live)
	for _, d := range differences {
		a.log.Warn("the running broker has another value than it was given", "key", d.key, "given", d.given, "source", d.source, "live", d.live)
	}
	if len(differences) == 0 {
		a.log.Info("the running broker has every value that it was given", "keys", len(c.Values()))
	}
}

// difference is one key whose live value is not the one of the file.
type difference struct{ key, given, source, live string }

// electedKeys change while a broker runs whose role is elected.
var electedKeys = map[string]bool{"brokerId": true, "brokerRole": true}

func differing(set keys.Set, c config.Config, live map[string]string) (all []difference) {
	elected := c.Bool("enableDLegerCommitLog") || c.Bool("enableControllerMode")
	for _, v := range c.Values() {
		k, known := set.Find(v.Key)
		if !known || k.LiveName == "" || k.Class == "AuthConfig" || // of which only the file's own text is shown
			keys.Secret(v.Key) || v.Secret || elected && electedKeys[v.Key] {
			continue
		}
		given, taken := validate.Effective(k, v.Value, !set.Before(5, 2))
		now, shown := live[k.LiveName]
		if taken && shown && !sameValue(given, now) {
			all = append(all, difference{v.Key, given, v.Source, now})
		}
	}
	return all
}

// sameValue compares numbers as numbers: Java and Go write floating ones differently.
func sameValue(a, b string) bool {
	if a == b {
		return true
	}
	x, errX := strconv.ParseFloat(a, 64)
	y, errY := strconv.ParseFloat(b, 64)
	return errX == nil && errY == nil && x == y
}
