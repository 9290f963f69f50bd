package validate

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"rocketmq-agent/agent/config"
	"rocketmq-agent/agent/javaprops"
	"rocketmq-agent/agent/keys"
)

// Proxy judges a proxy's rmq-proxy.json.
func Proxy(set keys.Set, file string, text []byte) []Finding {
	c := &checker{set: set}
	members, err := config.ReadObject(text)
	if err != nil {
		f := Finding{File: file, Line: err.Line, Severity: Error, Code: "bad-json", Message: err.Reason + ": the proxy leaves with 1"}
		if set.Before(5, 4) { // fastjson 1 takes more than that, names without quotes for one
			f.Severity, f.Message = Warning, err.Reason+": it cannot be checked"
		}
		return []Finding{f}
	}
	first := map[string]int{}
	for _, m := range members {
		at := Finding{File: file, Line: m.Line, Key: m.Key, Value: m.Text(), Severity: Warning}
		if keys.Secret(m.Key) {
			at.Value = keys.Redacted
		}
		if line, twice := first[m.Key]; twice {
			at.Code, at.Message = "duplicate", fmt.Sprintf("it is set in line %d already; the last one wins", line)
			c.add(at)
		}
		first[m.Key] = m.Line
		c.member(at, m.Value)
	}
	return order(c.all)
}

// member judges one key of the object.
func (k *checker) member(at Finding, value any) {
	key, ok := k.set.Find(at.Key)
	if similar, found := k.set.Similar(at.Key); !ok && found && k.set.Before(5, 4) && strings.EqualFold(similar, at.Key) {
		key, ok = k.set.Find(similar) // fastjson 1 does not look at the case
	}
	if !ok {
		k.unknown(at)
		return
	}
	if key.Unread {
		k.unread(at, at.Value)
		return
	}
	code, refused := mistyped(key, value)
	if code != "" {
		at.Code, at.Allowed = code, key.Allowed()
		at.Message = "a value of this type has no effect"
		if refused {
			at.Severity, at.Message = Error, fmt.Sprintf("%s does not fit the type, and the proxy leaves with 1", k.display(at))
		}
		k.add(at)
		return
	}
	if p := byRule(key, at.Value); p != nil && at.Value != keys.Redacted {
		at.Code, at.Message, at.Suggestion, at.Allowed = p.code, p.message, p.suggestion, key.Allowed()
		if p.refused {
			at.Severity = Error
		}
		k.add(at)
	}
}

func (k *checker) display(at Finding) string {
	if at.Value == keys.Redacted {
		return "the value"
	}
	return strconv.Quote(at.Value)
}

// mistyped says what fastjson makes of a value: what it converts is fine, null leaves the default.
func mistyped(k keys.Key, value any) (code string, refused bool) {
	switch v := value.(type) {
	case nil:
		return "", false
	case map[string]any, []any:
		return "not-a-" + k.Type, k.Type != "string"
	case json.Number:
		if k.Type == "int" || k.Type == "long" {
			_, err := strconv.ParseInt(string(v), 10, map[string]int{"int": 32, "long": 64}[k.Type])
			return word(err != nil, "not-a-number"), err != nil && strings.Trim(string(v), "-0123456789") == ""
		}
		return "", false
	case bool:
		return word(k.Type != "boolean" && k.Type != "string" && k.Type != "int" && k.Type != "long", "not-a-number"), false
	case string:
		return textFor(k, v)
	}
	return "", false
}

// textFor judges a string in the place of another type.
func textFor(k keys.Key, v string) (code string, refused bool) {
	switch k.Type {
	case "int", "long":
		_, ok := javaprops.ParseInt(v, map[string]int{"int": 32, "long": 64}[k.Type])
		return word(!ok && v != "", "not-a-number"), !ok && v != ""
	case "float", "double":
		_, ok := javaprops.ParseFloat(v, 64)
		return word(!ok && v != "", "not-a-number"), !ok && v != ""
	case "boolean":
		ok := isBool(v) || v == "" || v == "1" || v == "0" || strings.EqualFold(v, "Y") || strings.EqualFold(v, "N") || v == "T" || v == "F"
		return word(!ok, "not-a-boolean"), !ok
	}
	if names := k.Enum(); names != nil && !strings.Contains("|"+k.Type+"|", "|"+v+"|") {
		return "not-a-choice", false
	}
	return "", false
}

func word(wrong bool, code string) string {
	if wrong {
		return code
	}
	return ""
}
