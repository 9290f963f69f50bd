// Package cmdline reads the arguments of `run`, which are those of RocketMQ's own start scripts.
package cmdline

import (
	"fmt"
	"strings"

	"rocketmq-agent/agent/rmq"
)

// Run is what the command line of `run` says.
type Run struct {
	Role        rmq.Role // empty: the environment decides
	ConfigFile  string   // -c
	Namesrv     rmq.AddrList
	EnableProxy bool   // --enable-proxy: a broker with a proxy in the same JVM
	ProxyMode   string // -pm: local or cluster
	ProxyConfig string // -pc
	Print       bool   // -p or -m: RocketMQ prints something and leaves; nothing is supervised
	Help        bool   // -h: the agent prints its own help
	Ignored     []string
	Upstream    []string // the arguments without the role, for Print
}

// option is one option of the stock commands (commons-cli, which takes a value as the next argument or after "=").
type option struct {
	short, long string
	value       bool
	set         func(r *Run, v string) error
}

var options = []option{
	{"c", "configFile", true, func(r *Run, v string) error { r.ConfigFile = v; return nil }},
	{"bc", "brokerConfigPath", true, func(r *Run, v string) error { r.ConfigFile = v; return nil }},
	{"pc", "proxyConfigPath", true, func(r *Run, v string) error { r.ProxyConfig = v; return nil }},
	{"pm", "proxyMode", true, setProxyMode},
	{"n", "namesrvAddr", true, func(r *Run, v string) (err error) { r.Namesrv, err = rmq.ParseAddrs(v); return err }},
	{"", "enable-proxy", false, func(r *Run, _ string) error { r.EnableProxy = true; return nil }},
	{"p", "printConfigItem", false, setPrint},
	{"m", "printImportantConfig", false, setPrint},
	{"h", "help", false, func(r *Run, _ string) error { r.Help = true; return nil }},
}

func setPrint(r *Run, _ string) error { r.Print = true; return nil }

func setProxyMode(r *Run, v string) error {
	r.ProxyMode = strings.ToLower(v)
	if r.ProxyMode != "local" && r.ProxyMode != "cluster" {
		return fmt.Errorf("%q: allowed: local, cluster", v)
	}
	return nil
}

// ParseRun reads the arguments after `run`. The first one may be a role. Words that are no option are ignored, as the
// stock commands ignore them, and listed in Ignored.
func ParseRun(args []string) (Run, error) {
	var r Run
	if len(args) > 0 && !strings.HasPrefix(args[0], "-") {
		role, err := rmq.ParseRole(args[0])
		if err != nil {
			return Run{}, fmt.Errorf("unknown role %q: %w", args[0], err)
		}
		r.Role, args = role, args[1:]
	}
	r.Upstream = args
	for len(args) > 0 {
		var err error
		if args, err = r.next(args); err != nil {
			return Run{}, err
		}
	}
	return r, nil
}

// next consumes one option, with its value, or one word.
func (r *Run) next(args []string) (rest []string, err error) {
	word := args[0]
	if !strings.HasPrefix(word, "-") || word == "-" {
		r.Ignored = append(r.Ignored, word)
		return args[1:], nil
	}
	name, value, hasValue := strings.Cut(strings.TrimLeft(word, "-"), "=")
	o, ok := find(name)
	if !ok {
		if o, value, ok = attached(word); !ok {
			return nil, fmt.Errorf("unknown option %s: allowed are -c FILE, -n HOST:PORT;…, --enable-proxy, "+
				"-pc FILE, -bc FILE, -pm local|cluster, -p, -m, -h", word)
		}
		hasValue = true
	}
	if !o.value && hasValue {
		return nil, fmt.Errorf("option %s takes no value", word)
	}
	args = args[1:]
	if o.value && !hasValue && len(args) > 0 && !strings.HasPrefix(args[0], "-") {
		value, args = args[0], args[1:]
	}
	if o.value && value == "" {
		return nil, fmt.Errorf("option %s needs a value", word)
	}
	if err := o.set(r, value); err != nil {
		return nil, fmt.Errorf("option %s: %w", word, err)
	}
	return args, nil
}

func find(name string) (option, bool) {
	for _, o := range options {
		if name != "" && (name == o.short || name == o.long) {
			return o, true
		}
	}
	return option{}, false
}

// attached recognises -cFILE and -nADDRS.
func attached(word string) (option, string, bool) {
	if len(word) < 3 || word[1] == '-' {
		return option{}, "", false
	}
	o, ok := find(word[1:2])
	return o, word[2:], ok && o.value
}
