package validate

import (
	"encoding/json"
	"fmt"
	"math"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"rocketmq-agent/agent/javaprops"
	"rocketmq-agent/agent/keys"
)

// Effective is what RocketMQ makes of a raw value of the key, in the form in which Java prints it; ok is false where it
// keeps the default, without a word (MixAll.properties2Object). trims says that strings are trimmed, as from 5.2 on.
func Effective(k keys.Key, raw string, trims bool) (value string, ok bool) {
	switch k.Type {
	case "int":
		n, ok := javaprops.ParseInt(raw, 32)
		return strconv.FormatInt(n, 10), ok
	case "long":
		n, ok := javaprops.ParseInt(raw, 64)
		return strconv.FormatInt(n, 10), ok
	case "float", "double":
		bits := map[string]int{"float": 32, "double": 64}[k.Type]
		f, ok := javaprops.ParseFloat(raw, bits)
		return strconv.FormatFloat(f, 'g', -1, bits), ok
	case "boolean":
		return strconv.FormatBool(javaprops.ParseBool(raw)), true
	}
	if trims {
		raw = javaprops.Trim(raw)
	}
	return raw, k.Enum() == nil || slices.Contains(k.Enum(), raw)
}

// problem is what is wrong with a value: the rest of a Finding.
type problem struct {
	code, message, suggestion string
	refused                   bool // RocketMQ does not start with it
}

// judge checks a raw value against the type and the rule of its key.
func judge(k keys.Key, raw string, trims bool) *problem {
	_, taken := Effective(k, raw, trims)
	kept := fmt.Sprintf("RocketMQ keeps %s", shown(k.Default))
	switch {
	case k.Type == "boolean" && !isBool(raw):
		return &problem{code: "not-a-boolean", message: fmt.Sprintf("%q is read as false", raw), suggestion: boolMeant(raw)}
	case k.Enum() != nil && !taken:
		return &problem{code: "not-a-choice", message: fmt.Sprintf("%q is none of its values: %s", raw, kept), suggestion: choiceMeant(k.Enum(), raw)}
	case !taken:
		return &problem{code: "not-a-number", message: fmt.Sprintf("%q is not %s: %s", raw, numberOf(k), kept), suggestion: numberMeant(k, raw)}
	case k.Type == "string" && !trims && javaprops.Trim(raw) != raw:
		return &problem{code: "trailing-blank", message: fmt.Sprintf("the blanks around %q belong to the value in this release", raw), suggestion: javaprops.Trim(raw)}
	}
	return byRule(k, raw)
}

func numberOf(k keys.Key) string {
	switch k.Type {
	case "int":
		return "a whole number of 32 bits"
	case "long":
		return "a whole number of 64 bits"
	}
	return "a number"
}

func shown(value string) string {
	switch value {
	case "":
		return "the default, which is empty"
	case keys.Varies:
		return "the default, which depends on the machine"
	}
	return "the default " + value
}

func isBool(raw string) bool {
	return strings.EqualFold(raw, "true") || strings.EqualFold(raw, "false")
}

func boolMeant(raw string) string {
	switch strings.ToLower(javaprops.Trim(raw)) {
	case "true", "yes", "on", "1", "y", "t", "enable", "enabled":
		return "true"
	case "false", "no", "off", "0", "n", "f", "disable", "disabled":
		return "false"
	}
	return ""
}

func choiceMeant(words []string, raw string) string {
	word := strings.NewReplacer("-", "_", " ", "_").Replace(javaprops.Trim(raw))
	for _, w := range words {
		if strings.EqualFold(w, word) {
			return w
		}
	}
	for _, w := range words {
		if word != "" && strings.HasPrefix(w, strings.ToUpper(word)+"_") {
			return w // ASYNC for ASYNC_FLUSH
		}
	}
	return ""
}

// numberLike finds the number that a value begins with, and what stands behind it.
var numberLike = regexp.MustCompile(`^\s*([+-]?\d+)(\.0+)?\s*(%|#.*|;)?\s*$`)

