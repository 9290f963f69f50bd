package checks

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"rocketmq-agent/agent/probes"
	"rocketmq-agent/agent/rmq"
	"rocketmq-agent/agent/rocketmq"
	"rocketmq-agent/agent/testing/rmqtest"
)

// rig is the agent's half of a pod: checks of a real broker behind real HTTP.
type rig struct {
	url     string
	broker  *Broker
	namesrv atomic.Pointer[[]string]
}

func (r *rig) setNamesrv(addrs ...string) { r.namesrv.Store(&addrs) }

func client(t *testing.T, addr string) *rocketmq.Client {
	t.Helper()
	c := rocketmq.NewClient(addr, rocketmq.Access{})
	t.Cleanup(func() { _ = c.Close() })
	return c
}

func fastPort(t *testing.T, addr string) string {
	t.Helper()
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		t.Fatal(err)
	}
	n, err := strconv.Atoi(port)
	if err != nil {
		t.Fatal(err)
	}
	return net.JoinHostPort(host, strconv.Itoa(n-2))
}

func newRig(t *testing.T, broker, namesrv *rmqtest.Process) *rig {
	t.Helper()
	r := &rig{}
	r.setNamesrv(namesrv.Addr)
	r.broker = NewBroker(BrokerOptions{
		Main:     client(t, broker.Addr),
		Fast:     client(t, fastPort(t, broker.Addr)),
		Identity: rmq.BrokerRef{ID: rmq.AnyID},
		Namesrvs: rocketmq.NewNamesrvs(func() []string { return *r.namesrv.Load() }, rocketmq.Access{}),
	})
	ready := probes.NewChecker(r.broker.Checks(), timing(), func(probes.Status, probes.Status, string) {})
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); ready.Run(ctx) }()
	t.Cleanup(func() { cancel(); <-done })

	live := probes.Live{Beat: time.Now, Processes: func() probes.Result { return exists(broker.PID) }}
	startup := probes.NewStartup(func() probes.Progress { return probes.Progress{Started: ready.Passed("broker")} })
	mux := http.NewServeMux()
	probes.Register(mux, live, startup, ready)
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	r.url = server.URL
	return r
}

func exists(pid int) probes.Result {
	if err := syscall.Kill(pid, 0); err != nil {
		return probes.Fail("pid %d: %v", pid, err)
	}
	return probes.Pass("pid %d", pid)
}

// get returns status and body, and how long that took.
func (r *rig) get(t *testing.T, path string) (int, string, time.Duration) {
	t.Helper()
	began := time.Now()
	resp, err := http.Get(r.url + path)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body := make([]byte, 64<<10)
	n, _ := resp.Body.Read(body)
	return resp.StatusCode, string(body[:n]), time.Since(began)
}

// fastest is the best time of ten answers: waiting for the broker would slow them all down, other load does not.
func (r *rig) fastest(t *testing.T, path string) (status int, took time.Duration) {
	t.Helper()
	took = time.Hour
	for range 10 {
		code, _, now := r.get(t, path)
		status, took = code, min(took, now)
	}
	return status, took
}

// await waits until /readyz has the given status and says all of words.
func (r *rig) await(t *testing.T, within time.Duration, status int, words ...string) {
	t.Helper()
	rmqtest.Eventually(t, within, func() error {
		got, body, _ := r.get(t, "/readyz?verbose")
		if got != status {
			return fmt.Errorf("/readyz is %d: %s", got, body)
		}
		for _, w := range words {
			if !strings.Contains(body, w) {
				return fmt.Errorf("/readyz does not say %q: %s", w, body)
			}
		}
		return nil
	})
}

func signal(t *testing.T, p *rmqtest.Process, sig os.Signal) {
	t.Helper()
	if err := p.Signal(sig); err != nil {
		t.Fatal(err)
	}
}

// timing is the agent's own, but for a shorter period: the test waits for many of them.
func timing() probes.Timing {
	fast := probes.DefaultTiming()
	fast.Period = time.Second
	return fast
}

// noticed is the longest that a fault may go unnoticed, and slack for an overloaded machine.
func noticed() time.Duration {
	return timing().Period + timing().Timeout + 10*time.Second
}

