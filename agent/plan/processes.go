package plan

import (
	"cmp"
	"errors"
	"fmt"
	"net"
	"path/filepath"
	"strconv"
	"strings"

	"rocketmq-agent/agent/config"
	"rocketmq-agent/agent/identity"
	"rocketmq-agent/agent/keys"
	"rocketmq-agent/agent/rmq"
	"rocketmq-agent/agent/settings"
)

// addProcesses decides what runs, in the order of the start.
func (m *maker) addProcesses() error {
	switch m.role {
	case rmq.Namesrv:
		return m.add(m.namesrv(m.files.Config, m.Settings.Conf))
	case rmq.Controller:
		return m.add(m.controller())
	case rmq.Proxy:
		return m.add(m.proxy())
	case rmq.Broker:
		return m.add(m.broker(""))
	}
	ns, err := m.namesrv(config.Layer{}, nil)
	if err != nil {
		return err
	}
	beside := net.JoinHostPort("127.0.0.1", strconv.FormatInt(ns.Ports[0].Number, 10))
	return errors.Join(m.add(ns, nil), m.add(m.broker(beside)))
}

func (m *maker) add(p Process, err error) error {
	m.Processes = append(m.Processes, p)
	return err
}

func (m *maker) keys(role rmq.Role) keys.Set { return m.files.Keys.Set(m.Home.Release, role) }

// input is what a role is configured from.
func (m *maker) input(role rmq.Role) config.Input {
	fields := config.Fields{
		ClusterName: string(m.Settings.ClusterName),
		Namesrv:     m.Settings.Namesrv.String(),
		Address:     m.Identity.Address,
		PodName:     m.Settings.Pod.Name,
		PodIP:       rmq.Told(cmp.Or(m.Settings.Pod.IP, m.Reach.Local)),
		UserHome:    m.UserHome,
		BrokerName:  m.Identity.BrokerName,
		Ordinal:     m.Identity.Ordinal,
		Group:       m.Identity.Group,
		Index:       m.Identity.Index,
	}
	if fields.ClusterName == "" {
		fields.ClusterName = "DefaultCluster"
	}
	return config.Input{
		Settings:   m.Settings,
		Identity:   m.Identity,
		Controller: m.Controller,
		Templates:  m.files.Templates,
		Fields:     fields,
		Keys:       m.keys(role),
		File:       m.files.Config,
		Namesrv:    m.args.Namesrv,
	}
}

// process is one whose role's own file is c.
func (m *maker) process(role rmq.Role, name string, c config.Config) Process {
	f := File{Name: name, Role: role, Values: config.Effective{Config: c, Keys: m.keys(role)}}
	p := Process{Role: role, Files: []File{f}, Bind: "127.0.0.1"}
	if b := f.Values.Text("bindAddress"); b != "" && b != "0.0.0.0" {
		p.Bind = b
	}
	if role == rmq.Proxy {
		p.Ports = proxyPorts(f)
	} else {
		p.Ports = rmq.Listens(role, m.Home.Release, f.Values)
	}
	p.Dir = filepath.Join(m.StateDir, string(role)+"-"+strconv.FormatInt(p.Ports[0].Number, 10))
	return p
}

// Ports of a proxy of a release whose keys are not known (ProxyConfig.java).
const (
	proxyRemotingPort = 8080
	proxyGRPCPort     = 8081
)

func proxyPorts(f File) []rmq.Port {
	ports := rmq.Listens(rmq.Proxy, f.Values.Keys.Release, f.Values)
	for i, fallback := range []int64{proxyRemotingPort, proxyGRPCPort} {
		if ports[i].Number == 0 {
			ports[i].Number = fallback
		}
	}
	return ports
}

func (m *maker) namesrv(file config.Layer, conf []settings.ConfValue) (Process, error) {
	in := m.input(rmq.Namesrv)
	in.File, in.Settings.Conf = file, conf
	c, err := config.Namesrv(in)
	if err != nil {
		return Process{Role: rmq.Namesrv}, err
	}
	p := m.process(rmq.Namesrv, "namesrv.conf", c)
	if m.role == rmq.Namesrv {
		_, p.Peers, _ = strings.Cut(m.Settings.Pod.FQDN, ".") // of the headless Service
	}
	if p.Values().On("enableControllerInNamesrv") {
		m.giveControllerStore(&p)
	}
	return p, nil
}

