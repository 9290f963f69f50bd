package fastjson

import (
	"fmt"
	"strings"
	"testing"
)

func TestReadObject(t *testing.T) {
	for name, test := range map[string]struct{ in, want string }{
		"JSON":              {`{"a": "b", "c": 1.50, "d": [true, null]}`, `1 a=b, 1 c=1.50, 1 d=[true,null]`},
		"empty":             {"{}", ""},
		"a number as it is": {`{"a": 12345678901234567890}`, "1 a=12345678901234567890"},
		"byte order mark":   {"\ufeff{\"a\": 1}", "1 a=1"},
		"lines":             {"{\n\"a\": 1,\n// b\n\"c\":\n2 /*\n*/, \"d\": 3}", "2 a=1, 4 c=2, 6 d=3"},
		"single quotes":     {`{'a"': 'b\'\n"c'}`, "1 a\"=b'\n\"c"},
		"commas at the end": {`{"a": [1, /* b */], "c": {"d": 2,},}`, `1 a=[1], 1 c={"d":2}`},
		"comments in text":  {`{"a": "//b", 'c': '/*d*/'}`, "1 a=//b, 1 c=/*d*/"},
		"open comment":      {`{"a": 1} /* b`, "1 a=1"},
	} {
		members, err := ReadObject([]byte(test.in))
		var got []string
		for _, m := range members {
			got = append(got, fmt.Sprintf("%d %s=%s", m.Line, m.Key, m.Text()))
		}
		if err != nil || strings.Join(got, ", ") != test.want {
			t.Errorf("%s: got %q, error %v, want %q", name, got, err, test.want)
		}
	}
}

func TestReadObjectErrors(t *testing.T) {
	for name, test := range map[string]struct{ in, want string }{
		"nothing":                 {"", "line 1: it ends too early"},
		"an array":                {"\n[]", "line 2: it is no JSON object"},
		"open object":             {"{\"a\":\n1", "line 2: it ends too early"},
		"open string":             {"{\"a\": 'b}", "line 1: it ends too early"},
		"two commas":              {"{\n\"a\": [1,,]}", "line 2: invalid character"},
		"name without quotes":     {"{\n\n a: 1}", "line 3: invalid character 'a'"},
		"two objects":             {"{}\n{}", "line 2: there is more after its end"},
		"the star of the opening": {`/*/ {"a": 1}`, "line 1: it ends too early"},
	} {
		_, err := ReadObject([]byte(test.in))
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %q gave error %v, want %q", name, test.in, err, test.want)
		}
	}
}
