package config

import (
	"maps"
	"strings"
	"testing"

	"rocketmq-agent/agent/identity"
	"rocketmq-agent/agent/javaprops"
	"rocketmq-agent/agent/rmq"
	"rocketmq-agent/agent/settings"
)

// brokerOf is what a broker of a topology with groups of three is configured from; its file says text.
func brokerOf(t *testing.T, topology rmq.Topology, text string) Input {
	t.Helper()
	in := masters()
	in.Settings.Topology = topology
	in.Identity = identity.Identity{
		Topology:   topology,
		Size:       3,
		Index:      1,
		BrokerName: "mq-0",
		BrokerID:   rmq.AnyID,
	}
	switch topology {
	case rmq.Masters:
		in.Identity.Size, in.Identity.BrokerID, in.Identity.BrokerRole = 1, 0, "ASYNC_MASTER"
	case rmq.Replicas:
		in.Identity.BrokerID, in.Identity.BrokerRole = 1, "SLAVE"
	case rmq.DLedger:
		in.Identity.SelfID, in.Identity.Peers = "n1", "n0-mq-0.d:40911;n1-mq-1.d:40911;n2-mq-2.d:40911"
	}
	in.File = fileOf(t, text)
	return in
}

func fileOf(t *testing.T, text string) Layer {
	t.Helper()
	props, err := javaprops.Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return Layer{Name: "f", Props: props}
}

// identityOf is what a configuration says about who the broker is.
func identityOf(c Config) map[string]string {
	all := values(c)
	maps.DeleteFunc(all, func(key, _ string) bool { return !identityKeys[key] && key != "controllerAddr" })
	return all
}

func TestTopologiesAreWritten(t *testing.T) {
	const peers = "n0-mq-0.d:40911;n1-mq-1.d:40911;n2-mq-2.d:40911"
	tests := []struct {
		topology rmq.Topology
		file     string
		want     map[string]string
	}{
		{rmq.Masters, "", map[string]string{"brokerName": "mq-0", "brokerId": "0", "brokerRole": "ASYNC_MASTER"}},
		{rmq.Masters, "enableDLegerCommitLog=false\nenableControllerMode=false", map[string]string{
			"brokerName":            "mq-0",
			"brokerId":              "0",
			"brokerRole":            "ASYNC_MASTER",
			"enableDLegerCommitLog": "false",
			"enableControllerMode":  "false",
		}},
		{rmq.Replicas, "brokerId=1\nbrokerName= mq-0",
			map[string]string{"brokerName": "mq-0", "brokerId": "1", "brokerRole": "SLAVE"}},
		// What is elected has no id and no role in the file: RocketMQ gives both.
		{rmq.DLedger, "", map[string]string{
			"brokerName":            "mq-0",
			"enableDLegerCommitLog": "true",
			"dLegerGroup":           "mq-0",
			"dLegerSelfId":          "n1",
			"dLegerPeers":           peers,
		}},
		{rmq.ControllerMode, "",
			map[string]string{"brokerName": "mq-0", "enableControllerMode": "true", "controllerAddr": "ns:9878"}},
		{rmq.Manual, "brokerName=a\nbrokerId=7\nenableDLegerCommitLog=true",
			map[string]string{"brokerName": "a", "brokerId": "7", "enableDLegerCommitLog": "true"}},
	}
	for _, tt := range tests {
		t.Run(string(tt.topology)+" "+tt.file, func(t *testing.T) {
			c, err := Broker(brokerOf(t, tt.topology, tt.file))
			if got := identityOf(c); err != nil || !maps.Equal(got, tt.want) {
				t.Errorf("got  %v, error %v\nwant %v", got, err, tt.want)
			}
		})
	}
}

