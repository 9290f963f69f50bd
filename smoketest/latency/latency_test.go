package latency

import (
	"slices"
	"testing"
	"time"
)

func upTo(n int) []time.Duration {
	times := make([]time.Duration, n)
	for i := range times {
		times[i] = time.Duration(i + 1)
	}
	slices.Reverse(times)
	return times
}

func TestSummarize(t *testing.T) {
	tests := []struct {
		name  string
		times []time.Duration
		want  Summary
	}{
		{"none", nil, Summary{}},
		{"one", []time.Duration{7}, Summary{7, 7, 7, 7}},
		{"two", []time.Duration{9, 1}, Summary{1, 9, 9, 9}},
		{"three", upTo(3), Summary{2, 3, 3, 3}},
		{"20", upTo(20), Summary{10, 19, 20, 20}},
		{"99", upTo(99), Summary{50, 95, 99, 99}},
		{"100", upTo(100), Summary{50, 95, 99, 100}},
		{"101", upTo(101), Summary{51, 96, 100, 101}},
		{"10000", upTo(10000), Summary{5000, 9500, 9900, 10000}},
		{"equal", []time.Duration{5, 5, 5, 5}, Summary{5, 5, 5, 5}},
	}
	for _, test := range tests {
		if got := Summarize(test.times); got != test.want {
			t.Errorf("%s: %v, want %v", test.name, got, test.want)
		}
	}
}
