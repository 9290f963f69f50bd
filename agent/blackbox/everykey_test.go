package blackbox

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"rocketmq-agent/agent/javaprops"
	"rocketmq-agent/agent/keys"
	"rocketmq-agent/agent/launch"
	"rocketmq-agent/agent/rmq"
	"rocketmq-agent/agent/rocketmq"
	"rocketmq-agent/agent/testing/rmqtest"
)

// proof is one run of a broker and the keys that it proves: each is set to a legal value that is not its default, and
// is read back from the running broker.
type proof struct {
	name     string
	keys     []string
	rest     bool              // also all keys that no other run has
	class    string            // also all keys of this class
	values   map[string]string // instead of keyValues
	beside   map[string]string // what the keys need beside them
	manual   bool              // the identity is the keys', not the agent's
	unlisted bool              // no name server lists the broker, so it is never ready
}

// proofs are the runs, the longest ones first. What cannot be combined is apart,
// and what needs a certain store or mode is with it.
var proofs = []proof{
	{name: "rest", rest: true},
	{
		name: "unlisted", unlisted: true,
		keys: []string{
			"compressedRegister", // 5.5's name servers cannot read such a registration
			"duplicationEnable", "enableSlaveActingMaster", "scanAvailableNameSrv", "useTLS",
			"fetchNamesrvAddrByAddressServer", "fetchNamesrvAddrInterval", "rmqAddressServerDomain",
			"rmqAddressServerSubGroup",
		},
	},
	{name: "auth", class: authClass, keys: []string{"aclEnable"}}, // which the agent refuses without authentication
	{
		name: "controller", manual: true, beside: map[string]string{"brokerName": "everykey-controlled"},
		keys: []string{
			"allAckInSyncStateSet", "brokerElectionPriority", "brokerHeartbeatInterval", "checkSyncStateSetPeriod",
			"controllerAddr", "controllerHeartBeatTimeoutMills", "enableControllerMode",
			"fetchControllerAddrByDnsLookup", "haMaxTimeSlaveNotCatchup", "storePathBrokerIdentity",
			"storePathEpochFile", "syncBrokerMetadataPeriod", "syncControllerMetadataPeriod", "syncFromLastFile",
		},
	},
	{
		name: "dledger", manual: true, beside: map[string]string{"brokerName": "everykey-elected"},
		keys: []string{
			"dLegerGroup", "dLegerPeers", "dLegerSelfId", "enableBatchPush", "enableDLegerCommitLog",
			"preferredLeaderId", "storePathDLedgerCommitLog",
		},
	},
	{
		name: "slave", manual: true, values: map[string]string{"brokerRole": "SLAVE"},
		keys: []string{
			"brokerId", "brokerName", "brokerRole", "haMasterAddress", "offsetCheckInSlave", "slaveReadEnable",
			"syncMasterFlushOffsetWhenStartup",
		},
	},
	{
		name:   "rocksdb", // with the store pool, whose buffers of one commit log file each are locked in RAM
		values: map[string]string{"mappedFileSizeCommitLog": "16777216", "transientStorePoolSize": "3"},
		keys: []string{
			"bottomMostCompressionTypeForConsumeQueueStore", "cleanRocksDBDirtyCQIntervalMin",
			"commitCommitLogLeastPages", "commitCommitLogThoroughInterval", "commitIntervalCommitLog",
			"enableRocksDBLog", "iteratorWhenUseRocksdbConsumeQueue", "mappedFileSizeCommitLog",
			"memTableFlushIntervalMs", "persistConsumerOffsetIncrementally", "realTimePersistRocksDBConfig",
			"rocksdbCompressionType", "statRocksDBCQIntervalSec", "storeType", "transientStorePoolEnable",
			"transientStorePoolSize", "useSeparateStorePathForRocksdbCQ", "useSingleRocksDBForAllConfigs",
			"wakeCommitWhenPutMessage",
		},
	},
	{
		name: "double", // combineAssignOffsetCQType must stay, and 5.5 does not start without combineCQUseRocksdbForLmq
		keys: []string{
			"combineCQEnableCheckSelf", "combineCQLoadingCQTypes", "combineCQMaxExtraSearchCommitLogFiles",
			"combineCQPreferCQType",
			"combineCQUseRocksdbForLmq", "rocksdbCQDoubleWriteEnable",
		},
	},
	{name: "tiered", class: keys.TieredClass, keys: []string{"messageStorePlugIn"}},
}

