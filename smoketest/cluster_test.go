package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"rocketmq-agent/agent/rocketmq"
	"rocketmq-agent/agent/testing/rmqtest"
	"rocketmq-agent/smoketest/content"
)

// program is the built smoketest. It runs as a process of its own because the
// client under it settles things for a whole process, and is not free of data races.
type program struct {
	path    string
	namesrv string
}

func build(t *testing.T, namesrv *rmqtest.Process) program {
	t.Helper()
	path := filepath.Join(t.TempDir(), "smoketest")
	if out, err := exec.Command("go", "build", "-o", path, ".").CombinedOutput(); err != nil {
		t.Fatalf("cannot build: %v\n%s", err, out)
	}
	_, port, _ := strings.Cut(namesrv.Addr, ":")
	return program{path: path, namesrv: "localhost:" + port} // a host name, which the client refuses
}

// process is a running smoketest.
type process struct {
	*exec.Cmd
	stdout, stderr bytes.Buffer
}

func (p program) start(t *testing.T, args ...string) *process {
	t.Helper()
	run := &process{Cmd: exec.Command(p.path, append([]string{"--namesrv", p.namesrv, "--json"}, args...)...)}
	run.Stdout, run.Stderr = &run.stdout, &run.stderr
	run.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := run.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = run.Process.Kill() })
	return run
}

// ends waits for the end of a process, with that exit code, and returns its result.
func (p *process) ends(t *testing.T, code int) result {
	t.Helper()
	err := p.Wait()
	t.Logf("%s\n%s", strings.Join(p.Args[1:], " "), &p.stdout)
	if err != nil && p.ProcessState.ExitCode() < 0 {
		t.Fatal(err)
	}
	if got := p.ProcessState.ExitCode(); got != code {
		t.Errorf("exit code %d, want %d", got, code)
	}
	if p.stderr.Len() > 0 {
		t.Errorf("standard error is no terminal and has %q", &p.stderr)
	}
	var r result
	if err := json.Unmarshal(p.stdout.Bytes(), &r); err != nil {
		t.Fatalf("standard output is not one JSON object: %v", err)
	}
	if r.OK != (code == exitVerified) {
		t.Errorf("ok is %v", r.OK)
	}
	return r
}

func (p program) run(t *testing.T, code int, args ...string) result {
	t.Helper()
	return p.start(t, args...).ends(t, code)
}

func TestRunningCluster(t *testing.T) {
	namesrv := rmqtest.StartNamesrv(t, rmqtest.Options{})
	broker := rmqtest.StartBroker(t, namesrv.Addr, rmqtest.Options{Conf: map[string]string{
		// The strictest broker creates nothing by itself.
		"autoCreateTopicEnable": "false", "autoCreateSubscriptionGroup": "false", "maxMessageSize": "2000000",
	}})
	smoketest := build(t, namesrv)
	topics := topicsOf(t, broker)

	t.Run("count", func(t *testing.T) {
		r := smoketest.run(t, 0, "--count", "2000")
		if r.Messages != 2000 || r.Verified != 2000 || r.Sent.Acknowledged != 2000 || r.Received.Messages != 2000 {
			t.Errorf("%+v", r)
		}
		if r.Sent.LatencyMs.P50 <= 0 || r.Received.LatencyMs.Max < r.Received.LatencyMs.P50 {
			t.Errorf("latencies %v and %v", r.Sent.LatencyMs, r.Received.LatencyMs)
		}
		servers := newAdmin([]string{namesrv.Addr}, rocketmq.Access{})
		defer servers.close()
		if exists, err := servers.exists(t.Context(), r.Topic); exists || err != nil {
			t.Errorf("the name server still knows topic %s, or %v", r.Topic, err)
		}
	})
	t.Run("rate", func(t *testing.T) {
		r := smoketest.run(t, 0, "--duration", "2s", "--rate", "50", "--broker", broker.Addr)
		if r.Messages < 10 || r.Messages > 101 {
			t.Errorf("%d messages in 2 s at 50 a second", r.Messages)
		}
	})
	t.Run("large messages", func(t *testing.T) {
		smoketest.run(t, 0, "--count", "10", "--size", "1000000")
	})
	t.Run("refused messages", func(t *testing.T) {
		r := smoketest.run(t, 1, "--count", "1", "--size", fmt.Sprint(content.MaxSize), "--timeout", "1s")
		if r.Sent.Unsent != 1 || len(r.Sent.Failures) == 0 {
			t.Errorf("%+v", r.Sent)
		}
	})
	t.Run("interrupt", func(t *testing.T) {
		before := puts(t, broker)
		run := smoketest.start(t, "--duration", "1h", "--rate", "100")
		awaitPuts(t, broker, before+10)
		if err := run.Process.Signal(os.Interrupt); err != nil {
			t.Fatal(err)
		}
		r := run.ends(t, 1)
		if r.Verified != r.Messages || len(r.Reasons) != 1 || !strings.Contains(r.Reasons[0], "interrupted") {
			t.Errorf("%d of %d verified, %q", r.Verified, r.Messages, r.Reasons)
		}
	})
	t.Run("no traces", func(t *testing.T) {
		if now := topicsOf(t, broker); now != topics+1 { // the retry topic of the group TOOLS_CONSUMER
			t.Errorf("the broker has %d topics, it had %d", now, topics)
		}
	})
	t.Run("faults", func(t *testing.T) { findsFaults(t, smoketest, broker) })
}

