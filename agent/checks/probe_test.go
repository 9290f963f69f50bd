package checks

import (
	"context"
	"errors"
	"net"
	"strings"
	"testing"

	"rocketmq-agent/agent/probes"
	"rocketmq-agent/agent/rocketmq"
)

// frozen is a port whose owner was stopped: the kernel accepts connections, and nobody reads them.
func frozen(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l.Addr().String()
}

// closed is a port that nobody listens on.
func closed(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

type controllerStub struct {
	group rocketmq.ControllerMetadata
	err   error
}

func (s controllerStub) ControllerMetadata(context.Context) (rocketmq.ControllerMetadata, error) {
	return s.group, s.err
}

func TestController(t *testing.T) {
	tests := []struct {
		name   string
		stub   controllerStub
		ok     bool
		detail string
	}{
		{"leads", controllerStub{group: rocketmq.ControllerMetadata{Group: "g", LeaderID: "n0", IsLeader: true}},
			true, "leads the group g"},
		{"follows",
			controllerStub{group: rocketmq.ControllerMetadata{Group: "g", LeaderID: "n1", LeaderAddr: "b:9878"}},
			true, "follows n1 (b:9878)"},
		{"no leader", controllerStub{group: rocketmq.ControllerMetadata{Group: "g"}},
			false, "the group g has no leader"},
		{"silent", controllerStub{err: errors.New("connection refused")}, false, "connection refused"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := Controller(test.stub)[0].Run(t.Context())
			if got.OK != test.ok || got.Detail != test.detail {
				t.Errorf("%+v, want %v %q", got, test.ok, test.detail)
			}
		})
	}
}

type proxyStub struct{ err error }

func (s proxyStub) Route(context.Context, string) (rocketmq.Route, error) {
	return rocketmq.Route{}, s.err
}

func TestProxy(t *testing.T) {
	tests := []struct {
		name string
		err  error
		ok   bool
	}{
		{"route", nil, true},
		{"no such topic", &rocketmq.ResponseError{Code: rocketmq.CodeTopicNotExist}, true},
		{"silent", errors.New("connection refused"), false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := Proxy(proxyStub{test.err}, closed(t))[0].Run(t.Context()); got.OK != test.ok {
				t.Errorf("%+v, want %v", got, test.ok)
			}
		})
	}
	if got := Proxy(proxyStub{}, frozen(t))[1].Run(t.Context()); !got.OK {
		t.Errorf("open gRPC port: %+v", got)
	}
	got := Proxy(proxyStub{}, closed(t))[1].Run(t.Context())
	if got.OK || !strings.Contains(got.Detail, "connection refused") {
		t.Errorf("closed gRPC port: %+v", got)
	}
}

// Every check must say itself who did not answer, without being told to end.
func TestFrozenPeers(t *testing.T) {
	checks := map[string]func(c *rocketmq.Client) probes.Check{
		"broker": func(c *rocketmq.Client) probes.Check {
			return NewBroker(BrokerOptions{Main: c, Identity: given(0)}).Checks()[0]
		},
		"broker-fast": func(c *rocketmq.Client) probes.Check { return NewBroker(BrokerOptions{Fast: c}).Checks()[1] },
		"namesrv":     func(c *rocketmq.Client) probes.Check { return Namesrv(c)[0] },
		"controller":  func(c *rocketmq.Client) probes.Check { return Controller(c)[0] },
		"proxy":       func(c *rocketmq.Client) probes.Check { return Proxy(c, "")[0] },
	}
	for name, of := range checks {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client := rocketmq.NewClient(frozen(t))
			defer client.Close()
			got := of(client).Run(t.Context())
			if got.OK || !strings.Contains(got.Detail, client.Addr()) {
				t.Errorf("%+v, want a failure that names %s", got, client.Addr())
			}
		})
	}
}
