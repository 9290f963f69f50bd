package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"rocketmq-agent/agent/atomicfile"
	"rocketmq-agent/agent/cmdline"
	"rocketmq-agent/agent/exit"
	"rocketmq-agent/agent/explain"
	"rocketmq-agent/agent/plan"
	"rocketmq-agent/agent/rmq"
	"rocketmq-agent/agent/settings"
)

var renderCommand = command{
	name:  "render",
	usage: "render [ROLE] [the options of run] [--explain [--json] | --out DIR]",
	help: `what run would use, made by the same plan; starts nothing. Alone it prints the files without their secrets;
--explain shows each value with its source, what it displaced, its default and how a change takes effect, and each
JVM flag with its reason; --out writes the files as run would, for an init container
`,
	run: render,
}

// renderOptions are the options that run does not have.
type renderOptions struct {
	out     string
	explain bool
	json    bool
}

func render(c command, args []string, e Env) int {
	o, parsed, err := parseRender(c, args)
	if errors.Is(err, errHelp) {
		return c.misused(err, e)
	}
	s, settingsErr := settings.FromEnv()
	err = errors.Join(exit.With(exit.Usage, err), exit.With(exit.Config, settingsErr))
	var p plan.Plan
	if err == nil {
		p, err = makePlan(s, parsed)
	}
	if err == nil {
		for _, w := range p.Warnings {
			fmt.Fprintln(e.Err, w)
		}
		err = o.show(p, e.Out)
	}
	for _, problem := range exit.Problems(err) {
		fmt.Fprintln(e.Err, problem)
	}
	return exit.Code(err)
}

func parseRender(c command, args []string) (o renderOptions, parsed cmdline.Run, err error) {
	f := c.flags()
	f.StringVar(&o.out, "out", "", "the `folder` to write the files to")
	f.BoolVar(&o.explain, "explain", false, "show where every value came from")
	f.BoolVar(&o.json, "json", false, "explain as JSON")
	own, others := divide(f, args)
	if _, err := parse(f, own); err != nil {
		return o, parsed, err
	}
	given := false
	for _, word := range own {
		given = given || strings.HasPrefix(strings.TrimLeft(word, "-"), "out")
	}
	switch {
	case given && (o.out == "" || o.out[0] == '-'):
		return o, parsed, errors.New("option --out needs a folder")
	case o.json && !o.explain:
		return o, parsed, errors.New("option --json belongs to --explain")
	case o.explain && o.out != "":
		return o, parsed, errors.New("--out writes files and --explain shows them: use one")
	}
	parsed, err = cmdline.ParseRun(others)
	switch {
	case parsed.Help:
		err = errHelp
	case parsed.Print:
		err = errors.New("the options -p, -m and -h belong to run; render itself shows the configuration")
	}
	return o, parsed, err
}

func (o renderOptions) show(p plan.Plan, out io.Writer) error {
	switch {
	case o.out != "":
		return exit.With(exit.Storage, writeInto(o.out, p))
	case o.explain:
		return explainAll(p, out, o.json)
	}
	for _, process := range p.Processes {
		for _, f := range process.Files {
			if _, err := fmt.Fprintf(out, "# %s\n%s\n", f.Name, f.Redacted()); err != nil {
				return err
			}
		}
	}
	return nil
}

// writeInto writes every file into one folder, for an init container; secrets and all, so for this user and its group
// alone.
func writeInto(dir string, p plan.Plan) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("cannot make the folder for rendered files: %w", err)
	}
	for _, process := range p.Processes {
		for _, f := range process.Files {
			if err := atomicfile.Write(dir, f.Name, f.Text(), 0o640); err != nil {
				return err
			}
		}
	}
	return nil
}

// explainAll shows where every value came from.
func explainAll(p plan.Plan, out io.Writer, asJSON bool) error {
	all := []explain.Process{}
	for _, process := range p.Processes {
		all = append(all, explain.Process{
			Role:     string(process.Role),
			Release:  p.Home.Release.String(),
			Identity: identityPairs(p, process),
			Settings: explain.Settings(process.Files),
			JVM:      explain.Flags(process.Command.Flags),
			Memory:   p.Memory.String(),
		})
	}
	if asJSON {
		return encode(out, all)
	}
	for _, process := range all {
		if err := process.Write(out); err != nil {
			return err
		}
	}
	return nil
}

// identityPairs is what the identity of a process was derived from.
func identityPairs(p plan.Plan, process plan.Process) []explain.Pair {
	id := p.Identity
	switch {
	case process.Role == rmq.Broker && id.Topology == rmq.Manual:
		return []explain.Pair{
			{Name: "topology", Value: "manual: the configuration file decides"},
			{Name: "address", Value: id.AddressSource},
		}
	case process.Role == rmq.Broker:
		return []explain.Pair{
			{Name: "topology", Value: string(id.Topology)},
			{Name: "ordinal", Value: strconv.Itoa(id.Ordinal) + " from " + id.OrdinalSource},
			{Name: "group size", Value: strconv.Itoa(id.Size)},
			{Name: "group", Value: strconv.Itoa(id.Group)},
			{Name: "index", Value: strconv.Itoa(id.Index)},
			{Name: "name", Value: id.BrokerName + " from " + id.NameSource},
			{Name: "address", Value: id.AddressSource},
		}
	case p.Controller.Runs:
		return []explain.Pair{{Name: "controller", Value: p.Controller.SelfID + " from " + p.Controller.OrdinalSource}}
	}
	return nil
}

// encode writes JSON for programs and people.
func encode(out io.Writer, v any) error {
	e := json.NewEncoder(out)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(v)
}
