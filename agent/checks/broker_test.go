package checks

import (
	"context"
	"errors"
	"maps"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"rocketmq-agent/agent/probes"
	"rocketmq-agent/agent/rmq"
	"rocketmq-agent/agent/rocketmq"
)

var errRefused = errors.New("cannot ask 127.0.0.1:10911 (request 28): connection refused")

// brokerStub stands for a broker in states that a real one cannot be put into at will.
type brokerStub struct {
	runtime    map[string]string
	config     map[string]string
	runtimeErr error
	configErr  error
	configs    atomic.Int32 // times that the configuration was read
}

func (s *brokerStub) RuntimeInfo(context.Context) (map[string]string, error) {
	return s.runtime, s.runtimeErr
}

func (s *brokerStub) BrokerConfig(context.Context) (map[string]string, error) {
	s.configs.Add(1)
	return s.config, s.configErr
}

func (s *brokerStub) Ping(context.Context) error { return s.runtimeErr }

// namesrvStub is a name server that lists what it is told to.
type namesrvStub struct {
	list  map[int64]string // brokers named broker-0; nil: none
	err   error
	hangs bool
	asked atomic.Int32
}

func (s *namesrvStub) ClusterInfo(ctx context.Context) (rocketmq.ClusterInfo, error) {
	s.asked.Add(1)
	if s.hangs {
		<-ctx.Done()
		return rocketmq.ClusterInfo{}, ctx.Err()
	}
	info := rocketmq.ClusterInfo{Brokers: map[string]rocketmq.BrokerAddrs{
		"other": {Addrs: map[int64]string{0: "10.0.0.9:10911"}},
	}}
	if s.list != nil {
		info.Brokers["broker-0"] = rocketmq.BrokerAddrs{Cluster: "c", Name: "broker-0", Addrs: s.list}
	}
	return info, s.err
}

func (s *namesrvStub) UnregisterBroker(context.Context, rmq.BrokerRef) error { return s.err }

func (s *namesrvStub) Close() error { return nil }

func given(id int64) rmq.BrokerRef {
	return rmq.BrokerRef{
		Cluster: "c",
		Name:    "broker-0",
		ID:      id,
		Addr:    "10.0.0.1:10911",
	}
}

func stubbed(main *brokerStub, id rmq.BrokerRef, servers map[string]*namesrvStub) *Broker {
	list := func() []string {
		var addrs []string
		for _, addr := range []string{"a:9876", "b:9876", "c:9876"} {
			if servers[addr] != nil {
				addrs = append(addrs, addr)
			}
		}
		return addrs
	}
	b := NewBroker(BrokerOptions{
		Main:     main,
		Fast:     main,
		Identity: id,
		Namesrvs: rocketmq.NamesrvsBy(list, func(addr string) rocketmq.Namesrv { return servers[addr] }),
	})
	b.answered = time.Now().Add(-firstSample) // it is no longer in its first moments
	return b
}

// TestFirstMoments: the figures are not asked for before the broker has them.
func TestFirstMoments(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		main := &brokerStub{runtime: map[string]string{"putTps": "1"}}
		b := stubbed(main, given(0), nil)
		b.answered = time.Time{}
		for _, want := range []string{"", "", "1"} {
			if r := run(t, b, "broker"); !r.OK {
				t.Fatalf("a broker that answers is not ready: %s", r.Detail)
			}
			if s, ok := b.Snapshot(); !ok || s.Runtime["putTps"] != want {
				t.Errorf("figures %v, want %q", s.Runtime, want)
			}
			time.Sleep(firstSample / 2)
		}
	})
}

// run runs one check of b by its name.
func run(t *testing.T, b *Broker, name string) probes.Result {
	t.Helper()
	for _, c := range b.Checks() {
		if c.Name == name {
			return c.Run(t.Context())
		}
	}
	t.Fatalf("no check %q", name)
	return probes.Result{}
}

