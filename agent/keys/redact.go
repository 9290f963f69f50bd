package keys

import "regexp"

// What looks like a secret inside of a value. A password of a URL may hold an at sign, and, though none may, a slash.
var (
	userinfo = regexp.MustCompile(`://(?:([^\s/@:]*:)[^\s/]*|[^\s/]*)@`)
	slashed  = regexp.MustCompile(`://([^\s/@:]*:)([^\s@]*)@`)
	port     = regexp.MustCompile(`^[0-9]{1,5}[/?#,;]`)
	assigned = regexp.MustCompile(`(?i)((?:password|passwd|pwd|secret|token|access[-_.]?key|api[-_.]?key|credential)` +
		`[\w.-]*(?:\s*=\s*|["']\s*:\s*))` + // also of a JSON object
		`(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[^&;,\s]*)`)
)

// Redact is a text without the secrets that stand in it by its form, whatever it is the value of: what is before the
// host of a URL but for the user's name, and what a name such as password is equal to.
func Redact(text string) string {
	text = userinfo.ReplaceAllString(text, "://${1}"+Redacted+"@")
	text = slashed.ReplaceAllStringFunc(text, func(url string) string {
		parts := slashed.FindStringSubmatch(url)
		if port.MatchString(parts[2]) { // the at sign belongs to the path
			return url
		}
		return "://" + parts[1] + Redacted + "@"
	})
	return assigned.ReplaceAllString(text, "${1}"+Redacted)
}

// RedactOption is a word of a JVM's command line as anybody may see it: without all that stands behind a name that is a
// secret's (-Dpassword=x, but also -javaagent:a.jar=token=x), and without the secrets inside of any other value.
func RedactOption(word string) string {
	for i, c := range word {
		if c == '=' && Secret(word[:i]) {
			return Redact(word[:i]) + "=" + Redacted
		}
	}
	return Redact(word)
}
