package validate

import (
	"fmt"
	"slices"
	"strings"

	"rocketmq-agent/agent/config"
	"rocketmq-agent/agent/javaprops"
	"rocketmq-agent/agent/keys"
	"rocketmq-agent/agent/rmq"
)

// Options are what a check knows beyond the configuration itself.
type Options struct {
	GroupSize int // how many brokers share the name; 0: not known
}

// checker looks at one configuration.
type checker struct {
	config.Effective // what RocketMQ makes of it

	set     keys.Set
	options Options
	all     []Finding
}

// Properties judges the configuration of a broker, a name server or a controller: each layer that somebody wrote, and the
// merged values together. Findings come in the order of their files and lines.
func Properties(set keys.Set, c config.Config, o Options) []Finding {
	k := &checker{Effective: config.Effective{Config: c, Keys: set}, set: set, options: o}
	for _, l := range c.Layers {
		if l.Kind != config.Embedded {
			k.layer(l)
		}
	}
	switch set.Role {
	case rmq.Broker:
		k.broker()
	case rmq.Namesrv:
		if k.On("enableControllerInNamesrv") {
			k.controller()
		}
	case rmq.Controller:
		k.controller()
	}
	return order(k.all)
}

// layer judges what one source says.
func (k *checker) layer(l config.Layer) {
	first := map[string]int{}
	inMarkup := false // between <!-- and -->, which mean nothing here
	for _, p := range l.Props {
		e := entry{Property: p, source: l.At(p.Line), secret: l.Secret}
		e.key, e.known = k.set.Find(p.Key)
		if line, twice := first[p.Key]; twice && p.Line > 0 && !inMarkup {
			k.add(e.finding("duplicate", fmt.Sprintf("it is set in line %d already; the last one wins", line)))
		}
		first[p.Key] = p.Line
		begins := !inMarkup && strings.HasPrefix(p.Key, "<!--")
		inMarkup = inMarkup || begins
		switch {
		case begins:
			k.add(e.finding("markup", "<!-- begins no comment here, only # does: RocketMQ reads every line up to --> as a key"))
		case e.known:
			k.known(e)
		case !inMarkup:
			k.unknown(e)
		}
		inMarkup = inMarkup && !strings.Contains(p.Key+p.Value, "-->")
	}
}

// entry is a key in a layer.
type entry struct {
	javaprops.Property
	source config.Source
	secret bool // whatever the key, nobody may see the value
	key    keys.Key
	known  bool // the role has the key
}

// finding is a warning about the entry.
func (e entry) finding(code, message string) Finding {
	f := Finding{File: e.source.Name, Line: e.source.Line, Key: readable(e.Key), Value: readable(e.Value), Severity: Warning, Code: code, Message: message}
	if e.hidden() {
		f.Value = keys.Redacted
	}
	return f
}

// hidden says whether nobody may see the value; what is JSON may hold a password.
func (e entry) hidden() bool {
	return e.secret || e.key.Rule.Kind == keys.JSON || keys.Secret(e.Key) || strings.Contains(e.Value, "{") && keys.Secret(e.Value)
}

// about is a warning about the entry's value.
func (e entry) about(p *problem) Finding {
	f := e.finding(p.code, p.message)
	f.Suggestion, f.Allowed = p.suggestion, e.key.Allowed()
	if f.Value == keys.Redacted {
		f.Message, f.Suggestion = "the value cannot be used", ""
	}
	return f
}

func (k *checker) add(f Finding) { k.all = append(k.all, f) }

// known judges a key that the role has.
func (k *checker) known(e entry) {
	if k.futile(e) {
		return
	}
	p := judge(e.key, e.Value, k.set.Release.TrimsValues())
	if p == nil {
		return
	}
	f := e.about(p)
	// Where the default that RocketMQ falls back to is what was meant, no harm is done.
	harmless := p.suggestion != "" && p.suggestion == e.key.Default
	if k.wins(e) && (p.refused && k.needs(e.key.Name) || p.lost && decisive[e.key.Name] && !harmless) {
		f.Severity = Error
	}
	k.add(f)
}

// futile judges a key that does nothing, whatever its value.
func (k *checker) futile(e entry) bool {
	if e.key.Unread {
		k.unread(e)
		return true
	}
	why, right := k.idle(e.key, e.Value)
	if why == "" {
		return false
	}
	f := e.finding("no-effect", why)
	f.Suggestion = k.unset(right)
	k.add(f)
	return true
}

// decisive are the keys that make up a broker's identity, decide what becomes of its data or protect it: where RocketMQ
// would fall back to a default without a word, that default is the wrong thing to start with.
var decisive = map[string]bool{
	"brokerId": true, "brokerRole": true, "brokerName": true, "enableDLegerCommitLog": true, "enableControllerMode": true,
	"dLegerSelfId": true, "dLegerPeers": true, "flushDiskType": true, "storeType": true, "authenticationEnabled": true,
	"authorizationEnabled": true, "aclEnable": true, "controllerDLegerSelfId": true, "controllerDLegerPeers": true,
	"enableControllerInNamesrv": true, "controllerType": true,
}

