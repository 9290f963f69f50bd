package identity

import (
	"fmt"
	"testing"

	"rocketmq-agent/agent/rmq"
	"rocketmq-agent/agent/settings"
)

// controllerIn is what a pod that may be a controller is told.
func controllerIn(t rmq.Topology, size, ordinal int) settings.Settings {
	s := inGroups(t, size, fmt.Sprintf("ns-%d", ordinal))
	s.PodDomain = "d"
	return s
}

const threeControllers = "n0-ns-0.d:9878;n1-ns-1.d:9878;n2-ns-2.d:9878"

func oneOfThree(ordinal int) Controller {
	return Controller{
		Runs:          true,
		OrdinalSource: "POD_NAME",
		SelfID:        fmt.Sprintf("n%d", ordinal),
		Peers:         threeControllers,
	}
}

// Of five name servers the first three are controllers too; the others only name servers.
func TestControllersInNameServers(t *testing.T) {
	for ordinal := range 5 {
		got, err := DeriveController(controllerIn(rmq.ControllerMode, 3, ordinal), rmq.Namesrv)
		want := Controller{}
		if ordinal < 3 {
			want = oneOfThree(ordinal)
		}
		if err != nil || got != want {
			t.Errorf("name server %d: %+v, error %v", ordinal, got, err)
		}
	}
}

// Controllers apart need no topology, only their number: RMQ_TOPOLOGY is about brokers.
func TestControllersApart(t *testing.T) {
	for ordinal := range 3 {
		for _, topology := range []rmq.Topology{"", rmq.ControllerMode} {
			got, err := DeriveController(controllerIn(topology, 3, ordinal), rmq.Controller)
			if err != nil || got != oneOfThree(ordinal) {
				t.Errorf("controller %d, topology %q: %+v, error %v", ordinal, topology, got, err)
			}
		}
	}
}

func TestWhoIsNoController(t *testing.T) {
	tests := []struct {
		name string
		role rmq.Role
		s    settings.Settings
	}{
		{"a broker", rmq.Broker, controllerIn(rmq.ControllerMode, 3, 0)},
		{"a proxy", rmq.Proxy, controllerIn(rmq.ControllerMode, 3, 0)},
		{"a name server of another topology", rmq.Namesrv, controllerIn(rmq.DLedger, 3, 0)},
		{"a name server of no topology", rmq.Namesrv, controllerIn("", 3, 0)},
		{"a controller whose file decides", rmq.Controller, controllerIn("", 0, 0)},
		{"a manual controller", rmq.Controller, controllerIn(rmq.Manual, 3, 0)},
		// A Deployment's pod has no number, and needs none.
		{"a name server without a number", rmq.Namesrv, settings.Settings{Pod: kube("ns-7d9f8c6b5-x2x4z")}},
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
		got, err := DeriveController(s, rmq.Controller)
		want := Controller{
			Runs:          true,
			OrdinalSource: "POD_NAME",
			SelfID:        "n0",
			Peers:         peers,
		}
		if err != nil || got != want {
			t.Errorf("one of %d: %+v, error %v", size, got, err)
		}
	}
	s := controllerIn("", 1, 0)
	if got, _ := DeriveController(s, rmq.Controller); got.Peers != "n0-ns-0.d:9878" {
		t.Errorf("alone with a name: %q", got.Peers)
	}
	s = controllerIn("", 3, 7)
	s.Ordinal = index(1) // nobody is called ns-1
	if got, err := DeriveController(s, rmq.Controller); got.SelfID != "n1" || got.Peers != "" || err != nil {
		t.Errorf("RMQ_ORDINAL against the name: %+v, error %v", got, err)
	}
}

func TestRefusedControllers(t *testing.T) {
	const odd = "controllers come in odd numbers, 9 at most; it takes a majority to elect a leader, " +
		"so one more than an odd number helps nothing"
	deployment := controllerIn(rmq.ControllerMode, 3, 0)
	deployment.Pod = kube("ns-7d9f8c6b5-x2x4z")
	tests := []struct {
		name string
		role rmq.Role
		s    settings.Settings
		want string
	}{
		{"no size inside", rmq.Namesrv, controllerIn(rmq.ControllerMode, 0, 0),
			"RMQ_GROUP_SIZE is not set: RMQ_TOPOLOGY=controller needs to know how many controllers there are; " +
				"allowed: 1, 3, 5, 7 or 9"},
		{"no size apart", rmq.Controller, controllerIn(rmq.ControllerMode, 0, 0),
			"RMQ_GROUP_SIZE is not set: RMQ_TOPOLOGY=controller needs to know how many controllers there are; " +
				"allowed: 1, 3, 5, 7 or 9"},
		{"two", rmq.Controller, controllerIn("", 2, 0), "RMQ_GROUP_SIZE=2: " + odd},
		{"four inside", rmq.Namesrv, controllerIn(rmq.ControllerMode, 4, 0), "RMQ_GROUP_SIZE=4: " + odd},
		{"eleven", rmq.Controller, controllerIn("", 11, 0),
			"RMQ_GROUP_SIZE=11: 9 controllers at most; more voters only make elections slower"},
		{"one too many apart", rmq.Controller, controllerIn("", 3, 3),
			"this is controller 3 (from POD_NAME), but RMQ_GROUP_SIZE=3 has only 0 to 2: run 3 pods, " +
				"or raise RMQ_GROUP_SIZE to an odd number above 3"},
		// Report K25
		{"no ordinal", rmq.Namesrv, deployment,
			`cannot derive an identity from POD_NAME="ns-7d9f8c6b5-x2x4z": it does not end in an ordinal; ` +
				`if there is only this one pod, set RMQ_ORDINAL=0, or else run these pods in a StatefulSet`},
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
