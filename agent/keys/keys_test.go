package keys

import (
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"rocketmq-agent/agent/launch"
	"rocketmq-agent/agent/rmq"
	"rocketmq-agent/agent/testing/rmqtest"
	"rocketmq-agent/templates"
)

var roles = []rmq.Role{rmq.Broker, rmq.Namesrv, rmq.Controller, rmq.Proxy}

func load(t *testing.T) *Table {
	t.Helper()
	table, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	return table
}

// eachRow calls f for each row of an embedded table.
func eachRow(t *testing.T, file string, columns int, f func(c []string)) {
	t.Helper()
	if err := rows(file, columns, func(c []string) error { f(slices.Clone(c)); return nil }); err != nil {
		t.Fatal(err)
	}
}

// TestTableIsThatOfRocketMQ makes the rows of the assembled release anew, from its jars.
func TestTableIsThatOfRocketMQ(t *testing.T) {
	home, err := launch.FindHome(rmqtest.Home(t))
	if err != nil {
		t.Fatal(err)
	}
	release := index(home.Release.String())
	if release < 0 {
		t.Skipf("the table has no rows of %s", home.Release)
	}
	lib := filepath.Join(t.TempDir(), home.Release.String()) // the program takes the folder's name for the release
	if err := os.Symlink(filepath.Join(home.Dir, "lib"), lib); err != nil {
		t.Fatal(err)
	}
	java := exec.Command("java", filepath.Join("..", "..", "templates", "keys", "Keys.java"), lib)
	// For the JVMs that the program starts too: none lives long enough for the better compiler to pay.
	java.Env = append(os.Environ(), "JDK_JAVA_OPTIONS=-XX:TieredStopAtLevel=1 -XX:+UseSerialGC")
	var complaints strings.Builder
	java.Stderr = &complaints
	out, err := java.Output()
	if err != nil {
		t.Fatalf("cannot run Keys.java (a JDK is needed): %v\n%s", err, &complaints)
	}
	actual := map[string]string{}
	for line := range strings.Lines(string(out)) {
		c := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if len(c) != 8 || c[2] != home.Release.String() || c[3] != home.Release.String() {
			t.Fatalf("not a row of %s: %q", home.Release, line)
		}
		actual[c[0]+"."+c[1]] = strings.Join(c[4:], "\t")
	}
	if len(actual) < 150 {
		t.Fatalf("RocketMQ %s has %d keys only", home.Release, len(actual))
	}
	varies := 0
	eachRow(t, "keys/keys.tsv", 8, func(c []string) {
		if index(c[2]) > release || index(c[3]) < release {
			return
		}
		key, embedded := c[0]+"."+c[1], strings.Join(c[4:], "\t")
		if c[5] == Varies {
			varies++
		}
		if is, ok := actual[key]; !ok {
			t.Errorf("RocketMQ %s has no %s", home.Release, key)
		} else if is != embedded {
			t.Errorf("%s (type, default, live name, unread) is %q in the table, %q in RocketMQ %s",
				key, embedded, is, home.Release)
		}
		delete(actual, key)
	})
	for key := range actual {
		t.Errorf("%s of RocketMQ %s is not in the table", key, home.Release)
	}
	if varies == 0 {
		t.Error("no default depends on the machine, though brokerName is its name")
	}
}

// TestTable checks what the rows of one key have to be to each other.
func TestTable(t *testing.T) {
	last := map[string]int{}
	previous := ""
	eachRow(t, "keys/keys.tsv", 8, func(c []string) {
		key := c[0] + "\t" + c[1]
		first, end := index(c[2]), index(c[3])
		if before, again := last[key]; first < 0 || first > end || again && first <= before {
			t.Errorf("%s: %s to %s is no span after the one before it", key, c[2], c[3])
		}
		if key < previous {
			t.Errorf("%q stands behind %q", key, previous)
		}
		last[key], previous = end, key
		if !slices.Contains([]string{"int", "long", "float", "double", "boolean", "string"}, c[4]) &&
			!strings.Contains(c[4], "|") {
			t.Errorf("%s: no such type: %s", key, c[4])
		}
		if c[7] != "" && c[7] != "unread" {
			t.Errorf("%s: the last column is %q", key, c[7])
		}
		if !slices.ContainsFunc(roles, func(r rmq.Role) bool { return slices.Contains(classes[r], c[0]) }) {
			t.Errorf("no role has the class %s", c[0])
		}
	})
	if len(last) < 750 {
		t.Errorf("%d keys only", len(last))
	}
}

