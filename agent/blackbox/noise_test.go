package blackbox

import (
	"io"
	"net/http"
	"os"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

// quietTime is how long the log is looked at, with and without the agent: NOISE_TIME=10m takes longer.
func quietTime(t *testing.T) time.Duration {
	text := os.Getenv("NOISE_TIME")
	if text == "" {
		return 65 * time.Second // what RocketMQ itself does each minute happens in either
	}
	length, err := time.ParseDuration(text)
	if err != nil {
		t.Fatal(err)
	}
	return length
}

// shape is a line of a log without what differs from one time to the next.
func shape(line string) string {
	return regexp.MustCompile(`[0-9a-f]*[0-9][0-9a-f]*`).ReplaceAllString(line, "N")
}

// shapes counts the lines of a log.
func shapes(log string) map[string]int {
	all := map[string]int{}
	for line := range strings.Lines(log) {
		all[shape(strings.TrimSpace(line))]++
	}
	return all
}

// Nothing that the agent asks, and nothing that a scrape makes it ask, leaves a line in the log of a broker that is in
// service: what the broker logs while the agent is frozen is all that it logs while the agent is not.
func TestNoNoise(t *testing.T) {
	t.Parallel()
	namesrv := startNamesrv(t)
	a, _ := startBroker(t, t.TempDir(), namesrv)
	a.awaitStatus("/readyz", 200, time.Minute)
	time.Sleep(30 * time.Second) // what a start does later
	// during is what the broker logs in the meantime.
	during := func(each func()) string {
		before := len(a.output.String())
		for end := time.Now().Add(quietTime(t)); time.Now().Before(end); time.Sleep(5 * time.Second) {
			each()
		}
		return a.output.String()[before:]
	}
	a.signal(syscall.SIGSTOP)
	without := shapes(during(func() {}))
	a.signal(syscall.SIGCONT)
	time.Sleep(5 * time.Second)
	with := shapes(during(func() {
		resp, err := http.Get("http://" + a.http + "/metrics")
		if err != nil {
			t.Error(err)
			return
		}
		_, _ = io.Copy(io.Discard, resp.Body)
		_ = resp.Body.Close()
	}))
	for line, n := range with {
		// Connections that were silent while the agent was are closed, and made again.
		if extra := n - without[line]; extra > 1 && !strings.Contains(line, "RocketmqRemoting") {
			t.Errorf("%d lines more than without the agent: %s", extra, line)
		}
	}
	if len(without) == 0 {
		t.Error("RocketMQ logs nothing: this proves nothing")
	}
	a.signal(syscall.SIGTERM)
	a.assertStopped(time.Minute)
}