// authPackage is where the classes of authentication and authorization live.
const authPackage = "org.apache.rocketmq.auth."

// keyValues are the values of keys whose type and rule do not suffice to make one.
var keyValues = map[string]string{
	"authConfigPath":                       "{dir}/auth",
	"authenticationMetadataProvider":       authPackage + "authentication.provider.LocalAuthenticationMetadataProvider",
	"authenticationProvider":               authPackage + "authentication.provider.DefaultAuthenticationProvider",
	"authenticationStrategy":               authPackage + "authentication.strategy.StatefulAuthenticationStrategy",
	"authenticationWhitelist":              "25,26,28,101", // what this test and the agent ask
	"authorizationMetadataProvider":        authPackage + "authorization.provider.LocalAuthorizationMetadataProvider",
	"authorizationProvider":                authPackage + "authorization.provider.DefaultAuthorizationProvider",
	"authorizationStrategy":                authPackage + "authorization.strategy.StatefulAuthorizationStrategy",
	"authorizationWhitelist":               "25,26,28,101",
	"bindAddress":                          "127.0.0.2",
	"brokerClusterName":                    "EveryKey",
	"brokerConfigPath":                     "{dir}/live.properties",
	"brokerIP1":                            "127.0.0.2",
	"brokerIP2":                            "127.0.0.3",
	"brokerName":                           "everykey",
	"clusterName":                          "EveryKey",
	"combineCQLoadingCQTypes":              "defaultRocksDB;default",
	"compactionCqMappedFileSize":           "4600000",
	"configBlackList":                      "configBlackList;brokerConfigPath;rocketmqHome",
	"configName":                           "everykey",
	"controllerAddr":                       "{controller}",
	"dLegerGroup":                          "everykey",
	"dLegerPeers":                          "n1-127.0.0.1:{port}",
	"dLegerSelfId":                         "n1",
	"deleteWhen":                           "05;17",
	"haListenPort":                         "{port}",
	"haMasterAddress":                      "127.0.0.1:{port}",
	"initAuthenticationUser":               `{"username":"every","password":"first"}`,
	"innerClientAuthenticationCredentials": `{"accessKey":"inner","secretKey":"second"}`,
	"listenPort":                           "{listen}",
	"mappedFileSizeCommitLog":              "33554432",
	"mappedFileSizeConsumeQueue":           "4000000",
	"mapperFileSizeBatchConsumeQueue":      "4600000",
	"messageDelayLevel":                    "1s 5m 2h 1d",
	"messageStorePlugIn":                   "org.apache.rocketmq.tieredstore.TieredMessageStore",
	"metricsGrpcExporterHeader":            "key:value",
	"metricsGrpcExporterTarget":            "http://127.0.0.1:{port}",
	"metricsLabel":                         "rack:1",
	"metricsPromExporterHost":              "127.0.0.1",
	"metricsPromExporterPort":              "{port}",
	"msgTraceTopicName":                    "EveryKeyTrace",
	"namesrvAddr":                          "{namesrv}",
	"objectStoreAccessKey":                 "access",
	"objectStoreBucket":                    "bucket",
	"objectStoreEndpoint":                  "http://127.0.0.1:{port}",
	"objectStoreSecretKey":                 "secret",
	"preferredLeaderId":                    "n1",
	"readOnlyCommitLogStorePaths":          "{dir}/full",
	"regionId":                             "elsewhere",
	"rmqAddressServerDomain":               "{addresses}",
	"rmqAddressServerSubGroup":             "everykey",
	"rocketmqHome":                         "{dir}/home",
	"socksProxyConfig":                     `{"192.0.2.0/24":{"addr":"127.0.0.1:1080","username":"","password":""}}`,
	"storePathBrokerIdentity":              "{dir}/identity/broker",
	"storePathCommitLog":                   "{dir}/full,{dir}/empty",
	"storePathDLedgerCommitLog":            "{dir}/raft",
	"storePathEpochFile":                   "{dir}/epochs/file",
	"storePathRootDir":                     "{dir}/root",
	"tieredBackendServiceProvider":         "org.apache.rocketmq.tieredstore.provider.PosixFileSegment",
	"tieredStoreFilePath":                  "{dir}/tiered",
	"timerPrecisionMs":                     "500", // the setter makes it one of 100, 200, 500 and 1000
	"writeBufferHighWaterMark":             "131072",
	"writeBufferLowWaterMark":              "65536",
}

