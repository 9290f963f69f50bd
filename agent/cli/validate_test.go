package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"rocketmq-agent/agent/exit"
)

// validated is what `validate` did.
type validated struct {
	code        int
	out, errOut string
}

// runValidate runs the command on a machine without a RocketMQ, in whose place the newest release of the table stands.
func runValidate(t *testing.T, in string, args ...string) validated {
	t.Helper()
	t.Setenv("ROCKETMQ_HOME", "")
	var out, errOut bytes.Buffer
	code := Run(append([]string{"validate"}, args...), Env{In: strings.NewReader(in), Out: &out, Err: &errOut})
	return validated{code, out.String(), errOut.String()}
}

// confFiles writes files into a folder of their own, and returns their paths in the order of their names.
func confFiles(t testing.TB, texts map[string]string) (paths []string) {
	t.Helper()
	dir := t.TempDir()
	for name, text := range texts {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		paths = append(paths, path)
	}
	slices.Sort(paths)
	return paths
}

func TestValidateText(t *testing.T) {
	file := confFiles(t, map[string]string{
		"broker.conf": "brokerRole=SLAVE\nmapedFileSizeCommitLog=1073741824\nfileReservedTime=48h\n",
	})[0]
	r := runValidate(t, "", file)
	want := fmt.Sprintf(
		"%[1]s:1: error: brokerRole: a SLAVE needs a brokerId above 0, and none is set: "+
			"RocketMQ leaves with 253; number the slaves of a master from 1\n"+
			"%[1]s:2: warning: mapedFileSizeCommitLog: Renamed in 4.5.2 and ignored since; "+
			"on a store with data keep the size that its files have, or the broker does not start; "+
			"did you mean mappedFileSizeCommitLog\n"+
			"%[1]s:3: warning: fileReservedTime: \"48h\" is not a whole number of 32 bits: "+
			"RocketMQ keeps the default 72; allowed: a whole number from 0 on\n", file)
	if r.code != exit.Config || r.out != want || r.errOut != "" {
		t.Errorf("exit code %d, want %d\ngot  %s\nwant %s\nerrors: %s", r.code, exit.Config, r.out, want, r.errOut)
	}
}

// TestValidateJSON: the fields and their names are what programs rely on.
func TestValidateJSON(t *testing.T) {
	file := confFiles(t, map[string]string{
		"broker.conf": "fileReservedTime=48 \nmapedFileSizeCommitLog=1\ninitAuthenticationUser=hunter2\n" +
			"brokerName=<a>\nenableControllerMode=true\nauthenticationMetadataProvider=a.B\n",
	})[0]
	r := runValidate(t, "", "--json", file)
	if r.code != exit.Config || r.errOut != "" {
		t.Errorf("exit code %d, want %d; %s", r.code, exit.Config, r.errOut)
	}
	want := []map[string]any{
		// What no line says has no line.
		{"file": file, "key": "controllerAddr", "severity": "error", "code": "no-controller",
			"message": "enableControllerMode=true needs"},
		{"file": file, "line": 1.0, "key": "fileReservedTime", "value": "48 ", "severity": "warning",
			"code": "not-a-number", "message": "RocketMQ keeps the default 72",
			"suggestion": "48", "allowed": "a whole number from 0 on"},
		{"file": file, "line": 2.0, "key": "mapedFileSizeCommitLog", "value": "1", "severity": "warning",
			"code": "unknown-key", "message": "4.5.2", "suggestion": "mappedFileSizeCommitLog"},
		{"file": file, "line": 3.0, "key": "initAuthenticationUser", "value": "******", "severity": "error",
			"code": "bad-json", "message": "it is no JSON object",
			"allowed": `a JSON object, {"username":"…","password":"…"}`},
		{"file": file, "line": 4.0, "key": "brokerName", "value": "<a>", "severity": "error", "code": "placeholder",
			"message": "<a> was never filled in", "allowed": "letters, digits, - and _"},
	}
	var got []map[string]any
	if err := json.Unmarshal([]byte(r.out), &got); err != nil {
		t.Fatalf("%v\n%s", err, r.out)
	}
	if len(got) != len(want) {
		t.Fatalf("%d findings, want %d:\n%s", len(got), len(want), r.out)
	}
	for i := range want {
		message, _ := got[i]["message"].(string)
		if piece := want[i]["message"].(string); !strings.Contains(message, piece) {
			t.Errorf("the message does not say %q: %s", piece, message)
		}
		want[i]["message"] = message
		if fmt.Sprint(got[i]) != fmt.Sprint(want[i]) {
			t.Errorf("got  %v\nwant %v", got[i], want[i])
		}
	}
	if !strings.Contains(r.out, "<a>") {
		t.Error("< is written as an escape, which nobody can read")
	}
}

