package config

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"rocketmq-agent/agent/fastjson"
	"rocketmq-agent/agent/keys"
	"rocketmq-agent/agent/rmq"
	"rocketmq-agent/agent/settings"
)

// proxy merges the layers of a proxy whose file is at path; empty: its template.
func proxy(in Input, path string) (c Config, err error) {
	if path != "" {
		if in.File, err = ReadJSON(path); err != nil {
			return Config{}, err
		}
	}
	return Proxy(in)
}

// ports are what the proxy listens on.
func ports(c Config) (remoting, grpc int64) {
	v := Effective{Config: c, Keys: table().Set(keys.Newest(), rmq.Proxy)}
	return v.Number("remotingListenPort"), v.Number("grpcServerPort")
}

func TestProxyDefault(t *testing.T) {
	in := masters()
	in.Fields.ClusterName = `a"b\`
	c, err := proxy(in, "")
	if err != nil {
		t.Fatal(err)
	}
	var got map[string]string
	err = json.Unmarshal(c.JSON(), &got)
	if err != nil || got["rocketMQClusterName"] != `a"b\` || got["proxyClusterName"] != `a"b\` || len(got) != 2 {
		t.Errorf("%s is %v, error %v", c.JSON(), got, err)
	}
	if remoting, grpc := ports(c); remoting != 8080 || grpc != 8081 {
		t.Errorf("ports %d and %d", remoting, grpc)
	}
	withTemplate(t, &in, "rmq-proxy.json.tmpl", `{"grpcServerPort": 9}`)
	c, err = proxy(in, "")
	if _, grpc := ports(c); err != nil || grpc != 9 {
		t.Errorf("the folder's template: %s, error %v", c.JSON(), err)
	}
}

// What the file's ports are was asked of fastjson2 2.0.59, which the proxy of 5.5.0 reads it with.
func TestProxyFileIsPassedOnUntouched(t *testing.T) {
	tests := []struct {
		name, text     string
		remoting, grpc int64
	}{
		{"plain", `{"remotingListenPort": 18080, "grpcServerPort": 18081}`, 18080, 18081},
		{"quoted", `{"grpcServerPort": "18081"}`, 8080, 18081},
		{"comments",
			"{ // the ports\n  /* \"grpcServerPort\": 1, */ \"grpcServerPort\": 18081 // , \"grpcServerPort\": 2\n}",
			8080, 18081},
		{"no comments in strings", `{"proxyName": "// /* ' \" ", "grpcServerPort": 18081}`, 8080, 18081},
		{"single quotes", `{'proxyName': 'it\'s a "name" \\', 'grpcServerPort': '18081'}`, 8080, 18081},
		{"a comma too many", "{\"x\": [1, 2, ], \"grpcServerPort\": 18081,\n}", 8080, 18081},
		{"a byte order mark", "\ufeff{\"grpcServerPort\": 18081}", 8080, 18081},
		{"a duplicate", `{"grpcServerPort": 1, "grpcServerPort": 18081}`, 8080, 18081},
		{"another case is another key", `{"grpcserverport": 18081}`, 8080, 8081},
		{"big numbers", `{"x": 12345678901234567890}`, 8080, 8081},
		{"no port", `{"grpcServerPort": null, "remotingListenPort": {}}`, 8080, 8081},
		{"nothing", ``, 8080, 8081},
		{"null", `null`, 8080, 8081},
		{"a list", `[1]`, 8080, 8081},
		{"two objects", `{"grpcServerPort": 1} {}`, 8080, 8081},
		{"open comment", `{"grpcServerPort": 1 /* }`, 8080, 8081},
		{"open string", `{"grpcServerPort": 1, 'x`, 8080, 8081},
		{"open escape", `{"grpcServerPort": 1, 'x\`, 8080, 8081},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c, err := proxy(masters(), write(t, t.TempDir(), "rmq-proxy.json", tt.text))
			if err != nil {
				t.Fatal(err)
			}
			if string(c.JSON()) != tt.text {
				t.Errorf("became %s", c.JSON())
			}
			if remoting, grpc := ports(c); remoting != tt.remoting || grpc != tt.grpc {
				t.Errorf("ports %d and %d, want %d and %d", remoting, grpc, tt.remoting, tt.grpc)
			}
		})
	}
}

func TestProxyMerge(t *testing.T) {
	in := masters()
	in.Settings.Conf = []settings.ConfValue{
		setTo("enableACL", "true"), setTo("grpcServerPort", "18081"), setTo("negative", "-1.50"),
		setTo("remotingListenPort", " 18080 "), setTo("text", "a\"b\nc"), setTo("zero", "007"),
		setTo("null", "null"), setTo("object", `{"a":1}`), setTo("yes", "yes"), setTo("empty", ""),
	}
	path := write(t, t.TempDir(), "rmq-proxy.json",
		"{\n  // ours\n  'big': 12345678901234567890.5, \"kept\": {\"a\": [1, \"<>\"]}, \"text\": 1,\n}")
	c, err := proxy(in, path)
	if err != nil {
		t.Fatal(err)
	}
	const want = `{
  "big": 12345678901234567890.5,
  "empty": "",
  "enableACL": true,
  "grpcServerPort": 18081,
  "kept": {
    "a": [
      1,
      "\u003c\u003e"
    ]
  },
  "negative": -1.50,
  "null": "null",
  "object": "{\"a\":1}",
  "remotingListenPort": 18080,
  "text": "a\"b\nc",
  "yes": "yes",
  "zero": "007"
}`
	if string(c.JSON()) != want {
		t.Errorf("got %s", c.JSON())
	}
	if remoting, grpc := ports(c); remoting != 18080 || grpc != 18081 {
		t.Errorf("ports %d and %d", remoting, grpc)
	}
}

// An image's own file names DefaultCluster; it must not beat the setting.
func TestProxyOfAnotherCluster(t *testing.T) {
	in := masters()
	in.Settings.ClusterName = "prod"
	path := write(t, t.TempDir(), "rmq-proxy.json",
		`{"rocketMQClusterName": "DefaultCluster", "grpcServerPort": 18081}`)
	c, err := proxy(in, path)
	if err != nil {
		t.Fatal(err)
	}
	got, _ := decoded(c.JSON())
	if got["rocketMQClusterName"] != "prod" || got["proxyClusterName"] != "prod" ||
		got["grpcServerPort"] != json.Number("18081") || len(got) != 3 {
		t.Errorf("got %s", c.JSON())
	}
}

func TestProxyMergeRefuses(t *testing.T) {
	in := masters()
	in.Settings.Conf = []settings.ConfValue{setTo("grpcServerPort", "1")}
	for text, reason := range map[string]string{
		"":                                "it ends too early",
		"null":                            "no JSON object",
		"[1]":                             "no JSON object",
		`{"a":1} x`:                       "more after its end",
		"{a: 1}":                          "line 1: invalid character 'a'",
		"{\n/*\n*/ \"a\": 1,\n \"b\": [}": "line 4: ",
	} {
		path := write(t, t.TempDir(), "rmq-proxy.json", text)
		_, err := proxy(in, path)
		if err == nil || !strings.Contains(err.Error(), path) || !strings.Contains(err.Error(), reason) ||
			!strings.Contains(err.Error(), "RMQ_CONF_grpcServerPort") {
			t.Errorf("%q: error %v", text, err)
		}
	}
	missing := filepath.Join(t.TempDir(), "none.json")
	if _, err := proxy(in, missing); err == nil || !strings.Contains(err.Error(), missing) {
		t.Errorf("a missing file: error %v", err)
	}
}

func decoded(text []byte) (map[string]any, bool) {
	members, err := fastjson.ReadObject(text)
	object := map[string]any{}
	for _, m := range members {
		object[m.Key] = m.Value
	}
	return object, err == nil
}

// FuzzProxy: no file and no value make it panic, and what is merged is JSON that holds the value.
func FuzzProxy(f *testing.F) {
	for _, text := range []string{`{"a":1}`, "{'a':'\\'',}//", "null", "/*", "'", `"\`, "[}"} {
		f.Add([]byte(text), "18081")
		f.Add([]byte(text), "}")
	}
	f.Fuzz(func(t *testing.T, text []byte, value string) {
		object, ok := decoded(text)
		if !ok {
			return
		}
		object["grpcServerPort"] = scalar(value)
		merged, err := json.Marshal(object)
		if err != nil {
			t.Fatalf("%q with %q: %v", text, value, err)
		}
		again, ok := decoded(merged)
		if !ok || len(again) != len(object) {
			t.Fatalf("%q with %q became %s: %v", text, value, merged, err)
		}
	})
}
