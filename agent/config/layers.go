// Package config turns layers of configuration into the files that RocketMQ reads.
package config

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"rocketmq-agent/agent/javaprops"
)

// Layer is one source of configuration.
type Layer struct {
	Name   string // for messages: "template", a file's path, "environment", "command line"
	Props  []javaprops.Property
	Secret bool // its values are never shown
}

// one is a layer of one key.
func one(name, key, value string) Layer {
	return Layer{Name: name, Props: []javaprops.Property{{Key: key, Value: value}}}
}

// Fixed is a layer that no other may contradict.
type Fixed struct {
	Layer
	Remedy string // what else to do than to remove one of the two, for messages
	Off    bool   // its keys are switches that must not be on; nothing is written for them
}

// Value is what a key ended up with, and where it came from.
type Value struct {
	javaprops.Property
	Source    string
	Secret    bool
	Displaced []Value // what weaker layers said, the weakest first
}

// String is key=value for a message, or the key alone where nobody may see the value.
func (v Value) String() string {
	if v.Secret {
		return v.Key
	}
	return v.Key + "=" + v.Value
}

// Config is the merged configuration of one RocketMQ process.
type Config struct {
	Layers []Layer // what it was merged from, the weakest first
	values map[string]Value
}

// merge lays layers on top of each other, the later the stronger.
func merge(layers []Layer) Config {
	c := Config{Layers: layers, values: map[string]Value{}}
	for _, l := range layers {
		for _, p := range l.Props {
			c.set(Value{Property: p, Source: source(l, p), Secret: l.Secret})
		}
	}
	return c
}

// set makes v the value of its key and remembers what it displaces.
func (c Config) set(v Value) {
	if was, ok := c.values[v.Key]; ok {
		v.Displaced = append(was.Displaced, Value{Property: was.Property, Source: was.Source, Secret: was.Secret})
	}
	c.values[v.Key] = v
}

// contradicts says whether RocketMQ would take was for something else than want. Blanks around it are no contradiction.
func (f Fixed) contradicts(was, want string) bool {
	switch {
	case f.Off:
		return javaprops.ParseBool(was)
	case want == "true":
		return !javaprops.ParseBool(javaprops.Trim(was))
	}
	return javaprops.Trim(was) != javaprops.Trim(want)
}

// fix sets the keys that are the agent's own: a layer that says something else is an error that names both sources.
func (c Config) fix(fixed []Fixed) error {
	var problems []error
	for _, f := range fixed {
		for _, p := range f.Props {
			if was, set := c.values[p.Key]; set && f.contradicts(was.Value, p.Value) {
				problems = append(problems, fmt.Errorf("%s sets %s, but %s makes it %s: remove one%s", was.Source, was, f.Name, p.Value, f.Remedy))
			}
			if f.Off {
				continue
			}
			c.set(Value{Property: p, Source: f.Name})
		}
	}
	return errors.Join(problems...)
}

func source(l Layer, p javaprops.Property) string {
	if p.Line > 0 {
		return l.Name + ":" + strconv.Itoa(p.Line)
	}
	return l.Name
}

// OfFile is the configuration that a file makes by itself.
func OfFile(l Layer) Config { return merge([]Layer{l}) }

// Find returns the value of key and whether any layer sets it.
func (c Config) Find(key string) (Value, bool) {
	v, ok := c.values[key]
	return v, ok
}

// Get returns the value of key as RocketMQ understands a string, without control characters and blanks around it
// (String.trim in MixAll.properties2Object, from 5.2.0 on), or fallback when no layer sets it.
func (c Config) Get(key, fallback string) string {
	if v, ok := c.values[key]; ok {
		return javaprops.Trim(v.Value)
	}
	return fallback
}

// Int returns the value of key as RocketMQ understands it: what Integer.parseInt refuses, a trailing blank for one, leaves
// the default in place, silently (MixAll.properties2Object).
func (c Config) Int(key string, fallback int) int {
	if n, ok := javaprops.ParseInt(c.values[key].Value, 32); ok {
		return int(n)
	}
	return fallback
}

// Bool returns the value of key as RocketMQ understands it: anything but "true", a trailing blank too, is false
// (Boolean.parseBoolean).
func (c Config) Bool(key string) bool {
	return javaprops.ParseBool(c.values[key].Value)
}

// Values lists all values, sorted by key.
func (c Config) Values() []Value {
	all := make([]Value, 0, len(c.values))
	for _, v := range c.values {
		all = append(all, v)
	}
	slices.SortFunc(all, func(a, b Value) int { return cmp.Compare(a.Key, b.Key) })
	return all
}

// Properties is the file that RocketMQ reads.
func (c Config) Properties() []byte {
	var props []javaprops.Property
	for _, v := range c.Values() {
		props = append(props, v.Property)
	}
	return javaprops.Format(props)
}

// Redacted is the same text with mask in place of every secret value.
func (c Config) Redacted(secret func(key string) bool, mask string) []byte {
	var props []javaprops.Property
	for _, v := range c.Values() {
		if v.Secret || secret(v.Key) {
			v.Value = mask
		}
		props = append(props, v.Property)
	}
	return javaprops.Format(props)
}

// storePaths are the keys of folders that hold a broker's or a controller's data.
var storePaths = []string{
	"storePathRootDir", "storePathCommitLog", "storePathDLedgerCommitLog", "storePathEpochFile", "storePathBrokerIdentity",
	"readOnlyCommitLogStorePaths", "controllerStorePath",
}

// perPod moves every folder of a store into one of the pod's name, for a volume that all pods share. What lies below the
// root moves with it.
func (c Config) perPod(pod string) {
	root := strings.TrimRight(c.Get("storePathRootDir", ""), "/")
	for _, key := range storePaths {
		v, ok := c.values[key]
		if !ok {
			continue
		}
		dirs := strings.Split(javaprops.Trim(v.Value), ",") // MixAll.MULTI_PATH_SPLITTER
		for i, dir := range dirs {
			bare := strings.TrimRight(dir, "/")
			below, ok := strings.CutPrefix(bare, root+"/")
			switch {
			case dir == "": // no folder; RocketMQ drops those behind the last comma
			case ok && root != "":
				dirs[i] = root + "/" + pod + "/" + below
			default:
				dirs[i] = bare + "/" + pod
			}
		}
		if moved := strings.Join(dirs, ","); moved != v.Value {
			c.set(Value{Property: javaprops.Property{Key: key, Value: moved}, Source: "RMQ_STORE_PER_POD", Secret: v.Secret})
		}
	}
}
