package blackbox

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"rocketmq-agent/agent/testing/pki"
	"rocketmq-agent/agent/testing/rmqtest"
)

// authentication is what RocketMQ's documentation has a broker say.
func authentication(user, first, inner string) []string {
	return []string{
		"RMQ_CONF_authenticationEnabled=true",
		"RMQ_CONF_authenticationProvider=" +
			"org.apache.rocketmq.auth.authentication.provider.DefaultAuthenticationProvider",
		"RMQ_CONF_authenticationMetadataProvider=" +
			"org.apache.rocketmq.auth.authentication.provider.LocalAuthenticationMetadataProvider",
		fmt.Sprintf(`RMQ_CONF_initAuthenticationUser={"username":"%s","password":"%s"}`, user, first),
		fmt.Sprintf(`RMQ_CONF_innerClientAuthenticationCredentials={"accessKey":"rocketmq","secretKey":"%s"}`, inner),
	}
}

// jvm are more options than those of startAgent.
func jvm(options ...string) string {
	return "JAVA_OPT_EXT=-Xms256m -Xmx256m -XX:-UsePerfData " + strings.Join(options, " ")
}

// A1, A2, C1: a broker that takes TLS and signed requests only, asks for certificates, and whose address nobody says.
func TestProtectedBroker(t *testing.T) {
	dir := t.TempDir()
	authority := pki.New(t, dir)
	cert, key := authority.Issue(t, "mq", "only-for-this-test", time.Now().Add(time.Hour))
	text := "tls.test.mode.enable=false\ntls.server.need.client.auth=require\n"
	for _, side := range []string{"server", "client"} {
		text += fmt.Sprintf("tls.%[1]s.certPath=%[2]s\ntls.%[1]s.keyPath=%[3]s\ntls.%[1]s.trustCertPath=%[4]s\n"+
			"tls.%[1]s.keyPassword=only-for-this-test\n", side, cert, key, authority.File)
	}
	file := filepath.Join(dir, "tls.properties")
	text += "tls.server.authClient=true\ntls.client.authServer=true\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	tls := jvm("-Dtls.server.mode=enforcing", "-Dtls.enable=true", "-Dtls.config.file="+file)
	port := strconv.Itoa(rmqtest.FreePort(t))
	namesrv := namesrvAt(t, port, tls)
	env := append(authentication("rocketmq", "only-for-this-test", "only-for-this-test"), tls, "POD_IP=")
	a, _ := startBroker(t, t.TempDir(), "127.0.0.1:"+port, env...)
	a.awaitStatus("/readyz", 200, time.Minute)
	awaitPuts(t, a, 0) // it tells its figures
	if n := len(a.records("the running broker has every value that it was given")); n != 1 {
		t.Errorf("it was compared with its file %d times", n)
	}
	// Another broker of its name must find out that it lives.
	twin, _ := startBroker(t, t.TempDir(), "127.0.0.1:"+port, env...)
	mustRefuse(t, twin, 78, "another broker broker-0 with id 0 lives at")
	a.signal(syscall.SIGTERM)
	a.assertStopped(time.Minute)
	namesrv.signal(syscall.SIGTERM)
	namesrv.assertStopped(time.Minute)
	for _, run := range []*agentRun{a, namesrv} {
		if out := run.output.String(); strings.Contains(out, "only-for-this-test") || strings.Contains(out, "refuses") {
			t.Error("the output shows a password, or a refusal")
		}
	}
}

