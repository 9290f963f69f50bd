package config

import (
	"errors"
	"fmt"
	"strings"

	"rocketmq-agent/agent/javaprops"
)

// merger lays layers on top of each other, until it is asked for the Config.
type merger struct {
	layers []Layer
	values map[string]Value
}

// merge lays layers on top of each other, the later the stronger.
func merge(layers []Layer) *merger {
	m := &merger{layers: layers, values: map[string]Value{}}
	for _, l := range layers {
		for _, v := range l.values() {
			m.set(v)
		}
	}
	return m
}

// config is the result so far. The merger must not be used after it.
func (m *merger) config() Config { return Config{Layers: m.layers, values: m.values} }

// set makes v the value of its key and remembers what it displaces.
func (m *merger) set(v Value) {
	if was, ok := m.values[v.Key]; ok {
		v.Displaced = append(was.Displaced, Value{Property: was.Property, Source: was.Source, Secret: was.Secret})
	}
	m.values[v.Key] = v
}

// derive sets a key that no layer sets.
func (m *merger) derive(key, value, from string) {
	m.set(Value{Property: javaprops.Property{Key: key, Value: value}, Source: Source{Kind: Derived, Name: from}})
}

// Fixed is a layer that no other may contradict.
type Fixed struct {
	Layer
	Remedy string // what else to do than to remove one of the two, for messages
	Off    bool   // its keys are switches that must not be on; nothing is written for them
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
func (m *merger) fix(fixed []Fixed) error {
	var problems []error
	for _, f := range fixed {
		for _, p := range f.Props {
			if was, set := m.values[p.Key]; set && f.contradicts(was.Value, p.Value) {
				problems = append(problems, fmt.Errorf("%s sets %s, but %s makes it %s: remove one%s",
					was.Source, was, f.Name, p.Value, f.Remedy))
			}
			if !f.Off {
				m.set(Value{Property: p, Source: f.At(0)})
			}
		}
	}
	return errors.Join(problems...)
}

// storePaths are the keys of folders that hold a broker's or a controller's data.
var storePaths = []string{
	"storePathRootDir", "storePathCommitLog", "storePathDLedgerCommitLog", "storePathEpochFile",
	"storePathBrokerIdentity", "readOnlyCommitLogStorePaths", "controllerStorePath",
}

// perPod moves every folder of a store into one of the pod's name, for a volume that all pods share.
// What lies below the root moves with it.
func (m *merger) perPod(pod string) {
	root := strings.TrimRight(javaprops.Trim(m.values["storePathRootDir"].Value), "/")
	for _, key := range storePaths {
		v, ok := m.values[key]
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
			m.set(Value{
				Property: javaprops.Property{Key: key, Value: moved},
				Source:   Source{Kind: Setting, Name: "RMQ_STORE_PER_POD"},
				Secret:   v.Secret,
			})
		}
	}
}
