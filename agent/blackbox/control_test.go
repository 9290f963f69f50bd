package blackbox

import (
	"encoding/json"
	"fmt"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"rocketmq-agent/agent/rocketmq"
	"rocketmq-agent/agent/testing/rmqtest"
)

// order runs a command of the agent's beside it, and returns its exit code and what it printed.
func (a *agentRun) order(words ...string) (code int, out string) {
	a.t.Helper()
	cmd := exec.Command(program(a.t, agentProgram, raceFlags...), words...)
	cmd.Env = []string{"TMPDIR=" + filepath.Join(a.dir, "tmp")}
	text, err := cmd.CombinedOutput()
	if _, left := err.(*exec.ExitError); err != nil && !left {
		a.t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), string(text)
}

// mustOrder is order with the exit code 0.
func (a *agentRun) mustOrder(words ...string) string {
	a.t.Helper()
	code, out := a.order(words...)
	if code != 0 {
		a.t.Errorf("%v: exit code %d: %s", words, code, out)
	}
	return out
}

func (a *agentRun) awaitState(want string) {
	a.t.Helper()
	rmqtest.Eventually(a.t, time.Minute, func() error {
		var s struct{ State string }
		if err := json.Unmarshal([]byte(a.mustOrder("status", "--json")), &s); err != nil || s.State != want {
			return fmt.Errorf("the state is %s, not %s: %v", s.State, want, err)
		}
		return nil
	})
}

// A broker is taken out of service and brought back, its JVM is restarted, and its end is remembered.
func TestOrders(t *testing.T) {
	namesrv := startNamesrv(t)
	dir := t.TempDir()
	a, addr := startBroker(t, dir, namesrv, "RMQ_ORDINAL=0")
	b, _ := startBroker(t, t.TempDir(), namesrv, "RMQ_ORDINAL=1")
	a.awaitStatus("/readyz", 200, time.Minute)
	b.awaitStatus("/readyz", 200, time.Minute)
	smoke(t, "--namesrv", namesrv, "--count", "500", "--topic", "kept", "--keep", "--run", "r1", "--send-only")

	a.mustOrder("drain", "--wait")
	a.awaitStatus("/readyz", 503, time.Second)
	before := puts(t, addr)
	smoke(t, "--namesrv", namesrv, "--count", "200") // all of it goes to the other
	if after := puts(t, addr); after != before {
		t.Errorf("a drained broker has taken %d bytes", after-before)
	}
	out := a.mustOrder("status")
	if !strings.Contains(out, "drained") || !strings.Contains(out, "write permission off: done") {
		t.Errorf("status of a drained broker:\n%s", out)
	}
	a.mustOrder("undrain")
	a.awaitStatus("/readyz", 200, 10*time.Second)
	smoke(t, "--namesrv", namesrv, "--count", "200", "--topic", "kept", "--run", "r2", "--keep")
	if after := puts(t, addr); after == before {
		t.Error("a broker that is back in service takes nothing")
	}

	pid := a.jvms()[0]
	a.mustOrder("restart")
	a.awaitState("running")
	a.awaitStatus("/readyz", 200, time.Minute)
	if now := a.jvms(); len(now) != 1 || now[0] == pid {
		t.Errorf("after a restart the JVMs are %v, before %d", now, pid)
	}
	smoke(t, "--namesrv", namesrv, "--count", "500", "--topic", "kept", "--run", "r1", "--keep", "--receive-only")

	// What is drained does not wait again.
	a.mustOrder("drain", "--wait")
	a.signal(syscall.SIGTERM)
	a.assertStopped(time.Minute)
	if text := fmt.Sprint(a.records("stop: wait for quiet")); strings.Contains(text, "expired") {
		t.Errorf("it waited again: %s", text)
	}
	if code, out := a.order("status"); code != 1 || !strings.Contains(out, "no agent runs in this container") {
		t.Errorf("status of nothing: exit code %d: %s", code, out)
	}

	env := []string{"RMQ_CONF_listenPort=" + port(addr), "RMQ_BROKER_NAME_PREFIX=broker"}
	a = startAgent(t, dir, env, "broker", "-n", namesrv)
	a.awaitStatus("/readyz", 200, time.Minute)
	if out := a.mustOrder("status"); !strings.Contains(out, "last stop") || !strings.Contains(out, "clean, ") {
		t.Errorf("status does not tell of the last stop:\n%s", out)
	}
	a.kill()
	a = startAgent(t, dir, env, "broker", "-n", namesrv)
	a.awaitStatus("/readyz", 200, time.Minute)
	if out := a.mustOrder("status"); !strings.Contains(out, "it was killed") || strings.Contains(out, "clean, ") {
		t.Errorf("status does not tell of the kill:\n%s", out)
	}
	for _, broker := range []*agentRun{a, b} {
		broker.signal(syscall.SIGTERM)
	}
	for _, broker := range []*agentRun{a, b} {
		broker.assertStopped(time.Minute)
	}
}