// cannotBeProven are the keys that no run can prove, and why.
// That AuthConfig's are replaced is not to be seen from outside.
var cannotBeProven = map[string]string{
	"authConfigPath":              "config in storePathRootDir replaces it (BrokerStartup.buildBrokerController)",
	"bitMapLengthConsumeQueueExt": "the size of the filter made of two other keys replaces it (ConsumerFilterManager)",
	"clusterName":                 "brokerClusterName replaces it (BrokerStartup.buildBrokerController)",
	"configName":                  "brokerName replaces it (BrokerStartup.buildBrokerController)",
	"inBrokerContainer": "a broker outside a container sets it to false " +
		"(BrokerStartup.buildBrokerController)",
	"tieredMetadataServiceProvider": "the release has one such class, and does not start with another " +
		"(TieredMessageStore.getMetadataStore)",
}

// deliberate is what the agent says about values although they are legal.
var deliberate = map[string]string{
	"authenticationWhitelist":  "needs no signature",
	"compressedRegister":       "cannot decode the registration",
	"haMasterAddress":          "never connects to its master",
	"scanAvailableNameSrv":     "registers with no name server",
	"transientStorePoolEnable": "lost when the process is killed",
}

// everyKey is what the runs share.
type everyKey struct {
	set     keys.Set
	namesrv string

	mu   sync.Mutex
	last int // the last port that was handed out
}

func TestEveryKeyArrives(t *testing.T) {
	home, err := launch.FindHome(rmqtest.Home(t))
	if err != nil {
		t.Fatal(err)
	}
	table, err := keys.Load()
	if err != nil {
		t.Fatal(err)
	}
	e := &everyKey{set: table.Set(home.Release, rmq.Broker)}
	if !home.Release.ReadsFastjson2() { // of the line 5.4 or later
		t.Skipf("RocketMQ %s shows nothing of AuthConfig", home.Release)
	}
	e.namesrv = rmqtest.StartNamesrv(t, rmqtest.Options{Conf: map[string]string{"supportActingMaster": "true"}}).Addr
	slots := make(chan struct{}, 2)
	for _, p := range e.divide(t) {
		t.Run(p.name, func(t *testing.T) {
			t.Parallel()
			slots <- struct{}{}
			t.Cleanup(func() { <-slots })
			e.prove(t, p)
		})
	}
}

// divide gives every key of the release to one run.
func (e *everyKey) divide(t *testing.T) []proof {
	taken := map[string]string{}
	all := slices.Clone(proofs)
	for i := range all {
		p := &all[i]
		for _, name := range e.set.Names() {
			if k, _ := e.set.Find(name); p.class != "" && k.Class == p.class {
				p.keys = append(slices.Clip(p.keys), name)
			}
		}
		for _, name := range p.keys {
			if other := taken[name]; other != "" {
				t.Errorf("%s is in the runs %s and %s", name, other, p.name)
			}
			taken[name] = p.name
		}
	}
	for i := range all {
		for _, name := range e.set.Names() {
			if all[i].rest && taken[name] == "" {
				all[i].keys = append(all[i].keys, name)
			}
		}
	}
	for name := range cannotBeProven {
		if _, known := e.set.Find(name); !known {
			t.Errorf("%s cannot be proven, and is no key of %s either", name, e.set.Release)
		}
	}
	return all
}

