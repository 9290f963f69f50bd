package keys

import (
	"fmt"
	"strconv"
	"strings"
)

// Rule is what a value must be, beyond its type.
type Rule struct {
	Kind     string   // empty, or one of the kinds
	Min, Max *float64 // of Range and Clamped, both inclusive; nil: no bound
	Words    []string // of Words and WordsAnyCase; of JSON the names that the object must have
}

// The kinds of rules.
const (
	Range        = "range"
	Clamped      = "clamped" // RocketMQ itself takes the nearest bound, without a word
	Words        = "words"
	WordsAnyCase = "words in any case"
	Path         = "path"
	Paths        = "paths"     // separated by commas
	Addresses    = "addresses" // host:port;host:port
	Peers        = "peers"     // n0-host:port;n1-host:port
	Class        = "class"     // the full name of a Java class
	Classes      = "classes"   // several, separated by commas
	Hours        = "hours"     // of the day, separated by semicolons
	Delays       = "delays"    // 1s 5m 2h
	JSON         = "json"
	Host         = "host"
	Name         = "name"  // RocketMQ uses it as the name of a topic or in its own file formats
	Codes        = "codes" // request codes, separated by commas
)

// parseRule reads the notation of keys/notes: 1..10, 10..95 clamped, a|b, a|b nocase, or a kind's name; behind json may
// stand the names that the object must have.
func parseRule(s string) (Rule, error) {
	body, clamped := strings.CutSuffix(s, " clamped")
	words, nocase := strings.CutSuffix(s, " nocase")
	names, named := strings.CutPrefix(s, JSON+" ")
	switch low, high, ranged := strings.Cut(body, ".."); {
	case s == "":
		return Rule{}, nil
	case ranged:
		r := Rule{Kind: Range}
		if clamped {
			r.Kind = Clamped
		}
		var err error
		if r.Min, err = bound(low); err == nil {
			r.Max, err = bound(high)
		}
		return r, err
	case nocase:
		return Rule{Kind: WordsAnyCase, Words: strings.Split(words, "|")}, nil
	case named:
		return Rule{Kind: JSON, Words: strings.Fields(names)}, nil
	case strings.Contains(s, "|"):
		return Rule{Kind: Words, Words: strings.Split(s, "|")}, nil
	}
	switch s {
	case Path, Paths, Addresses, Peers, Class, Classes, Hours, Delays, JSON, Host, Name, Codes:
		return Rule{Kind: s}, nil
	}
	return Rule{}, fmt.Errorf("no such rule: %q", s)
}

func bound(s string) (*float64, error) {
	if s == "" {
		return nil, nil
	}
	f, err := strconv.ParseFloat(s, 64)
	return &f, err
}

// Allowed says what a value of the key may be, for messages.
func (k Key) Allowed() string {
	r := k.Rule
	switch {
	case k.Enum() != nil:
		return strings.Join(k.Enum(), ", ")
	case k.Type == "boolean":
		return "true, false"
	case r.Kind == Range || r.Kind == Clamped:
		return k.number() + r.bounds()
	case k.Type != "string":
		return k.number()
	case r.Kind == Words || r.Kind == WordsAnyCase:
		return strings.Join(r.Words, ", ")
	case r.Kind == JSON && len(r.Words) > 0:
		return `a JSON object, {"` + strings.Join(r.Words, `":"…","`) + `":"…"}`
	}
	return allowed[r.Kind]
}

var allowed = map[string]string{
	Path:      "a folder or file",
	Paths:     "folders separated by commas",
	Addresses: "host:port;host:port",
	Peers:     "n0-host:port;n1-host:port",
	Class:     "the full name of a Java class",
	Classes:   "full names of Java classes, separated by commas",
	Hours:     "hours from 0 to 23, separated by ;",
	Delays:    "time spans separated by blanks: 1s 5m 2h 1d",
	JSON:      "a JSON object",
	Host:      "an IP address or a host name",
	Name:      "letters, digits, - and _",
	Codes:     "request codes separated by commas",
}

func (k Key) number() string {
	switch k.Type {
	case "int", "long":
		return "a whole number"
	}
	return "a number"
}

func (r Rule) bounds() string {
	show := func(f *float64) string { return strconv.FormatFloat(*f, 'f', -1, 64) }
	switch {
	case r.Min != nil && r.Max != nil:
		return " from " + show(r.Min) + " to " + show(r.Max)
	case r.Min != nil:
		return " from " + show(r.Min) + " on"
	case r.Max != nil:
		return " up to " + show(r.Max)
	}
	return ""
}
