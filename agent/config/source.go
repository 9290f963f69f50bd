package config

import (
	"strconv"

	"rocketmq-agent/agent/fastjson"
	"rocketmq-agent/agent/javaprops"
	"rocketmq-agent/agent/keys"
)

// Kind is the sort of place that a value comes from.
type Kind int

// The kinds of sources.
const (
	File        Kind = iota // a mounted file, which has lines
	Embedded                // the agent's own template
	Template                // a mounted template in place of the agent's own
	Variable                // RMQ_CONF_<key>, or RMQ_CONF_<key>_FILE
	Setting                 // another variable of the agent's
	CommandLine             // an option of run
	Derived                 // what follows from the topology, or from other values
)

// Source is where a value comes from.
type Source struct {
	Kind Kind
	Name string // for people: a file's path, a variable, "the command line"
	Line int    // of a file, from 1; else 0
}

// String is the source for messages: path:line.
func (s Source) String() string {
	if s.Line > 0 {
		return s.Name + ":" + strconv.Itoa(s.Line)
	}
	return s.Name
}

// Layer is what one source says. A JSON file has members, every other source has properties.
type Layer struct {
	Kind    Kind
	Name    string
	Props   []javaprops.Property
	Members []fastjson.Member
	Text    []byte // of a JSON file, as it was read
	Secret  bool   // its values are never shown
}

// layer is what a source other than a file says: keys and values by turns, those without a value left out.
func layer(kind Kind, name string, pairs ...string) Layer {
	l := Layer{Kind: kind, Name: name}
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			l.Props = append(l.Props, javaprops.Property{Key: pairs[i], Value: pairs[i+1]})
		}
	}
	return l
}

// values are the layer's keys in their order; one that stands twice comes twice.
func (l Layer) values() []Value {
	var all []Value
	for _, p := range l.Props {
		all = append(all, Value{Property: p, Source: l.At(p.Line), Secret: l.Secret})
	}
	for _, m := range l.Members {
		p := javaprops.Property{Key: m.Key, Value: m.Text(), Line: m.Line}
		all = append(all, Value{
			Property: p,
			JSON:     m.Value,
			Source:   l.At(m.Line),
			Secret:   l.Secret,
		})
	}
	return all
}

// At is the source of what stands in a line; 0 is no line.
func (l Layer) At(line int) Source { return Source{Kind: l.Kind, Name: l.Name, Line: line} }

// Value is what a key ended up with, and where it came from.
type Value struct {
	javaprops.Property
	JSON      any // in a JSON configuration: the value as encoding/json decodes it, numbers as json.Number
	Source    Source
	Secret    bool
	Displaced []Value // what weaker layers said, the weakest first
}

// Shown is the value as anybody may see it.
func (v Value) Shown() string {
	if v.secret() {
		return keys.Redacted
	}
	return keys.Redact(v.Value)
}

// secret says whether nobody may see the value: because of its source, or by the name of its key.
func (v Value) secret() bool { return v.Secret || keys.Secret(v.Key) }

// String is key=value for a message, or the key alone where nobody may see the value.
func (v Value) String() string {
	if v.Secret {
		return v.Key
	}
	return v.Key + "=" + v.Shown()
}
