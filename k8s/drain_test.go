//go:build e2e

package k8s_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"
)

func drainProbes(c *cluster, h *history) {
	p := c.pods("broker")[1]
	name := p.Metadata.Name
	a, servers := c.agent(name), c.nameServers()
	if perm := servers.permission(c, name); perm != 6 && perm != 7 {
		c.Fatalf("before the drain, the permission on %s is %d", name, perm)
	}
	c.kubectl("exec", name, "--", "sh", "-c", "kill -TERM 1")
	seen := a.watchDrain(func() bool { return h.hasEnded(p.Metadata.UID) })
	end := h.ended(c, p.Metadata.UID, 2*time.Minute)
	c.checkCleanStop(end)
	seen.check(c, end.Seen.Sub(seen.start))
	if at, ok := h.becameUnready(p.Metadata.UID); !ok || at.Sub(seen.start) > 20*time.Second {
		c.Errorf("Kubernetes saw the pod as not ready %v after SIGTERM (%t); want under 20 s", at.Sub(seen.start), ok)
	}
	c.within(2*time.Minute, "the same pod ready again", func() error { return servers.list(c.waitReady("broker", 3)) })
	if perm := servers.permission(c, name); perm != 6 && perm != 7 {
		c.Errorf("the drain has left its mark: after the restart, the permission on %s is %d", name, perm)
	}
	for _, now := range c.pods("broker") {
		if now.Metadata.Name == name && (now.Metadata.UID != p.Metadata.UID || now.restarts() != 1) {
			c.Errorf("%s: %d restarts, want the same pod with one", name, now.restarts())
		}
	}
}

// drainSeen is what the probes said from SIGTERM to the end of the container.
type drainSeen struct {
	start      time.Time
	unready    time.Duration // from SIGTERM to the first 503 of /readyz
	slowest    time.Duration // answer of /livez
	readyAgain int           // answers 200 of /readyz after the first 503
	notLive    []string      // answers of /livez that were not 200
	samples    int
}

// watchDrain asks until the container has ended. The next one, in the same pod, answers at the same address a moment
// later, and needs seconds to become ready.
func (a *agent) watchDrain(ended func() bool) *drainSeen {
	s := &drainSeen{start: time.Now()}
	for !ended() && time.Since(s.start) < 3*time.Minute {
		ready, _ := a.get("/readyz")
		asked := time.Now()
		live, body := a.get("/livez")
		if ready == 0 || live == 0 {
			break // nobody is there any more
		}
		s.add(ready, live, body, time.Since(asked))
		<-time.After(50 * time.Millisecond)
	}
	return s
}

func (s *drainSeen) add(ready, live int, body string, took time.Duration) {
	s.samples++
	s.slowest = max(s.slowest, took)
	switch {
	case ready == http.StatusServiceUnavailable && s.unready == 0:
		s.unready = time.Since(s.start)
	case ready == http.StatusOK && s.unready != 0:
		s.readyAgain++
	}
	if live != http.StatusOK {
		s.notLive = append(s.notLive, fmt.Sprintf("%d %s", live, body))
	}
}

// check is given the time from SIGTERM to the end of the container.
func (s *drainSeen) check(t testing.TB, took time.Duration) {
	t.Logf("%d samples in %v: not ready after %v, slowest /livez %v", s.samples, took, s.unready, s.slowest)
	if s.unready == 0 || s.unready > 2*time.Second {
		t.Errorf("/readyz turned 503 %v after SIGTERM, want within 2 s", s.unready)
	}
	if s.readyAgain > 0 {
		t.Errorf("/readyz went back to 200 during the drain (%d times)", s.readyAgain)
	}
	if len(s.notLive) > 0 {
		t.Errorf("/livez failed during the drain: %q", s.notLive)
	}
	// RocketMQ needs 4 s at least to stop; the grace period is the ceiling.
	if took < 4*time.Second || took > 120*time.Second {
		t.Errorf("the drain took %v, want 4 to 120 s", took)
	}
	if s.slowest > time.Second {
		t.Errorf("/livez took %v to answer", s.slowest)
	}
}

// stopLine is what the agent logs of a stop.
type stopLine struct {
	Msg, Outcome, Took string
	ExitCode           *int
}

// checkCleanStop fails unless the container ended with 0, and its agent says the same: the JVM left, nothing was
// killed.
func (c *cluster) checkCleanStop(end life) {
	c.Helper()
	if end.Ended.ExitCode != 0 {
		c.Errorf("%s ended with %d (%s), want 0", end.Pod, end.Ended.ExitCode, end.Ended.Reason)
	}
	steps := map[string]stopLine{}
	for _, line := range c.stopTimeline(end) {
		steps[line.Msg] = line
		c.Logf("%s: %s %s %s", end.Pod, line.Msg, line.Outcome, line.Took)
	}
	if left := steps["stop: stop broker"]; left.Outcome != "gone" {
		c.Errorf("the agent of %s says of the broker's stop: %q, want gone", end.Pod, left.Outcome)
	}
	if last := steps["stopped"]; last.ExitCode == nil || *last.ExitCode != 0 {
		c.Errorf("the agent of %s has not logged that it stopped with exitCode 0", end.Pod)
	}
}

// stopTimeline is the agent's lines about its stop, out of the log that it shares with RocketMQ.
func (c *cluster) stopTimeline(end life) []stopLine {
	c.Helper()
	log, err := os.ReadFile(end.Log)
	if err != nil {
		c.Fatal(err)
	}
	var lines []stopLine
	for raw := range bytes.Lines(log) {
		var line stopLine
		if json.Unmarshal(raw, &line) == nil && strings.HasPrefix(line.Msg, "stop") {
			lines = append(lines, line)
		}
	}
	return lines
}