func TestValidateJSONOfNothing(t *testing.T) {
	file := confFiles(t, map[string]string{"broker.conf": "brokerName=a\n"})[0]
	if r := runValidate(t, "", "--json", file); r.code != exit.OK || r.out != "[]\n" {
		t.Errorf("exit code %d, %q, want an empty list", r.code, r.out)
	}
	if r := runValidate(t, "", file); r.code != exit.OK || r.out != "" || r.errOut != "" {
		t.Errorf("exit code %d, %q, %q, want silence", r.code, r.out, r.errOut)
	}
}

func TestValidateExitCodes(t *testing.T) {
	good, warned, refused := "brokerName=a\n", "brokerName=a\ndiskMaxUsedSpaceRatio=99\n", "brokerRole=MASTER\n"
	tests := []struct {
		name string
		in   string
		args []string
		code int
		says string // on standard output, or on the other for a bad command line
	}{
		{"good", good, []string{"-"}, exit.OK, ""},
		{"warned", warned, []string{"-"}, exit.OK,
			"-:2: warning: diskMaxUsedSpaceRatio: RocketMQ takes 95 in place of 99"},
		{"warned, strict", warned, []string{"--strict", "-"}, exit.Config, "-:2: warning: diskMaxUsedSpaceRatio"},
		{"good, strict", good, []string{"--strict", "-"}, exit.OK, ""},
		{"refused", refused, []string{"-"}, exit.Config, "-:1: error: brokerRole"},
		{"flags behind the file", warned, []string{"-", "--strict", "--role", "broker"}, exit.Config, "-:2: warning"},
		{"an older release", "aclEnable=true\n", []string{"--release", "5.2.0", "-"}, exit.OK, ""},
		{"a newer release", "aclEnable=true\n", []string{"--release", "5.3.3", "-"}, exit.Config,
			"RocketMQ 5.3.3 reads it nowhere"},
		{"the newest release", "aclEnable=true\n", []string{"-"}, exit.Config, "RocketMQ 5.5.0 reads it nowhere"},
		{"a release between those that are known", "haSlaveFallbehindMax=1\n",
			[]string{"--release", "4.9.4", "-"}, exit.OK, ""},
		{"a role that says otherwise", "listenPort=9876\nbrokerName=a\n",
			[]string{"--role", "namesrv", "-"}, exit.OK, "the name server does not read it"},
		{"a controller", "controllerDLegerSelfId=n0\n", []string{"--role=controller", "-"}, exit.Config,
			"controllerDLegerPeers is not set"},
		{"a proxy", "{\"grpcServerPort\": \"x\"}", []string{"--role", "proxy", "-"}, exit.Config,
			"the proxy leaves with 1"},
		{"what Java does not read", "a=1\nb=C:\\users\n", []string{"-"}, exit.Config, "-:2: error: malformed escape"},

		{"no file", "", nil, exit.Usage, "usage: rocketmq-agent validate"},
		{"no such flag", "", []string{"--port", "-"}, exit.Usage, "usage: rocketmq-agent validate"},
		{"no such role", "", []string{"--role", "brocker", "-"}, exit.Usage, "brocker"},
		{"standalone has no file of its own", "", []string{"--role", "standalone", "-"}, exit.Usage,
			"allowed: broker, namesrv, controller, proxy"},
		{"no release", "", []string{"--release", "latest", "-"}, exit.Usage, "allowed: a release of RocketMQ"},
		{"a flag without its value", "", []string{"-", "--release"}, exit.Usage, "usage: rocketmq-agent validate"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := runValidate(t, tt.in, tt.args...)
			if r.code != tt.code {
				t.Errorf("exit code %d, want %d\n%s%s", r.code, tt.code, r.out, r.errOut)
			}
			said, silent := r.out, r.errOut
			if tt.code == exit.Usage {
				said, silent = silent, said
			}
			if !strings.Contains(said, tt.says) || silent != "" || tt.says == "" && said != "" {
				t.Errorf("want %q\ngot  %q\nand  %q", tt.says, said, silent)
			}
		})
	}
}

