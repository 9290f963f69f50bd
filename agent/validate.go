package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"rocketmq-agent/agent/config"
	"rocketmq-agent/agent/javaprops"
	"rocketmq-agent/agent/keys"
	"rocketmq-agent/agent/launch"
	"rocketmq-agent/agent/settings"
	"rocketmq-agent/agent/validate"
)

// validateCommand is the command `validate`: it judges files, whatever their role and release.
type validateCommand struct {
	role    settings.Role // empty: each file's own
	release string
	strict  bool
	json    bool
	table   *keys.Table
	sets    map[settings.Role]keys.Set
}

// validateFiles returns 78 when a file has an error, 64 for a bad command line.
func validateFiles(args []string, in io.Reader, out, errOut io.Writer) int {
	v := validateCommand{sets: map[settings.Role]keys.Set{}}
	files, err := v.parse(args)
	if err != nil {
		fmt.Fprintf(errOut, "rocketmq-agent validate: %v\n", err)
		return exitUsage
	}
	if v.table, err = keys.Load(); err != nil {
		fmt.Fprintf(errOut, "rocketmq-agent validate: %v\n", err)
		return exitFailure
	}
	all := []validate.Finding{} // not nil: JSON shows a list
	for _, file := range files {
		all = append(all, v.file(file, in)...)
	}
	v.print(all, out)
	if validate.Failed(all, v.strict) {
		return exitConfig
	}
	return exitOK
}

const validateUsage = "usage: rocketmq-agent validate [--role broker|namesrv|controller|proxy] [--release VERSION] [--strict] [--json] FILE… (- is standard input)"

func (v *validateCommand) parse(args []string) (files []string, err error) {
	var role string
	for len(args) > 0 { // options may stand behind files too
		word := args[0]
		args = args[1:]
		name, value, hasValue := strings.Cut(word, "=")
		takesValue := name == "--role" || name == "--release"
		if takesValue && !hasValue && len(args) > 0 {
			value, hasValue, args = args[0], true, args[1:]
		}
		switch {
		case takesValue != hasValue && strings.HasPrefix(word, "--"):
			return nil, fmt.Errorf("bad option %s; %s", word, validateUsage)
		case name == "--role":
			role = value
		case name == "--release":
			v.release = value
		case word == "--strict":
			v.strict = true
		case word == "--json":
			v.json = true
		case word != "-" && strings.HasPrefix(word, "-"):
			return nil, fmt.Errorf("unknown option %s; %s", word, validateUsage)
		default:
			files = append(files, word)
		}
	}
	if len(files) == 0 {
		return nil, errors.New("no file; " + validateUsage)
	}
	if role != "" {
		if v.role, err = settings.ParseRole(role); err == nil && v.role == settings.Standalone {
			err = errors.New("allowed: broker, namesrv, controller, proxy")
		}
		if err != nil {
			return nil, fmt.Errorf("--role %s: %w", role, err)
		}
	}
	if v.release == "" {
		v.release = keys.Releases[len(keys.Releases)-1]
		if home, err := launch.FindHome(os.Getenv("ROCKETMQ_HOME")); err == nil {
			v.release = home.Version
		}
	} else if !keys.IsRelease(v.release) {
		return nil, fmt.Errorf("--release %s: allowed: a release of RocketMQ, as 5.3.1", v.release)
	}
	return files, nil
}

// file judges one file.
func (v *validateCommand) file(name string, in io.Reader) []validate.Finding {
	text, err := readAll(name, in)
	if err != nil {
		return []validate.Finding{{File: name, Severity: validate.Error, Code: "unreadable", Message: "it cannot be read: " + err.Error()}}
	}
	role := v.role
	if role == "" && isJSON(name, text) {
		role = settings.Proxy
	}
	if role == settings.Proxy {
		return validate.Proxy(v.set(role), name, text)
	}
	props, err := javaprops.Parse(text)
	var syntax *javaprops.SyntaxError
	if errors.As(err, &syntax) {
		return []validate.Finding{{File: name, Line: syntax.Line, Severity: validate.Error, Code: "bad-escape", Message: syntax.Reason + ", and Java reads nothing of the file"}}
	}
	if role == "" {
		role = v.guess(name, props)
	}
	return validate.Properties(v.set(role), config.OfFile(config.Layer{Name: name, Props: props}), validate.Options{})
}

func readAll(name string, in io.Reader) ([]byte, error) {
	if name == "-" {
		return io.ReadAll(in)
	}
	return os.ReadFile(name)
}

func (v *validateCommand) set(role settings.Role) keys.Set {
	if _, ok := v.sets[role]; !ok {
		v.sets[role] = v.table.Set(v.release, role)
	}
	return v.sets[role]
}

func isJSON(name string, text []byte) bool {
	text = bytes.TrimPrefix(text, []byte("\ufeff")) // a byte order mark
	return filepath.Ext(name) == ".json" || bytes.HasPrefix(bytes.TrimSpace(text), []byte("{"))
}

// guess is whose file this is: the first word in its name that says so, else the role that knows most of its keys.
func (v *validateCommand) guess(name string, props []javaprops.Property) settings.Role {
	if word := roleWord.FindString(strings.ToLower(filepath.Base(name))); word != "" {
		return map[string]settings.Role{"broker": settings.Broker, "namesrv": settings.Namesrv, "nameserver": settings.Namesrv, "controller": settings.Controller}[word]
	}
	best, most := settings.Broker, -1
	for _, role := range []settings.Role{settings.Broker, settings.Controller, settings.Namesrv} { // a name server knows a controller's too
		known := 0
		for _, p := range props {
			if _, ok := v.set(role).Find(p.Key); ok {
				known++
			}
		}
		if known > most {
			best, most = role, known
		}
	}
	return best
}

var roleWord = regexp.MustCompile(`broker|namesrv|nameserver|controller`)

func (v *validateCommand) print(all []validate.Finding, out io.Writer) {
	if v.json {
		e := json.NewEncoder(out)
		e.SetIndent("", "  ")
		e.SetEscapeHTML(false)
		_ = e.Encode(all) // whoever closed the output does not want it
		return
	}
	for _, f := range all {
		fmt.Fprintln(out, f)
	}
}
