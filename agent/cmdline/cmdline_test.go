package cmdline

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"rocketmq-agent/agent/rmq"
)

const file = "/home/rocketmq/rocketmq-5.5.0/conf/broker.conf"

var ns = rmq.AddrList{"ns:9876"}
var two = rmq.AddrList{"ns-0:9876", "ns-1:9876"}

// forms are those that public manifests use, as the drop-in commands and the entry point hand them on.
var forms = []struct {
	args []string
	want Run // without Upstream
}{
	{nil, Run{}},
	{[]string{"nameserver"}, Run{Role: rmq.Namesrv}},
	{[]string{"broker"}, Run{Role: rmq.Broker}},
	{[]string{"controller"}, Run{Role: rmq.Controller}},
	{[]string{"standalone"}, Run{Role: rmq.Standalone}},
	{[]string{"namesrv"}, Run{Role: rmq.Namesrv}},
	{[]string{"namesrv", "-c", "namesrv.conf"}, Run{Role: rmq.Namesrv, ConfigFile: "namesrv.conf"}},
	{[]string{"controller", "-c", "controller.conf"}, Run{Role: rmq.Controller, ConfigFile: "controller.conf"}},

	{[]string{"broker", "-c", file}, Run{Role: rmq.Broker, ConfigFile: file}},
	{[]string{"-c", file}, Run{ConfigFile: file}},
	{[]string{"broker", "-c", "../conf/broker.conf"}, Run{Role: rmq.Broker, ConfigFile: "../conf/broker.conf"}},
	{[]string{"broker", "-c=" + file}, Run{Role: rmq.Broker, ConfigFile: file}},
	{[]string{"broker", "-c" + file}, Run{Role: rmq.Broker, ConfigFile: file}},
	{[]string{"broker", "--configFile", file}, Run{Role: rmq.Broker, ConfigFile: file}},
	{[]string{"broker", "--configFile=" + file}, Run{Role: rmq.Broker, ConfigFile: file}},
	{[]string{"broker", "-configFile", file}, Run{Role: rmq.Broker, ConfigFile: file}},
	{[]string{"broker", "-c", "a=b.conf"}, Run{Role: rmq.Broker, ConfigFile: "a=b.conf"}},
	{[]string{"broker", "-c=a=b.conf"}, Run{Role: rmq.Broker, ConfigFile: "a=b.conf"}},
	{[]string{"broker", "-c", "with a blank.conf"}, Run{Role: rmq.Broker, ConfigFile: "with a blank.conf"}},
	{[]string{"broker", "-c", "first", "-c", "second"}, Run{Role: rmq.Broker, ConfigFile: "second"}},

	{[]string{"broker", "-n", "ns:9876"}, Run{Role: rmq.Broker, Namesrv: ns}},
	{[]string{"broker", "-n=ns:9876"}, Run{Role: rmq.Broker, Namesrv: ns}},
	{[]string{"broker", "-nns:9876"}, Run{Role: rmq.Broker, Namesrv: ns}},
	{[]string{"broker", "--namesrvAddr", "ns:9876"}, Run{Role: rmq.Broker, Namesrv: ns}},
	{[]string{"broker", "--namesrvAddr=ns:9876"}, Run{Role: rmq.Broker, Namesrv: ns}},
	{[]string{"broker", "-n", "ns-0:9876;ns-1:9876"}, Run{Role: rmq.Broker, Namesrv: two}},
	{[]string{"broker", "-n", " ns-0:9876; ns-1:9876; "}, Run{Role: rmq.Broker, Namesrv: two}},
	{[]string{"broker", "-n", "ns:9876", "-c", file}, Run{Role: rmq.Broker, Namesrv: ns, ConfigFile: file}},
	{[]string{"broker", "-c", file, "-n", "ns:9876"}, Run{Role: rmq.Broker, Namesrv: ns, ConfigFile: file}},

	{[]string{"broker", "autoCreateTopicEnable=true", "-c", file},
		Run{Role: rmq.Broker, ConfigFile: file, Ignored: []string{"autoCreateTopicEnable=true"}}},
	{[]string{"broker", "-n", "ns:9876", "autoCreateTopicEnable=true"},
		Run{Role: rmq.Broker, Namesrv: ns, Ignored: []string{"autoCreateTopicEnable=true"}}},
	{[]string{"broker", "-c", file, "&"}, Run{Role: rmq.Broker, ConfigFile: file, Ignored: []string{"&"}}},
	{[]string{"namesrv", "&"}, Run{Role: rmq.Namesrv, Ignored: []string{"&"}}},
	{[]string{"broker", "-c", "a.conf", "b.conf"}, // a glob
		Run{Role: rmq.Broker, ConfigFile: "a.conf", Ignored: []string{"b.conf"}}},
	{[]string{"broker", "-"}, Run{Role: rmq.Broker, Ignored: []string{"-"}}},
	{[]string{"broker", ""}, Run{Role: rmq.Broker, Ignored: []string{""}}}, // ${UNSET} in quotes

	{[]string{"broker", "--enable-proxy"}, Run{Role: rmq.Broker, EnableProxy: true}},
	{[]string{"broker", "-n", "ns:9876", "--enable-proxy", "-c", file},
		Run{Role: rmq.Broker, EnableProxy: true, Namesrv: ns, ConfigFile: file}},
	{[]string{"broker", "--enable-proxy", "-pc", "p.json"},
		Run{Role: rmq.Broker, EnableProxy: true, ProxyConfig: "p.json"}},
	{[]string{"proxy", "-pc", "p.json"}, Run{Role: rmq.Proxy, ProxyConfig: "p.json"}},
	{[]string{"proxy", "--proxyConfigPath=p.json"}, Run{Role: rmq.Proxy, ProxyConfig: "p.json"}},
	{[]string{"proxy", "-n", "ns:9876", "-pm", "cluster"}, Run{Role: rmq.Proxy, Namesrv: ns, ProxyMode: "cluster"}},
	{[]string{"proxy", "--proxyMode=CLUSTER"}, Run{Role: rmq.Proxy, ProxyMode: "cluster"}},
	{[]string{"proxy", "-pm", "Local", "-bc", file}, Run{Role: rmq.Proxy, ProxyMode: "local", ConfigFile: file}},
	{[]string{"proxy", "-pm=local", "--brokerConfigPath", file},
		Run{Role: rmq.Proxy, ProxyMode: "local", ConfigFile: file}},
	{[]string{"namesrv", "-pm", "local"}, Run{Role: rmq.Namesrv, ProxyMode: "local"}},
	// --enable-proxy alone says so there.
	{[]string{"broker", "-pm", "local"}, Run{Role: rmq.Broker, ProxyMode: "local"}},

	{[]string{"broker", "-p"}, Run{Role: rmq.Broker, Print: true}},
	{[]string{"broker", "-m"}, Run{Role: rmq.Broker, Print: true}},
	{[]string{"broker", "-h"}, Run{Role: rmq.Broker, Help: true}},
	{[]string{"namesrv", "--printConfigItem"}, Run{Role: rmq.Namesrv, Print: true}},
	{[]string{"broker", "--printImportantConfig", "-c", file}, Run{Role: rmq.Broker, Print: true, ConfigFile: file}},
	{[]string{"broker", "--help"}, Run{Role: rmq.Broker, Help: true}},
}