func TestRegistration(t *testing.T) {
	down := &namesrvStub{err: errors.New("cannot ask b:9876 (request 106): connection refused")}
	listed := &namesrvStub{list: map[int64]string{0: "10.0.0.1:10911", 1: "10.0.0.2:10911"}}
	elsewhere := &namesrvStub{list: map[int64]string{0: "127.0.0.1:10911"}}
	tests := []struct {
		name    string
		id      int64
		servers map[string]*namesrvStub
		ok      bool
		detail  string
	}{
		{"listed by all", 0, map[string]*namesrvStub{"a:9876": listed, "b:9876": listed}, true, ""},
		{"one is unreachable", 0, map[string]*namesrvStub{"a:9876": listed, "b:9876": down}, true, "cannot ask b:9876"},
		{"all are unreachable", 0, map[string]*namesrvStub{"b:9876": down, "c:9876": down}, false,
			"no name server answers: cannot ask b:9876"},
		{"one does not list it", 0, map[string]*namesrvStub{"a:9876": listed, "b:9876": {}}, false,
			"name server b:9876 does not list broker-0"},
		{"does not list it, other unreachable", 0, map[string]*namesrvStub{"a:9876": {}, "b:9876": down}, false,
			"name server a:9876 does not list broker-0; cannot ask b:9876"},
		{"under another address", 0, map[string]*namesrvStub{"a:9876": elsewhere}, false,
			"name server a:9876 lists broker-0 with id 0 at 127.0.0.1:10911 instead of 10.0.0.1:10911"},
		{"under another id", 3, map[string]*namesrvStub{"a:9876": listed}, false,
			"name server a:9876 does not list broker-0 with id 3"},
		{"some id will do", rmq.AnyID, map[string]*namesrvStub{"a:9876": listed}, true, ""},
		{"under no id", rmq.AnyID, map[string]*namesrvStub{"a:9876": elsewhere}, false,
			"name server a:9876 lists broker-0, but not at 10.0.0.1:10911"},
		{"no name server", 0, nil, false, "no name server is known"},
		{"one hangs", 0, map[string]*namesrvStub{"a:9876": listed, "b:9876": {hangs: true}}, true,
			"context deadline exceeded"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := stubbed(&brokerStub{}, given(test.id), test.servers)
				if got := run(t, b, "broker"); !got.OK {
					t.Fatal(got.Detail)
				}
				began := time.Now()
				got := run(t, b, "registration")
				if got.OK != test.ok || !strings.HasPrefix(got.Detail, test.detail) ||
					(test.detail == "") != (got.Detail == "") {
					t.Errorf("%v %q, want %v %q", got.OK, got.Detail, test.ok, test.detail)
				}
				if took := time.Since(began); took >= probes.DefaultTiming().Timeout {
					t.Errorf("took %v", took)
				}
			})
		})
	}
}

func TestNothingIsAskedBeforeTheBrokerAnswers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		asked := &namesrvStub{}
		b := stubbed(&brokerStub{runtimeErr: errRefused}, given(0), map[string]*namesrvStub{"a:9876": asked})
		for name, want := range map[string]string{
			"broker":       errRefused.Error(),
			"registration": "the broker has not answered yet",
			"store":        "the broker has not answered yet",
		} {
			if got := run(t, b, name); got.OK || got.Detail != want {
				t.Errorf("%s: %v %q, want %q", name, got.OK, got.Detail, want)
			}
		}
		if asked.asked.Load() != 0 {
			t.Error("a name server was asked")
		}
		if _, ok := b.Snapshot(); ok {
			t.Error("a snapshot of nothing")
		}
		if id, ok := b.Identity(); ok {
			t.Errorf("an identity out of nothing: %+v", id)
		}
	})
}

