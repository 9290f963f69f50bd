// Package validate judges configuration files of RocketMQ, which itself passes over every mistake in them without a
// word.
//
// A key goes this way: a layer of the configuration has entries (here, and in proxy.go for JSON); what is wrong with
// one is detected (detect_*.go); what was surely meant is suggested (suggest.go); whether the start is refused is
// decided (severity.go); all of it becomes a Finding (finding.go). Then the keys of the role are judged together
// (broker.go, broker_store.go, controller.go, protection.go, together.go).
package validate

import (
	"strings"

	"rocketmq-agent/agent/config"
	"rocketmq-agent/agent/javaprops"
	"rocketmq-agent/agent/keys"
	"rocketmq-agent/agent/rmq"
)

// Options are what a check knows beyond the configuration itself.
type Options struct {
	GroupSize int     // how many brokers share the name; 0: not known
	Classes   Classes // nil: not known
	Inside    bool    // the proxy is inside a broker
}

// checker looks at one configuration.
type checker struct {
	config.Effective               // what RocketMQ makes of it, by the keys of the role
	written          config.Config // all that was written, also what RocketMQ does not take
	options          Options
	findings         []Finding
}

// Properties judges the configuration of a broker, a name server or a controller: each layer that somebody wrote, and
// the merged values together. Findings come in the order of their files and lines.
func Properties(set keys.Set, conf config.Config, options Options) []Finding {
	c := &checker{Effective: config.Effective{Config: conf, Keys: set}, written: conf, options: options}
	for _, l := range conf.Layers {
		if l.Kind != config.Embedded {
			c.layer(l)
		}
	}
	switch set.Role {
	case rmq.Broker:
		c.broker()
	case rmq.Namesrv:
		if c.On("enableControllerInNamesrv") {
			c.controller()
		}
	case rmq.Controller:
		c.controller()
	}
	c.classes()
	return sortByPlace(c.findings)
}

// layer judges what one source says, entry by entry.
func (c *checker) layer(l config.Layer) {
	firstLine := map[string]int{}
	c.encoding(l)
	inMarkup := false // between <!-- and -->, which mean nothing here
	for _, p := range l.Props {
		e := entry{Property: p, source: l.At(p.Line), secret: l.Secret}
		e.key, e.known = c.Keys.Find(p.Key)
		if line, again := firstLine[p.Key]; again && p.Line > 0 && !inMarkup {
			c.add(e.finding(duplicateOf(line)))
		}
		firstLine[p.Key] = p.Line
		opening := detectMarkup(p.Key)
		begins := opening != nil && !inMarkup
		inMarkup = inMarkup || begins
		switch {
		case begins:
			c.add(e.finding(opening))
		case e.known:
			c.known(e)
		case !inMarkup:
			c.add(c.unknown(e))
		}
		inMarkup = inMarkup && !strings.Contains(p.Key+p.Value, "-->")
	}
}

// entry is a key in a layer.
type entry struct {
	javaprops.Property
	source config.Source
	secret bool // whatever the key, nobody may see the value
	key    keys.Key
	known  bool // the role has the key
}

// hidden says whether nobody may see the value; what is JSON may hold a password.
func (e entry) hidden() bool {
	return e.secret || e.key.Rule.Kind == keys.JSON || keys.Secret(e.Key) ||
		strings.Contains(e.Value, "{") && keys.Secret(e.Value) || keys.Redact(e.Value) != e.Value
}

func (c *checker) add(f Finding) { c.findings = append(c.findings, f) }

// known judges a key that the role has.
func (c *checker) known(e entry) {
	if found := c.detectNoEffect(e); found != nil {
		c.add(c.noEffect(e, found))
		return
	}
	trims := c.Keys.Release.TrimsValues()
	found := detectValue(e.key, e.Value, trims)
	if found == nil {
		return
	}
	suggestion := suggestValue(e.key, e.Value, found.code, trims)
	f := e.valueFinding(found, suggestion)
	f.Severity = c.severityOfValue(e, found, suggestion)
	c.add(f)
}

// noEffect is about a key that the role has and that does nothing, whatever its value.
func (c *checker) noEffect(e entry, found *problem) Finding {
	f := e.finding(found)
	f.Suggestion = c.unlessSet(c.suggestKey(e.key.Name))
	if found.refused {
		f.Severity = Error
	}
	return f
}

// unknown judges a key that the role does not have. What was meant by it comes first here, because it is a part of what
// is wrong: that a key of the identity, or of the protection, is missing.
func (c *checker) unknown(e entry) Finding {
	if rest, marked := strings.CutPrefix(e.Key, byteOrderMark); marked {
		return c.marked(e, rest)
	}
	meant := c.suggestKey(e.Key)
	found := c.detectUnknown(e, meant)
	f := e.finding(found)
	f.Suggestion = c.unlessSet(meant)
	f.Severity = c.severityOfUnknown(e, found, meant)
	return f
}

// marked judges the first key of a file that begins with a byte order mark, which became a part of it.
func (c *checker) marked(e entry, rest string) Finding {
	if rest == "" || strings.ContainsAny(rest[:1], "#!") {
		f := e.finding(markedComment())
		f.Key, f.Value = "", ""
		return f
	}
	found := c.markedKey(e, rest)
	f := e.finding(found)
	f.Key = readable(rest)
	f.Severity = c.severityOfUnknown(e, found, rest)
	return f
}
