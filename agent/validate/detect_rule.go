package validate

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"rocketmq-agent/agent/fastjson"
	"rocketmq-agent/agent/javaprops"
	"rocketmq-agent/agent/keys"
)

// detectRule finds what breaks the rule of a key in a value that has the right type.
func detectRule(key keys.Key, value string) *problem {
	rule := key.Rule
	switch rule.Kind {
	case keys.Range, keys.Clamped:
		return detectBounds(rule, value)
	case keys.Words:
		if value != "" && !slices.Contains(rule.Words, value) {
			return noWord(value)
		}
	case keys.WordsAnyCase:
		same := func(word string) bool { return strings.EqualFold(word, value) }
		if value != "" && !slices.ContainsFunc(rule.Words, same) {
			return noWord(value)
		}
	case keys.JSON:
		if value != "" {
			return detectObject(rule, value)
		}
	}
	if detect := detectForm[rule.Kind]; detect != nil && value != "" {
		return detect(value)
	}
	return nil
}

// detectForm are the rules about texts that are more than a few words. None of them sees an empty value.
var detectForm = map[string]func(value string) *problem{
	keys.Addresses: detectAddresses,
	keys.Class:     detectClass,
	keys.Classes:   detectClasses,
	keys.Codes:     detectCodes,
	keys.Delays:    detectDelays,
	keys.Host:      detectHost,
	keys.Hours:     detectHours,
	keys.Name:      detectName,
	keys.Path:      detectPath,
	keys.Paths:     detectPaths,
	keys.Peers:     detectPeers,
}

// noWord is about a text that RocketMQ compares with a few words, so that any other one acts as if none were set.
func noWord(value string) *problem {
	return &problem{
		code:    "not-a-choice",
		message: quoted(value) + " is none of the values that work",
		lost:    true,
	}
}

func detectBounds(rule keys.Rule, value string) *problem {
	number, ok := javaprops.ParseFloat(value, 64)
	tooLow := rule.Min != nil && number < *rule.Min
	tooHigh := rule.Max != nil && number > *rule.Max
	switch {
	case !ok || !tooLow && !tooHigh:
		return nil
	case rule.Kind == keys.Range:
		return &problem{code: "out-of-range", message: value + " is out of range"}
	}
	nearest := rule.Min
	if tooHigh {
		nearest = rule.Max
	}
	return &problem{
		code: "clamped",
		message: fmt.Sprintf("RocketMQ takes %s in place of %s, without a word",
			strconv.FormatFloat(*nearest, 'f', -1, 64), value),
	}
}

// What somebody meant to fill in: marks that no value has, and words that a name may have after all.
var (
	placeholderMark = regexp.MustCompile(`\$\{[^}]*\}|\$\([A-Za-z_][\w.-]*\)|\$[A-Z_]+\b|<[^<>]+>|\{\{.*\}\}`)
	placeholderWord = regexp.MustCompile(`\b(REPLACE|YOUR|CHANGE)(_[A-Z_]*)?\b`)
)

func detectPlaceholder(value string, forms ...*regexp.Regexp) *problem {
	for _, form := range forms {
		placeholder := form.FindString(value)
		if strings.Trim(placeholder, "0123456789.") != "" {
			return &problem{
				code:    "placeholder",
				message: fmt.Sprintf("the placeholder %s was never filled in", placeholder),
				refused: true,
			}
		}
	}
	return nil
}

// detectHours checks what UtilAll.isItTimeToDo reads: what is no number there ends the search for files to delete.
func detectHours(value string) *problem {
	for hour := range strings.SplitSeq(strings.TrimRight(value, ";"), ";") {
		switch number, ok := javaprops.ParseInt(hour, 32); {
		case !ok:
			return &problem{
				code: "bad-hour",
				message: quoted(hour) + " is no hour: RocketMQ then deletes no file at all, " +
					"not even when the disk is full",
			}
		case number < 0 || number > 23:
			return &problem{code: "bad-hour", message: fmt.Sprintf("the day has no hour %d", number)}
		}
	}
	return nil
}

// delayForm is one level of messageDelayLevel (ScheduleMessageService.parseDelayLevel).
var delayForm = regexp.MustCompile(`^\d+[smhd]$`)

