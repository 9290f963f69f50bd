package probes

import (
	"encoding/json"
	"fmt"
	"strings"
)

// verbose is the form of Kubernetes' own ?verbose: "[+]broker ok", "[-]registration: name server a:9876 …".
func (r Report) verbose() string {
	var b strings.Builder
	for _, l := range r.Lines {
		mark, words := "[-]", ": "+l.Detail
		if l.Status == OK {
			mark, words = "[+]", " ok"
			if l.Detail != "" {
				words += ": " + l.Detail
			}
		}
		fmt.Fprintf(&b, "%s%s\n", mark, oneLine(l.Name+words))
	}
	b.WriteString(oneLine(r.Summary) + "\n")
	return b.String()
}

// oneLine keeps one check on one line: RocketMQ's remarks may hold a stack trace.
func oneLine(s string) string {
	return strings.Join(strings.Fields(s), " ")
}

type reportJSON struct {
	OK      bool       `json:"ok"`
	Summary string     `json:"summary"`
	Checks  []lineJSON `json:"checks"`
}

type lineJSON struct {
	Name   string  `json:"name"`
	Status Status  `json:"status"`
	Detail string  `json:"detail,omitempty"`
	Age    float64 `json:"ageSeconds"` // 0 also for what is looked at while answering
}

func (r Report) json() []byte {
	out := reportJSON{OK: r.OK, Summary: r.Summary, Checks: make([]lineJSON, 0, len(r.Lines))}
	for _, l := range r.Lines {
		out.Checks = append(out.Checks, lineJSON{l.Name, l.Status, l.Detail, l.Age.Seconds()})
	}
	body, _ := json.Marshal(out) // strings, numbers and booleans: nothing that can fail
	return append(body, '\n')
}
