//go:build e2e

package k8s_test

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// history remembers what the API server forgets: how each container ended, although a replaced pod's object is gone a
// moment later, and each container's whole log.
type history struct {
	cluster *cluster
	logs    string // folder

	mu      sync.Mutex
	lives   map[string]*life // by container id
	unready map[string]time.Time
	killed  []string // by their pods' uids
	done    sync.WaitGroup
}

// life is one container's life.
type life struct {
	Pod, UID string
	// Deleted is when the API server told us that the pod is to go; zero when the container went alone.
	Deleted time.Time
	Ended   *terminated
	// Seen is when the API server told us of the end; the kubelet's own time has whole seconds only.
	Seen time.Time
	Log  string // file
}

// watch follows the namespace until the test ends.
func (c *cluster) watch() *history {
	h := &history{
		cluster: c,
		lives:   map[string]*life{},
		unready: map[string]time.Time{},
		logs:    logFolder(c),
	}
	ctx, stop := context.WithCancel(context.Background())
	h.done.Go(func() {
		for ctx.Err() == nil {
			h.follow(ctx)
		}
	})
	c.Cleanup(func() {
		stop()
		h.done.Wait()
	})
	return h
}

// logFolder is where the containers' logs go: E2E_LOGS, or a folder that is kept only after a failure.
func logFolder(t testing.TB) string {
	if dir := os.Getenv("E2E_LOGS"); dir != "" {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		return dir
	}
	dir, err := os.MkdirTemp("", "rocketmq-agent-e2e-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("the logs of all containers are in %s", dir)
			return
		}
		_ = os.RemoveAll(dir)
	})
	return dir
}

// follow reads one watch to its end.
func (h *history) follow(ctx context.Context) {
	cmd := h.cluster.command(ctx, "get", "pods", "--watch", "--output-watch-events", "--output", "json")
	out, err := cmd.StdoutPipe()
	if err != nil || cmd.Start() != nil {
		return
	}
	events := json.NewDecoder(out)
	for {
		var event struct{ Object pod }
		if events.Decode(&event) != nil {
			break
		}
		h.saw(ctx, event.Object)
	}
	_ = cmd.Wait() // the watch is repeated whatever ended it
}

func (h *history) saw(ctx context.Context, p pod) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if p.ready() {
		delete(h.unready, p.Metadata.UID)
	} else if _, known := h.unready[p.Metadata.UID]; !known {
		h.unready[p.Metadata.UID] = time.Now()
	}
	for _, c := range p.Status.ContainerStatuses {
		if c.State.Running != nil {
			l := h.life(ctx, p, c.ContainerID)
			if p.Metadata.DeletionTimestamp != nil && l.Deleted.IsZero() {
				l.Deleted = time.Now()
			}
		}
		for _, end := range []*terminated{c.LastState.Terminated, c.State.Terminated} {
			if end == nil {
				continue
			}
			if l := h.life(ctx, p, end.ContainerID); l.Ended == nil {
				l.Ended, l.Seen = end, time.Now()
			}
		}
	}
}

// life finds the container, and follows its log from the first sight on.
func (h *history) life(ctx context.Context, p pod, id string) *life {
	if l := h.lives[id]; l != nil {
		return l
	}
	file := filepath.Join(h.logs, fmt.Sprintf("%s-%d.log", p.Metadata.Name, len(h.lives)))
	l := &life{Pod: p.Metadata.Name, UID: p.Metadata.UID, Log: file}
	h.lives[id] = l
	h.done.Go(func() {
		log, err := os.Create(file)
		if err != nil {
			h.cluster.Errorf("cannot keep the log of %s: %v", l.Pod, err)
			return
		}
		defer log.Close()
		cmd := h.cluster.command(ctx, "logs", "--follow", "pod/"+l.Pod)
		cmd.Stdout, cmd.Stderr = log, log
		_ = cmd.Run() // ends with the container, or with the test
	})
	return l
}

// ended waits for the end of the container that ran in this pod, and returns its life.
func (h *history) ended(t *cluster, uid string, limit time.Duration) life {
	t.Helper()
	var found life
	t.within(limit, "the end of a container", func() error {
		l := h.end(uid)
		if l == nil {
			return fmt.Errorf("the container of pod %s is running", uid)
		}
		found = *l
		return nil
	})
	return found
}

func (h *history) hasEnded(uid string) bool { return h.end(uid) != nil }

// end returns the life of a container of this pod that has ended, or nil.
func (h *history) end(uid string) *life {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, l := range h.lives {
		if l.UID == uid && l.Ended != nil {
			end := *l
			return &end
		}
	}
	return nil
}

// becameUnready says when the API server first showed that this pod is not ready.
func (h *history) becameUnready(uid string) (time.Time, bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	at, ok := h.unready[uid]
	return at, ok
}

// expectKill takes the end of this pod's container for what the test wanted.
func (h *history) expectKill(uid string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.killed = append(h.killed, uid)
}

// checkEnds reports every other container that did not end cleanly.
func (h *history) checkEnds(t testing.TB) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, id := range slices.Sorted(maps.Keys(h.lives)) {
		if l := h.lives[id]; l.Ended != nil && l.Ended.ExitCode != 0 && !slices.Contains(h.killed, l.UID) {
			t.Errorf("a container of %s ended with %d (%s)", l.Pod, l.Ended.ExitCode, l.Ended.Reason)
		}
	}
}

// logLine waits for a line with this text in the log of the pod's running container.
func (c *cluster) logLine(pod, text string) string {
	c.Helper()
	var found string
	c.within(time.Minute, fmt.Sprintf("%q in the log of %s", text, pod), func() error {
		log, err := c.try("logs", "pod/"+pod)
		if err != nil {
			return err // between two containers
		}
		for line := range strings.Lines(log) {
			if strings.Contains(line, text) {
				found = strings.TrimSpace(line)
				return nil
			}
		}
		return fmt.Errorf("not in %d bytes", len(log))
	})
	return found
}
