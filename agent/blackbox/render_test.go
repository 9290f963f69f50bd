package blackbox

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"rocketmq-agent/agent/explain"
	"rocketmq-agent/agent/javaprops"
	"rocketmq-agent/agent/testing/rmqtest"
)

// rendered is what `render` did.
type rendered struct {
	code        int
	out, errOut string
}

// runRender runs the real command in the same environment as startAgent runs `run`.
func runRender(t *testing.T, dir string, env []string, args ...string) rendered {
	t.Helper()
	cmd := exec.Command(program(t, agentProgram, raceFlags...), append([]string{"render"}, args...)...)
	cmd.Env = append([]string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + dir, "TMPDIR=" + filepath.Join(dir, "tmp"), "POD_IP=127.0.0.1",
		"ROCKETMQ_HOME=" + rmqtest.Home(t), "RMQ_GRACE_PERIOD=60s",
		"JAVA_OPT_EXT=-Xms256m -Xmx256m -XX:-UsePerfData", "RMQ_CONF_mappedFileSizeCommitLog=67108864",
	}, env...)
	var out, errOut bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errOut
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return rendered{cmd.ProcessState.ExitCode(), out.String(), errOut.String()}
}

// mustRender is runRender of a command that has nothing to complain about.
func mustRender(t *testing.T, dir string, env []string, args ...string) string {
	t.Helper()
	r := runRender(t, dir, env, args...)
	if r.code != 0 || r.errOut != "" {
		t.Fatalf("exit code %d\n%s", r.code, r.errOut)
	}
	return r.out
}

