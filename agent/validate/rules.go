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

// byRule checks a value that has the right type.
func byRule(k keys.Key, value string) *problem {
	r := k.Rule
	switch r.Kind {
	case keys.Range, keys.Clamped:
		return bounds(k, value)
	case keys.Words:
		if value != "" && !slices.Contains(r.Words, value) {
			return noWord(r.Words, value)
		}
	case keys.WordsAnyCase:
		if value != "" && !slices.ContainsFunc(r.Words, func(w string) bool { return strings.EqualFold(w, value) }) {
			return noWord(r.Words, value)
		}
	}
	if check := checks[r.Kind]; check != nil && value != "" {
		return check(value)
	}
	return nil
}

// noWord is about a text that RocketMQ compares with a few words, so that any other one acts as if none were set.
func noWord(words []string, value string) *problem {
	p := &problem{code: "not-a-choice", message: q(value) + " is none of the values that work", suggestion: choiceMeant(words, value), lost: true}
	if slices.Contains(words, "defaultRocksDB") && p.suggestion == "" {
		p.suggestion = storeMeant(value)
	}
	return p
}

// storeMeant is the storeType that was meant: its names say little about files and RocksDB.
func storeMeant(value string) string {
	switch lower := strings.ToLower(value); {
	case strings.Contains(lower, "rocks"):
		return "defaultRocksDB"
	case strings.Contains(lower, "file"):
		return "default"
	}
	return ""
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
	keys.Name: name, keys.Class: class, keys.Codes: codes, keys.Path: path, keys.Paths: paths,
}

// What somebody meant to fill in: marks that no value has, words that a name may have after all, and addresses with an x.
var (
	placeholderMark = regexp.MustCompile(`\$\{[^}]*\}|\$[A-Z_]+\b|<[^<>]+>|\{\{.*\}\}`)
	placeholderWord = regexp.MustCompile(`\b(REPLACE|YOUR|CHANGE)(_[A-Z_]*)?\b`)
	placeholderHost = regexp.MustCompile(`^(([\dxX*]{1,3}\.){3}[\dxX*]{1,3}|[xX]{3,})$`)
)

func unfilled(value string, forms ...*regexp.Regexp) *problem {
	for _, form := range forms {
		if m := form.FindString(value); m != "" && strings.Trim(m, "0123456789.") != "" {
			return &problem{code: "placeholder", message: fmt.Sprintf("the placeholder %s was never filled in", m), refused: true}
		}
	}
	return nil
}

func unfilledHost(host string) *problem {
	return unfilled(host, placeholderMark, placeholderWord, placeholderHost)
}

// addresses checks host:port;host:port as NetworkUtil.string2SocketAddress takes it apart, and then what it does not look
// at. Semicolons at the end do no harm (String.split).
func addresses(value string) *problem {
	if p := unfilled(value, placeholderMark); p != nil {
		return p
	}
	for addr := range strings.SplitSeq(strings.TrimRight(value, ";"), ";") {
		colon := strings.LastIndexByte(addr, ':')
		host, port := addr[:max(0, colon)], addr[colon+1:]
		if p := unfilledHost(host); p != nil {
			return p
		}
		n, ok := javaprops.ParseInt(port, 32)
		switch {
		case colon < 0 || !ok || n < 0 || n > 65535:
			return &problem{code: "bad-address", message: q(addr) + " is not host:port", suggestion: listMeant(value, ";", addresses), refused: true}
		case n == 0 || !isHost(host):
			return &problem{code: "bad-address", message: q(addr) + " can never be reached", suggestion: listMeant(value, ";", addresses)}
		}
	}
	return nil
}

// peerForm is a member of a DLedger group; its host must not be an IPv6 literal (DLedgerConfig splits at colons).
var peerForm = regexp.MustCompile(`^([^-;:\s]+)-([^:;\s]+):(\d{1,5})$`)

// peer is one member of a DLedger group.
type peer struct{ id, host, port string }

func parsePeers(value string) ([]peer, *problem) {
	if p := unfilled(value, placeholderMark, placeholderWord); p != nil {
		return nil, p
	}
	var all []peer
	for member := range strings.SplitSeq(strings.TrimRight(value, ";"), ";") {
		m := peerForm.FindStringSubmatch(member)
		if m == nil {
			return nil, &problem{code: "bad-peer", message: fmt.Sprintf("the member %s has not the form ID-HOST:PORT", q(member)), refused: true}
		}
		if p := unfilledHost(m[2]); p != nil {
			return nil, p
		}
		all = append(all, peer{m[1], m[2], m[3]})
	}
	return all, nil
}

