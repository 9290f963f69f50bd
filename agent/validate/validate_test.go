package validate

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"rocketmq-agent/agent/config"
	"rocketmq-agent/agent/javaprops"
	"rocketmq-agent/agent/keys"
	"rocketmq-agent/agent/rmq"
	"rocketmq-agent/agent/settings"
)

// want is a finding, and a piece of its message.
type want struct {
	severity   Severity
	code, key  string
	line       int
	suggestion string
	says       string
}

// check compares findings with the wanted ones: those and no others, in their order.
func check(t *testing.T, got []Finding, wanted []want) {
	t.Helper()
	for i := range max(len(got), len(wanted)) {
		switch {
		case i >= len(got):
			t.Errorf("missing: %+v", wanted[i])
		case i >= len(wanted):
			t.Errorf("not wanted: %s [%s, line %d, suggestion %q]", got[i], got[i].Code, got[i].Line, got[i].Suggestion)
		default:
			f, w := got[i], wanted[i]
			if is := (want{f.Severity, f.Code, f.Key, f.Line, f.Suggestion, w.says}); is != w {
				t.Errorf("got    %+v\nwanted %+v\n%s", is, w, f)
			}
			if w.says == "" || !strings.Contains(f.Message, w.says) {
				t.Errorf("the message does not say %q: %s", w.says, f.Message)
			}
		}
	}
}

func loadTable(t testing.TB) *keys.Table {
	t.Helper()
	table, err := keys.Load()
	if err != nil {
		t.Fatal(err)
	}
	return table
}

// fileLayer is a file of this text, as RocketMQ reads it.
func fileLayer(t testing.TB, name, text string) config.Layer {
	t.Helper()
	props, err := javaprops.Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return config.Layer{Name: name, Props: props}
}

// propertiesTest is a file and everything that is wrong with it. Most come in pairs: the mistake, and what is so near
// to it that only a careless check would take it for the same.
type propertiesTest struct {
	name    string
	release string   // empty: 5.5.0
	role    rmq.Role // empty: broker
	text    string
	options Options
	want    []want
}

// plainTests are about files with nothing wrong in them.
var plainTests = []propertiesTest{
	{name: "nothing"},
	{name: "only comments", text: "# brokerRole=MASTER\n! aclEnable=true\n\n   \t\n"},
	{
		name: "what the release itself ships",
		text: "brokerClusterName = DefaultCluster\n" +
			"brokerName = broker-a\n" +
			"brokerId = 0\n" +
			"deleteWhen = 04\n" +
			"fileReservedTime = 48\n" +
			"brokerRole = ASYNC_MASTER\n" +
			"flushDiskType = ASYNC_FLUSH\n",
	},
	{name: "CRLF", text: "brokerName=broker-a\r\nfileReservedTime=48\r\nbrokerRole=SLAVE\r\nbrokerId=1\r\n"},
}

var propertiesTests = slices.Concat(
	plainTests,
	keyTests,
	valueTests,
	ruleTests,
	protectionTests,
	brokerTests,
	storeTests,
	controllerTests,
)

func TestProperties(t *testing.T) {
	table := loadTable(t)
	for _, tt := range propertiesTests {
		t.Run(tt.name, func(t *testing.T) {
			set := table.Set(rmq.MustRelease(cmp.Or(tt.release, "5.5.0")), cmp.Or(tt.role, rmq.Broker))
			c := config.Of(fileLayer(t, "x.conf", tt.text))
			check(t, Properties(set, c, tt.options), tt.want)
		})
	}
}

// TestLayers: what a stronger layer replaces is no error any more, what the agent itself sets is not judged, and each
// finding names the layer that it is about.
func TestLayers(t *testing.T) {
	set := loadTable(t).Set(rmq.MustRelease("5.5.0"), rmq.Broker)
	templates, err := config.ReadTemplates("")
	if err != nil {
		t.Fatal(err)
	}
	in := config.Input{
		Templates: templates,
		Keys:      set,
		Settings: settings.Settings{Conf: []settings.ConfValue{
			{Variable: "RMQ_CONF_flushDiskType", Key: "flushDiskType", Value: "ASYNC_FLUSH"},
			{Variable: "RMQ_CONF_fileReservedTime", Key: "fileReservedTime", Value: "48h"},
			{Variable: "RMQ_CONF_brokerIP2", Key: "brokerIP2", Value: "127.0.0.1"}, // on purpose
			{Variable: "RMQ_CONF_storeType", Key: "storeType", Value: "rocks"},
		}},
		File: fileLayer(t, "broker.conf", "flushDiskType=SYNC\nbrokerIP1=127.0.0.1\nbrokerRole=MASTER\n"),
	}
	in.Identity.Topology = rmq.Manual
	c, err := config.Broker(in)
	if err != nil {
		t.Fatal(err)
	}
	got := Properties(set, c, Options{})
	check(t, got, []want{
		{Warning, "not-a-number", "fileReservedTime", 0, "", "48h"},
		{Error, "not-a-choice", "storeType", 0, "defaultRocksDB", "none of the values that work"},
		{Warning, "not-a-choice", "flushDiskType", 1, "SYNC_FLUSH", "none of its values"},
		{Warning, "loopback", "brokerIP1", 2, "", "their own machine"},
		{Error, "not-a-choice", "brokerRole", 3, "", "none of its values"},
	})
	files := []string{
		"RMQ_CONF_fileReservedTime", "RMQ_CONF_storeType",
		"broker.conf", "broker.conf", "broker.conf",
	}
	for i, file := range files {
		if got[i].File != file {
			t.Errorf("%s is said to be in %s, not in %s", got[i].Key, got[i].File, file)
		}
	}
}

