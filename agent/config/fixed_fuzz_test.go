package config

import (
	"strings"
	"testing"
	"unicode/utf8"

	"rocketmq-agent/agent/javaprops"
	"rocketmq-agent/agent/rmq"
	"rocketmq-agent/agent/settings"
)

// mustBe are the keys that the agent fixes for an Input, written down once more,
// and its switches that RocketMQ must not read as on.
func mustBe(in Input) (fixed map[string]string, off []string) {
	id := in.Identity
	fixed = map[string]string{"brokerName": id.BrokerName, "brokerClusterName": string(in.Settings.ClusterName)}
	switch id.Topology {
	case rmq.DLedger:
		fixed["enableDLegerCommitLog"], fixed["dLegerGroup"] = "true", id.BrokerName
		fixed["dLegerSelfId"], fixed["dLegerPeers"] = id.SelfID, id.Peers
		return fixed, []string{"enableControllerMode"}
	case rmq.ControllerMode:
		fixed["enableControllerMode"], fixed["controllerAddr"] = "true", in.Settings.Controller.String()
		return fixed, []string{"enableDLegerCommitLog"}
	case rmq.Replicas:
		fixed["brokerId"], fixed["brokerRole"] = "1", "SLAVE"
	default:
		fixed["brokerId"], fixed["brokerRole"] = "0", "ASYNC_MASTER"
	}
	return fixed, []string{"enableDLegerCommitLog", "enableControllerMode"}
}

// rendersItself checks that the file holds exactly the configuration: each key once, with its value.
func rendersItself(t *testing.T, c Config) {
	t.Helper()
	props, err := javaprops.Parse(c.Properties())
	if err != nil {
		t.Fatalf("%q: %v", c.Properties(), err)
	}
	all, got := c.Values(), last(props)
	if len(props) != len(all) || len(got) != len(all) {
		t.Errorf("%d lines with %d keys for %d values", len(props), len(got), len(all))
	}
	for _, v := range all {
		if value, ok := got[v.Key]; !ok || value != string([]rune(v.Value)) {
			t.Errorf("%q is %q in the file, not %q", v.Key, value, v.Value)
		}
	}
}

var fuzzedTopologies = []rmq.Topology{rmq.Masters, rmq.Replicas, rmq.DLedger, rmq.ControllerMode}

// FuzzFixedKeys: whatever the user's file, an RMQ_CONF_ variable and the fields of the template say, the keys that make
// up the broker's identity are the agent's, or the start is refused because somebody contradicts one;
// and the file is exactly the configuration.
func FuzzFixedKeys(f *testing.F) {
	for i := range fuzzedTopologies {
		f.Add(uint8(i), []byte("fileReservedTime=48\n"), "brokerId", "0", "/home/x")
		f.Add(uint8(i), []byte("brokerName=a\\\n b\nbrokerId=1\nbrokerRole=SLAVE\nenableDLegerCommitLog=true"),
			"enableControllerMode", "TRUE", "\nbrokerId=7")
		f.Add(uint8(i), []byte("brokerName\\\n=mq-0\r\nenableDLegerCommitLog: true \n!dLegerPeers=x\ndLegerSelfId n9"),
			"dLegerGroup", "mq-0 ", "\\")
		f.Add(uint8(i+4), []byte("storePathRootDir=/a\nstorePathCommitLog=/a/b,,/c/"),
			"broker\nName", "x\nbrokerId=9", "é\u0000")
		f.Add(uint8(i+8), []byte("\\u0062rokerName=x"), " brokerName", "y", "")
	}
	f.Fuzz(func(t *testing.T, kind uint8, file []byte, key, value, home string) {
		props, err := javaprops.Parse(file)
		if err != nil || !utf8.ValidString(key) { // a file that nobody reads; a key that is written as another one
			return
		}
		in := brokerOf(t, fuzzedTopologies[kind%4], "")
		in.File = Layer{Name: "f", Props: props}
		in.Settings.Conf = []settings.ConfValue{setTo(key, value)}
		in.Settings.ClusterName, in.Settings.Controller = "c", rmq.AddrList{"c:1"}
		in.Fields.ClusterName, in.Fields.UserHome, in.Fields.Address = "c", home, value
		in.Settings.StorePerPod, in.Settings.Pod.Name = kind&4 != 0, "mq-1"
		if kind&8 != 0 {
			in.Settings.Replication = rmq.Sync
		}
		c, err := Broker(in)
		user := last(append(props, javaprops.Property{Key: key, Value: value})) // what the user's strongest layer says
		fixed, off := mustBe(in)
		contradicted := ""
		for k, want := range fixed {
			if v, _ := c.Find(k); err == nil && v.Value != want {
				t.Errorf("%s=%q, not %q", k, v.Value, want)
			}
			said, ok := user[k]
			said = javaprops.Trim(said)
			if agrees := said == want || want == "true" && strings.EqualFold(said, "true"); ok && !agrees {
				contradicted = k
			}
		}
		for _, k := range off {
			if err == nil && c.Bool(k) {
				t.Errorf("%s is on", k)
			}
			if javaprops.ParseBool(user[k]) {
				contradicted = k
			}
		}
		noRoot := in.Settings.StorePerPod && err != nil && strings.Contains(err.Error(), "set storePathRootDir")
		if (err != nil) != (contradicted != "" || noRoot) ||
			err != nil && !strings.Contains(err.Error(), contradicted) {
			t.Errorf("contradicted: %q, error %v", contradicted, err)
		}
		root := c.Get("storePathRootDir")
		if in.Settings.StorePerPod && err == nil && !strings.HasSuffix(root, "/mq-1") {
			t.Errorf("the store of mq-1 is %q", root)
		}
		rendersItself(t, c)
	})
}

// FuzzFixedControllerKeys: the same of a controller, alone and inside a name server.
func FuzzFixedControllerKeys(f *testing.F) {
	f.Add(true, []byte("controllerDLegerSelfId=n1\ncontrollerDLegerGroup=g"), "enableControllerInNamesrv", "false")
	f.Add(false, []byte("controllerDLegerPeers=n0-a:1"), "controllerStorePath", "\\\n")
	f.Fuzz(func(t *testing.T, embedded bool, file []byte, key, value string) {
		props, err := javaprops.Parse(file)
		if err != nil || !utf8.ValidString(key) {
			return
		}
		in := controllerIn(t, "")
		in.File, in.Settings.Conf = Layer{Name: "f", Props: props}, []settings.ConfValue{setTo(key, value)}
		fixed := map[string]string{"controllerDLegerSelfId": "n1", "controllerDLegerPeers": controllerPeers}
		join := Controller
		if embedded {
			join, fixed["enableControllerInNamesrv"] = Namesrv, "true"
		}
		c, err := join(in)
		user, contradicted := last(append(props, javaprops.Property{Key: key, Value: value})), false
		for k, want := range fixed {
			if v, _ := c.Find(k); v.Value != want {
				t.Errorf("%s=%q, not %q", k, v.Value, want)
			}
			said, ok := user[k]
			contradicted = contradicted || ok && !strings.EqualFold(javaprops.Trim(said), want)
		}
		if contradicted && err == nil {
			t.Errorf("a contradiction was accepted: %v", user)
		}
		rendersItself(t, c)
	})
}
