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
	line := func() int { return lineAt(plain, int(d.InputOffset())) }
	open, err := d.Token()
	if err == nil && open != json.Delim('{') {
		return nil, &SyntaxError{Line: line(), Reason: "it is no JSON object"}
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
		return nil, &SyntaxError{Line: line(), Reason: "there is more after its end"}
	}
	return all, nil
}

// syntaxError finds what is wrong with a text that is no JSON, and where.
func syntaxError(text []byte) *SyntaxError {
	var value any
	var syntax *json.SyntaxError
	err := json.Unmarshal(text, &value)
	if !errors.As(err, &syntax) || int(syntax.Offset) >= len(bytes.TrimSpace(text)) {
		return &SyntaxError{Line: lineAt(text, len(text)), Reason: "it ends too early"}
	}
	return &SyntaxError{Line: lineAt(text, int(syntax.Offset)), Reason: syntax.Error()}
}
