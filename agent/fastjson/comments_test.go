package fastjson

import "testing"

func TestMisplacedComment(t *testing.T) {
	for name, test := range map[string]struct {
		in   string
		line int
	}{
		"around the object":     {"// a\n/* b */ {} // c", 0},
		"open after the object": {"{} /* { a // b", 0},
		"before the first key":  {"{ // a\n/* b */ \"c\": 1}", 0},
		"before another key":    {"{'a': 1, // b\n'c': 2}", 0},
		"in an empty object":    {"{\n'a': {/* b */}}", 0},
		"in text":               {`{"a": "//b", 'c': '/*d*/'}`, 0},
		"before a colon":        {"{\n'a' /* b */: 1}", 2},
		"before a value":        {"{'a':\n\n// b\n1}", 3},
		"before a comma":        {"{'a': 1\n/* b */, 'c': 2}", 2},
		"behind the last value": {"{'a': 1\n// b\n// c\n}", 2},
		"behind the last comma": {"{'a': 1, // b\n}", 1},
		"in an array":           {"{'a': [1,\n/* b */ 2]}", 2},
	} {
		if line := MisplacedComment([]byte(test.in)); line != test.line {
			t.Errorf("%s: line %d, want %d", name, line, test.line)
		}
	}
}
