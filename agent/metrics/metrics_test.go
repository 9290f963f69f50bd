package metrics

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"rocketmq-agent/agent/checks"
	"rocketmq-agent/agent/probes"
	"rocketmq-agent/agent/rmq"
)

// running is an agent in everyday life.
func running() Agent {
	ok := func() probes.Report {
		return probes.Report{OK: true, Lines: []probes.Line{
			{Name: "broker", Status: probes.OK}, {Name: "registration", Status: probes.OK},
		}}
	}
	return Agent{
		Version: "1.2.3",
		Started: time.UnixMilli(1700000000250),
		Phases:  []string{"starting", "running", "draining"},
		Phase:   func() string { return "running" },
		Live:    ok,
		Ready:   ok,
		Up:      func() map[string]bool { return map[string]bool{"broker": true} },
		Configs: func() map[string]string { return map[string]string{"broker": "c0ffee"} },
		Dropped: func() uint64 { return 0 },
	}
}

// draining is the same agent on its way out, with a broker that answers no more.
func draining() Agent {
	a := running()
	a.Phase = func() string { return "draining" }
	a.Ready = func() probes.Report {
		return probes.Report{Lines: []probes.Line{
			{Name: "broker", Status: probes.Failing}, {Name: "registration", Status: probes.Stale},
			{Name: "store", Status: probes.Pending}, {Name: "draining", Status: probes.Failing},
		}}
	}
	a.Up = func() map[string]bool { return map[string]bool{"broker": true, "namesrv": false} }
	a.Dropped = func() uint64 { return 7 }
	return a
}

// real is what a broker of a release answered (5.5.0: with every number made different).
func real(t *testing.T, release string) func() (checks.Snapshot, bool) {
	t.Helper()
	body, err := os.ReadFile(filepath.Join("testdata", "runtime-"+release+".json"))
	if err != nil {
		t.Fatal(err)
	}
	s := checks.Snapshot{Identity: rmq.BrokerRef{Cluster: "DefaultCluster", Name: "broker-0", Addr: "10.0.0.1:10911"}}
	if err := json.Unmarshal(body, &s.Runtime); err != nil {
		t.Fatal(err)
	}
	return func() (checks.Snapshot, bool) { return s, true }
}

func silent() (checks.Snapshot, bool) { return checks.Snapshot{}, false }

func page(t *testing.T, agent Agent, drain *Drain, broker func() (checks.Snapshot, bool)) string {
	t.Helper()
	mux := http.NewServeMux()
	Register(mux, agent, drain, broker)
	server := httptest.NewServer(mux)
	defer server.Close()
	resp, err := http.Get(server.URL + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("%d %v: %s", resp.StatusCode, err, body)
	}
	return string(body)
}

// own leaves out the metrics of the Go runtime and the process, which are never the same.
func own(page string) string {
	var kept strings.Builder
	for line := range strings.Lines(page) {
		name := strings.TrimPrefix(strings.TrimPrefix(line, "# HELP "), "# TYPE ")
		if !strings.HasPrefix(name, "go_") && !strings.HasPrefix(name, "process_") {
			kept.WriteString(strings.ReplaceAll(line, runtime.Version(), "GOVERSION"))
		}
	}
	return kept.String()
}

func TestPages(t *testing.T) {
	drained := NewDrain()
	drained.Begin()
	drained.Phase("wait for quiet", "given up", time.Second)
	drained.Begin()
	drained.Phase("write permission", "ok", 120*time.Millisecond)
	drained.Phase("wait for quiet", "ok", 31*time.Second)
	tests := []struct {
		golden string
		agent  Agent
		drain  *Drain
		broker func() (checks.Snapshot, bool)
	}{
		{"busy-5.5.0.txt", running(), NewDrain(), real(t, "5.5.0")},
		{"fresh-4.9.7.txt", running(), NewDrain(), real(t, "4.9.7")},
		{"draining.txt", draining(), drained, silent},
		{"no-broker.txt", running(), NewDrain(), none},
	}
	for _, test := range tests {
		t.Run(test.golden, func(t *testing.T) {
			want, err := os.ReadFile(filepath.Join("testdata", test.golden))
			if err != nil {
				t.Fatal(err)
			}
			got := own(page(t, test.agent, test.drain, test.broker))
			if got != string(want) {
				t.Errorf("the page is not %s:\n%s", test.golden, difference(string(want), got))
			}
		})
	}
}

// difference is the lines that only one of two pages has.
func difference(want, got string) string {
	var b strings.Builder
	only := func(mark, in, other string) {
		have := map[string]bool{}
		for line := range strings.Lines(other) {
			have[line] = true
		}
		for line := range strings.Lines(in) {
			if !have[line] {
				b.WriteString(mark + line)
			}
		}
	}
	only("- ", want, got)
	only("+ ", got, want)
	return b.String()
}

func TestGoAndProcessMetrics(t *testing.T) {
	got := page(t, running(), NewDrain(), none)
	for _, name := range []string{
		"go_goroutines ", "go_memstats_alloc_bytes ", "process_resident_memory_bytes ", "process_open_fds ",
	} {
		if !strings.Contains(got, "\n"+name) {
			t.Errorf("no %s", name)
		}
	}
}

// A label that the exposition format cannot carry spoils its own series and no other.
func TestBrokenLabel(t *testing.T) {
	broker := func() (checks.Snapshot, bool) {
		return checks.Snapshot{
			Identity: rmq.BrokerRef{Cluster: "c", Name: "b\xff"},
			Runtime:  map[string]string{"putTps": "1 2 3", "commitLogMaxOffset": "7"},
		}, true
	}
	got := page(t, running(), NewDrain(), broker)
	for series, want := range map[string]bool{
		"rocketmq_agent_ready 1":                     true,
		"rocketmq_broker_tps{":                       false,
		"rocketmq_brokeruntime_commitlog_maxoffset{": true,
	} {
		if strings.Contains(got, series) != want {
			t.Errorf("%s: %v, want %v", series, !want, want)
		}
	}
}

func TestMethods(t *testing.T) {
	mux := http.NewServeMux()
	Register(mux, running(), NewDrain(), none)
	for method, want := range map[string]int{"GET": 200, "HEAD": 200, "POST": 405, "PUT": 405, "DELETE": 405} {
		w := httptest.NewRecorder()
		mux.ServeHTTP(w, httptest.NewRequest(method, "/metrics", nil))
		if w.Code != want {
			t.Errorf("%s: %d, want %d", method, w.Code, want)
		}
	}
}

// none is a container without a broker.
func none() (checks.Snapshot, bool) { return checks.Snapshot{}, false }
