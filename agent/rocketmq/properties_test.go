package rocketmq

import (
	"maps"
	"testing"
)

func TestEncodeProperties(t *testing.T) {
	tests := map[string]struct {
		key, value, want string
	}{
		"plain":          {"brokerPermission", "4", "brokerPermission=4\n"},
		"key":            {"a b:c=d#", "", `a\ b\:c\=d\#` + "=\n"},
		"inner blanks":   {"k", "1s 5s #=:!", "k=1s 5s #=:!\n"},
		"leading blanks": {"k", "  v ", `k=\ \ v ` + "\n"},
		"only blanks":    {"k", " ", `k=\ ` + "\n"},
		"backslash":      {"k", `C:\x`, `k=C:\\x` + "\n"},
		"controls":       {"k", "a\nb\t\x00", `k=a\nb\t\u0000` + "\n"},
		"not ASCII":      {"k", "ä€😀", `k=\u00E4\u20AC\uD83D\uDE00` + "\n"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := string(encodeProperties(map[string]string{test.key: test.value})); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestDecodeProperties(t *testing.T) {
	tests := map[string]struct {
		body string
		want map[string]string
	}{
		"empty":           {"", map[string]string{}},
		"lines":           {"a=1\nb=2\n", map[string]string{"a": "1", "b": "2"}},
		"no escapes":      {`a=C:\temp\u0041` + "\n", map[string]string{"a": `C:\temp\u0041`}},
		"equals in value": {"a=x=y\n", map[string]string{"a": "x=y"}},
		"blanks":          {"a= x \nb=\n", map[string]string{"a": " x ", "b": ""}},
		"comment signs":   {"a=#1\n#b=2\n", map[string]string{"a": "#1", "#b": "2"}},
		"several lines":   {"a=1\n2\n\n3\nb=4\n", map[string]string{"a": "1\n2\n\n3", "b": "4"}},
		"value ends so":   {"a=1\n\n", map[string]string{"a": "1\n"}},
		"UTF-8":           {"a=ä😀\n", map[string]string{"a": "ä😀"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := decodeProperties([]byte(test.body))
			if err != nil || !maps.Equal(got, test.want) {
				t.Errorf("got %q, error %v, want %q", got, err, test.want)
			}
		})
	}
	if _, err := decodeProperties([]byte("<html>\n")); err == nil {
		t.Error("a page is no properties, but no error")
	}
}
