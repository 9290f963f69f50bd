package validate

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"rocketmq-agent/agent/config"
	"rocketmq-agent/agent/javaprops"
	"rocketmq-agent/agent/keys"
	"rocketmq-agent/agent/settings"
)

// Options are what a check knows beyond the configuration itself.
type Options struct {
	GroupSize int  // how many brokers share the name; 0: not known
	Proxy     bool // the broker has a proxy inside
}

// checker looks at one properties configuration.
type checker struct {
	set     keys.Set
	conf    config.Config
	options Options
	all     []Finding
}

// Properties judges the configuration of a broker, a name server or a controller: each layer that somebody wrote, and the
// merged values together. Findings come in the order of their files and lines.
func Properties(set keys.Set, c config.Config, o Options) []Finding {
	k := &checker{set: set, conf: c, options: o}
	for _, l := range c.Layers {
		if !strings.HasPrefix(l.Name, config.EmbeddedTemplate) {
			k.layer(l)
		}
	}
	switch set.Role {
	case settings.Broker:
		k.broker()
	case settings.Namesrv:
		if k.on("enableControllerInNamesrv") {
			k.controller()
		}
	case settings.Controller:
		k.controller()
	}
	return order(k.all)
}

// layer judges what one source says.
func (k *checker) layer(l config.Layer) {
	first := map[string]int{}
	for _, p := range l.Props {
		at := Finding{File: l.Name, Line: p.Line, Key: p.Key, Value: p.Value, Severity: Warning}
		if l.Secret || keys.Secret(p.Key) {
			at.Value = keys.Redacted
		}
		if line, twice := first[p.Key]; twice && p.Line > 0 {
			at.Code, at.Message = "duplicate", fmt.Sprintf("it is set in line %d already; the last one wins", line)
			k.add(at)
		}
		first[p.Key] = p.Line
		if key, ok := k.set.Find(p.Key); ok {
			k.known(at, key, p.Value)
		} else {
			k.unknown(at)
		}
	}
}

func (k *checker) add(f Finding) { k.all = append(k.all, f) }

// known judges a key that the role has.
func (k *checker) known(at Finding, key keys.Key, raw string) {
	if key.Unread {
		k.unread(at, raw)
		return
	}
	if key.Class == keys.TieredClass && !strings.Contains(k.conf.Get("messageStorePlugIn", ""), "tieredstore") {
		at.Code, at.Message = "no-effect", "it is a key of the tiered store, which messageStorePlugIn does not name"
		k.add(at)
		return
	}
	p := judge(key, raw, k.trims())
	if p == nil {
		return
	}
	at.Code, at.Message, at.Suggestion, at.Allowed = p.code, p.message, p.suggestion, key.Allowed()
	if at.Value == keys.Redacted {
		at.Message, at.Suggestion = "the value cannot be used", ""
	}
	// Where the default that RocketMQ falls back to is what was meant, no harm is done.
	harmless := p.suggestion != "" && p.suggestion == key.Default
	if k.wins(at) && (p.refused || decisive[at.Key] && !harmless) {
		at.Severity = Error
	}
	k.add(at)
}

// decisive are the keys that make up a broker's identity, decide what becomes of its data or protect it: where RocketMQ
// would fall back to a default without a word, that default is the wrong thing to start with.
var decisive = map[string]bool{
	"brokerId": true, "brokerRole": true, "brokerName": true, "enableDLegerCommitLog": true, "enableControllerMode": true,
	"dLegerSelfId": true, "dLegerPeers": true, "flushDiskType": true, "storeType": true, "authenticationEnabled": true,
	"authorizationEnabled": true, "aclEnable": true, "controllerDLegerSelfId": true, "controllerDLegerPeers": true,
	"enableControllerInNamesrv": true, "controllerType": true,
}

// wins says whether the finding is about the value that is used: a stronger layer may have replaced it.
func (k *checker) wins(at Finding) bool {
	v, _ := k.conf.Find(at.Key)
	return v.Source == place(at.File, at.Line)
}

func place(file string, line int) string {
	if line > 0 {
		return fmt.Sprintf("%s:%d", file, line)
	}
	return file
}

// trims says whether RocketMQ trims strings (MixAll.properties2Object, from 5.2.0 on).
func (k *checker) trims() bool { return !k.set.Before(5, 2) }

