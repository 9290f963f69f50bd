package main

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

// writeJSON writes the result as one object on one line.
func (r result) writeJSON(out io.Writer) error {
	return json.NewEncoder(out).Encode(r)
}

// writeText writes the result for people.
func (r result) writeText(out io.Writer) error {
	var text strings.Builder
	fmt.Fprintf(&text, "run %s, topic %s, %.1fs\n", r.Run, r.Topic, r.Seconds)
	if r.Sent != nil {
		r.Sent.writeText(&text)
	}
	if r.Received != nil {
		r.Received.writeText(&text)
	}
	switch {
	case !r.OK:
		for _, reason := range r.Reasons {
			fmt.Fprintf(&text, "FAILED: %s\n", reason)
		}
	case r.Received == nil:
		fmt.Fprintf(&text, "OK: %d messages acknowledged, not received yet\n", r.Messages)
	default:
		fmt.Fprintf(&text, "OK: %d of %d messages verified\n", r.Verified, r.Messages)
	}
	_, err := io.WriteString(out, text.String())
	return err
}

func (s *sentResult) writeText(out io.Writer) {
	fmt.Fprintf(out, "sent        %d of %d bytes in %.1fs, %.0f/s\n", s.Acknowledged, s.Size, s.Seconds, s.PerSecond)
	fmt.Fprintf(out, "  latency   %s\n", s.LatencyMs)
	if s.FailedAttempts > 0 {
		fmt.Fprintf(out, "  failed    %d attempts (%s), longest time without success %.1fs\n",
			s.FailedAttempts, list(s.Failures), s.LongestGapMs/1000)
	}
}

func (r *receivedResult) writeText(out io.Writer) {
	fmt.Fprintf(out, "received    %d in %.1fs, %.0f/s\n", r.Messages, r.Seconds, r.PerSecond)
	if r.LatencyMs != nil {
		fmt.Fprintf(out, "  latency   %s\n", r.LatencyMs)
	}
	if r.ArrivedUnacknowledged > 0 {
		fmt.Fprintf(out, "  extra     %d failed sends were stored all the same, %d messages more than once\n",
			r.ArrivedUnacknowledged, r.RetryDuplicates)
	}
	if r.Foreign > 0 {
		fmt.Fprintf(out, "  foreign   %d messages of others\n", r.Foreign)
	}
	if len(r.Failures) > 0 {
		fmt.Fprintf(out, "  failed    pulls: %s\n", list(r.Failures))
	}
}

// String returns the percentiles on one line.
func (p percentiles) String() string {
	return fmt.Sprintf("p50 %.1f ms, p95 %.1f ms, p99 %.1f ms, max %.1f ms", p.P50, p.P95, p.P99, p.Max)
}

func list(counts map[string]int) string {
	var parts []string
	for _, reason := range slices.Sorted(maps.Keys(counts)) {
		parts = append(parts, fmt.Sprintf("%d %s", counts[reason], reason))
	}
	return strings.Join(parts, ", ")
}
