package settings

import (
	"log/slog"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"rocketmq-agent/agent/logging"
	"rocketmq-agent/agent/rmq"
)

// setEnv makes vars the whole environment that the package reads.
func setEnv(t *testing.T, vars map[string]string) {
	t.Helper()
	for _, entry := range os.Environ() {
		name, _, _ := strings.Cut(entry, "=")
		for _, p := range []string{"RMQ_", "POD_", "HOST_IP", "KUBERNETES_", "NAMESRV_ADDR", "NODE_ROLE"} {
			if strings.HasPrefix(name, p) {
				t.Setenv(name, "") // restores it after the test
				os.Unsetenv(name)
			}
		}
	}
	for name, value := range vars {
		t.Setenv(name, value)
	}
}

func mustRead(t *testing.T, vars map[string]string) Settings {
	t.Helper()
	setEnv(t, vars)
	s, err := FromEnv()
	if err != nil {
		t.Fatalf("FromEnv with %v: %v", vars, err)
	}
	return s
}

// good are values that are taken, and what becomes of them. A folder has to exist, so /etc stands for it.
var good = []struct {
	variable, value string
	get             func(Settings) any
	want            any
}{
	{"RMQ_ROLE", "", func(s Settings) any { return s.Role }, rmq.Role("")},
	{"RMQ_ROLE", "namesrv", func(s Settings) any { return s.Role }, rmq.Namesrv},
	{"RMQ_ROLE", "nameserver", func(s Settings) any { return s.Role }, rmq.Namesrv},
	{"RMQ_ROLE", "broker", func(s Settings) any { return s.Role }, rmq.Broker},
	{"RMQ_ROLE", "proxy", func(s Settings) any { return s.Role }, rmq.Proxy},
	{"RMQ_ROLE", "controller", func(s Settings) any { return s.Role }, rmq.Controller},
	{"RMQ_ROLE", "standalone", func(s Settings) any { return s.Role }, rmq.Standalone},
	{"NODE_ROLE", "nameserver", func(s Settings) any { return s.Role }, rmq.Namesrv},
	{"NODE_ROLE", "controller", func(s Settings) any { return s.Role }, rmq.Controller},
	{"NODE_ROLE", "", func(s Settings) any { return s.Role }, rmq.Role("")},
	{"RMQ_TOPOLOGY", "", func(s Settings) any { return s.Topology }, rmq.Topology("")},
	{"RMQ_TOPOLOGY", "masters", func(s Settings) any { return s.Topology }, rmq.Masters},
	{"RMQ_TOPOLOGY", "replicas", func(s Settings) any { return s.Topology }, rmq.Replicas},
	{"RMQ_TOPOLOGY", "dledger", func(s Settings) any { return s.Topology }, rmq.DLedger},
	{"RMQ_TOPOLOGY", "controller", func(s Settings) any { return s.Topology }, rmq.ControllerMode},
	{"RMQ_TOPOLOGY", "manual", func(s Settings) any { return s.Topology }, rmq.Manual},
	{"RMQ_REPLICATION", "", func(s Settings) any { return s.Replication }, rmq.Async},
	{"RMQ_REPLICATION", "async", func(s Settings) any { return s.Replication }, rmq.Async},
	{"RMQ_REPLICATION", "sync", func(s Settings) any { return s.Replication }, rmq.Sync},
	{"RMQ_CLUSTER_NAME", "", func(s Settings) any { return s.ClusterName }, Cluster("")},
	{"RMQ_CLUSTER_NAME", "prod", func(s Settings) any { return s.ClusterName }, Cluster("prod")},
	{"RMQ_BROKER_NAME_PREFIX", "", func(s Settings) any { return s.BrokerNamePrefix }, Name("")},
	{"RMQ_BROKER_NAME_PREFIX", "Rmq_eu-1", func(s Settings) any { return s.BrokerNamePrefix }, Name("Rmq_eu-1")},
	{"RMQ_ORDINAL", "", func(s Settings) any { return s.Ordinal }, Ordinal{}},
	{"RMQ_ORDINAL", "0", func(s Settings) any { return s.Ordinal }, Ordinal{0, true}},
	{"RMQ_ORDINAL", "12", func(s Settings) any { return s.Ordinal }, Ordinal{12, true}},
	{"RMQ_GROUP_SIZE", "", func(s Settings) any { return s.GroupSize }, Size(0)},
	{"RMQ_GROUP_SIZE", "3", func(s Settings) any { return s.GroupSize }, Size(3)},
	{"RMQ_REPLICA_INDEX", "", func(s Settings) any { return s.ReplicaIndex }, Ordinal{}},
	{"RMQ_REPLICA_INDEX", "0", func(s Settings) any { return s.ReplicaIndex }, Ordinal{0, true}},
	{"RMQ_CONTROLLER", "", func(s Settings) any { return s.Controller }, rmq.AddrList(nil)},
	{"RMQ_CONTROLLER", "a:9878;b:9878", func(s Settings) any { return s.Controller }, rmq.AddrList{"a:9878", "b:9878"}},
	{"RMQ_POD_DOMAIN", "", func(s Settings) any { return s.PodDomain }, Domain("")},
	{"RMQ_POD_DOMAIN", "mq.prod.svc", func(s Settings) any { return s.PodDomain }, Domain("mq.prod.svc")},
	{"RMQ_POD_DOMAIN", ".mq", func(s Settings) any { return s.PodDomain }, Domain("mq")},
	{"RMQ_CONFIG_STRICT", "", func(s Settings) any { return s.ConfigStrict }, false},
	{"RMQ_CONFIG_STRICT", "true", func(s Settings) any { return s.ConfigStrict }, true},
	{"RMQ_STORE_PER_POD", "", func(s Settings) any { return s.StorePerPod }, false},
	{"RMQ_STORE_PER_POD", "true", func(s Settings) any { return s.StorePerPod }, true},
	{"RMQ_ADOPT_STORE", "", func(s Settings) any { return s.AdoptStore }, ""},
	{"RMQ_ADOPT_STORE", "broker-a/0", func(s Settings) any { return s.AdoptStore }, "broker-a/0"},
	{"RMQ_NAMESRV", "", func(s Settings) any { return s.Namesrv }, rmq.AddrList(nil)},
	{"RMQ_NAMESRV", "a:9876", func(s Settings) any { return s.Namesrv }, rmq.AddrList{"a:9876"}},
	{"RMQ_NAMESRV", " a:1; b.c_d-e:65535;;[fe80::1%eth0]:9876; 10.0.0.1:9876;",
		func(s Settings) any { return s.Namesrv },
		rmq.AddrList{"a:1", "b.c_d-e:65535", "[fe80::1%eth0]:9876", "10.0.0.1:9876"}},
	{"NAMESRV_ADDR", "a:1;b:2", func(s Settings) any { return s.Namesrv }, rmq.AddrList{"a:1", "b:2"}},
	{"NAMESRV_ADDR", "a:1;b:2", func(s Settings) any { return s.NamesrvFrom }, "NAMESRV_ADDR"},
	{"NAMESRV_ADDR", "", func(s Settings) any { return s.Namesrv }, rmq.AddrList(nil)},
	{"RMQ_ADVERTISE", "", func(s Settings) any { return s.Advertise }, Advertise("")},
	{"RMQ_ADVERTISE", "pod-ip", func(s Settings) any { return s.Advertise }, PodIP},
	{"RMQ_ADVERTISE", "pod-dns", func(s Settings) any { return s.Advertise }, PodDNS},
	{"RMQ_ADVERTISE", "host-ip", func(s Settings) any { return s.Advertise }, HostIP},
	{"RMQ_ADVERTISE", "192.0.2.7", func(s Settings) any { return s.Advertise }, Advertise("192.0.2.7")},
	{"RMQ_ADVERTISE", "2001:db8::7", func(s Settings) any { return s.Advertise }, Advertise("2001:db8::7")},
	{"RMQ_ADVERTISE", "mq_1.example.com", func(s Settings) any { return s.Advertise }, Advertise("mq_1.example.com")},
	{"RMQ_CONFIG_DIR", "", func(s Settings) any { return s.ConfigDir }, ""},
	{"RMQ_CONFIG_DIR", "/etc", func(s Settings) any { return s.ConfigDir }, "/etc"},
	{"RMQ_ACCESS_KEY_FILE", "", func(s Settings) any { return s.AccessKeyFile }, ""},
	{"RMQ_ACCESS_KEY_FILE", "/key", func(s Settings) any { return s.AccessKeyFile }, "/key"},
	{"RMQ_GRACE_PERIOD", "", func(s Settings) any { return s.GracePeriod }, Grace(30 * time.Second)},
	{"RMQ_GRACE_PERIOD", "60", func(s Settings) any { return s.GracePeriod }, Grace(time.Minute)},
	{"RMQ_GRACE_PERIOD", "1m30s", func(s Settings) any { return s.GracePeriod }, Grace(90 * time.Second)},
	{"RMQ_GRACE_PERIOD", "500ms", func(s Settings) any { return s.GracePeriod }, Grace(500 * time.Millisecond)},
	{"RMQ_HTTP_ADDR", "", func(s Settings) any { return s.HTTPAddr }, HTTPAddr(":8088")},
	{"RMQ_HTTP_ADDR", "", func(s Settings) any { return s.HTTPAddrSet }, false},
	{"RMQ_HTTP_ADDR", ":1", func(s Settings) any { return s.HTTPAddr }, HTTPAddr(":1")},
	{"RMQ_HTTP_ADDR", "[::1]:8088", func(s Settings) any { return s.HTTPAddr }, HTTPAddr("[::1]:8088")},
	{"RMQ_HTTP_ADDR", "127.0.0.1:8088", func(s Settings) any { return s.HTTPAddrSet }, true},
	{"RMQ_LOG_FORMAT", "", func(s Settings) any { return s.LogFormat }, logging.JSON},
	{"RMQ_LOG_FORMAT", "json", func(s Settings) any { return s.LogFormat }, logging.JSON},
	{"RMQ_LOG_FORMAT", "text", func(s Settings) any { return s.LogFormat }, logging.Text},
	{"RMQ_LOG_LEVEL", "", func(s Settings) any { return s.LogLevel }, slog.LevelInfo},
	{"RMQ_LOG_LEVEL", "debug", func(s Settings) any { return s.LogLevel }, slog.LevelDebug},
	{"RMQ_LOG_LEVEL", "INFO", func(s Settings) any { return s.LogLevel }, slog.LevelInfo},
	{"RMQ_LOG_LEVEL", "warn", func(s Settings) any { return s.LogLevel }, slog.LevelWarn},
	{"RMQ_LOG_LEVEL", "error", func(s Settings) any { return s.LogLevel }, slog.LevelError},
	{"RMQ_LOG_FILES", "", func(s Settings) any { return s.LogFiles }, false},
	{"RMQ_LOG_FILES", "true", func(s Settings) any { return s.LogFiles }, true},
	{"RMQ_TOOLS_JAVA_OPT", "-Xmx1g", func(s Settings) any { return s.ToolsJavaOpt }, "-Xmx1g"},
	{"RMQ_LOG_FILES", "false", func(s Settings) any { return s.LogFiles }, false},
	{"POD_NAME", "broker-1", func(s Settings) any { return s.Pod.Name }, "broker-1"},
	{"POD_NAME", "broker-1", func(s Settings) any { return s.Pod.InKubernetes }, true},
	{"KUBERNETES_SERVICE_HOST", "10.96.0.1", func(s Settings) any { return s.Pod.InKubernetes }, true},
	{"POD_NAME", "", func(s Settings) any { return s.Pod.InKubernetes }, false},
	{"POD_IP", "10.1.2.3", func(s Settings) any { return s.Pod.IP }, "10.1.2.3"},
	{"HOST_IP", "10.1.2.4", func(s Settings) any { return s.Pod.HostIP }, "10.1.2.4"},
	{"ROCKETMQ_HOME", "/r", func(s Settings) any { return s.Java.RocketMQHome }, "/r"},
	{"JAVA_HOME", "/j", func(s Settings) any { return s.Java.JavaHome }, "/j"},
	{"JAVA_OPT", "-a", func(s Settings) any { return s.Environ.Get("JAVA_OPT") }, "-a"},
	{"CLASSPATH", "x.jar", func(s Settings) any { return s.Java.ClassPath }, "x.jar"},
	{"HOME", "/h", func(s Settings) any { return s.Java.Home }, "/h"},
	{"TMPDIR", "/t", func(s Settings) any { return s.Java.TmpDir }, "/t"},
}

