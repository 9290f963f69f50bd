package validate

import (
	"encoding/json"
	"fmt"
	"strings"

	"rocketmq-agent/agent/config"
	"rocketmq-agent/agent/javaprops"
	"rocketmq-agent/agent/keys"
)

// Proxy judges a proxy's rmq-proxy.json.
func Proxy(set keys.Set, file string, text []byte) []Finding {
	k := &checker{set: set}
	members, err := config.ReadObject(text)
	if err != nil {
		f := Finding{File: file, Line: err.Line, Severity: Error, Code: "bad-json", Message: err.Reason + ": the proxy leaves with 1"}
		if k.smart() { // it takes more than that, names without quotes for one
			f.Severity, f.Message = Warning, err.Reason+": it cannot be checked"
		}
		return []Finding{f}
	}
	if _, has := set.Find("grpcServerPort"); !has {
		return nil // the keys of a proxy of this release are not known
	}
	k.conf = config.OfFile(config.Layer{Name: file, Props: k.properties(members)})
	first := map[string]int{}
	for _, m := range members {
		e := entry{Property: javaprops.Property{Key: m.Key, Value: m.Text(), Line: m.Line}, file: file}
		e.key, e.known = set.Find(k.spelt(m.Key))
		if line, twice := first[m.Key]; twice {
			k.add(outside(m, e.finding("duplicate", fmt.Sprintf("it is set in line %d already; the last one wins", line))))
		}
		first[m.Key] = m.Line
		switch before := len(k.all); {
		case !e.known:
			k.unknown(e)
			k.all[before] = outside(m, k.all[before])
		case !k.futile(e):
			k.member(e, m)
		}
	}
	if line := misplacedComment(text); line > 0 && !k.smart() {
		k.add(Finding{File: file, Line: line, Severity: Error, Code: "misplaced-comment", Message: "fastjson2 takes a comment only where a key comes next, so not behind the last value or before a comma: the proxy leaves with 1"})
	}
	k.protection()
	k.proxyPorts()
	return order(k.all)
}

// smart says whether the release reads the file with fastjson 1, which forgives much.
func (k *checker) smart() bool { return k.set.Before(5, 4) }

// spelt is the key of the role that fastjson takes a name for: fastjson 1 looks neither at the case nor at - and _.
func (k *checker) spelt(name string) string {
	if _, ok := k.set.Find(name); ok || !k.smart() {
		return name
	}
	plain := strings.NewReplacer("-", "", "_", "").Replace(name)
	if similar, found := k.set.Similar(plain); found && strings.EqualFold(similar, plain) {
		return similar
	}
	return name
}

// properties are the values of the object that RocketMQ takes.
func (k *checker) properties(members []config.Member) (all []javaprops.Property) {
	for _, m := range members {
		name := k.spelt(m.Key)
		key, known := k.set.Find(name)
		if text, ok := scalar(m.Value); ok && known && mistyped(key, m.Value, k.smart()) == nil {
			all = append(all, javaprops.Property{Key: name, Value: text, Line: m.Line})
		}
	}
	return all
}

// scalar is a value as one would write it in a properties file; ok is false for null, objects and lists.
func scalar(value any) (text string, ok bool) {
	switch value.(type) {
	case string, bool, json.Number:
		return config.Member{Value: value}.Text(), true
	}
	return "", false
}

// outside is a finding without what lies inside of a value, which may be a secret.
func outside(m config.Member, f Finding) Finding {
	switch m.Value.(type) {
	case map[string]any:
		f.Value = "{…}"
	case []any:
		f.Value = "[…]"
	}
	return f
}

// proxyPorts judges the ports that a proxy opens.
func (k *checker) proxyPorts() {
	ports := []port{{"remotingListenPort", k.number("remotingListenPort"), ""}, {"grpcServerPort", k.number("grpcServerPort"), ""}}
	if k.value("metricsExporterType") == "PROM" {
		ports = append(ports, port{"metricsPromExporterPort", k.number("metricsPromExporterPort"), ""})
	}
	k.distinct(ports)
}

// member judges the value of a key that the proxy has.
func (k *checker) member(e entry, m config.Member) {
	p := mistyped(e.key, m.Value, k.smart())
	if text, ok := scalar(m.Value); p == nil && ok && text != "" {
		p = byRule(e.key, text)
	}
	if p == nil {
		return
	}
	f := outside(m, e.about(p))
	if p.refused && k.needs(e.key.Name) {
		f.Severity = Error
	}
	k.add(f)
}
