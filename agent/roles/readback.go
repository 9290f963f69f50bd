package roles

import (
	"context"
	"strconv"
	"time"

	"rocketmq-agent/agent/config"
	"rocketmq-agent/agent/keys"
)

// readBack compares what the ready broker runs with to what it was given, once: RocketMQ says nothing about what it
// does not take.
func (b *broker) readBack(ctx context.Context) {
	var live map[string]string
	err := within(ctx, 5*time.Second, func(ctx context.Context) (err error) {
		live, err = b.client.BrokerConfig(ctx)
		return err
	})
	if err != nil {
		b.log.Info("cannot compare the broker's live configuration with its file", "error", err)
		return
	}
	given := b.plan.Values()
	differences := differing(given, live, b.plan.Topology.Elected())
	for _, d := range differences {
		b.log.Warn("the running broker has another value than it was given",
			"key", d.key, "given", d.given, "source", d.source, "live", d.live)
	}
	if len(differences) == 0 {
		b.log.Info("the running broker has every value that it was given", "keys", len(given.Values()))
	}
}

// difference is one key whose live value is not the one of the file.
type difference struct{ key, given, source, live string }

// electedKeys change while a broker runs whose role is elected.
var electedKeys = map[string]bool{"brokerId": true, "brokerRole": true}

// differing lists the keys whose live value is not what RocketMQ should have made of the given one. Secrets are left
// out.
func differing(given config.Effective, live map[string]string, elected bool) (all []difference) {
	for _, v := range given.Values() {
		k, known := given.Keys.Find(v.Key)
		if !known || k.LiveName == "" || k.Class == "AuthConfig" || // of which only the file's own text is shown
			v.Key == "namesrvAddr" || // the agent changes it where a name is several servers
			keys.Secret(v.Key) || v.Secret || elected && electedKeys[v.Key] {
			continue
		}
		want, taken := k.Effective(v.Value, given.Keys.Release.TrimsValues())
		now, shown := live[k.LiveName]
		if taken && shown && !sameValue(want, now) {
			all = append(all, difference{v.Key, keys.Redact(want), v.Source.String(), keys.Redact(now)})
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
