package roles

import (
	"log/slog"
	"slices"
	"testing"
	"time"

	"rocketmq-agent/agent/config"
	"rocketmq-agent/agent/identity"
	"rocketmq-agent/agent/javaprops"
	"rocketmq-agent/agent/keys"
	"rocketmq-agent/agent/plan"
	"rocketmq-agent/agent/rmq"
)

// planned is a process with a configuration of its own.
func planned(t *testing.T, role rmq.Role, text string) plan.Process {
	t.Helper()
	table, err := keys.Load()
	if err != nil {
		t.Fatal(err)
	}
	props, err := javaprops.Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	values := config.Effective{
		Config: config.Of(config.Layer{Name: "f", Props: props}),
		Keys:   table.Set(keys.Newest(), role),
	}
	return plan.Process{
		Role:     role,
		Files:    []plan.File{{Name: "f", Role: role, Values: values}},
		Ports:    rmq.Listens(role, keys.Newest(), values),
		Bind:     "127.0.0.1",
		Topology: identity.Of(rmq.Masters),
	}
}

// Every role of a process can be made, and answers for itself: the first check is the one of its protocol.
func TestEveryRole(t *testing.T) {
	want := map[rmq.Role]struct {
		check    string
		stopTime time.Duration
		drains   bool
	}{
		rmq.Namesrv:    {"namesrv", 6 * time.Second, false},
		rmq.Broker:     {"broker", 22 * time.Second, true},
		rmq.Proxy:      {"proxy", 14 * time.Second, false},
		rmq.Controller: {"controller", 6 * time.Second, false},
	}
	for _, role := range rmq.Processes {
		r, w := New(planned(t, role, ""), slog.New(slog.DiscardHandler)), want[role]
		if got := r.Checks()[0].Name; got != w.check {
			t.Errorf("%s: its first check is %s, want %s", role, got, w.check)
		}
		if r.StopTime() != w.stopTime || (r.Drain() != nil) != w.drains {
			t.Errorf("%s stops in %v, drains %t", role, r.StopTime(), r.Drain() != nil)
		}
		if _, ok := r.Figures(); ok {
			t.Errorf("%s knows figures that nobody told", role)
		}
	}
}

// An exit code means what the main class says it means: a broker with a proxy inside has the proxy's.
func TestMeaning(t *testing.T) {
	log := slog.New(slog.DiscardHandler)
	inside := planned(t, rmq.Broker, "")
	inside.Files = append(inside.Files, planned(t, rmq.Proxy, "").Files...)
	const proxyFailed = "the proxy could not start; its last lines say why"
	for _, tt := range []struct {
		name  string
		p     plan.Process
		code  int
		proxy bool
	}{
		{"proxy", planned(t, rmq.Proxy, ""), 1, true},
		{"broker with a proxy inside", inside, 1, true},
		{"broker", planned(t, rmq.Broker, ""), 1, false},
		{"proxy, killed", planned(t, rmq.Proxy, ""), 137, false},
	} {
		if got := New(tt.p, log).Meaning(tt.code); got == "" || (got == proxyFailed) != tt.proxy {
			t.Errorf("%s, %d: %s", tt.name, tt.code, got)
		}
	}
}

func TestDiffering(t *testing.T) {
	const text = "fileReservedTime=48 \nbrokerId=1\nlistenPort=10911\nbrokerName= mq-0 \nnoSuchKey=1\n" +
		"initAuthenticationUser=hunter2\ndiskMaxUsedSpaceRatio=75\n"
	given := planned(t, rmq.Broker, text).Values()
	live := map[string]string{
		"fileReservedTime": "72", "brokerId": "0", "listenPort": "10911", "brokerName": "mq-0", "noSuchKey": "2",
		"initAuthenticationUser": "x", "diskMaxUsedSpaceRatio": "75.0",
	}
	for elected, want := range map[bool][]difference{
		false: {{"brokerId", "1", "f:2", "0"}},
		true:  nil,
	} {
		if got := differing(given, live, elected); !slices.Equal(got, want) {
			t.Errorf("elected %t: %v, want %v", elected, got, want)
		}
	}
	live["listenPort"] = "20911"
	if got := differing(given, live, true); !slices.Equal(got, []difference{{"listenPort", "10911", "f:3", "20911"}}) {
		t.Errorf("got %v", got)
	}
}
