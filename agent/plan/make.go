package plan

import (
	"errors"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"

	"rocketmq-agent/agent/cmdline"
	"rocketmq-agent/agent/exit"
	"rocketmq-agent/agent/identity"
	"rocketmq-agent/agent/keys"
	"rocketmq-agent/agent/launch"
	"rocketmq-agent/agent/memory"
	"rocketmq-agent/agent/rmq"
	"rocketmq-agent/agent/settings"
	"rocketmq-agent/agent/tlsconfig"
)

// run is what the container runs.
type run struct {
	role      rmq.Role
	withProxy bool // a broker with a proxy in the same JVM: RocketMQ's local mode
}

// resolve decides what runs: the command line before the environment, and both before standalone.
func resolve(s settings.Settings, args cmdline.Run) (run, error) {
	r := run{role: args.Role, withProxy: args.EnableProxy}
	if r.role == "" {
		r.role = s.Role
	}
	if r.role == "" {
		r.role = rmq.Standalone
	}
	if r.role == rmq.Proxy && args.ProxyMode == "local" { // mqbroker --enable-proxy by its other name
		return run{rmq.Broker, true}, nil
	}
	if r.withProxy && r.role != rmq.Broker {
		return r, exit.With(exit.Usage, fmt.Errorf("--enable-proxy belongs to a broker, not to %s", r.role))
	}
	return r, nil
}

// configName is the name of the mounted properties file in RMQ_CONFIG_DIR.
func (r run) configName() string {
	if r.role.HasBroker() {
		return "broker.conf"
	}
	return string(r.role) + ".conf"
}

// Make decides everything. The error has every problem of the first stage that has any, with its exit code.
func Make(s settings.Settings, args cmdline.Run, f Files) (Plan, error) {
	r, err := resolve(s, args)
	if err != nil {
		return Plan{}, err
	}
	p, err := makeAs(s, args, f, r, learnt{})
	if err != nil {
		return Plan{}, err
	}
	if l, anything := learn(p, f); anything {
		return makeAs(s, args, f, r, l)
	}
	return p, nil
}

// maker makes one plan, stage by stage.
type maker struct {
	Plan
	run
	args    cmdline.Run
	files   Files
	options launch.Options // the user's JVM options
}

// makeAs makes a plan with what has been learnt.
func makeAs(s settings.Settings, args cmdline.Run, f Files, r run, l learnt) (Plan, error) {
	m := maker{run: r, args: args, files: f, options: launch.ReadOptions(s.Environ.Get)}
	m.Role, m.Settings, m.Home = r.role, s, f.Home
	m.Read = []string{f.Config.Name, s.ConfigDir, f.Proxy.Name}
	m.warnAboutInputs()
	m.findFolders()
	if err := m.identify(l); err != nil {
		return Plan{}, exit.With(exit.Config, err)
	}
	if err := m.addProcesses(); err != nil {
		return Plan{}, exit.With(exit.Config, err)
	}
	if err := errors.Join(m.addAccess(), m.check()); err != nil {
		return Plan{}, exit.With(exit.Config, err)
	}
	if !args.Print {
		if err := m.planMemory(); err != nil {
			return Plan{}, exit.With(exit.Config, err)
		}
	}
	m.addCommands()
	m.warnAboutSingle()
	return m.Plan, nil
}

func (m *maker) warnf(format string, args ...any) {
	m.Warnings = append(m.Warnings, fmt.Sprintf(format, args...))
}

// findFolders decides what RocketMQ takes for the user's home, and where rendered files go.
func (m *maker) findFolders() {
	m.StateDir = StateDir(m.Settings, m.files.UID)
	m.UserHome = m.Settings.Java.Home
	if home := m.options.UserHome(); home != "" {
		m.UserHome = home
	}
	if m.UserHome == "" || m.UserHome == "/" { // a user that /etc/passwd does not know
		m.UserHome = filepath.Dir(m.Home.Dir)
		if m.files.CanWrite(m.UserHome) != nil {
			m.UserHome = filepath.Join(m.StateDir, "home")
		}
		m.warnf("HOME is not set: logs and, unless storePathRootDir is set, the store go to %s", m.UserHome)
	}
}

// StateDir is the private folder of an agent of that user.
func StateDir(s settings.Settings, uid int) string {
	return filepath.Join(s.Java.TempDir(), "rocketmq-agent-"+strconv.Itoa(uid))
}

// identify decides who the broker or the controller is.
func (m *maker) identify(l learnt) (err error) {
	m.Identity, err = identity.Derive(m.Settings, m.role, m.files.Config.SetsIdentity())
	if err != nil && m.role.HasBroker() {
		return err
	}
	if l.owner != nil {
		m.Identity = m.Identity.Named(l.owner.Name, "the stamp of its store, which was another broker's name before")
	}
	if l.reach != nil {
		m.findAddress(*l.reach)
	}
	m.Controller, err = identity.DeriveController(m.Settings, m.role)
	m.warnAboutManual()
	return err
}

