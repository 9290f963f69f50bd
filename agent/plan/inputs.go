package plan

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"rocketmq-agent/agent/keys"
	"rocketmq-agent/agent/rmq"
)

// warnAboutInputs says what was given and has no effect.
func (m *maker) warnAboutInputs() {
	for _, word := range m.args.Ignored {
		hint := ""
		word = keys.Redact(word)
		key, value, ok := strings.Cut(word, "=")
		if ok && keys.Secret(key) {
			word, value = key+"="+keys.Redacted, keys.Redacted
		}
		if ok {
			hint = fmt.Sprintf("; to set this key: RMQ_CONF_%s=%s", key, value)
		}
		m.warnf("the word %q on the command line has no effect, as in RocketMQ's own scripts%s", word, hint)
	}
	known := spellingsOf(m.keys(m.mainRole()))
	for _, name := range m.Settings.Unknown {
		if key := known.keyOf(strings.TrimPrefix(name, "RMQ_")); key != "" {
			m.warnf("the variable %s is read by nobody: the key %s is set with RMQ_CONF_%[2]s", name, key)
		} else {
			m.warnf("the variable %s is read by nobody: is it misspelt? (rocketmq-agent help lists all)", name)
		}
	}
	for _, entry := range m.Settings.Environ {
		name, value, _ := strings.Cut(entry, "=")
		if key := known.keyOf(name); value != "" && key != "" && !readOtherwise[name] && !m.Settings.Sets(name) {
			m.warnf("the variable %s has no effect, though other images take it for the key %s: here it is RMQ_CONF_%[2]s",
				name, key)
		}
	}
	if m.role == rmq.Standalone {
		m.questionStandalone()
	}
	if m.Settings.Environ.Get("JAVA_OPTS") != "" {
		m.warnf("JAVA_OPTS has no effect, as in RocketMQ's own scripts; JAVA_OPT_EXT is the one that is read")
	}
	m.Warnings = append(m.Warnings, m.files.Warnings...)
}

// questionStandalone asks about a name server beside a broker that registers elsewhere.
func (m *maker) questionStandalone() {
	for _, addr := range m.Settings.Namesrv {
		host, _, _ := rmq.SplitAddr(addr)
		ip, err := rmq.ParseIP(host)
		if slices.Contains([]string{"localhost", m.Settings.Pod.Hostname, m.Settings.Pod.IP}, host) ||
			err == nil && ip.IsLoopback() {
			return
		}
	}
	if len(m.Settings.Namesrv) > 0 {
		m.warnf("%s=%s names a name server somewhere else, and this container is standalone, with a name server of its own "+
			"and a master that takes writes in that cluster: for a broker alone, the word broker behind the image's name, "+
			"or RMQ_ROLE=broker", m.Settings.NamesrvFrom, m.Settings.Namesrv)
	}
}

// mainRole is the role whose keys RMQ_CONF_ sets.
func (m *maker) mainRole() rmq.Role {
	if m.role.HasBroker() {
		return rmq.Broker
	}
	return m.role
}

// readOtherwise are variables that RocketMQ or the agent reads, though they look like a key.
var readOtherwise = map[string]bool{"ROCKETMQ_HOME": true, "NAMESRV_ADDR": true}

// spellings are the keys of a role by what the names of variables for them look like.
type spellings struct {
	set   keys.Set
	lower map[string]string
}

func spellingsOf(set keys.Set) spellings {
	s := spellings{set: set, lower: map[string]string{}}
	for _, name := range set.Names() {
		s.lower[strings.ToLower(name)] = name
	}
	return s
}

// keyOf is the key that somebody means by the name of a variable: its own name, or the words of it as in BROKER_NAME.
// Empty: it is no key of the role.
func (s spellings) keyOf(variable string) string {
	name := variable
	if _, known := s.set.Find(name); !known {
		if variable != strings.ToUpper(variable) || !strings.Contains(variable, "_") {
			return ""
		}
		name = s.lower[strings.ToLower(strings.ReplaceAll(variable, "_", ""))]
	}
	return cmp.Or(s.set.Overwritten(name), name)
}

// derives are the settings that the topology manual leaves without effect.
var derives = []string{
	"RMQ_BROKER_NAME_PREFIX", "RMQ_ORDINAL", "RMQ_GROUP_SIZE", "RMQ_REPLICA_INDEX", "RMQ_REPLICATION", "RMQ_CONTROLLER",
}

// warnAboutManual says which settings the configuration file overrules.
func (m *maker) warnAboutManual() {
	if !m.role.HasBroker() || m.Identity.Topology != rmq.Manual {
		return
	}
	for _, name := range derives {
		if m.Settings.Environ.Get(name) != "" {
			m.warnf("%s has no effect: the topology is manual, where the configuration file decides the identity", name)
		}
	}
}
