package validate

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"rocketmq-agent/agent/config"
	"rocketmq-agent/agent/fastjson"
	"rocketmq-agent/agent/keys"
	"rocketmq-agent/agent/rmq"
)

// proxyTest is a file of a proxy and everything that is wrong with it.
type proxyTest struct {
	name    string
	release string // empty: 5.5.0
	text    string
	want    []want
}

// proxyTests are files of a proxy. What fastjson makes of each was seen by running RocketMQ's own, 1.2.83 before 5.4
// and 2.0.59 after it, on ProxyConfig.
var proxyTests = []proxyTest{
	{name: "nothing", text: "{}"},
	{name: "what the release itself ships", text: "{\n  \"rocketMQClusterName\": \"DefaultCluster\"\n}\n"},
	{
		name: "comments, single quotes, a comma at the end, a byte order mark",
		text: "\ufeff// proxy\n{ // ports\n 'grpcServerPort': 8081, /* gRPC */ \"rocketMQClusterName\": 'c',\n}\n",
	},

	// Syntax.
	{name: "no JSON", text: "grpcServerPort=8081", want: []want{
		{Error, "bad-json", "", 1, "", "the proxy leaves with 1"},
	}},
	{name: "a list", text: `[{"grpcServerPort":8081}]`, want: []want{{Error, "bad-json", "", 1, "", "no JSON object"}}},
	{name: "cut off", text: "{\n\"grpcServerPort\": 8081\n", want: []want{
		{Error, "bad-json", "", 3, "", "ends too early"},
	}},
	{name: "a comma is missing", text: "{\n\"grpcServerPort\": 8081\n\"proxyMode\": \"cluster\"\n}", want: []want{
		{Error, "bad-json", "", 3, "", "invalid character"},
	}},
	{name: "a name without quotes", text: `{grpcServerPort: 8081}`, want: []want{
		{Error, "bad-json", "", 1, "", "the proxy leaves with 1"},
	}},
	{name: "a name without quotes before 5.4", release: "5.3.3", text: `{grpcServerPort: 8081}`, want: []want{
		{Warning, "bad-json", "", 1, "", "it cannot be checked"},
	}},
	{name: "an empty file", text: "", want: []want{{Error, "bad-json", "", 1, "", "ends too early"}}},
	{
		name: "comments where fastjson2 takes them",
		text: "/* a */ // b\n" +
			"{// c\n" +
			"\"grpcServerPort\": 8081, // d\n" +
			"/* e */ // f\n" +
			"'proxyMode': 'http://x/*y*/', \"noSuchThing\": {/* g */ \"a\": 1}}\n" +
			"// h\n",
		want: []want{
			{Warning, "unknown-key", "noSuchThing", 5, "", "no effect"},
			{Warning, "not-a-choice", "proxyMode", 5, "", "none of the values that work"},
		},
	},
	{name: "a comment in an empty object", text: "{ // later\n}"},
	{name: "a comment behind the last value", text: "{\n\"grpcServerPort\": 8081 // gRPC\n}", want: []want{
		{Error, "misplaced-comment", "", 2, "", "the proxy leaves with 1"},
	}},
	{
		name:    "a comment behind the last value before 5.4",
		release: "5.3.3",
		text:    "{\n\"grpcServerPort\": 8081 // gRPC\n}",
	},
	{name: "a comment behind the last comma", text: "{\"grpcServerPort\": 8081, /* gRPC */ }", want: []want{
		{Error, "misplaced-comment", "", 1, "", "where a key comes next"},
	}},
	{
		name: "a comment before a comma",
		text: "{\"proxyMode\": \"cluster\" /* not local */,\n\"grpcServerPort\": 8081}",
		want: []want{{Error, "misplaced-comment", "", 1, "", "before a comma"}},
	},
	{name: "a comment before a value", text: "{\"grpcServerPort\":\n/* gRPC */ 8081}", want: []want{
		{Error, "misplaced-comment", "", 2, "", "fastjson2"},
	}},
	{name: "a comment in a list", text: "{\"noSuchThing\": [1, /* one */ 2]}", want: []want{
		{Error, "misplaced-comment", "", 1, "", "fastjson2"},
		{Warning, "unknown-key", "noSuchThing", 1, "", "no effect"},
	}},

	// Keys.
	{name: "duplicate", text: "{\"grpcServerPort\": 8081,\n\"grpcServerPort\": 8082}", want: []want{
		{Warning, "duplicate", "grpcServerPort", 2, "", "line 1 already"},
	}},
	{name: "another case", text: `{"grpcserverport": 8082}`, want: []want{
		{Warning, "unknown-key", "grpcserverport", 1, "grpcServerPort", "case-sensitive"},
	}},
	{
		name:    "another case before 5.4",
		release: "5.3.3",
		text:    `{"grpcserverport": 8082, "grpc_client_idle_time_mills": 1000, "namesrv-addr": "a:9876"}`,
	},
	{name: "another case before 5.4 hides no mistake", release: "5.3.3", text: `{"grpcserverport": "x"}`, want: []want{
		{Error, "not-a-number", "grpcserverport", 1, "", "does not fit the type"},
	}},
	{name: "the guide's own spelling", text: `{"nameSrvAddr": "a:9876"}`, want: []want{
		{Warning, "unknown-key", "nameSrvAddr", 1, "namesrvAddr", "since 5.4 keys must match exactly"},
	}},
	{name: "the guide's own spelling before 5.4", release: "5.2.0", text: `{"nameSrvAddr": "a:9876"}`},
	{name: "another name", text: `{"grpcPort": 8082, "noSuchThing": {"a": 1}}`, want: []want{
		{Warning, "unknown-key", "grpcPort", 1, "grpcServerPort", "stays 8081"},
		{Warning, "unknown-key", "noSuchThing", 1, "", "no effect"},
	}},
	{name: "the broker's", text: `{"brokerName": "a"}`, want: []want{
		{Warning, "unknown-key", "brokerName", 1, "", "it is a key of the broker, and the proxy does not read it"},
	}},
	{name: "overwritten", text: `{"clusterName": "c"}`, want: []want{
		{Warning, "no-effect", "clusterName", 1, "rocketMQClusterName", "overwrites it"},
	}},
	{name: "read by nobody", text: `{"longPollingReserveTimeInMillis": 100}`, want: []want{
		{Warning, "no-effect", "longPollingReserveTimeInMillis", 1, "", "reads it nowhere"},
	}},

	// Numbers.
	{
		name: "numbers",
		text: `{"grpcServerPort": 8081, "remotingListenPort": "8080", "grpcThreadPoolNums": 16.0, ` +
			`"grpcClientIdleTimeMills": "+120000", "renewMaxTimeMillis": 1e3}`,
	},
	{
		name: "no numbers",
		text: "{\"grpcServerPort\": \"8081 \",\n" +
			"\"remotingListenPort\": \"eighty\",\n" +
			"\"grpcThreadPoolNums\": [],\n" +
			"\"grpcClientIdleTimeMills\": {}}",
		want: []want{
			{Error, "not-a-number", "grpcServerPort", 1, "8081", "the proxy leaves with 1"},
			{Error, "not-a-number", "remotingListenPort", 2, "", `"eighty" does not fit the type`},
			{Error, "not-a-number", "grpcThreadPoolNums", 3, "", "an object or a list"},
			{Error, "not-a-number", "grpcClientIdleTimeMills", 4, "", "an object or a list"},
		},
	},
	{
		name: "a number that is too large",
		text: `{"grpcServerPort": 99999999999, "renewMaxTimeMillis": 99999999999}`,
		want: []want{{Error, "not-a-number", "grpcServerPort", 1, "", "does not fit the type"}},
	},
	{name: "a part of a number", text: `{"grpcThreadPoolNums": 16.5, "grpcProducerThreadPoolNums": true}`, want: []want{
		{Warning, "not-a-number", "grpcProducerThreadPoolNums", 1, "", "true is read as a number, 1"},
		{Warning, "not-a-number", "grpcThreadPoolNums", 1, "", "16.5 is cut to 16"},
	}},
	{name: "a part of a number as text", text: `{"grpcThreadPoolNums": "16.5"}`},
	{
		name:    "a part of a number as text before 5.4",
		release: "5.3.3",
		text:    `{"grpcThreadPoolNums": "16.5"}`,
		want:    []want{{Error, "not-a-number", "grpcThreadPoolNums", 1, "", "16.5"}},
	},
	{
		name: "null is no default",
		text: "{\"grpcThreadPoolNums\": null,\n" +
			"\"enableProxyAutoRenew\": \"\",\n" +
			"\"traceOn\": null,\n" +
			"\"namesrvDomain\": null}",
		want: []want{
			{Warning, "null", "grpcThreadPoolNums", 1, "", "null is read as 0"},
			{Warning, "null", "enableProxyAutoRenew", 2, "", `"" is read as false, not as the default true`},
		},
	},
	{
		name:    "null is the default before 5.4",
		release: "5.3.3",
		text:    `{"grpcThreadPoolNums": null, "enableProxyAutoRenew": ""}`,
	},
	{name: "out of range", text: `{"grpcClientConsumerLongPollingBatchSize": 33}`, want: []want{
		{Warning, "out-of-range", "grpcClientConsumerLongPollingBatchSize", 1, "", "33 is out of range"},
	}},

	// Switches.
	{
		name: "switches",
		text: `{"traceOn": true, "enableBatchAck": "TRUE", "sendLatencyEnable": "Y", ` +
			`"startDetectorEnable": 1, "useDelayLevel": "0"}`,
	},
	{
		name: "no switches",
		text: "{\"traceOn\": \"yes\",\n\"enableBatchAck\": \"T\",\n\"sendLatencyEnable\": 2}",
		want: []want{
			{Error, "not-a-boolean", "traceOn", 1, "true", "the proxy leaves with 1"},
			{Error, "not-a-boolean", "enableBatchAck", 2, "true", "the proxy leaves with 1"},
			{Warning, "not-a-boolean", "sendLatencyEnable", 3, "", "2 is read as false"},
		},
	},
	{
		name:    "switches before 5.4",
		release: "5.3.3",
		text:    `{"traceOn": "T", "enableBatchAck": "f", "sendLatencyEnable": "y"}`,
	},

	// Words and texts.
	{
		name: "words",
		text: `{"proxyMode": "Cluster", "metricsExporterType": "prom", "metricCollectorMode": "OFF", ` +
			`"rocketMQClusterName": 7}`,
	},
	{name: "words by their number", text: `{"metricsExporterType": 2}`},
	{name: "no word of that number", text: `{"metricsExporterType": 4}`, want: []want{
		{Error, "not-a-choice", "metricsExporterType", 1, "", "does not fit the type"},
	}},
	{name: "no words", text: "{\"metricsExporterType\": \"prometheus\",\n\"proxyMode\": \"locale\"}", want: []want{
		{Warning, "not-a-choice", "metricsExporterType", 1, "", "none of its values"},
		{Warning, "not-a-choice", "proxyMode", 2, "", "none of the values that work"},
	}},
	{
		name: "an object in the place of its own text",
		text: `{"innerClientAuthenticationCredentials": {"accessKey": "a", "secretKey": "b"}}`,
	},
	{name: "a list in the place of a text", text: `{"namesrvAddr": ["a:9876", "b:9876"]}`, want: []want{
		{Warning, "not-a-text", "namesrvAddr", 1, "", "the JSON itself"},
	}},
	{name: "an object in the place of another text", text: `{"rocketMQClusterName": {"a": 1}}`, want: []want{
		{Warning, "not-a-text", "rocketMQClusterName", 1, "", "the JSON itself"},
	}},
	{name: "a list in the place of an object", text: `{"initAuthenticationUser": ["a"]}`, want: []want{
		{Warning, "not-a-text", "initAuthenticationUser", 1, "", "cannot be used"},
	}},
	{name: "no JSON in a text", text: `{"initAuthenticationUser": "admin"}`, want: []want{
		{Warning, "bad-json", "initAuthenticationUser", 1, "", "it is no JSON object"},
	}},
	{name: "addresses", text: `{"namesrvAddr": "a:9876;b:9876"}`},
	{name: "no addresses", text: `{"namesrvAddr": "a;b"}`, want: []want{
		{Error, "bad-address", "namesrvAddr", 1, "a:9876;b:9876", "is not host:port"},
	}},
	{name: "a placeholder", text: `{"namesrvAddr": "${NAMESRV_ADDR}"}`, want: []want{
		{Error, "placeholder", "namesrvAddr", 1, "", "${NAMESRV_ADDR}"},
	}},
	{name: "a notice to other proxies", text: `{"localServeAddr": "a b"}`, want: []want{
		{Warning, "bad-host", "localServeAddr", 1, "", "neither an IP address"},
	}},

	// All together.
	{name: "one port for both", text: "{\"grpcServerPort\": 8080,\n\"remotingListenPort\": 8080}", want: []want{
		{Error, "port-twice", "grpcServerPort", 1, "", "the same port"},
	}},
	{name: "one port with the default", text: `{"grpcServerPort": 8080}`, want: []want{
		{Error, "port-twice", "grpcServerPort", 1, "", "remotingListenPort=8080"},
	}},
	{name: "no port", text: `{"grpcServerPort": 70000}`, want: []want{
		{Error, "bad-port", "grpcServerPort", 1, "", "no port"},
	}},
	{
		name: "the exporter's port",
		text: `{"metricsExporterType": "PROM", "metricsPromExporterPort": 8081}`,
		want: []want{{Error, "port-twice", "metricsPromExporterPort", 1, "", "grpcServerPort=8081"}},
	},
	{name: "an exporter that is not there", text: `{"metricsPromExporterPort": 8081}`},
	{name: "authentication", text: `{"authenticationEnabled": true}`, want: []want{
		{Warning, "no-provider", "authenticationEnabled", 1, "",
			"org.apache.rocketmq.proxy.auth.ProxyAuthenticationMetadataProvider"},
	}},
	{name: "ACL that is gone", text: `{"enableACL": true}`, want: []want{
		{Error, "unprotected", "enableACL", 1, "", "Only in 5.2"},
	}},
	{
		name: "ACL that is gone beside what protects",
		text: `{"enableACL": true, "authenticationEnabled": true, "authenticationMetadataProvider": "a.B"}`,
		want: []want{{Warning, "unknown-key", "enableACL", 1, "", "Only in 5.2"}},
	},
	{name: "ACL of 5.2", release: "5.2.0", text: `{"enableACL": true}`},
	{name: "a proxy whose keys are not known", release: "5.1.4", text: `{"grpcServerPort": "x", "noSuchKey": 1}`},
	{name: "a proxy whose keys are not known, cut off", release: "5.1.4", text: `{"grpcServerPort": 8081`, want: []want{
		{Warning, "bad-json", "", 1, "", "it cannot be checked"},
	}},
}

