// Package config turns layers of configuration into the files that RocketMQ reads. A Config is either of properties or
// of JSON; layers, sources and secrets are the same in both.
package config

import (
	"cmp"
	"encoding/json"
	"maps"
	"slices"

	"rocketmq-agent/agent/fastjson"
	"rocketmq-agent/agent/javaprops"
	"rocketmq-agent/agent/keys"
)

// Config is the merged configuration of one RocketMQ process. It is never changed.
type Config struct {
	Layers []Layer // what it was merged from, the weakest first
	values map[string]Value
}

// Of is the configuration that layers make, the weakest first.
func Of(layers ...Layer) Config { return merge(layers).config() }

// Find returns the value of key and whether any layer sets it.
func (c Config) Find(key string) (Value, bool) {
	v, ok := c.values[key]
	return v, ok
}

// Get returns the value of key as RocketMQ understands a string, without control characters and blanks around it
// (String.trim in MixAll.properties2Object, from 5.2.0 on); empty when no layer sets it.
func (c Config) Get(key string) string { return javaprops.Trim(c.values[key].Value) }

// Bool returns the value of key as RocketMQ understands it: anything but "true", a trailing blank too, is false
// (Boolean.parseBoolean).
func (c Config) Bool(key string) bool { return javaprops.ParseBool(c.values[key].Value) }

// Values lists all values, sorted by key.
func (c Config) Values() []Value {
	return slices.SortedFunc(maps.Values(c.values), func(a, b Value) int { return cmp.Compare(a.Key, b.Key) })
}

// Properties is the properties file that RocketMQ reads.
func (c Config) Properties() []byte {
	return javaprops.Format(c.properties(func(v Value) string { return v.Value }))
}

func (c Config) properties(shown func(Value) string) (all []javaprops.Property) {
	for _, v := range c.Values() {
		all = append(all, javaprops.Property{Key: v.Key, Value: shown(v)})
	}
	return all
}

// Redacted is the text of Properties without its secrets.
func (c Config) Redacted() []byte { return javaprops.Format(c.properties(Value.Shown)) }

// JSON is the file that the proxy reads. As long as nothing had to be merged it is the lowest layer's own text,
// comments and all.
func (c Config) JSON() []byte {
	if text, untouched := c.untouched(); untouched {
		return text
	}
	return c.object(func(v Value) any { return v.JSON })
}

// RedactedJSON is the object of JSON without its secrets, at whatever depth. What is no object is not shown at all.
func (c Config) RedactedJSON() []byte {
	if text, untouched := c.untouched(); untouched {
		if _, err := fastjson.ReadObject(text); err != nil {
			return []byte("(" + err.Error() + ")\n")
		}
	}
	return append(c.object(func(v Value) any {
		if v.secret() {
			return keys.Redacted
		}
		return fastjson.Redact(v.JSON, keys.Secret, keys.Redacted, keys.Redact)
	}), '\n')
}

// untouched is the text of the one layer that says anything.
func (c Config) untouched() (text []byte, ok bool) {
	for i, l := range c.Layers {
		if i > 0 && len(l.Members) > 0 {
			return nil, false
		}
	}
	return c.Layers[0].Text, true
}

func (c Config) object(shown func(Value) any) []byte {
	object := map[string]any{}
	for _, v := range c.values {
		object[v.Key] = shown(v)
	}
	text, _ := json.MarshalIndent(object, "", "  ") // what came from JSON goes back
	return text
}
