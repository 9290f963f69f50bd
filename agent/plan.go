package main

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"rocketmq-agent/agent/cmdline"
	"rocketmq-agent/agent/config"
	"rocketmq-agent/agent/identity"
	launch "rocketmq-agent/agent/launch0"
	"rocketmq-agent/agent/settings"
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
	settings settings.Settings
	args     cmdline.Run
	role     settings.Role
	home     launch.Home
	java     launch.Java
	userHome string // what RocketMQ takes for the user's home: logs and defaults of all stores
	stateDir string // where rendered files go
	file     config.Layer
	identity identity.Identity
	jvms     []jvm // in start order
	warnings []string
}

// jvm is one RocketMQ process as planned.
type jvm struct {
	role  settings.Role
	class launch.Role   // the main class; differs from role for a broker with a proxy inside
	conf  config.Config // of namesrv, broker, controller
	proxy *config.ProxyConfig
	ports []int  // everything it listens on, the remoting port first
	bind  string // the address it listens on, for the agent's own requests
	store string // the store's root; empty for one that keeps nothing
	files map[string][]byte
	args  []string // program arguments
}

// addr is where the agent asks the process.
func (j jvm) addr() string { return net.JoinHostPort(j.bind, strconv.Itoa(j.ports[0])) }

// makePlan decides everything. It reads files and starts nothing.
func makePlan(s settings.Settings, args cmdline.Run) (*plan, error) {
	p := &plan{settings: s, args: args, role: args.Role}
	if p.role == "" {
		p.role = s.Role
	}
	if p.role == "" {
		p.role = settings.Standalone
	}
	if args.EnableProxy && p.role != settings.Broker {
		return nil, refuse(exitUsage, fmt.Errorf("--enable-proxy belongs to a broker, not to %s", p.role))
	}
	p.warn()
	if err := errors.Join(p.findPrograms(), p.readFile()); err != nil {
		return nil, refuse(exitConfig, err)
	}
	p.findFolders()
	var err error
	if p.identity, err = identity.Derive(s, p.role, p.file.SetsIdentity()); err != nil && p.hasBroker() {
		return nil, refuse(exitConfig, err)
	}
	if err := p.planJVMs(); err != nil {
		return nil, refuse(exitConfig, err)
	}
	return p, nil
}

func (p *plan) hasBroker() bool { return p.role == settings.Broker || p.role == settings.Standalone }

