package validate

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"rocketmq-agent/agent/javaprops"
	"rocketmq-agent/agent/keys"
)

// problem is what is wrong with a value: the rest of a Finding.
type problem struct {
	code, message, suggestion string
	refused                   bool // RocketMQ does not start with it, or nothing can come of it
	lost                      bool // RocketMQ goes on with another value, without a word
}

// judge checks a raw value against the type and the rule of its key.
func judge(k keys.Key, raw string, trims bool) *problem {
	p := misread(k, raw, trims)
	if p == nil {
		p = byRule(k, javaprops.Trim(raw))
	}
	if p == nil && k.Type == "string" {
		p = misplaced(raw)
	}
	if p != nil && p.suggestion == "" {
		if bare := bare(raw); bare != raw && bare != "" && judge(k, bare, trims) == nil {
			p.suggestion = bare
		}
	}
	return p
}

// misread finds a value that RocketMQ takes for another one.
func misread(k keys.Key, raw string, trims bool) *problem {
	_, taken := k.Effective(raw, trims)
	kept := fmt.Sprintf("RocketMQ keeps %s", shown(k.Default))
	switch {
	case k.Type == "boolean" && !isBool(raw):
		return &problem{code: "not-a-boolean", message: q(raw) + " is read as false", suggestion: boolMeant(raw), lost: true}
	case !taken && k.Choices() != nil:
		p := &problem{code: "not-a-choice", message: fmt.Sprintf("%s is none of its values: %s", q(raw), kept), suggestion: choiceMeant(k.Choices(), raw), lost: true}
		if several := startingLike(k.Choices(), raw); p.suggestion == "" && len(several) > 1 {
			p.message += "; it takes " + strings.Join(several, " or ")
		}
		return p
	case !taken:
		return &problem{code: "not-a-number", message: fmt.Sprintf("%s is not %s: %s", q(raw), numberOf(k), kept), suggestion: numberMeant(k, raw), lost: true}
	case k.Type == "string" && !trims && javaprops.Trim(raw) != raw && byRule(k, javaprops.Trim(raw)) == nil:
		p := &problem{code: "trailing-blank", message: fmt.Sprintf("the blanks around %s belong to the value in this release", q(raw)), suggestion: javaprops.Trim(raw)}
		if untrimmed := byRule(k, raw); untrimmed != nil {
			p.refused, p.lost = untrimmed.refused, untrimmed.lost
		}
		return p
	}
	return nil
}

// misplaced finds what RocketMQ takes for a part of a text although nobody means it to be one.
func misplaced(raw string) *problem {
	switch {
	case commented(raw):
		return &problem{code: "inline-comment", message: fmt.Sprintf("all of %s is the value: a comment needs a line of its own", q(raw))}
	case readable(raw) != raw:
		return &problem{code: "not-latin", message: fmt.Sprintf("Java reads the file as ISO-8859-1 and makes %q of %s; write it with \\u escapes", raw, q(raw))}
	}
	return nil
}

func numberOf(k keys.Key) string {
	switch k.Type {
	case "int":
		return "a whole number of 32 bits"
	case "long":
		return "a whole number of 64 bits"
	}
	return "a number"
}

func shown(value string) string {
	switch value {
	case "":
		return "the default, which is empty"
	case keys.Varies:
		return "the default, which depends on the machine"
	}
	return "the default " + value
}

func isBool(raw string) bool {
	return strings.EqualFold(raw, "true") || strings.EqualFold(raw, "false")
}

// q quotes a value for a message, as its author sees it.
func q(raw string) string { return fmt.Sprintf("%q", readable(raw)) }

// readable undoes what Java makes of text in UTF-8, which it reads as ISO-8859-1.
func readable(raw string) string {
	b := make([]byte, 0, len(raw))
	for _, r := range raw {
		if r > 0xFF {
			return raw // no character of a file, but an escape or a setting
		}
		b = append(b, byte(r))
	}
	if !utf8.Valid(b) {
		return raw
	}
	return string(b)
}
