package cli

import (
	"strings"
	"testing"
	"time"

	"rocketmq-agent/agent/control"
)

func TestScreen(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	s := control.Status{
		Version: "1.0", Role: "broker", Release: "5.5.0", State: "draining", Since: now.Add(-8 * time.Second),
		Why: "drain was asked for", Started: now.Add(-time.Hour),
		Broker: &control.Broker{
			Cluster: "c", Name: "mq-0", ID: 0, Address: "10.0.0.1:10911", Topology: "masters", Ordinal: "0 from POD_NAME",
		},
		Checks: []control.Check{
			{Name: "broker", Status: "ok", Detail: "mq-0 at 10.0.0.1:10911", Age: 2 * time.Second},
			{Name: "registration", Status: "failing", Detail: "name server a:9876 does not list mq-0", Age: time.Second},
			{Name: "store", Status: "pending", Detail: "no answer yet"},
		},
		Processes: []control.Process{
			{Role: "broker", PID: 23, Resident: 300 << 20, Planned: 1 << 30, Config: "abcdef0123456789"},
		},
		MemoryPlan: "2048 MiB = …",
		Drain:      []control.Step{{Name: "write permission off", Outcome: "done", Took: 35 * time.Millisecond}},
		LastStop: &control.LastStop{
			At: now.Add(-2 * time.Hour), Clean: true, Why: "received SIGTERM", Took: 12100 * time.Millisecond,
			Steps: []control.Step{
				{Name: "wait for quiet", Outcome: "quiet: no producer is connected", Took: 8 * time.Second},
				{Name: "stop broker", Outcome: "gone", Took: 4100 * time.Millisecond},
			},
		},
	}
	const want = `container           broker, RocketMQ 5.5.0, rocketmq-agent 1.0, up 1h0m0s
broker              mq-0, id 0, of c, at 10.0.0.1:10911
topology            masters, ordinal 0 from POD_NAME
state               draining for 8s: drain was asked for
ready               no
  [+] broker        mq-0 at 10.0.0.1:10911, 2s ago
  [-] registration  name server a:9876 does not list mq-0, 1s ago
  [-] store         no answer yet
broker              pid 23, 300 of 1024 MiB planned, configuration abcdef012345
memory              2048 MiB = …
drain               write permission off: done, 35ms
last stop           clean, 12.1s, at 2026-01-02T01:04:05Z: received SIGTERM
                    wait for quiet: quiet: no producer is connected, 8s
                    stop broker: gone, 4.1s
`
	if got := screen(s, now); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	other := control.Status{
		Role: "namesrv", State: "starting", Phase: "recovering", Why: "x", Since: now, Started: now,
		Broker:    &control.Broker{Name: "b", ID: -1, Topology: "manual"},
		Processes: []control.Process{{Role: "namesrv"}, {Role: "broker", Exit: "exit code 1"}},
		LastStop:  &control.LastStop{Why: "it was killed: RocketMQ left /store/abort"},
	}
	got := screen(other, now)
	for _, text := range []string{
		"id not known yet", "an address that is not known yet", "starting for 0s: recovering", "not started",
		"gone: exit code 1", "it was killed: RocketMQ left /store/abort",
	} {
		if !strings.Contains(got, text) {
			t.Errorf("%q is missing in\n%s", text, got)
		}
	}
}