// unread judges a key that RocketMQ has and never looks at.
func (k *checker) unread(at Finding, raw string) {
	at.Code, at.Message = "no-effect", fmt.Sprintf("RocketMQ %s reads it nowhere", k.set.Release)
	if g, ok := k.set.Gone(at.Key); ok {
		at.Message += ": " + g.Advice
		at.Suggestion = g.Right
	}
	if at.Key == "aclEnable" && javaprops.ParseBool(raw) && k.wins(at) && !k.on("authenticationEnabled") {
		at.Severity, at.Code = Error, "unprotected"
		at.Message = fmt.Sprintf("RocketMQ %s reads it nowhere, so the broker would be open to everybody: use authenticationEnabled and authorizationEnabled (with authenticationMetadataProvider and initAuthenticationUser), or remove it", k.set.Release)
	}
	k.add(at)
}

// unknown judges a key that the role does not have: the right key where one means the same, else what is known of it.
func (k *checker) unknown(at Finding) {
	at.Code = "unknown-key"
	if rest, ok := strings.CutPrefix(at.Key, "\u00ef\u00bb\u00bf"); ok {
		at.Code, at.Suggestion = "byte-order-mark", rest
		at.Message = "the file begins with a byte order mark, which becomes part of its first key; save it without"
		k.add(at)
		return
	}
	gone, known := k.set.Gone(at.Key)
	first, last, had := k.set.History(at.Key)
	similar, misspelt := k.set.Similar(at.Key)
	elsewhere := k.set.Elsewhere(at.Key)
	switch {
	case known:
		at.Message, at.Suggestion = gone.Advice, gone.Right
	case had && first == last:
		at.Message = fmt.Sprintf("RocketMQ %s does not have this key; %s has", k.set.Release, first)
	case had:
		at.Message = fmt.Sprintf("RocketMQ %s does not have this key; %s to %s have", k.set.Release, first, last)
	case len(elsewhere) > 0:
		at.Message = fmt.Sprintf("it is a key of the %s, and %s does not read it", roleName(elsewhere[0]), "the "+roleName(k.set.Role))
	case misspelt:
		at.Message, at.Suggestion = "there is no such key", similar
		if strings.EqualFold(similar, at.Key) {
			at.Message = "there is no such key: RocketMQ's keys are case-sensitive"
		}
	default:
		at.Message = fmt.Sprintf("no release of RocketMQ from %s to %s has such a key; it has no effect", keys.Releases[0], keys.Releases[len(keys.Releases)-1])
	}
	if right := at.Suggestion; decisive[right] && k.value(right) != javaprops.Trim(at.Value) {
		at.Severity = Error // an identity or a protection that was meant and is not there
	}
	if acl.MatchString(at.Key) && javaprops.ParseBool(at.Value) && !k.on("authenticationEnabled") {
		at.Severity, at.Code = Error, "unprotected"
	}
	k.add(at)
}

// acl matches what people take for the switch of the access control.
var acl = regexp.MustCompile(`(?i)^(is)?(enable)?acl(enabled?)?$`)

func roleName(r settings.Role) string {
	if r == settings.Namesrv {
		return "name server"
	}
	return string(r)
}

// on says whether a switch is on.
func (k *checker) on(key string) bool { return k.conf.Bool(key) }

// value is what RocketMQ uses for a key: the configured value where it takes it, else the default.
func (k *checker) value(key string) string {
	def, _ := k.set.Find(key)
	v, set := k.conf.Find(key)
	if effective, ok := Effective(def, v.Value, k.trims()); set && ok {
		return effective
	}
	return def.Default
}

// number is value as a number; 0 where it is none.
func (k *checker) number(key string) int64 {
	n, _ := javaprops.ParseInt(k.value(key), 64)
	return n
}

// is says whether some layer sets the key.
func (k *checker) is(key string) bool {
	_, set := k.conf.Find(key)
	return set
}

// report adds a finding of several keys together, at the place of the first of them that is set.
func (k *checker) report(severity Severity, code string, about []string, format string, args ...any) {
	at := Finding{File: k.name(), Severity: severity, Code: code, Message: fmt.Sprintf(format, args...)}
	if i := slices.IndexFunc(about, k.is); i >= 0 {
		v, _ := k.conf.Find(about[i])
		at.Key, at.Value = v.Key, v.Value
		at.File, at.Line = strings.TrimSuffix(v.Source, fmt.Sprintf(":%d", v.Line)), v.Line
		if v.Secret || keys.Secret(v.Key) {
			at.Value = keys.Redacted
		}
	} else if len(about) > 0 {
		at.Key = about[0]
	}
	k.add(at)
}

// name is the file that a finding without a place is about.
func (k *checker) name() string {
	for _, l := range slices.Backward(k.conf.Layers) {
		if len(l.Props) > 0 && l.Props[0].Line > 0 {
			return l.Name
		}
	}
	return "the configuration"
}
