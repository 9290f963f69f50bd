package validate

import (
	"iter"
	"strings"

	"rocketmq-agent/agent/config"
	"rocketmq-agent/agent/keys"
	"rocketmq-agent/agent/rmq"
)

// Classes are those that a JVM of the release finds.
type Classes interface {
	Has(name string) bool
	Own() iter.Seq[string] // RocketMQ's own
}

// classes judges the keys that name a class. RocketMQ loads each of them at its start, also for what is turned off.
func (c *checker) classes() {
	if c.options.Classes == nil {
		return
	}
	for _, v := range c.Config.Values() {
		key, known := c.Keys.Find(v.Key)
		kind := key.Rule.Kind
		value := c.Text(v.Key)
		e := entry{Property: v.Property, source: v.Source, key: key}
		if !known || kind != keys.Class && kind != keys.Classes || value == key.Default ||
			detectRule(key, value) != nil || c.detectNoEffect(e) != nil {
			continue
		}
		for class := range strings.SplitSeq(strings.TrimRight(value, ","), ",") {
			if !c.options.Classes.Has(class) {
				c.noClass(v, class)
			}
		}
	}
}

// noClass is about a class that is in no jar.
func (c *checker) noClass(v config.Value, class string) {
	shown := class
	if v.Secret {
		shown = keys.Redacted
	}
	f := c.together(Error, "no-such-class", []string{v.Key},
		"no jar in lib holds the class %s, and RocketMQ %s does not start with it", shown, c.Keys.Release)
	if shown == class {
		f.Suggestion = c.suggestClass(v.Key, class)
	}
	if f.Suggestion == "" {
		f.Message += "; a class of your own needs its jar there, or in CLASSPATH"
	}
	c.add(f)
}

// suggestClass finds the class that was meant: the one of the same name in another package, one that is spelt much like
// it, or the only one that there is for what holds users and permissions.
func (c *checker) suggestClass(key, class string) string {
	simple := class[strings.LastIndexByte(class, '.')+1:]
	same, several := "", false
	for name := range c.options.Classes.Own() {
		if strings.HasSuffix(name, "."+simple) {
			same, several = name, same != ""
		}
	}
	if same != "" && !several {
		return same
	}
	if similar, found := keys.Closest(class, c.options.Classes.Own()); found {
		return similar
	}
	if c.Keys.Role == rmq.Broker && strings.HasPrefix(class, "org.apache.rocketmq.") {
		return localProviders[rmq.Broker].of(key)
	}
	return ""
}
