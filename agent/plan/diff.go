package plan

import (
	"cmp"
	"slices"
	"strings"

	"rocketmq-agent/agent/config"
	"rocketmq-agent/agent/keys"
	"rocketmq-agent/agent/rmq"
)

// Effect is what it takes for a change to be used, the greater the more.
type Effect int

// The effects. What is Never needs another container, or endangers data.
const (
	None Effect = iota // RocketMQ takes it for the same
	Live
	Restart
	Never
)

// String is the word for people.
func (e Effect) String() string { return [...]string{"none", "live", "restart", "never"}[e] }

// Change is one difference between two plans.
type Change struct {
	Process rmq.Role
	What    string // a key of RocketMQ's, "JVM flags", or "process"
	From    string // the values as anybody may see them; empty where there was none
	To      string
	Effect  Effect
}

// Diff says what is different in new, in the order of its processes and their keys.
func Diff(old, new Plan) []Change {
	var all []Change
	for _, role := range rmq.Processes {
		was, had := find(old, role)
		is, has := find(new, role)
		switch {
		case had && has:
			all = append(all, diffProcess(was, is)...)
		case had:
			all = append(all, Change{Process: role, What: "process", From: string(role), Effect: Never})
		case has:
			all = append(all, Change{Process: role, What: "process", To: string(role), Effect: Never})
		}
	}
	return all
}

// Greatest is the effect of all changes together.
func Greatest(changes []Change) Effect {
	greatest := None
	for _, c := range changes {
		greatest = max(greatest, c.Effect)
	}
	return greatest
}

func find(p Plan, role rmq.Role) (Process, bool) {
	i := slices.IndexFunc(p.Processes, func(process Process) bool { return process.Role == role })
	if i < 0 {
		return Process{}, false
	}
	return p.Processes[i], true
}

func diffProcess(was, is Process) []Change {
	var all []Change
	for i := range max(len(was.Files), len(is.Files)) {
		switch c := (Change{Process: is.Role, Effect: Restart}); {
		case i >= len(is.Files):
			c.What, c.From = was.Files[i].Name, was.Files[i].Name
			all = append(all, c)
		case i >= len(was.Files):
			c.What, c.To = is.Files[i].Name, is.Files[i].Name
			all = append(all, c)
		default:
			all = append(all, diffFile(is.Role, was.Files[i], is.Files[i])...)
		}
	}
	if from, to := flags(was), flags(is); !slices.Equal(from, to) {
		all = append(all, Change{
			Process: is.Role,
			What:    "JVM flags",
			From:    shown(from),
			To:      shown(to),
			Effect:  Restart,
		})
	}
	return all
}

// flags are what the JVM is told; what stands behind its main class follows from the files.
func flags(p Process) (words []string) {
	for _, f := range p.Command.Flags {
		if strings.HasPrefix(f.Text, "-") && f.Source != "program arguments" {
			words = append(words, f.Text)
		}
	}
	return words
}

// shown are flags as anybody may see them.
func shown(words []string) string {
	var all []string
	for _, w := range words {
		all = append(all, keys.RedactOption(w))
	}
	return strings.Join(all, " ")
}

func diffFile(role rmq.Role, was, is File) []Change {
	var all []Change
	for _, key := range union(was.Values.Config, is.Values.Config) {
		from, had := was.Values.Find(key)
		to, has := is.Values.Find(key)
		if had == has && from.Value == to.Value {
			continue
		}
		c := Change{Process: role, What: key, From: from.Shown(), To: to.Shown(), Effect: effect(is.Values.Keys, key)}
		if _, known := is.Values.Keys.Find(key); known && was.Values.Text(key) == is.Values.Text(key) {
			c.Effect = None
		}
		if is.Role == rmq.Proxy && c.Effect == Live {
			c.Effect = Restart // a proxy takes nothing while it runs
		}
		all = append(all, c)
	}
	return all
}

// effect is what a change of the key takes. One that RocketMQ does not know, or never looks at, changes nothing.
func effect(set keys.Set, key string) Effect {
	k, known := set.Find(key)
	switch {
	case !known && !set.Empty(), k.Unread:
		return None
	case k.Effect == keys.Live:
		return Live
	case k.Effect == keys.Dangerous:
		return Never
	}
	return Restart
}

func union(a, b config.Config) (all []string) {
	for _, c := range []config.Config{a, b} {
		for _, v := range c.Values() {
			all = append(all, v.Key)
		}
	}
	slices.SortFunc(all, cmp.Compare[string])
	return slices.Compact(all)
}
