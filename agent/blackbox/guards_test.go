package blackbox

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
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
	client := rocketmq.NewClient(addr, rocketmq.Access{})
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

// stamp is the agent's file that says whose a store is.
const stamp = ".rocketmq-agent.identity"

// strangers put something else in the place of a file of a store.
var strangers = map[string]func(path, victim string) error{
	"a link":         func(path, victim string) error { return os.Symlink(victim, path) },
	"a hard link":    func(path, victim string) error { return os.Link(victim, path) },
	"a named pipe":   func(path, _ string) error { return syscall.Mkfifo(path, 0o600) },
	"15 TiB of hole": func(path, _ string) error { return errors.Join(place(path, ""), os.Truncate(path, 15<<40)) },
}

// place makes a file with its folder.
func place(path, text string) error {
	return errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte(text), 0o600))
}

// TestStrangeFilesInTheStore (W6, W7, W8): nothing is written through a link, nothing hangs on a pipe, and no file
// costs the agent its memory.
func TestStrangeFilesInTheStore(t *testing.T) {
	for _, file := range []string{stamp, ".rocketmq-agent.lock", "lock", "brokerIdentity", "config/topics.json"} {
		for what, put := range strangers {
			if sparse := what == "15 TiB of hole"; sparse && strings.HasSuffix(file, "lock") {
				continue // a lock file is not read
			}
			t.Run(file+" is "+what, func(t *testing.T) {
				dir := t.TempDir()
				victim, path := filepath.Join(dir, "victim"), filepath.Join(dir, "store", file)
				if err := errors.Join(place(victim, "precious"), os.MkdirAll(filepath.Dir(path), 0o700)); err != nil {
					t.Fatal(err)
				}
				if err := put(path, victim); err != nil {
					t.Fatal(err)
				}
				a, _ := startBroker(t, dir, "127.0.0.1:1")
				if code := a.exitCode(20 * time.Second); code != 77 && code != 78 {
					t.Errorf("exit code %d, want 77 or 78", code)
				}
				if text, err := os.ReadFile(victim); string(text) != "precious" {
					t.Errorf("the victim became %q, %v", text, err)
				}
				if !strings.Contains(a.output.String(), path) {
					t.Errorf("the refusal does not name %s", path)
				}
			})
		}
	}
}

// awaitWaiting waits until the agent says that it waits for the one before it.
func (a *agentRun) awaitWaiting() {
	a.t.Helper()
	rmqtest.Eventually(a.t, 10*time.Second, func() error {
		if len(a.records("waiting for the predecessor of this name, which still runs on the store")) == 0 {
			return errors.New("it does not say that it waits")
		}
		return nil
	})
}

// TestAWaitingStartCanBeStopped: a start that waits hears SIGTERM at once.
func TestAWaitingStartCanBeStopped(t *testing.T) {
	namesrv := startNamesrv(t)
	dir := t.TempDir()
	first, _ := startBroker(t, dir, namesrv)
	first.awaitStatus("/readyz", 200, time.Minute)
	second, _ := startBroker(t, t.TempDir(), namesrv, "RMQ_CONF_storePathRootDir="+filepath.Join(dir, "store"))
	second.awaitWaiting()
	second.signal(syscall.SIGTERM)
	if code := second.exitCode(5 * time.Second); code != 0 {
		t.Errorf("exit code %d, want 0", code)
	}
}

// TestSuccessor (K22): the broker that meets its own predecessor on the store waits until that one is gone.
func TestSuccessor(t *testing.T) {
	namesrv := startNamesrv(t)
	dir := t.TempDir()
	first, _ := startBroker(t, dir, namesrv)
	first.awaitStatus("/readyz", 200, time.Minute)
	second, _ := startBroker(t, t.TempDir(), namesrv, "RMQ_CONF_storePathRootDir="+filepath.Join(dir, "store"))
	second.awaitWaiting()
	first.signal(syscall.SIGTERM)
	first.assertStopped(time.Minute)
	second.awaitStatus("/readyz", 200, time.Minute)
}

// TestDamagedMetadata (F1): a store whose topics and their backup are zeroes is refused before RocketMQ empties the
// offsets of its consumers; with a good backup it starts.
func TestDamagedMetadata(t *testing.T) {
	namesrv := startNamesrv(t)
	dir := t.TempDir()
	config := filepath.Join(dir, "store", "config")
	topics, offsets := filepath.Join(config, "topics.json"), filepath.Join(config, "consumerOffset.json")
	env := []string{"RMQ_CONF_listenPort=" + strconv.Itoa(rmqtest.FreePort(t)), "RMQ_BROKER_NAME_PREFIX=broker"}
	start := func() *agentRun { return startAgent(t, dir, env, "broker", "-n", namesrv) }

	a := start()
	a.awaitStatus("/readyz", 200, time.Minute)
	smoke(t, "--namesrv", namesrv, "--count", "200", "--topic", "kept", "--keep", "--run", "r1")
	a.signal(syscall.SIGTERM)
	a.assertStopped(time.Minute)
	good, err := os.ReadFile(topics)
	if err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(offsets)
	if err != nil {
		t.Fatal(err)
	}

	zeroes := "\x00\x00\x00\x00"
	if err := errors.Join(place(topics, zeroes), place(topics+".bak", zeroes)); err != nil {
		t.Fatal(err)
	}
	mustRefuse(t, start(), 77, topics, topics+".bak", "restore one of them from a backup")
	if after, err := os.ReadFile(offsets); string(after) != string(before) {
		t.Errorf("the offsets were %s and are %s, %v", before, after, err)
	}

	if err := place(topics+".bak", string(good)); err != nil {
		t.Fatal(err)
	}
	a = start()
	a.awaitStatus("/readyz", 200, time.Minute)
	if !strings.Contains(a.output.String(), "RocketMQ takes "+topics+".bak") {
		t.Error("nothing is said of the backup")
	}
	a.signal(syscall.SIGTERM)
	a.assertStopped(time.Minute)
	if after, err := os.ReadFile(topics); !strings.Contains(string(after), `"kept"`) {
		t.Errorf("the topics are %s, %v", after, err)
	}
}

