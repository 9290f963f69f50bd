package config

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// Layer is one source of configuration.
type Layer struct {
	Name  string // for messages: "template", a file's path, "environment", "command line"
	Props []Property
}

// Fixed is a layer that no other may contradict.
type Fixed struct {
	Layer
	Remedy string // what else to do than to remove one of the two, for messages
}

// Value is what a key ended up with, and where it came from.
type Value struct {
	Property
	Source string
}

// Config is the merged configuration of one RocketMQ process.
type Config struct {
	values map[string]Value
}

// Merge lays layers on top of each other, the later the stronger. Keys of fixed are the agent's own: a layer that says
// something else is an error that names both sources. Blanks around a value are no contradiction.
func Merge(layers []Layer, fixed ...Fixed) (Config, error) {
	c := Config{values: map[string]Value{}}
	for _, l := range layers {
		for _, p := range l.Props {
			c.values[p.Key] = Value{p, source(l, p)}
		}
	}
	var problems []error
	for _, f := range fixed {
		for _, p := range f.Props {
			was, set := c.values[p.Key]
			if set && strings.TrimSpace(was.Value) != p.Value {
				problems = append(problems, fmt.Errorf("%s sets %s=%s, but %s makes it %s: remove one%s", was.Source, p.Key, was.Value, f.Name, p.Value, f.Remedy))
			}
			c.values[p.Key] = Value{p, f.Name}
		}
	}
	return c, errors.Join(problems...)
}

func source(l Layer, p Property) string {
	if p.Line > 0 {
		return l.Name + ":" + strconv.Itoa(p.Line)
	}
	return l.Name
}

// Get returns the value of key as RocketMQ understands a string, without control characters and blanks around it
// (String.trim in MixAll.properties2Object, from 5.2.0 on), or fallback when no layer sets it.
func (c Config) Get(key, fallback string) string {
	if v, ok := c.values[key]; ok {
		return strings.TrimFunc(v.Value, func(r rune) bool { return r <= ' ' })
	}
	return fallback
}

// Int returns the value of key as RocketMQ understands it: what Integer.parseInt refuses, a trailing blank for one, leaves
// the default in place, silently (MixAll.properties2Object).
func (c Config) Int(key string, fallback int) int {
	n, err := strconv.ParseInt(strings.Map(digit, c.values[key].Value), 10, 32)
	if err != nil {
		return fallback
	}
	return int(n)
}

// digit makes an ASCII digit of any other decimal digit, for Integer.parseInt takes them all. It looks at one char at a
// time, so those that need two are none to it. Unicode keeps the ten digits of a script together, in order.
func digit(r rune) rune {
	for _, t := range unicode.Nd.R16 {
		if rune(t.Lo) <= r && r <= rune(t.Hi) {
			return '0' + (r-rune(t.Lo))%10
		}
	}
	return r
}

// Bool returns the value of key as RocketMQ understands it: anything but "true", a trailing blank too, is false
// (Boolean.parseBoolean).
func (c Config) Bool(key string) bool {
	return strings.EqualFold(c.values[key].Value, "true")
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
	var props []Property
	for _, v := range c.Values() {
		props = append(props, v.Property)
	}
	return FormatProperties(props)
}
