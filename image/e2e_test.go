//go:build e2e

// Package image_test tests the image with the Docker engine that is there: go test -tags e2e ./image/
// It needs the image itself (make image) and bin/smoketest (make build).
package image_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestStandalone is the main job: docker run with a fresh named volume, messages, a clean stop.
func TestStandalone(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name    string
		store   string
		options []string
	}{
		{"as the image's user", storePath, nil},
		{"as root", "/root/store", []string{"--user", "0"}},
		{"as a user that nobody knows", storePath, []string{"--user", "12345:12345"}},
		{"read-only", storePath, []string{"--read-only", "--tmpfs", "/tmp", "--cap-drop", "ALL"}},
		{"in 1 GiB", storePath, []string{"--memory", "1g"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			volume := newVolume(t)
			c := start(t, append(test.options, "--volume", volume+":"+test.store))
			c.awaitHealthy()
			smoketest(t, "container:"+c.id, "--count", "500")
			checkFiles(t, c)
			c.mustStop()
			checkStopped(t, volume)
		})
	}
}

// checkFiles proves that the JVMs took their native libraries and class-data archives from the image, not from /tmp.
func checkFiles(t *testing.T, c container) {
	t.Helper()
	maps := c.exec("sh", "-c", "cat $(grep -l ^java /proc/[0-9]*/comm | sed s/comm$/maps/)")
	for _, file := range []string{"/lib/native/librocksdbjni-linux64.so", "/cds/namesrv.aot", "/cds/broker.aot"} {
		if !strings.Contains(maps, file) {
			t.Errorf("no JVM has mapped %s", file)
		}
	}
	for _, line := range strings.Split(maps, "\n") {
		if strings.Contains(line, " /tmp/") && strings.Contains(line, ".so") {
			t.Errorf("a native library comes from /tmp: %s", line)
		}
	}
}

// checkStopped proves that the store on the volume was closed in order: RocketMQ removes the file abort as its last
// act.
func checkStopped(t *testing.T, volume string) {
	t.Helper()
	files := strings.Fields(output(t, []string{"--volume", volume + ":/store", "--user", "0"}, "ls", "/store"))
	for _, want := range []string{"commitlog", "checkpoint", "lock"} {
		if !contains(files, want) {
			t.Errorf("the volume has no %s: the store was elsewhere", want)
		}
	}
	if contains(files, "abort") {
		t.Error("the store has a file abort: it was not closed")
	}
}

func contains(list []string, word string) bool {
	for _, w := range list {
		if w == word {
			return true
		}
	}
	return false
}

func TestBootLinesAndNoise(t *testing.T) {
	t.Parallel()
	c := start(t, nil)
	c.awaitHealthy()
	for _, line := range []string{"The Name Server boot success. serializeType=JSON", "The broker[broker-0, "} {
		found := false
		for _, l := range strings.Split(c.log(), "\n") {
			found = found || strings.HasPrefix(l, line)
		}
		if !found {
			t.Errorf("RocketMQ's own line %q is not in the log as RocketMQ wrote it", line)
		}
	}
	for _, noise := range []string{"|-INFO in ", "WARNING: ", "[warning][", "[error]["} {
		if lines := c.lines(noise); len(lines) > 0 {
			t.Errorf("noise in the log: %s", lines[0])
		}
	}
}

// TestKilled: acknowledged messages survive the death of everything in the container.
func TestKilled(t *testing.T) {
	t.Parallel()
	c := start(t, []string{"--volume", newVolume(t) + ":" + storePath})
	c.awaitHealthy()
	smoketest(t, "container:"+c.id, "--send-only", "--topic", "Killed", "--run", "killed", "--count", "2000")
	docker(t, "kill", "--signal", "KILL", c.id)
	if code := c.end(); code != 137 {
		t.Fatalf("docker kill: exit code %d, want 137", code)
	}
	docker(t, "start", c.id)
	c.awaitHealthy()
	smoketest(t, "container:"+c.id, "--receive-only", "--topic", "Killed", "--run", "killed", "--count", "2000")
	c.mustStop()
}