// warn says what was given and has no effect.
func (p *plan) warn() {
	for _, word := range p.args.Ignored {
		hint := ""
		if key, value, ok := strings.Cut(word, "="); ok {
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

func (p *plan) warnf(format string, args ...any) {
	p.warnings = append(p.warnings, fmt.Sprintf(format, args...))
}

func (p *plan) findPrograms() error {
	var homeErr, javaErr error
	p.home, homeErr = launch.FindHome(p.settings.Java.RocketMQHome)
	var warnings []string
	p.java, warnings, javaErr = launch.FindJava(p.settings.Java.JavaHome, os.Getenv("PATH"))
	p.warnings = append(p.warnings, warnings...)
	return errors.Join(homeErr, javaErr)
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
	if home := launch.UserHome(p.settings.Java); home != "" {
		p.userHome = home
	}
	if p.userHome == "" || p.userHome == "/" {
		p.userHome = filepath.Join(p.stateDir, "home")
		p.warnf("HOME is not set: logs and, unless storePathRootDir is set, the store go to %s", p.userHome)
	}
}

// planJVMs decides what runs, in start order.
func (p *plan) planJVMs() error {
	switch p.role {
	case settings.Namesrv:
		return p.add(p.namesrv(p.file, p.settings.Conf))
	case settings.Controller:
		return p.add(p.controller())
	case settings.Proxy:
		return p.add(p.proxy())
	case settings.Broker:
		return p.add(p.broker(""))
	}
	ns, err := p.namesrv(config.Layer{}, nil)
	if err != nil {
		return err
	}
	return errors.Join(p.add(ns, nil), p.add(p.broker(net.JoinHostPort("127.0.0.1", strconv.Itoa(ns.ports[0])))))
}

func (p *plan) add(j jvm, err error) error {
	p.jvms = append(p.jvms, j)
	return err
}

// input is what all roles are configured from.
func (p *plan) input() config.Input {
	fields := config.Fields{
		ClusterName: p.settings.ClusterName, Address: p.identity.Address, PodIP: p.settings.Pod.IP,
		UserHome: p.userHome, Namesrv: p.settings.Namesrv.String(),
	}
	if fields.ClusterName == "" {
		fields.ClusterName = "DefaultCluster"
	}
	return config.Input{Settings: p.settings, Identity: p.identity, Fields: fields, File: p.file, Namesrv: p.args.Namesrv}
}

func (p *plan) namesrv(file config.Layer, conf []settings.ConfValue) (jvm, error) {
	in := p.input()
	in.File, in.Settings.Conf = file, conf
	c, err := config.Namesrv(in)
	return p.propertiesJVM(settings.Namesrv, c, []int{c.Int("listenPort", 9876)}), err
}

func (p *plan) controller() (jvm, error) {
	c, err := config.Controller(p.input())
	j := p.propertiesJVM(settings.Controller, c, []int{controllerPort(c)})
	j.store = c.Get("controllerStorePath", "")
	return j, err
}

// controllerPort is the port of this member's own address among the peers: raft and requests share it, and listenPort is
// overwritten with it (DLedgerController.java). With jRaft the requests have a list of their own.
func controllerPort(c config.Config) int {
	self, peers, separator := c.Get("controllerDLegerSelfId", "")+"-", c.Get("controllerDLegerPeers", ""), ";"
	if c.Get("controllerType", "") == "jRaft" {
		self, peers, separator = "", c.Get("jRaftControllerRPCAddr", ""), ","
	}
	for peer := range strings.SplitSeq(peers, separator) {
		if address, ok := strings.CutPrefix(peer, self); ok {
			if _, port, err := net.SplitHostPort(address); err == nil {
				n, _ := strconv.Atoi(port)
				return n
			}
		}
	}
	return 9878
}

// broker plans a broker; namesrv is the name server beside it, used when nothing names another.
func (p *plan) broker(namesrv string) (jvm, error) {
	in := p.input()
	if in.Fields.Namesrv == "" {
		in.Fields.Namesrv = namesrv
	}
	c, err := config.Broker(in)
	listen := c.Int("listenPort", 10911)
	ha := c.Int("haListenPort", 0)
	if ha <= 0 {
		ha = listen + 1
	}
	j := p.propertiesJVM(settings.Broker, c, []int{listen, listen - 2, ha})
	j.store = c.Get("storePathRootDir", "")
	if c.Get("namesrvAddr", "") == "" && !c.Bool("fetchNamesrvAddrByAddressServer") && c.Get("rmqAddressServerDomain", "") == "" {
		p.warnf("no name server is known, so no client can find this broker: -n host:9876, NAMESRV_ADDR, or namesrvAddr in the file")
	}
	if err == nil && p.args.EnableProxy {
		err = p.putProxyInside(&j, c.Get("namesrvAddr", ""))
	}
	return j, err
}

// putProxyInside turns a broker into RocketMQ's local mode: one JVM whose main class is the proxy's.
func (p *plan) putProxyInside(j *jvm, namesrv string) error {
	in := p.input()
	in.Settings.Conf = nil // they are the broker's
	proxy, err := config.Proxy(in, p.proxyFile())
	if err != nil {
		return err
	}
	j.class, j.proxy = launch.Proxy, &proxy
	j.files["rmq-proxy.json"] = proxy.Text
	j.ports = append(j.ports, proxy.RemotingPort, proxy.GRPCPort)
	j.args = append([]string{"-pm", "local", "-bc", p.path(*j, "broker.conf")}, proxyArgs(p.path(*j, "rmq-proxy.json"), namesrv)...)
	return nil
}

func (p *plan) proxy() (jvm, error) {
	proxy, err := config.Proxy(p.input(), p.proxyFile())
	j := jvm{
		role: settings.Proxy, class: launch.Proxy, proxy: &proxy, bind: "127.0.0.1",
		ports: []int{proxy.RemotingPort, proxy.GRPCPort}, files: map[string][]byte{"rmq-proxy.json": proxy.Text},
	}
	namesrv := p.args.Namesrv
	if len(namesrv) == 0 {
		namesrv = p.settings.Namesrv
	}
	j.args = append([]string{"-pm", "cluster"}, proxyArgs(p.path(j, "rmq-proxy.json"), namesrv.String())...)
	return j, err
}

func proxyArgs(file, namesrv string) []string {
	args := []string{"-pc", file}
	if namesrv != "" {
		args = append(args, "-n", namesrv)
	}
	return args
}

// proxyFile is the mounted proxy configuration: -pc, RMQ_CONFIG_DIR, or where RocketMQ itself looks; empty: the template.
func (p *plan) proxyFile() string {
	if p.args.ProxyConfig != "" {
		return p.args.ProxyConfig
	}
	if dir := p.settings.ConfigDir; dir != "" {
		if path := existing(filepath.Join(dir, "rmq-proxy.json")); path != "" {
			return path
		}
	}
	return existing(filepath.Join(p.home.Dir, "conf", "rmq-proxy.json"))
}

// propertiesJVM is a process whose configuration is one properties file.
func (p *plan) propertiesJVM(role settings.Role, c config.Config, ports []int) jvm {
	j := jvm{role: role, class: launch.Role(role), conf: c, ports: ports, bind: "127.0.0.1"}
	if b := c.Get("bindAddress", ""); b != "" && b != "0.0.0.0" {
		j.bind = b
	}
	name := string(role) + ".conf"
	j.files = map[string][]byte{name: c.Properties()}
	j.args = []string{"-c", p.path(j, name)}
	return j
}

// path is where a rendered file of j goes. The port keeps two brokers in one container apart.
func (p *plan) path(j jvm, name string) string {
	return filepath.Join(p.dir(j), name)
}

func (p *plan) dir(j jvm) string {
	return filepath.Join(p.stateDir, string(j.role)+"-"+strconv.Itoa(j.ports[0]))
}

// checkPorts tries every port: RocketMQ would find one in use only after it has loaded its store.
func (p *plan) checkPorts() error {
	var problems []error
	for _, j := range p.jvms {
		for _, port := range j.ports {
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
			if err := config.WriteFile(p.dir(j), name, text); err != nil {
				return refuse(exitStorage, err)
			}
		}
	}
	return nil
}

// logWarnings says each warning once.
func logWarnings(log *slog.Logger, warnings []string) {
	for _, w := range warnings {
		log.Warn(w)
	}
}
