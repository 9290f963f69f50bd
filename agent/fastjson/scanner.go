package fastjson

import "bytes"

// kind is what a token is. Each punctuation mark of JSON is a kind of its own: '{', '}', '[', ']', ':' and ','.
type kind byte

const (
	end          kind = 0
	quoted       kind = '"'
	singleQuoted kind = '\''
	comment      kind = '/' // of a line, its line break included, or between /* and */
	word         kind = 'w' // a number, true, false, null or a name without quotes
	other        kind = '?' // a byte that none of the others begins with
)

// scanner splits a text into the tokens of JSON and of what fastjson takes beyond it. It judges nothing: which tokens
// may stand where, and what is allowed inside of strings and words, is its readers' business.
type scanner struct {
	text []byte

	// The token that next has found last.
	kind  kind
	open  bool // a string or a comment that has no end
	start int
	stop  int
}

// next finds the next token behind white space. At the end of the text its kind is end.
func (s *scanner) next() kind {
	for s.stop < len(s.text) && isSpace(s.text[s.stop]) {
		s.stop++
	}
	s.start = s.stop
	rest := s.text[s.start:]
	if len(rest) == 0 {
		s.kind, s.open = end, false
		return end
	}
	length := 1
	s.kind, s.open = other, false
	switch c := rest[0]; {
	case c == '"' || c == '\'':
		s.kind = kind(c)
		length, s.open = stringLen(rest)
	case isPunctuation(c):
		s.kind = kind(c)
	case isWord(c):
		s.kind = word
		length = wordLen(rest)
	case bytes.HasPrefix(rest, []byte("//")) || bytes.HasPrefix(rest, []byte("/*")):
		s.kind = comment
		length, s.open = commentLen(rest)
	}
	s.stop += length
	return s.kind
}

// token is the text of the token.
func (s *scanner) token() []byte { return s.text[s.start:s.stop] }

// stringLen is the length of the string that text begins with, quotes included.
func stringLen(text []byte) (length int, open bool) {
	quote := text[0]
	for i := 1; i < len(text); i++ {
		switch text[i] {
		case quote:
			return i + 1, false
		case '\\':
			i++
		}
	}
	return len(text), true
}

// commentLen is the length of the comment that text begins with. The star of the opening cannot close it: to fastjson2
// "/*/" is the beginning of a comment.
func commentLen(text []byte) (length int, open bool) {
	mark := "\n"
	if text[1] == '*' {
		mark = "*/"
	}
	i := bytes.Index(text[2:], []byte(mark))
	if i < 0 {
		return len(text), true
	}
	return 2 + i + len(mark), false
}

func wordLen(text []byte) int {
	n := 1
	for n < len(text) && isWord(text[n]) {
		n++
	}
	return n
}

func isPunctuation(c byte) bool {
	return c == '{' || c == '}' || c == '[' || c == ']' || c == ':' || c == ','
}

func isSpace(c byte) bool { return c == ' ' || c == '\n' || c == '\t' || c == '\r' }

func isWord(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '-' || c == '+' || c == '.'
}

// lineAt is the line that offset is in, from 1.
func lineAt(text []byte, offset int) int {
	return 1 + bytes.Count(text[:offset], []byte("\n"))
}