// TestApart: a name server and a broker in a container each, in every way that manifests start them.
func TestApart(t *testing.T) {
	t.Parallel()
	conf := writeConf(t, "brokerClusterName=apart\nbrokerName=apart-a\nbrokerId=0\nlistenPort=10911\n")
	file := []string{"--volume", conf + ":/etc/rocketmq/broker.conf:ro"}
	for _, test := range []struct {
		name            string
		namesrv, broker []string
		options         []string
	}{
		{
			name:    "the agent",
			namesrv: []string{"run", "namesrv"},
			broker:  []string{"run", "broker", "-n", "ns:9876"},
		},
		{
			name:    "the stock commands",
			namesrv: []string{"sh", "mqnamesrv"},
			broker:  []string{"sh", "mqbroker", "-n", "ns:9876", "-c", "/etc/rocketmq/broker.conf"},
			options: file,
		},
		{
			name:    "the official entrypoint's words",
			namesrv: []string{"nameserver"},
			broker:  []string{"broker"},
			options: []string{"--env", "NAMESRV_ADDR=ns:9876"},
		},
		{
			name:    "a local proxy",
			namesrv: []string{"mqnamesrv"},
			broker:  []string{"./mqbroker", "--enable-proxy", "--namesrvAddr=ns:9876"},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			network := newNetwork(t)
			ns := start(t, []string{"--network", network, "--network-alias", "ns"}, test.namesrv...)
			ns.awaitHealthy()
			options := append(test.options, "--network", network, "--volume", newVolume(t)+":"+storePath)
			broker := start(t, options, test.broker...)
			broker.awaitHealthy()
			smoketest(t, network, "--namesrv", "ns:9876", "--count", "500")
			broker.mustStop()
			if list := ns.exec("mqadmin", "clusterList", "-n", "localhost:9876"); strings.Contains(list, ":10911") {
				t.Errorf("the name server still lists the broker after its clean stop:\n%s", list)
			}
			ns.mustStop()
		})
	}
}

// TestOneShell (K4) is the way of test frameworks, and of a chart with a shell as PID 1: both in one container under a shell, which stays PID 1.
func TestOneShell(t *testing.T) {
	t.Parallel()
	c := start(t, nil, "sh", "-c", "./mqnamesrv & ./mqbroker -n localhost:9876")
	c.awaitLog("The broker[")
	c.awaitHealthy()
	c.exec("./mqadmin", "updateBrokerConfig", "-b", "localhost:10911", "-k", "brokerIP1", "-v", "127.0.0.1")
	if out := c.exec("./mqshutdown", "broker"); !strings.Contains(out, "Send shutdown request to mqbroker(") {
		t.Errorf("mqshutdown broker: %s", out)
	}
	if code := c.end(); code != 0 {
		t.Errorf("exit code %d after mqshutdown broker, want 0", code)
	}
}

// TestOwnJava is the way of charts that start java themselves and stop it by mqshutdown.
func TestOwnJava(t *testing.T) {
	t.Parallel()
	c := start(t, nil, "sh", "-c", `java -Xmx512m -cp "$ROCKETMQ_HOME/lib/*" `+
		`org.apache.rocketmq.broker.BrokerStartup -n localhost:9876; sleep 1`)
	c.awaitLog("boot success")
	maps := c.exec("sh", "-c", "cat $(grep -l ^java /proc/[0-9]*/comm | sed s/comm$/maps/)")
	if !strings.Contains(maps, "librocksdbjni") {
		t.Error("RocksDB's library was not found")
	}
	c.exec("./mqshutdown", "broker")
	if code := c.end(); code != 0 {
		t.Errorf("exit code %d after mqshutdown broker, want 0", code)
	}
	if out := output(t, nil, "mqshutdown", "broker"); out != "No mqbroker running." {
		t.Errorf("mqshutdown without a broker: %s", out)
	}
}

// writeConf writes a broker.conf that every user may read.
func writeConf(t *testing.T, text string) string {
	t.Helper()
	folder := t.TempDir()
	file := filepath.Join(folder, "broker.conf")
	if err := os.Chmod(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return file
}