// needs says whether this process, as it is configured, cannot do without a right value of the key.
func (k *checker) needs(key string) bool {
	switch key {
	case "dLegerSelfId", "dLegerPeers":
		return k.On("enableDLegerCommitLog")
	case "controllerAddr":
		return k.On("enableControllerMode")
	case "controllerDLegerSelfId", "controllerDLegerPeers":
		return k.set.Role == rmq.Controller || k.On("enableControllerInNamesrv")
	case "metricsPromExporterHost":
		return k.Text("metricsExporterType") == "PROM"
	case "haMasterAddress", "brokerIP2", "localServeAddr":
		return false // replication or a notice to others may fail, nothing else
	}
	return true
}

// idle says why a key that the role has does nothing in this configuration, and which key would do what is meant.
func (k *checker) idle(key keys.Key, raw string) (why, right string) {
	switch {
	case key.Class == keys.TieredClass && !strings.Contains(k.Get("messageStorePlugIn"), "tieredstore"):
		return "it is a key of the tiered store, which messageStorePlugIn does not name", ""
	case k.set.Role == rmq.Namesrv && slices.Contains(controllerClasses, key.Class) && !k.On("enableControllerInNamesrv"):
		return "it is a key of the controller, which enableControllerInNamesrv does not turn on", ""
	case key.Class == "AuthConfig" && overwritten[k.set.Role][key.Name] != "":
		right = overwritten[k.set.Role][key.Name]
		return "RocketMQ overwrites it at its start by " + right, right
	case key.Name == "haListenPort" && !k.set.Release.ReadsHAPort():
		listen := k.Number("listenPort")
		if ha, ok := javaprops.ParseInt(raw, 32); ok && ha != listen+1 {
			return fmt.Sprintf("RocketMQ 4.9 always takes listenPort + 1, which is %d", listen+1), ""
		}
	}
	return "", ""
}

// controllerClasses are the classes of a controller's keys.
var controllerClasses = []string{"ControllerConfig", "JraftConfig"}

// overwritten are keys of AuthConfig that RocketMQ sets itself, by the keys that decide them.
var overwritten = map[rmq.Role]map[string]string{
	rmq.Broker: {"clusterName": "brokerClusterName", "configName": "brokerName", "authConfigPath": "storePathRootDir"},
	rmq.Proxy:  {"clusterName": "rocketMQClusterName", "configName": "proxyName"},
}

// unset drops a suggestion of a key that is set already: to follow it would displace what is there.
func (k *checker) unset(suggestion string) string {
	if k.IsSet(suggestion) {
		return ""
	}
	return suggestion
}

// wins says whether it is this value that is used: a stronger layer may have replaced it.
func (k *checker) wins(e entry) bool {
	v, _ := k.Find(e.Key)
	return v.Source == e.source
}

// off says whether a switch that is on by default is turned off.
func (k *checker) off(key string) bool { return k.Text(key) == "false" && k.IsSet(key) }

// clamped is number within the bounds that RocketMQ keeps it in; 0 where the release does not have the key.
func (k *checker) clamped(key string) int64 {
	n := float64(k.Number(key))
	if def, known := k.set.Find(key); known && def.Rule.Kind == keys.Clamped {
		n = min(max(n, *def.Rule.Min), *def.Rule.Max)
	}
	return int64(n)
}

// report adds a finding of several keys together, at the place of the first of them that is set.
func (k *checker) report(severity Severity, code string, about []string, format string, args ...any) {
	at := Finding{File: k.name(), Severity: severity, Code: code, Message: fmt.Sprintf(format, args...)}
	if i := slices.IndexFunc(about, k.IsSet); i >= 0 {
		v, _ := k.Find(about[i])
		at.Key, at.Value = v.Key, readable(v.Value)
		at.File, at.Line = v.Source.Name, v.Source.Line
		if v.Secret || keys.Secret(v.Key) {
			at.Value = keys.Redacted
		}
	} else if len(about) > 0 {
		at.Key = about[0]
	}
	for _, key := range about {
		if v, _ := k.Find(key); v.Secret && v.Value != "" {
			at.Message = strings.ReplaceAll(at.Message, v.Value, keys.Redacted)
		}
	}
	k.add(at)
}

// name is the file that a finding without a place is about.
func (k *checker) name() string {
	for _, l := range slices.Backward(k.Layers) {
		if len(l.Props) > 0 && l.Props[0].Line > 0 {
			return l.Name
		}
	}
	return "the configuration"
}
