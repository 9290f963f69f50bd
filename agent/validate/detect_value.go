package validate

import (
	"fmt"
	"strings"

	"rocketmq-agent/agent/javaprops"
	"rocketmq-agent/agent/keys"
)

// problem is what is wrong with a key or its value.
type problem struct {
	code    string
	message string
	refused bool // RocketMQ does not start with it, or nothing can come of it
	lost    bool // RocketMQ goes on with another value, without a word
	silent  bool // the message tells nothing of the value, so that it may be said of a secret
}

// detectValue finds what is wrong with a raw value of a properties file, nil where it is fine: RocketMQ takes it for
// another one, or it breaks the rule of its key, or it holds what nobody means to be a part of it. trims says that the
// release trims texts.
func detectValue(key keys.Key, raw string, trims bool) *problem {
	found := detectMisread(key, raw, trims)
	if found == nil {
		found = detectRule(key, javaprops.Trim(raw))
	}
	if found == nil && key.Type == "string" {
		found = detectStray(raw)
	}
	return found
}

// detectMisread finds a value that RocketMQ takes for another one.
func detectMisread(key keys.Key, raw string, trims bool) *problem {
	_, taken := key.Effective(raw, trims)
	switch {
	case key.Type == "boolean" && !isBoolean(raw):
		return &problem{code: "not-a-boolean", message: quoted(raw) + " is read as false", lost: true}
	case !taken && key.Choices() != nil:
		found := &problem{
			code:    "not-a-choice",
			message: fmt.Sprintf("%s is none of its values: RocketMQ keeps %s", quoted(raw), defaultOf(key)),
			lost:    true,
		}
		if longer := wordsEndingIn(key.Choices(), raw); len(longer) > 1 {
			found.message += "; it takes " + strings.Join(longer, " or ")
		}
		return found
	case !taken:
		return &problem{
			code:    "not-a-number",
			message: fmt.Sprintf("%s is not %s: RocketMQ keeps %s", quoted(raw), numberOf(key), defaultOf(key)),
			lost:    true,
		}
	case key.Type == "string" && !trims:
		return detectBlanks(key, raw)
	}
	return nil
}

// wordsEndingIn lists the words that end in one that is none of them: MASTER may be an ASYNC_MASTER or a SYNC_MASTER.
func wordsEndingIn(words []string, raw string) (longer []string) {
	ending := "_" + strings.ToUpper(bare(raw))
	for _, word := range words {
		if ending != "_" && strings.HasSuffix(word, ending) {
			longer = append(longer, word)
		}
	}
	return longer
}

// detectBlanks finds blanks around a text, in a release that takes them for a part of it. Where that is not all that is
// wrong, the rule of the key says more.
func detectBlanks(key keys.Key, raw string) *problem {
	trimmed := javaprops.Trim(raw)
	if trimmed == raw || detectRule(key, trimmed) != nil {
		return nil
	}
	found := &problem{
		code:    "trailing-blank",
		message: fmt.Sprintf("the blanks around %s belong to the value in this release", quoted(raw)),
	}
	if broken := detectRule(key, raw); broken != nil {
		found.refused, found.lost = broken.refused, broken.lost
	}
	return found
}

// detectStray finds what RocketMQ takes for a part of a text although nobody means it to be one.
func detectStray(raw string) *problem {
	switch {
	case commented(raw):
		return &problem{
			code:    "inline-comment",
			message: fmt.Sprintf("all of %s is the value: a comment needs a line of its own", quoted(raw)),
		}
	case readable(raw) != raw:
		return &problem{
			code: "not-latin",
			message: fmt.Sprintf("Java reads the file as ISO-8859-1 and makes %q of %s; write it with \\u escapes",
				raw, quoted(raw)),
		}
	}
	return nil
}

func isBoolean(raw string) bool {
	return strings.EqualFold(raw, "true") || strings.EqualFold(raw, "false")
}

// numberOf is what a value of a numeric key must be, in a sentence.
func numberOf(key keys.Key) string {
	switch key.Type {
	case "int":
		return "a whole number of 32 bits"
	case "long":
		return "a whole number of 64 bits"
	}
	return "a number"
}

// defaultOf is the default of a number or a choice, in a sentence.
func defaultOf(key keys.Key) string {
	if key.Default == keys.Varies {
		return "the default, which depends on the machine"
	}
	return "the default " + key.Default
}
