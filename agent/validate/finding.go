package validate

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"rocketmq-agent/agent/keys"
)

// Severity says what a finding means for the start.
type Severity string

// The severities. An error refuses the start: what RocketMQ itself would refuse, what would give a broker a wrong
// identity or endanger its data, and what would leave a broker open that the file says is protected.
const (
	Error   Severity = "error"
	Warning Severity = "warning"
)

// Finding is one thing that is wrong with a configuration.
type Finding struct {
	File       string   `json:"file"`           // or the variable, or the argument
	Line       int      `json:"line,omitempty"` // from 1; 0 where there are no lines
	Key        string   `json:"key,omitempty"`
	Value      string   `json:"value,omitempty"` // never a secret
	Severity   Severity `json:"severity"`
	Code       string   `json:"code"` // for programs: unknown-key, not-a-number …
	Message    string   `json:"message"`
	Suggestion string   `json:"suggestion,omitempty"` // a key or a value that means what was meant
	Allowed    string   `json:"allowed,omitempty"`
}

// finding is a warning about the entry.
func (e entry) finding(found *problem) Finding {
	f := Finding{
		File:     e.source.Name,
		Line:     e.source.Line,
		Key:      readable(e.Key),
		Value:    readable(e.Value),
		Severity: Warning,
		Code:     found.code,
		Message:  found.message,
	}
	if e.hidden() {
		f.Value = keys.Redacted
	}
	return f
}

// valueFinding is a warning about the entry's value, of which neither message nor suggestion may show a secret one.
func (e entry) valueFinding(found *problem, suggestion string) Finding {
	f := e.finding(found)
	f.Suggestion, f.Allowed = suggestion, e.key.Allowed()
	if f.Value == keys.Redacted {
		f.Suggestion = ""
		if !found.silent {
			f.Message = "the value cannot be used"
		}
	}
	return f
}

// String is the finding as a compiler would print it.
func (f Finding) String() string {
	var b strings.Builder
	b.WriteString(f.File)
	if f.Line > 0 {
		fmt.Fprintf(&b, ":%d", f.Line)
	}
	fmt.Fprintf(&b, ": %s: %s", f.Severity, f.Text())
	return b.String()
}

// Text is the finding without its place.
func (f Finding) Text() string {
	var b strings.Builder
	if f.Key != "" {
		b.WriteString(printable(f.Key) + ": ")
	}
	b.WriteString(f.Message)
	if f.Suggestion != "" {
		b.WriteString("; did you mean " + printable(f.Suggestion))
	}
	if f.Allowed != "" {
		b.WriteString("; allowed: " + f.Allowed)
	}
	return b.String()
}

// Failed says whether the findings refuse a start; strict makes every one of them do so.
func Failed(all []Finding, strict bool) bool {
	return slices.ContainsFunc(all, func(f Finding) bool { return strict || f.Severity == Error })
}

// sortByPlace puts findings into the order of their files and lines.
func sortByPlace(all []Finding) []Finding {
	slices.SortStableFunc(all, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Key, b.Key))
	})
	return all
}
