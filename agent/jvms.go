package main

import (
	"errors"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"rocketmq-agent/agent/config"
	"rocketmq-agent/agent/launch"
	"rocketmq-agent/agent/memory"
	"rocketmq-agent/agent/process"
	"rocketmq-agent/agent/settings"
)

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
		ClusterName: string(p.settings.ClusterName), Address: p.identity.Address, PodIP: p.settings.Pod.IP,
		UserHome: p.userHome, Namesrv: p.settings.Namesrv.String(), PodName: p.settings.Pod.Name,
		BrokerName: p.identity.BrokerName, Ordinal: p.identity.Ordinal, Group: p.identity.Group, Index: p.identity.Index,
	}
	if fields.ClusterName == "" {
		fields.ClusterName = "DefaultCluster"
	}
	return config.Input{Settings: p.settings, Identity: p.identity, Controller: p.controllers, Fields: fields, File: p.file, Namesrv: p.args.Namesrv}
}

func (p *plan) namesrv(file config.Layer, conf []settings.ConfValue) (jvm, error) {
	in := p.input()
	in.File, in.Settings.Conf = file, conf
	c, err := config.Namesrv(in)
	ports := []int{c.Int("listenPort", 9876)}
	if c.Bool("enableControllerInNamesrv") {
		ports = append(ports, controllerPort(c))
	}
	j := p.propertiesJVM(settings.Namesrv, c, ports)
	if c.Bool("enableControllerInNamesrv") {
		j.store = controllerStore(c, p.userHome)
	}
	return j, err
}

func (p *plan) controller() (jvm, error) {
	c, err := config.Controller(p.input())
	j := p.propertiesJVM(settings.Controller, c, []int{controllerPort(c)})
	j.store = controllerStore(c, p.userHome)
	return j, err
}

// controllerStore is where a controller keeps its log (ControllerConfig.getControllerStorePath).
func controllerStore(c config.Config, userHome string) string {
	if dir := c.Get("controllerStorePath", ""); dir != "" {
		return dir
	}
	return filepath.Join(userHome, c.Get("controllerType", "DLedger")+"Controller")
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
	if len(namesrv) == 0 && p.settings.NamesrvFrom == "RMQ_NAMESRV" {
		namesrv = p.settings.Namesrv // NAMESRV_ADDR is weaker than the file, and RocketMQ reads it itself
	}
	j.args = proxyArgs(p.path(j, "rmq-proxy.json"), namesrv.String())
	if p.args.ProxyMode != "" {
		j.args = append([]string{"-pm", p.args.ProxyMode}, j.args...)
	}
	return j, err
}

func proxyArgs(file, namesrv string) []string {
	args := []string{"-pc", file}
	if namesrv != "" {
		args = append(args, "-n", namesrv)
	}
	return args
}

// proxyFile is the proxy's configuration file: -pc, RMQ_CONFIG_DIR, or where RocketMQ itself looks unless there is a template
// in RMQ_CONFIG_DIR; empty: the template.
func (p *plan) proxyFile() string {
	if p.args.ProxyConfig != "" {
		return p.args.ProxyConfig
	}
	if dir := p.settings.ConfigDir; dir != "" {
		if path := existing(filepath.Join(dir, "rmq-proxy.json")); path != "" {
			return path
		}
		if existing(filepath.Join(dir, "rmq-proxy.json.tmpl")) != "" {
			return ""
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

// kind is what the memory plan calls the process.
func (j jvm) kind() memory.Kind {
	switch {
	case j.role == settings.Broker && j.proxy != nil:
		return memory.BrokerWithProxy
	case j.role == settings.Namesrv && j.store != "":
		return memory.NamesrvWithController
	}
	return memory.Kind(j.role)
}

// transientPool is the direct memory of a broker's transient store pool: whole files of the commit log
// (TransientStorePool.java).
func transientPool(c config.Config) int64 {
	if !c.Bool("transientStorePoolEnable") {
		return 0
	}
	return int64(c.Int("transientStorePoolSize", 5)) * int64(c.Int("mappedFileSizeCommitLog", commitLogFile))
}

// commitLogFile is the default size of a file of the commit log, in bytes.
const commitLogFile = 1 << 30

// command is the command line of a process; flags are those of the memory plan.
func (p *plan) command(j jvm, flags, args []string) launch.Spec {
	_, err := os.Stat(launch.TLSFile)
	return launch.Command(launch.Input{
		Role: j.class, Home: p.home, Java: p.java, Options: p.options, Memory: flags, UserHome: p.userHome, TmpDir: p.settings.Java.TmpDir,
		ClassPath: p.settings.Java.ClassPath, LogFiles: p.settings.LogFiles, TLS: err == nil,
		TransientPool: j.conf.Bool("transientStorePoolEnable"), Controller: j.conf.Bool("enableControllerInNamesrv"), Environ: os.Environ(), Args: args,
	})
}

// spec is what to execute. RocketMQ prints straight to the output of the container, not through the agent.
func spec(j jvm, c launch.Spec, keep []*os.File) process.Spec {
	return process.Spec{Name: string(j.role), Path: c.Path, Args: c.Args(), Env: c.Env, Stdout: os.Stdout, Stderr: os.Stderr, Keep: keep}
}
