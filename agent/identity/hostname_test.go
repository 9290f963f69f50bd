package identity

import (
	"strings"
	"testing"

	"rocketmq-agent/agent/rmq"
	"rocketmq-agent/agent/settings"
)

// The official image names a broker after its container's host name. Where somebody chose that name, so does the agent.
func TestChosenHostNames(t *testing.T) {
	container := func(host string) settings.Pod {
		short, _, _ := strings.Cut(host, ".")
		return settings.Pod{FullHostname: host, Hostname: short, InContainer: true}
	}
	id64 := strings.Repeat("0123456789abcdef", 4)
	tests := []struct {
		name         string
		s            settings.Settings
		role         rmq.Role
		broker, from string
	}{
		{"chosen", settings.Settings{Pod: container("broker-a")}, rmq.Broker, "broker-a", HostName},
		{"chosen, standalone", settings.Settings{Pod: container("mq")}, rmq.Standalone, "mq", HostName},
		{"with a domain", settings.Settings{Pod: container("mq.example.com")}, rmq.Broker, "mq.example.com", HostName},
		{"with a number", settings.Settings{Pod: container("broker-7")}, rmq.Broker, "broker-7", HostName},
		{"a container's id", settings.Settings{Pod: container("0a1b2c3d4e5f")}, rmq.Broker, "broker-0", DefaultName},
		{"a long container's id", settings.Settings{Pod: container(id64)}, rmq.Broker, "broker-0", DefaultName},
		{"nearly an id", settings.Settings{Pod: container("0a1b2c3d4e5")}, rmq.Broker, "0a1b2c3d4e5", HostName},
		{"localhost", settings.Settings{Pod: container("localhost")}, rmq.Broker, "broker-0", DefaultName},
		{"no container", settings.Settings{Pod: settings.Pod{FullHostname: "laptop", Hostname: "laptop"}},
			rmq.Broker, "broker-0", DefaultName},
		{"a prefix is stronger", settings.Settings{Pod: container("broker-a"), BrokerNamePrefix: "mq"},
			rmq.Broker, "mq-0", "RMQ_BROKER_NAME_PREFIX"},
		{"an ordinal is stronger", settings.Settings{Pod: container("broker-a"), Ordinal: index(2)},
			rmq.Broker, "broker-2", "RMQ_ORDINAL"},
		{"a group needs one name",
			settings.Settings{Pod: container("broker-a"), Topology: rmq.Replicas, GroupSize: 2},
			rmq.Broker, "broker-0", DefaultName},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			id, err := Derive(tt.s, tt.role, false)
			if err != nil || id.BrokerName != tt.broker || id.NameSource != tt.from {
				t.Errorf("%q from %s, error %v, want %q from %s", id.BrokerName, id.NameSource, err, tt.broker, tt.from)
			}
		})
	}
}

// Forgetting to register a rule must not wait for a user to notice.
func TestEveryTopologyHasARule(t *testing.T) {
	for _, name := range rmq.Topologies {
		if Of(name) == nil {
			t.Errorf("the topology %s has no rule", name)
		}
	}
	if len(topologies) != len(rmq.Topologies) {
		t.Errorf("%d rules for %d topologies", len(topologies), len(rmq.Topologies))
	}
}
