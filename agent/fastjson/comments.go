package fastjson

import (
	"bytes"
	"regexp"
)

// jsonToken is a string, a comment or one other character of a JSON text.
var jsonToken = regexp.MustCompile(`(?s)"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|//[^\n]*|/\*.*?\*/|\S`)

// MisplacedComment is the line of the first comment that fastjson2 does not read over, 0 if there is none: inside of the object
// it takes one only where a key comes next, so none behind the last value.
func MisplacedComment(text []byte) (line int) {
	depth, before := 0, byte(0)
	tokens := jsonToken.FindAllIndex(text, -1)
	for i, at := range tokens {
		token := text[at[0]:at[1]]
		if !isComment(token) {
			before = token[0]
			depth += bytes.Count(token[:1], []byte("{")) - bytes.Count(token[:1], []byte("}"))
			continue
		}
		beforeKey := before == ',' && bytes.ContainsAny(firstOf(text, tokens[i+1:]), `"'`)
		if depth > 0 && before != '{' && !beforeKey {
			return 1 + bytes.Count(text[:at[0]], []byte("\n"))
		}
	}
	return 0
}

func isComment(token []byte) bool {
	return bytes.HasPrefix(token, []byte("//")) || bytes.HasPrefix(token, []byte("/*"))
}

// firstOf is the first character of the first of the tokens that is no comment.
func firstOf(text []byte, tokens [][]int) []byte {
	for _, at := range tokens {
		if token := text[at[0]:at[1]]; !isComment(token) {
			return token[:1]
		}
	}
	return nil
}
