package validate

import "testing"

func TestFindingText(t *testing.T) {
	for _, tt := range []struct {
		finding Finding
		want    string
	}{
		{
			Finding{File: "a.conf", Line: 3, Key: "k", Severity: Error, Message: "no"},
			"a.conf:3: error: k: no",
		},
		{
			Finding{File: "RMQ_CONF_k", Key: "k", Severity: Warning, Message: "no", Suggestion: "x", Allowed: "x, y"},
			"RMQ_CONF_k: warning: k: no; did you mean x; allowed: x, y",
		},
		{
			Finding{File: "a.conf", Severity: Warning, Message: "no"},
			"a.conf: warning: no",
		},
		{
			// A key can hold anything; a terminal and a line of a log must not.
			Finding{
				File:       "a.conf",
				Line:       1,
				Key:        "a\nb\x1b[2J",
				Severity:   Warning,
				Message:    "no",
				Suggestion: "a\tb",
			},
			`a.conf:1: warning: "a\nb\x1b[2J": no; did you mean "a\tb"`,
		},
	} {
		if got := tt.finding.String(); got != tt.want {
			t.Errorf("got  %s\nwant %s", got, tt.want)
		}
	}
}

func TestFailed(t *testing.T) {
	for _, tt := range []struct {
		severities []Severity
		strict     bool
		want       bool
	}{
		{nil, false, false}, {nil, true, false},
		{[]Severity{Warning}, false, false}, {[]Severity{Warning}, true, true},
		{[]Severity{Warning, Error}, false, true}, {[]Severity{Error}, true, true},
	} {
		var all []Finding
		for _, s := range tt.severities {
			all = append(all, Finding{Severity: s})
		}
		if got := Failed(all, tt.strict); got != tt.want {
			t.Errorf("%v, strict %t: %t", tt.severities, tt.strict, got)
		}
	}
}
