package memory

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

func capped(mebibytes int64) Limit {
	return Limit{Bytes: mebibytes * mib, Source: "/sys/fs/cgroup/memory.max", Capped: true}
}

// units makes one unit of each kind, all with the same options, as the environment gives them.
func units(options string, kinds ...Kind) []Unit {
	var list []Unit
	for _, k := range kinds {
		u := Unit{Kind: k}
		for word := range strings.FieldsSeq(options) {
			u.Options = append(u.Options, Option{word, "JAVA_OPT_EXT"})
		}
		list = append(list, u)
	}
	return list
}

// eachAndStandalone is every kind alone, and what a standalone container runs.
var eachAndStandalone = [][]Kind{
	{Broker},
	{Namesrv},
	{Proxy},
	{Controller},
	{BrokerWithProxy},
	{NamesrvWithController},
	{Namesrv, Broker},
}

func TestNew(t *testing.T) {
	uncapped := func(gibibytes int64) Limit { return Limit{Bytes: gibibytes * gib, Source: "/proc/meminfo"} }
	standalone := []Kind{Namesrv, Broker}
	for _, tt := range []struct {
		limit Limit
		kinds []Kind
		heaps []int64 // MiB, one a unit
	}{
		{capped(368), []Kind{Broker}, []int64{96}}, // the least that works
		{capped(512), []Kind{Broker}, []int64{128}},
		{capped(1024), []Kind{Broker}, []int64{256}},
		{capped(8192), []Kind{Broker}, []int64{2048}},
		{capped(65536), []Kind{Broker}, []int64{8192}},
		{capped(512), standalone, []int64{64, 96}}, // the least that works
		{capped(1024), standalone, []int64{64, 256}},
		{capped(4096), standalone, []int64{256, 1024}},
		{capped(256), []Kind{Namesrv}, []int64{64}},
		{capped(1024), []Kind{Namesrv}, []int64{256}},
		{capped(8192), []Kind{Namesrv}, []int64{512}},
		{capped(512), []Kind{Controller}, []int64{128}},
		{capped(1024), []Kind{Proxy}, []int64{440}},
		{capped(65536), []Kind{Proxy}, []int64{4096}},
		{capped(1024), []Kind{BrokerWithProxy}, []int64{336}},
		{uncapped(8), []Kind{Broker}, []int64{2048}},
		{uncapped(64), standalone, []int64{512, 4096}},
	} {
		t.Run(fmt.Sprintf("%s in %d MiB", tt.kinds, tt.limit.Bytes/mib), func(t *testing.T) {
			p, err := New(units("", tt.kinds...), tt.limit)
			if err != nil {
				t.Fatal(err)
			}
			if got := heaps(p); !slices.Equal(got, tt.heaps) || len(p.Warnings) != 0 {
				t.Errorf("heaps %v, want %v; %v", got, tt.heaps, p.Warnings)
			}
			checkSum(t, p)
		})
	}
}

// heaps are in MiB, one a unit.
func heaps(p Plan) (list []int64) {
	for _, j := range p.JVMs {
		list = append(list, j.Heap/mib)
	}
	return list
}

// checkSum checks the printed arithmetic as a person would.
func checkSum(t *testing.T, p Plan) {
	t.Helper()
	line := p.String()
	sum, parts := int64(0), regexp.MustCompile(`^(\d+) MiB \(\S+\) = (.*)$`).FindStringSubmatch(line)
	if parts == nil {
		t.Fatalf("no arithmetic: %s", line)
	}
	for _, part := range strings.Split(parts[2], " + ") {
		total := regexp.MustCompile(`^[a-z ]+ (-?\d+)(?: \((.*)\))?$`).FindStringSubmatch(part)
		if total == nil {
			t.Fatalf("no number in %q of %s", part, line)
		}
		n, _ := strconv.ParseInt(total[1], 10, 64)
		sum += n
		for inner := range strings.SplitSeq(total[2], ", ") {
			if m := regexp.MustCompile(`\d+$`).FindString(inner); m != "" {
				k, _ := strconv.ParseInt(m, 10, 64)
				n -= k
			}
		}
		if total[2] != "" && n != 0 {
			t.Errorf("%q is off by %d", part, n)
		}
	}
	if parts[1] != strconv.FormatInt(sum, 10) {
		t.Errorf("the parts of %q sum up to %d", line, sum)
	}
}