// A name server that was restarted knows nothing: the broker is made to register there at once, not at its next beat.
func TestRestartedNamesrv(t *testing.T) {
	port := strconv.Itoa(rmqtest.FreePort(t))
	ns := namesrvAt(t, port)
	addr := "127.0.0.1:" + port
	a, _ := startBroker(t, t.TempDir(), addr)
	a.awaitStatus("/readyz", 200, time.Minute)
	for range 2 { // by its own beat, of 30 s, the broker might be in time once
		ns.signal(syscall.SIGTERM)
		ns.assertStopped(time.Minute)
		ns = namesrvAt(t, port)
		rmqtest.Eventually(t, 20*time.Second, func() error {
			if !brokers(t, addr)["broker-0"] {
				return fmt.Errorf("the new name server does not list the broker")
			}
			return nil
		})
	}
	if n := len(a.records("a name server that answers does not list the broker: it is made to register")); n == 0 {
		t.Error("nobody made it register")
	}
	a.signal(syscall.SIGTERM)
	a.assertStopped(time.Minute)
}

// A broker may go for good when every group has read all of it: what is left is named, and whose it is.
func TestDrainUntilConsumed(t *testing.T) {
	namesrv := startNamesrv(t)
	a, addr := startBroker(t, t.TempDir(), namesrv)
	a.awaitStatus("/readyz", 200, time.Minute)
	smoke(t, "--namesrv", namesrv, "--count", "100", "--topic", "kept", "--keep", "--run", "r1", "--send-only")
	client := rocketmq.NewClient(addr, rocketmq.Access{})
	defer client.Close()
	// commit says that the group has read all but so many messages of each queue.
	commit := func(group string, but int64) (left int64) {
		t.Helper()
		topics, err := client.Topics(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for queue := range topics["kept"].ReadQueues {
			ends, err := client.Ends(t.Context(), "kept", queue)
			if err != nil {
				t.Fatal(err)
			}
			left += but
			const updateConsumerOffset = 15
			_, err = client.Call(t.Context(), rocketmq.Command{Code: updateConsumerOffset, ExtFields: map[string]string{
				"consumerGroup": group, "topic": "kept", "queueId": strconv.Itoa(queue),
				"commitOffset": strconv.FormatInt(ends.Max-but, 10),
			}})
			if err != nil {
				t.Fatal(err)
			}
		}
		return left
	}
	for _, group := range []string{"slow", "dead"} {
		const updateAndCreateSubscriptionGroup = 200
		_, err := client.Call(t.Context(), rocketmq.Command{
			Code: updateAndCreateSubscriptionGroup,
			Body: []byte(`{"groupName":"` + group + `","consumeEnable":true,"retryQueueNums":1}`),
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	left := commit("slow", 2) + commit("dead", 1)
	code, out := a.order("drain", "--until-consumed", "--timeout", "3s")
	for _, want := range []string{
		fmt.Sprintf("%d messages", left), "group slow of kept", "group dead of kept", "(nobody is connected)",
		"--ignore-group slow,dead",
	} {
		if code != 1 || !strings.Contains(out, want) {
			t.Errorf("exit code %d, %q is not in: %s", code, want, out)
		}
	}
	commit("slow", 0)
	if code, out := a.order("drain", "--until-consumed", "--timeout", "3s", "--ignore-group", "nobody"); code != 1 ||
		strings.Contains(out, "slow") {
		t.Errorf("exit code %d: %s", code, out)
	}
	a.mustOrder("drain", "--until-consumed", "--timeout", "10s", "--ignore-group", "dead")
	commit("dead", 0)
	a.mustOrder("drain", "--until-consumed", "--timeout", "10s")
	a.signal(syscall.SIGTERM)
	a.assertStopped(time.Minute)
}
