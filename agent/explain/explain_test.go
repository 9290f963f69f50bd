package explain

import (
	"bytes"
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"

	"rocketmq-agent/agent/config"
	"rocketmq-agent/agent/identity"
	"rocketmq-agent/agent/javaprops"
	"rocketmq-agent/agent/keys"
	"rocketmq-agent/agent/launch"
	"rocketmq-agent/agent/plan"
	"rocketmq-agent/agent/rmq"
	"rocketmq-agent/agent/settings"
)

// explained is the explanation of a broker that every kind of layer configures, by key.
func explained(t *testing.T) map[string]Setting {
	t.Helper()
	in := config.Input{
		Identity: identity.Identity{
			Topology:   rmq.Masters,
			Size:       1,
			BrokerName: "mq-0",
			BrokerRole: "ASYNC_MASTER",
		},
		Fields:  config.Fields{ClusterName: "c", UserHome: "/h", Namesrv: "ns:9876"},
		Namesrv: rmq.AddrList{"cmd:1"},
	}
	props, err := javaprops.Parse([]byte("namesrvAddr=file:1\nbrokerName=mq-0\ntlsKeyPassword=hidden1\n" +
		"fileReservedTime=48 \ninnocent=seen\nmyOwnKey=1\nlistenPort=1\nlistenPort=2\n"))
	if err != nil {
		t.Fatal(err)
	}
	in.File = config.Layer{Name: "f", Props: props}
	table, err := keys.Load()
	if err != nil {
		t.Fatal(err)
	}
	in.Keys = table.Set(rmq.MustRelease("5.5.0"), rmq.Broker)
	if in.Templates, err = config.ReadTemplates(""); err != nil {
		t.Fatal(err)
	}
	in.Settings.Conf = []settings.ConfValue{
		{Key: "innocent", Value: "hidden2", Variable: "RMQ_CONF_innocent_FILE", Secret: true},
		{Key: "namesrvAddr", Value: "conf:1", Variable: "RMQ_CONF_namesrvAddr"},
		{Key: "tlsKeyPassword", Value: "hidden3", Variable: "RMQ_CONF_tlsKeyPassword"},
	}
	c, err := config.Broker(in)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]Setting{}
	list := Settings([]plan.File{{Values: config.Effective{Config: c, Keys: in.Keys}}})
	for i, s := range list {
		all[s.Key] = s
		if i > 0 && list[i-1].Key >= s.Key {
			t.Errorf("%s stands behind %s", s.Key, list[i-1].Key)
		}
	}
	return all
}

func TestSettings(t *testing.T) {
	const mask = keys.Redacted
	tests := []struct {
		want Setting // without its help
		help string  // a part of it
	}{
		{Setting{
			Key:    "namesrvAddr",
			Value:  "cmd:1",
			Source: "the command line",
			Change: keys.Live,
			Displaced: []Displaced{
				{"conf:1", "RMQ_CONF_namesrvAddr"}, {"file:1", "f:1"}, {"ns:9876", "template broker.conf.tmpl"},
			},
		}, ""},
		{Setting{Key: "brokerName", Value: "mq-0", Source: "the topology masters",
			Displaced: []Displaced{{"mq-0", "f:2"}}, Default: "*"}, ""},
		{Setting{Key: "listenPort", Value: "2", Source: "f:8", Default: "10911",
			Displaced: []Displaced{{"1", "f:7"}, {"10911", "template broker.conf.tmpl"}}}, ""},
		{Setting{Key: "haListenPort", Value: "3", Source: "listenPort + 1", Default: "10912"}, ""},
		{Setting{Key: "fileReservedTime", Value: "48 ", Source: "f:4", Default: "72", Change: keys.Live}, "hours"},
		{Setting{Key: "myOwnKey", Value: "1", Source: "f:6"}, ""},
		// A secret is one by the name of its key or because it came from a file; what a file said before is none.
		{Setting{Key: "tlsKeyPassword", Value: mask, Source: "RMQ_CONF_tlsKeyPassword",
			Displaced: []Displaced{{mask, "f:3"}}}, ""},
		{Setting{Key: "innocent", Value: mask, Source: "RMQ_CONF_innocent_FILE",
			Displaced: []Displaced{{"seen", "f:5"}}}, ""},
	}
	all := explained(t)
	for _, tt := range tests {
		got := all[tt.want.Key]
		if !strings.Contains(strings.ToLower(got.Help), tt.help) {
			t.Errorf("%s: help %q", tt.want.Key, got.Help)
		}
		if tt.want.Change == "" {
			got.Change = ""
		}
		got.Help = ""
		if !reflect.DeepEqual(got, tt.want) {
			t.Errorf("got  %+v\nwant %+v", got, tt.want)
		}
	}
	if text, _ := json.Marshal(all); strings.Contains(string(text), "hidden") {
		t.Errorf("it shows a secret: %s", text)
	}
}

