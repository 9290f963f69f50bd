package fastjson

import (
	"encoding/json"
	"errors"
	"fmt"
)

// maxDepth bounds the nesting of a body; real ones stay below 6.
const maxDepth = 64

// Unmarshal decodes the body of an answer. RocketMQ writes them with
// fastjson, which is JSON but for the keys of maps: numbers come without
// quotes ({0:"10.0.0.1:10911"}) and objects as they are ({{"queueId":0}:1}).
func Unmarshal(body []byte, into any) error {
	text, err := toJSON(body)
	if err == nil {
		err = json.Unmarshal(text, into)
	}
	if err != nil {
		return fmt.Errorf("cannot read the answer's body: %w", err)
	}
	return nil
}

// toJSON puts quotes around every key that has none; an object as a key turns
// into a string that holds its JSON. Nothing else is changed or checked: that
// is encoding/json's. The result is at most three times as long as the body.
func toJSON(body []byte) ([]byte, error) {
	q := quoter{in: body, out: make([]byte, 0, len(body)+len(body)/8)}
	if err := q.value(0); err != nil {
		return nil, fmt.Errorf("%w at byte %d", err, q.pos)
	}
	if q.peek() != 0 || q.pos < len(q.in) {
		return nil, fmt.Errorf("more than one value at byte %d", q.pos)
	}
	return q.out, nil
}

type quoter struct {
	in    []byte
	pos   int
	out   []byte
	inKey bool
}

// peek passes over white space and returns the next byte, 0 at the end.
func (q *quoter) peek() byte {
	for ; q.pos < len(q.in); q.pos++ {
		switch c := q.in[q.pos]; c {
		case ' ', '\t', '\r', '\n':
		default:
			return c
		}
	}
	return 0
}

// copy moves the next n bytes to the result.
func (q *quoter) copy(n int) {
	q.out = append(q.out, q.in[q.pos:q.pos+n]...)
	q.pos += n
}

func (q *quoter) value(depth int) error {
	if depth > maxDepth {
		return errors.New("nested too deeply")
	}
	switch q.peek() {
	case '{':
		return q.list('}', depth)
	case '[':
		return q.list(']', depth)
	case '"':
		return q.text()
	default:
		return q.scalar()
	}
}

// list copies an object or an array, which differ in their keys only.
func (q *quoter) list(end byte, depth int) error {
	q.copy(1)
	for q.peek() != end {
		if end == '}' {
			if err := q.key(depth + 1); err != nil {
				return err
			}
		}
		if err := q.value(depth + 1); err != nil {
			return err
		}
		if q.peek() == ',' {
			q.copy(1)
		} else if q.peek() != end {
			return errors.New("no comma between two elements")
		}
	}
	q.copy(1)
	return nil
}

// key copies a key with its colon. An object as a key must not hold another:
// each level would double the escapes, and no answer has them.
func (q *quoter) key(depth int) error {
	first, start := q.peek(), len(q.out)
	if first == '{' || first == '[' {
		if q.inKey {
			return errors.New("a key within a key")
		}
		q.inKey = true
		defer func() { q.inKey = false }()
	}
	if err := q.value(depth); err != nil {
		return err
	}
	if first != '"' {
		q.quote(start)
	}
	if q.peek() != ':' {
		return errors.New("no colon after a key")
	}
	q.copy(1)
	return nil
}

// quote turns the result from start on into a string.
func (q *quoter) quote(start int) {
	raw := string(q.out[start:])
	q.out = append(q.out[:start], '"')
	for i := range len(raw) {
		if raw[i] == '"' || raw[i] == '\\' {
			q.out = append(q.out, '\\')
		}
		q.out = append(q.out, raw[i])
	}
	q.out = append(q.out, '"')
}

func (q *quoter) text() error {
	for i := q.pos + 1; i < len(q.in); i++ {
		switch q.in[i] {
		case '\\':
			i++
		case '"':
			q.copy(i + 1 - q.pos)
			return nil
		}
	}
	return errors.New("a string has no end")
}

// scalar copies a number, true, false or null.
func (q *quoter) scalar() error {
	n := 0
	for ; q.pos+n < len(q.in) && isScalar(q.in[q.pos+n]); n++ {
	}
	if n == 0 {
		return errors.New("no value")
	}
	q.copy(n)
	return nil
}

func isScalar(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '-' || c == '+' || c == '.'
}
