package blackbox

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"os"
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

// startNamesrv runs a name server under the agent and returns its address.
func startNamesrv(t *testing.T) string {
	t.Helper()
	port := strconv.Itoa(rmqtest.FreePort(t))
	namesrvAt(t, port)
	return "127.0.0.1:" + port
}

// namesrvAt runs a name server on a port, and returns when it is ready.
func namesrvAt(t *testing.T, port string, env ...string) *agentRun {
	t.Helper()
	env = append(env, "RMQ_CONF_listenPort="+port, "RMQ_CONF_mappedFileSizeCommitLog=")
	a := startAgent(t, t.TempDir(), env, "namesrv")
	a.awaitStatus("/readyz", 200, time.Minute)
	return a
}

// standaloneConf is a RMQ_CONFIG_DIR that gives the name server of standalone a port of its own.
func standaloneConf(t *testing.T) string {
	t.Helper()
	conf := t.TempDir()
	template := fmt.Sprintf("listenPort=%d\n", rmqtest.FreePort(t))
	if err := os.WriteFile(filepath.Join(conf, "namesrv.conf.tmpl"), []byte(template), 0o600); err != nil {
		t.Fatal(err)
	}
	return conf
}

// startBroker runs a broker under the agent, not yet ready.
func startBroker(t *testing.T, dir, namesrv string, env ...string) (a *agentRun, addr string) {
	t.Helper()
	port := strconv.Itoa(rmqtest.FreePort(t))
	env = append([]string{"RMQ_CONF_listenPort=" + port, "RMQ_BROKER_NAME_PREFIX=broker"}, env...)
	return startAgent(t, dir, env, "broker", "-n", namesrv), "127.0.0.1:" + port
}