// TestInvariants walks many limits: the parts never exceed the limit, and more memory never means less of anything.
func TestInvariants(t *testing.T) {
	for _, kinds := range eachAndStandalone {
		var last Plan
		for limit := int64(64); limit < 20000; limit += 37 {
			p, err := New(units("", kinds...), capped(limit))
			if err != nil {
				if last.JVMs != nil {
					t.Fatalf("%v: refused at %d though less was accepted", kinds, limit)
				}
				continue
			}
			checkSum(t, p)
			if p.PageCache < leastCache {
				t.Fatalf("%s: too little page cache", p)
			}
			for i, j := range p.JVMs {
				if last.JVMs != nil && (j.Heap < last.JVMs[i].Heap || j.Direct < last.JVMs[i].Direct) {
					t.Fatalf("%s\nhas less than\n%s", p, last)
				}
			}
			last = p
		}
	}
}

var refusals = []struct {
	name  string
	limit Limit
	kinds []Kind
	wants []string
}{
	{
		name:  "broker",
		limit: capped(256),
		kinds: []Kind{Broker},
		wants: []string{
			"256 MiB (/sys/fs/cgroup/memory.max)",
			"smallest that works is 368 MiB",
			"heap 96",
			"docker run -m 384m",
			"384Mi",
			"JAVA_OPT_EXT",
		},
	},
	{
		name:  "standalone",
		limit: capped(511),
		kinds: []Kind{Namesrv, Broker},
		wants: []string{"511 MiB", "512 MiB = namesrv", "-m 512m"},
	},
	{
		name:  "a small machine",
		limit: Limit{Bytes: 200 * mib, Source: "/proc/meminfo"},
		kinds: []Kind{Broker},
		wants: []string{
			"the machine has 200 MiB of memory (/proc/meminfo)",
			"a machine with 384 MiB would do",
		},
	},
}

func TestNewRefuses(t *testing.T) {
	for _, tt := range refusals {
		t.Run(tt.name, func(t *testing.T) {
			_, err := New(units("", tt.kinds...), tt.limit)
			if err == nil {
				t.Fatal("not refused")
			}
			for _, want := range tt.wants {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("no %q in: %v", want, err)
				}
			}
		})
	}
}

// TestRefusalIsTrue sets the limit that the refusal asks for.
func TestRefusalIsTrue(t *testing.T) {
	for _, kinds := range eachAndStandalone {
		_, err := New(units("", kinds...), capped(1))
		if err == nil {
			t.Fatalf("%v: not refused", kinds)
		}
		enough, _ := strconv.ParseInt(regexp.MustCompile(`-m (\d+)m`).FindStringSubmatch(err.Error())[1], 10, 64)
		if _, err := New(units("", kinds...), capped(enough)); err != nil {
			t.Errorf("%v: %v", kinds, err)
		}
	}
}

// flags are those of a broker of less than 4 GiB of heap, whose options say nothing of metaspace and code.
func flags(sizes ...string) []string {
	return append(sizes, "-XX:MaxMetaspaceSize=256m", "-XX:ReservedCodeCacheSize=128m")
}

