package plan

import (
	"errors"

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