// numberMeant is the number that was surely meant: one without its blanks, its percent sign, its .0 or the comment behind it.
func numberMeant(k keys.Key, raw string) string {
	if m := numberLike.FindStringSubmatch(raw); m != nil {
		if _, ok := Effective(k, m[1], true); ok {
			return m[1]
		}
	}
	return ""
}

// byRule checks a value that has the right type.
func byRule(k keys.Key, raw string) *problem {
	r, value := k.Rule, javaprops.Trim(raw)
	switch r.Kind {
	case keys.Range, keys.Clamped:
		return bounds(k, value)
	case keys.Words:
		if value != "" && !slices.Contains(r.Words, value) {
			return &problem{code: "not-a-choice", message: fmt.Sprintf("%q is none of the values that work", value), suggestion: choiceMeant(r.Words, value)}
		}
	case keys.WordsAnyCase:
		if value != "" && !slices.ContainsFunc(r.Words, func(w string) bool { return strings.EqualFold(w, value) }) {
			return &problem{code: "not-a-choice", message: fmt.Sprintf("%q is none of the values that work", value)}
		}
	}
	if check := checks[r.Kind]; check != nil && value != "" {
		return check(value)
	}
	return nil
}

func bounds(k keys.Key, value string) *problem {
	f, ok := javaprops.ParseFloat(value, 64)
	r := k.Rule
	if !ok || (r.Min == nil || f >= *r.Min) && (r.Max == nil || f <= *r.Max) || math.IsNaN(f) {
		return nil
	}
	if r.Kind == keys.Clamped {
		nearest := r.Min
		if r.Max != nil && f > *r.Max {
			nearest = r.Max
		}
		return &problem{code: "clamped", message: fmt.Sprintf("RocketMQ takes %s in place of %s, without a word", strconv.FormatFloat(*nearest, 'f', -1, 64), value)}
	}
	return &problem{code: "out-of-range", message: value + " is out of range"}
}

// checks are the rules that are more than a range or a list of words.
var checks = map[string]func(string) *problem{
	keys.Addresses: addresses, keys.Peers: peers, keys.Hours: hours, keys.Delays: delays, keys.JSON: object, keys.Host: host,
	keys.Name: name, keys.Class: class, keys.Codes: codes, keys.Path: path, keys.Paths: path,
}

// placeholder matches what somebody meant to fill in.
var placeholder = regexp.MustCompile(`\$\{[^}]*\}|\$[A-Z_]+\b|<[^>]+>|\{\{.*\}\}|\b(REPLACE|YOUR|CHANGE)_?[A-Z_]*\b|xxx`)

func unfilled(value string) *problem {
	if m := placeholder.FindString(value); m != "" {
		return &problem{code: "placeholder", message: fmt.Sprintf("the placeholder %s was never filled in", m), refused: true}
	}
	return nil
}

// addresses checks host:port;host:port as NetworkUtil.string2SocketAddress takes it apart, and then what it does not look at.
func addresses(value string) *problem {
	if p := unfilled(value); p != nil {
		return p
	}
	for addr := range strings.SplitSeq(value, ";") {
		colon := strings.LastIndexByte(addr, ':')
		host, port := addr[:max(0, colon)], addr[colon+1:]
		n, ok := javaprops.ParseInt(port, 32)
		switch {
		case addr == "" && strings.HasSuffix(value, ";"):
		case colon < 0 || !ok || n < 0 || n > 65535:
			return &problem{code: "bad-address", message: fmt.Sprintf("%q is not host:port, and RocketMQ does not start with it", addr), suggestion: addressMeant(value), refused: true}
		case n == 0 || host == "" || strings.ContainsAny(host, " ,/\t"):
			return &problem{code: "bad-address", message: fmt.Sprintf("%q can never be reached", addr), suggestion: addressMeant(value)}
		}
	}
	return nil
}

// addressMeant separates with semicolons what commas or blanks separated.
func addressMeant(value string) string {
	meant := strings.Join(strings.FieldsFunc(value, func(r rune) bool { return strings.ContainsRune(",; ", r) }), ";")
	if meant == value || addresses(meant) != nil {
		return ""
	}
	return meant
}

