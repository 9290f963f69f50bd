package metrics

import (
	"math"
	"testing"
)

func TestReaders(t *testing.T) {
	const missing = math.MaxFloat64
	transferred := tps(1, "getTransferredTps", "getTransferedTps")
	tests := []struct {
		name string
		read reader
		key  string
		text string
		want float64
	}{
		{"number", number("k"), "k", "42", 42},
		{"negative number", number("k"), "k", "-1", -1},
		{"large number", number("k"), "k", "9223372036854775807", 9223372036854775807},
		{"number, absent", number("k"), "other", "42", missing},
		{"number, words", number("k"), "k", "many", missing},
		{"number, NaN", number("k"), "k", "NaN", missing},
		{"number, infinite", number("k"), "k", "Infinity", missing},

		{"10 s", tps(0, "k"), "k", "1.5 2.5 3.5", 1.5},
		{"60 s", tps(1, "k"), "k", "1.5 2.5 3.5", 2.5},
		{"600 s", tps(2, "k"), "k", "1.5 2.5 3.5", 3.5},
		{"600 s, not yet", tps(2, "k"), "k", "1.5 2.5 ", missing},
		{"60 s, not yet", tps(1, "k"), "k", "1.5  ", missing},
		{"10 s, not yet", tps(0, "k"), "k", "  ", missing},
		{"an empty place is kept", tps(2, "k"), "k", "1.5  3.5", 3.5},
		{"short", tps(2, "k"), "k", "1.5", missing},
		{"absent", tps(0, "k"), "other", "1 2 3", missing},
		{"spelling of 5.x", transferred, "getTransferredTps", "1 2 3", 2},
		{"spelling of 4.9", transferred, "getTransferedTps", "1 2 3", 2},

		{"bucket", bucket("0~10ms"), "putMessageDistributeTime", "[<=0ms]:5 [0~10ms]:2 [10~50ms]:0 ", 2},
		{"bucket with odd name", bucket("<=0ms"), "putMessageDistributeTime", "[<=0ms]:5 [0~10ms]:2 ", 5},
		{"last bucket", bucket("10s~"), "putMessageDistributeTime", "[5~10s]:1 [10s~]:7 ", 7},
		{"no such bucket", bucket("1~2s"), "putMessageDistributeTime", "[<=0ms]:5 ", missing},
		{"no buckets yet", bucket("<=0ms"), "putMessageDistributeTime", "null", missing},

		{"total", capacity("Total"), "commitLogDirCapacity", "Total : 252.0 GiB, Free : 1.5 TiB.", 252 << 30},
		{"free", capacity("Free"), "commitLogDirCapacity", "Total : 252.0 GiB, Free : 1.5 TiB.", 1.5 * (1 << 40)},
		{"free, nothing", capacity("Free"), "commitLogDirCapacity", "Total : 252.0 GiB, Free : 0 B.", 0},
		{"free, not said", capacity("Free"), "commitLogDirCapacity", "Total : 252.0 GiB", missing},
		{"capacity, absent", capacity("Free"), "other", "", missing},

		{"bytes", size("k"), "k", "0 B", 0},
		{"kibibytes", size("k"), "k", "1.5 KiB", 1536},
		{"exbibytes", size("k"), "k", "2.0 EiB", 2 << 60},
		{"unknown unit", size("k"), "k", "2 parsecs", missing},
		{"no unit", size("k"), "k", "2", missing},
		{"no size", size("k"), "k", "", missing},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, ok := test.read(map[string]string{test.key: test.text})
			if !ok {
				got = missing
			}
			if got != test.want {
				t.Errorf("%q reads as %v, want %v", test.text, got, test.want)
			}
		})
	}
}
