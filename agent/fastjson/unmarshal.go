package fastjson

import (
	"encoding/json"
	"errors"
	"fmt"
)

// maxDepth bounds the nesting of a body; real ones stay below 6.
const maxDepth = 64

// Unmarshal decodes the body of an answer. RocketMQ writes them with fastjson, which is JSON but for the keys of maps:
// numbers come without quotes ({0:"10.0.0.1:10911"}) and objects as they are ({{"queueId":0}:1}).
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

// toJSON puts quotes around every key that has none; an object as a key turns into a string that holds its JSON.
// Nothing else is changed or checked, white space left out: that is encoding/json's. The result is at most three times
// as long as the body.
func toJSON(body []byte) ([]byte, error) {
	q := quoter{
		scanner: scanner{text: body},
		out:     make([]byte, 0, len(body)+len(body)/8),
	}
	q.next()
	err := q.value(0)
	if err == nil && q.kind != end {
		err = errors.New("more than one value")
	}
	if err != nil {
		return nil, fmt.Errorf("%w at byte %d", err, q.start)
	}
	return q.out, nil
}

// quoter copies the tokens of one value.
type quoter struct {
	scanner // at the first token that is not copied yet
	out     []byte
	inKey   bool
}

// copy moves the token to the result.
func (q *quoter) copy() {
	q.out = append(q.out, q.token()...)
	q.next()
}

func (q *quoter) value(depth int) error {
	if depth > maxDepth {
		return errors.New("nested too deeply")
	}
	switch q.kind {
	case '{':
		return q.list('}', depth)
	case '[':
		return q.list(']', depth)
	case quoted, word:
		if q.open {
			return errors.New("a string has no end")
		}
		q.copy()
		return nil
	}
	return errors.New("no value")
}

// list copies an object or an array, which differ in their keys only.
func (q *quoter) list(closing kind, depth int) error {
	q.copy()
	for q.kind != closing {
		if closing == '}' {
			if err := q.key(depth + 1); err != nil {
				return err
			}
		}
		if err := q.value(depth + 1); err != nil {
			return err
		}
		if q.kind == ',' {
			q.copy()
		} else if q.kind != closing {
			return errors.New("no comma between two elements")
		}
	}
	q.copy()
	return nil
}

// key copies a key with its colon. An object as a key must not hold another: each level would double the escapes, and
// no answer has them.
func (q *quoter) key(depth int) error {
	first, start := q.kind, len(q.out)
	nested := first == '{' || first == '['
	if nested && q.inKey {
		return errors.New("a key within a key")
	}
	q.inKey = q.inKey || nested
	if err := q.value(depth); err != nil {
		return err
	}
	q.inKey = q.inKey && !nested
	if first != quoted {
		q.quote(start)
	}
	if q.kind != ':' {
		return errors.New("no colon after a key")
	}
	q.copy()
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
