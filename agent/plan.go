package main

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"maps"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"rocketmq-agent/agent/cmdline"
	"rocketmq-agent/agent/config"
	"rocketmq-agent/agent/identity"
	"rocketmq-agent/agent/keys"
	"rocketmq-agent/agent/launch"
	"rocketmq-agent/agent/memory"
	"rocketmq-agent/agent/settings"
	"rocketmq-agent/agent/validate"
)

// refusal is an error with the exit code that it deserves.
type refusal struct {
	code int
	err  error
}

func (r refusal) Error() string { return r.err.Error() }
func (r refusal) Unwrap() error { return r.err }

// refuse gives err the exit code code; nil stays nil.
func refuse(code int, err error) error {
	if err == nil {
		return nil
	}
	return refusal{code, err}
}

// plan is everything that is known before anything is started or written.
type plan struct {
	settings    settings.Settings
	args        cmdline.Run
	role        settings.Role
	home        launch.Home
	java        launch.Java
	options     launch.Options // the user's JVM options
	userHome    string         // what RocketMQ takes for the user's home: logs and defaults of all stores
	stateDir    string         // where rendered files go
	file        config.Layer
	identity    identity.Identity
	controllers identity.Controller
	jvms        []jvm // in start order
	memory      memory.Plan
	keys        *keys.Table
	warnings    []string
	abort       string // RocketMQ's mark of an unclean stop, as found before the start: RocketMQ makes it again in every start
}

// makePlan decides everything. It reads files and starts nothing.
func makePlan(s settings.Settings, args cmdline.Run) (*plan, error) {
	p := &plan{settings: s, args: args, role: args.Role, options: launch.ReadOptions(os.Getenv)}
	if p.role == "" {
		p.role = s.Role
	}
	if p.role == "" {
		p.role = settings.Standalone
	}
	if p.role == settings.Proxy && args.ProxyMode == "local" {
		p.role, p.args.EnableProxy = settings.Broker, true // mqproxy -pm local is mqbroker --enable-proxy by its other name
	}
	if p.args.EnableProxy && p.role != settings.Broker {
		return nil, refuse(exitUsage, fmt.Errorf("--enable-proxy belongs to a broker, not to %s", p.role))
	}
	p.warn()
	if err := errors.Join(p.findPrograms(), refuse(exitConfig, p.readFile())); err != nil {
		return nil, err
	}
	p.findFolders()
	var err error
	if p.identity, err = identity.Derive(s, p.role, p.file.SetsIdentity()); err != nil && p.hasBroker() {
		return nil, refuse(exitConfig, err)
	}
	if p.controllers, err = identity.DeriveController(s, p.role); err != nil {
		return nil, refuse(exitConfig, err)
	}
	p.warnManual()
	if err := p.planJVMs(); err != nil {
		return nil, refuse(exitConfig, err)
	}
	if err := p.check(); err != nil {
		return nil, refuse(exitConfig, err)
	}
	if args.Print {
		return p, nil // a JVM that only prints needs no plan
	}
	return p, refuse(exitConfig, p.planMemory())
}

// check judges every configuration before a JVM sees it: RocketMQ passes over mistakes without a word.
func (p *plan) check() (err error) {
	if p.keys, err = keys.Load(); err != nil {
		return err
	}
	var problems []error
	for _, j := range p.jvms {
		for _, f := range p.findings(j) {
			if f.Severity == validate.Error || p.settings.ConfigStrict {
				problems = append(problems, errors.New(f.String()))
			} else {
				p.warnf("%s", f)
			}
		}
	}
	return errors.Join(problems...)
}

// findings are what is wrong with the files of one process.
func (p *plan) findings(j jvm) (all []validate.Finding) {
	if j.role != settings.Proxy {
		size := 0
		if j.role == settings.Broker {
			size = p.identity.Size
		}
		all = validate.Properties(p.keys.Set(p.home.Version, j.role), j.conf, validate.Options{GroupSize: size})
	}
	if j.proxy != nil && !strings.HasPrefix(j.proxy.From, config.EmbeddedTemplate) {
		all = append(all, p.proxyFindings(j)...)
	}
	return all
}