// prove starts a broker with the keys of one run and looks for them in its live configuration.
func (e *everyKey) prove(t *testing.T, p proof) {
	r := e.newRun(t, p)
	began := time.Now()
	a := startAgent(t, r.dir, r.env(), "broker")
	if !p.unlisted {
		a.awaitStatus("/readyz", 200, 2*time.Minute)
	}
	live := r.live(a)
	t.Logf("%d keys, read after %s", len(r.texts), time.Since(began).Round(100*time.Millisecond))
	for name, text := range r.texts {
		k, _ := e.set.Find(name)
		want, taken := k.Effective(text, true)
		if !taken || sameValue(want, k.Default) {
			t.Errorf("%s=%q is not another value than the default %q", name, text, k.Default)
		}
		arrived, reason := sameValue(want, live[name]), cannotBeProven[name]
		if arrived && reason != "" {
			t.Errorf("%s arrives: it is no longer true that %s", name, reason)
		} else if !arrived && reason == "" {
			t.Errorf("%s=%q is %q in the running broker, want %q", name, text, live[name], want)
		}
	}
	r.checkFindings(a)
	if !p.unlisted {
		r.checkReadBack(a)
	}
	for _, pid := range a.jvms() {
		_ = syscall.Kill(pid, syscall.SIGKILL)
	}
	if code := a.exitCode(time.Minute); code != 137 {
		t.Errorf("exit code %d after kill -9 of the JVM, want 137", code)
	}
	if pids := a.jvms(); len(pids) > 0 {
		t.Errorf("processes %v were left behind", pids)
	}
}

// keyRun is a proof with its own folder, ports and servers.
type keyRun struct {
	proof
	t      *testing.T
	all    *everyKey
	dir    string
	addr   string
	texts  map[string]string // what the keys are set to
	beside map[string]string
	asked  chan address // what the address server was asked for
}

// address is where a broker looks for the list of name servers.
type address struct{ host, path string }

func (e *everyKey) newRun(t *testing.T, p proof) *keyRun {
	r := &keyRun{
		proof: p,
		t:     t,
		all:   e,
		dir:   t.TempDir(),
		texts: map[string]string{},
		asked: make(chan address, 1),
	}
	listen := e.port(t)
	r.beside = map[string]string{"listenPort": listen}
	if !p.unlisted {
		r.beside["namesrvAddr"] = e.namesrv
	}
	for key, value := range p.beside {
		r.beside[key] = value
	}
	host := "127.0.0.1"
	for _, name := range p.keys {
		k, known := e.set.Find(name)
		if !known {
			continue // another release
		}
		if name == "bindAddress" {
			host = keyValues[name]
		}
		value := p.value(k)
		switch {
		case value != "":
			r.texts[name] = disguised(k, r.filled(value, listen))
		case cannotBeProven[name] == "":
			t.Errorf("there is no value for %s", name)
		}
	}
	r.addr = net.JoinHostPort(host, listen)
	return r
}

// value is a legal value that is not the default; empty: there is none.
func (p proof) value(k keys.Key) string {
	if v := p.values[k.Name]; v != "" {
		return v
	}
	if v := keyValues[k.Name]; v != "" {
		return v
	}
	if words := append(k.Enum(), k.Rule.Words...); len(words) > 0 {
		return words[slices.IndexFunc(words, func(w string) bool { return w != k.Default })]
	}
	step := 1.0
	switch k.Type {
	case "string":
		return ""
	case "boolean":
		return strconv.FormatBool(k.Default == "false")
	case "float", "double":
		step = 0.125
	}
	n, ok := javaprops.ParseFloat(k.Default, 64)
	if !ok {
		n = 6 // what depends on the machine: numbers of threads
	}
	if largest := 1<<31 - 1.0; n+step > largest || k.Rule.Max != nil && n+step > *k.Rule.Max {
		step = -step
	}
	return strconv.FormatFloat(n+step, 'f', -1, 64)
}

