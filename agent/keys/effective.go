package keys

import (
	"slices"
	"strconv"

	"rocketmq-agent/agent/javaprops"
)

// Effective is what RocketMQ makes of a raw value of the key, in the form in which Java prints it; ok is false where it
// keeps the default, without a word (MixAll.properties2Object). trims says that the release trims texts.
func (k Key) Effective(raw string, trims bool) (value string, ok bool) {
	switch k.Type {
	case "int":
		n, ok := javaprops.ParseInt(raw, 32)
		return strconv.FormatInt(n, 10), ok
	case "long":
		n, ok := javaprops.ParseInt(raw, 64)
		return strconv.FormatInt(n, 10), ok
	case "float", "double":
		bits := map[string]int{"float": 32, "double": 64}[k.Type]
		f, ok := javaprops.ParseFloat(raw, bits)
		return javaprops.FormatFloat(f, bits), ok
	case "boolean":
		return strconv.FormatBool(javaprops.ParseBool(raw)), true
	}
	names := k.Choices()
	if n, isNumber := javaprops.ParseInt(raw, 32); isNumber && numbered[k.Name] && len(names) > 0 {
		if n < 0 || n >= int64(len(names)) {
			n = 0
		}
		return names[n], true
	}
	if trims {
		raw = javaprops.Trim(raw)
	}
	return raw, names == nil || slices.Contains(names, raw)
}

// Choices are the only values that the key takes; nil: it takes others too.
func (k Key) Choices() []string {
	if named[k.Name] {
		return k.Rule.Words
	}
	return k.Enum()
}

// numbered are the enumerations that have a setter for the number of a name too; to it, any other number is the first
// name.
var numbered = map[string]bool{"metricsExporterType": true, "tieredStorageLevel": true}

// named are the strings whose setter looks for the name of an enumeration.
var named = map[string]bool{"defaultMessageRequestMode": true}