func TestProxy(t *testing.T) {
	table := loadTable(t)
	for _, tt := range slices.Concat(proxyTests, proxyProtectionTests) {
		t.Run(tt.name, func(t *testing.T) {
			set := table.Set(rmq.MustRelease(cmp.Or(tt.release, "5.5.0")), rmq.Proxy)
			check(t, proxyFile(set, []byte(tt.text)), tt.want)
		})
	}
}

// TestProxyShowsNothingInside: an object or a list is shown as such, since what lies inside may be a secret; null is
// null.
func TestProxyShowsNothingInside(t *testing.T) {
	set := loadTable(t).Set(rmq.MustRelease("5.5.0"), rmq.Proxy)
	got := proxyFile(set, []byte(`{"a": {"b": 1}, "b": [1], "c": null, "d": "x", "e": 1.50}`))
	if len(got) != 5 {
		t.Fatalf("%d findings: %v", len(got), got)
	}
	for i, want := range []string{"{…}", "[…]", "null", "x", "1.50"} {
		if got[i].Value != want {
			t.Errorf("%s is shown as %s, want %s", got[i].Key, got[i].Value, want)
		}
	}
}

// proxyFile judges the text of a mounted rmq-proxy.json.
func proxyFile(set keys.Set, text []byte) []Finding {
	return Proxy(set, config.Of(config.Layer{Name: "rmq-proxy.json"}.WithJSON(text)), Options{})
}

