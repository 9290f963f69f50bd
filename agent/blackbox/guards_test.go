package blackbox

import (
	"context"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"rocketmq-agent/agent/rocketmq"
	"rocketmq-agent/agent/testing/rmqtest"
)

// mustRefuse waits for an agent that must not start, and checks its status, its words, and that no JVM was started.
func mustRefuse(t *testing.T, a *agentRun, code int, says ...string) {
	t.Helper()
	if got := a.exitCode(20 * time.Second); got != code {
		t.Errorf("exit code %d, want %d", got, code)
	}
	for _, text := range says {
		if !strings.Contains(a.output.String(), text) {
			t.Errorf("the refusal does not say %q:\n%s", text, a.output)
		}
	}
	if len(a.records("started broker")) > 0 {
		t.Error("a JVM was started")
	}
}

// untouched checks that a broker still serves, is registered, and that no message is lost.
func untouched(t *testing.T, a *agentRun, namesrv, topic string) {
	t.Helper()
	if status, body, _ := a.get("/readyz"); status != 200 {
		t.Errorf("the running broker is not ready any more: %d %s", status, body)
	}
	smoke(t, "--namesrv", namesrv, "--count", "200", "--topic", topic, "--keep", "--run", "r1", "--receive-only")
}

// TestWrongBrokersAreRefused: what RocketMQ itself starts without a word, beside or on top of a running broker.
func TestWrongBrokersAreRefused(t *testing.T) {
	namesrv := startNamesrv(t)
	dir := t.TempDir()
	a, addr := startBroker(t, dir, namesrv, "RMQ_BROKER_NAME_PREFIX=mq")
	a.awaitStatus("/readyz", 200, time.Minute)
	smoke(t, "--namesrv", namesrv, "--count", "200", "--topic", "kept", "--keep", "--run", "r1", "--send-only")

	t.Run("two masters of one name", func(t *testing.T) {
		b, _ := startBroker(t, t.TempDir(), namesrv, "RMQ_BROKER_NAME_PREFIX=mq")
		mustRefuse(t, b, 78, "another broker mq-0 with id 0 lives at "+addr, "RMQ_BROKER_NAME_PREFIX")
		untouched(t, a, namesrv, "kept")
	})
	t.Run("two of one name by files", func(t *testing.T) {
		home := t.TempDir()
		file := filepath.Join(home, "broker.conf")
		text := "brokerName=mq-0\nbrokerId=0\nbrokerRole=SYNC_MASTER\n"
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		port := strconv.Itoa(rmqtest.FreePort(t))
		b := startAgent(t, home, []string{"RMQ_CONF_listenPort=" + port}, "broker", "-n", namesrv, "-c", file)
		mustRefuse(t, b, 78, "another broker mq-0 with id 0")
		untouched(t, a, namesrv, "kept")
	})
	t.Run("double start on one store", func(t *testing.T) {
		b, _ := startBroker(t, t.TempDir(), namesrv, "RMQ_BROKER_NAME_PREFIX=other",
			"RMQ_CONF_storePathRootDir="+filepath.Join(dir, "store"))
		mustRefuse(t, b, 77, "another agent uses it", "every broker needs a store of its own")
		untouched(t, a, namesrv, "kept")
	})

	t.Run("swapped volume", func(t *testing.T) {
		other := t.TempDir()
		b, otherAddr := startBroker(t, other, namesrv, "RMQ_BROKER_NAME_PREFIX=mq", "RMQ_ORDINAL=1")
		b.awaitStatus("/readyz", 200, time.Minute)
		smoke(t, "--namesrv", namesrv, "--count", "200", "--topic", "second", "--send-only", "--keep", "--run", "r1")
		b.kill()
		env := []string{"RMQ_BROKER_NAME_PREFIX=mq", "RMQ_ORDINAL=2", "RMQ_CONF_listenPort=" + port(otherAddr)}
		swapped := startAgent(t, other, env, "broker", "-n", namesrv)
		mustRefuse(t, swapped, 78, "belongs to DefaultCluster/mq-1/0", "this is DefaultCluster/mq-2/0",
			"RMQ_ADOPT_STORE=DefaultCluster/mq-1/0")
		slave := startAgent(t, other, append(env, "RMQ_TOPOLOGY=replicas", "RMQ_GROUP_SIZE=2", "RMQ_ORDINAL=3"),
			"broker", "-n", namesrv)
		mustRefuse(t, slave, 78, "belongs to DefaultCluster/mq-1/0", "this is DefaultCluster/mq-1/1")
		raft := startAgent(t, other,
			append(env, "RMQ_TOPOLOGY=dledger", "RMQ_GROUP_SIZE=3", "RMQ_ORDINAL=3", "RMQ_POD_DOMAIN=localdomain"),
			"broker", "-n", namesrv)
		mustRefuse(t, raft, 78, "belongs to DefaultCluster/mq-1/0")
		untouched(t, a, namesrv, "kept")
		// And the right one, and a move on purpose, both find all messages.
		moved := startAgent(t, other, append(env, "RMQ_ADOPT_STORE=DefaultCluster/mq-1/0"), "broker", "-n", namesrv)
		moved.awaitStatus("/readyz", 200, time.Minute)
		if stored := puts(t, "127.0.0.1:"+port(otherAddr)); stored == 0 {
			t.Error("the messages of the adopted store are gone")
		}
		moved.kill()
	})
}

// puts is how much of the commit log a broker has, in bytes.
func puts(t *testing.T, addr string) int64 {
	t.Helper()
	client := rocketmq.NewClient(addr)
	defer client.Close()
	var size int64
	rmqtest.Eventually(t, 20*time.Second, func() error {
		info, err := client.RuntimeInfo(context.Background())
		if err == nil {
			size, err = strconv.ParseInt(info["commitLogMaxOffset"], 10, 64)
		}
		return err
	})
	return size
}

// TestAdoption: a store of a broker that no agent has ever run is taken over with every message in it.
func TestAdoption(t *testing.T) {
	ns := rmqtest.StartNamesrv(t, rmqtest.Options{})
	stock := rmqtest.StartBroker(t, ns.Addr, rmqtest.Options{Conf: map[string]string{
		"brokerClusterName": "DefaultCluster",
		"brokerName":        "broker-0",
	}})
	smoke(t, "--namesrv", ns.Addr, "--count", "200", "--topic", "kept", "--keep", "--run", "r1", "--send-only")
	if err := stock.Signal(os.Kill); err != nil {
		t.Fatal(err)
	}
	<-stock.Exited()
	env := []string{
		"RMQ_CONF_listenPort=" + port(stock.Addr),
		"RMQ_CONF_storePathRootDir=" + filepath.Join(stock.Dir, "store"),
	}
	a := startAgent(t, t.TempDir(), env, "broker", "-n", ns.Addr)
	a.awaitStatus("/readyz", 200, time.Minute)
	if !strings.Contains(a.output.String(), "adopting the store") {
		t.Error("nothing is said of the adoption")
	}
	smoke(t, "--namesrv", ns.Addr, "--count", "200", "--topic", "kept", "--keep", "--run", "r1", "--receive-only")
}
