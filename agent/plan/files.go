package plan

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"

	"rocketmq-agent/agent/account"
	"rocketmq-agent/agent/cmdline"
	"rocketmq-agent/agent/config"
	"rocketmq-agent/agent/exit"
	"rocketmq-agent/agent/identity"
	"rocketmq-agent/agent/keys"
	"rocketmq-agent/agent/launch"
	"rocketmq-agent/agent/memory"
	"rocketmq-agent/agent/mountinfo"
	"rocketmq-agent/agent/reach"
	"rocketmq-agent/agent/rmq"
	"rocketmq-agent/agent/settings"
	"rocketmq-agent/agent/store"
	"rocketmq-agent/agent/validate"
)

// Files is what a plan takes from the machine. Read finds it; a test makes it up.
type Files struct {
	Home      launch.Home
	Java      launch.Java
	Limit     memory.Limit
	Keys      *keys.Table
	Templates config.Templates
	Config    config.Layer // the mounted properties file: -c, or the role's file in RMQ_CONFIG_DIR
	Proxy     config.Layer // the mounted rmq-proxy.json
	TLS       TLSFile
	Account   account.Account // of RMQ_ACCESS_KEY_FILE
	ACL       account.Account // an administrator of ACL 1.0
	ACLErr    error           // its files cannot be used
	UID       int             // that the agent runs as
	Warnings  []string

	Classes  validate.Classes                                  // nil: not known
	CanWrite func(dir string) error                            // nil: it can
	Owner    func(store string) (o identity.Owner, known bool) // whom a store belongs to by its stamp
	Reach    func(hosts []string) reach.Found                  // the address of this machine that hosts see
}

// Read looks at the machine. The error has every problem, with its exit code.
func Read(s settings.Settings, args cmdline.Run) (f Files, err error) {
	r, err := resolve(s, args)
	if err != nil {
		return Files{}, err
	}
	f.UID = os.Geteuid()
	f.CanWrite = func(dir string) error { return unix.Access(dir, unix.W_OK) }
	f.Owner = func(dir string) (identity.Owner, bool) {
		o, known, err := store.ReadStamp(dir)
		return o, known && err == nil // one that cannot be read is refused when the store is opened
	}
	f.Reach = func(hosts []string) reach.Found { return reach.To(context.Background(), hosts) }
	problems := []error{
		f.findPrograms(s),
		exit.With(exit.Config, f.readConfig(s, args, r)),
		exit.With(exit.Config, f.readAccess(s)),
	}
	f.Keys, err = keys.Load()
	problems = append(problems, err)
	f.Templates, err = config.ReadTemplates(s.ConfigDir)
	problems = append(problems, err)
	if !args.Print { // a JVM that only prints needs no plan of its memory
		f.Limit, err = memory.ReadLimit(os.DirFS("/"))
		problems = append(problems, exit.With(exit.Config, err))
	}
	return f, errors.Join(problems...)
}

func (f *Files) findPrograms(s settings.Settings) error {
	var homeErr, javaErr error
	f.Home, homeErr = launch.FindHome(s.Java.RocketMQHome)
	f.Java, f.Warnings, javaErr = launch.FindJava(s.Java.JavaHome, s.Java.Path)
	f.Classes = f.Home.Classes()
	code := exit.Config
	if f.Java.Path == "" {
		code = exit.NotFound // as a shell says it
	}
	return errors.Join(exit.With(exit.Config, homeErr), exit.With(code, javaErr))
}

// readConfig reads the mounted files.
func (f *Files) readConfig(s settings.Settings, args cmdline.Run, r run) error {
	if r.role == rmq.Proxy || r.withProxy {
		if path := proxyFile(s, args, f.Home); path != "" {
			layer, err := config.ReadJSON(path)
			if err != nil {
				return err
			}
			f.Proxy = layer
		}
	}
	path := args.ConfigFile
	if path == "" && s.ConfigDir != "" {
		path = existing(filepath.Join(s.ConfigDir, r.configName()))
	}
	if path == "" && s.FromOperator {
		path = mounted(settings.OperatorConfig)
	}
	if path == "" || r.role == rmq.Proxy {
		return nil
	}
	var err error
	f.Config, err = config.ReadFile(expanded(path))
	if errors.Is(err, fs.ErrNotExist) && f.Home.Dir != "" {
		err = fmt.Errorf("%w (this image's RocketMQ is in %s)", err, f.Home.Dir)
	}
	return err
}

// proxyFile is the proxy's configuration file: -pc, RMQ_CONFIG_DIR, or where RocketMQ itself looks unless there is a
// template in RMQ_CONFIG_DIR; empty: the template.
func proxyFile(s settings.Settings, args cmdline.Run, home launch.Home) string {
	if args.ProxyConfig != "" {
		return args.ProxyConfig
	}
	if s.ConfigDir != "" {
		if path := existing(filepath.Join(s.ConfigDir, "rmq-proxy.json")); path != "" {
			return path
		}
		if existing(filepath.Join(s.ConfigDir, "rmq-proxy.json.tmpl")) != "" {
			return ""
		}
	}
	return existing(filepath.Join(home.Dir, "conf", "rmq-proxy.json"))
}

// expanded resolves a pattern that matches exactly one file: RocketMQ's own scripts expand their arguments.
func expanded(path string) string {
	if existing(path) == "" {
		if m, err := filepath.Glob(path); err == nil && len(m) == 1 {
			return m[0]
		}
	}
	return path
}

// mounted is path where a file is there, or is mounted where this user may not look: no reason to go on without it.
func mounted(path string) string {
	_, err := os.Stat(path)
	if err == nil {
		return path
	}
	if !errors.Is(err, fs.ErrPermission) {
		return ""
	}
	text, _ := os.ReadFile("/proc/self/mountinfo") // without it nothing is known
	for _, m := range mountinfo.Parse(string(text)) {
		if m.Point == path || m.Point == filepath.Dir(path) {
			return path
		}
	}
	return ""
}

// existing is path, or empty when nothing is there. A folder in the place of a file is refused when it is read.
func existing(path string) string {
	if _, err := os.Stat(path); err != nil {
		return ""
	}
	return path
}
