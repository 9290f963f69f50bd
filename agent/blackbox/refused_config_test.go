package blackbox

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"rocketmq-agent/agent/launch"
	"rocketmq-agent/agent/testing/rmqtest"
)

// localUsers is a broker's access control as RocketMQ's documentation has it, without an account.
const localUsers = "authenticationEnabled=true\n" +
	"authenticationMetadataProvider=" + authPackage + "authentication.provider.LocalAuthenticationMetadataProvider\n"

// accounts are what goes with localUsers.
const accounts = `initAuthenticationUser={"username":"rocketmq","password":"12345678"}` + "\n" +
	`innerClientAuthenticationCredentials={"accessKey":"rocketmq","secretKey":"12345678"}` + "\n"

// fatalConfigs are files that RocketMQ does not start with, by the reports that they come from, with what the agent
// says in the place of a stack trace.
var fatalConfigs = []struct{ name, text, says string }{
	{"k1: JSON without quotes", localUsers + "initAuthenticationUser={username:rocketmq,password:12345678}\n",
		"initAuthenticationUser: it is no JSON object"},
	{"k2: a class with a slip", localUsers + accounts +
		"authenticationProvider=" + authPackage + "authentication.provider.DefaultAuthenticatonProvider\n",
		"did you mean " + authPackage + "authentication.provider.DefaultAuthenticationProvider"},
	{"k4: a user without a password", localUsers + `initAuthenticationUser={"username":"rocketmq"}` + "\n",
		"it has no password"},
	{"f1: a plug-in that is not there", "messageStorePlugIn=org.example.Missing\n", "org.example.Missing"},
	{"a strategy that is not there", "authenticationStrategy=StatefulAuthenticationStrategy\n",
		"did you mean " + authPackage + "authentication.strategy.StatefulAuthenticationStrategy"},
	{"accounts without a place", accounts, "without authenticationMetadataProvider"},
	{"an account without its secret", localUsers +
		`innerClientAuthenticationCredentials={"accessKey":"rocketmq"}` + "\n", "it has no secretKey"},
	{"an account in an array", localUsers + `initAuthenticationUser=["rocketmq","12345678"]` + "\n",
		"it is no JSON object"},
	{"proxies that are no JSON", "socksProxyConfig=10.0.0.1:1080\n", "socksProxyConfig: it is no JSON object"},
}

// TestFatalConfigs: the agent refuses them, and RocketMQ itself, which was asked, does not start with any of them.
func TestFatalConfigs(t *testing.T) {
	for _, c := range fatalConfigs {
		t.Run(c.name, func(t *testing.T) {
			file := writeConf(t, c.text)
			refusedAtOnce(t, c.says, "broker", "-c", file)
			if code, output := runBrokerAlone(t, file); code == 0 || code == exitStillRunning {
				t.Errorf("RocketMQ left with %d:\n%s", code, output)
			}
		})
	}
}

// TestNamesOfAccounts: fastjson2 is particular about names, fastjson 1 is not.
func TestNamesOfAccounts(t *testing.T) {
	home, err := launch.FindHome(rmqtest.Home(t))
	if err != nil {
		t.Fatal(err)
	}
	if !home.Release.ReadsFastjson2() {
		t.Skipf("RocketMQ %s reads JSON with fastjson 1", home.Release)
	}
	file := writeConf(t, localUsers+`initAuthenticationUser={"userName":"rocketmq","password":"12345678"}`+"\n")
	refusedAtOnce(t, "only where it is spelt username", "broker", "-c", file)
	if code, output := runBrokerAlone(t, file); code == 0 || code == exitStillRunning {
		t.Errorf("RocketMQ left with %d:\n%s", code, output)
	}
}

