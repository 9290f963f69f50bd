package exit

import (
	"regexp"
	"strings"
)

// The forms in which Java and RocketMQ's log name a fault, the most telling first. A stack trace ends with its deepest
// cause.
var causeForms = []*regexp.Regexp{
	regexp.MustCompile(`^Caused by: (.+)`),
	regexp.MustCompile(`^(?:Exception in thread "[^"]*" )?((?:[a-z][\w$]*\.)+[A-Z][\w$]*(?:Exception|Error)\b.*)`),
	regexp.MustCompile(`^\S+ ERROR +\S+ \[[^\]]*\] (.+)`),
	regexp.MustCompile(`^(?:Error|Unrecognized|Invalid|Could not)\b.*`),
}

// longestCause is enough of a message that may quote a whole file.
const longestCause = 600

// Cause finds, at the end of what a JVM printed, why it left; empty: it did not say.
func Cause(text string) string {
	lines := strings.Split(text, "\n")
	for _, form := range causeForms {
		for i := len(lines) - 1; i >= 0; i-- {
			m := form.FindStringSubmatch(strings.TrimSpace(lines[i]))
			if m == nil {
				continue
			}
			cause := m[len(m)-1]
			return cause[:min(len(cause), longestCause)]
		}
	}
	return ""
}