// findsFaults makes real faults, which smoketest must find.
func findsFaults(t *testing.T, smoketest program, broker *rmqtest.Process) {
	old := []string{"--topic", "Faults", "--run", "faults", "--count", "100"}
	receive := append(old, "--receive-only", "--timeout", "2s")
	smoketest.run(t, 0, append(old, "--send-only", "--keep")...)
	smoketest.run(t, 0, receive...)

	t.Run("missing", func(t *testing.T) {
		r := smoketest.run(t, 1, append(receive, "--count", "103")...)
		if r.Received.Missing != 3 || r.Verified != 100 {
			t.Errorf("%+v", r)
		}
	})
	t.Run("unexpected", func(t *testing.T) {
		r := smoketest.run(t, 1, append(receive, "--count", "98")...)
		if r.Received.Unexpected != 2 || r.Verified != 98 {
			t.Errorf("%+v", r)
		}
	})
	t.Run("foreign", func(t *testing.T) {
		r := smoketest.run(t, 1, append(receive, "--run", "other")...)
		if r.Received.Foreign != 100 || r.Received.Missing != 100 {
			t.Errorf("%+v", r)
		}
		smoketest.run(t, 0, "--topic", "Faults", "--count", "10")
	})
	t.Run("changed", func(t *testing.T) {
		damage(t, filepath.Join(broker.Dir, "store", "commitlog"), content.ID{Run: "faults", Seq: 42})
		r := smoketest.run(t, 1, receive...)
		if r.Received.Changed != 1 || r.Verified != 99 || r.Received.Examples["changed"][0].Seq != 42 {
			t.Errorf("%+v", r)
		}
	})
	t.Run("doubled", func(t *testing.T) {
		smoketest.run(t, 0, append(old, "--send-only", "--count", "5")...)
		if r := smoketest.run(t, 1, receive...); r.Received.Doubled != 5 {
			t.Errorf("%+v", r)
		}
	})
	t.Run("no such topic", func(t *testing.T) {
		r := smoketest.run(t, 1, append(receive, "--topic", "Nowhere")...)
		if len(r.Reasons) != 1 || !strings.Contains(r.Reasons[0], "cannot find topic Nowhere") {
			t.Errorf("%q", r.Reasons)
		}
	})
}