// disguised writes a value as Java reads it but never prints it, of keys that are read from the live configuration.
func disguised(k keys.Key, value string) string {
	switch {
	case k.Class == "" || k.Class == authClass:
		return value
	case k.Type == "boolean":
		return strings.ToUpper(value)
	case k.Type == "string" || k.Enum() != nil:
		return value + " " // it is trimmed, from 5.2 on
	}
	return "+" + value
}

// filled replaces what is in braces.
func (r *keyRun) filled(value, listen string) string {
	value = strings.NewReplacer("{dir}", r.dir, "{listen}", listen, "{namesrv}", r.all.namesrv).Replace(value)
	for place, made := range map[string]func() string{
		"{port}":       func() string { return r.all.port(r.t) },
		"{controller}": func() string { return rmqtest.StartController(r.t, rmqtest.Options{}).Addr },
		"{addresses}":  r.addressServer,
	} {
		if before, after, found := strings.Cut(value, place); found {
			value = before + made() + after
		}
	}
	return value
}

// addressServer starts what a broker asks for its name servers.
func (r *keyRun) addressServer() string {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		select {
		case r.asked <- address{request.Host, request.URL.Path}:
		default: // the first one is enough
		}
		fmt.Fprintln(w, r.all.namesrv)
	}))
	r.t.Cleanup(s.Close)
	return s.Listener.Addr().String()
}

// port returns a port p for a broker: p, p-2 and p+1 are free and no other run's. It looks below rmqtest's ports, which
// are given to those who open them at once.
func (e *everyKey) port(t *testing.T) string {
	e.mu.Lock()
	defer e.mu.Unlock()
	for range 1000 {
		if e.last += 4; e.last < 12000 || e.last > 19990 {
			e.last = 12000 + rand.IntN(7000)
		}
		if isFree(e.last) && isFree(e.last-2) && isFree(e.last+1) {
			return strconv.Itoa(e.last)
		}
	}
	t.Fatal("cannot find free ports")
	return ""
}

func isFree(port int) bool {
	l, err := net.Listen("tcp", ":"+strconv.Itoa(port))
	return err == nil && l.Close() == nil
}

// javaOptions spare the processors: a broker that lives for a few seconds is not worth the second compiler.
const javaOptions = "JAVA_OPT_EXT=-Xms256m -Xmx256m -XX:-UsePerfData -XX:TieredStopAtLevel=1"

func (r *keyRun) env() []string {
	home := filepath.Join(r.dir, "home") // rocketmqHome, by another name
	if err := os.Symlink(rmqtest.Home(r.t), home); err != nil {
		r.t.Fatal(err)
	}
	env := []string{javaOptions, "RMQ_BROKER_NAME_PREFIX=everykey-" + r.name}
	if r.manual {
		env = []string{javaOptions, "RMQ_TOPOLOGY=manual"}
	}
	for _, values := range []map[string]string{r.beside, r.texts} { // of two entries of one name the last one counts
		for key, value := range values {
			env = append(env, "RMQ_CONF_"+key+"="+value)
		}
	}
	return env
}

// live returns what the running broker has for the keys; none for one that it has not taken from its file.
func (r *keyRun) live(a *agentRun) map[string]string {
	r.t.Helper()
	client := rocketmq.NewClient(r.addr, rocketmq.Access{})
	defer client.Close()
	var conf map[string]string
	rmqtest.Eventually(r.t, 2*time.Minute, func() (err error) {
		select {
		case <-a.ended:
			r.t.Fatalf("the agent left with %d", a.cmd.ProcessState.ExitCode())
		default:
		}
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		conf, err = client.BrokerConfig(ctx)
		return err
	})
	values := map[string]string{}
	for name, text := range r.texts {
		k, _ := r.all.set.Find(name)
		if v, shown := conf[k.LiveName]; shown && v != text { // the text itself is shown of every key, known or not
			values[name] = v
		}
	}
	if r.class == authClass {
		r.readPrinted(a, values)
	}
	if r.texts["rmqAddressServerDomain"] != "" {
		r.readAsked(values)
	}
	return values
}

