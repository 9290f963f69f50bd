package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"

	"rocketmq-agent/agent/cmdline"
	"rocketmq-agent/agent/config"
	"rocketmq-agent/agent/explain"
	"rocketmq-agent/agent/keys"
	"rocketmq-agent/agent/settings"
)

// renderOptions are the options of `render` that `run` does not have.
type renderOptions struct {
	out     string // --out: write the files there
	explain bool
	json    bool
}

// render is the command `render`: what `run` would use, made by the same plan.
func render(args []string, out, errOut io.Writer) int {
	o, rest, err := parseRender(args)
	var parsed cmdline.Run
	if err == nil {
		parsed, err = cmdline.ParseRun(rest)
	}
	if parsed.Print {
		err = errors.New("the options -p, -m and -h belong to run; render itself shows the configuration")
	}
	s, settingsErr := settings.FromEnv()
	if err = errors.Join(refuse(exitUsage, err), refuse(exitConfig, settingsErr)); err != nil {
		return renderRefused(errOut, err)
	}
	p, err := makePlan(s, parsed)
	if err != nil {
		return renderRefused(errOut, err)
	}
	for _, w := range p.warnings {
		fmt.Fprintln(errOut, w)
	}
	switch {
	case o.out != "":
		err = refuse(exitStorage, p.writeInto(o.out))
	case o.explain:
		err = p.explain(out, o.json)
	default:
		err = p.show(out)
	}
	if err != nil {
		return renderRefused(errOut, err)
	}
	return exitOK
}

// renderRefused prints every problem on a line and returns the exit code that run would leave with.
func renderRefused(errOut io.Writer, err error) int {
	for _, problem := range flatten(err) {
		fmt.Fprintln(errOut, problem)
	}
	return codeOf(err)
}

func parseRender(args []string) (o renderOptions, rest []string, err error) {
	for len(args) > 0 {
		word := args[0]
		args = args[1:]
		switch value, hasValue := strings.CutPrefix(word, "--out="); {
		case word == "--explain":
			o.explain = true
		case word == "--json":
			o.json = true
		case hasValue && value != "":
			o.out = value
		case word == "--out" && len(args) > 0 && args[0] != "" && args[0][0] != '-':
			o.out, args = args[0], args[1:]
		case hasValue, word == "--out":
			return o, nil, errors.New("option --out needs a folder")
		default:
			rest = append(rest, word)
		}
	}
	if o.json && !o.explain {
		return o, nil, errors.New("option --json belongs to --explain")
	}
	if o.explain && o.out != "" {
		return o, nil, errors.New("--out writes files and --explain shows them: use one")
	}
	return o, rest, nil
}

// writeInto writes every file into one folder, for an init container; secrets and all, so for this user and its group alone.
func (p *plan) writeInto(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("cannot make the folder for rendered files: %w", err)
	}
	for _, j := range p.jvms {
		for name, text := range j.files {
			if err := config.WriteFile(dir, name, text, 0o640); err != nil {
				return err
			}
		}
	}
	return nil
}

// show prints the files without their secrets.
func (p *plan) show(out io.Writer) error {
	for _, j := range p.jvms {
		for _, name := range slices.Sorted(maps.Keys(j.files)) {
			text := j.conf.Redacted(keys.Secret, keys.Redacted)
			if strings.HasSuffix(name, ".json") {
				text = config.RedactObject(j.files[name], p.secret, keys.Redacted)
			}
			if _, err := fmt.Fprintf(out, "# %s\n%s\n", name, text); err != nil {
				return err
			}
		}
	}
	return nil
}

// secret says whether nobody may see the values of a key in a JSON file, which does not remember where they came from.
func (p *plan) secret(key string) bool {
	return keys.Secret(key) || slices.ContainsFunc(p.settings.Conf, func(v settings.ConfValue) bool { return v.Secret && v.Key == key })
}

// explain shows where every value came from.
func (p *plan) explain(out io.Writer, asJSON bool) error {
	all := []explain.Process{}
	for i, j := range p.jvms {
		command := p.command(j, p.memory.JVMs[i].Flags(), j.args)
		all = append(all, explain.Process{
			Role: string(j.role), Release: p.home.Version, Identity: p.identityPairs(j),
			Settings: explain.Settings(p.keys.Set(p.home.Version, j.role), j.conf), JVM: explain.Flags(command.Flags), Memory: p.memory.String(),
		})
	}
	if asJSON {
		e := json.NewEncoder(out)
		e.SetIndent("", "  ")
		e.SetEscapeHTML(false)
		return e.Encode(all)
	}
	for _, process := range all {
		if err := process.Write(out); err != nil {
			return err
		}
	}
	return nil
}

// identityPairs is what the identity of a process was derived from.
func (p *plan) identityPairs(j jvm) []explain.Pair {
	id := p.identity
	switch {
	case j.role == settings.Broker && id.Topology == settings.Manual:
		return []explain.Pair{{Name: "topology", Value: "manual: the configuration file decides"}, {Name: "address", Value: id.AddressSource}}
	case j.role == settings.Broker:
		return []explain.Pair{
			{Name: "topology", Value: string(id.Topology)}, {Name: "ordinal", Value: strconv.Itoa(id.Ordinal) + " from " + id.OrdinalSource},
			{Name: "group size", Value: strconv.Itoa(id.Size)}, {Name: "group", Value: strconv.Itoa(id.Group)}, {Name: "index", Value: strconv.Itoa(id.Index)},
			{Name: "address", Value: id.AddressSource},
		}
	case p.controllers.Runs:
		return []explain.Pair{{Name: "controller", Value: p.controllers.SelfID + " from " + p.controllers.OrdinalSource}}
	}
	return nil
}
