package validate

import (
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"rocketmq-agent/agent/javaprops"
)

// comment is what people write behind a value; Java knows comments only on lines of their own.
var comment = regexp.MustCompile(`(?s)\s(#|//).*$`)

func commented(raw string) bool { return strings.ContainsAny(raw, "#/") && comment.MatchString(raw) }

// bare is a value without what surely does not belong to it: a comment, blanks and quotes around it.
func bare(raw string) string {
	value := javaprops.Trim(raw)
	if commented(raw) {
		value = javaprops.Trim(comment.ReplaceAllString(raw, ""))
	}
	if len(value) > 1 && (value[0] == '"' || value[0] == '\'') && value[len(value)-1] == value[0] {
		return value[1 : len(value)-1]
	}
	return value
}

// printable quotes what would not be one visible word on a terminal.
func printable(s string) string {
	if strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsPrint(r) }) {
		return strconv.Quote(s)
	}
	return s
}

// quoted is a value in a message, as its author sees it.
func quoted(raw string) string { return strconv.Quote(readable(raw)) }

// readable undoes what Java makes of text in UTF-8, which it reads as ISO-8859-1.
func readable(raw string) string {
	bytes := make([]byte, 0, len(raw))
	for _, r := range raw {
		if r > 0xFF {
			return raw // no character of a file, but an escape or a setting
		}
		bytes = append(bytes, byte(r))
	}
	if !utf8.Valid(bytes) {
		return raw
	}
	return string(bytes)
}
