package config

import (
	"os"
	"path/filepath"
	"sync"
	"testing"

	"rocketmq-agent/agent/identity"
	"rocketmq-agent/agent/javaprops"
	"rocketmq-agent/agent/keys"
	"rocketmq-agent/agent/rmq"
	"rocketmq-agent/agent/settings"
)

var table = sync.OnceValue(func() *keys.Table {
	t, err := keys.Load()
	if err != nil {
		panic(err)
	}
	return t
})

// templatesIn are the templates of a folder; empty: the agent's own.
func templatesIn(dir string) Templates {
	all, err := ReadTemplates(dir)
	if err != nil {
		panic(err)
	}
	return all
}

// masters is what a broker of a StatefulSet is configured from.
func masters() Input {
	return Input{
		Identity: identity.Identity{
			Topology:   rmq.Masters,
			BrokerName: "broker-0",
			BrokerRole: "ASYNC_MASTER",
			Address:    "10.1.2.3",
		},
		Templates: templatesIn(""),
		Keys:      table().Set(keys.Newest(), rmq.Broker),
		Fields: Fields{
			ClusterName: "DefaultCluster",
			Namesrv:     "ns:9876",
			Address:     "10.1.2.3",
			PodIP:       "10.1.2.3",
			UserHome:    "/home/rocketmq",
		},
	}
}

// withTemplate puts a template into a folder of its own, which the input then uses.
func withTemplate(t *testing.T, in *Input, name, text string) (path string) {
	t.Helper()
	path = write(t, t.TempDir(), name, text)
	in.Templates = templatesIn(filepath.Dir(path))
	return path
}

func setTo(key, value string) settings.ConfValue {
	return settings.ConfValue{Key: key, Value: value, Variable: "RMQ_CONF_" + key}
}

func write(t *testing.T, dir, name, text string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// last is what RocketMQ sees of props: of a key that occurs twice, the last value.
func last(props []javaprops.Property) map[string]string {
	m := map[string]string{}
	for _, p := range props {
		m[p.Key] = p.Value
	}
	return m
}

func values(c Config) map[string]string {
	m := map[string]string{}
	for _, v := range c.Values() {
		m[v.Key] = v.Value
	}
	return m
}

// at is a property that stands in a line of a file.
func at(key, value string, line int) javaprops.Property {
	return javaprops.Property{Key: key, Value: value, Line: line}
}

// one is a layer of one key.
func one(name, key, value string) Layer {
	return Layer{Name: name, Props: []javaprops.Property{{Key: key, Value: value}}}
}

// lay merges layers and fixes keys.
func lay(layers []Layer, fixed ...Fixed) (Config, error) {
	m := merge(layers)
	err := m.fix(fixed)
	return m.config(), err
}