var userOptionsTests = []struct {
	name, options string
	limit         int64
	heap, direct  int64
	flags         []string // nil: any
	warning       string
}{
	{
		name:   "nothing",
		limit:  1024,
		heap:   256,
		direct: 128,
		flags:  flags("-Xms256m", "-Xmx256m", "-XX:MaxDirectMemorySize=128m"),
	},
	{
		name:    "heap",
		options: "-Xms512m -Xmx512m -Xmn256m",
		limit:   2048,
		heap:    512,
		direct:  256,
		flags:   flags("-XX:MaxDirectMemorySize=256m"),
	},
	{
		name:    "the last one wins",
		options: "-Xmx2g -Xmx256M",
		limit:   1024,
		heap:    256,
		direct:  128,
		flags:   flags("-XX:MaxDirectMemorySize=128m"),
	},
	{
		name:    "a percentage",
		options: "-XX:MaxRAMPercentage=50.0",
		limit:   2048,
		heap:    1024,
		direct:  256,
		flags:   flags("-XX:MaxDirectMemorySize=256m"),
	},
	{
		name:    "-Xmx beats a percentage",
		options: "-Xmx256m -XX:MaxRAMPercentage=99",
		limit:   1024,
		heap:    256,
		direct:  128,
		flags:   flags("-XX:MaxDirectMemorySize=128m"),
	},
	{
		name:    "initial heap alone",
		options: "-Xms512m",
		limit:   1024,
		heap:    512,
		direct:  128,
		flags:   flags("-Xmx512m", "-XX:MaxDirectMemorySize=128m"),
	},
	{
		name:    "a small initial heap",
		options: "-Xms64m",
		limit:   1024,
		heap:    256,
		direct:  128,
		flags:   flags("-Xmx256m", "-XX:MaxDirectMemorySize=128m"),
	},
	{
		name:    "everything",
		options: "-Xmx300m -XX:MaxDirectMemorySize=1g -XX:MaxMetaspaceSize=1g -XX:ReservedCodeCacheSize=1g",
		limit:   4096,
		heap:    300,
		direct:  1024,
	},
	{
		name:    "too much",
		options: "-Xms4g -Xmx4g",
		limit:   2048,
		heap:    4096,
		direct:  96,
		warning: "-Xmx4g in JAVA_OPT_EXT",
	},
	{
		name:    "small on a small limit",
		options: "-Xmx64m",
		limit:   300,
		heap:    64,
		direct:  96,
		warning: "-Xmx64m in JAVA_OPT_EXT",
	},
	{
		name:    "much direct memory",
		options: "-XX:MaxDirectMemorySize=15g",
		limit:   2048,
		heap:    96,
		direct:  15360,
		warning: "-XX:MaxDirectMemorySize=15g in JAVA_OPT_EXT",
	},
	{
		name:    "no size",
		options: "-Xmx -Xmxlots -Xmx0 -Xmx-5m",
		limit:   1024,
		heap:    256,
		direct:  128,
		flags:   flags("-Xms256m", "-Xmx256m", "-XX:MaxDirectMemorySize=128m"),
	},
}

func TestUserOptions(t *testing.T) {
	for _, tt := range userOptionsTests {
		t.Run(tt.name, func(t *testing.T) {
			p, err := New(units(tt.options, Broker), capped(tt.limit))
			if err != nil {
				t.Fatal(err)
			}
			j := p.JVMs[0]
			if j.Heap != tt.heap*mib || j.Direct != tt.direct*mib {
				t.Errorf("%s: want heap %d, direct %d", p, tt.heap, tt.direct)
			}
			if tt.flags != nil && !slices.Equal(j.Flags(), tt.flags) {
				t.Errorf("flags %v, want %v", j.Flags(), tt.flags)
			}
			got := strings.Join(p.Warnings, "\n")
			if (got == "") != (tt.warning == "") || !strings.Contains(got, tt.warning) {
				t.Errorf("warnings %q, want %q", got, tt.warning)
			}
			checkSum(t, p)
		})
	}
}

func TestExtraDirect(t *testing.T) {
	// transientStorePoolEnable: five buffers of one commit log file
	pool := []Unit{{Kind: Broker, Direct: 5 * gib, Asks: "transientStorePoolEnable=true"}}
	_, err := New(pool, capped(4096))
	if err == nil || !strings.Contains(err.Error(), "direct 5216") ||
		!strings.Contains(err.Error(), "5120 MiB of the direct memory are for transientStorePoolEnable=true") ||
		strings.Contains(err.Error(), "heap yourself") {
		t.Errorf("error %v, want a refusal that counts the pool and names it", err)
	}
	p, err := New(pool, capped(16384))
	if err != nil || p.JVMs[0].Direct < 5*gib+96*mib {
		t.Errorf("%s, %v", p, err)
	}
}

func TestFlagsWithoutLimit(t *testing.T) {
	p, err := New(units("", Broker), Limit{Bytes: 64 * gib, Source: "/proc/meminfo"})
	if err != nil {
		t.Fatal(err)
	}
	want := append(flags("-Xms1024m", "-Xmx4096m", "-XX:MaxDirectMemorySize=4096m"),
		"-XX:G1HeapRegionSize=16m",
		"-XX:G1ReservePercent=25",
		"-XX:InitiatingHeapOccupancyPercent=30",
	)
	if got := p.JVMs[0].Flags(); !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestParseSize(t *testing.T) {
	for text, want := range map[string]int64{
		"1": 1, "1024": 1024, "1k": 1 << 10, "2M": 2 << 20, "8g": 8 << 30, "1T": 1 << 40,
		"": 0, "g": 0, "-1g": 0, "1.5g": 0, "1gb": 0, "99999999999999999999": 0, "9999999999g": 0,
	} {
		if got := parseSize(text); got != want {
			t.Errorf("%q = %d, want %d", text, got, want)
		}
	}
}
