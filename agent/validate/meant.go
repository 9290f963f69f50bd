package validate

import (
	"regexp"
	"strings"

	"rocketmq-agent/agent/javaprops"
	"rocketmq-agent/agent/keys"
)

// A suggestion is made only where nothing else can have been meant: a wrong one is worse than none.

// comment is what people write behind a value; Java knows comments only on lines of their own.
var comment = regexp.MustCompile(`(?s)\s(#|//).*$`)

func commented(raw string) bool { return strings.ContainsAny(raw, "#/") && comment.MatchString(raw) }

// bare is a value without what surely does not belong to it: a comment, blanks and quotes around it.
func bare(raw string) string {
	s := javaprops.Trim(raw)
	if commented(raw) {
		s = javaprops.Trim(comment.ReplaceAllString(raw, ""))
	}
	if len(s) > 1 && (s[0] == '"' || s[0] == '\'') && s[len(s)-1] == s[0] {
		return s[1 : len(s)-1]
	}
	return s
}

func boolMeant(raw string) string {
	switch strings.ToLower(bare(raw)) {
	case "true", "yes", "on", "1", "y", "t", "enable", "enabled":
		return "true"
	case "false", "no", "off", "0", "n", "f", "disable", "disabled":
		return "false"
	}
	return ""
}

// choiceMeant is the word that is spelt otherwise, or the only one that begins with what was written: ASYNC for ASYNC_FLUSH.
func choiceMeant(words []string, raw string) string {
	word := choiceForm.Replace(bare(raw))
	for _, w := range words {
		if strings.EqualFold(w, word) {
			return w
		}
	}
	found := ""
	for _, w := range words {
		if word != "" && strings.HasPrefix(strings.ToUpper(w), strings.ToUpper(word)+"_") {
			if found != "" {
				return ""
			}
			found = w
		}
	}
	return found
}

var choiceForm = strings.NewReplacer("-", "_", " ", "_")

// startingLike lists the choices that end in a word that is none of them: MASTER may be an ASYNC_MASTER or a SYNC_MASTER.
func startingLike(words []string, raw string) (found []string) {
	word := strings.ToUpper(bare(raw))
	for _, w := range words {
		if word != "" && strings.HasSuffix(w, "_"+word) {
			found = append(found, w)
		}
	}
	return found
}

// numberLike finds the number that a value begins with, and what stands behind it.
var numberLike = regexp.MustCompile(`^([+-]?\d+)(\.0+)?\s*[%;,]?$`)

// numberMeant is the number that was surely meant: one without its blanks, its percent sign, its .0 or the comment behind it.
func numberMeant(k keys.Key, raw string) string {
	if m := numberLike.FindStringSubmatch(bare(raw)); m != nil {
		if _, ok := k.Effective(m[1], true); ok {
			return m[1]
		}
	}
	return ""
}

// listMeant separates the elements of a list as RocketMQ wants them; empty where that does not help.
func listMeant(raw, separator string, check func(string) *problem) string {
	elements := strings.FieldsFunc(bare(readable(raw)), func(r rune) bool { return strings.ContainsRune(",; \t，；、", r) })
	meant := strings.Join(elements, separator)
	if meant == raw || check(meant) != nil {
		return ""
	}
	return meant
}

// hostMeant is the host in a URL, or before a port.
func hostMeant(raw string) string {
	_, behind, isURL := strings.Cut(bare(raw), "://")
	if !isURL {
		behind = bare(raw)
	}
	meant, _, _ := strings.Cut(strings.TrimSuffix(behind, "/"), ":")
	if meant == raw || meant == "" || host(meant) != nil {
		return ""
	}
	return meant
}