// TestValidateReleaseOfTheHome: without --release it is the RocketMQ that is there that counts.
func TestValidateReleaseOfTheHome(t *testing.T) {
	home := t.TempDir()
	if err := os.Mkdir(filepath.Join(home, "lib"), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, jar := range []string{"rocketmq-broker-5.2.0.jar", "rocketmq-common-5.2.0.jar"} {
		if err := os.WriteFile(filepath.Join(home, "lib", jar), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("ROCKETMQ_HOME", home)
	for _, tt := range []struct {
		args []string
		code int
	}{{[]string{"-"}, exit.OK}, {[]string{"-", "--release", "5.5.0"}, exit.Config}} {
		if code := Run(append([]string{"validate"}, tt.args...), Env{
			In:  strings.NewReader("aclEnable=true\n"),
			Out: io.Discard,
			Err: io.Discard,
		}); code != tt.code {
			t.Errorf("%v: exit code %d, want %d", tt.args, code, tt.code)
		}
	}
}

// TestValidateSeveralFiles: one bad file does not hide the others, whatever is wrong with it,
// and they keep their order.
func TestValidateSeveralFiles(t *testing.T) {
	paths := confFiles(t, map[string]string{
		"1-broker.conf":    "fileReservedTime=x\n",
		"2-broker.conf":    "a=\\u12\n",
		"3-namesrv.conf":   "brokerName=a\n",
		"4-rmq-proxy.json": "{",
		"5-broker.conf":    "brokerName=a\n",
	})
	missing := filepath.Join(t.TempDir(), "broker.conf")
	r := runValidate(t, "brokerRole=MASTER\n", append(append(paths, missing, t.TempDir()), "-")...)
	if r.code != exit.Config {
		t.Errorf("exit code %d, want %d", r.code, exit.Config)
	}
	var files []string
	for line := range strings.Lines(r.out) {
		for _, says := range []string{
			"1-broker.conf:1: warning: fileReservedTime",
			"2-broker.conf:1: error: malformed",
			"3-namesrv.conf:1: warning: brokerName",
			"4-rmq-proxy.json:1: error: it ends",
			missing + ": error: it cannot be read",
			": error: it cannot be read",
			"-:1: error: brokerRole",
		} {
			if strings.Contains(line, says) {
				files = append(files, says)
				break
			}
		}
	}
	if len(files) != 7 || strings.Count(r.out, "\n") != 7 ||
		files[4] != missing+": error: it cannot be read" || files[6] != "-:1: error: brokerRole" {
		t.Errorf("got %q\n%s", files, r.out)
	}
}

// TestValidateGuess: what nobody says, the name of the file says, else its keys.
func TestValidateGuess(t *testing.T) {
	// A text whose findings tell the roles apart: each of them has one of the keys only.
	const text = "brokerName=a\nkvConfigPath=/a\nelectMasterMaxRetryCount=3\n"
	const broker = "and the broker does not read it"
	const namesrv = "and the name server does not read it"
	const controller = "and the controller does not read it"
	tests := []struct {
		name, text, says string
	}{
		{"broker.conf", text, broker},
		{"my-Broker-a.properties", text, broker},
		{"namesrv.conf", text, namesrv},
		{"nameserver.conf", text, namesrv},
		{"rmqcontroller.conf", text, controller},
		{"broker-of-controller.conf", text, broker},           // the first word counts,
		{"controller-of-brokers.conf", text, controller},      // not one by chance
		{"a.conf", "brokerName=a\nkvConfigPath=/a\n", broker}, // as many keys of each
		{"b.conf", "brokerName=a\nkvConfigPath=/a\nenableTopicList=true\n", namesrv},
		// A name server may have these too.
		{"c.conf", "brokerName=a\ncontrollerDLegerGroup=g\ncontrollerDLegerSelfId=n0\n", controller},
		{"d.conf", "brokerName=a\ncontrollerDLegerGroup=g\nenableControllerInNamesrv=false\n", namesrv},
		{"e.conf", "", ""},
		{"proxy.json", `{"brokerName": "a"}`, "and the proxy does not read it"},
		{"f.conf", "\ufeff\n {\"brokerName\": \"a\"}", "and the proxy does not read it"},
	}
	for _, tt := range tests {
		for range 8 { // no map's order
			path := confFiles(t, map[string]string{tt.name: tt.text})[0]
			r := runValidate(t, "", path)
			if !strings.Contains(r.out, tt.says) || tt.says == "" && r.out != "" {
				t.Errorf("%s: want %q, got\n%s", tt.name, tt.says, r.out)
				break
			}
		}
	}
}

// BenchmarkValidateFiles runs the whole command on 1000 files, as a build that checks a fleet's configuration does.
func BenchmarkValidateFiles(b *testing.B) {
	b.Setenv("ROCKETMQ_HOME", "")
	texts := map[string]string{}
	for i := range 1000 {
		texts[fmt.Sprintf("broker-%03d.conf", i)] = fmt.Sprintf(`# broker %d
brokerClusterName=DefaultCluster
brokerName=broker-%d
brokerId=0
brokerRole=ASYNC_MASTER
flushDiskType=ASYNC_FLUSH
namesrvAddr=a:9876;b:9876
brokerIP1=10.0.%d.%d
defaultTopicQueueNums=4
autoCreateTopicEnable=true
autoCreateSubscriptionGroup=true
listenPort=10911
haListenPort=10912
deleteWhen=04
fileReservedTime=120h
mapedFileSizeCommitLog=1073741824
mapedFileSizeConsumeQueue=300000
diskMaxUsedSpaceRatio=99
storePathRootDir=/home/rocketmq/store
storePathCommitLog=/home/rocketmq/store/commitlog
storePathConsumeQueue=/home/rocketmq/store/consumequeue
maxMessageSize=65536
sendMessageThreadPoolNums=16
pullMessageThreadPoolNums=16
waitTimeMillsInSendQueue=1000
osPageCacheBusyTimeOutMills=2000
transientStorePoolEnable=false
traceTopicEnable=true
flushComitLogTimed=true
messageDelayLevel=1s 5s 10s 30s 1m 2m 3m 4m 5m 6m 7m 8m 9m 10m 20m 30m 1h 2h
`, i, i, i/250, i%250)
	}
	paths := confFiles(b, texts)
	b.ResetTimer()
	for b.Loop() {
		if code := Run(append([]string{"validate"}, paths...), Env{Out: io.Discard, Err: io.Discard}); code != exit.OK {
			b.Fatalf("exit code %d", code)
		}
	}
	b.ReportMetric(float64(len(paths)*b.N)/b.Elapsed().Seconds(), "files/s")
}
