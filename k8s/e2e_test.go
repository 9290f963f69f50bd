//go:build e2e

// Package k8s_test proves the manifests on a real cluster: the one of KUBECONFIG. It needs kubectl, and the images
// rocketmq-agent:dev and rocketmq-smoketest:dev where the nodes find them; with E2E_K8S_LOAD it brings them there.
package k8s_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

const masters2 = "overlays/masters"

// abortFound is part of the agent's line about a broker that was not stopped cleanly.
const abortFound = `"found":"/home/rocketmq/store/abort"`

// messages is how many are sent before the brokers are stopped, and must be there afterwards.
const messages = "2000"

// TestMasters is one cluster's story: each part starts from what the one before has left.
func TestMasters(t *testing.T) {
	loadImages(t)
	c := newCluster(t)
	h := c.watch()
	for _, part := range []struct {
		name string
		run  func(*cluster, *history)
	}{
		{"brokers without name servers run, but are not ready", brokersAlone},
		{"name servers come, all are ready and registered", allReady},
		{"messages pass", messagesPass},
		{"a third broker comes alone", scaleOut},
		{"a rolling restart stops every broker cleanly and loses no message", rollingRestart},
		{"a drain is seen by readiness and not by liveness", drainProbes},
		{"a killed broker recovers, says so, and loses no message", killedBroker},
		{"a deleted broker is off the name servers at once", deleteBroker},
		{"name servers take turns, and a client never finds none that knows the brokers", nameServersTakeTurns},
	} {
		start := time.Now()
		if !t.Run(part.name, func(t *testing.T) { part.run(c.in(t), h) }) {
			t.Fatalf("the parts after %q need it", part.name)
		}
		t.Logf("%6.1f s  %s", time.Since(start).Seconds(), part.name)
	}
	h.checkEnds(t)
}

func brokersAlone(c *cluster, _ *history) {
	c.kubectl("apply", "--kustomize", masters2, "--selector", "app.kubernetes.io/component=broker")
	c.within(2*time.Minute, "two brokers running", func() error {
		for _, p := range c.pods("broker") {
			if reason := p.stuck(); reason != "" {
				c.Fatalf("%s will never start: %s", p.Metadata.Name, reason)
			}
			if p.Status.Phase != "Running" {
				return fmt.Errorf("%s is %s", p.Metadata.Name, p.Status.Phase)
			}
		}
		return nil
	})
	c.logLine("rocketmq-broker-0", "boot success")
	a := c.agent("rocketmq-broker-0")
	c.within(20*time.Second, "the start probe passing", func() error { return a.says("/startupz", http.StatusOK) })
	if err := a.says("/livez", http.StatusOK); err != nil {
		c.Error(err)
	}
	if err := a.says("/readyz?verbose", http.StatusServiceUnavailable); err != nil {
		c.Error(err)
	}
	for _, p := range c.pods("broker") {
		if p.ready() {
			c.Errorf("%s is ready, and no name server can know it", p.Metadata.Name)
		}
	}
}

// says fails unless the path is answered with this status.
func (a *agent) says(path string, want int) error {
	if got, body := a.get(path); got != want {
		return fmt.Errorf("%s answers %d, want %d: %s", path, got, want, body)
	}
	return nil
}

func allReady(c *cluster, _ *history) {
	c.kubectl("apply", "--kustomize", masters2)
	pods := append(c.waitReady("namesrv", 2), c.waitReady("broker", 2)...)
	for _, p := range pods {
		if n := p.restarts(); n != 0 {
			c.Errorf("%s was restarted %d times", p.Metadata.Name, n)
		}
	}
	// A pod is ready only when the name servers list it: no waiting here.
	if err := c.nameServers().list(c.pods("broker")); err != nil {
		c.Error(err)
	}
	c.oneGracePeriod("rocketmq-broker")
	c.oneGracePeriod("rocketmq-namesrv")
}

// oneGracePeriod checks that the agent is told the pod's own grace period.
func (c *cluster) oneGracePeriod(statefulSet string) {
	c.Helper()
	pod := c.kubectl("get", "statefulset", statefulSet, "--output",
		"jsonpath={.spec.template.spec.terminationGracePeriodSeconds}")
	agent := c.kubectl("get", "statefulset", statefulSet, "--output",
		`jsonpath={.spec.template.spec.containers[0].env[?(@.name=="RMQ_GRACE_PERIOD")].value}`)
	if pod == "" || agent != pod {
		c.Errorf("%s: terminationGracePeriodSeconds is %s, RMQ_GRACE_PERIOD is %s", statefulSet, pod, agent)
	}
}

func messagesPass(c *cluster, _ *history) {
	c.smoketest("smoke-first", "--count", "1000")
	out := c.kubectl("exec", "rocketmq-broker-0", "--", "mqadmin", "clusterList")
	for _, name := range []string{"rocketmq-broker-0", "rocketmq-broker-1"} {
		if !strings.Contains(out, name) {
			c.Errorf("mqadmin clusterList in a broker's pod does not show %s:\n%s", name, out)
		}
	}
}

