// Package probes answers the kubelet's three questions: is it alive, has it started, is it ready.
//
// Nothing is asked while answering. A Checker runs the checks of the readiness set on its own beat and keeps their
// last answers; the HTTP handlers only read them. So a broker that accepts connections and never answers makes the
// agent not ready, and never makes it slow.
package probes

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// Result is one answer of a check. Detail is for people: why it failed, or what was found.
type Result struct {
	OK     bool
	Detail string
}

// Pass is the Result of a check that found everything in order.
func Pass(format string, args ...any) Result {
	return Result{OK: true, Detail: fmt.Sprintf(format, args...)}
}

// Fail is the Result of a check that found a fault.
func Fail(format string, args ...any) Result {
	return Result{Detail: fmt.Sprintf(format, args...)}
}

// Check is one question. Run must end when its context does; if it does not, it is not run a second time meanwhile
// and counts as failed.
type Check struct {
	Name string // a short word without blanks: it becomes a metric label
	Run  func(ctx context.Context) Result
}

// Status is what is known of one check, or of all of them together.
type Status string

// The states of one check.
const (
	OK      Status = "ok"
	Failing Status = "failing"
	Stale   Status = "stale"   // the last answer is too old to count
	Pending Status = "pending" // no answer yet
)

// The states of the whole readiness set.
const (
	Ready    Status = "ready"
	NotReady Status = "not ready"
)

// Line is what a Report says of one check.
type Line struct {
	Name   string
	Status Status
	Detail string
	Age    time.Duration // since the answer; 0 when there is none
}

// Report is the answer to one of the three questions.
type Report struct {
	OK      bool
	Summary string // the whole answer in a few words: "ok", "not ready: broker, registration"
	Lines   []Line
}

// newReport sums up lines: the report is OK when every line is.
func newReport(failure string, lines ...Line) Report {
	var names []string
	for _, l := range lines {
		if l.Status != OK {
			names = append(names, l.Name)
		}
	}
	if len(names) == 0 {
		return Report{OK: true, Summary: "ok", Lines: lines}
	}
	return Report{Summary: failure + ": " + strings.Join(names, ", "), Lines: lines}
}

// Reasons says why a report is not OK, one clause for every line that fails. It is empty when none does.
func (r Report) Reasons() string {
	var reasons []string
	for _, l := range r.Lines {
		if l.Status != OK {
			reasons = append(reasons, l.Name+": "+l.Detail)
		}
	}
	return strings.Join(reasons, "; ")
}

func (r Result) status() Status {
	if r.OK {
		return OK
	}
	return Failing
}