// TestEmptyStoresChangeTheirTopology (K31): what RocketMQ makes at its first start is no message, and moves both ways.
func TestEmptyStoresChangeTheirTopology(t *testing.T) {
	namesrv := startNamesrv(t)
	dir := t.TempDir()
	run := func(name string, env ...string) {
		t.Helper()
		a, _ := startBroker(t, dir, namesrv, append([]string{"RMQ_BROKER_NAME_PREFIX=mq", "RMQ_ORDINAL=1"}, env...)...)
		rmqtest.Eventually(t, time.Minute, func() error {
			if !brokers(t, namesrv)[name] {
				return errors.New(name + " is not registered")
			}
			return nil
		})
		a.signal(syscall.SIGTERM)
		a.assertStopped(time.Minute)
	}
	for range 2 {
		run("mq-1")
		run("mq-0", "RMQ_TOPOLOGY=replicas", "RMQ_GROUP_SIZE=2")
	}
	run("mq-1")
}

// TestCommitLogElsewhere (W2): a broker's log on a second volume, whose root got into another pod.
func TestCommitLogElsewhere(t *testing.T) {
	namesrv := startNamesrv(t)
	dir := t.TempDir()
	logs := "RMQ_CONF_storePathCommitLog="
	a, _ := startBroker(t, dir, namesrv, "RMQ_BROKER_NAME_PREFIX=mq", "RMQ_ORDINAL=1", logs+filepath.Join(dir, "log1"))
	a.awaitStatus("/readyz", 200, time.Minute)
	smoke(t, "--namesrv", namesrv, "--count", "200", "--topic", "kept", "--keep", "--run", "r1", "--send-only")
	a.signal(syscall.SIGTERM)
	a.assertStopped(time.Minute)
	other, _ := startBroker(t, dir, namesrv, "RMQ_BROKER_NAME_PREFIX=mq", logs+filepath.Join(dir, "log0"))
	mustRefuse(t, other, 78, "belongs to DefaultCluster/mq-1/0", "RMQ_ADOPT_STORE=DefaultCluster/mq-1/0")
	if err := os.RemoveAll(filepath.Join(dir, "store", "commitlog")); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("/nonexistent", filepath.Join(dir, "store", "commitlog")); err != nil {
		t.Fatal(err)
	}
	unmounted, _ := startBroker(t, dir, namesrv, "RMQ_BROKER_NAME_PREFIX=mq", "RMQ_ORDINAL=1")
	mustRefuse(t, unmounted, 77, "is its volume mounted")
}

// TestFullDisk (W4): a broker whose disk is full to the last byte starts, and tells of it.
func TestFullDisk(t *testing.T) {
	namesrv := startNamesrv(t)
	dir := t.TempDir()
	disk := filepath.Join(dir, "store")
	if err := os.Mkdir(disk, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mount("tmpfs", disk, "tmpfs", 0, "size=400m"); err != nil {
		t.Skip("cannot mount a small disk: ", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(disk, syscall.MNT_DETACH) })
	a, _ := startBroker(t, dir, namesrv)
	a.awaitStatus("/readyz", 200, time.Minute)
	a.signal(syscall.SIGTERM)
	a.assertStopped(time.Minute)
	for _, name := range []string{stamp, ".rocketmq-agent.lock"} { // as after a change from the official image
		if err := os.Remove(filepath.Join(disk, name)); err != nil {
			t.Fatal(err)
		}
	}
	f, err := os.Create(filepath.Join(disk, "filler"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for err == nil {
		_, err = f.Write(make([]byte, 4096))
	}
	if !errors.Is(err, syscall.ENOSPC) {
		t.Fatal(err)
	}
	full, _ := startBroker(t, dir, namesrv)
	rmqtest.Eventually(t, time.Minute, func() error {
		if len(full.records("started broker")) == 0 {
			return errors.New("no JVM was started")
		}
		return nil
	})
	if !strings.Contains(full.output.String(), "its disk is full") {
		t.Error("nothing is said of the full disk")
	}
}

// Report E3: the pod's address is IPv6. The broker is registered under it, is ready, and its twin is found.
func TestTwinOverIPv6(t *testing.T) {
	namesrv := startNamesrv(t)
	a, _ := startBroker(t, t.TempDir(), namesrv, "RMQ_BROKER_NAME_PREFIX=mq", "POD_IP=::1")
	a.awaitStatus("/readyz", 200, time.Minute)
	b, _ := startBroker(t, t.TempDir(), namesrv, "RMQ_BROKER_NAME_PREFIX=mq", "POD_IP=::1")
	mustRefuse(t, b, 78, "another broker mq-0 with id 0 lives at [::1]:")
	smoke(t, "--namesrv", namesrv, "--count", "200")
	a.signal(syscall.SIGTERM)
	a.assertStopped(time.Minute)
}