func detectDelays(value string) *problem {
	for level := range strings.SplitSeq(value, " ") {
		if !delayForm.MatchString(level) {
			return &problem{
				code:    "bad-delay",
				message: quoted(level) + " is no time span, and RocketMQ leaves with 253",
				refused: true,
			}
		}
	}
	return nil
}

// detectObject checks what RocketMQ parses at its start, an account for one (AuthenticationMetadataManagerImpl).
// Nothing of the value is shown, since it may be a secret.
func detectObject(rule keys.Rule, value string) *problem {
	members, err := fastjson.ReadObject([]byte(value))
	if err != nil {
		return &problem{
			code:    "bad-json",
			message: "it is no JSON object, and RocketMQ does not start with it",
			refused: true,
			silent:  true,
		}
	}
	for _, name := range rule.Words {
		if found := detectMissing(members, name); found != nil {
			return found
		}
	}
	return nil
}

// detectMissing finds out that a member is not there, or not under its name.
func detectMissing(members []fastjson.Member, name string) *problem {
	spelling := ""
	for _, m := range members {
		if strings.EqualFold(m.Key, name) && m.Value != nil && javaprops.Trim(m.Text()) != "" {
			spelling = m.Key
		}
		if spelling == name {
			return nil
		}
	}
	if spelling != "" {
		return &problem{
			code:    "misspelt-member",
			message: fmt.Sprintf("RocketMQ from 5.4 on takes %s only where it is spelt %s", spelling, name),
			refused: true,
			silent:  true,
		}
	}
	return &problem{
		code:    "missing-member",
		message: "it has no " + name + ", and RocketMQ does not start with it",
		refused: true,
		silent:  true,
	}
}

// nameForm is what RocketMQ lets topics be called (TopicValidator); every broker makes one of its own name, unchecked.
var nameForm = regexp.MustCompile(`^[%|a-zA-Z0-9_-]+$`)

func detectName(value string) *problem {
	if found := detectPlaceholder(value, placeholderMark); found != nil {
		return found
	}
	if found := detectPlaceholder(value, placeholderWord); found != nil {
		found.refused = false // a strange name, but one
		return found
	}
	if !nameForm.MatchString(value) {
		return &problem{
			code: "bad-name",
			message: quoted(value) + " has characters that clients refuse in the name of a topic, " +
				"and RocketMQ makes a topic of this name",
		}
	}
	return nil
}

// classForm is the full name of a Java class.
var classForm = regexp.MustCompile(`^([\p{L}_$][\p{L}\p{N}_$]*\.)*[\p{L}_$][\p{L}\p{N}_$]*$`)

func detectClass(value string) *problem {
	if classForm.MatchString(value) {
		return nil
	}
	return &problem{
		code:    "bad-class",
		message: quoted(value) + " is not the name of a Java class, and RocketMQ does not start with it",
		refused: true,
	}
}

func detectClasses(value string) *problem {
	for class := range strings.SplitSeq(strings.TrimRight(value, ","), ",") {
		if found := detectClass(class); found != nil {
			return found
		}
	}
	return nil
}

// codeForm is a request code, or the full name of a gRPC message.
var codeForm = regexp.MustCompile(`^(\d+|[a-zA-Z_][\w]*(\.\w+)+)$`)

func detectCodes(value string) *problem {
	for code := range strings.SplitSeq(value, ",") {
		if code = javaprops.Trim(code); code != "" && !codeForm.MatchString(code) {
			return &problem{code: "bad-code", message: quoted(code) + " is no request code"}
		}
	}
	return nil
}

func detectPath(value string) *problem {
	if found := detectPlaceholder(value, placeholderMark, placeholderWord); found != nil {
		found.refused = false // a folder of that name can be made
		return found
	}
	if value[0] != '/' {
		return &problem{
			code: "relative-path",
			message: quoted(value) + " does not begin with /, so it lies in the folder that java is started in, " +
				"not on a volume",
		}
	}
	return nil
}

func detectPaths(value string) *problem {
	for path := range strings.SplitSeq(strings.TrimRight(value, ","), ",") { // MixAll.MULTI_PATH_SPLITTER
		if path == "" {
			continue
		}
		if found := detectPath(path); found != nil {
			return found
		}
	}
	return nil
}
