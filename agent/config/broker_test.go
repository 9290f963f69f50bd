package config

import (
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"rocketmq-agent/agent/identity"
	"rocketmq-agent/agent/javaprops"
	"rocketmq-agent/agent/rmq"
	"rocketmq-agent/agent/settings"
)

func TestDefaults(t *testing.T) {
	tests := []struct {
		name  string
		merge func(Input) (Config, error)
		want  map[string]string
	}{
		{"broker", Broker, map[string]string{
			"brokerClusterName":              "DefaultCluster",
			"brokerName":                     "broker-0",
			"brokerId":                       "0",
			"brokerRole":                     "ASYNC_MASTER",
			"listenPort":                     "10911",
			"haListenPort":                   "10912",
			"namesrvAddr":                    "ns:9876",
			"brokerIP1":                      "10.1.2.3",
			"brokerIP2":                      "10.1.2.3",
			"storePathRootDir":               "/home/rocketmq/store",
			"transactionMetricFlushInterval": "1000",
			"updateNameServerAddrPeriod":     "10000",
		}},
		{"name server", Namesrv, map[string]string{
			"listenPort":      "9876",
			"kvConfigPath":    "/home/rocketmq/namesrv/kvConfig.json",
			"configStorePath": "/home/rocketmq/namesrv/namesrv.properties",
		}},
		{"controller", Controller, map[string]string{
			"controllerDLegerGroup":  "group1",
			"controllerDLegerPeers":  "n0-127.0.0.1:9878",
			"controllerDLegerSelfId": "n0",
			"controllerStorePath":    "/home/rocketmq/controller",
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c, err := tt.merge(masters())
			if err != nil {
				t.Fatal(err)
			}
			if got := values(c); !maps.Equal(got, tt.want) {
				t.Errorf("got  %v\nwant %v", got, tt.want)
			}
			props, err := javaprops.Parse(c.Properties())
			if err != nil || !maps.Equal(last(props), tt.want) {
				t.Errorf("the file says %v, error %v", last(props), err)
			}
		})
	}
}

func TestNothingKnownLeavesKeysOut(t *testing.T) {
	in := masters()
	in.Identity = identity.Identity{Topology: rmq.Manual}
	in.Fields = Fields{ClusterName: "c", UserHome: "/h"}
	c, err := Broker(in)
	if err != nil {
		t.Fatal(err)
	}
	got := slices.Sorted(maps.Keys(values(c)))
	want := []string{
		"brokerClusterName", "haListenPort", "listenPort", "storePathRootDir", "transactionMetricFlushInterval",
	}
	if !slices.Equal(got, want) {
		t.Errorf("keys %v, want %v", got, want)
	}
}

// The layers of a broker, each stronger than those before it.
func TestLayersOfABroker(t *testing.T) {
	dir := t.TempDir()
	steps := []struct {
		source string
		add    func(*Input)
		want   string
	}{
		{"template broker.conf.tmpl", func(*Input) {}, "ns:9876"},
		{"template broker.conf.tmpl", func(in *Input) { // NAMESRV_ADDR is a field of the template
			in.Settings.Namesrv, in.Settings.NamesrvFrom = rmq.AddrList{"env:1"}, "NAMESRV_ADDR"
			in.Fields.Namesrv = "env:1"
		}, "env:1"},
		{filepath.Join(dir, "broker.conf.tmpl"), func(in *Input) {
			write(t, dir, "broker.conf.tmpl", "namesrvAddr={{.Namesrv}}0\n")
			in.Templates = templatesIn(dir)
		}, "env:10"},
		{"/etc/broker.conf:3", func(in *Input) {
			in.File = Layer{Name: "/etc/broker.conf", Props: []javaprops.Property{at("namesrvAddr", "file:1", 3)}}
		}, "file:1"},
		{"RMQ_CONF_namesrvAddr", func(in *Input) {
			in.Settings.Conf = []settings.ConfValue{setTo("namesrvAddr", "conf:1")}
		}, "conf:1"},
		{"RMQ_NAMESRV", func(in *Input) {
			in.Settings.Namesrv, in.Settings.NamesrvFrom = rmq.AddrList{"a:1", "b:2"}, "RMQ_NAMESRV"
		}, "a:1;b:2"},
		{"the command line", func(in *Input) { in.Namesrv = rmq.AddrList{"n:1"} }, "n:1"},
	}
	in := masters()
	for _, step := range steps {
		step.add(&in)
		c, err := Broker(in)
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range c.Values() {
			if v.Key == "namesrvAddr" && (v.Value != step.want || v.Source.String() != step.source) {
				t.Errorf("%s from %s, want %s from %s", v.Value, v.Source, step.want, step.source)
			}
		}
	}
}

