package settings

import (
	"log/slog"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
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

func TestEverySetting(t *testing.T) {
	folder := t.TempDir()
	tests := []struct {
		variable, value string
		get             func(Settings) any
		want            any
	}{
		{"RMQ_ROLE", "", func(s Settings) any { return s.Role }, Role("")},
		{"RMQ_ROLE", "namesrv", func(s Settings) any { return s.Role }, Namesrv},
		{"RMQ_ROLE", "nameserver", func(s Settings) any { return s.Role }, Namesrv},
		{"RMQ_ROLE", "broker", func(s Settings) any { return s.Role }, Broker},
		{"RMQ_ROLE", "proxy", func(s Settings) any { return s.Role }, Proxy},
		{"RMQ_ROLE", "controller", func(s Settings) any { return s.Role }, Controller},
		{"RMQ_ROLE", "standalone", func(s Settings) any { return s.Role }, Standalone},
		{"NODE_ROLE", "nameserver", func(s Settings) any { return s.Role }, Namesrv},
		{"NODE_ROLE", "controller", func(s Settings) any { return s.Role }, Controller},
		{"NODE_ROLE", "", func(s Settings) any { return s.Role }, Role("")},
		{"RMQ_TOPOLOGY", "", func(s Settings) any { return s.Topology }, Topology("")},
		{"RMQ_TOPOLOGY", "masters", func(s Settings) any { return s.Topology }, Masters},
		{"RMQ_TOPOLOGY", "manual", func(s Settings) any { return s.Topology }, Manual},
		{"RMQ_REPLICATION", "", func(s Settings) any { return s.Replication }, Async},
		{"RMQ_REPLICATION", "async", func(s Settings) any { return s.Replication }, Async},
		{"RMQ_REPLICATION", "sync", func(s Settings) any { return s.Replication }, Sync},
		{"RMQ_CLUSTER_NAME", "", func(s Settings) any { return s.ClusterName }, ""},
		{"RMQ_CLUSTER_NAME", "prod", func(s Settings) any { return s.ClusterName }, "prod"},
		{"RMQ_BROKER_NAME_PREFIX", "", func(s Settings) any { return s.BrokerNamePrefix }, Name("")},
		{"RMQ_BROKER_NAME_PREFIX", "Rmq_eu-1", func(s Settings) any { return s.BrokerNamePrefix }, Name("Rmq_eu-1")},
		{"RMQ_ORDINAL", "", func(s Settings) any { return s.Ordinal }, Ordinal{}},
		{"RMQ_ORDINAL", "0", func(s Settings) any { return s.Ordinal }, Ordinal{0, true}},
		{"RMQ_ORDINAL", "12", func(s Settings) any { return s.Ordinal }, Ordinal{12, true}},
		{"RMQ_NAMESRV", "", func(s Settings) any { return s.Namesrv }, NamesrvList(nil)},
		{"RMQ_NAMESRV", "a:9876", func(s Settings) any { return s.Namesrv }, NamesrvList{"a:9876"}},
		{"RMQ_NAMESRV", " a:1; b.c_d-e:65535;;[fe80::1%eth0]:9876; 10.0.0.1:9876;", func(s Settings) any { return s.Namesrv }, NamesrvList{"a:1", "b.c_d-e:65535", "[fe80::1%eth0]:9876", "10.0.0.1:9876"}},
		{"NAMESRV_ADDR", "a:1;b:2", func(s Settings) any { return s.Namesrv }, NamesrvList{"a:1", "b:2"}},
		{"NAMESRV_ADDR", "a:1;b:2", func(s Settings) any { return s.NamesrvFrom }, "NAMESRV_ADDR"},
		{"NAMESRV_ADDR", "", func(s Settings) any { return s.Namesrv }, NamesrvList(nil)},
		{"RMQ_ADVERTISE", "", func(s Settings) any { return s.Advertise }, Advertise("")},
		{"RMQ_ADVERTISE", "pod-ip", func(s Settings) any { return s.Advertise }, PodIP},
		{"RMQ_ADVERTISE", "pod-dns", func(s Settings) any { return s.Advertise }, PodDNS},
		{"RMQ_ADVERTISE", "host-ip", func(s Settings) any { return s.Advertise }, HostIP},
		{"RMQ_ADVERTISE", "192.0.2.7", func(s Settings) any { return s.Advertise }, Advertise("192.0.2.7")},
		{"RMQ_ADVERTISE", "2001:db8::7", func(s Settings) any { return s.Advertise }, Advertise("2001:db8::7")},
		{"RMQ_ADVERTISE", "mq_1.example.com", func(s Settings) any { return s.Advertise }, Advertise("mq_1.example.com")},
		{"RMQ_CONFIG_DIR", "", func(s Settings) any { return s.ConfigDir }, ""},
		{"RMQ_CONFIG_DIR", folder, func(s Settings) any { return s.ConfigDir }, folder},
		{"RMQ_GRACE_PERIOD", "", func(s Settings) any { return s.GracePeriod }, Grace(30 * time.Second)},
		{"RMQ_GRACE_PERIOD", "60", func(s Settings) any { return s.GracePeriod }, Grace(time.Minute)},
		{"RMQ_GRACE_PERIOD", "1m30s", func(s Settings) any { return s.GracePeriod }, Grace(90 * time.Second)},
		{"RMQ_GRACE_PERIOD", "500ms", func(s Settings) any { return s.GracePeriod }, Grace(500 * time.Millisecond)},
		{"RMQ_HTTP_ADDR", "", func(s Settings) any { return s.HTTPAddr }, HTTPAddr(":8088")},
		{"RMQ_HTTP_ADDR", "", func(s Settings) any { return s.HTTPAddrSet }, false},
		{"RMQ_HTTP_ADDR", ":1", func(s Settings) any { return s.HTTPAddr }, HTTPAddr(":1")},
		{"RMQ_HTTP_ADDR", "[::1]:8088", func(s Settings) any { return s.HTTPAddr }, HTTPAddr("[::1]:8088")},
		{"RMQ_HTTP_ADDR", "127.0.0.1:8088", func(s Settings) any { return s.HTTPAddrSet }, true},
		{"RMQ_LOG_FORMAT", "", func(s Settings) any { return s.LogFormat }, JSON},
		{"RMQ_LOG_FORMAT", "json", func(s Settings) any { return s.LogFormat }, JSON},
		{"RMQ_LOG_FORMAT", "text", func(s Settings) any { return s.LogFormat }, Text},
		{"RMQ_LOG_LEVEL", "", func(s Settings) any { return s.LogLevel }, slog.LevelInfo},
		{"RMQ_LOG_LEVEL", "debug", func(s Settings) any { return s.LogLevel }, slog.LevelDebug},
		{"RMQ_LOG_LEVEL", "INFO", func(s Settings) any { return s.LogLevel }, slog.LevelInfo},
		{"RMQ_LOG_LEVEL", "warn", func(s Settings) any { return s.LogLevel }, slog.LevelWarn},
		{"RMQ_LOG_LEVEL", "error", func(s Settings) any { return s.LogLevel }, slog.LevelError},
		{"RMQ_LOG_FILES", "", func(s Settings) any { return s.LogFiles }, false},
		{"RMQ_LOG_FILES", "true", func(s Settings) any { return s.LogFiles }, true},
		{"RMQ_LOG_FILES", "false", func(s Settings) any { return s.LogFiles }, false},
		{"POD_NAME", "broker-1", func(s Settings) any { return s.Pod.Name }, "broker-1"},
		{"POD_NAME", "broker-1", func(s Settings) any { return s.Pod.InKubernetes }, true},
		{"KUBERNETES_SERVICE_HOST", "10.96.0.1", func(s Settings) any { return s.Pod.InKubernetes }, true},
		{"POD_NAME", "", func(s Settings) any { return s.Pod.InKubernetes }, false},
		{"POD_IP", "10.1.2.3", func(s Settings) any { return s.Pod.IP }, "10.1.2.3"},
		{"HOST_IP", "10.1.2.4", func(s Settings) any { return s.Pod.HostIP }, "10.1.2.4"},
		{"ROCKETMQ_HOME", "/r", func(s Settings) any { return s.Java.RocketMQHome }, "/r"},
		{"JAVA_HOME", "/j", func(s Settings) any { return s.Java.JavaHome }, "/j"},
		{"JAVA_OPT", "-a", func(s Settings) any { return s.Java.Opt }, "-a"},
		{"JAVA_OPT_EXT", "-b", func(s Settings) any { return s.Java.OptExt }, "-b"},
		{"HEAP_OPTS", "-c", func(s Settings) any { return s.Java.HeapOpts }, "-c"},
		{"CLASSPATH", "x.jar", func(s Settings) any { return s.Java.ClassPath }, "x.jar"},
		{"HOME", "/h", func(s Settings) any { return s.Java.Home }, "/h"},
		{"TMPDIR", "/t", func(s Settings) any { return s.Java.TmpDir }, "/t"},
	}
	tested := map[string]bool{}
	for _, tt := range tests {
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

// bad are values that are refused, with what the message says is allowed.
var bad = []struct{ variable, value, allowed string }{
	{"RMQ_ROLE", "name-server", "allowed: namesrv, broker, proxy, controller, standalone"},
	{"RMQ_ROLE", "Broker", "allowed: namesrv, broker"},
	{"NODE_ROLE", "master", "allowed: namesrv, broker"},
	{"RMQ_TOPOLOGY", "replica", "allowed: masters, manual"},
	{"RMQ_REPLICATION", "SYNC_MASTER", "allowed: async, sync"},
	{"RMQ_BROKER_NAME_PREFIX", "broker.a", "letters, digits, - and _"},
	{"RMQ_BROKER_NAME_PREFIX", "经纪人", "letters, digits, - and _"},
	{"RMQ_ORDINAL", "-1", "allowed: a whole number from 0 on"},
	{"RMQ_ORDINAL", "one", "allowed: a whole number from 0 on"},
	{"RMQ_ORDINAL", "2147483648", "allowed: a whole number from 0 on"},
	{"RMQ_ORDINAL", "1.0", "allowed: a whole number from 0 on"},
	{"RMQ_NAMESRV", "namesrv", "allowed: host:port;host:port"},
	{"RMQ_NAMESRV", "a:9876,b:9876", "allowed: host:port;host:port"},
	{"RMQ_NAMESRV", "http://a:9876", "allowed: host:port;host:port"},
	{"RMQ_NAMESRV", "dns+a:9876", "neither a host name nor an IP address; allowed: host:port;host:port"},
	{"RMQ_NAMESRV", "${NS}:9876", "allowed: host:port;host:port"},
	{"RMQ_NAMESRV", ":9876", "has no host; allowed: host:port;host:port"},
	{"RMQ_NAMESRV", "a:9876;b:0", "from 1 to 65535; allowed: host:port;host:port"},
	{"RMQ_NAMESRV", "a:65536", "from 1 to 65535"},
	{"RMQ_NAMESRV", "a:+1", "from 1 to 65535"},
	{"RMQ_NAMESRV", " ; ", "names no server; allowed: host:port;host:port"},
	{"NAMESRV_ADDR", "a:b", "from 1 to 65535; allowed: host:port;host:port"},
	{"RMQ_ADVERTISE", "10.0.0.1:10911", "allowed: pod-ip, pod-dns, host-ip, an IP address or a host name, without a port"},
	{"RMQ_ADVERTISE", "http://mq", "allowed: pod-ip, pod-dns, host-ip"},
	{"RMQ_ADVERTISE", "${IP}", "allowed: pod-ip, pod-dns, host-ip"},
	{"RMQ_ADVERTISE", "a\nbrokerId=1", "allowed: pod-ip, pod-dns, host-ip"},
	{"RMQ_CONFIG_DIR", "/nonexistent", "allowed: a folder that can be read"},
	{"RMQ_CONFIG_DIR", "/etc/passwd", "not a folder; allowed: a folder that can be read"},
	{"RMQ_GRACE_PERIOD", "0", "allowed: seconds (60) or a time span (90s, 2m) above 0"},
	{"RMQ_GRACE_PERIOD", "-5s", "allowed: seconds"},
	{"RMQ_GRACE_PERIOD", "30 s", "allowed: seconds"},
	{"RMQ_GRACE_PERIOD", "99999999999999999999", "allowed: seconds"},
	{"RMQ_HTTP_ADDR", "8088", "allowed: host:port or :port"},
	{"RMQ_HTTP_ADDR", ":0", "from 1 to 65535; allowed: host:port or :port"},
	{"RMQ_HTTP_ADDR", "a b:80", "allowed: host:port or :port"},
	{"RMQ_LOG_FORMAT", "xml", "allowed: json, text"},
	{"RMQ_LOG_LEVEL", "warning", "allowed: debug, info, warn, error"},
	{"RMQ_LOG_FILES", "yes", "allowed: true, false"},
	{"RMQ_CONF_", "x", "allowed is RMQ_CONF_<key>"},
}

func TestBadSettingIsNamed(t *testing.T) {
	for _, tt := range bad {
		t.Run(tt.variable+"="+tt.value, func(t *testing.T) {
			setEnv(t, map[string]string{tt.variable: tt.value})
			_, err := FromEnv()
			if err == nil {
				t.Fatal("accepted")
			}
			want := []string{tt.variable, tt.allowed}
			if tt.variable != "RMQ_CONF_" {
				want = append(want, quoted(tt.value))
			}
			for _, s := range want {
				if !strings.Contains(err.Error(), s) {
					t.Errorf("%q does not say %q", err, s)
				}
			}
			if strings.Contains(err.Error(), "envconfig") || strings.Contains(err.Error(), "strconv") || strings.Contains(err.Error(), "\n") {
				t.Errorf("not a line for people: %q", err)
			}
		})
	}
}

func quoted(s string) string { return "=" + `"` + strings.ReplaceAll(s, "\n", `\n`) + `"` }

func TestAllErrorsAtOnce(t *testing.T) {
	vars := map[string]string{"RMQ_CONF_user_FILE": "/nonexistent/secret"}
	for _, b := range bad {
		vars[b.variable] = b.value // of several for one variable, the last one
	}
	delete(vars, "RMQ_CONF_")
	setEnv(t, vars)
	_, err := FromEnv()
	if err == nil {
		t.Fatal("accepted")
	}
	for variable := range vars {
		if strings.Count(err.Error(), variable) != 1 {
			t.Errorf("%s is not named once in:\n%v", variable, err)
		}
	}
	if lines := strings.Count(err.Error(), "\n") + 1; lines != len(vars) {
		t.Errorf("%d lines for %d problems:\n%v", lines, len(vars), err)
	}
}

func TestOwnVariablesBeatThoseOfTheOfficialImage(t *testing.T) {
	s := mustRead(t, map[string]string{"RMQ_ROLE": "proxy", "NODE_ROLE": "nonsense", "RMQ_NAMESRV": "a:1", "NAMESRV_ADDR": "nonsense"})
	if s.Role != Proxy || s.Namesrv.String() != "a:1" || s.NamesrvFrom != "RMQ_NAMESRV" {
		t.Errorf("role %q, name servers %v from %s", s.Role, s.Namesrv, s.NamesrvFrom)
	}
	s = mustRead(t, map[string]string{"RMQ_ROLE": "", "NODE_ROLE": "proxy", "RMQ_NAMESRV": "", "NAMESRV_ADDR": "b:2"})
	if s.Role != Proxy || s.Namesrv.String() != "b:2" || s.NamesrvFrom != "NAMESRV_ADDR" {
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
	if got := mustRead(t, vars); !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestUnknownVariablesAndServiceLinks(t *testing.T) {
	unknown := []string{"RMQ_CLUSTERNAME", "RMQ_GRACE_PERIODS", "RMQ_REPORT", "RMQ_SERVICE_HOSTS", "RMQ_TRANSPORT"}
	links := []string{
		"RMQ_SERVICE_HOST", "RMQ_SERVICE_PORT", "RMQ_SERVICE_PORT_REMOTING_2", "RMQ_PORT", "RMQ_PORT_9876_TCP",
		"RMQ_PORT_9876_TCP_PROTO", "RMQ_PORT_9876_TCP_PORT", "RMQ_PORT_9876_TCP_ADDR", "RMQ_PORT_53_UDP", "RMQ_PORT_7_SCTP_ADDR",
		"RMQ_NAMESRV_SERVICE_HOST", "RMQ_NAMESRV_PORT", // a Service named rmq-namesrv
		"RMQ_CONF_SERVICE_HOST", "RMQ_CONF_PORT", "RMQ_CONF_PORT_80_TCP_ADDR", // a Service named rmq-conf
	}
	silent := []string{"RMQ_NUMA_NODE", "RMQ_PROXY_HOME", "RMQ_AGENT_CHILD", "RMQX_ROLE", "ROCKETMQ_PORT", "RMQ_CONF_fileReservedTime", "RMQ_LOG_FORMAT"}
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

func TestConf(t *testing.T) {
	dir := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	s := mustRead(t, map[string]string{
		"RMQ_CONF_fileReservedTime":    "48",
		"RMQ_CONF_a":                   "x=y=z ",
		"RMQ_CONF_empty":               "",
		"RMQ_CONF_password_FILE":       file("secret", "geheim\nzwei \r\n\n"),
		"RMQ_CONF_emptySecret_FILE":    file("empty", ""),
		"RMQ_CONF_brokerRole":          "SYNC_MASTER",
		"RMQ_CONF_withoutNewLine_FILE": file("plain", " s"),
	})
	want := []ConfValue{
		{"a", "x=y=z ", "RMQ_CONF_a"},
		{"brokerRole", "SYNC_MASTER", "RMQ_CONF_brokerRole"},
		{"empty", "", "RMQ_CONF_empty"},
		{"emptySecret", "", "RMQ_CONF_emptySecret_FILE"},
		{"fileReservedTime", "48", "RMQ_CONF_fileReservedTime"},
		{"password", "geheim\nzwei ", "RMQ_CONF_password_FILE"},
		{"withoutNewLine", " s", "RMQ_CONF_withoutNewLine_FILE"},
	}
	if !slices.Equal(s.Conf, want) {
		t.Errorf("got  %v\nwant %v", s.Conf, want)
	}
}

func TestConfProblems(t *testing.T) {
	secret := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(secret, []byte("do-not-print-this"), 0o600); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name string
		vars map[string]string
		want []string
	}{
		{"no such file", map[string]string{"RMQ_CONF_p_FILE": "/nonexistent/p"}, []string{"RMQ_CONF_p_FILE", "/nonexistent/p", "no such file"}},
		{"a folder", map[string]string{"RMQ_CONF_p_FILE": "/etc"}, []string{"RMQ_CONF_p_FILE", "/etc", "is a directory"}},
		{"twice", map[string]string{"RMQ_CONF_p": "1", "RMQ_CONF_p_FILE": secret}, []string{"RMQ_CONF_p and RMQ_CONF_p_FILE both set p"}},
		{"no key", map[string]string{"RMQ_CONF__FILE": secret}, []string{"RMQ_CONF__FILE names no key"}},
		{"name servers", map[string]string{"RMQ_NAMESRV": "a:1", "RMQ_CONF_namesrvAddr": "b:2"}, []string{`RMQ_NAMESRV="a:1"`, `RMQ_CONF_namesrvAddr="b:2"`, "keep one"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			setEnv(t, tt.vars)
			_, err := FromEnv()
			if err == nil {
				t.Fatal("accepted")
			}
			for _, s := range tt.want {
				if !strings.Contains(err.Error(), s) {
					t.Errorf("%q does not say %q", err, s)
				}
			}
			if strings.Contains(err.Error(), "do-not-print-this") {
				t.Errorf("prints a secret: %q", err)
			}
		})
	}
	mustRead(t, map[string]string{"RMQ_NAMESRV": "a:1;b:2", "RMQ_CONF_namesrvAddr": "a:1;b:2"})
	mustRead(t, map[string]string{"NAMESRV_ADDR": "a:1", "RMQ_CONF_namesrvAddr": "b:2"}) // the weakest layer, as upstream
}

func TestFQDN(t *testing.T) {
	const kubelet = "# Kubernetes-managed hosts file.\n127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost\n" +
		"10.244.0.7\tbroker-0.brokers.mq.svc.cluster.local\tbroker-0\n"
	tests := []struct{ name, hosts, host, want string }{
		{"a headless Service", kubelet, "broker-0", "broker-0.brokers.mq.svc.cluster.local"},
		{"another pod", kubelet, "broker-1", ""},
		{"a prefix of the name", kubelet, "broker", ""},
		{"no Service", "10.244.0.7\tbroker-0\n", "broker-0", ""},
		{"a comment", "# 10.244.0.7 broker-0.brokers broker-0\n#10.244.0.7 broker-0.brokers broker-0\n", "broker-0", ""},
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

func TestDescribe(t *testing.T) {
	text := strings.Join(Describe(), "\n")
	each(reflect.ValueOf(Settings{}), func(variable string, field reflect.StructField, _ reflect.Value) {
		if !strings.Contains(text, variable+" ") || len(field.Tag.Get("desc")) < 10 {
			t.Errorf("%s is not described", variable)
		}
	})
	for _, s := range []string{"RMQ_CONF_<key>", "(default 30s)", "(default :8088)"} {
		if !strings.Contains(text, s) {
			t.Errorf("no %q in\n%s", s, text)
		}
	}
}

// FuzzFromEnv: whatever the environment says, FromEnv answers, and an error names the variable.
func FuzzFromEnv(f *testing.F) {
	var variables []string
	each(reflect.ValueOf(Settings{}), func(variable string, _ reflect.StructField, _ reflect.Value) {
		variables = append(variables, variable)
	})
	variables = append(variables, "NAMESRV_ADDR", "NODE_ROLE", "POD_NAME", "RMQ_CONF_brokerId", "RMQ_CONF_key_FILE", "RMQ_CONF_", "RMQ_")
	for i := range variables {
		f.Add(uint8(i), "x")
	}
	for _, b := range bad {
		f.Add(uint8(max(0, slices.Index(variables, b.variable))), b.value)
	}
	f.Fuzz(func(t *testing.T, i uint8, value string) {
		variable := variables[int(i)%len(variables)]
		if strings.ContainsRune(value, 0) || strings.HasSuffix(variable, "_FILE") && strings.HasPrefix(value, "/dev") {
			return // neither can be in an environment that ends
		}
		setEnv(t, map[string]string{variable: value})
		s, err := FromEnv()
		if err != nil && !strings.Contains(err.Error(), variable) {
			t.Errorf("%s=%q: the error names another: %v", variable, value, err)
		}
		if err == nil && (s.GracePeriod <= 0 || s.HTTPAddr == "" || s.LogFormat == "" || s.Replication == "") {
			t.Errorf("%s=%q: a default is missing: %+v", variable, value, s)
		}
		for _, addr := range s.Namesrv {
			if list, err := ParseNamesrv(addr); err != nil || !slices.Equal(list, []string{addr}) {
				t.Errorf("%s=%q: %q does not parse again: %v", variable, value, addr, err)
			}
		}
	})
}
