package settings

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"rocketmq-agent/agent/rmq"
)

// bad are values that are refused, with what the message says is allowed.
var bad = []struct{ variable, value, allowed string }{
	{"RMQ_ROLE", "name-server", "allowed: namesrv, broker, proxy, controller, standalone"},
	{"RMQ_ROLE", "Broker", "allowed: namesrv, broker"},
	{"NODE_ROLE", "master", "allowed: namesrv, broker"},
	{"RMQ_TOPOLOGY", "replica", "allowed: masters, replicas, dledger, controller, manual"},
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
	{"RMQ_CLUSTER_NAME", "a#b", "allowed: a name without blanks and #"},
	{"RMQ_CLUSTER_NAME", "a b", "allowed: a name without blanks and #"},
	{"RMQ_CLUSTER_NAME", "a\nbrokerId=1", "allowed: a name without blanks and #"},
	{"RMQ_GROUP_SIZE", "0", "allowed: a whole number from 1 on"},
	{"RMQ_GROUP_SIZE", "two", "allowed: a whole number from 1 on"},
	{"RMQ_GROUP_SIZE", "-1", "allowed: a whole number from 1 on"},
	{"RMQ_GROUP_SIZE", "+3", "allowed: a whole number from 1 on"},
	{"RMQ_GROUP_SIZE", "3.0", "allowed: a whole number from 1 on"},
	{"RMQ_GROUP_SIZE", " 3", "allowed: a whole number from 1 on"},
	{"RMQ_GROUP_SIZE", "65536", "allowed: a whole number from 1 on"},
	{"RMQ_REPLICA_INDEX", "-1", "allowed: a whole number from 0 on"},
	{"RMQ_CONTROLLER", "controller", "allowed: host:port;host:port"},
	{"RMQ_POD_DOMAIN", "mq:1", "allowed: a domain"},
	{"RMQ_POD_DOMAIN", "${NS}", "allowed: a domain"},
	{"RMQ_POD_DOMAIN", ".", "allowed: a domain"},
	{"RMQ_POD_DOMAIN", "..mq", "allowed: a domain"},
	{"RMQ_POD_DOMAIN", "mq..svc", "allowed: a domain"},
	{"RMQ_POD_DOMAIN", "mq/svc", "allowed: a domain"},
	{"RMQ_POD_DOMAIN", "mq.svc;n9-x.y", "allowed: a domain"},
	{"RMQ_POD_DOMAIN", "2001:db8::1", "allowed: a domain, as mq.default.svc.cluster.local"},
	{"RMQ_CONFIG_STRICT", "1.0", "allowed: true, false"},
	{"RMQ_STORE_PER_POD", "yes", "allowed: true, false"},
	{"RMQ_NAMESRV", "${NS}:9876", "allowed: host:port;host:port"},
	{"RMQ_NAMESRV", ":9876", "has no host; allowed: host:port;host:port"},
	{"RMQ_NAMESRV", "a:9876;b:0", "from 1 to 65535; allowed: host:port;host:port"},
	{"RMQ_NAMESRV", "a:65536", "from 1 to 65535"},
	{"RMQ_NAMESRV", "a:+1", "from 1 to 65535"},
	{"RMQ_NAMESRV", " ; ", "names no server; allowed: host:port;host:port"},
	{"NAMESRV_ADDR", "a:b", "from 1 to 65535; allowed: host:port;host:port"},
	{"RMQ_ADVERTISE", "10.0.0.1:10911",
		"allowed: pod-ip, pod-dns, host-ip, an IP address or a host name, without a port"},
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
			if strings.Contains(err.Error(), "envconfig") || strings.Contains(err.Error(), "strconv") ||
				strings.Contains(err.Error(), "\n") {
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

// FuzzFromEnv: whatever the environment says, FromEnv answers, and an error names the variable.
func FuzzFromEnv(f *testing.F) {
	var variables []string
	each(reflect.ValueOf(Settings{}), func(variable string, _ reflect.StructField, _ reflect.Value) {
		variables = append(variables, variable)
	})
	variables = append(variables, "NAMESRV_ADDR", "NODE_ROLE", "POD_NAME",
		"RMQ_CONF_brokerId", "RMQ_CONF_key_FILE", "RMQ_CONF_", "RMQ_")
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
			if list, err := rmq.ParseAddrs(addr); err != nil || !slices.Equal(list, []string{addr}) {
				t.Errorf("%s=%q: %q does not parse again: %v", variable, value, addr, err)
			}
		}
	})
}
