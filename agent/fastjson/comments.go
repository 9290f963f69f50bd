package fastjson

// MisplacedComment is the line of the first comment that fastjson2 does not read over, 0 if there is none: inside of
// the object it takes one only where a key comes next, so none behind the last value.
func MisplacedComment(text []byte) (line int) {
	s := scanner{text: text}
	depth := 0
	before := end
	comments := -1 // where the comments behind the token before begin
	for {
		s.next()
		if s.kind == comment {
			if comments < 0 {
				comments = s.start
			}
			continue
		}
		if comments >= 0 && depth > 0 && !commentFits(before, s.kind) {
			return lineAt(text, comments)
		}
		switch s.kind {
		case end:
			return 0
		case '{':
			depth++
		case '}':
			depth--
		}
		before, comments = s.kind, -1
	}
}

// commentFits says whether fastjson2 takes a comment between two tokens of an object.
func commentFits(before, after kind) bool {
	return before == '{' || before == ',' && (after == quoted || after == singleQuoted)
}
