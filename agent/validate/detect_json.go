package validate

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"rocketmq-agent/agent/fastjson"
	"rocketmq-agent/agent/javaprops"
	"rocketmq-agent/agent/keys"
)

// detectMember finds what is wrong with a value of a JSON file, nil where it is fine: its type is not that of the key,
// or it breaks the rule of its key. fastjson1 says that the release reads the file with fastjson 1, as RocketMQ did
// before 5.4; both were run on ProxyConfig to learn what they do.
func detectMember(key keys.Key, value any, fastjson1 bool) *problem {
	if found := detectType(key, value, fastjson1); found != nil {
		return found
	}
	text, ok := scalar(value)
	if _, isObject := value.(map[string]any); isObject && key.Rule.Kind == keys.JSON {
		text, ok = fastjson.Member{Value: value}.Text(), true
	}
	if ok && text != "" {
		return detectRule(key, text)
	}
	return nil
}

// scalar is a value as one would write it in a properties file; ok is false for null, objects and lists.
func scalar(value any) (text string, ok bool) {
	switch value.(type) {
	case string, bool, json.Number:
		return fastjson.Member{Value: value}.Text(), true
	}
	return "", false
}

// detectType finds a value of another type than the key's, which fastjson does not turn into what was meant.
func detectType(key keys.Key, value any, fastjson1 bool) *problem {
	switch v := value.(type) {
	case nil:
		return detectNull(key, "null", fastjson1)
	case bool:
		return detectTruth(key, v)
	case json.Number:
		return detectNumber(key, v)
	case string:
		if (v == "" || v == "null") && typeOf(key) != textType {
			return detectNull(key, strconv.Quote(v), fastjson1)
		}
		return detectText(key, v, fastjson1)
	}
	return detectStructure(key, value)
}

// broadType is what sort of value a key takes.
type broadType int

const (
	numberType broadType = iota
	booleanType
	choiceType
	textType
)

func typeOf(key keys.Key) broadType {
	switch {
	case key.Enum() != nil:
		return choiceType
	case key.Type == "boolean":
		return booleanType
	case key.Type == "string":
		return textType
	}
	return numberType
}

// unfit is about a value that the proxy does not start with.
func unfit(key keys.Key, shown string) *problem {
	code := map[broadType]string{
		numberType:  "not-a-number",
		booleanType: "not-a-boolean",
		choiceType:  "not-a-choice",
		textType:    "not-a-text",
	}[typeOf(key)]
	return &problem{
		code:    code,
		message: shown + " does not fit the type, and the proxy leaves with 1",
		refused: true,
	}
}

// detectNull is about null, and the texts that are taken for it: fastjson 1 leaves the default, fastjson2 does not.
func detectNull(key keys.Key, shown string, fastjson1 bool) *problem {
	becomes := map[broadType]string{numberType: "0", booleanType: "false"}[typeOf(key)]
	if fastjson1 || becomes == "" || becomes == key.Default {
		return nil
	}
	return &problem{
		code: "null",
		message: fmt.Sprintf("%s is read as %s, not as the default %s; leave the key out",
			shown, becomes, key.Default),
	}
}

// detectStructure is about an object or a list: in the place of a text it becomes its own JSON.
func detectStructure(key keys.Key, value any) *problem {
	_, isObject := value.(map[string]any)
	switch {
	case typeOf(key) != textType:
		return unfit(key, "an object or a list")
	case key.Rule.Kind == keys.JSON && isObject:
		return nil
	}
	return &problem{code: "not-a-text", message: "RocketMQ takes the JSON itself for the text"}
}

// detectTruth is about true and false.
func detectTruth(key keys.Key, truth bool) *problem {
	switch typeOf(key) {
	case numberType:
		number := map[bool]int{true: 1}[truth]
		return &problem{code: "not-a-number", message: fmt.Sprintf("%t is read as a number, %d", truth, number)}
	case choiceType:
		return unfit(key, strconv.FormatBool(truth))
	}
	return nil
}

// detectNumber is about a number.
func detectNumber(key keys.Key, number json.Number) *problem {
	float, _ := number.Float64() // the decoder let it through
	whole := map[string]float64{"int": 1 << 31, "long": 1 << 63}[key.Type]
	switch of := typeOf(key); {
	case of == choiceType:
		n, err := number.Int64()
		if err == nil && (n < 0 || n >= int64(len(key.Enum()))) {
			return unfit(key, number.String())
		}
	case of == booleanType && float != 0 && float != 1:
		return &problem{code: "not-a-boolean", message: number.String() + " is read as false"}
	case of == numberType && whole > 0 && (float >= whole || float < -whole):
		return unfit(key, number.String())
	case of == numberType && whole > 0 && float != math.Trunc(float):
		return &problem{code: "not-a-number", message: fmt.Sprintf("%s is cut to %d", number, int64(float))}
	}
	return nil
}

// detectText is about a text in the place of another type.
func detectText(key keys.Key, text string, fastjson1 bool) *problem {
	switch typeOf(key) {
	case numberType:
		if !isNumberText(key, text, fastjson1) {
			return unfit(key, quoted(text))
		}
	case booleanType:
		if !isBooleanText(text, fastjson1) {
			return unfit(key, quoted(text))
		}
	case choiceType:
		_, isNumber := javaprops.ParseInt(text, 32)
		same := func(name string) bool { return strings.EqualFold(name, text) }
		if !slices.ContainsFunc(key.Enum(), same) && (fastjson1 || !isNumber) {
			return &problem{code: "not-a-choice", message: quoted(text) + " is none of its values"}
		}
	}
	return nil
}

// isBooleanText says whether fastjson reads a text as true or false.
func isBooleanText(text string, fastjson1 bool) bool {
	switch text {
	case "0", "1", "Y", "N":
		return true
	case "y", "T", "F", "f":
		return fastjson1
	}
	return isBoolean(text)
}

// isNumberText says whether fastjson reads a text as a number; fastjson2 takes 1.5 and true for whole numbers too.
func isNumberText(key keys.Key, text string, fastjson1 bool) bool {
	if bits := map[string]int{"int": 32, "long": 64}[key.Type]; bits > 0 {
		_, ok := javaprops.ParseInt(text, bits)
		if ok || fastjson1 {
			return ok
		}
		if text == "true" || text == "false" {
			return true
		}
	}
	_, ok := javaprops.ParseFloat(text, 64)
	return ok && javaprops.Trim(text) == text
}
