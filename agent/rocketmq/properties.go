package rocketmq

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf16"
)

// encodeProperties writes what java.util.Properties.load reads back unchanged:
// RocketMQ feeds a request's body to it, as ISO-8859-1.
func encodeProperties(values map[string]string) []byte {
	var text strings.Builder
	for _, key := range slices.Sorted(maps.Keys(values)) {
		escape(&text, key, " =:#!")
		text.WriteByte('=')
		value := values[key]
		blanks := len(value) - len(strings.TrimLeft(value, " "))
		text.WriteString(strings.Repeat(`\ `, blanks))
		escape(&text, value[blanks:], "")
		text.WriteByte('\n')
	}
	return []byte(text.String())
}

// escape writes s with a backslash before every byte of special, and with \uXXXX
// for all that is not printable ASCII.
func escape(text *strings.Builder, s, special string) {
	for _, r := range s {
		switch {
		case r == '\\' || strings.ContainsRune(special, r):
			text.WriteByte('\\')
			text.WriteRune(r)
		case r >= ' ' && r <= '~':
			text.WriteRune(r)
		default:
			for _, unit := range utf16.AppendRune(nil, r) {
				fmt.Fprintf(text, `\u%04X`, unit)
			}
		}
	}
}

// decodeProperties reads what RocketMQ writes: "key=value" lines in UTF-8
// without any escapes (MixAll.properties2String), so that backslashes and
// blanks stand for themselves and a value may run over several lines.
func decodeProperties(body []byte) (map[string]string, error) {
	values := make(map[string]string)
	text := strings.TrimSuffix(string(body), "\n")
	if text == "" {
		return values, nil
	}
	last := ""
	for line := range strings.SplitSeq(text, "\n") {
		key, value, found := strings.Cut(line, "=")
		switch {
		case found:
			values[key], last = value, key
		case last != "":
			values[last] += "\n" + line
		default:
			return nil, errors.New("its first line is no key=value")
		}
	}
	return values, nil
}
