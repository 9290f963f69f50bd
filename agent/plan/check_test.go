package plan

import (
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"rocketmq-agent/agent/cmdline"
	"rocketmq-agent/agent/config"
	"rocketmq-agent/agent/exit"
	"rocketmq-agent/agent/launch"
	"rocketmq-agent/agent/rmq"
	"rocketmq-agent/agent/settings"
)

const (
	authentication = "authenticationEnabled=true\n" +
		"authenticationMetadataProvider=" +
		"org.apache.rocketmq.auth.authentication.provider.LocalAuthenticationMetadataProvider\n"
	proxyAuthentication = `{"authenticationEnabled": true, "authenticationMetadataProvider": ` +
		`"org.apache.rocketmq.auth.authentication.provider.LocalAuthenticationMetadataProvider"}`
)

// Report A7: what the broker's file protects was open to everybody by the ports of the proxy inside it.
func TestProxyInsideIsAsProtectedAsItsBroker(t *testing.T) {
	for _, tt := range []struct {
		name, broker, proxy string
		says                []string
	}{
		{"neither", "", `{}`, nil},
		{"both", authentication, proxyAuthentication, nil},
		{"the proxy is open", authentication, `{}`, []string{
			"/etc/broker.conf:1: error: authenticationEnabled",
			`"authenticationEnabled": true`,
			"/etc/rmq-proxy.json",
		}},
		{"the broker is open", "", proxyAuthentication, []string{"/etc/rmq-proxy.json:1: error: authenticationEnabled"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := machine(t, "5.5.0")
			f.Config = file(t, tt.broker)
			f.Proxy = config.Layer{Name: "/etc/rmq-proxy.json"}.WithJSON([]byte(tt.proxy))
			args := cmdline.Run{Role: rmq.Broker, EnableProxy: true, Namesrv: rmq.AddrList{"ns:9876"}}
			_, err := Make(pod("mq-0"), args, f)
			if (err != nil) != (tt.says != nil) || err != nil && exit.Code(err) != exit.Config {
				t.Fatalf("error %v", err)
			}
			for _, text := range tt.says {
				if !strings.Contains(err.Error(), text) {
					t.Errorf("%v does not say %q", err, text)
				}
			}
		})
	}
}

// noClasses is a release without any.
type noClasses struct{}

func (noClasses) Has(string) bool       { return false }
func (noClasses) Own() iter.Seq[string] { return slices.Values[[]string](nil) }

// TestClassesOfTheUser: where somebody adds classes, nobody knows which there are.
func TestClassesOfTheUser(t *testing.T) {
	for _, tt := range []struct {
		name    string
		s       func(*settings.Settings)
		refused bool
	}{
		{"none", func(*settings.Settings) {}, true},
		{"CLASSPATH", func(s *settings.Settings) { s.Java.ClassPath = "/plugins/*" }, false},
		{"an option", func(s *settings.Settings) { s.Environ = settings.Environ{"JAVA_OPT_EXT=-javaagent:/a.jar"} }, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s, f := pod("mq-0"), machine(t, "5.5.0")
			tt.s(&s)
			f.Config, f.Classes = file(t, "messageStorePlugIn=org.example.Plugin\n"), noClasses{}
			_, err := Make(s, cmdline.Run{Role: rmq.Broker}, f)
			if (err != nil) != tt.refused {
				t.Errorf("error %v", err)
			}
		})
	}
}

// Report D5: a folder that Docker made in the place of a file was passed over, and the template taken.
func TestFolderInConfigDir(t *testing.T) {
	for _, name := range []string{"broker.conf", "rmq-proxy.json"} {
		dir := t.TempDir()
		if err := os.Mkdir(filepath.Join(dir, name), 0o700); err != nil {
			t.Fatal(err)
		}
		f := Files{Home: launch.Home{Dir: "/nowhere"}}
		err := f.readConfig(settings.Settings{ConfigDir: dir}, cmdline.Run{}, run{role: rmq.Broker, withProxy: true})
		if err == nil || !strings.Contains(err.Error(), name+" is an empty folder") {
			t.Errorf("%s: error %v", name, err)
		}
	}
}

// Report K6: a standalone container that registers its broker somewhere else is questioned.
func TestStandaloneElsewhere(t *testing.T) {
	for _, tt := range []struct {
		role    rmq.Role
		namesrv rmq.AddrList
		asked   bool
	}{
		{rmq.Standalone, nil, false},
		{rmq.Standalone, rmq.AddrList{"127.0.0.1:9876"}, false},
		{rmq.Standalone, rmq.AddrList{"localhost:9876"}, false},
		{rmq.Standalone, rmq.AddrList{"mq-0:9876"}, false},
		{rmq.Standalone, rmq.AddrList{"ns-0.ns:9876", "ns-1.ns:9876"}, true},
		{rmq.Broker, rmq.AddrList{"ns-0.ns:9876"}, false},
	} {
		s := pod("mq-0")
		s.Namesrv, s.NamesrvFrom = tt.namesrv, "NAMESRV_ADDR"
		p := mustMake(t, s, cmdline.Run{Role: tt.role}, machine(t, "5.5.0"))
		all := strings.Join(p.Warnings, "\n")
		if asked := strings.Contains(all, "names a name server somewhere else"); asked != tt.asked {
			t.Errorf("%s, %v: %q", tt.role, tt.namesrv, p.Warnings)
		}
	}
}

// Report D8: the variables of other images.
func TestVariablesOfOtherImages(t *testing.T) {
	s, f := pod("mq-0"), machine(t, "5.5.0")
	s.Unknown = []string{"RMQ_BROKER_ROLE", "RMQ_GROUPSIZE"}
	s.Environ = settings.Environ{
		"brokerIP1=10.0.0.1", "BROKER_NAME=a", "CLUSTER_NAME=c", "clusterName=c", "DELETE_WHEN=04", "BROKER_ID=",
		"NAMESRV_ADDR=ns:9876", "ROCKETMQ_HOME=/x", "PATH=/bin", "BROKER_PORT=tcp://10.0.0.2:80", "BROKERNAME=a",
	}
	p := mustMake(t, s, cmdline.Run{Role: rmq.Broker}, f)
	var got []string
	for _, w := range p.Warnings {
		if strings.HasPrefix(w, "the variable") {
			words := strings.Fields(w)
			got = append(got, words[2]+" "+words[len(words)-1])
		}
	}
	want := []string{
		"RMQ_BROKER_ROLE RMQ_CONF_brokerRole",
		"RMQ_GROUPSIZE all)",
		"brokerIP1 RMQ_CONF_brokerIP1",
		"BROKER_NAME RMQ_CONF_brokerName",
		"CLUSTER_NAME RMQ_CONF_brokerClusterName",
		"clusterName RMQ_CONF_brokerClusterName",
		"DELETE_WHEN RMQ_CONF_deleteWhen",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}