// TestPlaceOfWhatIsMissing: what no line says is a matter of the file, or of all settings together where there is none.
func TestPlaceOfWhatIsMissing(t *testing.T) {
	set := loadTable(t).Set(rmq.MustRelease("5.5.0"), rmq.Broker)
	for want, l := range map[string]config.Layer{
		"broker.conf": fileLayer(t, "broker.conf", "enableControllerMode=true"),
		"the configuration": {
			Name:  "RMQ_CONF_enableControllerMode",
			Props: []javaprops.Property{{Key: "enableControllerMode", Value: "true"}},
		},
	} {
		got := Properties(set, config.Of(l), Options{})
		if len(got) != 1 || got[0].Code != "no-controller" || got[0].File != want {
			t.Errorf("got %v, want it in %s", got, want)
		}
	}
}

// secretProperties and secretMembers are files whose secrets are all "hunter2", and all wrong.
const (
	secretProperties = `
innerClientAuthenticationCredentials={"accessKey":"hunter2","secretKey":"hunter2"
innerClientAuthenticationCredentials='{"accessKey":"hunter2","secretKey":"hunter2"}'
initAuthenticationUser=hunter2
socksProxyConfig={"10.0.0.0/8":{"password":"hunter2"}
secretKey=hunter2
db.password=hunter2
initauthenticationuser=hunter2
PASSWORD=hunter2 # hunter2
objectStoreSecretKey=hunter2
`
	secretMembers = `{
	"innerClientAuthenticationCredentials": "hunter2",
	"tlsKeyPassword": 7,
	"initAuthenticationUser": {"password": "hunter2"},
	"acl": {"password": "hunter2"},
	"users": ["hunter2"],
	"namesrvAddr": {"password": "hunter2"},
	"Password": "hunter2"
}`
)

// TestSecretsAreNotShown: neither as text nor as JSON, whatever is wrong with them, and wherever they come from.
func TestSecretsAreNotShown(t *testing.T) {
	const secret = "hunter2"
	table := loadTable(t)
	file := fileLayer(t, "broker.conf", secretProperties)
	hidden := config.Layer{Name: "RMQ_CONF_brokerName_FILE", Secret: true, Props: []javaprops.Property{
		{Key: "brokerName", Value: "hunter2 #"},
		{Key: "brokerIP1", Value: "hunter2 hunter2"},
		{Key: "enableDLegerCommitLog", Value: "true"},
		{Key: "dLegerSelfId", Value: "hunter2"},
		{Key: "dLegerPeers", Value: "n0-hunter2:1"},
		{Key: "brokerRole", Value: "hunter2"},
		{Key: "fileReservedTime", Value: "hunter2"},
		{Key: "traceTopicEnable", Value: "hunter2"},
		{Key: "hunter", Value: "hunter2"},
	}}
	proxies := table.Set(rmq.MustRelease("5.5.0"), rmq.Proxy)
	for _, release := range keys.Releases {
		set := table.Set(release, rmq.Broker)
		all := Properties(set, config.Of(file), Options{})
		all = append(all, Properties(set, config.Of(hidden), Options{})...)
		all = append(all, proxyFile(proxies, []byte(secretMembers))...)
		if len(all) < 18 {
			t.Errorf("%s: only %d findings, which prove little", release, len(all))
		}
		for _, f := range all {
			b, err := json.Marshal(f)
			if err != nil {
				t.Fatal(err)
			}
			if strings.Contains(f.String(), secret) || strings.Contains(string(b), secret) {
				t.Errorf("%s: a secret is shown: %s", release, b)
			}
		}
	}
}
