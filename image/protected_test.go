//go:build e2e

package image_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"rocketmq-agent/agent/testing/pki"
)

// TestProtected (A1, C1): two brokers with authentication, the second to be drained, and TLS everywhere: healthy,
// measured, compared with their file, drained, stopped in order; messages go through, signed and over TLS.
func TestProtected(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	pki.New(t, dir).Issue(t, "mq", "", time.Now().Add(time.Hour))
	place := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	place("tls.properties", "tls.test.mode.enable=false\ntls.server.certPath=/tls/mq.pem\n"+
		"tls.server.keyPath=/tls/mq.key\ntls.client.authServer=true\ntls.client.trustCertPath=/tls/ca.pem\n")
	place("key", "accessKey: rocketmq\nsecretKey: 12345678\n")
	network := newNetwork(t)
	options := []string{
		"--network", network, "--volume", dir + ":/tls:ro",
		"--volume", dir + "/tls.properties:/etc/rocketmq/tls.properties:ro",
		"--env", "JAVA_OPT_EXT=-Dtls.server.mode=enforcing -Dtls.enable=true",
	}
	start(t, append(options, "--network-alias", "ns"), "namesrv").awaitHealthy()
	const conf = "authenticationEnabled=true\n" +
		"authenticationProvider=org.apache.rocketmq.auth.authentication.provider.DefaultAuthenticationProvider\n" +
		"authenticationMetadataProvider=org.apache.rocketmq.auth.authentication.provider." +
		"LocalAuthenticationMetadataProvider\n" +
		`initAuthenticationUser={"username":"rocketmq","password":"12345678"}` + "\n" +
		`innerClientAuthenticationCredentials={"accessKey":"rocketmq","secretKey":"12345678"}` + "\n"
	var brokers []container
	for _, name := range []string{"a", "b"} {
		brokers = append(brokers, start(t, append(options, "--hostname", "broker-"+name, "--volume",
			writeConf(t, conf)+":/broker.conf:ro"), "sh", "mqbroker", "-n", "ns:9876", "-c", "/broker.conf"))
	}
	for _, b := range brokers {
		b.awaitHealthy()
		b.await("measured", time.Minute, func() bool {
			page := b.exec("curl", "-s", "localhost:8088/metrics")
			return strings.Contains(page, "\nrocketmq_brokeruntime_putmessage_times_total{")
		})
		b.awaitLog("the running broker has every value that it was given")
	}
	smoketestWith(t, network, []string{"--volume", dir + ":/tls:ro"},
		"--namesrv", "ns:9876", "--tls", "--access-key-file", "/tls/key", "--count", "500")
	for _, b := range brokers {
		b.mustStop()
	}
	if steps := brokers[0].lines("stop: write permission off", `"outcome":"done"`); len(steps) != 1 {
		t.Errorf("the first of them was not drained: %v", brokers[0].lines("stop: "))
	}
	for _, b := range brokers {
		if refusals := b.lines("refuses a request"); len(refusals) > 0 {
			t.Errorf("the broker refuses the agent: %v", refusals)
		}
	}
}
