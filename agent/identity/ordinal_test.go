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

func TestPodIndex(t *testing.T) {
	const from = "the label apps.kubernetes.io/pod-index"
	tests := []struct {
		name, pod, label string
		ordinal          settings.Ordinal
		broker, source   string // or what the refusal says, where broker is empty
	}{
		{"as in the name", "mq-3", "3", settings.Ordinal{}, "mq-3", from},
		{"it beats POD_NAME", "mq-3", "5", settings.Ordinal{}, "mq-5", from},
		{"a name without an ordinal", "mq", "5", settings.Ordinal{}, "broker-5", from},
		{"RMQ_ORDINAL beats it", "mq-3", "5", index(7), "mq-7", "RMQ_ORDINAL"},
		{"RMQ_ORDINAL beats one that is no number", "mq-3", "x", index(7), "mq-7", "RMQ_ORDINAL"},
		{"not there", "mq-3", "", settings.Ordinal{}, "mq-3", "POD_NAME"},
		{"a word", "mq-3", "three", settings.Ordinal{}, "", `apps.kubernetes.io/pod-index is "three", not a number`},
		{"negative", "mq-3", "-1", settings.Ordinal{}, "", `"-1", not a number`},
		{"signed", "mq-3", "+1", settings.Ordinal{}, "", `"+1", not a number`},
		{"a blank", "mq-3", "1 ", settings.Ordinal{}, "", `"1 ", not a number`},
		{"too large", "mq-3", "2147483648", settings.Ordinal{}, "", `"2147483648", not a number`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := settings.Settings{Pod: kube(tt.pod), Ordinal: tt.ordinal}
			s.Pod.Index = tt.label
			id, err := Derive(s, rmq.Broker, false)
			if tt.broker == "" {
				if err == nil || !strings.Contains(err.Error(), tt.source) ||
					!strings.Contains(err.Error(), "set RMQ_ORDINAL") {
					t.Errorf("error %v, want %q", err, tt.source)
				}
				return
			}
			if err != nil || id.BrokerName != tt.broker || id.OrdinalSource != tt.source {
				t.Errorf("%s from %s, error %v", id.BrokerName, id.OrdinalSource, err)
			}
		})
	}
}
