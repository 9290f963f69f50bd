package main

import (
	"math"
	"strings"
	"time"

	"rocketmq-agent/smoketest/latency"
	"rocketmq-agent/smoketest/ledger"
)

// maxExamples is how many findings of a kind are shown.
const maxExamples = 10

// result is what a run found out; the tags are the names in the JSON object.
type result struct {
	OK       bool            `json:"ok"`
	Reasons  []string        `json:"reasons"` // why it failed, empty if it did not
	Run      string          `json:"run"`
	Topic    string          `json:"topic"`
	Messages int             `json:"messages"` // started to be sent, or looked for
	Verified int             `json:"verified"` // received once, unchanged and in time
	Seconds  float64         `json:"seconds"`  // the whole run
	Sent     *sentResult     `json:"sent,omitempty"`
	Received *receivedResult `json:"received,omitempty"`
}

// sentResult is the sender's side of a run.
type sentResult struct {
	Acknowledged   int            `json:"acknowledged"`
	Unsent         int            `json:"unsent"`
	FailedAttempts int            `json:"failedAttempts"`
	Failures       map[string]int `json:"failures,omitempty"` // failed attempts by reason
	LastFailure    string         `json:"lastFailure,omitempty"`
	Size           int            `json:"size"` // bytes in a message
	Seconds        float64        `json:"seconds"`
	PerSecond      float64        `json:"perSecond"`
	LongestGapMs   float64        `json:"longestGapMs"` // without any acknowledgement
	LatencyMs      percentiles    `json:"latencyMs"`    // attempt to acknowledgement
}

// receivedResult is the receiver's side of a run.
type receivedResult struct {
	Messages   int                              `json:"messages"` // each counted once
	Missing    int                              `json:"missing"`
	Doubled    int                              `json:"doubled"`
	Changed    int                              `json:"changed"`
	Late       int                              `json:"late"`
	Unexpected int                              `json:"unexpected"`
	Foreign    int                              `json:"foreign"` // not of this run
	Examples   map[ledger.Kind][]ledger.Finding `json:"examples,omitempty"`

	ArrivedUnacknowledged int            `json:"arrivedUnacknowledged"` // failed for the sender, stored all the same
	RetryDuplicates       int            `json:"retryDuplicates"`       // messages stored again for that reason
	Failures              map[string]int `json:"failures,omitempty"`    // failed pulls by reason
	Seconds               float64        `json:"seconds"`               // to the last arrival
	PerSecond             float64        `json:"perSecond"`
	LatencyMs             *percentiles   `json:"latencyMs,omitempty"` // attempt to arrival
}

// percentiles is a latency.Summary in milliseconds.
type percentiles struct {
	P50 float64 `json:"p50"`
	P95 float64 `json:"p95"`
	P99 float64 `json:"p99"`
	Max float64 `json:"max"`
}

// result judges the run. The error is what ended it early, nil for nothing.
func (p *proof) result(took time.Duration, err error) result {
	verdict := p.books.Judge(p.complete)
	r := result{
		Reasons:  []string{},
		Run:      p.opts.run,
		Topic:    p.opts.topic,
		Messages: verdict.Messages,
		Verified: verdict.Verified,
		Seconds:  seconds(took),
	}
	if p.sender != nil {
		r.Sent = p.sender.result(verdict)
	}
	if p.receiver != nil {
		r.Received = p.receiver.result(verdict)
	}
	if err != nil {
		r.Reasons = append(r.Reasons, strings.ReplaceAll(err.Error(), "\n", "; "))
	}
	r.Reasons = append(r.Reasons, p.reasons(verdict)...)
	r.OK = len(r.Reasons) == 0
	return r
}

func (s *sender) result(v ledger.Verdict) *sentResult {
	took := s.ended.Sub(s.started)
	failures, last := s.failures.summary()
	return &sentResult{
		Acknowledged:   v.Acknowledged,
		Unsent:         len(v.Findings[ledger.Unsent]),
		FailedAttempts: v.FailedAttempts,
		Failures:       failures,
		LastFailure:    last,
		Size:           s.opts.size,
		Seconds:        seconds(took),
		PerSecond:      perSecond(v.Acknowledged, took),
		LongestGapMs:   milliseconds(s.longestGap),
		LatencyMs:      newPercentiles(v.Sending),
	}
}

func (r *receiver) result(v ledger.Verdict) *receivedResult {
	took := r.took()
	failures, _ := r.failures.summary()
	out := &receivedResult{
		Messages:              v.Received,
		Missing:               len(v.Findings[ledger.Missing]),
		Doubled:               len(v.Findings[ledger.Doubled]),
		Changed:               len(v.Findings[ledger.Changed]),
		Late:                  len(v.Findings[ledger.Late]),
		Unexpected:            len(v.Findings[ledger.Unexpected]),
		Foreign:               v.Foreign,
		Examples:              make(map[ledger.Kind][]ledger.Finding),
		ArrivedUnacknowledged: v.ArrivedUnacknowledged,
		RetryDuplicates:       v.RetryDuplicates,
		Failures:              failures,
		Seconds:               seconds(took),
		PerSecond:             perSecond(v.Received, took),
	}
	for kind, found := range v.Findings {
		out.Examples[kind] = found[:min(len(found), maxExamples)]
	}
	if len(v.EndToEnd) > 0 {
		times := newPercentiles(v.EndToEnd)
		out.LatencyMs = &times
	}
	return out
}

func newPercentiles(times []time.Duration) percentiles {
	summary := latency.Summarize(times)
	return percentiles{
		P50: milliseconds(summary.P50),
		P95: milliseconds(summary.P95),
		P99: milliseconds(summary.P99),
		Max: milliseconds(summary.Max),
	}
}

func seconds(d time.Duration) float64 {
	return float64(d.Round(time.Millisecond).Milliseconds()) / 1000
}

func milliseconds(d time.Duration) float64 {
	return float64(d.Round(10*time.Microsecond).Microseconds()) / 1000
}

// perSecond is rounded to one decimal.
func perSecond(count int, took time.Duration) float64 {
	if took <= 0 {
		return 0
	}
	return math.Round(float64(count)/took.Seconds()*10) / 10
}