// peerForm is a member of a DLedger group; its host must not be an IPv6 literal (DLedgerConfig splits at colons).
var peerForm = regexp.MustCompile(`^([^-;:\s]+)-([^:;\s]+):(\d{1,5})$`)

// peer is one member of a DLedger group.
type peer struct{ id, host, port string }

func parsePeers(value string) ([]peer, *problem) {
	if p := unfilled(value); p != nil {
		return nil, p
	}
	var all []peer
	for member := range strings.SplitSeq(value, ";") {
		m := peerForm.FindStringSubmatch(member)
		if m == nil {
			return nil, &problem{code: "bad-peer", message: fmt.Sprintf("the member %q has not the form ID-HOST:PORT", member), refused: true}
		}
		all = append(all, peer{m[1], m[2], m[3]})
	}
	return all, nil
}

func peers(value string) *problem {
	_, p := parsePeers(value)
	return p
}

func hours(value string) *problem {
	for hour := range strings.SplitSeq(value, ";") {
		if n, ok := javaprops.ParseInt(hour, 32); !ok || n < 0 || n > 23 {
			return &problem{code: "bad-hour", message: fmt.Sprintf("%q is no hour of the day, so it never comes", hour)}
		}
	}
	return nil
}

// delay is one level of messageDelayLevel (ScheduleMessageService.parseDelayLevel).
var delay = regexp.MustCompile(`^\d+[smhd]$`)

func delays(value string) *problem {
	for level := range strings.SplitSeq(value, " ") {
		if !delay.MatchString(level) {
			return &problem{code: "bad-delay", message: fmt.Sprintf("%q is no time span: RocketMQ does not start with it", level), refused: true}
		}
	}
	return nil
}

func object(value string) *problem {
	if value[0] != '{' || !json.Valid([]byte(value)) {
		return &problem{code: "bad-json", message: "it is no JSON object"} // nothing of it is shown, it may be a secret
	}
	return nil
}

func host(value string) *problem {
	if p := unfilled(value); p != nil {
		return p
	}
	if _, err := netip.ParseAddr(strings.Trim(value, "[]")); err == nil {
		return nil
	}
	if strings.ContainsAny(value, " ,;/:") {
		return &problem{code: "bad-host", message: fmt.Sprintf("%q is neither an IP address nor a host name", value)}
	}
	return nil
}

// nameForm is what RocketMQ's topics may be called (TopicValidator); every broker has one of its own name.
var nameForm = regexp.MustCompile(`^[%|a-zA-Z0-9_-]+$`)

func name(value string) *problem {
	if p := unfilled(value); p != nil {
		return p
	}
	if strings.Contains(value, "#") {
		return &problem{code: "bad-name", message: fmt.Sprintf("%q contains #, which RocketMQ uses to separate names in its own files", value)}
	}
	if !nameForm.MatchString(value) {
		return &problem{code: "bad-name", message: fmt.Sprintf("%q has characters that no topic may have, and RocketMQ makes a topic of this name", value)}
	}
	return nil
}

// classForm is the full name of a Java class; some keys take several of them.
var classForm = regexp.MustCompile(`^([\p{L}_$][\p{L}\p{N}_$]*\.)*[\p{L}_$][\p{L}\p{N}_$]*$`)

func class(value string) *problem {
	for one := range strings.SplitSeq(value, ",") {
		if !classForm.MatchString(one) {
			return &problem{code: "bad-class", message: fmt.Sprintf("%q is not the name of a Java class", one)}
		}
	}
	return nil
}

// codeForm is a request code, or the full name of a gRPC message.
var codeForm = regexp.MustCompile(`^(\d+|[a-zA-Z_][\w]*(\.\w+)+)$`)

func codes(value string) *problem {
	for code := range strings.SplitSeq(value, ",") {
		if code = javaprops.Trim(code); code != "" && !codeForm.MatchString(code) {
			return &problem{code: "bad-code", message: fmt.Sprintf("%q is no request code", code)}
		}
	}
	return nil
}

func path(value string) *problem {
	if p := unfilled(value); p != nil {
		p.refused = false // a folder of that name can be made
		return p
	}
	return nil
}
