package plan

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"rocketmq-agent/agent/cmdline"
	"rocketmq-agent/agent/config"
	"rocketmq-agent/agent/exit"
	"rocketmq-agent/agent/identity"
	"rocketmq-agent/agent/javaprops"
	"rocketmq-agent/agent/keys"
	"rocketmq-agent/agent/launch"
	"rocketmq-agent/agent/memory"
	"rocketmq-agent/agent/reach"
	"rocketmq-agent/agent/rmq"
	"rocketmq-agent/agent/settings"
)

var table = sync.OnceValues(keys.Load)

// machine is one with RocketMQ of a release, Java 25 and 4 GiB, and nothing mounted.
func machine(t *testing.T, release string) Files {
	t.Helper()
	dir := t.TempDir()
	lib := filepath.Join(dir, "rocketmq", "lib")
	if err := os.MkdirAll(lib, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(lib, "rocketmq-broker-"+release+".jar"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	home, err := launch.FindHome(filepath.Join(dir, "rocketmq"))
	if err != nil {
		t.Fatal(err)
	}
	known, err := table()
	if err != nil {
		t.Fatal(err)
	}
	templates, err := config.ReadTemplates("")
	if err != nil {
		t.Fatal(err)
	}
	return Files{
		Home:      home,
		Java:      launch.Java{Path: "/jre/bin/java", Major: 25},
		Limit:     memory.Limit{Bytes: 4 << 30, Source: "/sys/fs/cgroup/memory.max", Capped: true},
		Keys:      known,
		Templates: templates,
		UID:       3000,
		CanWrite:  func(string) error { return nil },
		Owner:     func(string) (identity.Owner, bool) { return identity.Owner{}, false },
		Reach:     func([]string) reach.Found { return reach.Found{} },
	}
}

// pod is what the pod of a StatefulSet is told.
func pod(name string) settings.Settings {
	return settings.Settings{
		Replication: rmq.Async,
		Pod: settings.Pod{
			Name:         name,
			Hostname:     name,
			IP:           "10.1.2.3",
			FQDN:         name + ".mq.svc",
			InKubernetes: true,
			InContainer:  true,
		},
		Java: settings.Java{Home: "/home/rocketmq"},
	}
}

// file is a mounted properties file.
func file(t *testing.T, text string) config.Layer {
	t.Helper()
	props, err := javaprops.Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return config.Layer{Name: "/etc/broker.conf", Props: props}
}

func mustMake(t *testing.T, s settings.Settings, args cmdline.Run, f Files) Plan {
	t.Helper()
	p, err := Make(s, args, f)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// listens is every port of every process.
func listens(p Plan) string {
	var all []string
	for _, process := range p.Processes {
		all = append(all, string(process.Role))
		for _, port := range process.Ports {
			all = append(all, port.Addr())
		}
	}
	return strings.Join(all, " ")
}

func TestWhatRuns(t *testing.T) {
	ns := rmq.AddrList{"ns:9876"}
	tests := []struct {
		name string
		s    func(*settings.Settings)
		args cmdline.Run
		file string
		want string
	}{
		{"nothing said", nil, cmdline.Run{}, "", "namesrv :9876 broker :10911 :10909 :10912"},
		{"by the environment", func(s *settings.Settings) { s.Role = rmq.Namesrv }, cmdline.Run{}, "", "namesrv :9876"},
		{
			"the command line before the environment",
			func(s *settings.Settings) { s.Role = rmq.Namesrv },
			cmdline.Run{Role: rmq.Controller}, "", "controller :9878",
		},
		{"proxy", nil, cmdline.Run{Role: rmq.Proxy}, "", "proxy :8080 :8081"},
		{
			"a proxy in a broker", nil, cmdline.Run{Role: rmq.Broker, EnableProxy: true, Namesrv: ns}, "",
			"broker :10911 :10909 :10912 :8080 :8081",
		},
		{
			"the same by its other name", nil, cmdline.Run{Role: rmq.Proxy, ProxyMode: "local", Namesrv: ns}, "",
			"broker :10911 :10909 :10912 :8080 :8081",
		},
		{
			"controllers inside name servers",
			func(s *settings.Settings) { s.Role, s.Topology, s.GroupSize = rmq.Namesrv, rmq.ControllerMode, 3 },
			cmdline.Run{}, "", "namesrv :9876 :9878",
		},
		{
			"a jRaft controller of its own", nil, cmdline.Run{Role: rmq.Controller},
			"controllerType=jRaft\njRaftServerId=b:9881\n" +
				"jRaftInitConf=a:9880,b:9881,c:9882\njRaftControllerRPCAddr=a:9770,b:9771,c:9772\n",
			"controller :9771 :9881",
		},
		{
			"DLedger, which opens no HA port",
			func(s *settings.Settings) { s.Topology, s.GroupSize = rmq.DLedger, 3 },
			cmdline.Run{Role: rmq.Broker, Namesrv: ns}, "", "broker :10911 :10909 :40911",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s, f := pod("mq-0"), machine(t, "5.5.0")
			if tt.s != nil {
				tt.s(&s)
			}
			f.Config = file(t, tt.file)
			if got := listens(mustMake(t, s, tt.args, f)); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

// Whose a store is, of all modes; what is not known is left open.
func TestOwners(t *testing.T) {
	broker := cmdline.Run{Role: rmq.Broker, Namesrv: rmq.AddrList{"ns:9876"}}
	const group = "dLegerGroup=g\ndLegerPeers=n0-a:1;n1-b:1;n2-c:1\ndLegerSelfId=n2\n"
	tests := []struct {
		name string
		s    func(*settings.Settings)
		args cmdline.Run
		file string
		want identity.Owner
	}{
		{"a master", nil, broker, "",
			identity.Owner{Mode: identity.Plain, Cluster: "DefaultCluster", Name: "mq-3", Member: "0"}},
		{
			"a slave", func(s *settings.Settings) { s.Topology, s.GroupSize = rmq.Replicas, 2 }, broker, "",
			identity.Owner{Mode: identity.Plain, Cluster: "DefaultCluster", Name: "mq-1", Member: "1"},
		},
		{
			"DLedger", func(s *settings.Settings) { s.Topology, s.GroupSize = rmq.DLedger, 3 }, broker, "",
			identity.Owner{Mode: identity.DLedger, Cluster: "DefaultCluster", Name: "mq-1", Member: "n0"},
		},
		{
			"elected by controllers", func(s *settings.Settings) { s.Topology, s.GroupSize = rmq.ControllerMode, 2 },
			broker, "",
			identity.Owner{Mode: identity.Controlled, Cluster: "DefaultCluster", Name: "mq-1", Member: "1"},
		},
		{
			"a file that makes a slave", nil, broker, "brokerName=b\nbrokerId=2\nbrokerRole=SLAVE\n",
			identity.Owner{Mode: identity.Plain, Cluster: "DefaultCluster", Name: "b", Member: "2"},
		},
		{
			"a file that gives a master an id", nil, broker, "brokerName=b\nbrokerId=2\n",
			identity.Owner{Mode: identity.Plain, Cluster: "DefaultCluster", Name: "b", Member: "0"},
		},
		{
			"a file that makes a member", nil, broker,
			"brokerName=b\nbrokerClusterName=c\nenableDLegerCommitLog=true\n" + group,
			identity.Owner{Mode: identity.DLedger, Cluster: "c", Name: "b", Member: "n2"},
		},
		{
			"a file under controllers", nil, broker, "brokerName=b\nenableControllerMode=true\ncontrollerAddr=c:9878\n",
			identity.Owner{Mode: identity.Controlled, Cluster: "DefaultCluster", Name: "b"},
		},
		{
			"a file without a name", nil, broker, "brokerRole=ASYNC_MASTER\n",
			identity.Owner{Mode: identity.Plain, Cluster: "DefaultCluster", Member: "0"},
		},
		{
			"a controller", func(s *settings.Settings) { s.GroupSize = 5 }, cmdline.Run{Role: rmq.Controller}, "",
			identity.Owner{Mode: identity.ControllerStore, Name: "group1", Member: "n3"},
		},
		{
			"a controller in a name server",
			func(s *settings.Settings) { s.Topology, s.GroupSize = rmq.ControllerMode, 5 },
			cmdline.Run{Role: rmq.Namesrv}, "",
			identity.Owner{Mode: identity.ControllerStore, Name: "group1", Member: "n3"},
		},
		{"a name server keeps nothing", nil, cmdline.Run{Role: rmq.Namesrv}, "", identity.Owner{}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s, f := pod("mq-3"), machine(t, "5.5.0")
			if tt.s != nil {
				tt.s(&s)
			}
			f.Config = file(t, tt.file)
			p := mustMake(t, s, tt.args, f).Processes[0]
			if p.Owner != tt.want || (p.Store == "") != (tt.want == identity.Owner{}) {
				t.Errorf("the store %q is %+v's, want %+v", p.Store, p.Owner, tt.want)
			}
		})
	}
}

// A host name is only a guess at a broker's name: a store that another name has written to keeps that.
func TestTheStampBeatsTheHostName(t *testing.T) {
	s := settings.Settings{
		Replication: rmq.Async,
		Pod:         settings.Pod{FullHostname: "broker-a", Hostname: "broker-a", InContainer: true},
		Java:        settings.Java{Home: "/home/rocketmq"},
	}
	args := cmdline.Run{Role: rmq.Broker, Namesrv: rmq.AddrList{"ns:9876"}}
	f := machine(t, "5.5.0")
	name := func(p Plan) string {
		b, _ := p.Broker()
		return b.Values().Get("brokerName") + " " + b.Owner.Name
	}
	if got := name(mustMake(t, s, args, f)); got != "broker-a broker-a" {
		t.Errorf("a new store: %s", got)
	}
	f.Owner = func(dir string) (identity.Owner, bool) {
		if dir != "/home/rocketmq/store" {
			t.Errorf("asked whose %s is", dir)
		}
		return identity.Owner{
			Mode:    identity.Plain,
			Cluster: "DefaultCluster",
			Name:    "broker-0",
			Member:  "0",
		}, true
	}
	p := mustMake(t, s, args, f)
	if got := name(p); got != "broker-0 broker-0" || !strings.Contains(p.Identity.NameSource, "stamp") {
		t.Errorf("an old store: %s from %s", got, p.Identity.NameSource)
	}
	s.BrokerNamePrefix = "mq"
	if got := name(mustMake(t, s, args, f)); got != "mq-0 mq-0" {
		t.Errorf("a name that somebody set: %s", got)
	}
}

// What a variable sets is that variable's, in a proxy too, and no secret of it is shown.
func TestFindingsOfAProxy(t *testing.T) {
	s, f := pod("proxy-0"), machine(t, "5.5.0")
	s.Conf = []settings.ConfValue{
		{Key: "grpcServerPort", Value: "hunter2", Variable: "RMQ_CONF_grpcServerPort_FILE", Secret: true},
		{Key: "remotingListenPort", Value: "x", Variable: "RMQ_CONF_remotingListenPort"},
	}
	text := []byte("{\n  \"rocketMQClusterName\": \"c\",\n  \"noSuchKey\": 1\n}")
	f.Proxy = config.Layer{Name: "/etc/rmq-proxy.json"}.WithJSON(text)
	_, err := Make(s, cmdline.Run{Role: rmq.Proxy}, f)
	if exit.Code(err) != exit.Config {
		t.Fatalf("exit code %d: %v", exit.Code(err), err)
	}
	var got []string
	for _, problem := range exit.Problems(err) {
		got = append(got, problem.Error())
	}
	if len(got) != 2 ||
		!strings.HasPrefix(got[0], "RMQ_CONF_grpcServerPort_FILE: error: grpcServerPort: the value cannot be used") ||
		!strings.HasPrefix(got[1], `RMQ_CONF_remotingListenPort: error: remotingListenPort: "x"`) ||
		strings.Contains(err.Error(), "hunter2") {
		t.Errorf("problems %q", got)
	}
	s.Conf = nil
	p := mustMake(t, s, cmdline.Run{Role: rmq.Proxy}, f)
	if !slices.ContainsFunc(p.Warnings, func(w string) bool {
		return strings.HasPrefix(w, "/etc/rmq-proxy.json:3: warning: noSuchKey")
	}) {
		t.Errorf("warnings %q", p.Warnings)
	}
}

func TestRefusals(t *testing.T) {
	tests := []struct {
		name string
		s    func(*settings.Settings)
		args cmdline.Run
		file string
		code int
		says []string
	}{
		{"a proxy in a name server", nil, cmdline.Run{Role: rmq.Namesrv, EnableProxy: true}, "", exit.Usage,
			[]string{"belongs to a broker"}},
		{
			"every contradiction at once",
			func(s *settings.Settings) { s.Topology, s.ClusterName = rmq.Masters, "prod" },
			cmdline.Run{Role: rmq.Broker}, "brokerName=x\nbrokerId=4\nbrokerClusterName=y\n", exit.Config,
			[]string{"/etc/broker.conf:3", "/etc/broker.conf:1", "/etc/broker.conf:2"},
		},
		{"a group of unknown size", func(s *settings.Settings) { s.Topology = rmq.DLedger },
			cmdline.Run{Role: rmq.Broker}, "", exit.Config, []string{"RMQ_GROUP_SIZE is not set"}},
		{"a bad value", nil, cmdline.Run{Role: rmq.Broker}, "brokerRole=MASTER\n", exit.Config,
			[]string{"/etc/broker.conf:1: error: brokerRole"}},
		{"a warning, strictly", func(s *settings.Settings) { s.ConfigStrict = true },
			cmdline.Run{Role: rmq.Broker}, "fileReservedTime=4x\n", exit.Config,
			[]string{"/etc/broker.conf:1: warning"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s, f := pod("mq-0"), machine(t, "5.5.0")
			if tt.s != nil {
				tt.s(&s)
			}
			f.Config = file(t, tt.file)
			_, err := Make(s, tt.args, f)
			if exit.Code(err) != tt.code || len(exit.Problems(err)) != len(tt.says) {
				t.Fatalf("exit code %d, want %d: %v", exit.Code(err), tt.code, err)
			}
			for i, problem := range exit.Problems(err) {
				if !strings.Contains(problem.Error(), tt.says[i]) {
					t.Errorf("%q does not say %q", problem, tt.says[i])
				}
			}
		})
	}
	f := machine(t, "5.5.0")
	f.Limit.Bytes = 100 << 20
	_, err := Make(pod("mq-0"), cmdline.Run{Role: rmq.Broker}, f)
	if exit.Code(err) != exit.Config || !strings.Contains(err.Error(), "the memory limit is 100 MiB") {
		t.Errorf("a broker in 100 MiB: %v", err)
	}
}

// Report F4: it is the pool that does not fit, and a smaller heap helps nobody.
func TestTransientPoolThatDoesNotFit(t *testing.T) {
	f := machine(t, "5.5.0")
	f.Limit.Bytes, f.Config = 2<<30, file(t, "transientStorePoolEnable=true\n")
	_, err := Make(pod("mq-0"), cmdline.Run{Role: rmq.Broker}, f)
	for _, text := range []string{
		"5 files (transientStorePoolSize) of 1024 MiB (mappedFileSizeCommitLog",
		"lower transientStorePoolSize, or leave transientStorePoolEnable out",
	} {
		if exit.Code(err) != exit.Config || !strings.Contains(err.Error(), text) {
			t.Errorf("%v does not say %q", err, text)
		}
	}
}

// The same inputs give the same plan, and making one changes none of them.
func TestMakeIsRepeatable(t *testing.T) {
	s, f := pod("mq-1"), machine(t, "5.5.0")
	s.Conf = []settings.ConfValue{{Key: "fileReservedTime", Value: "48", Variable: "RMQ_CONF_fileReservedTime"}}
	args := cmdline.Run{Role: rmq.Broker, EnableProxy: true, Namesrv: rmq.AddrList{"ns:9876"}}
	first := mustMake(t, s, args, f)
	second := mustMake(t, s, args, f)
	if changes := Diff(first, second); len(changes) > 0 {
		t.Errorf("changes %v", changes)
	}
	a, b := first.Processes[0], second.Processes[0]
	if a.Checksum() != b.Checksum() || !slices.Equal(a.Command.Args(), b.Command.Args()) || a.Checksum() == "" {
		t.Errorf("%v\n%v", a.Command.Args(), b.Command.Args())
	}
}

func TestCommandLines(t *testing.T) {
	ns := rmq.AddrList{"ns:9876"}
	tests := []struct {
		name string
		s    func(*settings.Settings)
		args cmdline.Run
		want []string // main class and arguments
	}{
		{"broker", nil, cmdline.Run{Role: rmq.Broker, Namesrv: ns}, []string{
			"org.apache.rocketmq.broker.BrokerStartup", "-c", "/tmp/rocketmq-agent-3000/broker-10911/broker.conf"}},
		{"a proxy in a broker", nil, cmdline.Run{Role: rmq.Broker, EnableProxy: true, Namesrv: ns}, []string{
			"org.apache.rocketmq.proxy.ProxyStartup", "-pm", "local",
			"-bc", "/tmp/rocketmq-agent-3000/broker-10911/broker.conf",
			"-pc", "/tmp/rocketmq-agent-3000/broker-10911/rmq-proxy.json", "-n", "ns:9876"}},
		{"proxy", nil, cmdline.Run{Role: rmq.Proxy, ProxyMode: "cluster", Namesrv: ns}, []string{
			"org.apache.rocketmq.proxy.ProxyStartup", "-pm", "cluster",
			"-pc", "/tmp/rocketmq-agent-3000/proxy-8080/rmq-proxy.json", "-n", "ns:9876"}},
		{"a proxy whose name servers RocketMQ itself reads",
			func(s *settings.Settings) { s.Namesrv, s.NamesrvFrom = ns, "NAMESRV_ADDR" },
			cmdline.Run{Role: rmq.Proxy}, []string{
				"org.apache.rocketmq.proxy.ProxyStartup", "-pc", "/tmp/rocketmq-agent-3000/proxy-8080/rmq-proxy.json"}},
		{"what only prints", nil, cmdline.Run{Role: rmq.Broker, Print: true, Upstream: []string{"-p"}}, []string{
			"org.apache.rocketmq.broker.BrokerStartup", "-p"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := pod("mq-0")
			if tt.s != nil {
				tt.s(&s)
			}
			args := mustMake(t, s, tt.args, machine(t, "5.5.0")).Processes[0].Command.Args()
			from := slices.IndexFunc(args, func(word string) bool {
				return strings.HasPrefix(word, "org.apache.rocketmq.")
			})
			if from < 0 || !slices.Equal(args[from:], tt.want) {
				t.Errorf("got %q, want %q", args, tt.want)
			}
			if script := "-Drocketmq.script=mq" + string(tt.args.Role); !slices.Contains(args, script) {
				t.Errorf("got %q, want %s, which other people's probes look for", args, script)
			}
		})
	}
}

// What a proxy waits for is what RocketMQ will look for, by RocketMQ's own precedence.
func TestBackend(t *testing.T) {
	file := config.Layer{Name: "/rmq-proxy.json"}.WithJSON(
		[]byte(`{"namesrvAddr":"file:9876","rocketMQClusterName":"c"}`))
	for _, tt := range []struct {
		name string
		s    func(*settings.Settings)
		args cmdline.Run
		file config.Layer
		want Backend
	}{
		{"the command line", nil, cmdline.Run{Namesrv: rmq.AddrList{"arg:9876"}}, file,
			Backend{[]string{"arg:9876"}, "c"}},
		{"the file", func(s *settings.Settings) { s.Namesrv = rmq.AddrList{"env:9876"}; s.NamesrvFrom = "NAMESRV_ADDR" },
			cmdline.Run{}, file, Backend{[]string{"file:9876"}, "c"}},
		{"RMQ_NAMESRV", func(s *settings.Settings) { s.Namesrv = rmq.AddrList{"env:9876"}; s.NamesrvFrom = "RMQ_NAMESRV" },
			cmdline.Run{}, file, Backend{[]string{"env:9876"}, "c"}},
		{"NAMESRV_ADDR", func(s *settings.Settings) { s.Namesrv = rmq.AddrList{"env:9876"}; s.NamesrvFrom = "NAMESRV_ADDR" },
			cmdline.Run{}, config.Layer{}, Backend{[]string{"env:9876"}, "DefaultCluster"}},
		{"local mode", nil, cmdline.Run{ProxyMode: "Local", Namesrv: rmq.AddrList{"arg:9876"}}, file, Backend{}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s, f := pod("mq-0"), machine(t, "5.5.0")
			if tt.s != nil {
				tt.s(&s)
			}
			tt.args.Role, f.Proxy = rmq.Proxy, tt.file
			if got := mustMake(t, s, tt.args, f).Processes[0].Backend; !reflect.DeepEqual(got, tt.want) {
				t.Errorf("got %+v, want %+v", got, tt.want)
			}
		})
	}
}

// Where nobody knows the user's home, RocketMQ gets a folder that it can write to.
func TestUserHome(t *testing.T) {
	f := machine(t, "5.5.0")
	s := pod("mq-0")
	s.Java.Home = ""
	above := filepath.Dir(f.Home.Dir)
	if p := mustMake(t, s, cmdline.Run{Role: rmq.Namesrv}, f); p.UserHome != above || len(p.Warnings) == 0 {
		t.Errorf("%s, warnings %q", p.UserHome, p.Warnings)
	}
	f.CanWrite = func(string) error { return errors.New("no") }
	if p := mustMake(t, s, cmdline.Run{Role: rmq.Namesrv}, f); p.UserHome != "/tmp/rocketmq-agent-3000/home" {
		t.Errorf("%s", p.UserHome)
	}
	s.Environ = settings.Environ{"JAVA_OPT_EXT=-Duser.home=/data"}
	if p := mustMake(t, s, cmdline.Run{Role: rmq.Namesrv}, f); p.UserHome != "/data" {
		t.Errorf("%s", p.UserHome)
	}
}

// What one JVM alone can have is the broker's in a container of two, and said; a proxy inside the broker is the same
// JVM.
func TestOptionsOfOneJVM(t *testing.T) {
	const (
		heap  = "-Xmx512m"
		port  = "-Dcom.sun.management.jmxremote.port=9999"
		debug = "-agentlib:jdwp=transport=dt_socket,server=y,address=5005"
		both  = "-Da=b"
	)
	f := machine(t, "5.5.0")
	s := pod("mq-0")
	s.Environ = settings.Environ{
		"JAVA_OPT_EXT=" + heap + " " + port + " " + both, "HEAP_OPTS=-Xms512m", "JAVA_TOOL_OPTIONS=" + debug,
	}
	p := mustMake(t, s, cmdline.Run{Role: rmq.Standalone}, f)
	for _, process := range p.Processes {
		line := strings.Join(append(process.Command.Args(), process.Command.Env...), " ")
		if !strings.Contains(line, both) {
			t.Errorf("%s goes without %s", process.Role, both)
		}
		for _, option := range []string{heap, port, "-Xms512m"} {
			got := slices.Contains(process.Command.Args(), option)
			if want := process.Role == rmq.Broker; got != want {
				t.Errorf("%s has %s: %v", process.Role, option, got)
			}
		}
		got := slices.Contains(process.Command.Env, "JAVA_TOOL_OPTIONS="+debug)
		if want := process.Role == rmq.Broker; got != want {
			t.Errorf("%s has the debugger in its environment: %v", process.Role, got)
		}
	}
	if ns, b := p.Memory.JVMs[0].Heap, p.Memory.JVMs[1].Heap; ns >= b || b != 512<<20 {
		t.Errorf("heap of the name server %d, of the broker %d", ns, b)
	}
	said := strings.Join(p.Warnings, "\n")
	for _, word := range []string{"namesrv goes without", heap + " (JAVA_OPT_EXT)", "-agentlib:jdwp (JAVA_TOOL_OPTIONS)"} {
		if !strings.Contains(said, word) {
			t.Errorf("no %q in the warnings %q", word, said)
		}
	}
	for _, args := range []cmdline.Run{
		{Role: rmq.Namesrv}, {Role: rmq.Broker, EnableProxy: true, Namesrv: rmq.AddrList{"ns:9876"}},
	} {
		p := mustMake(t, s, args, f)
		for _, option := range []string{heap, port, both} {
			if !slices.Contains(p.Processes[0].Command.Args(), option) {
				t.Errorf("%s alone goes without %s", args.Role, option)
			}
		}
		if strings.Contains(strings.Join(p.Warnings, "\n"), "goes without") {
			t.Errorf("%s alone: %q", args.Role, p.Warnings)
		}
	}
	printed := mustMake(t, s, cmdline.Run{Role: rmq.Broker, Print: true, Upstream: []string{"-p"}}, f)
	command := printed.Processes[0].Command
	for _, option := range []string{heap, port, "-Xms512m"} {
		if slices.Contains(command.Args(), option) {
			t.Errorf("what only prints takes %s of the broker beside it", option)
		}
	}
	if slices.Contains(command.Env, "JAVA_TOOL_OPTIONS="+debug) || !slices.Contains(command.Args(), both) {
		t.Errorf("what only prints: %q, %q", command.Args(), command.Env)
	}
}

// Reports E1, HN: where nobody says what a broker's address is, it is the one that its name servers see.
func TestAddressThatNobodyNames(t *testing.T) {
	found := reach.Found{Local: "10.9.0.2", By: "ns", Candidates: []string{"10.8.0.2", "10.9.0.2"}}
	guess := reach.Found{Local: "10.8.0.2", Candidates: []string{"10.8.0.2", "10.9.0.2"}}
	ns := cmdline.Run{Role: rmq.Broker, Namesrv: rmq.AddrList{"ns:9876", "[2001:db8::9]:9876"}}
	for _, tt := range []struct {
		name    string
		podIP   string
		text    string
		found   reach.Found
		want    [2]string // brokerIP1, brokerIP2
		from    string
		warning string
	}{
		{"by the way to the name server", "", "", found, [2]string{"10.9.0.2", "10.9.0.2"}, "the way to ns", ""},
		{"a file with an identity", "", "brokerName=a\nbrokerId=0\n", found, [2]string{"10.9.0.2", "10.9.0.2"},
			"the way to ns", ""},
		{"a guess", "", "", guess, [2]string{"10.8.0.2", "10.8.0.2"}, "for no name server is known",
			"clients are told 10.8.0.2, which is a guess"},
		{"IPv6", "", "", reach.Found{Local: "2001:db8::2", By: "ns"}, [2]string{"[2001:db8::2]", "[2001:db8::2]"}, "ns", ""},
		{"none", "", "", reach.Found{}, [2]string{}, "RocketMQ's own choice", "has no address that others could reach"},
		{"what it listens on", "", "bindAddress=10.8.0.2\n", found, [2]string{"10.8.0.2", "10.8.0.2"}, "bindAddress", ""},
		{"the pod's", "10.1.2.3", "", found, [2]string{"10.1.2.3", "10.1.2.3"}, "POD_IP", ""},
		{"the file's", "", "brokerIP1=192.0.2.1\n", found, [2]string{"192.0.2.1", ""}, "RocketMQ's own choice", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f, s := machine(t, "5.5.0"), pod("mq-0")
			s.Pod.IP = tt.podIP
			var asked []string
			f.Reach = func(hosts []string) reach.Found { asked = hosts; return tt.found }
			if tt.text != "" {
				f.Config = file(t, tt.text)
			}
			p := mustMake(t, s, ns, f)
			v := p.Processes[0].Values()
			if got := [2]string{v.Get("brokerIP1"), v.Get("brokerIP2")}; got != tt.want {
				t.Errorf("%q, want %q", got, tt.want)
			}
			if !strings.Contains(p.Identity.AddressSource, tt.from) {
				t.Errorf("from %q, want %q", p.Identity.AddressSource, tt.from)
			}
			all := strings.Join(p.Warnings, "\n")
			if guessed := strings.Contains(all, "address"); guessed != (tt.warning != "") ||
				!strings.Contains(all, tt.warning) {
				t.Errorf("warnings %q, want %q", all, tt.warning)
			}
			if asked != nil && !slices.Equal(asked, []string{"ns", "2001:db8::9"}) {
				t.Errorf("asked for the way to %q", asked)
			}
		})
	}
}