// A file of another topology is refused, with both sources in the message and what else can be done.
func TestContradictedTopologies(t *testing.T) {
	const instead = ": remove one, or set RMQ_TOPOLOGY=manual, which leaves the identity to the file"
	tests := []struct {
		topology rmq.Topology
		file     string
		want     string
	}{
		{rmq.Masters, "a=1\nenableDLegerCommitLog=true",
			"f:2 sets enableDLegerCommitLog=true, but the topology masters makes it false" + instead},
		{rmq.Masters, "enableControllerMode=true",
			"f:1 sets enableControllerMode=true, but the topology masters makes it false" + instead},
		{rmq.Replicas, "enableDLegerCommitLog=TRUE",
			"f:1 sets enableDLegerCommitLog=TRUE, but the topology replicas makes it false" + instead},
		{rmq.Replicas, "brokerRole=ASYNC_MASTER",
			"f:1 sets brokerRole=ASYNC_MASTER, but the topology replicas makes it SLAVE" + instead},
		{rmq.DLedger, "enableDLegerCommitLog=false",
			"f:1 sets enableDLegerCommitLog=false, but the topology dledger makes it true" + instead},
		{rmq.DLedger, "enableControllerMode=true",
			"f:1 sets enableControllerMode=true, but the topology dledger makes it false" + instead},
		{rmq.DLedger, "dLegerGroup=g", "f:1 sets dLegerGroup=g, but the topology dledger makes it mq-0" + instead},
		{rmq.DLedger, "dLegerSelfId=n0", "f:1 sets dLegerSelfId=n0, but the topology dledger makes it n1" + instead},
		{rmq.ControllerMode, "enableControllerMode=false",
			"f:1 sets enableControllerMode=false, but the topology controller makes it true" + instead},
		{rmq.ControllerMode, "enableDLegerCommitLog=true",
			"f:1 sets enableDLegerCommitLog=true, but the topology controller makes it false" + instead},
	}
	for _, tt := range tests {
		_, err := Broker(brokerOf(t, tt.topology, tt.file))
		if err == nil || err.Error() != tt.want {
			t.Errorf("%s with %q\ngot  %v\nwant %s", tt.topology, tt.file, err, tt.want)
		}
	}
}

// Where the pods have no stable names the file names the peers; the agent writes none.
func TestDLedgerPeersOfTheFile(t *testing.T) {
	in := brokerOf(t, rmq.DLedger, "dLegerPeers=n1-a:1;n2-b:1;n3-c:1")
	in.Identity.Peers = ""
	c, err := Broker(in)
	if v, _ := c.Find("dLegerPeers"); err != nil || v.Value != "n1-a:1;n2-b:1;n3-c:1" || v.Source.String() != "f:1" {
		t.Errorf("peers %q from %s, error %v", v.Value, v.Source, err)
	}
}

// haListenPort is written out, so that RocketMQ and the agent agree on it: the default of 5.x is listenPort + 1, unless
// something above 0 is set.
func TestHAPort(t *testing.T) {
	for text, want := range map[string]string{
		"":                 "10912 from listenPort + 1",
		"listenPort=20000": "20001 from listenPort + 1",
		// Integer.parseInt refuses the blank, so the default stays.
		"listenPort=20000 ":               "10912 from listenPort + 1",
		"listenPort=20000\nhaListenPort=": "20001 from listenPort + 1",
		"haListenPort=0":                  "10912 from listenPort + 1",
		"haListenPort=-1":                 "10912 from listenPort + 1",
		"haListenPort=x":                  "10912 from listenPort + 1",
		"haListenPort=30000":              "30000 from f:1",
	} {
		c, err := Broker(brokerOf(t, rmq.Masters, text))
		if v, _ := c.Find("haListenPort"); err != nil || v.Value+" from "+v.Source.String() != want {
			t.Errorf("%q: %s from %s, want %s, error %v", text, v.Value, v.Source, want, err)
		}
	}
}

