package config

import (
	"encoding/binary"
	"encoding/hex"
	"maps"
	"math/rand/v2"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"unicode/utf16"

	"rocketmq-agent/agent/javaprops"
	"rocketmq-agent/agent/rmq"
)

// TestJavaReadsTheConfiguration renders brokers from layers of every kind, and asks the real java.util.Properties what
// it reads in their files: that, and nothing else, is what RocketMQ will believe.
func TestJavaReadsTheConfiguration(t *testing.T) {
	if testing.Short() {
		t.Skip("needs a JVM")
	}
	const files = 2000
	random := rand.New(rand.NewPCG(11, 5))
	dir := t.TempDir()
	want := map[string]map[string]string{}
	odd := 0
	for tries := 0; len(want) < files; tries++ {
		if tries > 20*files {
			t.Fatalf("only %d of %d configurations were accepted", len(want), tries)
		}
		c, err := Broker(randomBroker(t, random))
		if err != nil {
			continue // a contradiction, or a template that renders no properties
		}
		name := strconv.Itoa(len(want))
		write(t, dir, name, string(c.Properties()))
		want[name] = map[string]string{}
		for _, v := range c.Values() {
			value := string([]rune(v.Value)) // what is no UTF-8 becomes U+FFFD
			want[name][v.Key] = value
			if strings.ContainsFunc(v.Key+value, func(r rune) bool { return r < ' ' || r > '~' || r == '\\' }) {
				odd++
			}
		}
	}
	if odd < 2*files {
		t.Errorf("only %d values need an escape: the configurations are too tame to prove anything", odd)
	}
	for name, read := range loadedByJava(t, dir) {
		if !maps.Equal(read, want[name]) {
			t.Errorf("Java reads %q\nof %q", read, want[name])
		}
		delete(want, name)
	}
	for name := range want {
		t.Fatalf("Java read nothing in file %s and %d others", name, len(want)-1)
	}
}

// loadedByJava is what Java reads in the files of a folder, by their names.
func loadedByJava(t *testing.T, dir string) map[string]map[string]string {
	t.Helper()
	cmd := exec.Command("java", filepath.Join("testdata", "Load.java"), dir)
	var problems strings.Builder
	cmd.Stderr = &problems
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("java (a JDK is needed): %v\n%s", err, &problems)
	}
	files := map[string]map[string]string{}
	for line := range strings.Lines(string(out)) {
		word := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if files[word[0]] == nil {
			files[word[0]] = map[string]string{}
		}
		files[word[0]][fromHex(t, word[1])] = fromHex(t, word[2])
	}
	return files
}

func fromHex(t *testing.T, s string) string {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	var units []uint16
	for ; len(b) > 0; b = b[2:] {
		units = append(units, binary.BigEndian.Uint16(b))
	}
	return string(utf16.Decode(units))
}

// randomBroker is a broker with a file, variables and template fields of every sort.
func randomBroker(t *testing.T, r *rand.Rand) Input {
	in := brokerOf(t, fuzzedTopologies[r.IntN(len(fuzzedTopologies))], "")
	for range r.IntN(6) {
		in.File.Props = append(in.File.Props,
			javaprops.Property{Key: randomKey(r), Value: randomText(r), Line: 1 + r.IntN(9)})
	}
	for range r.IntN(4) {
		in.Settings.Conf = append(in.Settings.Conf, setTo(randomKey(r), randomText(r)))
	}
	in.Fields = Fields{
		ClusterName: randomText(r),
		Namesrv:     randomText(r),
		Address:     randomText(r),
		PodIP:       randomText(r),
		UserHome:    randomText(r),
	}
	if r.IntN(4) == 0 {
		in.Settings.StorePerPod, in.Settings.Pod.Name = true, "mq-1"
	}
	if r.IntN(4) == 0 {
		in.Settings.Replication = rmq.Sync
	}
	return in
}

// randomKey is a key that RocketMQ has, one that the agent fixes now and then, or anything.
func randomKey(r *rand.Rand) string {
	known := []string{
		"fileReservedTime", "storePathRootDir", "storePathCommitLog", "haListenPort", "listenPort", "deleteWhen",
		"brokerIP2", "brokerId",
	}
	if i := r.IntN(2 * len(known)); i < len(known) {
		return known[i]
	}
	return randomText(r)
}

// randomText is what goes wrong in properties files, and any character there is.
func randomText(r *rand.Rand) string {
	pieces := []string{
		"a", "10911", "mq", " ", "=", ":", "#", "!", "\\", "\\n", "\\u0041", "\n", "\r\n", "\t", "\f", "\x00",
		"\u00e9", "\u4e2d", "\U0001F680", "\ufeff", "\u2028", "$", "/", ",",
	}
	var b strings.Builder
	for range r.IntN(7) {
		if r.IntN(5) == 0 {
			b.WriteString(string(rune(r.IntN(0x11_0000))))
		} else {
			b.WriteString(pieces[r.IntN(len(pieces))])
		}
	}
	return b.String()
}
