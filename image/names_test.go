//go:build e2e

package image_test

import (
	"strings"
	"testing"
)

// TestHostName: a broker whose container has a chosen host name has that name, as in the official image, and its store
// keeps the name when the container that comes after it has none.
func TestHostName(t *testing.T) {
	t.Parallel()
	network, volume := newNetwork(t), newVolume(t)
	ns := start(t, []string{"--network", network, "--network-alias", "ns"}, "namesrv")
	ns.awaitHealthy()
	broker := func(options ...string) container {
		options = append(options, "--network", network, "--volume", volume+":"+storePath)
		c := start(t, options, "sh", "mqbroker", "-n", "ns:9876")
		c.awaitHealthy()
		return c
	}
	named := broker("--hostname", "broker-a")
	smoketest(t, network, "--namesrv", "ns:9876", "--count", "100") // a store without a message changes hands
	if list := ns.exec("mqadmin", "clusterList", "-n", "localhost:9876"); !strings.Contains(list, "broker-a") {
		t.Errorf("the name server lists:\n%s", list)
	}
	if len(named.lines("broker-a", "the container's host name")) == 0 {
		t.Error("the log does not say which rule named the broker")
	}
	named.mustStop()
	unnamed := broker()
	if list := ns.exec("mqadmin", "clusterList", "-n", "localhost:9876"); !strings.Contains(list, "broker-a") {
		t.Errorf("after a start without a host name the name server lists:\n%s", list)
	}
	unnamed.mustStop()
	renamed := start(t, []string{
		"--network", network, "--volume", volume + ":" + storePath, "--env", "RMQ_BROKER_NAME_PREFIX=other",
	}, "sh", "mqbroker", "-n", "ns:9876")
	if code := renamed.end(); code != 78 || len(renamed.lines("broker-a", "RMQ_ADOPT_STORE")) == 0 {
		t.Errorf("a name that somebody chose on another's store: exit code %d", code)
	}
}

// TestScaled: two containers of one service that nobody named would be one broker twice. The second one is refused,
// with the one thing to do.
func TestScaled(t *testing.T) {
	t.Parallel()
	network := newNetwork(t)
	ns := start(t, []string{"--network", network, "--network-alias", "ns"}, "namesrv")
	ns.awaitHealthy()
	broker := func(options ...string) container {
		options = append(options, "--network", network, "--volume", newVolume(t)+":"+storePath)
		return start(t, options, "sh", "mqbroker", "-n", "ns:9876")
	}
	first := broker()
	first.awaitHealthy()
	second := broker()
	says := second.lines
	if code := second.end(); code != 78 || len(says("another broker broker-0", "--hostname broker-b", "--scale")) == 0 {
		t.Errorf("the second one: exit code %d\n%s", code, second.agentLog())
	}
	second = broker("--hostname", "broker-b")
	second.awaitHealthy()
	second.mustStop()
	first.mustStop()
}
