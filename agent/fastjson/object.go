// Package fastjson reads the JSON of RocketMQ, which reads and writes it with fastjson: more than JSON in files, less in
// the bodies of answers.
package fastjson

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// Member is a key of a JSON object, with its value as encoding/json decodes it, and numbers as json.Number.
type Member struct {
	Key   string
	Value any
	Line  int // where the value begins, from 1
}

// Text is the value as one would write it in a properties file.
func (m Member) Text() string {
	switch v := m.Value.(type) {
	case string:
		return v
	case nil:
		return "null"
	}
	b, err := json.Marshal(m.Value)
	if err != nil {
		return fmt.Sprint(m.Value)
	}
	return string(b)
}

// Redact is a decoded value with mask in the place of its secrets, at whatever depth.
func Redact(value any, secret func(key string) bool, mask string) any {
	switch v := value.(type) {
	case map[string]any:
		shown := map[string]any{}
		for key, member := range v {
			if shown[key] = Redact(member, secret, mask); secret(key) {
				shown[key] = mask
			}
		}
		return shown
	case []any:
		shown := make([]any, len(v))
		for i, element := range v {
			shown[i] = Redact(element, secret, mask)
		}
		return shown
	}
	return value
}

// SyntaxError is a file that is no JSON object.
type SyntaxError struct {
	Line   int // from 1
	Reason string
}

func (e *SyntaxError) Error() string { return fmt.Sprintf("line %d: %s", e.Line, e.Reason) }

// ReadObject reads a JSON object as fastjson2 does, its members in their order.
func ReadObject(text []byte) ([]Member, *SyntaxError) {
	plain := plainJSON(text)
	d := json.NewDecoder(bytes.NewReader(plain))
	d.UseNumber() // a large number must come out as it went in
	line := func() int { return 1 + bytes.Count(plain[:d.InputOffset()], []byte("\n")) }
	open, err := d.Token()
	if err == nil && open != json.Delim('{') {
		return nil, &SyntaxError{line(), "it is no JSON object"}
	}
	var all []Member
	for err == nil && d.More() {
		var key json.Token
		if key, err = d.Token(); err != nil {
			break
		}
		m := Member{Key: fmt.Sprint(key), Line: line()}
		err = d.Decode(&m.Value)
		all = append(all, m)
	}
	if err == nil {
		_, err = d.Token()
	}
	if err != nil {
		return nil, syntaxError(plain)
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, &SyntaxError{line(), "there is more after its end"}
	}
	return all, nil
}

// syntaxError finds what is wrong with a text that is no JSON, and where.
func syntaxError(text []byte) *SyntaxError {
	var any any
	var syntax *json.SyntaxError
	if err := json.Unmarshal(text, &any); !errors.As(err, &syntax) || int(syntax.Offset) >= len(bytes.TrimSpace(text)) {
		return &SyntaxError{1 + bytes.Count(text, []byte("\n")), "it ends too early"}
	}
	return &SyntaxError{1 + bytes.Count(text[:syntax.Offset], []byte("\n")), syntax.Error()}
}

// plainJSON makes JSON of what fastjson2 reads beyond it: a byte order mark, comments, strings in single quotes, a comma
// after the last element. Other mistakes stay as they are, and so do the lines.
func plainJSON(text []byte) []byte {
	var out []byte
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	for len(text) > 0 {
		n := 1
		switch {
		case text[0] == '"', text[0] == '\'':
			n = stringLen(text)
			out = appendQuoted(out, text[:n])
		case bytes.HasPrefix(text, []byte("//")):
			n = through(text, "\n")
			out = append(out, '\n')
		case bytes.HasPrefix(text, []byte("/*")):
			n = through(text, "*/")
			out = append(append(out, ' '), bytes.Repeat([]byte("\n"), bytes.Count(text[:n], []byte("\n")))...)
		case text[0] == '}', text[0] == ']':
			if last := len(bytes.TrimRight(out, " \t\r\n")) - 1; last >= 0 && out[last] == ',' {
				out[last] = ' '
			}
			out = append(out, text[0])
		default:
			out = append(out, text[0])
		}
		text = text[n:]
	}
	return out
}

// through is the length of text up to the end of the first mark, of all of it when there is none.
func through(text []byte, mark string) int {
	if i := bytes.Index(text, []byte(mark)); i >= 0 {
		return i + len(mark)
	}
	return len(text)
}

// stringLen is the length of the quoted string that text begins with.
func stringLen(text []byte) int {
	for i := 1; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case text[0]:
			return i + 1
		}
	}
	return len(text)
}

// appendQuoted appends a string in whatever quotes with double ones.
func appendQuoted(out, s []byte) []byte {
	if s[0] == '"' {
		return append(out, s...)
	}
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '\\' && i+1 < len(s):
			i++
			if s[i] != '\'' { // \' is no escape in JSON
				out = append(out, '\\')
			}
			out = append(out, s[i])
		case s[i] == '"':
			out = append(out, '\\', '"')
		case s[i] == '\'':
			out = append(out, '"')
		default:
			out = append(out, s[i])
		}
	}
	return out
}
