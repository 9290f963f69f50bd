package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"rocketmq-agent/agent/exit"
)

// canary stands for a secret that only its form tells.
const canary = "hunter2"

// canaries are values that have one in them.
var canaries = []string{
	"jdbc:mysql://user:" + canary + "@host/db",
	"http://" + canary + "@host/",
	"jdbc:mysql://host/db?user=u&password=" + canary + "&x=y",
	"url=x;password=" + canary,
}

// TestNoSecretIsShown (W12): what is in a value of a key, or in a JVM option, is seen in nothing that render prints.
func TestNoSecretIsShown(t *testing.T) {
	dir := t.TempDir()
	var props, members, options []string
	for i, value := range canaries {
		key := "myKey" + string(rune('A'+i))
		props = append(props, key+"="+value)
		members = append(members, `"`+key+`": {"a": ["`+value+`"]}`)
		options = append(options, "-D"+key+"="+value)
	}
	options = append(options, "-javaagent:x.jar=token="+canary, "token="+canary, "-Djava.ext.dirs=http://u:"+canary+"@h")
	conf := write(t, dir, "broker.conf", strings.Join(props, "\n")+"\nadminBrokerThreadPoolNums="+canaries[0]+"\n")
	proxy := write(t, dir, "rmq-proxy.json", "{"+strings.Join(members, ",")+"}")
	write(t, dir, "rocketmq/lib/rocketmq-broker-5.5.0.jar", "")
	for name, value := range map[string]string{
		"ROCKETMQ_HOME":     filepath.Join(dir, "rocketmq"),
		"HOME":              dir,
		"POD_IP":            "127.0.0.1",
		"NAMESRV_ADDR":      "ns:9876",
		"JAVA_OPT_EXT":      strings.Join(options, " "),
		"RMQ_CONF_myOwnKey": canaries[0],
	} {
		t.Setenv(name, value)
	}
	for _, role := range [][]string{{"broker", "-c", conf, "word=" + canaries[2]}, {"proxy", "-pc", proxy}} {
		for _, how := range [][]string{nil, {"--explain"}, {"--explain", "--json"}} {
			args := append(append([]string{"render"}, role...), how...)
			code, out, errOut := ran(args...)
			if code != exit.OK || !strings.Contains(out+errOut, "******") || strings.Contains(out+errOut, canary) {
				t.Errorf("%q: exit code %d\n%s%s", args, code, out, errOut)
			}
		}
		out := filepath.Join(dir, role[0])
		if code, _, errOut := ran(append([]string{"render", "--out", out}, role...)...); code != exit.OK {
			t.Fatalf("exit code %d\n%s", code, errOut)
		}
		wantInFiles(t, out, canaries[0])
	}
}

// wantInFiles: what RocketMQ is given is the value itself.
func wantInFiles(t *testing.T, dir, value string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no file in %s: %v", dir, err)
	}
	for _, f := range files {
		if text, err := os.ReadFile(f); err != nil || !strings.Contains(string(text), value) {
			t.Errorf("%s does not have %s: %v\n%s", f, value, err, text)
		}
	}
}

func write(t *testing.T, dir, name, text string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
