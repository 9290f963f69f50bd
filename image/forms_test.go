//go:build e2e

package image_test

import (
	"regexp"
	"strings"
	"testing"
	"time"
)

// TestForms: every form of a command reaches the agent in the right role. -p prints RocketMQ's settings and ends.
func TestForms(t *testing.T) {
	t.Parallel()
	const home = "/home/rocketmq/rocketmq-5.5.0"
	for _, test := range []struct {
		folder  string
		command string
		want    string
	}{
		{home + "/bin", "sh mqnamesrv -p", "kvConfigPath="},
		{home + "/bin", "./mqnamesrv -p", "kvConfigPath="},
		{home + "/bin", "bin/mqnamesrv -p", "kvConfigPath="},
		{home, "bin/mqnamesrv -p", "kvConfigPath="},
		{home, "sh bin/mqbroker -p", "autoCreateTopicEnable="},
		{"/", "mqnamesrv -p", "kvConfigPath="},
		{"/", "mqbroker -p", "autoCreateTopicEnable="},
		{"/", home + "/bin/mqbroker -p", "autoCreateTopicEnable="},
		{"/", "env -u ROCKETMQ_HOME " + home + "/bin/mqnamesrv -p", "rocketmqHome=" + home},
		{"/", "nameserver -p", "kvConfigPath="},
		{"/", "broker -p", "autoCreateTopicEnable="},
		{"/", "run namesrv -p", "kvConfigPath="},
		{home + "/bin", "sh runserver.sh org.apache.rocketmq.namesrv.NamesrvStartup -p", "kvConfigPath="},
		{home + "/bin", "sh runbroker.sh -Dkey=value org.apache.rocketmq.broker.BrokerStartup -p",
			"autoCreateTopicEnable="},
		{home + "/bin", "sh mqadmin", "clusterList"},
		{"/", "mqadmin help clusterList", "usage: mqadmin clusterList"},
		{home + "/bin", "sh mqshutdown namesrv", "No mqnamesrv running."},
		{"/", "version", "RocketMQ 5.5.0"},
		{"/", "echo anything else is executed", "anything else is executed"},
	} {
		t.Run(test.command, func(t *testing.T) {
			out := output(t, []string{"--workdir", test.folder}, strings.Fields(test.command)...)
			if !strings.Contains(out, test.want) {
				t.Errorf("in %s: no %q in its output:\n%s", test.folder, test.want, out)
			}
		})
	}
}

func TestNodeRole(t *testing.T) {
	t.Parallel()
	c := start(t, []string{"--env", "NODE_ROLE=nameserver"})
	c.awaitHealthy()
	c.mustStop()
}

func TestControllerAndProxy(t *testing.T) {
	t.Parallel()
	network := newNetwork(t)
	start(t, []string{"--network", network, "--network-alias", "ns"}, "sh", "mqnamesrv").awaitHealthy()
	controller := start(t, []string{"--network", network}, "sh", "mqcontroller")
	broker := start(t, []string{"--network", network, "--env", "NAMESRV_ADDR=ns:9876"}, "sh", "mqbroker")
	controller.awaitHealthy()
	broker.awaitHealthy()
	proxy := start(t, []string{"--network", network}, "sh", "mqproxy", "-n", "ns:9876", "-pm", "cluster")
	proxy.awaitHealthy()
	proxy.exec("nc", "-z", "localhost", "8080")
	proxy.exec("nc", "-z", "localhost", "8081")
	proxy.mustStop()
	controller.mustStop()
}

// TestContents: what people's own scripts expect in the image, and what must not be there.
func TestContents(t *testing.T) {
	t.Parallel()
	shell := func(script string) string { return output(t, nil, "sh", "-c", script) }
	const there = "sh bash sed grep awk ps which hostname nc curl java mqadmin rocketmq-agent"
	for _, program := range strings.Fields(there) {
		shell("which " + program)
	}
	for _, program := range strings.Fields("javac mvn go gcc make jlink") {
		if out := shell("which " + program + " || true"); out != "" {
			t.Errorf("%s is in the image", out)
		}
	}
	for script, want := range map[string]string{
		"pwd":                          "/home/rocketmq/rocketmq-5.5.0/bin",
		"id -un; id -u; id -g":         "rocketmq\n3000\n3000",
		"echo $HOME $ROCKETMQ_VERSION": "/home/rocketmq 5.5.0",
		"TZ=Asia/Shanghai date +%Z":    "CST",
		"ls ../lib/rocketmq-b*.jar; ls ../conf/*.yml": "../lib/rocketmq-broker-5.5.0.jar\n../conf/tools.yml",
	} {
		if got := shell(script); got != want {
			t.Errorf("%s: %q, want %q", script, got, want)
		}
	}
}

