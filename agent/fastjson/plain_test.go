package fastjson

import (
	"encoding/json"
	"testing"
)

// FuzzPlainJSON: what is JSON already keeps its meaning.
func FuzzPlainJSON(f *testing.F) {
	f.Add([]byte(`{"a": "'//", "b": ["/*", "*/", ",]"]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		var before, after any
		if json.Unmarshal(text, &before) != nil {
			return
		}
		if err := json.Unmarshal(plainJSON(text), &after); err != nil {
			t.Fatalf("%q became %q: %v", text, plainJSON(text), err)
		}
		a, _ := json.Marshal(before)
		b, _ := json.Marshal(after)
		if string(a) != string(b) {
			t.Errorf("%s became %s", a, b)
		}
	})
}
