package identity

import (
	"strings"
	"testing"

	"rocketmq-agent/agent/rmq"
	"rocketmq-agent/agent/settings"
)

// kube is the pod of a StatefulSet, as the downward API describes it.
func kube(name string) settings.Pod {
	return settings.Pod{
		Name:         name,
		Hostname:     name,
		IP:           "10.1.2.3",
		HostIP:       "192.0.2.9",
		InKubernetes: true,
	}
}

func TestMasters(t *testing.T) {
	host := func(name string) settings.Pod { return settings.Pod{Hostname: name, InKubernetes: true} }
	tests := []struct {
		name   string
		s      settings.Settings
		broker string
		source string
	}{
		{"StatefulSet", settings.Settings{Pod: kube("broker-0")}, "broker-0", "POD_NAME"},
		{"two digits", settings.Settings{Pod: kube("broker-12")}, "broker-12", "POD_NAME"},
		{"dashes in the name", settings.Settings{Pod: kube("my-rocket-mq-3")}, "my-rocket-mq-3", "POD_NAME"},
		{"digits in the name", settings.Settings{Pod: kube("mq-2024-1")}, "mq-2024-1", "POD_NAME"},
		{"a high ordinal", settings.Settings{Pod: kube("broker-10000")}, "broker-10000", "POD_NAME"},
		{"five digits that no random name has", settings.Settings{Pod: kube("broker-24561")},
			"broker-24561", "POD_NAME"},
		{"host name in Kubernetes", settings.Settings{Pod: host("broker-2")}, "broker-2", "the host name"},
		{"POD_NAME before the host name",
			settings.Settings{Pod: settings.Pod{Name: "a-1", Hostname: "b-2", InKubernetes: true}},
			"a-1", "POD_NAME"},
		{"docker's random host name", settings.Settings{Pod: settings.Pod{Hostname: "0a1b2c3d4e5f"}},
			"broker-0", "the default"},
		{"docker compose with a host name like a pod's", settings.Settings{Pod: settings.Pod{Hostname: "broker-7"}},
			"broker-0", "the default"},
		{"nothing known", settings.Settings{}, "broker-0", "the default"},
		{"prefix", settings.Settings{Pod: kube("broker-4"), BrokerNamePrefix: "eu-west-mq"},
			"eu-west-mq-4", "POD_NAME"},
		{"prefix in docker", settings.Settings{BrokerNamePrefix: "mq"}, "mq-0", "the default"},
		{"RMQ_ORDINAL in docker", settings.Settings{Ordinal: index(5)}, "broker-5", "RMQ_ORDINAL"},
		{"RMQ_ORDINAL 0", settings.Settings{Pod: kube("broker-4"), Ordinal: index(0)}, "broker-0", "RMQ_ORDINAL"},
		{"RMQ_ORDINAL and prefix", settings.Settings{Ordinal: index(5), BrokerNamePrefix: "mq"},
			"mq-5", "RMQ_ORDINAL"},
		{"RMQ_ORDINAL keeps the pod's prefix", settings.Settings{Pod: kube("mq-4"), Ordinal: index(9)},
			"mq-9", "RMQ_ORDINAL"},
		{"RMQ_ORDINAL in a Deployment", settings.Settings{Pod: kube("mq-7d9f8c6b5-x2x4z"), Ordinal: index(1)},
			"broker-1", "RMQ_ORDINAL"},
		{"sync", settings.Settings{Pod: kube("broker-0"), Replication: rmq.Sync}, "broker-0", "POD_NAME"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			id, err := Derive(tt.s, rmq.Broker, false)
			if err != nil {
				t.Fatal(err)
			}
			if id.BrokerName != tt.broker || id.OrdinalSource != tt.source {
				t.Errorf("name %q from %s, want %q from %s", id.BrokerName, id.OrdinalSource, tt.broker, tt.source)
			}
			role := map[rmq.Replication]string{"": "ASYNC_MASTER", rmq.Sync: "SYNC_MASTER"}[tt.s.Replication]
			if id.Topology != rmq.Masters || id.BrokerID != 0 || id.BrokerRole != role {
				t.Errorf("topology %q, id %d, role %q, want masters, 0, %s",
					id.Topology, id.BrokerID, id.BrokerRole, role)
			}
			again, _ := Derive(tt.s, rmq.Broker, false)
			if again != id {
				t.Errorf("the second time it is %+v, not %+v", again, id)
			}
		})
	}
}

// A name without an ordinal would give every replica the same identity, a random one would give every restart another.
func TestPodsWithoutAnOrdinalAreRefused(t *testing.T) {
	names := []string{
		"broker", "broker-", "-0", "0", "broker-01", "broker-00", "broker-+1", "broker-1a", "broker-٣", "broker_0",
		"broker-99999999999999999999", "broker-2147483648",
		"broker-7d9f8c6b5-x2x4z", // a Deployment's pod
		"broker-7d9f8c6b5-24567", // one whose random word is a number
		"broker-22222",           // a DaemonSet's
	}
	for _, name := range names {
		for source, pod := range map[string]settings.Pod{
			"POD_NAME":      {Name: name, Hostname: "broker-0", InKubernetes: true},
			"the host name": {Hostname: name, InKubernetes: true},
		} {
			t.Run(source+" "+name, func(t *testing.T) {
				id, err := Derive(settings.Settings{Pod: pod}, rmq.Broker, false)
				if err == nil {
					t.Fatalf("became %s", id.BrokerName)
				}
				for _, want := range []string{source + `="` + name + `"`, "StatefulSet", "RMQ_ORDINAL"} {
					if !strings.Contains(err.Error(), want) {
						t.Errorf("%q does not say %q", err, want)
					}
				}
			})
		}
	}
}