// TestProxyComesFirst (F6): everything is started at once, as a compose file does, and the proxy is there before anything
// that it needs. RocketMQ's own leaves then.
func TestProxyComesFirst(t *testing.T) {
	t.Parallel()
	network := newNetwork(t)
	proxy := start(t, []string{"--network", network, "--env", "NAMESRV_ADDR=ns:9876"}, "sh", "mqproxy")
	proxy.awaitLog("proxy is not started yet")
	start(t, []string{"--network", network, "--network-alias", "ns"}, "sh", "mqnamesrv").awaitHealthy()
	if answer := proxy.exec("curl", "-s", "localhost:8088/startupz"); !strings.HasPrefix(answer, "waiting: no ") {
		t.Errorf("/startupz says %q", answer)
	}
	broker := start(t, []string{"--network", network, "--env", "NAMESRV_ADDR=ns:9876"}, "sh", "mqbroker")
	broker.awaitHealthy()
	proxy.awaitHealthy()
	for c, probe := range map[container]string{broker: "mqbroker", proxy: "mqproxy"} {
		c.exec("pgrep", "-f", probe) // report K7: as other people's probes do
		c.mustStop()
	}
}

// TestQuickStart (D3, D4): the next steps of the official quick start.
func TestQuickStart(t *testing.T) {
	t.Parallel()
	c := start(t, nil)
	c.awaitHealthy()
	const examples = "org.apache.rocketmq.example.quickstart."
	sent := c.exec("sh", "-c", "NAMESRV_ADDR=localhost:9876 sh tools.sh "+examples+"Producer")
	if n := strings.Count(sent, "sendStatus=SEND_OK"); n != 1000 {
		t.Errorf("%d messages sent, want 1000", n)
	}
	received := c.exec("sh", "-c", "NAMESRV_ADDR=localhost:9876 timeout 15 sh tools.sh "+examples+"Consumer || :")
	if !strings.Contains(received, "Receive New Messages") {
		t.Errorf("nothing is received:\n%s", received)
	}
	for _, role := range []string{"namesrv", "broker", "proxy"} {
		if said := c.exec("sh", "-c", "tail -n 1 ~/logs/rocketmqlogs/"+role+".log"); !strings.Contains(said, "docker logs") {
			t.Errorf("%s.log says %q", role, said)
		}
	}
	c.mustStop()
}

// TestOperatorsVariables (K6): what rocketmq-operator tells a broker, and no command, makes a slave of its cluster.
func TestOperatorsVariables(t *testing.T) {
	t.Parallel()
	network := newNetwork(t)
	start(t, []string{"--network", network, "--network-alias", "ns"}, "namesrv").awaitHealthy()
	c := start(t, []string{
		"--network", network, "--env", "NAMESRV_ADDR=ns:9876", "--env", "BROKER_ID=1", "--env", "BROKER_NAME=broker-0",
		"--env", "BROKER_CLUSTER_NAME=broker",
	})
	c.awaitHealthy()
	list := c.exec("mqadmin", "clusterList", "-n", "ns:9876")
	if !regexp.MustCompile(`(?m)^broker\s+broker-0\s+1\s`).MatchString(list) || strings.Contains(list, "DefaultCluster") {
		t.Errorf("mqadmin clusterList prints:\n%s", list)
	}
	c.mustStop()
}

// TestTwoNetworks (E1): of two networks a broker tells its clients the address in the one that has its name server.
func TestTwoNetworks(t *testing.T) {
	t.Parallel()
	other, network := newNetwork(t), newNetwork(t)
	start(t, []string{"--network", network, "--network-alias", "ns"}, "namesrv").awaitHealthy()
	c := container{t, docker(t, "create", "--label", label, "--network", other, "--env", "RMQ_GRACE_PERIOD="+stopTime,
		image(), "broker", "-n", "ns:9876")}
	t.Cleanup(func() { _, _ = try("rm", "--force", "--volumes", c.id) })
	docker(t, "network", "connect", network, c.id)
	docker(t, "start", c.id)
	c.awaitHealthy()
	own := c.inspect(`(index .NetworkSettings.Networks "` + network + `").IPAddress`)
	if list := c.exec("mqadmin", "clusterList", "-n", "ns:9876"); !strings.Contains(list, own+":10911") {
		t.Errorf("%s is not what clients are told:\n%s", own, list)
	}
	if len(c.lines("the broker's address", own, "candidates")) != 1 {
		t.Error("the log does not say which address was taken, and of which")
	}
	c.mustStop()
}

// TestOneNameForTwoNamesrvs (E5): a broker registers with all name servers behind a name, and with one that comes
// later.
func TestOneNameForTwoNamesrvs(t *testing.T) {
	t.Parallel()
	network := newNetwork(t)
	var namesrvs []container
	for range 2 {
		ns := start(t, []string{"--network", network, "--network-alias", "ns"}, "namesrv")
		ns.awaitHealthy()
		namesrvs = append(namesrvs, ns)
	}
	c := start(t, []string{"--network", network}, "broker", "-n", "ns:9876")
	c.awaitHealthy()
	for _, ns := range namesrvs {
		if list := ns.exec("mqadmin", "clusterList", "-n", "localhost:9876"); !strings.Contains(list, ":10911") {
			t.Errorf("one of them does not list the broker:\n%s", list)
		}
	}
	later := start(t, []string{"--network", network, "--network-alias", "ns"}, "namesrv")
	later.await("told of the broker", time.Minute, func() bool {
		return strings.Contains(later.exec("mqadmin", "clusterList", "-n", "localhost:9876"), ":10911")
	})
	c.mustStop()
}
