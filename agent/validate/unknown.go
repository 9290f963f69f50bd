package validate

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"rocketmq-agent/agent/javaprops"
	"rocketmq-agent/agent/keys"
	"rocketmq-agent/agent/rmq"
)

// unread judges a key that RocketMQ has and never looks at.
func (k *checker) unread(e entry) {
	f := e.finding("no-effect", fmt.Sprintf("RocketMQ %s reads it nowhere", k.set.Release))
	if g, ok := k.set.Gone(e.key.Name); ok && e.key.Name != "aclEnable" {
		f.Message, f.Suggestion = g.Advice, k.unset(g.Right)
	}
	if e.key.Name == "aclEnable" && boolMeant(e.Value) == "true" && k.wins(e) && !k.protected() {
		f.Severity, f.Code = Error, "unprotected"
		f.Message += ", so the broker would be open to everybody: use authenticationEnabled and authorizationEnabled (with authenticationMetadataProvider and initAuthenticationUser), or remove it"
	}
	k.add(f)
}

// unknown judges a key that the role does not have.
func (k *checker) unknown(e entry) {
	f := e.finding("unknown-key", "")
	right, marked := strings.CutPrefix(e.Key, byteOrderMark)
	switch {
	case marked && strings.Trim(right[:min(1, len(right))], "#!") == "": // it was to be a comment
		f.Code, f.Key, f.Value, right = "byte-order-mark", "", "", ""
		f.Message = "the file begins with a byte order mark; save it without"
	case marked:
		f.Code, f.Key = "byte-order-mark", readable(right)
		f.Message = "the file begins with a byte order mark, which becomes part of its first key, so that RocketMQ does not know it; save it without"
	default:
		f.Message, right = k.whatOf(e.Key)
		if f.Suggestion = k.unset(right); f.Suggestion != right {
			f.Message += "; " + right + " is set too, so delete this line"
		}
	}
	switch {
	case k.open(right, e.Property):
		f.Severity, f.Code = Error, "unprotected"
		if !strings.Contains(f.Message, "open") {
			f.Message += ", so everything would be open to everybody"
		}
	case decisive[right] && k.needs(right) && !k.IsSet(right) && k.Text(right) != javaprops.Trim(e.Value):
		f.Severity = Error // an identity that was meant and is not there
	}
	k.add(f)
}

// byteOrderMark is how Java reads the mark that some editors begin a file in UTF-8 with.
const byteOrderMark = "\u00ef\u00bb\u00bf"

// whatOf says what is known of an unknown key, and which key means the same.
func (k *checker) whatOf(key string) (message, right string) {
	if right := overwritten[k.set.Role][key]; right != "" {
		return "there is no such key", right
	}
	if gone, known := k.set.Gone(key); known {
		return gone.Advice, gone.Right
	}
	switch first, last, had := k.set.History(key); {
	case had && first == last:
		return fmt.Sprintf("RocketMQ %s does not have this key; %s has", k.set.Release, first), ""
	case had:
		return fmt.Sprintf("RocketMQ %s does not have this key; %s to %s have", k.set.Release, first, last), ""
	}
	if elsewhere := k.set.Elsewhere(key); len(elsewhere) > 0 {
		return fmt.Sprintf("it is a key of the %s, and the %s does not read it", roleName(elsewhere[0]), roleName(k.set.Role)), ""
	}
	switch similar, found := k.set.Similar(key); {
	case found && strings.EqualFold(similar, key):
		return "there is no such key: RocketMQ's keys are case-sensitive", similar
	case found:
		return "there is no such key", similar
	}
	return fmt.Sprintf("no release of RocketMQ from %s to %s has such a key; it has no effect", keys.Releases[0], keys.Releases[len(keys.Releases)-1]), ""
}

// acl matches what people take for the switch of the access control.
var acl = regexp.MustCompile(`(?i)^(is)?(enable)?acl(enabled?)?$`)

// open says whether an unknown key was meant to protect a process that nothing else protects. A name server and a controller
// never had such a thing.
func (k *checker) open(right string, p javaprops.Property) bool {
	if boolMeant(p.Value) != "true" || k.set.Role != rmq.Broker && k.set.Role != rmq.Proxy || k.protected() {
		return false
	}
	meant := []string{"aclEnable", "authenticationEnabled", "authorizationEnabled"}
	return acl.MatchString(p.Key) || slices.Contains(meant, right) || slices.Contains(meant, p.Key)
}

// protected says whether the access control of this release is on.
func (k *checker) protected() bool {
	key, has := k.set.Find("aclEnable")
	return k.On("authenticationEnabled") || has && !key.Unread && k.On("aclEnable")
}

func roleName(r rmq.Role) string {
	if r == rmq.Namesrv {
		return "name server"
	}
	return string(r)
}