// Kubernetes cuts a host name to 63 characters, and to 62 where the last one would have been a dash.
func TestCutHostNames(t *testing.T) {
	for length, cut := range map[int]bool{63: true, 62: true, 61: false} {
		pod := settings.Pod{Hostname: strings.Repeat("b", length), InKubernetes: true}
		_, err := Derive(settings.Settings{Pod: pod}, rmq.Broker, false)
		if err == nil || strings.Contains(err.Error(), "set POD_NAME from metadata.name") != cut {
			t.Errorf("%d characters: %v", length, err)
		}
	}
}

func TestTopology(t *testing.T) {
	tests := []struct {
		name        string
		set         rmq.Topology
		fileDecides bool
		want        rmq.Topology
	}{
		{"default", "", false, rmq.Masters},
		{"the file sets an identity", "", true, rmq.Manual},
		{"masters against the file", rmq.Masters, true, rmq.Masters},
		{"manual", rmq.Manual, false, rmq.Manual},
		{"manual with a file", rmq.Manual, true, rmq.Manual},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			// A Deployment's pod: with the topology manual its name does not matter.
			s := settings.Settings{
				Topology: tt.set,
				Pod:      kube("mq-7d9f8c6b5-x2x4z"),
				Ordinal:  settings.Ordinal{N: 3, Set: tt.want == rmq.Masters},
			}
			id, err := Derive(s, rmq.Broker, tt.fileDecides)
			if err != nil {
				t.Fatal(err)
			}
			if id.Topology != tt.want || (id.BrokerName == "") != (tt.want == rmq.Manual) ||
				(id.BrokerRole == "") != (tt.want == rmq.Manual) {
				t.Errorf("got %+v, want topology %s", id, tt.want)
			}
			if id.Address != "10.1.2.3" {
				t.Errorf("address %q", id.Address)
			}
		})
	}
}

func TestAddress(t *testing.T) {
	pod := kube("broker-0")
	pod.FQDN = "broker-0.brokers.mq.svc.cluster.local"
	bare := settings.Pod{Name: "broker-0", InKubernetes: true}
	docker := settings.Pod{Hostname: "0a1b2c3d4e5f"}
	tests := []struct {
		name      string
		role      rmq.Role
		pod       settings.Pod
		advertise settings.Advertise
		addr      string
		source    string // or a part of the error when addr is empty and this is not RocketMQ's own choice
	}{
		{"default with POD_IP", rmq.Broker, pod, "", "10.1.2.3", "POD_IP"},
		{"default without POD_IP", rmq.Broker, bare, "", "", "RocketMQ's own choice"},
		{"docker", rmq.Broker, docker, "", "", "RocketMQ's own choice"},
		{"standalone in docker", rmq.Standalone, docker, "", "127.0.0.1", "the default of standalone"},
		{"standalone with POD_IP", rmq.Standalone, settings.Pod{IP: "10.1.2.3"}, "", "10.1.2.3", "POD_IP"},
		{"standalone in Kubernetes", rmq.Standalone, bare, "", "", "RocketMQ's own choice"},
		{"standalone, other address", rmq.Standalone, docker, "mq.example.com", "mq.example.com", "RMQ_ADVERTISE"},
		{"pod-ip", rmq.Broker, pod, settings.PodIP, "10.1.2.3", "RMQ_ADVERTISE=pod-ip"},
		{"host-ip", rmq.Broker, pod, settings.HostIP, "192.0.2.9", "RMQ_ADVERTISE=host-ip"},
		{"pod-dns", rmq.Broker, pod, settings.PodDNS, "broker-0.brokers.mq.svc.cluster.local", "RMQ_ADVERTISE=pod-dns"},
		{"IP address", rmq.Broker, pod, "192.0.2.1", "192.0.2.1", "RMQ_ADVERTISE"},
		{"IPv6 address", rmq.Broker, pod, "2001:db8::1", "[2001:db8::1]", "RMQ_ADVERTISE"},
		{"IPv6 pod", rmq.Broker, settings.Pod{IP: "2001:db8::1"}, "", "[2001:db8::1]", "POD_IP"},
		{"no POD_IP", rmq.Broker, bare, settings.PodIP, "", "RMQ_ADVERTISE=pod-ip: POD_IP is not set"},
		{"no HOST_IP", rmq.Broker, bare, settings.HostIP, "", "RMQ_ADVERTISE=host-ip: HOST_IP is not set"},
		{"no headless Service", rmq.Broker, bare, settings.PodDNS, "",
			"RMQ_ADVERTISE=pod-dns: /etc/hosts has no full name"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			id, err := Derive(settings.Settings{Pod: tt.pod, Advertise: tt.advertise}, tt.role, false)
			if err != nil {
				if tt.addr != "" || !strings.Contains(err.Error(), tt.source) {
					t.Errorf("error %q, want %q from %q", err, tt.addr, tt.source)
				}
				return
			}
			if id.Address != tt.addr || id.AddressSource != tt.source {
				t.Errorf("got %q from %q, want %q from %q", id.Address, id.AddressSource, tt.addr, tt.source)
			}
		})
	}
}