func TestIdentityFromTheLiveConfiguration(t *testing.T) {
	conf := map[string]string{
		"brokerClusterName": "live-c",
		"brokerName":        "live-b",
		"brokerIP1":         "fe80::1",
		"listenPort":        "20911",
	}
	conf["brokerId"] = "4"
	live := rmq.BrokerRef{
		Cluster: "live-c",
		Name:    "live-b",
		ID:      4,
		Addr:    "fe80::1:20911",
	}
	unknown := given(rmq.AnyID)
	refused := &rocketmq.ResponseError{
		Addr:    "a:10911",
		Request: 26,
		Code:    rocketmq.CodeNoPermission,
		Remark:  "username cannot be null.",
	}
	tests := []struct {
		name   string
		given  rmq.BrokerRef
		err    error
		want   rmq.BrokerRef
		detail string // of the failure
	}{
		{"all of it", rmq.BrokerRef{ID: rmq.AnyID}, nil, live, ""},
		{"all but the id", given(2), nil,
			rmq.BrokerRef{Cluster: "live-c", Name: "live-b", ID: 2, Addr: "fe80::1:20911"}, ""},
		{"refused, not needed", given(0), refused, given(0), ""},
		{"refused, id unknown", unknown, refused, unknown, ""},
		{"refused, but needed", rmq.BrokerRef{Name: "mine"}, refused, rmq.BrokerRef{},
			"cannot learn its address: a:10911 answered request 26 with code 16"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			stub := &brokerStub{
				runtime:   map[string]string{"brokerVersionDesc": "V5_5_0"},
				config:    conf,
				configErr: test.err,
			}
			b := stubbed(stub, test.given, nil)
			got := run(t, b, "broker")
			if got.OK != (test.detail == "") || !strings.HasPrefix(got.Detail, test.detail) {
				t.Fatalf("%v %q, want %q", got.OK, got.Detail, test.detail)
			}
			s, ok := b.Snapshot()
			if ok != got.OK || s.Identity != test.want {
				t.Errorf("%v %+v, want %+v", ok, s.Identity, test.want)
			}
			if ok && !maps.Equal(s.Runtime, stub.runtime) {
				t.Errorf("runtime %v", s.Runtime)
			}
		})
	}
}

// An election may change the id at any moment; being listed at all is what counts then.
func TestElectedID(t *testing.T) {
	main := &brokerStub{config: map[string]string{"brokerId": "0"}}
	server := &namesrvStub{list: map[int64]string{2: "10.0.0.1:10911"}}
	b := stubbed(main, given(rmq.AnyID), map[string]*namesrvStub{"a:9876": server})
	run(t, b, "broker")
	if got := run(t, b, "registration"); !got.OK {
		t.Errorf("%+v", got)
	}
	if id, _ := b.Identity(); id.ID != 0 {
		t.Errorf("id %d, want that of the live configuration", id.ID)
	}
}

func TestConfigurationIsReadSeldom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		stub := &brokerStub{config: map[string]string{
			"brokerClusterName": "c", "brokerName": "broker-0", "brokerIP1": "10.0.0.1", "listenPort": "10911",
		}}
		server := &namesrvStub{list: map[int64]string{0: "10.0.0.1:10911"}}
		b := stubbed(stub, rmq.BrokerRef{}, map[string]*namesrvStub{"a:9876": server})
		round := func() probes.Result {
			time.Sleep(5 * time.Second)
			run(t, b, "broker")
			return run(t, b, "registration")
		}
		for range 12 {
			round()
		}
		if n := stub.configs.Load(); n != 1 {
			t.Fatalf("read %d times within a minute, want once", n)
		}
		round()
		if n := stub.configs.Load(); n != 2 {
			t.Fatalf("read %d times after a minute, want 2", n)
		}

		// Somebody sets brokerIP1 on the running broker, and it registers again.
		stub.config = maps.Clone(stub.config)
		stub.config["brokerIP1"] = "192.168.0.1"
		server.list = map[int64]string{0: "192.168.0.1:10911"}
		if got := round(); got.OK {
			t.Fatal("the old address is still right")
		}
		if got := round(); !got.OK {
			t.Fatalf("the new address is not noticed: %s", got.Detail)
		}
	})
}

