package checks

import (
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

// Every check must say itself who did not answer, without being told to end.
func TestFrozenPeers(t *testing.T) {
	checks := map[string]func(c *rocketmq.Client) probes.Check{
		"broker": func(c *rocketmq.Client) probes.Check {
			return NewBroker(BrokerOptions{Main: c, Identity: given(0)}).Checks()[0]
		},
		"broker-fast": func(c *rocketmq.Client) probes.Check { return NewBroker(BrokerOptions{Fast: c}).Checks()[1] },
		"namesrv":     func(c *rocketmq.Client) probes.Check { return Namesrv(c, nil)[0] },
		"controller":  func(c *rocketmq.Client) probes.Check { return Controller(c)[0] },
		"proxy":       func(c *rocketmq.Client) probes.Check { return Proxy(c, "")[0] },
	}
	for name, of := range checks {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client := rocketmq.NewClient(frozen(t), rocketmq.Access{})
			defer client.Close()
			got := of(client).Run(t.Context())
			if got.OK || !strings.Contains(got.Detail, client.Addr()) {
				t.Errorf("%+v, want a failure that names %s", got, client.Addr())
			}
		})
	}
}
