package validate

import (
	"strings"

	"rocketmq-agent/agent/config"
	"rocketmq-agent/agent/fastjson"
	"rocketmq-agent/agent/javaprops"
	"rocketmq-agent/agent/keys"
)

// Proxy judges the configuration of a proxy: each layer that somebody wrote, and the merged values together.
func Proxy(set keys.Set, conf config.Config, options Options) []Finding {
	c := &checker{Effective: config.Effective{Keys: set}, written: conf, options: options}
	if f, bad := c.unreadable(conf.Layers[0]); bad {
		return []Finding{f}
	}
	if _, has := set.Find("grpcServerPort"); !has {
		return nil // the keys of a proxy of this release are not known
	}
	c.Config = c.taken(conf)
	for _, l := range conf.Layers {
		if l.Kind != config.Embedded {
			c.object(l)
		}
	}
	if line := fastjson.MisplacedComment(conf.JSON()); line > 0 && !c.fastjson1() {
		c.add(Finding{
			File:     conf.Layers[0].Name,
			Line:     line,
			Severity: Error,
			Code:     "misplaced-comment",
			Message: "fastjson2 takes a comment only where a key comes next, so not behind the last value " +
				"or before a comma: the proxy leaves with 1",
		})
	}
	c.protection()
	c.ports()
	c.classes()
	return sortByPlace(c.findings)
}

// unreadable judges a file that is no JSON object.
func (c *checker) unreadable(l config.Layer) (f Finding, bad bool) {
	_, err := fastjson.ReadObject(l.Text)
	if err == nil || l.Kind == config.Embedded {
		return Finding{}, false
	}
	f = Finding{
		File:     l.Name,
		Line:     err.Line,
		Severity: Error,
		Code:     "bad-json",
		Message:  err.Reason + ": the proxy leaves with 1",
	}
	if c.fastjson1() { // it takes more than that, names without quotes for one
		f.Severity, f.Message = Warning, err.Reason+": it cannot be checked"
	}
	return f, true
}

// fastjson1 says whether the release reads the file with fastjson 1, which forgives much.
func (c *checker) fastjson1() bool { return !c.Keys.Release.ReadsFastjson2() }

// taken is the configuration without what RocketMQ does not take, its values as those of a properties file.
func (c *checker) taken(conf config.Config) config.Config {
	layers := make([]config.Layer, len(conf.Layers))
	for i, l := range conf.Layers {
		layers[i] = config.Layer{Kind: l.Kind, Name: l.Name, Secret: l.Secret}
		for _, m := range l.Members {
			name := c.nameTaken(m.Key)
			key, known := c.Keys.Find(name)
			text, ok := scalar(m.Value)
			if ok && known && detectType(key, m.Value, c.fastjson1()) == nil {
				layers[i].Props = append(layers[i].Props, javaprops.Property{Key: name, Value: text, Line: m.Line})
			}
		}
	}
	return config.Of(layers...)
}

// nameTaken is the key of the role that fastjson takes a name for: fastjson 1 looks neither at the case nor at - and _.
func (c *checker) nameTaken(name string) string {
	if _, ok := c.Keys.Find(name); ok || !c.fastjson1() {
		return name
	}
	plain := strings.NewReplacer("-", "", "_", "").Replace(name)
	if similar, found := c.Keys.Similar(plain); found && strings.EqualFold(similar, plain) {
		return similar
	}
	return name
}

// object judges what one source says, member by member.
func (c *checker) object(l config.Layer) {
	firstLine := map[string]int{}
	for _, m := range l.Members {
		e := entry{
			Property: javaprops.Property{Key: m.Key, Value: m.Text(), Line: m.Line},
			source:   l.At(m.Line),
			secret:   l.Secret,
		}
		e.key, e.known = c.Keys.Find(c.nameTaken(m.Key))
		if line, again := firstLine[m.Key]; again {
			c.add(fromOutside(e.finding(duplicateOf(line)), m))
		}
		firstLine[m.Key] = m.Line
		if e.known {
			c.member(e, m)
		} else {
			c.add(fromOutside(c.unknown(e), m))
		}
	}
}

// member judges a key that the proxy has.
func (c *checker) member(e entry, m fastjson.Member) {
	if found := c.detectNoEffect(e); found != nil {
		c.add(fromOutside(c.noEffect(e, found), m))
		return
	}
	found := detectMember(e.key, m.Value, c.fastjson1())
	if found == nil {
		return
	}
	f := e.valueFinding(found, suggestMember(e.key, m.Value, found.code))
	f.Severity = c.severityOfMember(e, found)
	c.add(fromOutside(f, m))
}

// fromOutside is a finding without what lies inside of a value, which may be a secret.
func fromOutside(f Finding, m fastjson.Member) Finding {
	switch m.Value.(type) {
	case map[string]any:
		f.Value = "{…}"
	case []any:
		f.Value = "[…]"
	}
	return f
}