func writeText(t *testing.T, dir, name, text string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// filesBelow lists what is below a folder, without the folders that are there from the start.
func filesBelow(t *testing.T, dir string) (all []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && path != dir {
			all = append(all, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// provider is where a broker keeps its accounts.
const provider = "org.apache.rocketmq.auth.authentication.provider.LocalAuthenticationMetadataProvider"

// `render` alone prints each file under its name, starts nothing and leaves nothing behind.
func TestRenderShowsTheFiles(t *testing.T) {
	dir, conf := t.TempDir(), t.TempDir()
	file := writeText(t, conf, "my.conf", "fileReservedTime=24\nauthenticationMetadataProvider="+provider+
		"\ninitAuthenticationUser={\"username\":\"hidden\",\"password\":\"hidden\"}\n")
	env := []string{"POD_NAME=mq-1", "RMQ_CLUSTER_NAME=prod", "RMQ_CONF_deleteWhen=05"}
	out := mustRender(t, dir, env, "broker", "-c", file, "-n", "ns:9876")
	const want = `# broker.conf
authenticationMetadataProvider=` + provider + `
brokerClusterName=prod
brokerIP1=127.0.0.1
brokerIP2=127.0.0.1
brokerId=0
brokerName=mq-1
brokerRole=ASYNC_MASTER
deleteWhen=05
fileReservedTime=24
haListenPort=10912
initAuthenticationUser=******
listenPort=10911
mappedFileSizeCommitLog=67108864
namesrvAddr=ns:9876
storePathRootDir=%s/store
transactionMetricFlushInterval=1000
updateNameServerAddrPeriod=10000

`
	if text := fmt.Sprintf(want, dir); out != text {
		t.Errorf("got\n%s\nwant\n%s", out, text)
	}
	for role, files := range map[string][]string{
		"":                      {"# namesrv.conf", "# broker.conf"},
		"namesrv":               {"# namesrv.conf"},
		"controller":            {"# controller.conf"},
		"proxy":                 {"# rmq-proxy.json"},
		"broker":                {"# broker.conf"},
		"broker --enable-proxy": {"# broker.conf", "# rmq-proxy.json"},
	} {
		// The commit log's size is a key of brokers alone, and a name server says so.
		// Without a name server a broker warns.
		r := runRender(t, dir, []string{"NAMESRV_ADDR=ns:9876"}, strings.Fields(role)...)
		var got []string
		for line := range strings.Lines(r.out) {
			if strings.HasPrefix(line, "# ") {
				got = append(got, strings.TrimSpace(line))
			}
		}
		if r.code != 0 || !slices.Equal(got, files) {
			t.Errorf("%q: exit code %d, files %q, want %q\n%s", role, r.code, got, files, r.errOut)
		}
	}
	if left := filesBelow(t, dir); len(left) > 0 {
		t.Errorf("it left %q behind", left)
	}
}

func TestRenderExplains(t *testing.T) {
	dir, conf := t.TempDir(), t.TempDir()
	file := writeText(t, conf, "my.conf", "# mine\nnamesrvAddr=file:1\nfileReservedTime=24\n")
	env := []string{"POD_NAME=mq-5", "RMQ_TOPOLOGY=replicas", "RMQ_GROUP_SIZE=2", "RMQ_CONF_namesrvAddr=conf:1"}
	args := []string{"broker", "-c", file, "-n", "ns:9876", "--explain"}
	text := mustRender(t, dir, env, args...)
	for _, line := range []string{
		"# broker, RocketMQ ",
		"topology replicas", "ordinal 5 from POD_NAME", "group size 2", "group 2", "index 1", "address POD_IP",
		"KEY VALUE SOURCE DEFAULT CHANGE",
		"brokerId 1 the topology replicas 0 never",
		"brokerRole SLAVE the topology replicas ASYNC_MASTER",
		"namesrvAddr ns:9876 the command line, instead of conf:1 (RMQ_CONF_namesrvAddr), " +
			"instead of file:1 (" + file + ":2)",
		"fileReservedTime 24 " + file + ":3 72 live",
		"-Xmx256m JAVA_OPT_EXT",
		"memory: ",
	} {
		begins := func(l string) bool { return strings.HasPrefix(strings.Join(strings.Fields(l), " "), line) }
		if !slices.ContainsFunc(strings.Split(text, "\n"), begins) {
			t.Errorf("no line begins with %q in\n%s", line, text)
		}
	}
	var all []explain.Process
	d := json.NewDecoder(strings.NewReader(mustRender(t, dir, env, append(args, "--json")...)))
	d.DisallowUnknownFields()
	if err := d.Decode(&all); err != nil || len(all) != 1 || d.More() {
		t.Fatalf("%d processes, error %v", len(all), err)
	}
	// Both forms show the same.
	var again bytes.Buffer
	if err := all[0].Write(&again); err != nil || again.String() != text {
		t.Errorf("error %v, the JSON says\n%s\nthe text\n%s", err, again.String(), text)
	}
	i := slices.IndexFunc(all[0].Settings, func(s explain.Setting) bool { return s.Key == "namesrvAddr" })
	displaced := []explain.Displaced{
		{Value: "conf:1", Source: "RMQ_CONF_namesrvAddr"},
		{Value: "file:1", Source: file + ":2"},
	}
	if i < 0 || !slices.Equal(all[0].Settings[i].Displaced, displaced) {
		t.Errorf("got %+v", all[0].Settings)
	}
	starts := func(f explain.Flag) bool { return strings.HasSuffix(f.Text, "BrokerStartup") }
	if !slices.ContainsFunc(all[0].JVM, starts) {
		t.Errorf("the command line is %+v", all[0].JVM)
	}
}

// What `render --out` writes is, byte by byte, what `run` writes for itself in the same environment: both use one plan.
func TestRenderWritesWhatRunUses(t *testing.T) {
	for _, inside := range []bool{false, true} {
		t.Run(fmt.Sprintf("proxy inside %t", inside), func(t *testing.T) {
			dir, conf := t.TempDir(), t.TempDir()
			port := rmqtest.FreePort(t)
			env := []string{
				"POD_NAME=mq-3", "RMQ_TOPOLOGY=replicas", "RMQ_GROUP_SIZE=2", "RMQ_REPLICATION=sync",
				"RMQ_CONFIG_DIR=" + conf, "RMQ_CONF_listenPort=" + strconv.Itoa(port), "RMQ_CLUSTER_NAME=ü\\=x",
				"RMQ_CONF_tlsKeyPassword_FILE=" + writeText(t, conf, "secret", "geheim ü\n"), "RMQ_STORE_PER_POD=true",
			}
			writeText(t, conf, "broker.conf",
				"fileReservedTime=24\nstorePathCommitLog="+filepath.Join(dir, "store", "log")+"\n")
			names, args := []string{"broker.conf"}, []string{"broker", "-n", "127.0.0.1:1"}
			if inside {
				writeText(t, conf, "rmq-proxy.json", fmt.Sprintf(
					`{"remotingListenPort": %d, "grpcServerPort": %d} // ours`,
					rmqtest.FreePort(t), rmqtest.FreePort(t)))
				names, args = append(names, "rmq-proxy.json"), append(args, "--enable-proxy")
			}
			out := filepath.Join(dir, "new", "out")
			if r := runRender(t, dir, env, append(args, "--out", out)...); r.code != 0 || r.out != "" {
				t.Fatalf("exit code %d\n%s%s", r.code, r.out, r.errOut)
			}
			a := startAgent(t, dir, env, args...)
			private := filepath.Join(dir, "tmp",
				fmt.Sprintf("rocketmq-agent-%d", os.Geteuid()), "broker-"+strconv.Itoa(port))
			for _, name := range names {
				var used []byte
				rmqtest.Eventually(t, 30*time.Second, func() (err error) {
					used, err = os.ReadFile(filepath.Join(private, name))
					return err
				})
				wrote, err := os.ReadFile(filepath.Join(out, name))
				if err != nil || !bytes.Equal(wrote, used) {
					t.Errorf("render wrote\n%s\nrun uses\n%s\nerror %v", wrote, used, err)
				}
			}
			a.cleanUp()
			var left []string
			for _, path := range filesBelow(t, out) {
				left = append(left, filepath.Base(path))
			}
			if !slices.Equal(left, names) {
				t.Errorf("the folder holds %q, not %q", left, names)
			}
		})
	}
}

func TestRenderRefuses(t *testing.T) {
	dir, conf := t.TempDir(), t.TempDir()
	slave := writeText(t, conf, "slave.conf", "fileReservedTime=48\nbrokerRole=SLAVE\n")
	plain := writeText(t, conf, "plain", "")
	for _, c := range []struct {
		name string
		env  []string
		args []string
		code int
		says []string // of each line one part, in their order
	}{
		{"an unknown role", nil, []string{"brocker"}, 64, []string{`unknown role "brocker"`}},
		{"an unknown option", nil, []string{"broker", "--port", "1"}, 64, []string{"unknown option --port"}},
		{"JSON of nothing", nil, []string{"broker", "--json"}, 64, []string{"option --json belongs to --explain"}},
		{"two of one", nil, []string{"broker", "--explain", "--out", conf}, 64,
			[]string{"--out writes files and --explain shows them: use one"}},
		{"no folder", nil, []string{"broker", "--out"}, 64, []string{"option --out needs a folder"}},
		{"an empty folder", nil, []string{"broker", "--out="}, 64, []string{"option --out needs a folder"}},
		{"an empty word", nil, []string{"broker", "--out", ""}, 64, []string{"option --out needs a folder"}},
		{"an option for a folder", nil, []string{"broker", "--out", "--explain"}, 64,
			[]string{"option --out needs a folder"}},
		{"what only run has", nil, []string{"broker", "-p", "--explain"}, 64, []string{"-p, -m and -h belong to run"}},
		{"two bad settings", []string{"RMQ_GROUP_SIZE=0", "RMQ_ORDINAL=x"}, []string{"broker"}, 78,
			[]string{`RMQ_GROUP_SIZE="0"`, `RMQ_ORDINAL="x"`}},
		{"a bad option and a bad setting", []string{"RMQ_ORDINAL=x"}, []string{"--nope"}, 64,
			[]string{"--nope", `RMQ_ORDINAL="x"`}},
		{"two contradictions", []string{"RMQ_TOPOLOGY=masters", "RMQ_CONF_brokerId=7"},
			[]string{"broker", "-c", slave}, 78, []string{
				"RMQ_CONF_brokerId sets brokerId=7, but the topology masters makes it 0",
				slave + ":2 sets brokerRole=SLAVE, but the topology masters makes it ASYNC_MASTER",
			}},
		{"no identity", []string{"RMQ_TOPOLOGY=dledger"}, []string{"broker"}, 78,
			[]string{"RMQ_GROUP_SIZE is not set"}},
		{"a controller that knows no other", []string{"POD_NAME=ctl-0", "RMQ_GROUP_SIZE=3"}, []string{"controller"}, 78,
			[]string{"controllerDLegerPeers is not set"}},
		{"no RocketMQ", []string{"ROCKETMQ_HOME=/etc"}, []string{"broker"}, 78, []string{"/etc"}},
		{"no Java", []string{"PATH=/nowhere"}, []string{"broker"}, 127, []string{"java"}},
		{"a file in the place of the folder", nil, []string{"broker", "-n", "ns:1", "--out", plain}, 77,
			[]string{plain}},
		{"a folder that cannot be", nil, []string{"broker", "-n", "ns:1", "--out", "/proc/x/y"}, 77,
			[]string{"/proc/x"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := runRender(t, dir, c.env, c.args...)
			lines := strings.Split(strings.TrimSuffix(r.errOut, "\n"), "\n")
			if r.code != c.code || r.out != "" || len(lines) != len(c.says) {
				t.Fatalf("exit code %d, want %d\n%s%s", r.code, c.code, r.errOut, r.out)
			}
			for i, text := range c.says {
				if !strings.Contains(lines[i], text) {
					t.Errorf("line %d does not say %q:\n%s", i+1, text, r.errOut)
				}
			}
		})
	}
}

func TestRenderNamesWhatIsWrongWithATemplate(t *testing.T) {
	dir := t.TempDir()
	for name, c := range map[string]struct{ role, text, want string }{
		"a field": {"broker", "a=1\nb={{.Clustername}}\n",
			"broker.conf.tmpl:2: there is no field .Clustername; fields: .ClusterName .Namesrv"},
		"a function": {"namesrv", "a=1\n\nb={{upper .PodIP}}\n",
			`namesrv.conf.tmpl:3: function "upper" not defined; functions: escape json`},
		"an end": {"controller", "{{if .PodIP}}\nb=1\n", "controller.conf.tmpl:3: unexpected EOF"},
		"JSON":   {"proxy", "{\n\"a\": {{json .Nope}}}", "rmq-proxy.json.tmpl:2: there is no field .Nope; fields:"},
	} {
		t.Run(name, func(t *testing.T) {
			conf := t.TempDir()
			file := "rmq-proxy.json.tmpl"
			if c.role != "proxy" {
				file = c.role + ".conf.tmpl"
			}
			writeText(t, conf, file, c.text)
			env := []string{"RMQ_CONFIG_DIR=" + conf, "NAMESRV_ADDR=ns:1", "ROCKETMQ_HOME=" + homeWithoutFiles(t)}
			r := runRender(t, dir, env, c.role)
			if r.code != 78 || r.out != "" || !strings.Contains(r.errOut, filepath.Join(conf, c.want)) {
				t.Errorf("exit code %d, want 78 and %q\n%s%s", r.code, c.want, r.errOut, r.out)
			}
		})
	}
}

// homeWithoutFiles is a RocketMQ without configuration files. A proxy's own would be taken before a template.
func homeWithoutFiles(t *testing.T) string {
	t.Helper()
	home := t.TempDir()
	if err := os.Symlink(filepath.Join(rmqtest.Home(t), "lib"), filepath.Join(home, "lib")); err != nil {
		t.Fatal(err)
	}
	return home
}

// A warning is printed beside the file, and RMQ_CONFIG_STRICT makes the same words refuse it.
func TestRenderStrict(t *testing.T) {
	dir := t.TempDir()
	file := writeText(t, t.TempDir(), "my.conf", "a=1\nfileReservedtime=48\n")
	args := []string{"broker", "-c", file, "-n", "ns:1"}
	loose := runRender(t, dir, nil, args...)
	if loose.code != 0 || !strings.Contains(loose.errOut, file+":2: warning: fileReservedtime: ") ||
		!strings.Contains(loose.errOut, "did you mean fileReservedTime") {
		t.Errorf("exit code %d\n%s", loose.code, loose.errOut)
	}
	if !strings.Contains(loose.out, "\nfileReservedtime=48\n") {
		t.Errorf("the file lacks the key: RocketMQ, not the agent, drops it\n%s", loose.out)
	}
	strict := runRender(t, dir, []string{"RMQ_CONFIG_STRICT=true"}, args...)
	if strict.code != 78 || strict.out != "" || !strings.Contains(strict.errOut, file+":2: ") ||
		strings.Count(strict.errOut, "\n") != 2 {
		t.Errorf("exit code %d\n%s%s", strict.code, strict.errOut, strict.out)
	}
	if r := runRender(t, dir, []string{"RMQ_CONFIG_STRICT=false"}, args...); r != loose {
		t.Errorf("false is not the default: %+v", r)
	}
}

// A secret that a file holds gets into the file that RocketMQ reads, and never into anything that is printed: not as a
// value, not as what was displaced, not in a warning about it, not in a refusal because of it.
func TestRenderNeverShowsSecrets(t *testing.T) {
	dir, conf := t.TempDir(), t.TempDir()
	const hidden = "s3cr3t-9876"
	secret := writeText(t, conf, "secret", hidden+"\n")
	user := writeText(t, conf, "user", `{"username":"admin","password":"`+hidden+`"}`+"\n")
	from := func(key string) string { return "RMQ_CONF_" + key + "_FILE=" + secret }
	base := []string{"POD_NAME=mq-0", "NAMESRV_ADDR=ns:1"}
	for _, c := range []struct {
		name string
		env  []string
		role string
		key  string // what --out must hold; empty: refused
		file string
	}{
		{"a key of a secret",
			[]string{"RMQ_CONF_initAuthenticationUser_FILE=" + user, "RMQ_CONF_authenticationMetadataProvider=" + provider},
			"broker", "initAuthenticationUser", "broker.conf"},
		{"no account", []string{from("initAuthenticationUser")}, "broker", "", ""},
		{"a key like any other", []string{from("brokerClusterName")}, "broker", "brokerClusterName", "broker.conf"},
		{"no number", []string{from("fileReservedTime")}, "broker", "fileReservedTime", "broker.conf"},
		{"no switch", []string{from("autoCreateTopicEnable")}, "broker", "autoCreateTopicEnable", "broker.conf"},
		{"no choice", []string{from("flushDiskType")}, "broker", "", ""},
		{"an unknown key", []string{from("myOwnKey")}, "broker", "myOwnKey", "broker.conf"},
		{"a misspelt key", []string{from("filereservedTime")}, "broker", "filereservedTime", "broker.conf"},
		{"a folder", []string{from("storePathRootDir"), "RMQ_STORE_PER_POD=true"},
			"broker", "storePathRootDir", "broker.conf"},
		{"a contradiction", []string{from("brokerName")}, "broker", "", ""},
		{"two settings", []string{from("namesrvAddr"), "RMQ_NAMESRV=a:1"}, "broker", "", ""},
		{"a bad address", []string{from("namesrvAddr")}, "broker", "", ""},
		{"peers", []string{from("dLegerPeers"), "RMQ_TOPOLOGY=dledger", "RMQ_GROUP_SIZE=3"}, "broker", "", ""},
		{"a name server's", []string{from("kvConfigPath")}, "namesrv", "kvConfigPath", "namesrv.conf"},
		{"a controller's group", []string{from("controllerDLegerGroup")},
			"controller", "controllerDLegerGroup", "controller.conf"},
		{"a member", []string{from("controllerDLegerSelfId")}, "controller", "", ""},
		{"a proxy's", []string{from("proxyName")}, "proxy", "proxyName", "rmq-proxy.json"},
		{"a proxy's number", []string{from("grpcServerPort")}, "proxy", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			env, out := append(slices.Clone(base), c.env...), filepath.Join(t.TempDir(), "out")
			for _, args := range [][]string{
				{c.role}, {c.role, "--explain"}, {c.role, "--explain", "--json"}, {c.role, "--out", out},
			} {
				r := runRender(t, dir, env, args...)
				if (r.code == 0) != (c.key != "") || strings.Contains(r.out+r.errOut, hidden) {
					t.Errorf("%q: exit code %d\n%s%s", args, r.code, r.errOut, r.out)
				}
			}
			r := runRender(t, dir, append(env, "RMQ_CONFIG_STRICT=true"), c.role)
			if strings.Contains(r.out+r.errOut, hidden) {
				t.Errorf("strict: exit code %d\n%s%s", r.code, r.errOut, r.out)
			}
			if c.key == "" {
				return
			}
			text, err := os.ReadFile(filepath.Join(out, c.file))
			if err != nil || !holds(t, c.file, text, c.key, hidden) {
				t.Errorf("%s, error %v, holds no %s:\n%s", c.file, err, c.key, text)
			}
			if info, err := os.Stat(filepath.Join(out, c.file)); err == nil && info.Mode().Perm()&0o007 != 0 {
				t.Errorf("others can read it: %v", info.Mode())
			}
		})
	}
}

// holds says whether a configuration file has a key whose value contains text.
func holds(t *testing.T, name string, file []byte, key, text string) bool {
	t.Helper()
	if strings.HasSuffix(name, ".json") {
		var object map[string]any
		err := json.Unmarshal(file, &object)
		return err == nil && strings.Contains(fmt.Sprint(object[key]), text)
	}
	props, err := javaprops.Parse(file)
	if err != nil {
		t.Fatal(err)
	}
	return slices.ContainsFunc(props, func(p javaprops.Property) bool {
		return p.Key == key && strings.Contains(p.Value, text)
	})
}
