//go:build e2e

package k8s_test

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

const (
	agentImage = "rocketmq-agent:dev"
	smokeImage = "rocketmq-smoketest:dev"
	// nameServerList is what a client inside the namespace is given.
	nameServerList = "rocketmq-namesrv-0.rocketmq-namesrv:9876;rocketmq-namesrv-1.rocketmq-namesrv:9876"
)

var loaded sync.Once

// loadImages makes smoketest's image and brings both images to the nodes, once for all tests, with the command in
// E2E_K8S_LOAD, which gets their names as arguments. Without one, the images are there already: a registry, or loaded
// by hand.
func loadImages(t testing.TB) {
	if load := os.Getenv("E2E_K8S_LOAD"); load != "" {
		loaded.Do(func() { buildAndLoad(t, load) })
	}
}

func buildAndLoad(t testing.TB, load string) {
	dir := t.TempDir()
	build := command(t, "go", "build", "-trimpath", "-ldflags", "-s -w",
		"-o", filepath.Join(dir, "smoketest"), "../smoketest")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	run(t, build)
	run(t, command(t, "docker", "build", "--tag", smokeImage, "--file", "smoketest.Dockerfile", dir))
	run(t, command(t, "sh", "-c", load+` "$@"`, "sh", agentImage, smokeImage))
}

func command(t testing.TB, name string, args ...string) *exec.Cmd {
	return exec.CommandContext(t.Context(), name, args...)
}

func run(t testing.TB, cmd *exec.Cmd) {
	t.Helper()
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("cannot %s: %v\n%s", strings.Join(cmd.Args, " "), err, out)
	}
}

// smoke is a pod that runs smoketest once.
type smoke struct {
	*cluster
	name string
}

// smoketest runs to its end and must succeed.
func (c *cluster) smoketest(name string, args ...string) {
	c.Helper()
	c.startSmoketest(name, args...).passes(2 * time.Minute)
}

func (c *cluster) startSmoketest(name string, args ...string) smoke {
	c.Helper()
	type object = map[string]any
	manifest, err := json.Marshal(object{
		"apiVersion": "v1", "kind": "Pod", "metadata": object{"name": name},
		"spec": object{
			"restartPolicy":                "Never",
			"automountServiceAccountToken": false,
			"securityContext": object{
				"runAsNonRoot": true, "runAsUser": 3000, "seccompProfile": object{"type": "RuntimeDefault"},
			},
			"containers": []object{{
				"name": "smoketest", "image": smokeImage, "imagePullPolicy": "IfNotPresent",
				"args": append([]string{"--namesrv", nameServerList}, args...),
				"securityContext": object{
					"allowPrivilegeEscalation": false, "readOnlyRootFilesystem": true,
					"capabilities": object{"drop": []string{"ALL"}},
				},
			}},
		},
	})
	if err != nil {
		c.Fatal(err)
	}
	if _, err := c.feed(string(manifest), "create", "--filename", "-"); err != nil {
		c.Fatal(err)
	}
	return smoke{c, name}
}

// passes waits for the end of smoketest, shows what it said, and fails the test unless it succeeded.
func (s smoke) passes(limit time.Duration) {
	s.Helper()
	var p pod
	s.within(limit, "the end of "+s.name, func() error {
		if err := json.Unmarshal([]byte(s.kubectl("get", "pod", s.name, "--output", "json")), &p); err != nil {
			s.Fatal(err)
		}
		if reason := p.stuck(); reason != "" {
			s.Fatalf("%s will never start: %s", s.name, reason)
		}
		if p.Status.Phase != "Succeeded" && p.Status.Phase != "Failed" {
			return fmt.Errorf("it is %s", p.Status.Phase)
		}
		return nil
	})
	s.Logf("%s:\n%s", s.name, s.kubectl("logs", s.name))
	if p.Status.Phase != "Succeeded" {
		s.Fatalf("%s has failed", s.name)
	}
}