// proxyFindings are about the merged file: what a variable set is that variable's, and no line of the file it stands in.
func (p *plan) proxyFindings(j jvm) []validate.Finding {
	all := validate.Proxy(p.keys.Set(p.home.Version, settings.Proxy), j.proxy.From, j.proxy.Text)
	if j.role != settings.Proxy {
		return all // the variables are the broker's
	}
	for i, f := range all {
		if len(p.settings.Conf) > 0 {
			all[i].Line = 0
		}
		for _, v := range p.settings.Conf {
			if v.Key != f.Key {
				continue
			}
			all[i].File = v.Variable
			if v.Secret {
				all[i].Value, all[i].Message, all[i].Suggestion = keys.Redacted, "the value cannot be used", ""
			}
		}
	}
	return all
}

func (p *plan) hasBroker() bool { return p.role == settings.Broker || p.role == settings.Standalone }

// warn says what was given and has no effect.
func (p *plan) warn() {
	for _, word := range p.args.Ignored {
		hint := ""
		key, value, ok := strings.Cut(word, "=")
		if ok && keys.Secret(key) {
			word, value = key+"="+keys.Redacted, keys.Redacted
		}
		if ok {
			hint = fmt.Sprintf("; to set this key: RMQ_CONF_%s=%s", key, value)
		}
		p.warnf("the word %q on the command line has no effect, as in RocketMQ's own scripts%s", word, hint)
	}
	for _, name := range p.settings.Unknown {
		p.warnf("the variable %s is read by nobody: is it misspelt? (rocketmq-agent help lists all)", name)
	}
	if os.Getenv("JAVA_OPTS") != "" {
		p.warnf("JAVA_OPTS has no effect, as in RocketMQ's own scripts; JAVA_OPT_EXT is the one that is read")
	}
}

// warnManual says which settings the configuration file overrules.
func (p *plan) warnManual() {
	if !p.hasBroker() || p.identity.Topology != settings.Manual {
		return
	}
	for _, name := range []string{"RMQ_BROKER_NAME_PREFIX", "RMQ_ORDINAL", "RMQ_GROUP_SIZE", "RMQ_REPLICA_INDEX", "RMQ_REPLICATION", "RMQ_CONTROLLER"} {
		if os.Getenv(name) != "" {
			p.warnf("%s has no effect: the topology is manual, where the configuration file decides the identity", name)
		}
	}
}

func (p *plan) warnf(format string, args ...any) {
	p.warnings = append(p.warnings, fmt.Sprintf(format, args...))
}

func (p *plan) findPrograms() error {
	var homeErr, javaErr error
	p.home, homeErr = launch.FindHome(p.settings.Java.RocketMQHome)
	var warnings []string
	p.java, warnings, javaErr = launch.FindJava(p.settings.Java.JavaHome, os.Getenv("PATH"))
	p.warnings = append(p.warnings, warnings...)
	code := exitConfig
	if p.java.Path == "" {
		code = exitNotFound // as a shell says it
	}
	return errors.Join(refuse(exitConfig, homeErr), refuse(code, javaErr))
}

// readFile reads the mounted properties file: -c, or the role's file in RMQ_CONFIG_DIR.
func (p *plan) readFile() (err error) {
	path := p.args.ConfigFile
	if path == "" && p.settings.ConfigDir != "" {
		name := map[settings.Role]string{settings.Namesrv: "namesrv.conf", settings.Controller: "controller.conf"}[p.role]
		if p.hasBroker() {
			name = "broker.conf"
		}
		path = existing(filepath.Join(p.settings.ConfigDir, name))
	}
	if path == "" || p.role == settings.Proxy {
		return nil
	}
	p.file, err = config.ReadFile(theOne(path))
	if errors.Is(err, fs.ErrNotExist) && p.home.Dir != "" {
		err = fmt.Errorf("%w (this image's RocketMQ is in %s)", err, p.home.Dir)
	}
	return err
}