// TestNotes: every key has one note, and every note is about a key.
func TestNotes(t *testing.T) {
	type row struct{ kind, def, release string }
	defaults := map[string][]row{} // by class and key
	eachRow(t, "keys/keys.tsv", 8, func(c []string) {
		defaults[c[0]+"."+c[1]] = append(defaults[c[0]+"."+c[1]], row{c[4], c[5], c[3]})
	})
	files, err := fs.Glob(templates.Files, "keys/notes/*.tsv")
	if err != nil || len(files) == 0 {
		t.Fatalf("no notes: %v", err)
	}
	seen := map[string]bool{}
	for _, file := range files {
		eachRow(t, file, 4, func(c []string) {
			key := strings.TrimSuffix(path.Base(file), ".tsv") + "." + c[0]
			if seen[key] {
				t.Errorf("%s has two notes", key)
			}
			seen[key] = true
			if len(defaults[key]) == 0 {
				t.Errorf("no release has %s", key)
			}
			if !slices.Contains([]Effect{Live, Restart, Dangerous}, Effect(c[1])) {
				t.Errorf("%s: no such effect: %q", key, c[1])
			}
			if c[3] == "" || len(c[3]) > 100 || strings.TrimSpace(c[3]) != c[3] {
				t.Errorf("%s: the help must be one line of 1 to 100 characters: %q", key, c[3])
			}
			rule, err := parseRule(c[2])
			if err != nil {
				t.Errorf("%s: %v", key, err)
			}
			for _, d := range defaults[key] {
				if problem := unfit(rule, d.kind, d.def); problem != "" {
					t.Errorf("%s: the default %q of %s %s", key, d.def, d.release, problem)
				}
			}
		})
	}
	for key := range defaults {
		if !seen[key] {
			t.Errorf("%s has no note", key)
		}
	}
}

// unfit says why a default does not satisfy its own rule, or why the rule does not suit the type; empty where all is
// well. The kinds that validate looks into are left to it.
func unfit(r Rule, kind, def string) string {
	number := slices.Contains([]string{"int", "long", "float", "double"}, kind)
	switch r.Kind {
	case "":
		return ""
	case Range, Clamped:
		if !number {
			return "is not a number, but has bounds"
		}
		if r.Min == nil && r.Max == nil || r.Min != nil && r.Max != nil && *r.Min > *r.Max {
			return "has bounds that no number is within"
		}
		f, err := strconv.ParseFloat(def, 64)
		if def != Varies && (err != nil || r.Min != nil && f < *r.Min || r.Max != nil && f > *r.Max) {
			return "is out of bounds"
		}
	case Words, WordsAnyCase:
		same := func(w string) bool { return w == def || r.Kind == WordsAnyCase && strings.EqualFold(w, def) }
		if def != "" && !slices.ContainsFunc(r.Words, same) {
			return "is none of the words"
		}
		fallthrough
	default:
		if kind != "string" {
			return "has a rule for strings, but another type"
		}
	}
	return ""
}

