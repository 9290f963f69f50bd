//go:build e2e

package k8s_test

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"rocketmq-agent/agent/rocketmq"
)

// oneGroup is the name of the only group of brokers in these overlays.
const oneGroup = "rocketmq-broker-0"

// TestElectedMaster takes away the master of a group that elects one, in the middle of traffic.
func TestElectedMaster(t *testing.T) {
	loadImages(t)
	for _, overlay := range []string{"dledger", "controller"} {
		t.Run(overlay, func(t *testing.T) {
			start := time.Now()
			loseMaster(t, filepath.Join("overlays", overlay))
			t.Logf("%.1f s", time.Since(start).Seconds())
		})
	}
}

func loseMaster(t *testing.T, overlay string) {
	c := newCluster(t)
	h := c.watch()
	c.kubectl("apply", "--kustomize", overlay)
	brokers, servers := c.waitReady("broker", 3), c.answeringNameServers()
	before := c.started()
	master := c.awaitMaster(servers, brokers)

	sent := []string{"--topic", "before", "--run", c.namespace, "--count", messages}
	c.smoketest("smoke-send", append(sent, "--send-only")...)
	through := c.startSmoketest("smoke-through", "--topic", "through", "--duration", "40s", "--rate", "50")
	c.haveTopics(brokers, "before", "through")

	c.takeAway(master)
	h.expectKill(master.Metadata.UID)
	gone := time.Now()
	others := slices.DeleteFunc(slices.Clone(brokers), func(p pod) bool {
		return p.Metadata.UID == master.Metadata.UID
	})
	next := c.awaitMaster(servers, others)
	c.Logf("%s is master %.1f s after the end of %s",
		next.Metadata.Name, time.Since(gone).Seconds(), master.Metadata.Name)

	c.kubectl("apply", "--kustomize", overlay)
	brokers = c.waitReady("broker", 3)
	if last := c.awaitMaster(servers, brokers); last.Metadata.UID != next.Metadata.UID {
		c.Errorf("%s took over from %s when %s came back", last.Metadata.Name, next.Metadata.Name, master.Metadata.Name)
	}
	through.passes(2 * time.Minute)
	c.smoketest("smoke-receive", append(sent, "--receive-only")...)
	after := c.started()
	for name, container := range before {
		if anew := after[name] != container; anew != (name == master.Metadata.Name) {
			c.Errorf("%s was started anew: %t", name, anew)
		}
	}
	h.checkEnds(c)
	if !t.Failed() {
		c.drop()
	}
}

// takeAway kills a broker's JVM and keeps the pod from coming back until the overlay is applied again: in its own pod
// it would often be back before the others have noticed.
func (c *cluster) takeAway(p pod) {
	c.Helper()
	c.kubectl("delete", "statefulset", "rocketmq-broker", "--cascade=orphan")
	c.kubectl("exec", p.Metadata.Name, "--", "sh", "-c", "kill -KILL $(ps -C java -o pid=)")
	c.kubectl("delete", "pod", p.Metadata.Name, "--wait=false")
}

// drop ends all pods at once: nothing is to be learnt from how they stop.
func (c *cluster) drop() {
	c.kubectl("delete", "statefulset", "--all", "--cascade=orphan")
	c.kubectl("delete", "pods", "--all", "--grace-period=1", "--wait=false")
}

// answeringNameServers waits until all name servers answer. Kubernetes calls them ready a minute later.
func (c *cluster) answeringNameServers() nameServers {
	c.Helper()
	for _, p := range c.pods("namesrv") {
		a := c.agent(p.Metadata.Name)
		c.within(time.Minute, p.Metadata.Name+" ready", func() error {
			return a.says("/readyz?verbose", http.StatusOK)
		})
	}
	return c.nameServers()
}

// awaitMaster waits until all name servers list one of these pods as the master of the group.
func (c *cluster) awaitMaster(servers nameServers, pods []pod) pod {
	c.Helper()
	var found pod
	c.within(time.Minute, "one master on all name servers", func() error {
		addrs := map[string]bool{}
		for i, server := range servers {
			list, err := masters(server)
			if err != nil {
				return fmt.Errorf("name server %d: %w", i, err)
			}
			addrs[list[oneGroup]] = true
		}
		i := slices.IndexFunc(pods, func(p pod) bool { return addrs[p.Status.PodIP+":10911"] })
		if i < 0 || len(addrs) != 1 {
			return fmt.Errorf("the name servers list %v", addrs)
		}
		found = pods[i]
		return nil
	})
	return found
}

// haveTopics waits until every broker has the topics. Slaves copy them from their master every 10 s only, and one of
// them is to take its place.
func (c *cluster) haveTopics(brokers []pod, topics ...string) {
	c.Helper()
	const getAllTopicConfig = 21 // RequestCode.java
	for _, p := range brokers {
		client := rocketmq.NewClient(c.forward(p.Metadata.Name, 10911), rocketmq.Access{})
		c.Cleanup(func() { _ = client.Close() })
		c.within(time.Minute, "the topics on "+p.Metadata.Name, func() error {
			ctx, cancel := context.WithTimeout(context.Background(), 3*time.Second)
			defer cancel()
			answer, err := client.Call(ctx, rocketmq.Command{Code: getAllTopicConfig})
			if err != nil {
				return err
			}
			for _, topic := range topics {
				if !bytes.Contains(answer.Body, []byte(`"`+topic+`"`)) {
					return fmt.Errorf("it does not have %s", topic)
				}
			}
			return nil
		})
	}
}
