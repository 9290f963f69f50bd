package config

import (
	"maps"
	"strings"
	"testing"

	"rocketmq-agent/agent/identity"
	"rocketmq-agent/agent/rmq"
)

const controllerPeers = "n0-ns-0.d:9878;n1-ns-1.d:9878;n2-ns-2.d:9878"

// controllerIn is the second of three controllers; its file says text.
func controllerIn(t *testing.T, text string) Input {
	in := masters()
	in.Settings.Topology, in.Settings.GroupSize = rmq.ControllerMode, 3
	in.Controller = identity.Controller{Runs: true, SelfID: "n1", Peers: controllerPeers}
	in.File = fileOf(t, text)
	return in
}

// controllerKeys are those of a configuration that make a controller.
func controllerKeys(c Config) map[string]string {
	all := values(c)
	maps.DeleteFunc(all, func(key, _ string) bool { return !strings.Contains(strings.ToLower(key), "controller") })
	return all
}

func TestControllerInANameServer(t *testing.T) {
	tests := []struct {
		name, file string
		change     func(*Input)
		want       map[string]string
	}{
		{"the defaults", "", func(*Input) {}, map[string]string{
			"enableControllerInNamesrv": "true",
			"controllerDLegerGroup":     "group1",
			"controllerDLegerSelfId":    "n1",
			"controllerDLegerPeers":     controllerPeers,
			"controllerStorePath":       "/home/rocketmq/controller",
		}},
		{"the file is stronger", "controllerDLegerGroup=g\ncontrollerStorePath=/data", func(*Input) {},
			map[string]string{
				"enableControllerInNamesrv": "true",
				"controllerDLegerGroup":     "g",
				"controllerDLegerSelfId":    "n1",
				"controllerDLegerPeers":     controllerPeers,
				"controllerStorePath":       "/data",
			}},
		{"one more than the group has", "", func(in *Input) { in.Controller = identity.Controller{} },
			map[string]string{}},
		{"no topology", "", func(in *Input) { in.Settings.Topology, in.Controller = "", identity.Controller{} },
			map[string]string{}},
		{"no topology, but a file", "enableControllerInNamesrv=true\ncontrollerDLegerSelfId=n0", func(in *Input) {
			in.Settings.Topology, in.Controller = "", identity.Controller{}
		}, map[string]string{"enableControllerInNamesrv": "true", "controllerDLegerSelfId": "n0"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			in := controllerIn(t, tt.file)
			tt.change(&in)
			c, err := Namesrv(in)
			if got := controllerKeys(c); err != nil || !maps.Equal(got, tt.want) {
				t.Errorf("got  %v, error %v\nwant %v", got, err, tt.want)
			}
			if c.Get("listenPort") != "9876" || c.Get("kvConfigPath") == "" {
				t.Errorf("it is no name server any more: %v", values(c))
			}
		})
	}
}

func TestControllerApart(t *testing.T) {
	c, err := Controller(controllerIn(t, ""))
	want := map[string]string{
		"controllerDLegerGroup":  "group1",
		"controllerDLegerSelfId": "n1",
		"controllerDLegerPeers":  controllerPeers,
		"controllerStorePath":    "/home/rocketmq/controller",
	}
	if got := controllerKeys(c); err != nil || !maps.Equal(got, want) {
		t.Errorf("got  %v, error %v\nwant %v", got, err, want)
	}
}

// The template's peers are those of a controller that is alone. One of three that does not know the others must not
// begin a group of its own with them: without any, the check refuses the start and says what is missing.
func TestControllersWithoutNames(t *testing.T) {
	in := controllerIn(t, "")
	in.Controller.SelfID, in.Controller.Peers = "n0", ""
	c, err := Controller(in)
	if v, set := c.Find("controllerDLegerPeers"); set || err != nil {
		t.Errorf("peers %q from %s, error %v", v.Value, v.Source, err)
	}
	in.File = fileOf(t, "controllerDLegerPeers=n0-a:1;n1-b:1;n2-c:1")
	if c, err = Controller(in); err != nil || c.Get("controllerDLegerPeers") != "n0-a:1;n1-b:1;n2-c:1" {
		t.Errorf("peers %q, error %v", c.Get("controllerDLegerPeers"), err)
	}
	in.File = Layer{}
	withTemplate(t, &in, "controller.conf.tmpl", "controllerDLegerPeers=n0-t:1\n")
	if c, err = Controller(in); err != nil || c.Get("controllerDLegerPeers") != "n0-t:1" {
		t.Errorf("peers of the user's template %q, error %v", c.Get("controllerDLegerPeers"), err)
	}
}

func TestContradictedControllers(t *testing.T) {
	tests := []struct {
		name  string
		merge func(Input) (Config, error)
		file  string
		runs  bool
		want  string
	}{
		{"another member", Controller, "controllerDLegerSelfId=n0", true,
			"f:1 sets controllerDLegerSelfId=n0, but RMQ_GROUP_SIZE=3 makes it n1: remove one"},
		{"other peers", Namesrv, "a=1\ncontrollerDLegerPeers=n1-x:1", true,
			"f:2 sets controllerDLegerPeers=n1-x:1, but RMQ_GROUP_SIZE=3 makes it " + controllerPeers + ": remove one"},
		{"none", Namesrv, "enableControllerInNamesrv=false", true,
			"f:1 sets enableControllerInNamesrv=false, but RMQ_GROUP_SIZE=3 makes it true: remove one"},
		// All name servers share one file: the fourth must not become a controller that the others do not know.
		{"one too many", Namesrv, "enableControllerInNamesrv=true", false,
			"f:1 sets enableControllerInNamesrv=true, but RMQ_GROUP_SIZE=3 makes it false: remove one; " +
				"the agent itself sets the key where a controller runs"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			in := controllerIn(t, tt.file)
			in.Controller.Runs = tt.runs
			_, err := tt.merge(in)
			if err == nil || err.Error() != tt.want {
				t.Errorf("got  %v\nwant %s", err, tt.want)
			}
		})
	}
}