func TestControllerAddr(t *testing.T) {
	tests := []struct {
		name   string
		file   string
		change func(*Input)
		want   string // the value and where it is from, or the error
	}{
		{"the name servers of the template", "", func(*Input) {}, "ns:9878 from the hosts of namesrvAddr"},
		{"those of the file", "namesrvAddr=a:1;b:2", func(*Input) {}, "a:9878;b:9878 from the hosts of namesrvAddr"},
		{"those of the command line", "namesrvAddr=a:1", func(in *Input) { in.Namesrv = rmq.AddrList{"n:1"} },
			"n:9878 from the hosts of namesrvAddr"},
		{"a file", "controllerAddr=c:1", func(*Input) {}, "c:1 from f:1"},
		{"RMQ_CONF_", "controllerAddr=c:1",
			func(in *Input) { in.Settings.Conf = []settings.ConfValue{setTo("controllerAddr", "d:1")} },
			"d:1 from RMQ_CONF_controllerAddr"},
		{"RMQ_CONTROLLER", "", func(in *Input) { in.Settings.Controller = rmq.AddrList{"c:1", "d:1"} },
			"c:1;d:1 from RMQ_CONTROLLER"},
		{"RMQ_CONTROLLER as in the file", "controllerAddr=c:1",
			func(in *Input) { in.Settings.Controller = rmq.AddrList{"c:1"} }, "c:1 from RMQ_CONTROLLER"},
		{"RMQ_CONTROLLER against a file", "controllerAddr=c:1",
			func(in *Input) { in.Settings.Controller = rmq.AddrList{"d:1"} },
			"f:1 sets controllerAddr=c:1, but RMQ_CONTROLLER makes it d:1: remove one"},
		{"no name server", "", func(in *Input) { in.Fields.Namesrv = "" }, " from "},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			in := brokerOf(t, rmq.ControllerMode, tt.file)
			tt.change(&in)
			c, err := Broker(in)
			v, _ := c.Find("controllerAddr")
			got := v.Value + " from " + v.Source.String()
			if err != nil {
				got = err.Error()
			}
			if got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
	for _, topology := range []rmq.Topology{rmq.Masters, rmq.Replicas, rmq.DLedger, rmq.Manual} {
		in := brokerOf(t, topology, "")
		in.Settings.Controller = rmq.AddrList{"c:1"}
		if c, err := Broker(in); err != nil || c.Get("controllerAddr") != "" {
			t.Errorf("%s: controllerAddr=%s, error %v", topology, c.Get("controllerAddr"), err)
		}
	}
}

// RMQ_REPLICATION=sync alone makes no send wait from 5.0 on, so it brings what does, as defaults.
func TestSyncReplication(t *testing.T) {
	sync := []string{"allAckInSyncStateSet", "inSyncReplicas", "minInSyncReplicas"}
	tests := []struct {
		name        string
		topology    rmq.Topology
		size        int
		replication rmq.Replication
		file        string
		want        string // of those three keys, in that order
	}{
		{"replicas", rmq.Replicas, 3, rmq.Sync, "", " 2 "},
		{"replicas of two", rmq.Replicas, 2, rmq.Sync, "", " 2 "},
		{"async replicas", rmq.Replicas, 3, rmq.Async, "", "  "},
		{"the file is stronger", rmq.Replicas, 3, rmq.Sync, "inSyncReplicas=3", " 3 "},
		{"controller", rmq.ControllerMode, 3, rmq.Sync, "", "true 2 2"},
		{"controller of two", rmq.ControllerMode, 2, rmq.Sync, "", "true 2 1"},
		{"controller of five", rmq.ControllerMode, 5, rmq.Sync, "", "true 2 2"},
		{"controller of one", rmq.ControllerMode, 1, rmq.Sync, "", "  "},
		{"controller, the file is stronger", rmq.ControllerMode, 3, rmq.Sync,
			"allAckInSyncStateSet=false\nminInSyncReplicas=1", "false 2 1"},
		{"async controller", rmq.ControllerMode, 3, rmq.Async, "", "  "},
		{"masters", rmq.Masters, 1, rmq.Sync, "", "  "},
		{"dledger waits for a majority anyway", rmq.DLedger, 3, rmq.Sync, "", "  "},
		{"manual", rmq.Manual, 3, rmq.Sync, "", "  "},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			in := brokerOf(t, tt.topology, tt.file)
			in.Settings.Replication, in.Identity.Size = tt.replication, tt.size
			c, err := Broker(in)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, key := range sync {
				v, set := c.Find(key)
				got = append(got, v.Value)
				if set && v.Source.String() != "RMQ_REPLICATION=sync" && v.Source.String()[:2] != "f:" {
					t.Errorf("%s is from %s", key, v.Source)
				}
			}
			if strings.Join(got, " ") != tt.want {
				t.Errorf("%v are %q, want %q", sync, strings.Join(got, " "), tt.want)
			}
		})
	}
}
