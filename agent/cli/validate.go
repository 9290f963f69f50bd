package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"regexp"
	"strings"

	"rocketmq-agent/agent/config"
	"rocketmq-agent/agent/exit"
	"rocketmq-agent/agent/javaprops"
	"rocketmq-agent/agent/keys"
	"rocketmq-agent/agent/launch"
	"rocketmq-agent/agent/rmq"
	"rocketmq-agent/agent/settings"
	"rocketmq-agent/agent/validate"
)

var validateCommand = command{
	name: "validate",
	usage: "validate [--role broker|namesrv|controller|proxy] [--release VERSION] [--strict] [--json] " +
		"FILE… (- is standard input)",
	help: `judges broker.conf, namesrv.conf, controller.conf and rmq-proxy.json as the release reads them: all problems at
once as FILE:LINE: error|warning: KEY: …; exit code 78 if there is an error, with --strict also for warnings. The
release is the one in ROCKETMQ_HOME, else the newest that it knows
`,
	run: validateFiles,
}

// validator judges files, whatever their role and release.
type validator struct {
	role    rmq.Role // empty: each file's own
	release rmq.Release
	known   validate.Options
	strict  bool
	json    bool
	in      io.Reader
	table   *keys.Table
	sets    map[rmq.Role]keys.Set
}

// validateFiles returns 78 when a file has an error, 64 for a bad command line.
func validateFiles(c command, args []string, e Env) int {
	v := validator{in: e.In, sets: map[rmq.Role]keys.Set{}}
	files, err := v.parse(c, args)
	if err != nil {
		return c.misused(err, e)
	}
	if v.table, err = keys.Load(); err != nil {
		fmt.Fprintf(e.Err, "rocketmq-agent validate: %v\n", err)
		return exit.Failure
	}
	all := []validate.Finding{} // not nil: JSON shows a list
	for _, file := range files {
		all = append(all, v.file(file)...)
	}
	v.print(all, e.Out)
	if validate.Failed(all, v.strict) {
		return exit.Config
	}
	return exit.OK
}

func (v *validator) parse(c command, args []string) (files []string, err error) {
	f := c.flags()
	role := f.String("role", "", "a `role`")
	release := f.String("release", "", "a `release` of RocketMQ")
	f.BoolVar(&v.strict, "strict", false, "warnings fail too")
	f.BoolVar(&v.json, "json", false, "print JSON")
	if files, err = parse(f, args); err != nil {
		return nil, err
	}
	if len(files) == 0 {
		return nil, errors.New("no file")
	}
	if *role != "" {
		if v.role, err = rmq.ParseRole(*role); err == nil && v.role == rmq.Standalone {
			err = errors.New("allowed: broker, namesrv, controller, proxy")
		}
		if err != nil {
			return nil, fmt.Errorf("--role %s: %w", *role, err)
		}
	}
	return files, v.choose(*release)
}

// choose takes the release that was asked for, else the one that is there, of which it knows the classes too, else the
// newest that is known.
func (v *validator) choose(asked string) (err error) {
	if asked != "" {
		if v.release, err = rmq.ParseRelease(asked); err != nil {
			return fmt.Errorf("--release %s: allowed: a release of RocketMQ, as 5.3.1", asked)
		}
		return nil
	}
	v.release = keys.Newest()
	s, _ := settings.FromEnv() // what is wrong in the environment is not this command's business
	home, err := launch.FindHome(s.Java.RocketMQHome)
	if err != nil {
		return nil
	}
	v.release = home.Release
	if s.Java.ClassPath == "" && !launch.ReadOptions(s.Environ.Get).AddClasses() {
		v.known.Classes = home.Classes()
	}
	return nil
}

// file judges one file.
func (v *validator) file(name string) []validate.Finding {
	text, err := v.read(name)
	if err != nil {
		return []validate.Finding{{
			File:     name,
			Severity: validate.Error,
			Code:     "unreadable",
			Message:  "it cannot be read: " + err.Error(),
		}}
	}
	role := v.role
	if role == "" && isJSON(name, text) {
		role = rmq.Proxy
	}
	if role == rmq.Proxy {
		return validate.Proxy(v.set(role), config.Of(config.Layer{Name: name}.WithJSON(text)), v.known)
	}
	props, err := javaprops.Parse(text)
	if syntax, bad := errors.AsType[*javaprops.SyntaxError](err); bad {
		return []validate.Finding{{
			File:     name,
			Line:     syntax.Line,
			Severity: validate.Error,
			Code:     "bad-escape",
			Message:  syntax.Reason + ", and Java reads nothing of the file",
		}}
	}
	if role == "" {
		role = v.guess(name, props)
	}
	return validate.Properties(v.set(role), config.Of(config.Layer{Name: name, Props: props}), v.known)
}

func (v *validator) read(name string) ([]byte, error) {
	if name != "-" {
		return config.ReadText(name)
	}
	text, err := io.ReadAll(v.in)
	if err == nil {
		err = config.CheckEncoding(text)
	}
	return text, err
}

func (v *validator) set(role rmq.Role) keys.Set {
	if _, ok := v.sets[role]; !ok {
		v.sets[role] = v.table.Set(v.release, role)
	}
	return v.sets[role]
}

func isJSON(name string, text []byte) bool {
	text = bytes.TrimPrefix(text, []byte("\ufeff")) // a byte order mark
	return filepath.Ext(name) == ".json" || bytes.HasPrefix(bytes.TrimSpace(text), []byte("{"))
}

// roleWord finds a role in the name of a file.
var roleWord = regexp.MustCompile(`broker|namesrv|nameserver|controller`)

// guess is whose file this is: the first word in its name that says so, else the role that knows most of its keys.
func (v *validator) guess(name string, props []javaprops.Property) rmq.Role {
	if word := roleWord.FindString(strings.ToLower(filepath.Base(name))); word != "" {
		role, _ := rmq.ParseRole(word) // each of the words is one
		return role
	}
	best, most := rmq.Broker, -1
	for _, role := range []rmq.Role{rmq.Broker, rmq.Controller, rmq.Namesrv} { // a name server knows a controller's too
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

func (v *validator) print(all []validate.Finding, out io.Writer) {
	if v.json {
		_ = encode(out, all) // whoever closed the output does not want it
		return
	}
	for _, f := range all {
		fmt.Fprintln(out, f)
	}
}
