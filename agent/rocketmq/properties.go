package rocketmq

import (
	"errors"
	"maps"
	"slices"
	"strings"

	"rocketmq-agent/agent/javaprops"
)

// encodeProperties writes what java.util.Properties.load reads back unchanged:
// RocketMQ feeds a request's body to it, as ISO-8859-1.
func encodeProperties(values map[string]string) []byte {
	var props []javaprops.Property
	for _, key := range slices.Sorted(maps.Keys(values)) {
		props = append(props, javaprops.Property{Key: key, Value: values[key]})
	}
	return javaprops.Format(props)
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