// theOne resolves a pattern that matches exactly one file: RocketMQ's own scripts expand their arguments.
func theOne(path string) string {
	if existing(path) == "" {
		if m, err := filepath.Glob(path); err == nil && len(m) == 1 {
			return m[0]
		}
	}
	return path
}

// existing is path, or empty when there is no such file.
func existing(path string) string {
	if info, err := os.Stat(path); err != nil || info.IsDir() {
		return ""
	}
	return path
}

// findFolders decides what RocketMQ takes for the user's home, and where rendered files go.
func (p *plan) findFolders() {
	p.stateDir = filepath.Join(os.TempDir(), "rocketmq-agent-"+strconv.Itoa(os.Geteuid()))
	p.userHome = p.settings.Java.Home
	if home := p.options.UserHome(); home != "" {
		p.userHome = home
	}
	if p.userHome == "" || p.userHome == "/" { // a user that /etc/passwd does not know
		p.userHome = filepath.Dir(p.home.Dir)
		if unix.Access(p.userHome, unix.W_OK) != nil {
			p.userHome = filepath.Join(p.stateDir, "home")
		}
		p.warnf("HOME is not set: logs and, unless storePathRootDir is set, the store go to %s", p.userHome)
	}
}

// planMemory divides the container's memory limit among its JVMs.
func (p *plan) planMemory() error {
	limit, err := memory.ReadLimit(os.DirFS("/"))
	if err != nil {
		return err
	}
	var options []memory.Option
	for _, o := range p.options {
		options = append(options, memory.Option{Text: o.Text, Source: o.Source})
	}
	var units []memory.Unit
	for _, j := range p.jvms {
		units = append(units, memory.Unit{Kind: j.kind(), Options: options, Direct: transientPool(j.conf)})
	}
	p.memory, err = memory.New(units, limit)
	p.warnings = append(p.warnings, p.memory.Warnings...)
	return err
}

// checkPorts tries every port: RocketMQ would find one in use only after it has loaded its store.
func (p *plan) checkPorts() error {
	var problems []error
	taken := map[int]settings.Role{}
	for _, j := range p.jvms {
		for _, port := range j.ports {
			if other, twice := taken[port]; twice {
				problems = append(problems, fmt.Errorf("%s and %s both want port %d", other, j.role, port))
				continue
			}
			taken[port] = j.role
			l, err := net.Listen("tcp", ":"+strconv.Itoa(port))
			if err != nil {
				problems = append(problems, fmt.Errorf("%s cannot use port %d: %w", j.role, port, errors.Unwrap(err)))
				continue
			}
			_ = l.Close()
		}
	}
	return refuse(exitConfig, errors.Join(problems...))
}

// write puts all rendered files into their private folders.
func (p *plan) write() error {
	for _, j := range p.jvms {
		if err := config.PrivateDir(p.stateDir); err != nil {
			return refuse(exitStorage, err)
		}
		if err := config.PrivateDir(p.dir(j)); err != nil {
			return refuse(exitStorage, err)
		}
		for name, text := range j.files {
			if err := config.WriteFile(p.dir(j), name, text, 0o600); err != nil {
				return refuse(exitStorage, err)
			}
		}
	}
	return nil
}

// checksums are the SHA-256 of each process's rendered configuration, in hex.
func (p *plan) checksums() map[string]string {
	sums := map[string]string{}
	for _, j := range p.jvms {
		h := sha256.New()
		for _, name := range slices.Sorted(maps.Keys(j.files)) {
			h.Write(j.files[name])
		}
		sums[string(j.role)] = hex.EncodeToString(h.Sum(nil))
	}
	return sums
}

// logWarnings says each warning once.
func logWarnings(log *slog.Logger, warnings []string) {
	for _, w := range warnings {
		log.Warn(w)
	}
}