func TestFlags(t *testing.T) {
	for word, want := range map[string]string{
		"-Xmx1g":                                  "-Xmx1g",
		"-Dtls.server.keyPassword=abc":            "-Dtls.server.keyPassword=******",
		"-Dtls.server.keyPassword=":               "-Dtls.server.keyPassword=******",
		"-DaccessKey=abc=d":                       "-DaccessKey=******",
		"-Drocketmq.client.SECRETKEY=":            "-Drocketmq.client.SECRETKEY=******",
		"-javaagent:/a.jar=port=1,token=abc":      "-javaagent:/a.jar=port=1,token=******",
		"-Dspring.config.location=/run/secrets/x": "-Dspring.config.location=/run/secrets/x",
		"-Duser.home=/h":                          "-Duser.home=/h",
		"/secret/conf":                            "/secret/conf",
		"-Dsecret":                                "-Dsecret",
		"":                                        "",
	} {
		got := Flags([]launch.Flag{{Text: word, Source: "JAVA_OPT"}})
		if len(got) != 1 || got[0] != (Flag{want, "JAVA_OPT"}) {
			t.Errorf("%q became %q", word, got)
		}
	}
	if Flags(nil) != nil {
		t.Error("there are flags without a command line")
	}
}

// Whatever a value is, it is on its line, and its blanks can be seen.
func TestQuoted(t *testing.T) {
	for value, want := range map[string]string{
		"a":             "a",
		"a b":           "a b",
		"host:1;host:2": "host:1;host:2",
		"中文":            "中文",
		"":              `""`,
		" a":            `" a"`,
		"a ":            `"a "`,
		"a\u00a0":       `"a\u00a0"`,
		"a\nb":          `"a\nb"`,
		"a\tb":          `"a\tb"`,
		"a\rb":          `"a\rb"`,
		`a"b`:           `"a\"b"`,
		`a\b`:           `"a\\b"`,
		"\x00":          `"\x00"`,
		"a\xffb":        `"a\xffb"`,
		"a\u2028b":      `"a\u2028b"`,
		"\x1b[31m":      `"\x1b[31m"`,
	} {
		if got := quoted(value); got != want {
			t.Errorf("%q is shown as %s, want %s", value, got, want)
		}
	}
}

func TestWrite(t *testing.T) {
	p := Process{
		Role:     "broker",
		Release:  "5.5.0",
		Memory:   "512 MiB = 256 heap + 256 else",
		Identity: []Pair{{"topology", "masters"}, {"ordinal", "3 from POD_NAME"}},
		Settings: []Setting{
			{Key: "brokerId", Value: "0", Source: "the topology masters", Default: "0", Change: keys.Dangerous},
			{Key: "fileReservedTime", Value: "48 ", Source: "f:4", Default: "72", Change: keys.Live,
				Displaced: []Displaced{{"24", "g:1"}, {"", "t"}}},
			{Key: "myOwnKey", Value: "a\nb", Source: "f:6"},
		},
		JVM: []Flag{
			{"-Xmx256m", "the memory plan"},
			{"a.jar:b:c:d:e:f:g:h:i", "the class path"},
			{"a.jar:b:c:d:e:f:g:h", "the class path"},
			{"-Da=x\ty", "JAVA_OPT"},
		},
	}
	const want = `# broker, RocketMQ 5.5.0
topology  masters
ordinal   3 from POD_NAME

KEY               VALUE   SOURCE                                      DEFAULT  CHANGE
brokerId          0       the topology masters                        0        never
fileReservedTime  "48 "   f:4, instead of 24 (g:1), instead of "" (t) 72       live
myOwnKey          "a\nb"  f:6                                         ""       

JVM                    SOURCE
-Xmx256m               the memory plan
a.jar:… (9 entries)    the class path
a.jar:b:c:d:e:f:g:h    the class path
"-Da=x\ty"             JAVA_OPT

memory: 512 MiB = 256 heap + 256 else

`
	var out bytes.Buffer
	if err := p.Write(&out); err != nil {
		t.Fatal(err)
	}
	if !sameWords(out.String(), want) {
		t.Errorf("got\n%s\nwant\n%s", out.String(), want)
	}
	p.Settings = nil // nothing is configured
	out.Reset()
	if err := p.Write(&out); err != nil || strings.Contains(out.String(), "KEY") {
		t.Errorf("error %v, got\n%s", err, out.String())
	}
	if err := p.Write(closed{}); !errors.Is(err, errClosed) {
		t.Errorf("error %v", err)
	}
}

// sameWords compares texts line by line, whatever the width of the columns.
func sameWords(a, b string) bool {
	words := func(s string) (lines []string) {
		for line := range strings.Lines(s) {
			lines = append(lines, strings.Join(strings.Fields(line), " "))
		}
		return lines
	}
	return reflect.DeepEqual(words(a), words(b))
}

var errClosed = errors.New("closed")

type closed struct{}

func (closed) Write([]byte) (int, error) { return 0, errClosed }

// TestColumns: every column begins at the same place in all lines of a table.
func TestColumns(t *testing.T) {
	var out bytes.Buffer
	p := Process{Settings: []Setting{
		{Key: "a", Value: "1", Source: "short"},
		{Key: "a.long.key", Value: strings.Repeat("x", 30), Source: "f:1"},
	}}
	if err := p.Write(&out); err != nil {
		t.Fatal(err)
	}
	var at []int
	for line := range strings.Lines(out.String()) {
		for _, word := range []string{"SOURCE", "short", "f:1"} {
			if i := strings.Index(line, word); i > 0 && !strings.HasPrefix(line, "JVM") {
				at = append(at, i)
			}
		}
	}
	if len(at) != 3 || at[0] != at[1] || at[1] != at[2] {
		t.Errorf("the sources begin at %v in\n%s", at, out.String())
	}
}
