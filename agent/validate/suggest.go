package validate

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"rocketmq-agent/agent/javaprops"
	"rocketmq-agent/agent/keys"
	"rocketmq-agent/agent/rmq"
)

// A suggestion is made only where nothing else can have been meant: a wrong one is worse than none. Each of these
// functions returns the one thing that was surely meant, or nothing.

// suggestKey finds the key that does what was meant by one that does nothing, or that the role does not have.
func (c *checker) suggestKey(name string) string {
	if decides := c.Keys.Overwritten(name); decides != "" {
		return decides
	}
	if gone, advised := c.Keys.Gone(name); advised {
		return gone.Right
	}
	_, _, had := c.Keys.History(name)
	if had || len(c.Keys.Elsewhere(name)) > 0 {
		return "" // it is no slip of the pen
	}
	if similar, found := c.Keys.Similar(name); found {
		return cmp.Or(c.Keys.Overwritten(similar), similar)
	}
	return ""
}

// unlessSet drops a key that is set already: to write it a second time would displace what is there.
func (c *checker) unlessSet(key string) string {
	if c.IsSet(key) {
		return ""
	}
	return key
}

// suggestValue finds the value that was meant by one of a properties file, in which a problem of this code was found.
// Where the code leads to nothing, a comment, blanks or quotes around the value may be all that is wrong.
func suggestValue(key keys.Key, raw, code string, trims bool) string {
	if value := suggestByCode(key, raw, code); value != "" {
		return value
	}
	if value := bare(raw); value != raw && value != "" && detectValue(key, value, trims) == nil {
		return value
	}
	return ""
}

// suggestMember finds the value that was meant by one of a JSON file. Only a text can be a slip of the pen, and in its
// quotes it has nothing around it.
func suggestMember(key keys.Key, value any, code string) string {
	if text, ok := value.(string); ok {
		return suggestByCode(key, text, code)
	}
	return ""
}

// suggestByCode corrects what the code says is wrong.
func suggestByCode(key keys.Key, raw, code string) string {
	switch code {
	case "not-a-boolean":
		return suggestBoolean(raw)
	case "not-a-choice":
		return suggestWord(key, raw)
	case "not-a-number":
		return suggestNumber(key, raw)
	case "trailing-blank":
		return javaprops.Trim(raw)
	case "bad-address":
		return suggestAddresses(key, raw)
	case "bad-peer", "bad-hour":
		return suggestList(key, raw, ";")
	case "bad-class":
		return suggestList(key, raw, ",")
	case "bad-delay":
		return suggestList(key, raw, " ")
	case "bad-host":
		return suggestHost(key, raw)
	}
	return ""
}

func suggestBoolean(raw string) string {
	switch strings.ToLower(bare(raw)) {
	case "true", "yes", "on", "1", "y", "t", "enable", "enabled":
		return "true"
	case "false", "no", "off", "0", "n", "f", "disable", "disabled":
		return "false"
	}
	return ""
}

// suggestWord finds the word that is spelt otherwise, or the only one that begins with what was written: ASYNC for
// ASYNC_FLUSH.
func suggestWord(key keys.Key, raw string) string {
	words := key.Choices()
	if words == nil {
		words = key.Rule.Words
	}
	written := wordForm.Replace(bare(raw))
	var longer []string
	for _, word := range words {
		if strings.EqualFold(word, written) {
			return word
		}
		if written != "" && strings.HasPrefix(strings.ToUpper(word), strings.ToUpper(written)+"_") {
			longer = append(longer, word)
		}
	}
	if len(longer) == 1 {
		return longer[0]
	}
	if slices.Contains(words, "defaultRocksDB") {
		return suggestStore(raw)
	}
	return ""
}

var wordForm = strings.NewReplacer("-", "_", " ", "_")

// suggestStore finds the kind of store, whose names say little about files and RocksDB.
func suggestStore(raw string) string {
	switch lower := strings.ToLower(raw); {
	case strings.Contains(lower, "rocks"):
		return "defaultRocksDB"
	case strings.Contains(lower, "file"):
		return "default"
	}
	return ""
}

// numberForm is a whole number, and what may stand behind it.
var numberForm = regexp.MustCompile(`^([+-]?\d+)(\.0+)?\s*[%;,]?$`)

// suggestNumber finds a number without its blanks, its percent sign, its .0 or the comment behind it.
func suggestNumber(key keys.Key, raw string) string {
	if parts := numberForm.FindStringSubmatch(bare(raw)); parts != nil {
		if _, ok := key.Effective(parts[1], true); ok {
			return parts[1]
		}
	}
	return ""
}

// suggestList separates the elements of a list as RocketMQ wants them, where that helps.
func suggestList(key keys.Key, raw, separator string) string {
	separates := func(r rune) bool { return strings.ContainsRune(",; \t，；、", r) }
	list := strings.Join(strings.FieldsFunc(bare(readable(raw)), separates), separator)
	if detectRule(key, list) != nil {
		return ""
	}
	return list
}

// suggestAddresses finds the addresses in what was pasted from elsewhere; the port of a name server is no secret.
func suggestAddresses(key keys.Key, raw string) string {
	port := map[string]string{"namesrvAddr": "9876", "controllerAddr": "9878"}[key.Name]
	list := rmq.RepairAddrs(bare(readable(raw)), port)
	if list == "" || detectRule(key, list) != nil {
		return ""
	}
	return list
}

// suggestHost finds the host in a URL, or before a port.
func suggestHost(key keys.Key, raw string) string {
	address := bare(raw)
	if _, behind, isURL := strings.Cut(address, "://"); isURL {
		address = behind
	}
	host, _, _ := strings.Cut(strings.TrimSuffix(address, "/"), ":")
	if detectRule(key, host) != nil {
		return ""
	}
	return host
}
