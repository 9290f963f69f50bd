package metrics

import (
	"math"
	"strconv"
	"strings"
)

// A reader takes one figure out of a broker's runtime table (GET_BROKER_RUNTIME_INFO), where every value is a text made
// for people. It says false when the figure is not there or cannot be read.
type reader func(table map[string]string) (float64, bool)

// number reads a plain number.
func number(key string) reader {
	return func(table map[string]string) (float64, bool) { return parse(table[key]) }
}

// tps reads one of the three rates in a text like "0.1 0.2 0.3": over 10, 60 and 600 seconds, position 0, 1 and 2. One
// is empty until the broker has run long enough (StoreStatsService.getPutTps). The first key that is there counts.
func tps(position int, keys ...string) reader {
	return func(table map[string]string) (float64, bool) {
		for _, key := range keys {
			if text, there := table[key]; there {
				rates := strings.Split(text, " ") // not Fields: what is empty must keep its place
				return parse(at(rates, position))
			}
		}
		return 0, false
	}
}

// bucket reads one count of a histogram like "[<=0ms]:5 [0~10ms]:2 ". It is "null" at first.
func bucket(name string) reader {
	return func(table map[string]string) (float64, bool) {
		for pair := range strings.FieldsSeq(table["putMessageDistributeTime"]) {
			if count, found := strings.CutPrefix(pair, "["+name+"]:"); found {
				return parse(count)
			}
		}
		return 0, false
	}
}

// capacity reads a size, in bytes, out of a text like "Total : 252.0 GiB, Free : 234.8 GiB.".
func capacity(name string) reader {
	return func(table map[string]string) (float64, bool) {
		_, text, _ := strings.Cut(table["commitLogDirCapacity"], name+" : ")
		text, _, _ = strings.Cut(text, ",")
		return parseSize(strings.TrimSuffix(text, "."))
	}
}

// size reads a size in bytes.
func size(key string) reader {
	return func(table map[string]string) (float64, bool) { return parseSize(table[key]) }
}

// parseSize reads what MixAll.humanReadableByteCount writes: "0 B", "252.0 GiB".
func parseSize(text string) (float64, bool) {
	digits, unit, _ := strings.Cut(text, " ")
	value, ok := parse(digits)
	power := strings.Index("BKMGTPE", unit[:min(1, len(unit))])
	if !ok || unit == "" || power < 0 {
		return 0, false
	}
	return value * math.Pow(1024, float64(power)), true
}

func parse(text string) (float64, bool) {
	value, err := strconv.ParseFloat(text, 64)
	return value, err == nil && !math.IsNaN(value) && !math.IsInf(value, 0)
}

func at(list []string, position int) string {
	if position < len(list) {
		return list[position]
	}
	return ""
}