func peers(value string) *problem {
	_, p := parsePeers(value)
	if p != nil && p.code == "bad-peer" {
		p.suggestion = listMeant(value, ";", func(meant string) *problem { _, p := parsePeers(meant); return p })
	}
	return p
}

// hours checks what UtilAll.isItTimeToDo reads: what is no number there ends the whole search for files to delete.
func hours(value string) *problem {
	for hour := range strings.SplitSeq(strings.TrimRight(value, ";"), ";") {
		switch n, ok := javaprops.ParseInt(hour, 32); {
		case !ok:
			return &problem{code: "bad-hour", message: fmt.Sprintf("%s is no hour: RocketMQ then deletes no file at all, not even when the disk is full", q(hour)), suggestion: listMeant(value, ";", hours)}
		case n < 0 || n > 23:
			return &problem{code: "bad-hour", message: fmt.Sprintf("the day has no hour %d", n)}
		}
	}
	return nil
}

// delay is one level of messageDelayLevel (ScheduleMessageService.parseDelayLevel).
var delay = regexp.MustCompile(`^\d+[smhd]$`)

func delays(value string) *problem {
	for level := range strings.SplitSeq(value, " ") {
		if !delay.MatchString(level) {
			return &problem{code: "bad-delay", message: fmt.Sprintf("%s is no time span, and RocketMQ leaves with 253", q(level)), suggestion: listMeant(value, " ", delays), refused: true}
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

// hostForm is a host name as a resolver takes it; Docker has underscores in them.
var hostForm = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_.-]*$`)

func isHost(s string) bool {
	_, err := netip.ParseAddr(strings.Trim(s, "[]"))
	return err == nil || hostForm.MatchString(s)
}

func host(value string) *problem {
	if p := unfilledHost(value); p != nil {
		return p
	}
	if !isHost(value) {
		return &problem{code: "bad-host", message: q(value) + " is neither an IP address nor a host name", suggestion: hostMeant(value), refused: true}
	}
	return nil
}

// nameForm is what RocketMQ lets topics be called (TopicValidator); every broker makes one of its own name, unchecked.
var nameForm = regexp.MustCompile(`^[%|a-zA-Z0-9_-]+$`)

func name(value string) *problem {
	if p := unfilled(value, placeholderMark); p != nil {
		return p
	}
	if p := unfilled(value, placeholderWord); p != nil {
		p.refused = false // a strange name, but one
		return p
	}
	if !nameForm.MatchString(value) {
		return &problem{code: "bad-name", message: q(value) + " has characters that clients refuse in the name of a topic, and RocketMQ makes a topic of this name"}
	}
	return nil
}

// classForm is the full name of a Java class; some keys take several of them.
var classForm = regexp.MustCompile(`^([\p{L}_$][\p{L}\p{N}_$]*\.)*[\p{L}_$][\p{L}\p{N}_$]*$`)

func class(value string) *problem {
	for one := range strings.SplitSeq(value, ",") {
		if !classForm.MatchString(one) {
			return &problem{code: "bad-class", message: q(one) + " is not the name of a Java class", suggestion: listMeant(value, ",", class)}
		}
	}
	return nil
}

// codeForm is a request code, or the full name of a gRPC message.
var codeForm = regexp.MustCompile(`^(\d+|[a-zA-Z_][\w]*(\.\w+)+)$`)

func codes(value string) *problem {
	for code := range strings.SplitSeq(value, ",") {
		if code = javaprops.Trim(code); code != "" && !codeForm.MatchString(code) {
			return &problem{code: "bad-code", message: q(code) + " is no request code"}
		}
	}
	return nil
}

func path(value string) *problem {
	if p := unfilled(value, placeholderMark, placeholderWord); p != nil {
		p.refused = false // a folder of that name can be made
		return p
	}
	if value[0] != '/' {
		return &problem{code: "relative-path", message: q(value) + " does not begin with /, so it lies in the folder that java is started in, not on a volume"}
	}
	return nil
}

func paths(value string) *problem {
	for one := range strings.SplitSeq(strings.TrimRight(value, ","), ",") { // MixAll.MULTI_PATH_SPLITTER
		if one == "" {
			continue
		}
		if p := path(one); p != nil {
			return p
		}
	}
	return nil
}