// brokers lists the broker names that a name server knows.
func brokers(t *testing.T, namesrv string) map[string]bool {
	t.Helper()
	client := rocketmq.NewClient(namesrv, rocketmq.Access{})
	defer client.Close()
	info, err := client.ClusterInfo(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	for name := range info.Brokers {
		names[name] = true
	}
	return names
}

// smoke runs the smoketest program and returns its report.
func smoke(t *testing.T, args ...string) map[string]any {
	t.Helper()
	out, err := exec.Command(program(t, smoketestProgram), append(args, "--json")...).Output()
	if err != nil {
		t.Fatalf("smoketest %v: %v\n%s", args, err, out)
	}
	report := map[string]any{}
	if err := json.Unmarshal(out, &report); err != nil {
		t.Fatalf("smoketest %v: %v\n%s", args, err, out)
	}
	return report
}

func TestStandaloneServesAndStops(t *testing.T) {
	dir, conf := t.TempDir(), t.TempDir()
	namesrv := rmqtest.FreePort(t)
	template := fmt.Sprintf("listenPort=%d\nkvConfigPath={{escape .UserHome}}/namesrv/kv.json\n", namesrv)
	if err := os.WriteFile(filepath.Join(conf, "namesrv.conf.tmpl"), []byte(template), 0o600); err != nil {
		t.Fatal(err)
	}
	port := rmqtest.FreePort(t)
	env := []string{"RMQ_CONFIG_DIR=" + conf, "RMQ_CONF_listenPort=" + strconv.Itoa(port), "POD_IP="}
	a := startAgent(t, dir, env, "standalone")
	a.awaitStatus("/readyz", 200, time.Minute)
	if status, body, _ := a.get("/startupz"); status != 200 {
		t.Errorf("/startupz is %d: %s", status, body)
	}
	addr := fmt.Sprintf("127.0.0.1:%d", namesrv)
	smoke(t, "--namesrv", addr, "--count", "500", "--topic", "kept", "--keep", "--run", "r1", "--send-only")

	a.signal(syscall.SIGINT)
	a.assertStopped(time.Minute)

	b := startAgent(t, dir, env, "standalone")
	b.awaitStatus("/readyz", 200, time.Minute)
	smoke(t, "--namesrv", addr, "--count", "500", "--topic", "kept", "--keep", "--run", "r1", "--receive-only")
	b.signal(syscall.SIGTERM)
	b.assertStopped(time.Minute)
}

func TestStopUnregistersAtOnce(t *testing.T) {
	namesrv := startNamesrv(t)
	a, _ := startBroker(t, t.TempDir(), namesrv)
	a.awaitStatus("/readyz", 200, time.Minute)
	if !brokers(t, namesrv)["broker-0"] {
		t.Fatal("a ready broker is not listed")
	}
	a.signal(syscall.SIGTERM)
	a.awaitStatus("/readyz", 503, 2*time.Second)
	if status, body, _ := a.get("/livez"); status != 200 {
		t.Errorf("/livez is %d during the stop: %s", status, body)
	}
	rmqtest.Eventually(t, 5*time.Second, func() error {
		if brokers(t, namesrv)["broker-0"] {
			return fmt.Errorf("the name server still lists the broker")
		}
		return nil
	})
	a.assertStopped(time.Minute)
}

func TestDrainWaitsForProducers(t *testing.T) {
	namesrv := startNamesrv(t)
	a, aAddr := startBroker(t, t.TempDir(), namesrv, "RMQ_ORDINAL=0", "RMQ_GRACE_PERIOD=90s")
	b, _ := startBroker(t, t.TempDir(), namesrv, "RMQ_ORDINAL=1")
	a.awaitStatus("/readyz", 200, time.Minute)
	b.awaitStatus("/readyz", 200, time.Minute)
	load := exec.Command(program(t, smoketestProgram),
		"--namesrv", namesrv, "--duration", "60s", "--rate", "50", "--json")
	load.Stderr = os.Stderr
	out, err := load.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := load.Start(); err != nil {
		t.Fatal(err)
	}
	awaitPuts(t, a, 20)
	a.signal(syscall.SIGTERM)
	a.assertStopped(100 * time.Second)
	steps := a.records("stop: wait for quiet")
	if len(steps) != 1 || !strings.HasPrefix(fmt.Sprint(steps[0]["outcome"]), "quiet") {
		t.Errorf("the drain did not end in quiet: %v", steps)
	}
	// As a rolling restart does.
	a2 := startAgent(t, a.dir, []string{"RMQ_CONF_listenPort=" + port(aAddr)}, "broker", "-n", namesrv)
	report := map[string]any{}
	if err := json.NewDecoder(out).Decode(&report); err != nil {
		t.Fatal(err)
	}
	if err := load.Wait(); err != nil {
		t.Errorf("messages were lost: %v\n%v", err, report)
	}
	sent, _ := report["sent"].(map[string]any)
	failures, _ := sent["failures"].(map[string]any) // absent when there were none
	for failure := range failures {
		if strings.Contains(failure, "connect") {
			t.Errorf("a producer met a closed broker in spite of the drain: %v", sent)
		}
	}
	for _, broker := range []*agentRun{a2, b} {
		broker.signal(syscall.SIGTERM)
		broker.assertStopped(time.Minute)
	}
}

func port(addr string) string {
	_, port, _ := net.SplitHostPort(addr)
	return port
}

// awaitPuts waits until the broker has stored n messages.
func awaitPuts(t *testing.T, a *agentRun, n int) {
	t.Helper()
	rmqtest.Eventually(t, time.Minute, func() error {
		_, body, _ := a.get("/metrics")
		for line := range strings.Lines(body) {
			name, value, ok := strings.Cut(strings.TrimSpace(line), "} ")
			if ok && strings.HasPrefix(name, "rocketmq_brokeruntime_putmessage_times_total") {
				if v, err := strconv.ParseFloat(value, 64); err == nil && int(v) >= n {
					return nil
				}
			}
		}
		return fmt.Errorf("fewer than %d messages stored", n)
	})
}

func TestKilledJVM(t *testing.T) {
	namesrv := startNamesrv(t)
	dir := t.TempDir()
	a, addr := startBroker(t, dir, namesrv)
	a.awaitStatus("/readyz", 200, time.Minute)
	smoke(t, "--namesrv", namesrv, "--count", "2000", "--topic", "kept", "--keep", "--run", "r1", "--send-only")
	for _, pid := range a.jvms() {
		if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
	}
	if code := a.exitCode(10 * time.Second); code != 137 {
		t.Errorf("exit code %d after kill -9 of the JVM, want 137", code)
	}
	if !a.hasAbort() {
		t.Fatal("RocketMQ leaves an abort file when it is killed: this test proves nothing")
	}
	b := startAgent(t, dir, []string{"RMQ_CONF_listenPort=" + port(addr)}, "broker", "-n", namesrv)
	if _, body, _ := awaitHTTP(b, "/startupz"); !strings.Contains(body, "recovering") {
		t.Errorf("/startupz does not speak of the recovery: %s", body)
	}
	b.awaitStatus("/readyz", 200, time.Minute)
	smoke(t, "--namesrv", namesrv, "--count", "2000", "--topic", "kept", "--keep", "--run", "r1", "--receive-only")
	b.signal(syscall.SIGTERM)
	b.assertStopped(time.Minute)
}

// awaitHTTP returns the first answer of any status.
func awaitHTTP(a *agentRun, path string) (status int, body string, took time.Duration) {
	rmqtest.Eventually(a.t, 10*time.Second, func() error {
		if status, body, took = a.get(path); status == 0 {
			return fmt.Errorf("%s", body)
		}
		return nil
	})
	return status, body, took
}

func TestFrozenJVM(t *testing.T) {
	namesrv := startNamesrv(t)
	a, _ := startBroker(t, t.TempDir(), namesrv, "RMQ_GRACE_PERIOD=8s")
	a.awaitStatus("/readyz", 200, time.Minute)
	for _, pid := range a.jvms() {
		if err := syscall.Kill(pid, syscall.SIGSTOP); err != nil {
			t.Fatal(err)
		}
	}
	a.awaitStatus("/readyz", 503, 10*time.Second)
	for _, path := range []string{"/livez", "/metrics"} {
		if status, _, took := a.get(path); status != 200 || took > time.Second {
			t.Errorf("%s: %d after %v while the JVM is frozen", path, status, took)
		}
	}
	began := time.Now()
	a.signal(syscall.SIGTERM)
	if code := a.exitCode(20 * time.Second); code != 137 {
		t.Errorf("exit code %d, want 137", code)
	}
	if took := time.Since(began); took < 7*time.Second || took > 10*time.Second {
		t.Errorf("the stop took %v, want the grace period of 8s", took)
	}
	steps := a.records("stop: stop broker")
	if len(steps) != 1 || !strings.Contains(fmt.Sprint(steps[0]["outcome"]), "thread dump asked of 1") {
		t.Errorf("no thread dump was asked for: %v", steps)
	}
	if pids := a.jvms(); len(pids) > 0 {
		t.Errorf("processes %v were left behind", pids)
	}
}

func TestStopWhileStarting(t *testing.T) {
	namesrv := startNamesrv(t)
	a, _ := startBroker(t, t.TempDir(), namesrv)
	rmqtest.Eventually(t, 20*time.Second, func() error {
		if len(a.jvms()) == 0 {
			return fmt.Errorf("no JVM yet")
		}
		return nil
	})
	a.signal(syscall.SIGTERM)
	a.assertStopped(time.Minute)
}

func TestBrokerWithProxyAndController(t *testing.T) {
	namesrv := startNamesrv(t)
	dir := t.TempDir()
	remoting, grpc := rmqtest.FreePort(t), rmqtest.FreePort(t)
	file := filepath.Join(dir, "rmq-proxy.json")
	text := fmt.Sprintf(`{"rocketMQClusterName":"DefaultCluster","remotingListenPort":%d,"grpcServerPort":%d}`,
		remoting, grpc)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	port := strconv.Itoa(rmqtest.FreePort(t))
	a := startAgent(t, dir, []string{"RMQ_CONF_listenPort=" + port},
		"broker", "--enable-proxy", "-pc", file, "-n", namesrv)
	a.awaitStatus("/readyz", 200, 90*time.Second)
	a.signal(syscall.SIGTERM)
	a.assertStopped(time.Minute)

	peer := fmt.Sprintf("n0-127.0.0.1:%d", rmqtest.FreePort(t))
	c := startAgent(t, t.TempDir(),
		[]string{"RMQ_CONF_controllerDLegerPeers=" + peer, "RMQ_CONF_mappedFileSizeCommitLog="}, "controller")
	c.awaitStatus("/readyz", 200, time.Minute)
	c.signal(syscall.SIGTERM)
	c.assertStopped(time.Minute)
}

// A broker with authentication on refuses every question of the agent; it is ready all the same, and stops in order.
func TestBrokerWithAuthentication(t *testing.T) {
	namesrv := startNamesrv(t)
	a, _ := startBroker(t, t.TempDir(), namesrv, "RMQ_CONF_authenticationEnabled=true",
		"RMQ_CONF_authenticationMetadataProvider="+
			"org.apache.rocketmq.auth.authentication.provider.LocalAuthenticationMetadataProvider",
		`RMQ_CONF_initAuthenticationUser={"username":"admin","password":"only-for-this-test"}`,
		`RMQ_CONF_innerClientAuthenticationCredentials={"accessKey":"inner","secretKey":"only-for-this-test-too"}`)
	a.awaitStatus("/readyz", 200, time.Minute)
	a.awaitStatus("/startupz", 200, time.Second)
	if !brokers(t, namesrv)["broker-0"] {
		t.Error("a ready broker is not listed")
	}
	a.signal(syscall.SIGTERM)
	a.assertStopped(time.Minute)
	if strings.Contains(a.output.String(), "only-for-this-test") {
		t.Error("the output shows a password")
	}
}

func TestOneOfTwoDiesAndTakesTheOtherDown(t *testing.T) {
	a := startAgent(t, t.TempDir(), []string{
		"RMQ_CONFIG_DIR=" + standaloneConf(t),
		"RMQ_CONF_listenPort=" + strconv.Itoa(rmqtest.FreePort(t)),
	}, "standalone")
	a.awaitStatus("/readyz", 200, time.Minute)
	started := a.records("started namesrv")
	if len(started) != 1 {
		t.Fatalf("started namesrv: %v", started)
	}
	if err := syscall.Kill(int(started[0]["pid"].(float64)), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	if code := a.exitCode(time.Minute); code != 137 {
		t.Errorf("exit code %d, want the name server's 137", code)
	}
	if a.hasAbort() {
		t.Error("the broker was not stopped in order")
	}
}
