package validate

import (
	"encoding/json"
	"fmt"
	"strings"

	"rocketmq-agent/agent/config"
	"rocketmq-agent/agent/fastjson"
	"rocketmq-agent/agent/javaprops"
	"rocketmq-agent/agent/keys"
)

// Proxy judges the configuration of a proxy: each layer that somebody wrote, and the merged values together.
func Proxy(set keys.Set, c config.Config) []Finding {
	k := &checker{set: set}
	if f, bad := k.unreadable(c.Layers[0]); bad {
		return []Finding{f}
	}
	if _, has := set.Find("grpcServerPort"); !has {
		return nil // the keys of a proxy of this release are not known
	}
	taken := make([]config.Layer, len(c.Layers))
	for i, l := range c.Layers {
		taken[i] = config.Layer{Kind: l.Kind, Name: l.Name, Secret: l.Secret, Props: k.properties(l.Members)}
	}
	k.Effective = config.Effective{Config: config.Of(taken...), Keys: set}
	for _, l := range c.Layers {
		if l.Kind != config.Embedded {
			k.object(l)
		}
	}
	if line := fastjson.MisplacedComment(c.JSON()); line > 0 && !k.smart() {
		k.add(Finding{
			File:     c.Layers[0].Name,
			Line:     line,
			Severity: Error,
			Code:     "misplaced-comment",
			Message: "fastjson2 takes a comment only where a key comes next, so not behind the last value or before a comma: " +
				"the proxy leaves with 1",
		})
	}
	k.protection()
	k.ports()
	return order(k.all)
}

// unreadable judges a file that is no JSON object.
func (k *checker) unreadable(l config.Layer) (f Finding, bad bool) {
	_, err := fastjson.ReadObject(l.Text)
	if err == nil || l.Kind == config.Embedded {
		return Finding{}, false
	}
	f = Finding{File: l.Name, Line: err.Line, Severity: Error, Code: "bad-json", Message: err.Reason + ": the proxy leaves with 1"}
	if k.smart() { // it takes more than that, names without quotes for one
		f.Severity, f.Message = Warning, err.Reason+": it cannot be checked"
	}
	return f, true
}

// object judges what one source says.
func (k *checker) object(l config.Layer) {
	first := map[string]int{}
	for _, m := range l.Members {
		e := entry{
			Property: javaprops.Property{Key: m.Key, Value: m.Text(), Line: m.Line},
			source:   l.At(m.Line),
			secret:   l.Secret,
		}
		e.key, e.known = k.set.Find(k.spelt(m.Key))
		if line, twice := first[m.Key]; twice {
			k.add(outside(m, e.finding("duplicate", fmt.Sprintf("it is set in line %d already; the last one wins", line))))
		}
		first[m.Key] = m.Line
		switch before := len(k.all); {
		case !e.known:
			k.unknown(e)
			k.all[before] = outside(m, k.all[before])
		case !k.futile(e):
			k.member(e, m)
		}
	}
}

// smart says whether the release reads the file with fastjson 1, which forgives much.
func (k *checker) smart() bool { return !k.set.Release.ReadsFastjson2() }

// spelt is the key of the role that fastjson takes a name for: fastjson 1 looks neither at the case nor at - and _.
func (k *checker) spelt(name string) string {
	if _, ok := k.set.Find(name); ok || !k.smart() {
		return name
	}
	plain := strings.NewReplacer("-", "", "_", "").Replace(name)
	if similar, found := k.set.Similar(plain); found && strings.EqualFold(similar, plain) {
		return similar
	}
	return name
}

// properties are the values of the object that RocketMQ takes.
func (k *checker) properties(members []fastjson.Member) (all []javaprops.Property) {
	for _, m := range members {
		name := k.spelt(m.Key)
		key, known := k.set.Find(name)
		if text, ok := scalar(m.Value); ok && known && mistyped(key, m.Value, k.smart()) == nil {
			all = append(all, javaprops.Property{Key: name, Value: text, Line: m.Line})
		}
	}
	return all
}

// scalar is a value as one would write it in a properties file; ok is false for null, objects and lists.
func scalar(value any) (text string, ok bool) {
	switch value.(type) {
	case string, bool, json.Number:
		return fastjson.Member{Value: value}.Text(), true
	}
	return "", false
}

// outside is a finding without what lies inside of a value, which may be a secret.
func outside(m fastjson.Member, f Finding) Finding {
	switch m.Value.(type) {
	case map[string]any:
		f.Value = "{…}"
	case []any:
		f.Value = "[…]"
	}
	return f
}

// member judges the value of a key that the proxy has.
func (k *checker) member(e entry, m fastjson.Member) {
	p := mistyped(e.key, m.Value, k.smart())
	if text, ok := scalar(m.Value); p == nil && ok && text != "" {
		p = byRule(e.key, text)
	}
	if p == nil {
		return
	}
	f := outside(m, e.about(p))
	if p.refused && k.needs(e.key.Name) {
		f.Severity = Error
	}
	k.add(f)
}
