// Package latency sums up measured times.
package latency

import (
	"slices"
	"time"
)

// Summary is the usual figures of a set of measured times; all zero for none.
// Percentiles are nearest-rank: each is a time that was really measured, and
// at least that share of all times is not above it.
type Summary struct {
	P50, P95, P99, Max time.Duration
}

// Summarize sums up times, which it sorts.
func Summarize(times []time.Duration) Summary {
	if len(times) == 0 {
		return Summary{}
	}
	slices.Sort(times)
	return Summary{
		P50: percentile(times, 50),
		P95: percentile(times, 95),
		P99: percentile(times, 99),
		Max: times[len(times)-1],
	}
}

// percentile expects at least one time, in order.
func percentile(sorted []time.Duration, percent int) time.Duration {
	rank := (len(sorted)*percent + 99) / 100 // rounded up
	return sorted[rank-1]
}