func TestStore(t *testing.T) {
	tests := []struct {
		name    string
		limit   string // diskSpaceWarningLevelRatio
		runtime map[string]string
		detail  string
	}{
		{"half full", "90", map[string]string{"commitLogDiskRatio": "0.5", "consumeQueueDiskRatio": "0.5"}, ""},
		{"early deletion is no fault", "90", map[string]string{"commitLogDiskRatio": "0.86"}, ""},
		{"at the limit", "90", map[string]string{"commitLogDiskRatio": "0.9", "consumeQueueDiskRatio": "0.9"}, ""},
		{"above the limit", "90", map[string]string{"commitLogDiskRatio": "0.91"},
			"the disk of the commit log is 91 % full, and above 90 % the broker refuses messages"},
		{"consume queues above the limit", "90",
			map[string]string{"commitLogDiskRatio": "0.2", "consumeQueueDiskRatio": "1.0"},
			"the disk of the consume queues is 100 % full, and above 90 % the broker refuses messages"},
		{"a lower limit", "60", map[string]string{"commitLogDiskRatio": "0.61"},
			"the disk of the commit log is 61 % full, and above 60 % the broker refuses messages"},
		{"the broker's own upper bound", "99", map[string]string{"commitLogDiskRatio": "0.95"},
			"the disk of the commit log is 95 % full, and above 90 % the broker refuses messages"},
		{"the broker's own lower bound", "1", map[string]string{"commitLogDiskRatio": "0.3"}, ""},
		{"4.9 has no such key", "", map[string]string{"commitLogDiskRatio": "0.91"},
			"the disk of the commit log is 91 % full, and above 90 % the broker refuses messages"},
		{"folder not there yet", "90",
			map[string]string{"commitLogDiskRatio": "-1.0", "consumeQueueDiskRatio": "-1.0"}, ""},
		{"no such figures", "90", nil, ""},
		{"unreadable figures", "90", map[string]string{"commitLogDiskRatio": "full"}, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			stub := &brokerStub{
				runtime: test.runtime,
				config:  map[string]string{"diskSpaceWarningLevelRatio": test.limit},
			}
			b := stubbed(stub, given(0), nil)
			run(t, b, "broker")
			got := run(t, b, "store")
			if got.OK != (test.detail == "") || got.Detail != test.detail {
				t.Errorf("%v %q, want %q", got.OK, got.Detail, test.detail)
			}
		})
	}
}

func TestFiguresVanishWhenTheBrokerStopsAnswering(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		stub := &brokerStub{runtime: map[string]string{"commitLogDiskRatio": "0.5"}}
		b := stubbed(stub, given(0), nil)
		run(t, b, "broker")
		stub.runtimeErr = errRefused
		time.Sleep(15 * time.Second)
		run(t, b, "broker")
		if _, ok := b.Snapshot(); !ok {
			t.Fatal("vanished too early")
		}
		time.Sleep(time.Second)
		if s, ok := b.Snapshot(); ok {
			t.Fatalf("still there: %+v", s)
		}
		if id, ok := b.Identity(); !ok || id != given(0) {
			t.Errorf("forgot who it is: %v %+v", ok, id)
		}
		if got := run(t, b, "store"); got.OK || got.Detail != "the broker has told nothing for more than 15s" {
			t.Errorf("store: %+v", got)
		}
	})
}

// Report HN: an address of one link, which RocketMQ takes where it finds no other, reaches nobody.
func TestAddressesOfALink(t *testing.T) {
	for addr, ok := range map[string]bool{
		"[fe80::1%eth0]:10911": false, "fe80::1:10911": false, "169.254.3.4:10911": false,
		"[2001:db8::1]:10911": true, "2001:db8::1:10911": true, "10.0.0.1:10911": true, "mq-0.mq:10911": true,
	} {
		id := given(0)
		id.Addr = addr
		server := &namesrvStub{list: map[int64]string{0: addr}}
		b := stubbed(&brokerStub{}, id, map[string]*namesrvStub{"a:9876": server})
		run(t, b, "broker")
		if got := run(t, b, "registration"); got.OK != ok {
			t.Errorf("%s: %+v", addr, got)
		}
	}
}

// Report E3: a name server may list an address in another form.
func TestFormsOfARegistration(t *testing.T) {
	id := given(0)
	id.Addr = "2001:db8::1:10911"
	server := &namesrvStub{list: map[int64]string{0: "[2001:db8::1]:10911"}}
	b := stubbed(&brokerStub{}, id, map[string]*namesrvStub{"a:9876": server})
	run(t, b, "broker")
	if got := run(t, b, "registration"); !got.OK {
		t.Errorf("%+v", got)
	}
}
