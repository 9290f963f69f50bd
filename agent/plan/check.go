package plan

import (
	"errors"
	"fmt"
	"strings"

	"rocketmq-agent/agent/keys"
	"rocketmq-agent/agent/rmq"
	"rocketmq-agent/agent/validate"
)

// check judges every configuration before a JVM sees it: RocketMQ passes over mistakes without a word.
func (m *maker) check() error {
	var problems []error
	for _, p := range m.Processes {
		for _, f := range m.findingsOf(p) {
			if f.Severity == validate.Error || m.Settings.ConfigStrict {
				problems = append(problems, errors.New(f.String()))
			} else {
				m.warnf("%s", f)
			}
		}
	}
	return errors.Join(problems...)
}

// findingsOf are those about each file of a process, and about a broker and the proxy inside it together.
func (m *maker) findingsOf(p Process) (all []validate.Finding) {
	for _, file := range p.Files {
		all = append(all, m.findings(p, file)...)
	}
	if p.Role == rmq.Broker && len(p.Files) > 1 {
		all = append(all, validate.InsideBroker(p.Files[0].Values, p.Files[1].Values)...)
	}
	return all
}

func (m *maker) findings(p Process, f File) []validate.Finding {
	var known validate.Options
	if m.Settings.Java.ClassPath == "" && !m.options.AddClasses() {
		known.Classes = m.files.Classes
	}
	switch f.Role {
	case rmq.Proxy:
		known.Inside = p.Role == rmq.Broker
		return validate.Proxy(f.Values.Keys, f.Values.Config, known)
	case rmq.Broker:
		known.GroupSize = m.Identity.Size
	}
	return validate.Properties(f.Values.Keys, f.Values.Config, known)
}

// warnAboutInputs says what was given and has no effect.
func (m *maker) warnAboutInputs() {
	for _, word := range m.args.Ignored {
		hint := ""
		key, value, ok := strings.Cut(word, "=")
		if ok && keys.Secret(key) {
			word, value = key+"="+keys.Redacted, keys.Redacted
		}
		if ok {
			hint = fmt.Sprintf("; to set this key: RMQ_CONF_%s=%s", key, value)
		}
		m.warnf("the word %q on the command line has no effect, as in RocketMQ's own scripts%s", word, hint)
	}
	for _, name := range m.Settings.Unknown {
		m.warnf("the variable %s is read by nobody: is it misspelt? (rocketmq-agent help lists all)", name)
	}
	if m.Settings.Environ.Get("JAVA_OPTS") != "" {
		m.warnf("JAVA_OPTS has no effect, as in RocketMQ's own scripts; JAVA_OPT_EXT is the one that is read")
	}
	m.Warnings = append(m.Warnings, m.files.Warnings...)
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