func TestEverySetting(t *testing.T) {
	tested := map[string]bool{}
	for _, tt := range good {
		tested[tt.variable] = true
		t.Run(tt.variable+"="+tt.value, func(t *testing.T) {
			if got := tt.get(mustRead(t, map[string]string{tt.variable: tt.value})); !reflect.DeepEqual(got, tt.want) {
				t.Errorf("got %#v, want %#v", got, tt.want)
			}
		})
	}
	each(reflect.ValueOf(Settings{}), func(variable string, _ reflect.StructField, _ reflect.Value) {
		if !tested[variable] {
			t.Errorf("%s has no test", variable)
		}
	})
}

func TestOwnVariablesBeatThoseOfTheOfficialImage(t *testing.T) {
	s := mustRead(t, map[string]string{
		"RMQ_ROLE": "proxy", "NODE_ROLE": "nonsense", "RMQ_NAMESRV": "a:1", "NAMESRV_ADDR": "nonsense",
	})
	if s.Role != rmq.Proxy || s.Namesrv.String() != "a:1" || s.NamesrvFrom != "RMQ_NAMESRV" {
		t.Errorf("role %q, name servers %v from %s", s.Role, s.Namesrv, s.NamesrvFrom)
	}
	s = mustRead(t, map[string]string{"RMQ_ROLE": "", "NODE_ROLE": "proxy", "RMQ_NAMESRV": "", "NAMESRV_ADDR": "b:2"})
	if s.Role != rmq.Proxy || s.Namesrv.String() != "b:2" || s.NamesrvFrom != "NAMESRV_ADDR" {
		t.Errorf("role %q, name servers %v from %s", s.Role, s.Namesrv, s.NamesrvFrom)
	}
}

