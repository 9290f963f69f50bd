package config

import (
	"rocketmq-agent/agent/javaprops"
	"rocketmq-agent/agent/keys"
)

// Effective is a configuration as RocketMQ understands it: what it does not take has the default of its release. It
// implements rmq.Values.
type Effective struct {
	Config
	Keys keys.Set
}

// IsSet says whether some layer sets the key.
func (e Effective) IsSet(key string) bool {
	_, set := e.Find(key)
	return set
}

// Text is what RocketMQ uses for a key: the configured value where it takes it, else the default; empty where the
// release does not have the key, or its default depends on the machine.
func (e Effective) Text(key string) string {
	def, known := e.Keys.Find(key)
	v, set := e.Find(key)
	switch {
	case !known && e.Keys.Empty(): // nobody knows the keys of this release
		return javaprops.Trim(v.Value)
	case !known:
		return ""
	case set:
		if value, ok := def.Effective(v.Value, e.Keys.Release.TrimsValues()); ok {
			return value
		}
	}
	if def.Default == keys.Varies {
		return ""
	}
	return def.Default
}

// Number is Text as a number; 0 where it is none.
func (e Effective) Number(key string) int64 {
	n, _ := javaprops.ParseInt(e.Text(key), 64)
	return n
}

// On says whether a switch is on.
func (e Effective) On(key string) bool { return e.Text(key) == "true" }
