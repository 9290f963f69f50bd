//go:build e2e

package k8s_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strconv"
	"testing"
	"time"

	"rocketmq-agent/agent/rocketmq"
)

var forwarding = regexp.MustCompile(`^Forwarding from (127\.0\.0\.1:\d+) ->`)

// forward leads a local port to a port of a pod until the test ends. It returns the local address.
func (c *cluster) forward(pod string, port int) string {
	c.Helper()
	addr, stop, err := c.tryForward(pod, port)
	if err != nil {
		c.Fatal(err)
	}
	c.Cleanup(stop)
	return addr
}

// tryForward is forward until stop is called.
func (c *cluster) tryForward(pod string, port int) (addr string, stop func(), err error) {
	ctx, cancel := context.WithCancel(context.Background())
	cmd := c.command(ctx, "port-forward", "--address", "127.0.0.1", "pod/"+pod, fmt.Sprintf(":%d", port))
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		cancel()
		return "", nil, err
	}
	stop = func() {
		cancel()
		_ = cmd.Wait() // it was killed
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if m := forwarding.FindStringSubmatch(lines.Text()); m != nil {
			go io.Copy(io.Discard, out) // it reports every connection; a full pipe would stop it
			return m[1], stop, nil
		}
	}
	stop()
	return "", nil, fmt.Errorf("cannot forward a port to %s: kubectl left", pod)
}

// agent is the HTTP port of one pod's agent.
type agent struct {
	addr   string
	client http.Client
}

func (c *cluster) agent(pod string) *agent {
	return &agent{addr: c.forward(pod, 8088), client: http.Client{Timeout: 3 * time.Second}}
}

// get returns the status code and the body, and 0 when nothing answers any more.
func (a *agent) get(path string) (int, string) {
	answer, err := a.client.Get("http://" + a.addr + path)
	if err != nil {
		return 0, err.Error()
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		return 0, err.Error()
	}
	return answer.StatusCode, string(body)
}

// nameServers are the name servers of the cluster, each asked for itself.
type nameServers []*rocketmq.Client

func (c *cluster) nameServers() nameServers {
	var all nameServers
	for _, p := range c.pods("namesrv") {
		client := rocketmq.NewClient(c.forward(p.Metadata.Name, 9876), rocketmq.Access{})
		c.Cleanup(func() { _ = client.Close() })
		all = append(all, client)
	}
	return all
}

// masters returns the address of each master that this name server lists, by broker name.
func masters(server *rocketmq.Client) (map[string]string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Second)
	defer cancel()
	info, err := server.ClusterInfo(ctx)
	if err != nil {
		return nil, err
	}
	found := map[string]string{}
	for name, broker := range info.Brokers {
		if addr := broker.Addrs[0]; addr != "" {
			found[name] = addr
		}
	}
	return found, nil
}

// list fails unless every name server lists exactly these pods, each under its own name and address.
func (s nameServers) list(pods []pod) error {
	for i, server := range s {
		found, err := masters(server)
		if err != nil {
			return fmt.Errorf("name server %d: %w", i, err)
		}
		for _, p := range pods {
			if got, want := found[p.Metadata.Name], p.Status.PodIP+":10911"; got != want {
				return fmt.Errorf("name server %d has %s at %q, it is at %q", i, p.Metadata.Name, got, want)
			}
		}
		if len(found) != len(pods) {
			return fmt.Errorf("name server %d lists %v, want %d brokers", i, found, len(pods))
		}
	}
	return nil
}

// without fails while any name server lists the broker.
func (s nameServers) without(broker string) error {
	for i, server := range s {
		found, err := masters(server)
		if err != nil {
			return fmt.Errorf("name server %d: %w", i, err)
		}
		if addr := found[broker]; addr != "" {
			return fmt.Errorf("name server %d lists %s at %s", i, broker, addr)
		}
	}
	return nil
}

// permission is what the first name server tells clients that they may do with the broker's own topic.
func (s nameServers) permission(t testing.TB, broker string) int {
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Second)
	defer cancel()
	route, err := s[0].Route(ctx, broker)
	if err != nil {
		t.Fatal(err)
	}
	for _, q := range route.Queues {
		if q.BrokerName == broker {
			return q.Perm
		}
	}
	t.Fatalf("the route of topic %s has no queue on the broker of that name: %+v", broker, route)
	return 0
}

// stored returns a function that asks the broker how many messages it has stored since its start.
func (c *cluster) stored(broker string) func() int {
	c.Helper()
	client := rocketmq.NewClient(c.forward(broker, 10911), rocketmq.Access{})
	c.Cleanup(func() { _ = client.Close() })
	return func() int {
		c.Helper()
		ctx, cancel := context.WithTimeout(context.Background(), 3*time.Second)
		defer cancel()
		info, err := client.RuntimeInfo(ctx)
		if err != nil {
			c.Fatal(err)
		}
		n, err := strconv.Atoi(info["putMessageTimesTotal"])
		if err != nil {
			c.Fatal(err)
		}
		return n
	}
}