// TestUnfit: the check of the defaults finds each kind of mistake.
func TestUnfit(t *testing.T) {
	tests := []struct {
		rule, kind, def string
		fits            bool
	}{
		{"", "boolean", "true", true},
		{"1..10", "int", "1", true},
		{"1..10", "int", "10", true},
		{"1..10", "int", "0", false},
		{"1..10", "int", "11", false},
		{"1..", "long", Varies, true},
		{"1..", "int", "", false},
		{"1..", "string", "5", false},
		{"10..1", "int", "5", false},
		{"..", "int", "5", false},
		{"0.5..", "double", "0.4", false},
		{"a|b", "string", "b", true},
		{"a|b", "string", "", true},
		{"a|b", "string", "B", false},
		{"a|b nocase", "string", "B", true},
		{"a|b", "int", "a", false},
		{"path", "string", "~/store", true},
		{"path", "boolean", "true", false},
	}
	for _, tt := range tests {
		rule, err := parseRule(tt.rule)
		if err != nil {
			t.Fatal(err)
		}
		if problem := unfit(rule, tt.kind, tt.def); (problem == "") != tt.fits {
			t.Errorf("%s %q with the rule %q: %q", tt.kind, tt.def, tt.rule, problem)
		}
	}
}

// TestGone: advice is about keys that the newest release does not have or does not read, and leads to one that it
// reads.
func TestGone(t *testing.T) {
	table := load(t)
	seen := map[string]bool{}
	eachRow(t, "keys/gone.tsv", 4, func(c []string) {
		name, role, right, advice := c[0], rmq.Role(c[1]), c[2], c[3]
		if !slices.Contains(roles, role) {
			t.Errorf("%s: no such role: %q", name, role)
			return
		}
		if at := name + " " + string(role); seen[at] {
			t.Errorf("%s is there twice", at)
		} else {
			seen[at] = true
		}
		set := table.Set(Releases[len(Releases)-1], role)
		if k, ok := set.Find(name); ok && !k.Unread {
			t.Errorf("%s is a key of a %s", name, role)
		}
		if k, ok := set.Find(right); right != "" && (!ok || k.Unread) {
			t.Errorf("%s is to be replaced by %q, which no %s reads", name, right, role)
		}
		if len(advice) < 10 || !strings.HasSuffix(advice, ".") {
			t.Errorf("%s: the advice must be a sentence: %q", name, advice)
		}
		if g, ok := set.Gone(name); !ok || g.Right != right || g.Advice+"." != advice {
			t.Errorf("%s of a %s became %+v, %t", name, role, g, ok)
		}
	})
	for _, of := range []struct {
		role rmq.Role
		name string
	}{{rmq.Proxy, "brokerIP"}, {rmq.Broker, "brokerId"}, {rmq.Broker, ""}} {
		if g, ok := table.Set(rmq.MustRelease("5.5.0"), of.role).Gone(of.name); ok {
			t.Errorf("%q of a %s is gone: %+v", of.name, of.role, g)
		}
	}
}

func TestNearestRelease(t *testing.T) {
	tests := []struct{ release, want string }{
		{"4.9.7", "4.9.7"}, {"5.1.4", "5.1.4"}, {"5.2.0", "5.2.0"}, {"5.3.3", "5.3.3"}, {"5.4.0", "5.4.0"},
		{"5.5.0", "5.5.0"}, {"4.9.4", "4.9.7"}, {"4.9.8", "4.9.7"}, {"4.9.70", "4.9.7"}, {"5.1.0", "5.1.4"},
		{"5.1.3", "5.1.4"}, {"5.1.5", "5.1.4"}, {"5.3.0", "5.3.3"}, {"5.3.1", "5.3.3"}, {"5.3.2", "5.3.3"},
		{"5.3.4", "5.3.3"}, {"5.3.10", "5.3.3"}, {"5.4.1", "5.4.0"},
		// No release of the line: the one before it, of the same major release.
		{"5.6.0", "5.5.0"}, {"5.10.0", "5.5.0"}, {"4.10.0", "4.9.7"},
		// None before it: the one after it.
		{"5.0.0", "5.1.4"}, {"5.0.1", "5.1.4"}, {"4.8.0", "4.9.7"}, {"4.0.0", "4.9.7"},
		// No release of that major number.
		{"6.0.0", "5.5.0"}, {"10.0.0", "5.5.0"}, {"3.2.6", "4.9.7"},
		{"5.3.3-SNAPSHOT", "5.3.3"}, {"5.3.4-beta.1", "5.3.3"},
	}
	table := load(t)
	for _, tt := range tests {
		if got := table.Set(rmq.MustRelease(tt.release), rmq.Broker).Release.String(); got != tt.want {
			t.Errorf("%s is looked up in %s, want %s", tt.release, got, tt.want)
		}
	}
}

