package fastjson

import (
	"bytes"
	"fmt"
	"slices"
	"testing"
)

func TestScanner(t *testing.T) {
	for name, test := range map[string]struct {
		in   string
		want []string // kind and text of each token, "!" after one that is open
	}{
		"nothing":       {" \t\r\n", nil},
		"punctuation":   {"{}[]:,", []string{"{{", "}}", "[[", "]]", "::", ",,"}},
		"words":         {"1.5e+3 true-x", []string{"w1.5e+3", "wtrue-x"}},
		"strings":       {`"a'\"" 'b"\''`, []string{`""a'\""`, `''b"\''`}},
		"open string":   {`"a\"`, []string{`""a\"!`}},
		"line comment":  {"//a\n1//b", []string{"///a\n", "w1", "///b!"}},
		"block comment": {"/*a\n*//**/1", []string{"//*a\n*/", "//**/", "w1"}},
		"open comment":  {"/*/ 1", []string{"//*/ 1!"}},
		"lone slash":    {"/ /", []string{"?/", "?/"}},
		"anything else": {"_\f", []string{"?_", "?\f"}},
	} {
		var got []string
		s := scanner{text: []byte(test.in)}
		for s.next() != end {
			token := fmt.Sprintf("%c%s", s.kind, s.token())
			if s.open {
				token += "!"
			}
			got = append(got, token)
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("%s: got %q, want %q", name, got, test.want)
		}
	}
}

// FuzzScanner: the tokens and the white space between them are the whole text.
func FuzzScanner(f *testing.F) {
	f.Add([]byte(`{"a": 'b', /* c */ d: [1.5, _] // e`))
	f.Fuzz(func(t *testing.T, text []byte) {
		s := scanner{text: text}
		for done := 0; ; done = s.stop {
			kind := s.next()
			if space := text[done:s.start]; len(bytes.Trim(space, " \t\r\n")) > 0 {
				t.Fatalf("passed over %q", space)
			}
			if kind == end {
				break
			}
			if s.stop <= s.start {
				t.Fatalf("an empty token at byte %d", s.start)
			}
		}
		if s.stop != len(text) {
			t.Errorf("stopped at byte %d of %d", s.stop, len(text))
		}
	})
}
