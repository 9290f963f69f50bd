package validate

import (
	"fmt"
	"slices"
	"strings"

	"rocketmq-agent/agent/keys"
	"rocketmq-agent/agent/rmq"
)

// report adds a finding of several keys together.
func (c *checker) report(severity Severity, code string, about []string, format string, args ...any) {
	c.add(c.together(severity, code, about, format, args...))
}

// together is a finding of several keys together, at the place of the first of them that is set.
func (c *checker) together(severity Severity, code string, about []string, format string, args ...any) Finding {
	f := Finding{
		File:     c.fileName(),
		Severity: severity,
		Code:     code,
		Message:  fmt.Sprintf(format, args...),
	}
	if i := slices.IndexFunc(about, c.IsSet); i >= 0 {
		v, _ := c.Find(about[i])
		f.Key, f.Value = v.Key, readable(keys.Redact(v.Value))
		f.File, f.Line = v.Source.Name, v.Source.Line
		if v.Secret || keys.Secret(v.Key) {
			f.Value = keys.Redacted
		}
	} else if len(about) > 0 {
		f.Key = about[0]
	}
	for _, key := range about {
		if v, _ := c.Find(key); v.Value != "" && (v.Secret || keys.Redact(v.Value) != v.Value) {
			f.Message = strings.ReplaceAll(f.Message, v.Value, v.Shown())
		}
	}
	return f
}

// fileName is the file that a finding without a place is about.
func (c *checker) fileName() string {
	for _, l := range slices.Backward(c.Layers) {
		if len(l.Props) > 0 && l.Props[0].Line > 0 {
			return l.Name
		}
	}
	return "the configuration"
}

// off says whether a switch that is on by default is turned off.
func (c *checker) off(key string) bool { return c.Text(key) == "false" && c.IsSet(key) }

// clamped is number within the bounds that RocketMQ keeps it in; 0 where the release does not have the key.
func (c *checker) clamped(name string) int64 {
	number := float64(c.Number(name))
	if key, known := c.Keys.Find(name); known && key.Rule.Kind == keys.Clamped {
		number = min(max(number, *key.Rule.Min), *key.Rule.Max)
	}
	return int64(number)
}

// ports finds ports that are none, and those that two parts of the process want.
func (c *checker) ports() {
	reported := map[string]bool{}
	all := rmq.Listens(c.Keys.Role, c.Keys.Release, c)
	for i, port := range all {
		if port.Number < 1 || port.Number > 65535 {
			if !reported[port.Key] {
				c.noPort(port)
			}
			reported[port.Key] = true
			continue
		}
		for _, other := range all[:i] {
			if port.Number == other.Number {
				c.report(Error, "port-twice", []string{port.Key, other.Key},
					"%s and %s are the same port: RocketMQ does not start", other, port)
			}
		}
	}
}

// noPort says what the finding about the value alone says too, and more.
func (c *checker) noPort(port rmq.Port) {
	c.findings = slices.DeleteFunc(c.findings, func(f Finding) bool {
		return f.Key == port.Key && f.Code == "out-of-range"
	})
	c.report(Error, "bad-port", []string{port.Key}, "%s is no port; allowed: 1 to 65535", port)
}

// members judges a member of a DLedger group, of brokers or of controllers, and its peers, by the names of their keys.
func (c *checker) members(selfKey, peersKey, groupKey string) {
	self, peers := c.Text(selfKey), c.Text(peersKey)
	if self == "" || peers == "" {
		c.noPeers(selfKey, peersKey)
		return
	}
	ids, found := peerIDs(peers)
	if found != nil {
		return // a finding of its own
	}
	seen := map[string]bool{}
	for _, id := range ids {
		if seen[id] {
			c.report(Error, "peer-twice", []string{peersKey}, "the member %s stands in it twice", id)
		}
		seen[id] = true
	}
	if !seen[self] {
		c.report(Error, "not-a-peer", []string{peersKey, selfKey},
			"%s=%s is not among the members %s: RocketMQ does not start", selfKey, self, peers)
	}
	if len(ids)%2 == 0 {
		c.report(Warning, "even-peers", []string{peersKey},
			"%d members survive no more failures than %d: use an odd number", len(ids), len(ids)-1)
	}
	if c.Text(groupKey) == "" {
		c.report(Error, "no-group", []string{groupKey},
			"%s is not set, and a group without a name takes no message", groupKey)
	}
}

// noPeers is about a member that does not know itself, or the others.
func (c *checker) noPeers(selfKey, peersKey string) {
	missing := selfKey
	if c.Text(selfKey) != "" {
		missing = peersKey
	}
	c.report(Error, "no-peers", []string{missing},
		"%s is not set, and RocketMQ does not start without it; it takes %s=n0, "+
			"%s=n0-HOST:PORT;n1-HOST:PORT;n2-HOST:PORT (in Kubernetes, a StatefulSet with a serviceName and its "+
			"headless Service give the agent the names; RMQ_POD_DOMAIN names their domain)",
		missing, selfKey, peersKey)
}