func scaleOut(c *cluster, _ *history) {
	before := c.started()
	c.kubectl("scale", "statefulset/rocketmq-broker", "--replicas=3")
	brokers := c.waitReady("broker", 3)
	if err := c.nameServers().list(brokers); err != nil {
		c.Error(err)
	}
	if name := brokers[2].Metadata.Name; name != "rocketmq-broker-2" {
		c.Errorf("the third broker is %s", name)
	}
	after := c.started()
	for name, container := range before {
		if after[name] != container {
			c.Errorf("%s was started anew", name)
		}
	}
}

// started is the container that each RocketMQ pod runs, by pod name.
func (c *cluster) started() map[string]string {
	found := map[string]string{}
	for _, p := range slices.Concat(c.pods("namesrv"), c.pods("broker")) {
		found[p.Metadata.Name] = p.Status.ContainerStatuses[0].ContainerID
	}
	return found
}

// rollingRestart restarts the brokers one by one while messages pass, with others sent before.
func rollingRestart(c *cluster, h *history) {
	earlier := []string{"--topic", "before-restart", "--run", c.namespace, "--count", messages}
	c.smoketest("smoke-send", append(earlier, "--send-only")...)
	stored := c.stored("rocketmq-broker-2") // the first to be restarted
	through := c.startSmoketest("smoke-through", "--duration", "4m", "--rate", "20", "--timeout", "3m")
	before, already := c.pods("broker"), stored()
	c.within(time.Minute, "messages arriving", func() error {
		if n := stored(); n < already+10 {
			return fmt.Errorf("%d so far", n-already)
		}
		return nil
	})
	c.kubectl("rollout", "restart", "statefulset/rocketmq-broker")
	c.kubectl("rollout", "status", "statefulset/rocketmq-broker", "--timeout=10m")
	for _, p := range before {
		end := h.ended(c, p.Metadata.UID, 10*time.Second)
		c.checkCleanStop(end)
		c.Logf("%s took %s to stop", end.Pod, end.Seen.Sub(end.Deleted).Round(time.Second/10))
		// RocketMQ's own words: it found no abort file from its last life. The agent says nothing then.
		c.logLine(p.Metadata.Name, "last shutdown normally")
		if log := c.kubectl("logs", p.Metadata.Name); strings.Contains(log, abortFound) {
			c.Errorf("the agent of %s has found an abort file", p.Metadata.Name)
		}
	}
	if err := c.nameServers().list(c.waitReady("broker", 3)); err != nil {
		c.Error(err)
	}
	c.smoketest("smoke-receive", append(earlier, "--receive-only")...)
	through.passes(8 * time.Minute)
}

// killedBroker shows that the signs of a clean stop are missing after one that was not.
func killedBroker(c *cluster, h *history) {
	p := c.pods("broker")[0]
	name := p.Metadata.Name
	sent := []string{"--topic", "before-kill", "--run", c.namespace, "--count", messages}
	c.smoketest("smoke-send-again", append(sent, "--send-only")...)
	c.kubectl("exec", name, "--", "sh", "-c", "kill -KILL $(ps -C java -o pid=)")
	if end := h.ended(c, p.Metadata.UID, time.Minute); end.Ended.ExitCode != 137 {
		c.Errorf("the container ended with %d, want 137", end.Ended.ExitCode)
	}
	h.expectKill(p.Metadata.UID)
	c.logLine(name, "last shutdown abnormally")
	c.logLine(name, abortFound)
	servers := c.nameServers()
	c.within(2*time.Minute, "the same pod ready again", func() error { return servers.list(c.waitReady("broker", 3)) })
	c.smoketest("smoke-receive-again", append(sent, "--receive-only")...)
}

func deleteBroker(c *cluster, h *history) {
	p := c.pods("broker")[2]
	servers := c.nameServers()
	start := time.Now()
	c.kubectl("delete", "pod", p.Metadata.Name, "--wait=false")
	c.within(2*time.Minute, p.Metadata.Name+" off the name servers", func() error {
		return servers.without(p.Metadata.Name)
	})
	gone := time.Now()
	end := h.ended(c, p.Metadata.UID, time.Minute)
	c.Logf("off the name servers %v after the deletion; the container ended after %v",
		gone.Sub(start), end.Seen.Sub(start))
	if late := gone.Sub(end.Ended.FinishedAt); late > 2*time.Second {
		c.Errorf("the name servers listed the broker for %v after its end", late)
	}
	c.checkCleanStop(end)
	c.within(2*time.Minute, "the broker back under its own name", func() error {
		return servers.list(c.waitReady("broker", 3))
	})
}

// nameServersTakeTurns restarts the name servers one by one. A new one knows nothing until the brokers come; at any
// time at least one must know them all.
func nameServersTakeTurns(c *cluster, _ *history) {
	stop := c.cover(c.pods("broker"))
	c.kubectl("rollout", "restart", "statefulset/rocketmq-namesrv")
	c.kubectl("rollout", "status", "statefulset/rocketmq-namesrv", "--timeout=10m")
	brokers, servers := c.waitReady("broker", 3), c.nameServers()
	c.within(time.Minute, "all brokers on both name servers", func() error { return servers.list(brokers) })
	if longest := stop(); longest > 5*time.Second {
		c.Errorf("for %v no name server knew all brokers", longest)
	}
	c.smoketest("smoke-last", "--count", "200")
}
