package fastjson

import "bytes"

// plainJSON makes JSON of what fastjson2 reads beyond it: a byte order mark, comments, strings in single quotes, a
// comma after the last element. Other mistakes stay as they are, and so do the lines.
func plainJSON(text []byte) []byte {
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	s := scanner{text: text}
	out := make([]byte, 0, len(text)+1)
	lastComma := -1 // in out, when no token but comments follows it
	for {
		space := s.stop
		s.next()
		out = append(out, text[space:s.start]...)
		switch s.kind {
		case end:
			return out
		case comment:
			out = appendBlank(out, s.token())
			continue
		case singleQuoted:
			out = appendQuoted(out, s.token())
		case '}', ']':
			if lastComma >= 0 {
				out[lastComma] = ' '
			}
			out = append(out, s.token()...)
		default:
			out = append(out, s.token()...)
		}
		lastComma = -1
		if s.kind == ',' {
			lastComma = len(out) - 1
		}
	}
}

// appendBlank appends white space in place of a comment.
func appendBlank(out, comment []byte) []byte {
	if comment[1] == '/' {
		return append(out, '\n')
	}
	out = append(out, ' ')
	return append(out, bytes.Repeat([]byte("\n"), bytes.Count(comment, []byte("\n")))...)
}

// appendQuoted appends a string in single quotes with double ones.
func appendQuoted(out, s []byte) []byte {
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
