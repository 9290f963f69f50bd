package cli

import (
	"cmp"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"rocketmq-agent/agent/control"
)

var statusCommand = command{
	name:  "status",
	usage: "status [--json] [--watch]",
	help: `shows what the container does: who it is, its state, each check, its processes and memory, the drain or stop,
and how the last stop went. --watch shows it again every second; --json for programs.
`,
	run: status,
}

func status(c command, args []string, e Env) int {
	f := c.flags()
	asJSON := f.Bool("json", false, "")
	watch := f.Bool("watch", false, "")
	if _, err := parseFew(f, args, 0); err != nil {
		return c.misused(err, e)
	}
	agent, err := findAgent()
	for err == nil {
		var s control.Status
		if s, err = agent.Status(); err != nil {
			break
		}
		switch {
		case *asJSON:
			err = encode(e.Out, s)
		case *watch:
			_, err = fmt.Fprintf(e.Out, "\x1b[2J\x1b[H%s", screen(s, time.Now()))
		default:
			_, err = io.WriteString(e.Out, screen(s, time.Now()))
		}
		if !*watch || stopped(e.Signals, time.Second) {
			break
		}
	}
	return c.end(err, e)
}

// stopped waits for a signal, but no longer than that.
func stopped(signals <-chan os.Signal, atMost time.Duration) bool {
	select {
	case <-signals:
		return true
	case <-time.After(atMost):
		return false
	}
}

// screen is a status for a person.
func screen(s control.Status, now time.Time) string {
	var out strings.Builder
	w := tabwriter.NewWriter(&out, 0, 0, 2, ' ', 0)
	line := func(name, format string, args ...any) { fmt.Fprintf(w, "%s\t%s\n", name, fmt.Sprintf(format, args...)) }
	line("container", "%s, RocketMQ %s, rocketmq-agent %s, up %s", s.Role, s.Release, s.Version, age(now.Sub(s.Started)))
	if b := s.Broker; b != nil {
		line("broker", "%s, id %s, of %s, at %s", b.Name, brokerID(b.ID), b.Cluster, orNone(b.Address))
		line("topology", "%s%s", b.Topology, before(", ordinal ", b.Ordinal))
	}
	line("state", "%s for %s%s", s.State, age(now.Sub(s.Since)), before(": ", cmp.Or(s.Phase, s.Why)))
	line("ready", "%s", map[bool]string{true: "yes", false: "no"}[s.Ready])
	for _, c := range s.Checks {
		line("  "+mark(c), "%s%s", cmp.Or(c.Detail, c.Status), before(", ", agoOf(c.Age)))
	}
	for _, p := range s.Processes {
		line(p.Role, "%s", describe(p))
	}
	line("memory", "%s", s.MemoryPlan)
	steps(line, "drain", s.Drain)
	if l := s.LastStop; l != nil {
		line("last stop", "%s", lastStop(*l))
		steps(line, "", l.Steps)
	}
	_ = w.Flush() // into memory
	return out.String()
}

func mark(c control.Check) string {
	if c.Status == "ok" {
		return "[+] " + c.Name
	}
	return "[-] " + c.Name
}

func describe(p control.Process) string {
	switch {
	case p.Exit != "":
		return "gone: " + p.Exit
	case p.PID == 0:
		return "not started"
	}
	return fmt.Sprintf("pid %d, %d of %d MiB planned, configuration %.12s", p.PID, p.Resident>>20, p.Planned>>20, p.Config)
}

func steps(line func(name, format string, args ...any), name string, all []control.Step) {
	for _, s := range all {
		line(name, "%s: %s, %s", s.Name, s.Outcome, s.Took.Round(time.Millisecond))
		name = ""
	}
}

func lastStop(l control.LastStop) string {
	switch {
	case l.At.IsZero():
		return l.Why
	case l.Clean:
		return fmt.Sprintf("clean, %s, at %s: %s", l.Took, l.At.UTC().Format(time.RFC3339), l.Why)
	}
	return fmt.Sprintf("not clean, %s, at %s: %s", l.Took, l.At.UTC().Format(time.RFC3339), l.Why)
}

func age(d time.Duration) string { return d.Round(time.Second).String() }

func agoOf(d time.Duration) string {
	if d == 0 {
		return ""
	}
	return age(d) + " ago"
}

func brokerID(id int64) string {
	if id < 0 {
		return "not known yet"
	}
	return fmt.Sprint(id)
}

func orNone(address string) string { return cmp.Or(address, "an address that is not known yet") }

// before puts something before a text, unless there is none.
func before(what, text string) string {
	if text == "" {
		return ""
	}
	return what + text
}