func TestBrokerOnRealRocketMQ(t *testing.T) {
	namesrv := rmqtest.StartNamesrv(t, rmqtest.Options{})
	broker := rmqtest.StartBroker(t, namesrv.Addr,
		rmqtest.Options{Conf: map[string]string{"registerNameServerPeriod": "10000"}})
	r := newRig(t, broker, namesrv)

	t.Run("ready", func(t *testing.T) {
		r.await(t, 5*time.Second, 200, "[+]broker ok: "+rmqtest.BrokerName+" at "+broker.Addr,
			"[+]broker-fast ok", "[+]registration ok", "[+]store ok")
		if code, body, _ := r.get(t, "/startupz"); code != 200 {
			t.Errorf("/startupz: %d %s", code, body)
		}
		s, ok := r.broker.Snapshot()
		want := rmq.BrokerRef{
			Cluster: rmqtest.Cluster,
			Name:    rmqtest.BrokerName,
			ID:      0,
			Addr:    broker.Addr,
		}
		if !ok || s.Identity != want {
			t.Errorf("snapshot %v %+v", ok, s)
		}
		rmqtest.Eventually(t, 10*time.Second, func() error {
			if s, _ := r.broker.Snapshot(); s.Runtime["bootTimestamp"] == "" {
				return fmt.Errorf("no figures: %v", s.Runtime)
			}
			return nil
		})
	})
	t.Run("one name server unreachable", func(t *testing.T) {
		down := closed(t)
		r.setNamesrv(namesrv.Addr, down)
		r.await(t, noticed(), 200, "[+]registration ok: cannot ask "+down)
		r.setNamesrv(down)
		r.await(t, noticed(), 503, "[-]registration: no name server answers: cannot ask "+down)
		r.setNamesrv(namesrv.Addr)
		r.await(t, noticed(), 200)
	})
	t.Run("not listed", func(t *testing.T) {
		ref := rmq.BrokerRef{Cluster: rmqtest.Cluster, Name: rmqtest.BrokerName, Addr: broker.Addr}
		if err := client(t, namesrv.Addr).UnregisterBroker(t.Context(), ref); err != nil {
			t.Fatal(err)
		}
		r.await(t, noticed(), 503, "[-]registration: name server "+namesrv.Addr+" does not list "+rmqtest.BrokerName)
		r.await(t, 30*time.Second, 200) // the broker registers again by itself
	})
	t.Run("frozen name server", func(t *testing.T) {
		signal(t, namesrv, syscall.SIGSTOP)
		r.await(t, noticed(), 503, "[+]broker ok", "[-]registration: no name server answers")
		signal(t, namesrv, syscall.SIGCONT)
		r.await(t, noticed(), 200)
	})
	t.Run("frozen broker", func(t *testing.T) {
		signal(t, broker, syscall.SIGSTOP)
		r.await(t, noticed(), 503, "[-]broker: cannot ask "+broker.Addr, "[-]broker-fast: cannot ask")
		for path, want := range map[string]int{"/livez": 200, "/startupz": 200, "/readyz": 503} {
			if code, took := r.fastest(t, path); code != want || took > 100*time.Millisecond {
				t.Errorf("%s: %d after %v, want %d at once", path, code, took, want)
			}
		}
		signal(t, broker, syscall.SIGCONT)
		r.await(t, noticed(), 200)
	})
	t.Run("stopped broker", func(t *testing.T) {
		signal(t, broker, syscall.SIGTERM)
		r.await(t, noticed(), 503, "[-]registration: name server "+namesrv.Addr+" does not list")
		broker.ExitCode(t, time.Minute)
		r.await(t, noticed(), 503, "[-]broker: cannot ask "+broker.Addr, "connection refused")
		if code, body, _ := r.get(t, "/livez"); code != 503 {
			t.Errorf("/livez: %d %s", code, body)
		}
	})
}

func TestControllerOnRealRocketMQ(t *testing.T) {
	controller := rmqtest.StartController(t, rmqtest.Options{})
	if got := Controller(client(t, controller.Addr))[0].Run(t.Context()); !got.OK {
		t.Errorf("%+v", got)
	}
}

func TestNamesrvOnRealRocketMQ(t *testing.T) {
	namesrv := rmqtest.StartNamesrv(t, rmqtest.Options{})
	check := Namesrv(client(t, namesrv.Addr), nil)[0]
	if got := check.Run(t.Context()); !got.OK {
		t.Errorf("%+v", got)
	}
	signal(t, namesrv, syscall.SIGSTOP)
	if got := check.Run(t.Context()); got.OK {
		t.Error("a frozen name server passes")
	}
}
