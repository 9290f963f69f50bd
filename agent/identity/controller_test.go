package identity

import (
	"fmt"
	"testing"

	"rocketmq-agent/agent/settings"
)

// controllerIn is what a pod that may be a controller is told.
func controllerIn(t settings.Topology, size, ordinal int) settings.Settings {
	s := inGroups(t, size, fmt.Sprintf("ns-%d", ordinal))
	s.PodDomain = "d"
	return s
}

const threeControllers = "n0-ns-0.d:9878;n1-ns-1.d:9878;n2-ns-2.d:9878"

// Of five name servers the first three are controllers too; the others only name servers.
func TestControllersInNameServers(t *testing.T) {
	for ordinal := range 5 {
		got, err := DeriveController(controllerIn(settings.ControllerMode, 3, ordinal), settings.Namesrv)
		want := Controller{}
		if ordinal < 3 {
			want = Controller{Runs: true, OrdinalSource: "POD_NAME", SelfID: fmt.Sprintf("n%d", ordinal), Peers: threeControllers}
		}
		if err != nil || got != want {
			t.Errorf("name server %d: %+v, error %v", ordinal, got, err)
		}
	}
}

// Controllers apart need no topology, only their number: RMQ_TOPOLOGY is about brokers.
func TestControllersApart(t *testing.T) {
	for ordinal := range 3 {
		for _, topology := range []settings.Topology{"", settings.ControllerMode} {
			got, err := DeriveController(controllerIn(topology, 3, ordinal), settings.Controller)
			want := Controller{Runs: true, OrdinalSource: "POD_NAME", SelfID: fmt.Sprintf("n%d", ordinal), Peers: threeControllers}
			if err != nil || got != want {
				t.Errorf("controller %d, topology %q: %+v, error %v", ordinal, topology, got, err)
			}
		}
	}
}

func TestWhoIsNoController(t *testing.T) {
	tests := []struct {
		name string
		role settings.Role
		s    settings.Settings
	}{
		{"a broker", settings.Broker, controllerIn(settings.ControllerMode, 3, 0)},
		{"a proxy", settings.Proxy, controllerIn(settings.ControllerMode, 3, 0)},
		{"a name server of another topology", settings.Namesrv, controllerIn(settings.DLedger, 3, 0)},
		{"a name server of no topology", settings.Namesrv, controllerIn("", 3, 0)},
		{"a controller whose file decides", settings.Controller, controllerIn("", 0, 0)},
		{"a manual controller", settings.Controller, controllerIn(settings.Manual, 3, 0)},
		// A Deployment's pod has no number, and needs none.
		{"a name server without a number", settings.Namesrv, settings.Settings{Pod: kube("ns-7d9f8c6b5-x2x4z")}},
	}
	for _, tt := range tests {
		if got, err := DeriveController(tt.s, tt.role); err != nil || got != (Controller{}) {
			t.Errorf("%s: %+v, error %v", tt.name, got, err)
		}
	}
}

// A controller that is alone needs no name. Of three that have none the file must say who they are.
func TestControllersWithoutStableNames(t *testing.T) {
	for size, peers := range map[int]string{1: "n0-127.0.0.1:9878", 3: ""} {
		s := controllerIn("", size, 0)
		s.PodDomain = ""
		got, err := DeriveController(s, settings.Controller)
		if want := (Controller{Runs: true, OrdinalSource: "POD_NAME", SelfID: "n0", Peers: peers}); err != nil || got != want {
			t.Errorf("one of %d: %+v, error %v", size, got, err)
		}
	}
	s := controllerIn("", 1, 0)
	if got, _ := DeriveController(s, settings.Controller); got.Peers != "n0-ns-0.d:9878" {
		t.Errorf("alone with a name: %q", got.Peers)
	}
	s = controllerIn("", 3, 7)
	s.Ordinal = index(1) // nobody is called ns-1
	if got, err := DeriveController(s, settings.Controller); got.SelfID != "n1" || got.Peers != "" || err != nil {
		t.Errorf("RMQ_ORDINAL against the name: %+v, error %v", got, err)
	}
}

func TestRefusedControllers(t *testing.T) {
	const odd = "controllers come in odd numbers, 9 at most; it takes a majority to elect a leader, so one more than an odd number helps nothing"
	deployment := controllerIn(settings.ControllerMode, 3, 0)
	deployment.Pod = kube("ns-7d9f8c6b5-x2x4z")
	tests := []struct {
		name string
		role settings.Role
		s    settings.Settings
		want string
	}{
		{"no size inside", settings.Namesrv, controllerIn(settings.ControllerMode, 0, 0), "RMQ_GROUP_SIZE is not set: RMQ_TOPOLOGY=controller needs to know how many controllers there are; allowed: 1, 3, 5, 7 or 9"},
		{"no size apart", settings.Controller, controllerIn(settings.ControllerMode, 0, 0), "RMQ_GROUP_SIZE is not set: RMQ_TOPOLOGY=controller needs to know how many controllers there are; allowed: 1, 3, 5, 7 or 9"},
		{"two", settings.Controller, controllerIn("", 2, 0), "RMQ_GROUP_SIZE=2: " + odd},
		{"four inside", settings.Namesrv, controllerIn(settings.ControllerMode, 4, 0), "RMQ_GROUP_SIZE=4: " + odd},
		{"eleven", settings.Controller, controllerIn("", 11, 0), "RMQ_GROUP_SIZE=11: 9 controllers at most; more voters only make elections slower"},
		{"one too many apart", settings.Controller, controllerIn("", 3, 3), "this is controller 3 (from POD_NAME), but RMQ_GROUP_SIZE=3 has only 0 to 2: run 3 pods, or raise RMQ_GROUP_SIZE to an odd number above 3"},
		{"no ordinal", settings.Namesrv, deployment, `cannot derive an identity from POD_NAME="ns-7d9f8c6b5-x2x4z": it does not end in an ordinal; run these pods in a StatefulSet, or set RMQ_ORDINAL (and RMQ_BROKER_NAME_PREFIX)`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := DeriveController(tt.s, tt.role)
			if err == nil {
				t.Fatalf("became %+v", got)
			}
			if err.Error() != tt.want {
				t.Errorf("got  %s\nwant %s", err, tt.want)
			}
		})
	}
}

func TestControllersBeside(t *testing.T) {
	for namesrv, want := range map[string]string{
		"":                              "",
		"ns:9876":                       "ns:9878",
		"ns-0.d:9876;ns-1.d:1":          "ns-0.d:9878;ns-1.d:9878",
		" ns-0:9876 ; ns-1:9876 ;":      "ns-0:9878;ns-1:9878",
		"10.0.0.1:9876;[2001:db8::1]:1": "10.0.0.1:9878;[2001:db8::1]:9878",
		"${NAMESRV}":                    "", // validate says what is wrong with it
	} {
		if got := ControllersBeside(namesrv); got != want {
			t.Errorf("%q: %q, want %q", namesrv, got, want)
		}
	}
}
