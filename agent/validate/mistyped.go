package validate

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"rocketmq-agent/agent/javaprops"
	"rocketmq-agent/agent/keys"
)

// mistyped says what fastjson makes of a value of another type than the key's; nil where it is what was meant. smart means
// fastjson 1, which RocketMQ had before 5.4; both were run on ProxyConfig to learn this.
func mistyped(k keys.Key, value any, smart bool) *problem {
	kind := kindOf(k)
	switch v := value.(type) {
	case nil:
		return nothing(k, "null", smart)
	case map[string]any, []any:
		return structure(k, value)
	case bool:
		if kind == "number" {
			return &problem{code: "not-a-number", message: fmt.Sprintf("%t is read as a number, %d", v, map[bool]int{true: 1}[v])}
		}
		return refusedIf(kind == "choice", k, strconv.FormatBool(v))
	case json.Number:
		return numeral(k, v)
	case string:
		if (v == "" || v == "null") && kind != "text" {
			return nothing(k, strconv.Quote(v), smart)
		}
		return textFor(k, v, smart)
	}
	return nil
}

// kindOf is what the type of a key is, more broadly.
func kindOf(k keys.Key) string {
	switch {
	case k.Enum() != nil:
		return "choice"
	case k.Type == "boolean":
		return "switch"
	case k.Type == "string":
		return "text"
	}
	return "number"
}

// refusedIf is the problem of a value that the proxy does not start with.
func refusedIf(wrong bool, k keys.Key, shown string) *problem {
	if !wrong {
		return nil
	}
	code := map[string]string{"choice": "not-a-choice", "switch": "not-a-boolean", "number": "not-a-number", "text": "not-a-text"}[kindOf(k)]
	return &problem{code: code, message: shown + " does not fit the type, and the proxy leaves with 1", refused: true}
}

// nothing is about null: fastjson 1 leaves the default, fastjson2 does not.
func nothing(k keys.Key, shown string, smart bool) *problem {
	becomes := map[string]string{"number": "0", "switch": "false"}[kindOf(k)]
	if smart || becomes == "" || becomes == k.Default {
		return nil
	}
	return &problem{code: "null", message: fmt.Sprintf("%s is read as %s, not as the default %s; leave the key out", shown, becomes, k.Default)}
}

// structure is about an object or a list: in the place of a text it becomes its own JSON.
func structure(k keys.Key, value any) *problem {
	_, isObject := value.(map[string]any)
	switch {
	case kindOf(k) != "text":
		return refusedIf(true, k, "an object or a list")
	case k.Rule.Kind == keys.JSON && isObject:
		return nil
	}
	return &problem{code: "not-a-text", message: "RocketMQ takes the JSON itself for the text"}
}

// numeral is about a number.
func numeral(k keys.Key, v json.Number) *problem {
	f, _ := v.Float64() // the decoder let it through
	switch kindOf(k) {
	case "choice":
		n, err := v.Int64()
		return refusedIf(err == nil && (n < 0 || n >= int64(len(k.Enum()))), k, string(v))
	case "switch":
		if f != 0 && f != 1 {
			return &problem{code: "not-a-boolean", message: string(v) + " is read as false"}
		}
	case "number":
		limit := map[string]float64{"int": 1 << 31, "long": 1 << 63}[k.Type]
		if limit > 0 && (f >= limit || f < -limit) {
			return refusedIf(true, k, string(v))
		}
		if limit > 0 && f != math.Trunc(f) {
			return &problem{code: "not-a-number", message: fmt.Sprintf("%s is cut to %d", v, int64(f))}
		}
	}
	return nil
}

// textFor judges a string in the place of another type.
func textFor(k keys.Key, v string, smart bool) *problem {
	switch kindOf(k) {
	case "number":
		p := refusedIf(!numberText(k, v, smart), k, q(v))
		if p != nil {
			p.suggestion = numberMeant(k, v)
		}
		return p
	case "switch":
		words := []string{"0", "1", "Y", "N"}
		if smart {
			words = append(words, "y", "T", "F", "f")
		}
		p := refusedIf(!isBool(v) && !slices.Contains(words, v), k, q(v))
		if p != nil {
			p.suggestion = boolMeant(v)
		}
		return p
	case "choice":
		_, isNumber := javaprops.ParseInt(v, 32)
		if !slices.ContainsFunc(k.Enum(), func(name string) bool { return strings.EqualFold(name, v) }) && (smart || !isNumber) {
			return &problem{code: "not-a-choice", message: q(v) + " is none of its values", suggestion: choiceMeant(k.Enum(), v)}
		}
	}
	return nil
}

// numberText says whether fastjson reads a string as a number; fastjson2 takes 1.5 and true for whole numbers too.
func numberText(k keys.Key, v string, smart bool) bool {
	if k.Type == "int" || k.Type == "long" {
		_, ok := javaprops.ParseInt(v, map[string]int{"int": 32, "long": 64}[k.Type])
		if ok || smart {
			return ok
		}
		if v == "true" || v == "false" {
			return true
		}
	}
	_, ok := javaprops.ParseFloat(v, 64)
	return ok && javaprops.Trim(v) == v
}
