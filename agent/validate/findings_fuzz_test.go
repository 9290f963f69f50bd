package validate

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"rocketmq-agent/agent/config"
	"rocketmq-agent/agent/fastjson"
	"rocketmq-agent/agent/javaprops"
	"rocketmq-agent/agent/keys"
	"rocketmq-agent/agent/rmq"
)

// marker is put into every secret of a fuzzed file; no finding may show it.
const marker = "Hunter2-Marker"

// sound checks what holds of every finding, whatever the file.
func sound(t *testing.T, all []Finding) {
	t.Helper()
	for i, f := range all {
		if f.File == "" || f.Code == "" || f.Message == "" || f.Severity != Error && f.Severity != Warning {
			t.Errorf("incomplete: %+v", f)
		}
		if i > 0 && all[i-1].File == f.File && all[i-1].Line > f.Line {
			t.Errorf("out of order: %v", all)
		}
		b, err := json.Marshal(f)
		if err != nil {
			t.Fatal(err)
		}
		text := f.String()
		if strings.Contains(string(b), marker) || strings.Contains(text, marker) {
			t.Errorf("a secret is shown: %s", b)
		}
		if strings.ContainsAny(text, "\n\r\x1b") || !utf8.ValidString(text) {
			t.Errorf("not a line of text: %q", text)
		}
	}
}

func FuzzProperties(f *testing.F) {
	for _, tt := range propertiesTests {
		for i := range keys.Releases {
			f.Add([]byte(tt.text), i)
		}
	}
	f.Add([]byte(`password=x
secretKey x
initAuthenticationUser:{"password":"x"}
socksProxyConfig={"password":1`), 0)
	table, err := keys.Load()
	if err != nil {
		f.Fatal(err)
	}
	var sets []keys.Set
	for _, release := range keys.Releases {
		for _, role := range []rmq.Role{rmq.Broker, rmq.Namesrv, rmq.Controller} {
			sets = append(sets, table.Set(release, role))
		}
	}
	f.Fuzz(func(t *testing.T, text []byte, which int) {
		set := sets[uint(which)%uint(len(sets))]
		props, err := javaprops.Parse(text)
		var syntax *javaprops.SyntaxError
		if err != nil && (!errors.As(err, &syntax) || syntax.Line < 1 || syntax.Reason == "") {
			t.Fatalf("%q is refused by %v", text, err)
		}
		for i, p := range props {
			key, _ := set.Find(p.Key)
			if (entry{Property: p, key: key}).hidden() {
				props[i].Value = marker + p.Value
			}
		}
		// The same as a file, and as one whose values nobody may see.
		sound(t, Properties(set, config.Of(config.Layer{Name: "x.conf", Props: props}), Options{}))
		for i, p := range props {
			if !strings.HasPrefix(p.Value, marker) {
				props[i].Value = marker + p.Value
			}
		}
		hidden := config.Layer{Name: "RMQ_CONF_x_FILE", Props: props, Secret: true}
		sound(t, Properties(set, config.Of(hidden), Options{GroupSize: 2}))
	})
}

func FuzzProxy(f *testing.F) {
	for _, tt := range proxyTests {
		for i := range keys.Releases {
			f.Add([]byte(tt.text), i)
		}
	}
	table, err := keys.Load()
	if err != nil {
		f.Fatal(err)
	}
	var sets []keys.Set
	for _, release := range keys.Releases {
		sets = append(sets, table.Set(release, rmq.Proxy))
	}
	f.Fuzz(func(t *testing.T, text []byte, which int) {
		set := sets[uint(which)%uint(len(sets))]
		sound(t, proxyFile(set, text))
		members, problem := fastjson.ReadObject(text)
		if problem != nil {
			return
		}
		object := map[string]any{}
		for _, m := range members {
			object[m.Key] = marked(m.Key, m.Value)
		}
		b, err := json.Marshal(object)
		if err != nil {
			t.Fatal(err) // it came from JSON
		}
		sound(t, proxyFile(set, b))
	})
}

// marked puts the marker into the secrets of a value, at whatever depth.
func marked(key string, value any) any {
	switch v := value.(type) {
	case map[string]any:
		for inner, member := range v {
			v[inner] = marked(inner, member)
		}
	case []any:
		for i, element := range v {
			v[i] = marked(key, element)
		}
	default:
		if keys.Secret(key) {
			return marker
		}
	}
	return value
}

// BenchmarkValidate judges a file of some 30 keys, a few of them wrong.
func BenchmarkValidate(b *testing.B) {
	text := []byte(benchText)
	set := loadTable(b).Set(rmq.MustRelease("5.5.0"), rmq.Broker)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		props, err := javaprops.Parse(text)
		if err != nil {
			b.Fatal(err)
		}
		all := Properties(set, config.Of(config.Layer{Name: "broker.conf", Props: props}), Options{})
		if len(all) != 6 {
			b.Fatalf("%d findings: %v", len(all), all)
		}
	}
}

// benchText is a broker.conf as people have it.
const benchText = `# 集群
brokerClusterName=DefaultCluster
brokerName=broker-a
brokerId=0
brokerRole=ASYNC_MASTER
flushDiskType=ASYNC_FLUSH
namesrvAddr=rmqnamesrv-a:9876;rmqnamesrv-b:9876
brokerIP1=127.0.0.1
defaultTopicQueueNums=4
autoCreateTopicEnable=true
autoCreateSubscriptionGroup=true
listenPort=10911
haListenPort=10912
deleteWhen=04
fileReservedTime=120
mapedFileSizeCommitLog=1073741824
mapedFileSizeConsumeQueue=300000
diskMaxUsedSpaceRatio=99
storePathRootDir=/home/rocketmq/store
storePathCommitLog=/home/rocketmq/store/commitlog
storePathConsumeQueue=/home/rocketmq/store/consumequeue
maxMessageSize=65536
sendMessageThreadPoolNums=16
pullMessageThreadPoolNums=16
waitTimeMillsInSendQueue=1000
osPageCacheBusyTimeOutMills=2000
transientStorePoolEnable=false
traceTopicEnable=true
enablePropertyFilter=true
messageDelayLevel=1s 5s 10s 30s 1m 2m 3m 4m 5m 6m 7m 8m 9m 10m 20m 30m 1h 2h
useRentrantLockWhenPutMessage=true
`