func TestFixedKeysOfABroker(t *testing.T) {
	file := Layer{Name: "/etc/broker.conf", Props: []javaprops.Property{
		at("brokerName", "broker-a", 1),
		at("brokerId", "1", 2),
		at("brokerRole", "SLAVE", 3),
		at("brokerClusterName", "c", 4),
		at("brokerIP1", "192.0.2.1", 5),
	}}
	tests := []struct {
		name   string
		change func(*Input)
		want   []string // what the error says; none: no error
	}{
		{"masters", func(in *Input) { in.File = file }, []string{
			"/etc/broker.conf:1 sets brokerName=broker-a, but the topology masters makes it broker-0",
			"/etc/broker.conf:2 sets brokerId=1", "/etc/broker.conf:3 sets brokerRole=SLAVE", "RMQ_TOPOLOGY=manual"}},
		{"manual", func(in *Input) { in.File, in.Identity.Topology = file, rmq.Manual }, nil},
		{"RMQ_CONF_", func(in *Input) { in.Settings.Conf = []settings.ConfValue{setTo("brokerId", "1")} },
			[]string{"RMQ_CONF_brokerId sets brokerId=1"}},
		{"cluster name", func(in *Input) {
			in.File, in.Identity.Topology, in.Settings.ClusterName = file, rmq.Manual, "prod"
			in.Fields.ClusterName = "prod"
		}, []string{"/etc/broker.conf:4 sets brokerClusterName=c, but RMQ_CLUSTER_NAME makes it prod: remove one"}},
		{"cluster name alone", func(in *Input) { in.Settings.ClusterName, in.Fields.ClusterName = "prod", "prod" },
			nil},
		{"address", func(in *Input) {
			in.File, in.Identity.Topology, in.Settings.Advertise = file, rmq.Manual, settings.PodIP
		}, []string{"/etc/broker.conf:5 sets brokerIP1=192.0.2.1, but RMQ_ADVERTISE makes it 10.1.2.3: remove one"}},
		{"an address that is only the default yields",
			func(in *Input) { in.File = Layer{Name: "f", Props: file.Props[4:]} }, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			in := masters()
			tt.change(&in)
			_, err := Broker(in)
			if (err == nil) != (tt.want == nil) {
				t.Fatalf("error %v, want %q", err, tt.want)
			}
			for _, want := range tt.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("no %q in\n%v", want, err)
				}
			}
		})
	}
}

// FuzzValuesNeverBecomeKeys: what the environment and the pod say ends up as the values of their own keys,
// whatever it is.
func FuzzValuesNeverBecomeKeys(f *testing.F) {
	f.Add("c", "10.1.2.3", "/home/rocketmq", "48")
	f.Add("c\nbrokerId=1", "\\", "\r\nx=y\\", "{{.PodIP}}")
	f.Add("\x00", " ", "é", "\\u0041\\")
	f.Fuzz(func(t *testing.T, cluster, address, home, value string) {
		valid := func(s string) string { return string([]rune(s)) }
		in := masters()
		in.Fields = Fields{
			ClusterName: cluster,
			Namesrv:     "ns:9876",
			Address:     address,
			PodIP:       address,
			UserHome:    home,
		}
		in.Settings.Conf = []settings.ConfValue{setTo("fileReservedTime", value)}
		c, err := Broker(in)
		if err != nil {
			t.Fatal(err)
		}
		props, err := javaprops.Parse(c.Properties())
		if err != nil {
			t.Fatal(err)
		}
		want := map[string]string{
			"brokerClusterName":              valid(cluster),
			"brokerName":                     "broker-0",
			"brokerId":                       "0",
			"brokerRole":                     "ASYNC_MASTER",
			"namesrvAddr":                    "ns:9876",
			"storePathRootDir":               valid(home) + "/store",
			"transactionMetricFlushInterval": "1000",
			"updateNameServerAddrPeriod":     "10000",
			"listenPort":                     "10911",
			"haListenPort":                   "10912",
			"fileReservedTime":               valid(value),
			"brokerIP1":                      valid(address),
			"brokerIP2":                      valid(address),
		}
		if address == "" {
			delete(want, "brokerIP1")
			delete(want, "brokerIP2")
		}
		if got := last(props); !maps.Equal(got, want) || len(props) != len(want) {
			t.Errorf("got  %q\nwant %q", got, want)
		}
	})
}