// authClass is the one class of a broker whose values are not in the live configuration.
const authClass = "AuthConfig"

// readPrinted adds what RocketMQ makes of the rendered file's keys of AuthConfig: it prints them with -p.
func (r *keyRun) readPrinted(a *agentRun, values map[string]string) {
	r.t.Helper()
	files, err := filepath.Glob(filepath.Join(r.dir, "tmp", "rocketmq-agent-*", "broker-*", "broker.conf"))
	if err != nil || len(files) != 1 {
		r.t.Fatalf("rendered files: %v, %v", files, err)
	}
	ctx, cancel := context.WithTimeout(r.t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, a.cmd.Path, "run", "broker", "-c", files[0], "-p")
	cmd.Env = a.cmd.Env
	out, err := cmd.Output()
	if err != nil {
		r.t.Fatalf("%v: %v\n%s", cmd.Args, err, out)
	}
	for line := range strings.Lines(string(out)) {
		name, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "=")
		if k, _ := r.all.set.Find(name); k.Class == authClass && cannotBeProven[name] == "" {
			values[name] = value
		}
	}
}

// readAsked adds what the broker asked the address server for.
func (r *keyRun) readAsked(values map[string]string) {
	select {
	case a := <-r.asked:
		values["rmqAddressServerDomain"] = a.host
		values["rmqAddressServerSubGroup"] = strings.TrimPrefix(a.path, "/rocketmq/")
	case <-time.After(time.Minute):
		r.t.Error("the address server was not asked")
	}
}

// checkFindings checks that the agent has nothing against the values.
func (r *keyRun) checkFindings(a *agentRun) {
	said := map[string]string{}
	for line := range strings.Lines(a.output.String()) {
		var l record
		if json.Unmarshal([]byte(line), &l) != nil {
			continue
		}
		if source, text, ok := strings.Cut(fmt.Sprint(l["msg"]), ": warning: "); ok {
			said[strings.TrimPrefix(source, "RMQ_CONF_")] += text
		}
	}
	for name := range r.texts {
		k, _ := r.all.set.Find(name)
		meant := deliberate[name]
		if k.Unread {
			meant = "reads it nowhere"
		}
		switch text := said[name]; {
		case cannotBeProven[name] != "": // it may well say so
		case meant == "" && text != "":
			r.t.Errorf("%s=%q is legal, but the agent says: %s", name, r.texts[name], text)
		case !strings.Contains(text, meant):
			r.t.Errorf("%s=%q: the agent says %q, want %q", name, r.texts[name], text, meant)
		}
		delete(said, name)
	}
	for source, text := range said {
		r.t.Errorf("%s: the agent says: %s", source, text)
	}
}

// checkReadBack checks that the agent comes to the same result when it compares.
func (r *keyRun) checkReadBack(a *agentRun) {
	r.t.Helper()
	want := map[string]bool{}
	for name := range r.texts {
		if k, _ := r.all.set.Find(name); cannotBeProven[name] != "" && k.Class != authClass {
			want[name] = true
		}
	}
	got := map[string]bool{}
	const never = "cannot compare the broker's live configuration with its file" // in time, on a busy machine
	rmqtest.Eventually(r.t, 30*time.Second, func() error {
		for _, l := range a.records("the running broker has another value than it was given") {
			got[fmt.Sprint(l["key"])] = true
		}
		all := len(a.records("the running broker has every value that it was given"))
		if all+len(got) < max(1, len(want)) && len(a.records(never)) == 0 {
			return errors.New("the agent has not compared the values")
		}
		return nil
	})
	if !maps.Equal(got, want) && len(a.records(never)) == 0 {
		r.t.Errorf("the agent found other values of %v, want %v", got, want)
	}
}

// sameValue compares numbers as numbers: Java and Go write floating ones differently.
func sameValue(a, b string) bool {
	x, errX := strconv.ParseFloat(a, 64)
	y, errY := strconv.ParseFloat(b, 64)
	return a == b || errX == nil && errY == nil && x == y
}
