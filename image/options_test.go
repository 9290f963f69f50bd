//go:build e2e

package image_test

import (
	"strings"
	"testing"
)

// TestToolBesideBroker (B2): a tool in the container of a broker whose options touch half of the memory. The tool
// answers, and the broker lives.
func TestToolBesideBroker(t *testing.T) {
	t.Parallel()
	network := newNetwork(t)
	start(t, []string{"--network", network, "--network-alias", "ns"}, "namesrv").awaitHealthy()
	broker := start(t, []string{
		"--network", network, "--memory", "1400m", "--memory-swap", "1400m",
		"--env", "JAVA_OPT_EXT=-Xms800m -Xmx800m -XX:+AlwaysPreTouch",
	}, "sh", "mqbroker", "-n", "ns:9876")
	broker.awaitHealthy()
	for range 3 {
		if list := broker.exec("mqadmin", "clusterList", "-n", "ns:9876"); !strings.Contains(list, ":10911") {
			t.Errorf("mqadmin clusterList prints:\n%s", list)
		}
	}
	broker.mustStop()
}

// TestPortsOfOneJVM (B1, B3): ports that one JVM can have are the broker's, in a container with two JVMs, and no tool
// asks for them.
func TestPortsOfOneJVM(t *testing.T) {
	t.Parallel()
	const jmx = "-Dcom.sun.management.jmxremote.port=9999 -Dcom.sun.management.jmxremote.ssl=false " +
		"-Dcom.sun.management.jmxremote.authenticate=false"
	for _, variable := range []string{"JAVA_OPT", "JAVA_OPT_EXT", "JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS"} {
		t.Run(variable, func(t *testing.T) {
			t.Parallel()
			c := start(t, []string{"--env", variable + "=" + jmx})
			c.awaitHealthy()
			c.exec("nc", "-z", "localhost", "9999")
			if list := c.exec("mqadmin", "clusterList", "-n", "localhost:9876"); !strings.Contains(list, ":10911") {
				t.Errorf("mqadmin clusterList prints:\n%s", list)
			}
			if len(c.lines("-Dcom.sun.management.jmxremote.port", "namesrv", variable)) != 1 {
				t.Error("the log does not say, once, that the name server goes without the port")
			}
			c.mustStop()
		})
	}
}
