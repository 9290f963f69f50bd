package main

import (
	"slices"
	"testing"
	"time"
)

func TestPacer(t *testing.T) {
	const ms = time.Millisecond
	tests := []struct {
		name string
		rate int
		at   []time.Duration // when starts are asked for
		want []time.Duration // how far ahead they are
	}{
		{"no limit", 0, []time.Duration{0, 0, ms}, []time.Duration{0, 0, 0}},
		{"faster than the rate", 100, []time.Duration{0, 0, ms}, []time.Duration{0, 10 * ms, 19 * ms}},
		{"catches up a little", 10, []time.Duration{0, 500 * ms, 500 * ms}, []time.Duration{0, -400 * ms, -300 * ms}},
		{"drops the rest", 10, []time.Duration{0, 60_000 * ms, 60_000 * ms}, []time.Duration{0, -1000 * ms, -900 * ms}},
	}
	for _, test := range tests {
		p := newPacer(test.rate)
		start := time.Unix(1_000_000_000, 0)
		var got []time.Duration
		for _, at := range test.at {
			got = append(got, p.reserve(start.Add(at)))
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("%s: %v, want %v", test.name, got, test.want)
		}
	}
}