// Other software in the container has variables of these common names.
func TestVariablesWithoutThePrefixAreNotRead(t *testing.T) {
	setEnv(t, nil)
	want, err := FromEnv()
	if err != nil {
		t.Fatal(err)
	}
	vars := map[string]string{}
	each(reflect.ValueOf(Settings{}), func(variable string, _ reflect.StructField, _ reflect.Value) {
		name := strings.TrimPrefix(variable, "RMQ_")
		vars[name], vars[strings.ToLower(variable)] = "nonsense:1", "nonsense:1"
	})
	got := mustRead(t, vars)
	got.Environ, want.Environ = nil, nil // there they are, of course
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestUnknownVariablesAndServiceLinks(t *testing.T) {
	unknown := []string{"RMQ_CLUSTERNAME", "RMQ_GRACE_PERIODS", "RMQ_REPORT", "RMQ_SERVICE_HOSTS", "RMQ_TRANSPORT"}
	links := []string{
		"RMQ_SERVICE_HOST", "RMQ_SERVICE_PORT", "RMQ_SERVICE_PORT_REMOTING_2", "RMQ_PORT", "RMQ_PORT_9876_TCP",
		"RMQ_PORT_9876_TCP_PROTO", "RMQ_PORT_9876_TCP_PORT", "RMQ_PORT_9876_TCP_ADDR", "RMQ_PORT_53_UDP",
		"RMQ_PORT_7_SCTP_ADDR", "RMQ_NAMESRV_SERVICE_HOST", "RMQ_NAMESRV_PORT", // a Service named rmq-namesrv
		"RMQ_CONF_SERVICE_HOST", "RMQ_CONF_PORT", "RMQ_CONF_PORT_80_TCP_ADDR", // a Service named rmq-conf
	}
	silent := []string{
		"RMQ_NUMA_NODE", "RMQ_PROXY_HOME", "RMQ_AGENT_CHILD", "RMQX_ROLE", "ROCKETMQ_PORT",
		"RMQ_CONF_fileReservedTime", "RMQ_LOG_FORMAT",
	}
	vars := map[string]string{}
	for _, name := range slices.Concat(unknown, links, silent) {
		vars[name] = "tcp://10.96.7.7:9876"
	}
	vars["RMQ_LOG_FORMAT"] = "text"
	s := mustRead(t, vars)
	slices.Sort(links)
	if got := slices.Sorted(slices.Values(s.Unknown)); !slices.Equal(got, unknown) {
		t.Errorf("unknown: %v, want %v", got, unknown)
	}
	if got := slices.Sorted(slices.Values(s.ServiceLinks)); !slices.Equal(got, links) {
		t.Errorf("service links: %v, want %v", got, links)
	}
	if len(s.Conf) != 1 || s.Conf[0].Key != "fileReservedTime" {
		t.Errorf("configuration keys: %v", s.Conf)
	}
}

func TestFQDN(t *testing.T) {
	const kubelet = "# Kubernetes-managed hosts file.\n127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost\n" +
		"10.244.0.7\tbroker-0.brokers.mq.svc.cluster.local\tbroker-0\n"
	tests := []struct{ name, hosts, host, want string }{
		{"a headless Service", kubelet, "broker-0", "broker-0.brokers.mq.svc.cluster.local"},
		{"another pod", kubelet, "broker-1", ""},
		{"a prefix of the name", kubelet, "broker", ""},
		{"no Service", "10.244.0.7\tbroker-0\n", "broker-0", ""},
		{"a comment", "# 10.244.0.7 broker-0.brokers broker-0\n#10.244.0.7 broker-0.brokers broker-0\n",
			"broker-0", ""},
		{"a comment after it", "10.244.0.7 broker-0.brokers broker-0 # us", "broker-0", "broker-0.brokers"},
		{"docker", "172.17.0.2\t0a1b2c3d4e5f\n", "0a1b2c3d4e5f", ""},
		{"an alias of the same host", "127.0.0.1 localhost.localdomain localhost broker-0\n", "broker-0", ""},
		{"nothing", "", "broker-0", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := fqdn(tt.hosts, tt.host); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

// A reload reads the environment again: reading must neither change it nor depend on having been done before.
func TestReadingIsRepeatable(t *testing.T) {
	setEnv(t, map[string]string{"RMQ_GRACE_PERIOD": "", "RMQ_LOG_FILES": "", "RMQ_ROLE": "broker"})
	before := os.Environ()
	first, err := FromEnv()
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(os.Environ(), before) {
		t.Errorf("the environment became %q", os.Environ())
	}
	second, err := FromEnv()
	if err != nil || !reflect.DeepEqual(first, second) {
		t.Errorf("the second time %+v, %v, not %+v", second, err, first)
	}
	if first.GracePeriod != Grace(30*time.Second) {
		t.Errorf("an empty RMQ_GRACE_PERIOD is %v", time.Duration(first.GracePeriod))
	}
}

// The kubelet writes fmt.Sprintf("%v=%q\n") for every label, sorted (pkg/fieldpath, FormatMap).
func TestLabel(t *testing.T) {
	const index = "apps.kubernetes.io/pod-index"
	tests := []struct{ name, labels, want string }{
		{"the kubelet's file",
			"app=\"mq\"\napps.kubernetes.io/pod-index=\"3\"\nstatefulset.kubernetes.io/pod-name=\"mq-3\"\n", "3"},
		{"the last line without its end", "app=\"mq\"\n" + index + `="12"`, "12"},
		{"Windows line ends", "app=\"mq\"\r\n" + index + "=\"3\"\r\nz=\"1\"\r\n", "3"},
		{"blanks around the line", "\t " + index + "=\"3\" \n", "3"},
		{"empty", index + `=""`, ""},
		{"a word", index + `="three"`, "three"}, // refused later, by name
		{"escapes", index + `="a\tb\"c\\dé\n"`, "a\tb\"c\\dé\n"},
		{"a number with a quote in it", index + `="3\""`, `3"`},
		{"an equals sign in the value", index + `="a=b"`, "a=b"},
		{"the first of two", index + "=\"3\"\n" + index + "=\"4\"\n", "3"},
		{"not there", "app=\"mq\"\n", ""},
		{"no file", "", ""},
		{"no quotes", index + "=3\n", ""},
		{"an open quote", index + "=\"3\n", ""},
		{"something behind it", index + "=\"3\" # x\n", ""},
		{"a longer name", index + "-x=\"3\"\n", ""},
		{"a longer name in front", "x" + index + "=\"3\"\n", ""},
		{"the name in another value", "app=\"apps.kubernetes.io/pod-index=\\\"3\\\"\"\n", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := label(tt.labels, index); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}