// TestOpenConfigs: files that RocketMQ starts with, and that leave open, by one way, what they protect by another.
func TestOpenConfigs(t *testing.T) {
	dir := t.TempDir()
	named := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	const unprotected = `{"rocketMQClusterName":"C"}`
	protected := named("lp.conf", localUsers+accounts)
	open := named("lp1.json", unprotected)
	clusterProxy := named("px2.json", `{"rocketMQClusterName":"C","authenticationEnabled":true,`+
		`"authenticationMetadataProvider":"org.apache.rocketmq.proxy.auth.ProxyAuthenticationMetadataProvider",`+
		`"innerClientAuthenticationCredentials":"{\"accessKey\":\"rocketmq\",\"secretKey\":\"12345678\"}"}`)
	lender := named("lender.json", `{"enableAclRpcHookForClusterMode":true,`+
		`"innerClientAuthenticationCredentials":"{\"accessKey\":\"rocketmq\",\"secretKey\":\"12345678\"}"}`)
	authorization := named("c1b.conf", strings.ReplaceAll(localUsers, "authenticationEnabled", "authorizationEnabled")+
		accounts+
		"authorizationMetadataProvider="+authPackage+"authorization.provider.LocalAuthorizationMetadataProvider\n")
	for _, c := range []struct {
		name string
		args []string
		says string
	}{
		{"A4", []string{"broker", "-c", authorization}, "authorizationEnabled=true without authenticationEnabled=true"},
		{"A5", []string{"proxy", "-n", "127.0.0.1:9876", "-pc", clusterProxy}, "enableAclRpcHookForClusterMode"},
		{"A5, the other way round", []string{"proxy", "-n", "127.0.0.1:9876", "-pc", lender}, "everybody may do"},
		{"A7", []string{"broker", "--enable-proxy", "-n", "127.0.0.1:9876", "-c", protected, "-pc", open}, open},
	} {
		t.Run(c.name, func(t *testing.T) { refusedAtOnce(t, c.says, c.args...) })
	}
}

// TestUnreadableConfigs: reports D2 and D5.
func TestUnreadableConfigs(t *testing.T) {
	wide := writeConf(t, "\xff\xfeb\x00r\x00o\x00k\x00e\x00r\x00I\x00d\x00=\x000\x00\r\x00\n\x00")
	refusedAtOnce(t, "save it as UTF-8", "broker", "-c", wide)
	folder := t.TempDir()
	refusedAtOnce(t, folder+" is an empty folder: Docker makes one", "broker", "-c", folder)
}

// writeConf makes a broker's configuration file.
func writeConf(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "broker.conf")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// refusedAtOnce checks that the agent leaves with 78, says a text and no secret, and starts nothing.
func refusedAtOnce(t *testing.T, says string, args ...string) {
	t.Helper()
	a := startAgent(t, t.TempDir(), []string{fmt.Sprintf("RMQ_CONF_listenPort=%d", rmqtest.FreePort(t))}, args...)
	if code := a.exitCode(20 * time.Second); code != 78 {
		t.Errorf("exit code %d, want 78", code)
	}
	output := a.output.String()
	if !strings.Contains(output, says) {
		t.Errorf("the message does not say %q:\n%s", says, output)
	}
	if strings.Contains(output, "12345678") || strings.Contains(output, `"msg":"started`) {
		t.Errorf("a secret is shown, or a process was started:\n%s", output)
	}
}

// exitStillRunning stands for the exit code of a broker that had to be killed.
const exitStillRunning = -1

// runBrokerAlone runs RocketMQ's broker without the agent until it leaves, for a minute at most.
func runBrokerAlone(t *testing.T, conf string) (code int, output string) {
	t.Helper()
	home, dir := rmqtest.Home(t), t.TempDir()
	text, err := os.ReadFile(conf)
	if err != nil {
		t.Fatal(err)
	}
	text = fmt.Appendf(text, "\nlistenPort=%d\nstorePathRootDir=%s\nmappedFileSizeCommitLog=67108864\n",
		rmqtest.FreePort(t), filepath.Join(dir, "store"))
	file := filepath.Join(dir, "broker.conf")
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("java", "-Xms256m", "-Xmx256m", "-XX:-UsePerfData", "-Duser.home="+dir,
		"-cp", filepath.Join(home, "lib", "*")+":"+filepath.Join(home, "conf"),
		"org.apache.rocketmq.broker.BrokerStartup", "-c", file)
	cmd.Env = append(os.Environ(), "ROCKETMQ_HOME="+home)
	var printed bytes.Buffer
	cmd.Stdout, cmd.Stderr = &printed, &printed
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	timer := time.AfterFunc(time.Minute, func() { _ = cmd.Process.Kill() })
	defer timer.Stop()
	err = cmd.Wait()
	if exit, failed := errors.AsType[*exec.ExitError](err); failed {
		return exit.ExitCode(), printed.String()
	}
	return 0, printed.String()
}
