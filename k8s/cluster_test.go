//go:build e2e

package k8s_test

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// cluster is this run's own namespace on the cluster of KUBECONFIG. It is removed at the end, with all its volumes.
type cluster struct {
	testing.TB
	namespace string
}

// newCluster makes the namespace. It enforces the "restricted" Pod Security Standard, so the manifests prove that they
// ask for no privilege.
func newCluster(t testing.TB) *cluster {
	c := &cluster{TB: t, namespace: fmt.Sprintf("rmq-e2e-%d", time.Now().Unix())}
	c.kubectl("create", "namespace", c.namespace)
	t.Cleanup(func() {
		c.kubectl("delete", "namespace", c.namespace, "--wait", "--timeout=4m")
	})
	c.kubectl("label", "namespace", c.namespace, "pod-security.kubernetes.io/enforce=restricted")
	return c
}

// in is the same namespace, reporting to a subtest.
func (c *cluster) in(t testing.TB) *cluster {
	return &cluster{TB: t, namespace: c.namespace}
}

// command is a kubectl that ends with ctx.
func (c *cluster) command(ctx context.Context, args ...string) *exec.Cmd {
	args = append([]string{"--namespace", c.namespace}, args...)
	cmd := exec.CommandContext(ctx, cmp.Or(os.Getenv("KUBECTL"), "kubectl"), args...)
	// Over websockets, kubectl exec prints noise and port-forward loses connections with some container runtimes.
	cmd.Env = append(os.Environ(), "KUBECTL_REMOTE_COMMAND_WEBSOCKETS=false", "KUBECTL_PORT_FORWARD_WEBSOCKETS=false")
	return cmd
}

// kubectl runs to the end and returns what was printed; a failure ends the test.
func (c *cluster) kubectl(args ...string) string {
	c.Helper()
	out, err := c.try(args...)
	if err != nil {
		c.Fatal(err)
	}
	return out
}

func (c *cluster) try(args ...string) (string, error) {
	return c.feed("", args...)
}

// feed is try with something on standard input.
func (c *cluster) feed(stdin string, args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	cmd := c.command(ctx, args...)
	var out, problems bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(stdin), &out, &problems
	if err := cmd.Run(); err != nil {
		said := strings.TrimSpace(problems.String())
		return out.String(), fmt.Errorf("cannot kubectl %s: %w: %s", strings.Join(args, " "), err, said)
	}
	return out.String(), nil
}

// pods lists the pods of a component ("namesrv", "broker"), by name.
func (c *cluster) pods(component string) []pod {
	c.Helper()
	var list struct{ Items []pod }
	out := c.kubectl("get", "pods", "--selector", "app.kubernetes.io/component="+component, "--output", "json")
	if err := json.Unmarshal([]byte(out), &list); err != nil {
		c.Fatal(err)
	}
	return list.Items
}

// waitReady waits until a StatefulSet has rolled out and this many pods of it are ready.
func (c *cluster) waitReady(component string, n int) []pod {
	c.Helper()
	var pods []pod
	c.within(5*time.Minute, fmt.Sprintf("%d pods of %s ready", n, component), func() error {
		pods = c.pods(component)
		ready := 0
		for _, p := range pods {
			if reason := p.stuck(); reason != "" {
				c.Fatalf("%s will never start: %s", p.Metadata.Name, reason)
			}
			if p.ready() {
				ready++
			}
		}
		if len(pods) != n || ready != n {
			return fmt.Errorf("%d of %d are ready", ready, len(pods))
		}
		return nil
	})
	return pods
}

// within repeats check until it returns nil, and fails the test with its last error when that takes too long.
func (c *cluster) within(limit time.Duration, what string, check func() error) time.Duration {
	c.Helper()
	start := time.Now()
	for {
		err := check()
		if err == nil {
			return time.Since(start)
		}
		if time.Since(start) > limit {
			c.Fatalf("not within %s: %s: %v", limit, what, err)
		}
		time.Sleep(100 * time.Millisecond)
	}
}

// pod is what these tests read of a Pod.
type pod struct {
	Metadata struct {
		Name, UID         string
		DeletionTimestamp *time.Time
	}
	Status struct {
		Phase, PodIP      string
		Conditions        []struct{ Type, Status string }
		ContainerStatuses []containerStatus
	}
}

type containerStatus struct {
	ContainerID      string
	RestartCount     int
	State, LastState struct {
		Waiting    *struct{ Reason, Message string }
		Running    *struct{ StartedAt time.Time }
		Terminated *terminated
	}
}

type terminated struct {
	ContainerID string
	ExitCode    int
	Reason      string
	StartedAt   time.Time
	FinishedAt  time.Time // in whole seconds
}

func (p pod) ready() bool {
	for _, c := range p.Status.Conditions {
		if c.Type == "Ready" {
			return c.Status == "True" && p.Metadata.DeletionTimestamp == nil
		}
	}
	return false
}

func (p pod) restarts() int {
	n := 0
	for _, c := range p.Status.ContainerStatuses {
		n += c.RestartCount
	}
	return n
}

// stuck is the reason why waiting for this pod is pointless.
func (p pod) stuck() string {
	for _, c := range p.Status.ContainerStatuses {
		if w := c.State.Waiting; w != nil {
			switch w.Reason {
			case "ErrImagePull", "ImagePullBackOff", "ErrImageNeverPull", "InvalidImageName",
				"CreateContainerConfigError", "CrashLoopBackOff":
				return w.Reason + ": " + w.Message
			}
		}
	}
	return ""
}