// A variable replaces what the file says: a bad value that nobody uses does not stop the proxy.
func TestProxyWithAReplacedValue(t *testing.T) {
	set := loadTable(t).Set(rmq.MustRelease("5.5.0"), rmq.Proxy)
	file := config.Layer{Name: "rmq-proxy.json"}.WithJSON([]byte(`{"grpcServerPort": "x"}`))
	right := config.Layer{Kind: config.Variable, Name: "RMQ_CONF_grpcServerPort"}
	right.Members = []fastjson.Member{{Key: "grpcServerPort", Value: json.Number("8081")}}
	wrong := config.Layer{Kind: config.Variable, Name: "RMQ_CONF_grpcServerPort"}
	wrong.Members = []fastjson.Member{{Key: "grpcServerPort", Value: "y"}}
	for _, tt := range []struct {
		name   string
		layers []config.Layer
		failed bool
	}{
		{"the file alone", []config.Layer{file}, true},
		{"a right value instead", []config.Layer{file, right}, false},
		{"a wrong value instead", []config.Layer{file, wrong}, true},
	} {
		if all := Proxy(set, config.Of(tt.layers...), Options{}); Failed(all, false) != tt.failed || len(all) == 0 {
			t.Errorf("%s: %v", tt.name, all)
		}
	}
}

// What lies inside of a value may be a secret, whatever the key.
func TestProxyHidesWhatLiesInside(t *testing.T) {
	set := loadTable(t).Set(rmq.MustRelease("5.5.0"), rmq.Proxy)
	const text = `{"clusterName": {"pw": "hunter2"}, "noSuchKey": ["hunter2"], "grpcServerPort": {"pw": "hunter2"}}`
	for _, f := range proxyFile(set, []byte(text)) {
		if strings.Contains(f.Value+f.Message+f.Suggestion, "hunter2") {
			t.Errorf("%+v", f)
		}
	}
}
