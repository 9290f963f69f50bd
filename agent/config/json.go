package config

import "bytes"

// plainJSON makes JSON of what fastjson2 reads beyond it: a byte order mark, comments, strings in single quotes, a comma
// after the last element. Other mistakes stay as they are.
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
			out = append(out, ' ')
		case text[0] == '}', text[0] == ']':
			out = append(bytes.TrimSuffix(bytes.TrimRight(out, " \t\r\n"), []byte(",")), text[0])
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