func TestParseRun(t *testing.T) {
	for _, tt := range forms {
		t.Run(strings.Join(tt.args, " "), func(t *testing.T) {
			tt.want.Upstream = tt.args
			if tt.want.Role != "" {
				tt.want.Upstream = tt.args[1:]
			}
			got, err := ParseRun(slices.Clone(tt.args))
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(got, tt.want) {
				t.Errorf("got  %+v\nwant %+v", got, tt.want)
			}
		})
	}
}

func TestParseRunRefuses(t *testing.T) {
	tests := []struct {
		args []string
		want []string
	}{
		{[]string{"brokr"}, []string{`unknown role "brokr"`, "namesrv, broker, proxy, controller, standalone"}},
		{[]string{""}, []string{`unknown role ""`}},
		{[]string{"broker", "-x"}, []string{"unknown option -x", "-c FILE"}},
		{[]string{"broker", "-hx"}, []string{"unknown option -hx"}},
		{[]string{"broker", "--"}, []string{"unknown option --"}},
		{[]string{"broker", "--config", "f"}, []string{"unknown option --config"}},
		{[]string{"broker", "-=f"}, []string{"unknown option -=f"}},
		{[]string{"broker", "-c"}, []string{"option -c needs a value"}},
		{[]string{"broker", "-c", ""}, []string{"option -c needs a value"}},
		{[]string{"broker", "-c="}, []string{"option -c= needs a value"}},
		{[]string{"broker", "-c", "-n", "ns:9876"}, []string{"option -c needs a value"}},
		{[]string{"broker", "-n", ""}, []string{"option -n needs a value"}},
		{[]string{"broker", "--namesrvAddr"}, []string{"option --namesrvAddr needs a value"}},
		{[]string{"broker", "-n", "ns"}, []string{"option -n", `"ns" is not host:port`}},
		{[]string{"broker", "--namesrvAddr=ns:x"}, []string{"option --namesrvAddr", `"ns:x"`, "from 1 to 65535"}},
		{[]string{"broker", "-n", ";"}, []string{"option -n", "names no server"}},
		{[]string{"broker", "--enable-proxy=false"}, []string{"option --enable-proxy=false takes no value"}},
		{[]string{"broker", "-h=x"}, []string{"option -h=x takes no value"}},
		{[]string{"proxy", "-pm", "remote"}, []string{"option -pm", `"remote"`, "local, cluster"}},
	}
	for _, tt := range tests {
		t.Run(strings.Join(tt.args, " "), func(t *testing.T) {
			got, err := ParseRun(tt.args)
			if err == nil {
				t.Fatalf("accepted as %+v", got)
			}
			for _, want := range tt.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%q does not say %q", err, want)
				}
			}
		})
	}
}

// FuzzParseRun: no argument makes it panic, and each is used, ignored aloud, or refused.
func FuzzParseRun(f *testing.F) {
	f.Add("broker", "-c", "f")
	f.Add("proxy", "-pm=local", "-bc")
	f.Add("", "--", "-=")
	f.Fuzz(func(t *testing.T, a, b, c string) {
		r, err := ParseRun([]string{"broker", a, b, c})
		if err == nil && r.Role != rmq.Broker {
			t.Errorf("%q %q %q: the role became %q", a, b, c, r.Role)
		}
		used := len(r.Ignored)
		for _, v := range []string{r.ConfigFile, r.ProxyConfig, r.ProxyMode, r.Namesrv.String()} {
			if v != "" {
				used++
			}
		}
		if err == nil && used == 0 && !r.Print && !r.EnableProxy {
			t.Errorf("%q %q %q: accepted, to no effect", a, b, c)
		}
	})
}