// A3: a user that a store has stays as it is.
func TestChangedPasswords(t *testing.T) {
	namesrv, dir := startNamesrv(t), t.TempDir()
	const warning = "an account of the configuration has another password in the broker's store, which counts"
	const refused = "the broker refuses a request of the agent"
	stop := func(a *agentRun) {
		t.Helper()
		a.signal(syscall.SIGTERM)
		a.assertStopped(time.Minute)
	}
	a, _ := startBroker(t, dir, namesrv, authentication("admin", "first", "inner")...)
	a.awaitStatus("/readyz", 200, time.Minute)
	stop(a) // in order, so that its store has the accounts
	if n := len(a.records(warning)) + len(a.records(refused)); n != 0 {
		t.Errorf("%d warnings at the first start", n)
	}

	a, _ = startBroker(t, dir, namesrv, authentication("admin", "changed", "inner")...)
	a.awaitStatus("/readyz", 200, time.Minute)
	rmqtest.Eventually(t, 10*time.Second, func() error {
		if n := len(a.records(warning)); n != 1 {
			return fmt.Errorf("%d warnings about the changed password", n)
		}
		return nil
	})
	a.kill()

	// The agent's own account is one of those: each refusal is said once, with the remedy, which works.
	a, _ = startBroker(t, dir, namesrv, authentication("admin", "first", "changed")...)
	a.awaitStatus("/readyz", 200, time.Minute) // POD_IP says where it is
	time.Sleep(12 * time.Second)               // two more rounds of questions
	for _, r := range a.records(refused) {
		text := fmt.Sprint(r)
		if !strings.Contains(text, "RMQ_ACCESS_KEY_FILE") || !strings.Contains(text, "another password") {
			t.Errorf("%v does not say what to do", r)
		}
	}
	if n := len(a.records(refused)); n < 2 || n > 4 {
		t.Errorf("%d refusals were said: %v", n, a.records(refused))
	}
	a.kill()

	key := filepath.Join(dir, "key")
	if err := os.WriteFile(key, []byte("accessKey: rocketmq\nsecretKey: inner\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	env := append(authentication("admin", "first", "changed"), "RMQ_ACCESS_KEY_FILE="+key, "POD_IP=")
	a, _ = startBroker(t, dir, namesrv, env...)
	a.awaitStatus("/readyz", 200, time.Minute)
	rmqtest.Eventually(t, 10*time.Second, func() error {
		if len(a.records(warning)) != 1 {
			return fmt.Errorf("the broker's own account is refused by others like it, and nobody says so")
		}
		return nil
	})
	if n := len(a.records(refused)); n != 0 {
		t.Errorf("%d refusals with the right account", n)
	}
	stop(a)
}

// C1: the name server of standalone takes TLS only, so that its broker has to speak it.
func TestStandaloneWithTLSOnly(t *testing.T) {
	a := startAgent(t, t.TempDir(), []string{
		jvm("-Dtls.server.mode=enforcing"),
		"RMQ_CONFIG_DIR=" + standaloneConf(t),
		"RMQ_CONF_listenPort=" + strconv.Itoa(rmqtest.FreePort(t)),
	}, "standalone")
	a.awaitStatus("/readyz", 200, time.Minute)
	a.signal(syscall.SIGTERM)
	a.assertStopped(time.Minute)
}

// C2: files that a JVM could not use, and settings that it would not take.
func TestTLSIsChecked(t *testing.T) {
	dir := t.TempDir()
	cert, key := pki.New(t, dir).Issue(t, "mq", "", time.Now().Add(time.Hour))
	place := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return "-Dtls.config.file=" + path
	}
	certs := "tls.test.mode.enable=false\ntls.server.certPath=" + cert + "\ntls.server.keyPath="
	for _, tt := range []struct {
		name    string
		options string
		says    []string
	}{
		{"no key", place("no-key", certs+"/c/nope.pem\n"),
			[]string{"tls.server.certPath, tls.server.keyPath", "/c/nope.pem", "no such file"}},
		{"no file", "-Dtls.config.file=/c/tls.properties", []string{"settings of TLS", "/c/tls.properties"}},
		{"misspelt mode", "-Dtls.server.mode=Enforcing", []string{"tls.server.mode=Enforcing", "permissive"}},
		{"plaintext needs no certificate", place("auth", certs+key+"\ntls.server.need.client.auth=require\n"),
			[]string{"clients that speak plaintext", "-Dtls.server.mode=enforcing"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a := startAgent(t, t.TempDir(), []string{jvm(tt.options)}, "broker", "-n", "127.0.0.1:1")
			mustRefuse(t, a, 78, tt.says...)
		})
	}
}