func TestFind(t *testing.T) {
	table := load(t)
	const txInterval = "transactionMetricFlushInterval"
	tests := []struct {
		release string
		role    rmq.Role
		name    string
		want    string // class, type, default, live name, unread, effect; empty where there is no such key
	}{
		{"5.5.0", rmq.Broker, "brokerId", "BrokerConfig long 0 brokerId false never"},
		{"5.5.0", rmq.Broker, "brokerName", "BrokerConfig string * brokerName false never"},
		{"5.5.0", rmq.Broker, "fileReservedTime", "MessageStoreConfig int 72 fileReservedTime false live"},
		{"5.5.0", rmq.Broker, "brokerRole",
			"MessageStoreConfig ASYNC_MASTER|SYNC_MASTER|SLAVE ASYNC_MASTER brokerRole false never"},
		// Several classes have it: the first of the role describes it.
		{"5.5.0", rmq.Broker, "storePathRootDir", "MessageStoreConfig string ~/store storePathRootDir false never"},
		{"5.5.0", rmq.Namesrv, "configStorePath",
			"NamesrvConfig string ~/namesrv/namesrv.properties configStorePath false restart"},
		{"5.5.0", rmq.Controller, "configStorePath",
			"ControllerConfig string ~/controller/controller.properties configStorePath false restart"},
		{"5.5.0", rmq.Proxy, "userCacheMaxNum", "ProxyConfig int 20000 userCacheMaxNum false restart"},
		// The start-up of a role sets another default.
		{"5.5.0", rmq.Broker, "listenPort", "NettyServerConfig int 10911 listenPort false never"},
		{"4.9.7", rmq.Broker, "listenPort", "NettyServerConfig int 10911 listenPort false never"},
		{"5.5.0", rmq.Namesrv, "listenPort", "NettyServerConfig int 9876 listenPort false never"},
		{"5.5.0", rmq.Controller, "listenPort", "NettyServerConfig int 19876 listenPort false never"},
		{"5.5.0", rmq.Proxy, "listenPort", ""},
		// Its name in the live configuration differs.
		{"5.5.0", rmq.Broker, "scanAvailableNameSrv",
			"NettyClientConfig boolean true isScanAvailableNameSrv false restart"},
		{"5.5.0", rmq.Broker, "isScanAvailableNameSrv", ""},
		// It changes from release to release.
		{"5.2.0", rmq.Broker, txInterval, "BrokerConfig long 3000 " + txInterval + " false live"},
		{"5.3.3", rmq.Broker, txInterval, "BrokerConfig long 3000 " + txInterval + " false live"},
		{"5.4.0", rmq.Broker, txInterval, "BrokerConfig long 10000 " + txInterval + " false live"},
		{"5.1.4", rmq.Broker, txInterval, ""},
		{"5.2.0", rmq.Broker, "aclEnable", "BrokerConfig boolean false aclEnable false restart"},
		// 5.3.2 still enforces it.
		{"5.3.1", rmq.Broker, "aclEnable", "BrokerConfig boolean false aclEnable false restart"},
		{"5.3.3", rmq.Broker, "aclEnable", "BrokerConfig boolean false aclEnable true restart"},
		{"5.3.3", rmq.Broker, "haSlaveFallbehindMax", ""},
		// A broker reads it without a class.
		{"5.5.0", rmq.Broker, "rmqAddressServerDomain", " string   false restart"},
		{"4.9.7", rmq.Broker, "rmqAddressServerSubGroup", " string   false restart"},
		{"5.5.0", rmq.Namesrv, "rmqAddressServerDomain", ""},
		// A key of another role, in another case, or of no release with that role.
		{"5.5.0", rmq.Namesrv, "brokerId", ""},
		{"5.5.0", rmq.Broker, "brokerid", ""},
		{"5.5.0", rmq.Broker, "", ""},
		{"4.9.7", rmq.Proxy, "grpcServerPort", ""},
		{"4.9.7", rmq.Controller, "controllerDLegerPeers", ""},
		{"5.2.0", rmq.Namesrv, "controllerDLegerPeers", "ControllerConfig string  controllerDLegerPeers false restart"},
	}
	for _, tt := range tests {
		set := table.Set(rmq.MustRelease(tt.release), tt.role)
		k, ok := set.Find(tt.name)
		got := ""
		if ok {
			got = fmt.Sprintf("%s %s %s %s %t %s", k.Class, k.Type, k.Default, k.LiveName, k.Unread, k.Effect)
			if k.Name != tt.name || k.Help == "" {
				t.Errorf("%s is called %q, with the help %q", tt.name, k.Name, k.Help)
			}
		}
		if got != tt.want {
			t.Errorf("%s of a %s %s: %q, want %q", tt.name, tt.role, tt.release, got, tt.want)
		}
		if slices.Contains(set.Names(), tt.name) != ok {
			t.Errorf("Names of a %s %s and Find do not agree on %s", tt.role, tt.release, tt.name)
		}
	}
}