func (m *maker) controller() (Process, error) {
	c, err := config.Controller(m.input(rmq.Controller))
	if err != nil {
		return Process{Role: rmq.Controller}, err
	}
	p := m.process(rmq.Controller, "controller.conf", c)
	m.giveControllerStore(&p)
	return p, nil
}

// giveControllerStore says where a controller keeps its log (ControllerConfig.getControllerStorePath), and whose it is.
func (m *maker) giveControllerStore(p *Process) {
	v := p.Values()
	p.Owner = identity.ControllerOwner(v)
	if p.Store = v.Text("controllerStorePath"); p.Store == "" {
		p.Store = filepath.Join(m.UserHome, v.Text("controllerType")+"Controller")
	}
}

// broker plans a broker; namesrv is the name server beside it, used when nothing names another.
func (m *maker) broker(namesrv string) (Process, error) {
	in := m.input(rmq.Broker)
	if in.Fields.Namesrv == "" {
		in.Fields.Namesrv = namesrv
	}
	c, err := config.Broker(in)
	if err != nil {
		return Process{Role: rmq.Broker}, err
	}
	p := m.process(rmq.Broker, "broker.conf", c)
	v := p.Values()
	p.Store = v.Text("storePathRootDir")
	p.Topology = identity.Actual(m.Identity.Topology, v)
	p.Owner = p.Topology.Owner(m.Identity, v)
	p.Known = m.known(p)
	addressServer := v.On("fetchNamesrvAddrByAddressServer") || v.Get("rmqAddressServerDomain") != ""
	if v.Text("namesrvAddr") == "" && !addressServer {
		m.warnf("no name server is known, so no client can find this broker: " +
			"-n host:9876, NAMESRV_ADDR, or namesrvAddr in the file")
	}
	if m.withProxy {
		err = m.putProxyInside(&p)
	}
	return p, err
}

// known is who a running broker is, as far as its configuration says. What it says itself is better, for that may be
// changed while it runs; one that refuses the agent's account says nothing.
func (m *maker) known(p Process) rmq.BrokerRef {
	b := rmq.BrokerRef{ID: rmq.AnyID}
	if m.Identity.Topology != rmq.Manual {
		b.ID = m.Identity.BrokerID
	}
	v := p.Values()
	if host := v.Text("brokerIP1"); host != "" {
		b.Cluster, b.Name = v.Text("brokerClusterName"), v.Text("brokerName")
		b.Addr = fmt.Sprintf("%s:%d", host, p.Ports[0].Number) // no brackets around IPv6, as RocketMQ registers it
	}
	return b
}

// putProxyInside turns a broker into RocketMQ's local mode: one JVM whose main class is the proxy's.
func (m *maker) putProxyInside(p *Process) error {
	in := m.input(rmq.Proxy)
	in.File, in.Settings.Conf = m.files.Proxy, nil // the variables are the broker's
	c, err := config.Proxy(in)
	if err != nil {
		return err
	}
	inside := m.process(rmq.Proxy, "rmq-proxy.json", c)
	p.Files = append(p.Files, inside.Files...)
	p.Ports = append(p.Ports, inside.Ports...)
	return nil
}

func (m *maker) proxy() (Process, error) {
	in := m.input(rmq.Proxy)
	in.File = m.files.Proxy
	c, err := config.Proxy(in)
	if err != nil {
		return Process{Role: rmq.Proxy}, err
	}
	p := m.process(rmq.Proxy, "rmq-proxy.json", c)
	p.Backend = m.backend(p.Values())
	return p, nil
}

// backend is what a proxy serves (Configuration.java); zero in local mode, where the broker is in the same JVM.
func (m *maker) backend(v config.Effective) Backend {
	if strings.EqualFold(cmp.Or(m.args.ProxyMode, v.Text("proxyMode")), "local") {
		return Backend{}
	}
	namesrv := cmp.Or(m.args.Namesrv.String(), m.Settings.NamesrvChosen().String(), v.Text("namesrvAddr"),
		m.Settings.Namesrv.String())
	return Backend{
		Namesrvs: rmq.SplitAddrs(namesrv),
		Cluster:  cmp.Or(v.Text("heartbeatSyncerTopicClusterName"), v.Text("rocketMQClusterName")),
	}
}
