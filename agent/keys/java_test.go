package keys

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"rocketmq-agent/agent/launch"
	"rocketmq-agent/agent/rmq"
	"rocketmq-agent/agent/testing/rmqtest"
)

// configClasses are the full names of RocketMQ's classes, as in templates/keys/Keys.java; where the name changed
// between releases, all of them.
var configClasses = map[string]string{
	"BrokerConfig":       "org.apache.rocketmq.common.BrokerConfig",
	"MessageStoreConfig": "org.apache.rocketmq.store.config.MessageStoreConfig",
	"NettyServerConfig":  "org.apache.rocketmq.remoting.netty.NettyServerConfig",
	"NettyClientConfig":  "org.apache.rocketmq.remoting.netty.NettyClientConfig",
	"AuthConfig":         "org.apache.rocketmq.auth.config.AuthConfig",
	TieredClass: "org.apache.rocketmq.tieredstore.MessageStoreConfig," +
		"org.apache.rocketmq.tieredstore.common.TieredMessageStoreConfig",
	"NamesrvConfig":    "org.apache.rocketmq.common.namesrv.NamesrvConfig",
	"ControllerConfig": "org.apache.rocketmq.common.ControllerConfig",
	"JraftConfig":      "org.apache.rocketmq.common.JraftConfig",
}

// notPlain are the keys whose setter does more than to set its field, and why they cannot be compared.
var notPlain = map[string]string{
	"haListenPort":     "a negative port becomes 0, which is listenPort + 1",
	"timerPrecisionMs": "the setter takes 100, 200, 500 or 1000, whichever is next below",
}

// rawValues are what people write, and what they would rather not: the values that every key is asked about.
var rawValues = []string{
	"", " ", "0", "-0", "1", "-1", "+1", "007", " 5", "5 ", "\t5", "5\n", "5\u00a0", "--5", "+", "-",
	"75%", "4g", "10s", "5L", "1_000", "1,000", "0x10", "5;", "10911 # remoting", `"5"`,
	"٣", "-٣", "４８", "𝟓", "½", "五",
	"2147483647", "2147483648", "-2147483648", "-2147483649",
	"9223372036854775807", "9223372036854775808", "-9223372036854775808",
	"5.0", ".5", "5.", ".", " 1.5 ", "-1.5f", "1D", "1e3", "0.001", "0.00099", "1e7", "9999999", "12345678.9", "1e",
	"3.4028236e38", "1e400", "1e-400", "-0.0",
	"0x1.8p1f", "NaN", "-Infinity", "inf", "1e99999999999", "4.9e-324", "1f0",
	"true", "TRUE", "tRuE", "true ", " true", "truee", "false", "False ", "yes", "on", "trüe", "ｔｒｕｅ", "null",
	"broker-a", " broker-a ", "\x00\x1fbroker-a\x7f", "\u3000中文 é 😀", "a\nb", `C:\store`,
	"n0-127.0.0.1:40911;n1-127.0.0.1:40912", "${STORE}",
	strings.Repeat("x", 5_000), strings.Repeat("9", 400), "0." + strings.Repeat("0", 400) + "1",
}

// binding is a key that Java is asked about, with raw values for it.
type binding struct {
	key    Key
	values []string
}

// bindings are all keys of what is bound to properties files in a release; one of two roles' sets is asked about once.
func bindings(t *testing.T, table *Table, release rmq.Release) []binding {
	t.Helper()
	all := map[string]binding{}
	for _, role := range []rmq.Role{rmq.Broker, rmq.Namesrv, rmq.Controller} {
		set := table.Set(release, role)
		for _, name := range set.Names() {
			k, _ := set.Find(name)
			if k.Class == "" {
				continue // rmqAddressServer…, which a broker reads without a class
			}
			all[k.Class+"."+name] = binding{k, append(namesOf(k), rawValues...)}
		}
	}
	var sorted []binding
	for _, name := range slices.Sorted(maps.Keys(all)) {
		sorted = append(sorted, all[name])
	}
	return sorted
}

// namesOf are the words of a key as people write them.
func namesOf(k Key) []string {
	var all []string
	for _, word := range append(k.Enum(), k.Rule.Words...) {
		all = append(all, word, strings.ToLower(word), " "+word, word+" ", "\t"+word+"\n", word+";",
			strings.ReplaceAll(word, "_", "-"), word[:len(word)-1])
	}
	if all != nil {
		all = append(all, "2", "3", "4", " 2", "2 ")
	}
	return all
}

// verdict is what RocketMQ makes of a value.
type verdict struct {
	kind  byte   // t: it takes it; k: it keeps the default; n: there is no such field; o: something else
	value string // of t and o
}