// TestSet: each role's keys are those of its classes, and a key that one of them reads is read.
func TestSet(t *testing.T) {
	table := load(t)
	for release, least := range map[string]map[rmq.Role]int{
		"4.9.7": {rmq.Broker: 180, rmq.Namesrv: 30, rmq.Controller: 20, rmq.Proxy: 0},
		"5.5.0": {rmq.Broker: 500, rmq.Namesrv: 80, rmq.Controller: 60, rmq.Proxy: 170},
	} {
		for role, n := range least {
			names := table.Set(rmq.MustRelease(release), role).Names()
			if len(names) < n || !slices.IsSorted(names) || n == 0 && len(names) > 0 {
				t.Errorf("a %s %s has %d keys, in order: %t", role, release, len(names), slices.IsSorted(names))
			}
		}
	}
	// No release has such a pair of classes yet.
	mixed := &Table{keys: map[string][]Key{"a": {
		{Name: "a", Class: "NettyServerConfig", Unread: true, Default: "1", last: 5},
		{Name: "a", Class: "BrokerConfig", Default: "2", last: 5},
	}, "b": {{Name: "b", Class: "BrokerConfig", Unread: true, last: 5}}}}
	set := mixed.Set(rmq.MustRelease("5.5.0"), rmq.Broker)
	if k, _ := set.Find("a"); k.Unread || k.Default != "1" {
		t.Errorf("a key that BrokerConfig reads: %+v", k)
	}
	if k, _ := set.Find("b"); !k.Unread {
		t.Errorf("a key that nobody reads: %+v", k)
	}
}