// A restarted broker comes back at another port, as a pod does at another address.
func TestAcrossRestarts(t *testing.T) {
	namesrv := rmqtest.StartNamesrv(t, rmqtest.Options{})
	store := filepath.Join(t.TempDir(), "store")
	start := func() *rmqtest.Process {
		return rmqtest.StartBroker(t, namesrv.Addr, rmqtest.Options{Conf: map[string]string{"storePathRootDir": store}})
	}
	kill := func(broker *rmqtest.Process) {
		if err := broker.Signal(syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
		<-broker.Exited()
	}
	broker := start()
	smoketest := build(t, namesrv)
	old := []string{"--topic", "Old", "--run", "old", "--count", "1000"}
	receive := append(old, "--receive-only", "--timeout", "2s")
	smoketest.run(t, 0, append(old, "--send-only", "--keep")...)

	before := puts(t, broker)
	load := smoketest.start(t, "--count", "2000", "--rate", "200") // 10 s at least
	awaitPuts(t, broker, before+100)
	kill(broker)
	broker = start()
	r := load.ends(t, 0)
	if r.Sent.FailedAttempts == 0 || r.Verified != 2000 {
		t.Errorf("killing the broker went unnoticed: %+v", r.Sent)
	}
	smoketest.run(t, 0, receive...)

	kill(broker)
	for _, folder := range []string{"commitlog", "consumequeue"} {
		if err := os.RemoveAll(filepath.Join(store, folder)); err != nil {
			t.Fatal(err)
		}
	}
	start()
	if r := smoketest.run(t, 1, receive...); r.Received.Missing != 1000 {
		t.Errorf("an empty store: %+v", r.Received)
	}
}

// A cluster that takes TLS only, and signed requests only.
func TestProtectedCluster(t *testing.T) {
	account := rocketmq.Account{AccessKey: "rocketmq", SecretKey: "12345678"}
	access := rocketmq.Access{
		Account: account,
		TLS:     func() (*tls.Config, error) { return anyServer, nil },
	}
	jvm := []string{"-Dtls.server.mode=enforcing", "-Dtls.enable=true"}
	namesrv := rmqtest.StartNamesrv(t, rmqtest.Options{JVM: jvm, Access: access})
	rmqtest.StartBroker(t, namesrv.Addr, rmqtest.Options{JVM: jvm, Access: access, Conf: map[string]string{
		"authenticationEnabled": "true",
		"authenticationMetadataProvider": "org.apache.rocketmq.auth.authentication.provider." +
			"LocalAuthenticationMetadataProvider",
		"innerClientAuthenticationCredentials": `{"accessKey":"rocketmq","secretKey":"12345678"}`,
	}})
	smoketest := build(t, namesrv)
	right, wrong := filepath.Join(t.TempDir(), "right"), filepath.Join(t.TempDir(), "wrong")
	for path, text := range map[string]string{
		right: "accessKey: rocketmq\nsecretKey: 12345678\n",
		wrong: "accessKey: rocketmq\nsecretKey: 87654321\n",
	} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	r := smoketest.run(t, 0, "--tls", "--access-key-file", right, "--count", "200")
	if r.Verified != 200 {
		t.Errorf("%+v", r)
	}
	for _, args := range [][]string{
		{"--tls", "--access-key-file", wrong},
		{"--tls"},
		{"--access-key-file", right},
	} {
		r := smoketest.run(t, 1, append(args, "--count", "1", "--timeout", "1s")...)
		if r.Sent != nil && r.Sent.Acknowledged != 0 {
			t.Errorf("%v: %+v", args, r.Sent)
		}
	}
}

// damage changes one byte of the payload of a message in the commit log, which the
// running broker has mapped.
func damage(t *testing.T, folder string, id content.ID) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "*"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no commit log in %s: %v", folder, err)
	}
	log, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	start := bytes.Index(log, content.Encode(id, 1024))
	if start < 0 {
		t.Fatalf("%v is not in %s", id, files[0])
	}
	file, err := os.OpenFile(files[0], os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if _, err := file.WriteAt([]byte("!"), int64(start+1000)); err != nil {
		t.Fatal(err)
	}
}

// awaitPuts waits until the broker has stored that many messages since it started.
func awaitPuts(t *testing.T, broker *rmqtest.Process, least int) {
	t.Helper()
	rmqtest.Eventually(t, time.Minute, func() error {
		if count := puts(t, broker); count < least {
			return fmt.Errorf("%d messages are less than %d", count, least)
		}
		return nil
	})
}

// puts returns how many messages the broker has stored since it started.
func puts(t *testing.T, broker *rmqtest.Process) int {
	t.Helper()
	client := rocketmq.NewClient(broker.Addr, rocketmq.Access{})
	defer client.Close()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	info, err := client.RuntimeInfo(ctx)
	if err != nil {
		t.Fatal(err)
	}
	var count int
	if _, err := fmt.Sscan(info["msgPutTotalTodayNow"], &count); err != nil {
		t.Fatal(err)
	}
	return count
}

// topicsOf returns how many topics the broker has.
func topicsOf(t *testing.T, broker *rmqtest.Process) int {
	t.Helper()
	const getAllTopicConfig = 21
	client := rocketmq.NewClient(broker.Addr, rocketmq.Access{})
	defer client.Close()
	answer, err := client.Call(t.Context(), rocketmq.Command{Code: getAllTopicConfig})
	if err != nil {
		t.Fatal(err)
	}
	var body struct {
		Topics map[string]any `json:"topicConfigTable"`
	}
	if err := json.Unmarshal(answer.Body, &body); err != nil {
		t.Fatal(err)
	}
	return len(body.Topics)
}
