//go:build e2e

package image_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

const (
	label     = "rocketmq-agent.e2e"
	storePath = "/home/rocketmq/store"

	// startTime is how long a container may take to become healthy, stopTime how long docker stop waits before it
	// kills.
	startTime = 3 * time.Minute
	stopTime  = "90"
)

// image is the image under test.
func image() string {
	if name := os.Getenv("IMAGE"); name != "" {
		return name
	}
	return "rocketmq-agent:dev"
}

// try runs the docker client and returns what it printed on standard output.
func try(args ...string) (string, error) {
	cmd := exec.Command("docker", args...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		return stdout.String(), fmt.Errorf("docker %s: %w\n%s", strings.Join(args, " "), err, stderr.String())
	}
	return strings.TrimSpace(stdout.String()), nil
}

// docker is try that must succeed.
func docker(t *testing.T, args ...string) string {
	t.Helper()
	out, err := try(args...)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// newVolume makes a fresh named volume.
func newVolume(t *testing.T) string {
	t.Helper()
	name := docker(t, "volume", "create", "--label", label)
	t.Cleanup(func() { _, _ = try("volume", "rm", "--force", name) })
	return name
}

// newNetwork makes a network in which containers find each other by name.
func newNetwork(t *testing.T) string {
	t.Helper()
	name := fmt.Sprintf("e2e-%d-%d", os.Getpid(), time.Now().UnixNano())
	docker(t, "network", "create", "--label", label, name)
	t.Cleanup(func() { _, _ = try("network", "rm", name) })
	return name
}

// container is a running, or ended, container of the image.
type container struct {
	t  *testing.T
	id string
}

// start runs a container in the background. Its log is shown when the test fails.
func start(t *testing.T, options []string, command ...string) container {
	t.Helper()
	args := append([]string{
		"run", "--detach", "--label", label, "--stop-timeout", stopTime, "--env", "RMQ_GRACE_PERIOD=" + stopTime,
	}, options...)
	id, err := try(append(append(args, image()), command...)...)
	c := container{t, id}
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("log of docker run %s … %s:\n%s",
				strings.Join(options, " "), strings.Join(command, " "), c.agentLog())
		}
		_, _ = try("rm", "--force", "--volumes", id)
	})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// output runs a container in the foreground and returns its standard output.
func output(t *testing.T, options []string, command ...string) string {
	t.Helper()
	args := append([]string{"run", "--rm", "--label", label}, options...)
	return docker(t, append(append(args, image()), command...)...)
}

// inspect returns a field of the container's description, as a template.
func (c container) inspect(field string) string {
	c.t.Helper()
	return docker(c.t, "inspect", "--format", "{{"+field+"}}", c.id)
}

// await polls until the condition holds, and fails the test when it takes too long or the container ends before.
func (c container) await(what string, limit time.Duration, condition func() bool) {
	c.t.Helper()
	for deadline := time.Now().Add(limit); ; time.Sleep(200 * time.Millisecond) {
		if condition() {
			return
		}
		if status := c.inspect(".State.Status"); status != "running" {
			c.t.Fatalf("the container is %s (exit code %d) before it is %s", status, c.exitCode(), what)
		}
		if time.Now().After(deadline) {
			c.t.Fatalf("the container is not %s within %s", what, limit)
		}
	}
}

func (c container) awaitHealthy() {
	c.t.Helper()
	c.await("healthy", startTime, func() bool { return c.inspect(".State.Health.Status") == "healthy" })
}

func (c container) awaitLog(text string) {
	c.t.Helper()
	c.await(fmt.Sprintf("logging %q", text), startTime, func() bool { return strings.Contains(c.log(), text) })
}

// log is everything the container wrote.
func (c container) log() string {
	out, err := exec.Command("docker", "logs", c.id).CombinedOutput()
	if err != nil {
		c.t.Fatalf("docker logs: %v", err)
	}
	return string(out)
}

// lines returns the lines of the log that contain all the words.
func (c container) lines(words ...string) []string {
	var found []string
	for _, line := range strings.Split(c.log(), "\n") {
		all := true
		for _, word := range words {
			all = all && strings.Contains(line, word)
		}
		if all {
			found = append(found, line)
		}
	}
	return found
}

// agentLog is the log without RocketMQ's lines below a warning.
func (c container) agentLog() string {
	var kept []string
	for _, line := range strings.Split(c.log(), "\n") {
		if !strings.Contains(line, " INFO  ") {
			kept = append(kept, line)
		}
	}
	return strings.Join(kept, "\n")
}

// exec runs a command in the container, in its working folder.
func (c container) exec(command ...string) string {
	c.t.Helper()
	return docker(c.t, append([]string{"exec", c.id}, command...)...)
}

// stop is docker stop; it returns the exit code.
func (c container) stop() int {
	c.t.Helper()
	docker(c.t, "stop", "--time", stopTime, c.id)
	return c.exitCode()
}

// end waits until the container ends by itself and returns the exit code.
func (c container) end() int {
	c.t.Helper()
	docker(c.t, "wait", c.id)
	return c.exitCode()
}

func (c container) exitCode() int {
	c.t.Helper()
	code, err := strconv.Atoi(c.inspect(".State.ExitCode"))
	if err != nil {
		c.t.Fatal(err)
	}
	return code
}

// mustStop stops the container and demands a clean end.
func (c container) mustStop() {
	c.t.Helper()
	if code := c.stop(); code != 0 {
		c.t.Errorf("docker stop: exit code %d, want 0", code)
	}
}

// smoketest runs the program of this project in a network: "container:ID" or a network's name.
func smoketest(t *testing.T, network string, args ...string) {
	t.Helper()
	smoketestWith(t, network, nil, args...)
}

// smoketestWith is smoketest in a container with more options.
func smoketestWith(t *testing.T, network string, more []string, args ...string) {
	t.Helper()
	program, err := filepath.Abs("../bin/smoketest")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(program); err != nil {
		t.Fatal(errors.Join(err, errors.New("build it first: make build")))
	}
	options := []string{"--network", network, "--volume", program + ":/smoketest:ro", "--entrypoint", "/smoketest"}
	t.Log(output(t, append(options, more...), args...))
}