func TestElsewhere(t *testing.T) {
	table := load(t)
	tests := []struct {
		release string
		role    rmq.Role
		name    string
		want    []rmq.Role
	}{
		{"5.5.0", rmq.Broker, "grpcServerPort", []rmq.Role{rmq.Proxy}},
		{"5.5.0", rmq.Namesrv, "brokerRole", []rmq.Role{rmq.Broker}},
		{"5.5.0", rmq.Broker, "controllerDLegerPeers", []rmq.Role{rmq.Namesrv, rmq.Controller}},
		{"5.5.0", rmq.Proxy, "listenPort", []rmq.Role{rmq.Broker, rmq.Namesrv, rmq.Controller}},
		{"5.5.0", rmq.Proxy, "namesrvAddr", []rmq.Role{rmq.Broker}},
		{"5.5.0", rmq.Broker, "brokerRole", nil}, // its own alone
		{"5.5.0", rmq.Broker, "noSuchKey", nil},
		{"4.9.7", rmq.Broker, "grpcServerPort", nil}, // nobody has it yet
		{"5.5.0", rmq.Namesrv, "haSlaveFallbehindMax", nil},
		{"4.9.7", rmq.Namesrv, "haSlaveFallbehindMax", []rmq.Role{rmq.Broker}},
	}
	for _, tt := range tests {
		if got := table.Set(rmq.MustRelease(tt.release), tt.role).Elsewhere(tt.name); !slices.Equal(got, tt.want) {
			t.Errorf("%s for a %s %s: %q, want %q", tt.name, tt.role, tt.release, got, tt.want)
		}
	}
}

func TestHistory(t *testing.T) {
	table := load(t)
	tests := []struct {
		role        rmq.Role
		name        string
		first, last string // empty: it never had it
	}{
		{rmq.Broker, "haSlaveFallbehindMax", "4.9.7", "4.9.7"},
		{rmq.Broker, "memTableFlushInterval", "5.1.4", "5.1.4"},
		{rmq.Broker, "maxCommitJitter", "5.1.4", "5.2.0"},
		{rmq.Broker, "tieredStoreIndexFileRollingIdleInterval", "5.1.4", "5.2.0"}, // in two rows
		{rmq.Broker, "maxLiteSubscriptionCount", "5.5.0", "5.5.0"},
		{rmq.Proxy, "enableACL", "5.2.0", "5.2.0"},
		{rmq.Controller, "controllerType", "5.2.0", "5.5.0"},
		{rmq.Controller, "serverSocketBacklog", "4.9.7", "5.5.0"},
		{rmq.Broker, "enableACL", "", ""},
		{rmq.Namesrv, "haSlaveFallbehindMax", "", ""},
		{rmq.Broker, "noSuchKey", "", ""},
	}
	for _, tt := range tests {
		for _, release := range Releases { // whichever release asks
			first, last, ok := table.Set(release, tt.role).History(tt.name)
			if first.String() != tt.first || last.String() != tt.last || ok != (tt.first != "") {
				t.Errorf("%s of a %s, asked by %s: %q to %q, %t, want %q to %q",
					tt.name, tt.role, release, first, last, ok, tt.first, tt.last)
			}
		}
	}
}

func TestSimilar(t *testing.T) {
	table := load(t)
	tests := []struct {
		role       rmq.Role
		name, want string // empty: no suggestion
	}{
		// The same in another case, however short.
		{rmq.Broker, "brokerip1", "brokerIP1"},
		{rmq.Broker, "BROKERID", "brokerId"},
		{rmq.Broker, "usetls", "useTLS"},
		{rmq.Broker, "enabledlegercommitlog", "enableDLegerCommitLog"},
		// One slip: dropped, doubled, another letter, two swapped.
		{rmq.Broker, "flushDiskTyp", "flushDiskType"},
		{rmq.Broker, "flushDiskTypee", "flushDiskType"},
		{rmq.Broker, "flushDiskTipe", "flushDiskType"},
		{rmq.Broker, "flsuhDiskType", "flushDiskType"},
		{rmq.Broker, "brokerNmae", "brokerName"},
		{rmq.Broker, "namesrvAdr", "namesrvAddr"},
		{rmq.Broker, "EnableDledgerCommitlog", "enableDLegerCommitLog"},
		{rmq.Broker, "fileReserverdTime", "fileReservedTime"},
		{rmq.Broker, "listenport1", "listenPort"},
		{rmq.Proxy, "grpcServerPrt", "grpcServerPort"},
		{rmq.Namesrv, "listenPrt", "listenPort"},
		// Two slips in a long enough word.
		{rmq.Broker, "flsuhDiskTyp", "flushDiskType"},
		{rmq.Broker, "autoCreatTopicEnabel", "autoCreateTopicEnable"},
		{rmq.Broker, "brokrNme", ""},
		// Three are too many in any word.
		{rmq.Broker, "autoCraetTopicEnabel", ""},
		// Two keys are as near.
		{rmq.Broker, "brokerIP", ""},
		{rmq.Broker, "brokerIP3", ""},
		// Too short to guess.
		{rmq.Broker, "port", ""},
		{rmq.Broker, "usTLS", ""},
		{rmq.Broker, "", ""},
		// Nothing like it, or another role's.
		{rmq.Broker, "somethingElseEntirely", ""},
		{rmq.Namesrv, "flushDiskTyp", ""},
		{rmq.Proxy, "brokerNmae", ""},
	}
	for _, tt := range tests {
		set := table.Set(rmq.MustRelease("5.5.0"), tt.role)
		for range 10 { // whatever the order in which the keys are looked at
			got, ok := set.Similar(tt.name)
			if ok != (tt.want != "") || ok && got != tt.want {
				t.Errorf("%q for a %s: %q, %t, want %q", tt.name, tt.role, got, ok, tt.want)
				break
			}
		}
	}
}