// planMemory divides the container's memory limit among its processes.
func (m *maker) planMemory() (err error) {
	var units []memory.Unit
	for _, p := range m.Processes {
		var options []memory.Option
		for _, o := range m.optionsOf(p) {
			options = append(options, memory.Option{Text: o.Text, Source: o.Source})
		}
		pool, asks := transientPool(p)
		units = append(units, memory.Unit{
			Kind:    kind(p),
			Options: options,
			Direct:  pool,
			Asks:    asks,
		})
	}
	m.Memory, err = memory.New(units, m.files.Limit)
	if err != nil {
		return err
	}
	m.Warnings = append(m.Warnings, m.Memory.Warnings...)
	for i := range m.Processes {
		m.Processes[i].Memory = m.Memory.JVMs[i]
	}
	return nil
}

// kind is what the memory plan calls a process.
func kind(p Process) memory.Kind {
	_, _, withProxy := p.ProxyAddrs()
	k, _ := memory.KindOf(p.Role, withProxy, p.Store != "") // New refuses what has none
	return k
}

// transientPool is the direct memory of a broker's transient store pool, in bytes: whole files of the commit log
// (TransientStorePool.java). asks says which keys it comes from, and what to do about them.
func transientPool(p Process) (bytes int64, asks string) {
	v := p.Values()
	if !v.On("transientStorePoolEnable") {
		return 0, ""
	}
	files, size := v.Number("transientStorePoolSize"), p.CommitLogFile()
	return files * size, fmt.Sprintf("transientStorePoolEnable=true, %d files (transientStorePoolSize) of %d MiB "+
		"(mappedFileSizeCommitLog, which a store with data must keep): lower transientStorePoolSize, or leave "+
		"transientStorePoolEnable out", files, size>>20)
}

// optionsOf are the user's JVM options for a process. In a container of two JVMs those that one alone can have are the
// broker's: their author had it in mind, and a name server hardly needs any. A JVM that only prints may run beside a
// server that has them.
func (m *maker) optionsOf(p Process) launch.Options {
	if m.args.Print || m.role == rmq.Standalone && p.Role == rmq.Namesrv {
		shared, _ := m.options.Beside()
		return shared
	}
	return m.options
}

// warnAboutSingle names the options that a name server beside a broker goes without, without their values: those of
// agents may hold secrets.
func (m *maker) warnAboutSingle() {
	_, single := m.options.Beside()
	if m.args.Print || m.role != rmq.Standalone || len(single) == 0 {
		return
	}
	var names []string
	for _, o := range single {
		name, _, _ := strings.Cut(o.Text, "=")
		names = append(names, name+" ("+o.Source+")")
	}
	m.warnf("one JVM alone can have these options, and in this container it is the broker's; namesrv goes without: %s",
		strings.Join(names, ", "))
}

// addCommands makes the command line of each process.
func (m *maker) addCommands() {
	for i := range m.Processes {
		p := &m.Processes[i]
		in := launch.Input{
			Role:          p.Role,
			Script:        "mq" + string(p.Role),
			Home:          m.Home,
			Java:          m.files.Java,
			Options:       m.optionsOf(*p),
			UserHome:      m.UserHome,
			TmpDir:        m.Settings.Java.TmpDir,
			ClassPath:     m.Settings.Java.ClassPath,
			LogFiles:      m.Settings.LogFiles,
			NoTLS:         p.Access.TLS.Mode == tlsconfig.Disabled,
			OutgoingTLS:   p.Access.TLS.Outgoing,
			TransientPool: p.Values().On("transientStorePoolEnable"),
			Controller:    p.Values().On("enableControllerInNamesrv"),
			Environ:       m.Settings.Environ,
			CanWrite:      m.files.CanWrite,
			Args:          m.programArgs(*p),
		}
		if _, _, withProxy := p.ProxyAddrs(); withProxy {
			in.Role = rmq.Proxy
		}
		if m.args.Print {
			in.Args = m.args.Upstream
		} else {
			in.Memory = p.Memory.Flags()
		}
		p.Command = launch.Command(in)
		for _, w := range p.Command.Warnings {
			m.Warnings = append(m.Warnings, keys.Redact(w)) // it may quote an option
		}
	}
}

// programArgs are the arguments of the main class.
func (m *maker) programArgs(p Process) []string {
	if p.Role != rmq.Proxy && len(p.Files) == 1 {
		return []string{"-c", p.Path(p.Files[0])}
	}
	var args []string
	namesrv := m.args.Namesrv.String()
	switch {
	case p.Role == rmq.Broker:
		args = []string{"-pm", "local", "-bc", p.Path(p.Files[0])}
		namesrv = p.Values().Get("namesrvAddr")
	case m.args.ProxyMode != "":
		args = []string{"-pm", m.args.ProxyMode}
	}
	if p.Role == rmq.Proxy && namesrv == "" {
		// NAMESRV_ADDR is weaker than the file, and RocketMQ reads it itself.
		namesrv = m.Settings.NamesrvChosen().String()
	}
	args = append(args, "-pc", p.Path(p.Files[len(p.Files)-1]))
	if namesrv != "" {
		args = append(args, "-n", namesrv)
	}
	return args
}
