package javaprops

import (
	"slices"
	"strings"
	"testing"
)

// parseTests are read by Java too (TestJavaReadsTheSame), so what they expect is what Java does.
var parseTests = []struct {
	name, text string
	want       []Property // nil: nothing in it
	err        string     // not empty: refused, and the message contains it
}{
	{"empty", "", nil, ""},
	{"one", "a=1", []Property{{"a", "1", 1}}, ""},
	{"comments and blank lines", "# c\n\n  ! c\na=1\n \t\n#b=2", []Property{{"a", "1", 4}}, ""},
	{"a comment in the value stays", "a=1 # c\nb=2 ! c", []Property{{"a", "1 # c", 1}, {"b", "2 ! c", 2}}, ""},
	{"separators", "a=1\nb:2\nc 3\nd\t4\ne\f5\nf = 6\ng : 7\nh   =   8", []Property{
		{"a", "1", 1}, {"b", "2", 2}, {"c", "3", 3}, {"d", "4", 4},
		{"e", "5", 5}, {"f", "6", 6}, {"g", "7", 7}, {"h", "8", 8},
	}, ""},
	{"the second separator is the value's", "a==1\nb = :2\nc::3", []Property{
		{"a", "=1", 1}, {"b", ":2", 2}, {"c", ":3", 3},
	}, ""},
	{"no value", "a\nb=\nc =  ", []Property{{"a", "", 1}, {"b", "", 2}, {"c", "", 3}}, ""},
	{"no key", "=1\n:2", []Property{{"", "1", 1}, {"", "2", 2}}, ""},
	{"blanks before and after", "  a = 1 \t", []Property{{"a", "1 \t", 1}}, ""},
	{"escaped separators in the key", `a\=b\:c\ d=1`, []Property{{"a=b:c d", "1", 1}}, ""},
	{"escapes", `a=\t\n\r\f\\\z\"\#`, []Property{{"a", "\t\n\r\f\\z\"#", 1}}, ""},
	{"unicode escapes", `\u4e2d=\u6587\u00E9\uD83D\uDE00`, []Property{{"中", "文é😀", 1}}, ""},
	{"half a surrogate pair", `a=\uD83D!`, []Property{{"a", "\uFFFD!", 1}}, ""},
	{"UTF-8 is read as Latin-1", "a=é", []Property{{"a", "Ã©", 1}}, ""},
	{"a byte order mark belongs to the key", "\ufeffa=1", []Property{{"ï»¿a", "1", 1}}, ""},
	{"line ends", "a=1\r\nb=2\rc=3\n\r\nd=4", []Property{
		{"a", "1", 1}, {"b", "2", 2}, {"c", "3", 3}, {"d", "4", 5},
	}, ""},
	{"continuation", "a=1\\\n   2\\\r\n\t3\nb=4", []Property{{"a", "123", 1}, {"b", "4", 4}}, ""},
	{"an escaped backslash does not continue", "a=1\\\\\nb=2", []Property{{"a", `1\`, 1}, {"b", "2", 2}}, ""},
	{"three do", "a=1\\\\\\\nb=2", []Property{{"a", `1\b=2`, 1}}, ""},
	{"a comment is not continued", "# c \\\na=1", []Property{{"a", "1", 2}}, ""},
	{"no comment in a continuation", "a=1\\\n#2\nb=3", []Property{{"a", "1#2", 1}, {"b", "3", 3}}, ""},
	{"a blank line ends a continuation", "a=1\\\n\nb=2", []Property{{"a", "1", 1}, {"b", "2", 3}}, ""},
	{"a lone backslash, then a comment", "\\\n#a=1\nb=2", []Property{{"b", "2", 3}}, ""},
	{"a lone backslash, then a blank line", "\\\n\nb=2", []Property{{"b", "2", 3}}, ""},
	{"a lone backslash, then a key", "\\\n  b=2", []Property{{"b", "2", 2}}, ""},
	{"a backslash at the end", "a=1\\", []Property{{"a", "1", 1}}, ""},
	{"a backslash and a line end at the end", "a=1\\\n", []Property{{"a", "1", 1}}, ""},
	{"nothing but a backslash", `\`, []Property{{"", "", 1}}, ""},
	{"nothing but a backslash and a line end", "\\\n", []Property{{"", "", 1}}, ""},
	{"nothing but a backslash and CRLF", "\\\r\n", nil, ""},
	{"twice", "a=1\na=2", []Property{{"a", "1", 1}, {"a", "2", 2}}, ""},
	{"vertical tab and NEL are no blanks", "\va=1\x85b", []Property{{"\va", "1\u0085b", 1}}, ""},
	{"too short an escape", "a=1\nb=\\u12", nil, `line 2: malformed escape \u12:`},
	{"no hexadecimal digit", "a=\\u12g4", nil, `line 1: malformed escape \u12g4:`},
	{"in the key", "\\uX=1", nil, `line 1: malformed escape \uX:`},
	{"cut by the separator", `\u12=34`, nil, "line 1: malformed escape"},
	{"in a continued line", "\n\na=1\\\n\\u-123", nil, "line 3: malformed escape"},
	{"a Windows path", `storePathRootDir=C:\users\store`, nil, `malformed escape \user`},
}

func TestParseProperties(t *testing.T) {
	for _, tt := range parseTests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := Parse([]byte(tt.text))
			if tt.err != "" {
				if err == nil || !strings.Contains(err.Error(), tt.err) {
					t.Errorf("error %v, want %q", err, tt.err)
				}
				return
			}
			if err != nil || !slices.Equal(got, tt.want) {
				t.Errorf("got  %#v, error %v\nwant %#v", got, err, tt.want)
			}
		})
	}
}

func TestFormatProperties(t *testing.T) {
	tests := []struct{ key, value, want string }{
		{"brokerName", "broker-0", "brokerName=broker-0"},
		{"a", "", "a="},
		{"a", "  x  y ", `a=\ \ x  y `},
		{"a", "1\nbrokerId=1\r\nx", `a=1\nbrokerId=1\r\nx`},
		{"a", "1\\", `a=1\\`},
		{"a", "\t\f\x00\x7f", `a=\t\f\u0000\u007F`},
		{"a", "é中😀", `a=\u00E9\u4E2D\uD83D\uDE00`},
		{"a", "=:#!", "a==:#!"},
		{"a b=c:d#e!f\\", "1", `a\ b\=c\:d\#e\!f\\=1`},
		{"", "1", "=1"},
		{"a", "\xff", `a=\uFFFD`},
	}
	for _, tt := range tests {
		if got := string(Format([]Property{{Key: tt.key, Value: tt.value}})); got != tt.want+"\n" {
			t.Errorf("%q=%q: got %q, want %q", tt.key, tt.value, got, tt.want)
		}
	}
}

// FuzzRoundTrip: what was written is read back, each on its own line, and no value begins another key.
func FuzzRoundTrip(f *testing.F) {
	f.Add("a", "1", "b", "2")
	f.Add("a", "1\nbrokerId=1", "b=c", "\\")
	f.Add("", " ", "#", "!\r\n")
	f.Add("a\\", "\\\n", "😀", "\xff\x00")
	f.Fuzz(func(t *testing.T, k1, v1, k2, v2 string) {
		valid := func(s string) string { return string([]rune(s)) } // as bytes that are no text are written
		want := []Property{{valid(k1), valid(v1), 1}, {valid(k2), valid(v2), 2}}
		text := Format([]Property{{Key: k1, Value: v1}, {Key: k2, Value: v2}})
		got, err := Parse(text)
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("got  %#v, error %v\nwant %#v\nfrom %q", got, err, want, text)
		}
	})
}

// FuzzParseProperties: any file is read or refused, and what was read survives writing and reading.
func FuzzParseProperties(f *testing.F) {
	for _, tt := range parseTests {
		f.Add([]byte(tt.text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		props, err := Parse(text)
		if err != nil {
			if props != nil || !strings.HasPrefix(err.Error(), "line ") {
				t.Errorf("%q: %#v and %v", text, props, err)
			}
			return
		}
		again, err := Parse(Format(props))
		if err != nil || len(again) != len(props) {
			t.Fatalf("%q: %#v became %#v, error %v", text, props, again, err)
		}
		for i, p := range props {
			if again[i].Key != p.Key || again[i].Value != p.Value || p.Line < 1 || i > 0 && p.Line <= props[i-1].Line {
				t.Errorf("%q: %#v became %#v", text, p, again[i])
			}
		}
	})
}