// TestSimilarOfItself: every key that lacks one letter is found again, unless another key is as near.
func TestSimilarOfItself(t *testing.T) {
	set := load(t).Set(rmq.MustRelease("5.5.0"), rmq.Broker)
	found, other := 0, 0
	for _, name := range set.Names() {
		if len(name) < 8 {
			continue
		}
		typo := name[:len(name)/2] + name[len(name)/2+1:]
		switch got, ok := set.Similar(typo); {
		case got == name:
			found++
		case ok:
			t.Errorf("%q is taken for %q, not for %q", typo, got, name)
		default:
			other++
		}
	}
	if found < 9*other {
		t.Errorf("%d keys are found again, %d are not", found, other)
	}
}

func TestDistance(t *testing.T) {
	tests := []struct {
		a, b        string
		limit, want int
	}{
		{"", "", 3, 0}, {"abc", "abc", 3, 0},
		{"abc", "ab", 3, 1}, {"ab", "abc", 3, 1}, {"abc", "axc", 3, 1}, {"abc", "acb", 3, 1},
		{"abcd", "badc", 3, 2}, {"abc", "ca", 5, 3}, {"", "ab", 3, 2},
		{"kitten", "sitting", 5, 3}, {"kitten", "sitting", 3, 3}, {"kitten", "sitting", 2, 2},
		{"abc", "", 3, 3}, {"", "abcdef", 3, 3}, {"abc", "xyz", 2, 2},
	}
	for _, tt := range tests {
		if got := distance(tt.a, tt.b, tt.limit); got != tt.want {
			t.Errorf("distance of %q and %q up to %d is %d, want %d", tt.a, tt.b, tt.limit, got, tt.want)
		}
	}
}

func TestParseRule(t *testing.T) {
	number := func(f float64) *float64 { return &f }
	tests := []struct {
		text string
		want Rule
	}{
		{"", Rule{}},
		{"1..10", Rule{Kind: Range, Min: number(1), Max: number(10)}},
		{"-1..", Rule{Kind: Range, Min: number(-1)}},
		{"..65535", Rule{Kind: Range, Max: number(65535)}},
		{"0.001..0.5", Rule{Kind: Range, Min: number(0.001), Max: number(0.5)}},
		{"10..95 clamped", Rule{Kind: Clamped, Min: number(10), Max: number(95)}},
		{"1.. clamped", Rule{Kind: Clamped, Min: number(1)}},
		{"a|b", Rule{Kind: Words, Words: []string{"a", "b"}}},
		{"a|b|c nocase", Rule{Kind: WordsAnyCase, Words: []string{"a", "b", "c"}}},
		{"path", Rule{Kind: Path}}, {"paths", Rule{Kind: Paths}},
		{"addresses", Rule{Kind: Addresses}}, {"peers", Rule{Kind: Peers}}, {"class", Rule{Kind: Class}},
		{"hours", Rule{Kind: Hours}}, {"delays", Rule{Kind: Delays}}, {"json", Rule{Kind: JSON}},
		{"host", Rule{Kind: Host}}, {"name", Rule{Kind: Name}}, {"codes", Rule{Kind: Codes}},
	}
	for _, tt := range tests {
		if got, err := parseRule(tt.text); err != nil || !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%q: %+v, error %v, want %+v", tt.text, got, err, tt.want)
		}
	}
	for _, text := range []string{
		"1..x", "x..1", "1 .. 2", "1..2 clampd", "range", "clamped", "words", "path clamped", "Path", " ", "5",
	} {
		if got, err := parseRule(text); err == nil {
			t.Errorf("%q is no rule, but became %+v", text, got)
		}
	}
}