// askJava lets RocketMQ's own MixAll.properties2Object bind every value of every key, in one run.
func askJava(t *testing.T, home string, all []binding) [][]verdict {
	t.Helper()
	dir := t.TempDir()
	asked, answered := filepath.Join(dir, "questions"), filepath.Join(dir, "answers")
	if err := os.WriteFile(asked, questions(all), 0o600); err != nil {
		t.Fatal(err)
	}
	java := exec.Command("java",
		"-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC",
		"-Duser.home="+dir, // logs of RocketMQ's go there
		"-cp", filepath.Join(home, "lib", "*"),
		filepath.Join("testdata", "Verdicts.java"), asked, answered)
	if out, err := java.CombinedOutput(); err != nil {
		t.Fatalf("java (a JDK is needed): %v\n%s", err, out)
	}
	answers, err := os.ReadFile(answered)
	if err != nil {
		t.Fatal(err)
	}
	return readVerdicts(t, answers, all)
}

// questions are the keys and values as Verdicts.java reads them.
func questions(all []binding) []byte {
	var out bytes.Buffer
	number := func(n int) { binary.Write(&out, binary.BigEndian, int32(n)) }
	text := func(s string) {
		units := utf16.Encode([]rune(s))
		number(len(units))
		binary.Write(&out, binary.BigEndian, units)
	}
	number(len(all))
	for _, b := range all {
		text(configClasses[b.key.Class])
		text(b.key.Name)
		number(len(b.values))
		for _, raw := range b.values {
			text(raw)
		}
	}
	return out.Bytes()
}

// readVerdicts reads what Verdicts.java wrote, a verdict for each value of each key.
func readVerdicts(t *testing.T, answers []byte, all []binding) [][]verdict {
	t.Helper()
	in := bytes.NewReader(answers)
	read := func(into any) {
		if err := binary.Read(in, binary.BigEndian, into); err != nil {
			t.Fatalf("Java's answers end early: %v", err)
		}
	}
	verdicts := make([][]verdict, len(all))
	for i, b := range all {
		for range b.values {
			var v verdict
			read(&v.kind)
			if v.kind == 't' || v.kind == 'o' {
				var length int32
				read(&length)
				units := make([]uint16, length)
				read(units)
				v.value = string(utf16.Decode(units))
			}
			verdicts[i] = append(verdicts[i], v)
		}
	}
	return verdicts
}

// tally counts comparisons of Effective with Java.
type tally struct{ compared, taken, kept int }

// compare counts what Java says of a key's values, and says where Effective differs.
func (n *tally) compare(b binding, verdicts []verdict, trims bool) (wrong []string) {
	for i, java := range verdicts {
		raw := b.values[i]
		value, ok := b.key.Effective(raw, trims)
		n.compared++
		switch {
		case java.kind == 't' && ok && java.value == value:
			n.taken++
		case java.kind == 'k' && !ok:
			n.kept++
		default:
			wrong = append(wrong, fmt.Sprintf("%.60q is %.60q, %t; RocketMQ: %c %.120q",
				raw, value, ok, java.kind, java.value))
		}
	}
	return wrong
}

// TestRocketMQTakesTheSame compares Effective with RocketMQ itself: the real classes of the assembled release, each
// value bound to objects of its own, and the fields looked at.
func TestRocketMQTakesTheSame(t *testing.T) {
	dir := rmqtest.Home(t)
	home, err := launch.FindHome(dir)
	if err != nil {
		t.Fatal(err)
	}
	table, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Contains(Releases, home.Release) {
		t.Skipf("the table does not know the keys of %s exactly", home.Release)
	}
	trims := home.Release.TrimsValues()
	all := bindings(t, table, home.Release)
	var n tally
	for i, verdicts := range askJava(t, dir, all) {
		key := all[i].key
		wrong := n.compare(all[i], verdicts, trims)
		switch reason, excepted := notPlain[key.Name]; {
		case excepted && wrong == nil && home.Release == Newest(): // older ones had plain setters
			t.Errorf("%s.%s agrees everywhere, so it is no exception: %s", key.Class, key.Name, reason)
		case !excepted && wrong != nil:
			t.Errorf("%s.%s (%s): %d of %d differ:\n\t%s", key.Class, key.Name, key.Type,
				len(wrong), len(verdicts), strings.Join(wrong[:min(8, len(wrong))], "\n\t"))
		}
	}
	t.Logf("%d keys, %d comparisons: %d taken, %d kept their default", len(all), n.compared, n.taken, n.kept)
	if n.compared < 10_000 || n.taken < n.compared/10 || n.kept < n.compared/10 {
		t.Error("the comparison is too tame to prove anything")
	}
}
