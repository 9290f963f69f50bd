package validate

import (
	"cmp"
	"iter"
	"slices"
	"testing"

	"rocketmq-agent/agent/config"
	"rocketmq-agent/agent/launch"
	"rocketmq-agent/agent/rmq"
	"rocketmq-agent/agent/testing/rmqtest"
)

// jars are the classes of a release.
type jars []string

func (j jars) Has(name string) bool  { return slices.Contains(j, name) }
func (j jars) Own() iter.Seq[string] { return slices.Values(j) }

const auth = "org.apache.rocketmq.auth.authentication."

// release has the classes that the tests name.
var release = jars{
	auth + "provider.DefaultAuthenticationProvider",
	auth + "provider.LocalAuthenticationMetadataProvider",
	auth + "strategy.StatefulAuthenticationStrategy",
	"org.apache.rocketmq.proxy.auth.ProxyAuthenticationMetadataProvider",
	"org.apache.rocketmq.tieredstore.TieredMessageStore",
	"org.apache.rocketmq.tieredstore.provider.PosixFileSegment",
}

// classTests are about classes that a JVM does not find. Their codes are those of ruleTests too.
var classTests = []propertiesTest{
	{name: "classes of the release", text: "authenticationProvider=" + auth + "provider.DefaultAuthenticationProvider\n" +
		"authenticationMetadataProvider=" + auth + "provider.LocalAuthenticationMetadataProvider \n" +
		"messageStorePlugIn=org.apache.rocketmq.tieredstore.TieredMessageStore,\n" +
		"tieredBackendServiceProvider=org.apache.rocketmq.tieredstore.provider.PosixFileSegment\n" +
		"authorizationStrategy="},
	{
		name: "a class with a slip",
		text: "authenticationProvider=" + auth + "provider.DefaultAuthenticatonProvider",
		want: []want{{Error, "no-such-class", "authenticationProvider", 1, release[0], "no jar in lib holds the class "}},
	},
	{name: "a class in the wrong package", text: "authenticationStrategy=a.StatefulAuthenticationStrategy", want: []want{
		{Error, "no-such-class", "authenticationStrategy", 1, release[2], "holds the class a.Stateful"},
	}},
	{name: "a class without its package", text: "authenticationStrategy=StatefulAuthenticationStrategy", want: []want{
		{Error, "no-such-class", "authenticationStrategy", 1, release[2], "holds the class Stateful"},
	}},
	{
		name: "a class that never was",
		text: "authenticationMetadataProvider=" + auth + "provider.LocalMetadataProvider",
		want: []want{{Error, "no-such-class", "authenticationMetadataProvider", 1, release[1], "LocalMetadataProvider"}},
	},
	{name: "a class of somebody else", text: "messageStorePlugIn=" + release[4] + ",org.example.Missing", want: []want{
		{Error, "no-such-class", "messageStorePlugIn", 1, "", "org.example.Missing, and RocketMQ 5.5.0 does not start"},
	}},
	{name: "a class that nobody loads", text: "tieredBackendServiceProvider=org.example.Missing", want: []want{
		{Warning, "no-effect", "tieredBackendServiceProvider", 1, "", "messageStorePlugIn does not name"},
	}},
	{
		name: "a class of a proxy",
		role: rmq.Proxy,
		text: `{"authenticationMetadataProvider": "org.example.Missing"}`,
		want: []want{{Error, "no-such-class", "authenticationMetadataProvider", 1, "", "org.example.Missing"}},
	},
}

// Report A9: classes that are in no jar, and what is meant by them.
func TestClasses(t *testing.T) {
	table := loadTable(t)
	for _, tt := range classTests {
		t.Run(tt.name, func(t *testing.T) {
			set := table.Set(rmq.MustRelease("5.5.0"), cmp.Or(tt.role, rmq.Broker))
			known := Options{Classes: release}
			if tt.role == rmq.Proxy {
				c := config.Of(config.Layer{Name: "x.json"}.WithJSON([]byte(tt.text)))
				check(t, Proxy(set, c, known), tt.want)
				return
			}
			check(t, Properties(set, config.Of(fileLayer(t, "x.conf", tt.text)), known), tt.want)
		})
	}
}

// TestDefaultClasses: the jars of the real release hold what its own defaults name.
func TestDefaultClasses(t *testing.T) {
	home, err := launch.FindHome(rmqtest.Home(t))
	if err != nil {
		t.Fatal(err)
	}
	table := loadTable(t)
	for _, role := range []rmq.Role{rmq.Broker, rmq.Proxy} {
		set := table.Set(home.Release, role)
		for _, name := range set.Names() {
			key, _ := set.Find(name)
			local := localProviders[role].of(name)
			for _, class := range []string{key.Default, local} {
				if key.Rule.Kind == "class" && class != "" && !home.Classes().Has(class) {
					t.Errorf("%s: no jar holds %s", name, class)
				}
			}
		}
	}
	if home.Classes().Has("org.example.Missing") {
		t.Error("a class is found that is not there")
	}
}