func TestAllowed(t *testing.T) {
	tests := []struct{ kind, rule, want string }{
		{"boolean", "", "true, false"},
		{"A|B_C", "", "A, B_C"},
		{"int", "", "a whole number"},
		{"long", "", "a whole number"},
		{"double", "", "a number"},
		{"float", "", "a number"},
		{"int", "1..10", "a whole number from 1 to 10"},
		{"int", "1..", "a whole number from 1 on"},
		{"long", "..65535", "a whole number up to 65535"},
		{"int", "10..95 clamped", "a whole number from 10 to 95"},
		{"int", "2..107374180", "a whole number from 2 to 107374180"}, // not 1.0737418e+08
		{"double", "0.001..", "a number from 0.001 on"},
		{"string", "", ""},
		{"string", "a|b", "a, b"},
		{"string", "a|b nocase", "a, b"},
		{"string", "path", "a folder or file"},
		{"string", "paths", "folders separated by commas"},
		{"string", "addresses", "host:port;host:port"},
		{"string", "peers", "n0-host:port;n1-host:port"},
		{"string", "class", "the full name of a Java class"},
		{"string", "hours", "hours from 0 to 23, separated by ;"},
		{"string", "delays", "time spans separated by blanks: 1s 5m 2h 1d"},
		{"string", "json", "a JSON object"},
		{"string", "host", "an IP address or a host name"},
		{"string", "name", "letters, digits, - and _"},
		{"string", "codes", "request codes separated by commas"},
	}
	for _, tt := range tests {
		rule, err := parseRule(tt.rule)
		if err != nil {
			t.Fatal(err)
		}
		if got := (Key{Type: tt.kind, Rule: rule}).Allowed(); got != tt.want {
			t.Errorf("%s %q: %q, want %q", tt.kind, tt.rule, got, tt.want)
		}
	}
	// Whatever has a rule can say it.
	table := load(t)
	for _, role := range roles {
		set := table.Set(rmq.MustRelease("5.5.0"), role)
		for _, name := range set.Names() {
			if k, _ := set.Find(name); k.Allowed() == "" && (k.Type != "string" || k.Rule.Kind != "") {
				t.Errorf("%s says nothing of what it takes", name)
			}
		}
	}
}

// TestSecret: what a key's values reveal decides, and a name that merely looks like it must not.
func TestSecret(t *testing.T) {
	for _, name := range []string{
		"initAuthenticationUser", "innerClientAuthenticationCredentials", "accessKey", "secretKey",
		"objectStoreSecretKey", "objectStoreAccessKey", "tlsKeyPassword", "TLSKEYPASSWORD",
	} {
		if !Secret(name) {
			t.Errorf("%s is shown", name)
		}
	}
	for _, name := range []string{
		"brokerName", "namesrvAddr", "tlsKeyPath", "authenticationEnabled", "dispatchCqThreads", "",
	} {
		if Secret(name) {
			t.Errorf("%s is not shown", name)
		}
	}
}
