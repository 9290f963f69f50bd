// Package plan decides everything about a run before anything happens: which processes, with which identity, files,
// flags, ports and memory. Make is pure: it opens no port, asks nobody, starts and writes nothing, and the same
// inputs give the same Plan, so a reload can make another one and look at the difference.
package plan

import (
	"crypto/sha256"
	"encoding/hex"
	"net"
	"path/filepath"
	"strconv"
	"strings"

	"rocketmq-agent/agent/config"
	"rocketmq-agent/agent/identity"
	"rocketmq-agent/agent/launch"
	"rocketmq-agent/agent/memory"
	"rocketmq-agent/agent/reach"
	"rocketmq-agent/agent/rmq"
	"rocketmq-agent/agent/settings"
)

// Plan is everything that is known before anything is started or written. It is never changed.
type Plan struct {
	Role       rmq.Role // of the container
	Settings   settings.Settings
	Home       launch.Home
	UserHome   string // what RocketMQ takes for the user's home: logs, and the defaults of all stores
	StateDir   string // where rendered files go
	Identity   identity.Identity
	Reach      reach.Found // the address of a broker, where nobody names one
	Controller identity.Controller
	Processes  []Process // in the order of their start
	Memory     memory.Plan
	Read       []string // files and folders that configuration was taken from
	Warnings   []string
}

// Process is one RocketMQ process as planned.
type Process struct {
	Role     rmq.Role
	Files    []File // the role's own first; a broker with a proxy inside has the proxy's too
	Ports    []rmq.Port
	Bind     string            // the address that it listens on, for the agent's own requests
	Store    string            // the store's root; empty for one that keeps nothing
	Dir      string            // where its rendered files go; the port keeps two brokers in one container apart
	Topology identity.Topology // the rule that a broker runs by; nil for other roles
	Owner    identity.Owner    // whom the store belongs to
	Known    rmq.BrokerRef     // a broker, as far as its name and id are known beforehand
	Backend  Backend           // what a proxy needs before it can start; zero: nothing
	Peers    string            // the name that all name servers of a StatefulSet have together; empty: there is none
	Access   Access
	Memory   memory.JVM
	Command  launch.Spec
}

// Backend is a cluster that a proxy serves.
type Backend struct {
	Namesrvs []string // host:port
	Cluster  string   // brokerClusterName
}

// File is one configuration file of a process.
type File struct {
	Name   string // "broker.conf"
	Role   rmq.Role
	Values config.Effective
}

// Text is the file as RocketMQ reads it.
func (f File) Text() []byte {
	if f.Role == rmq.Proxy {
		return f.Values.JSON()
	}
	return f.Values.Properties()
}

// Redacted is Text without its secrets.
func (f File) Redacted() []byte {
	if f.Role == rmq.Proxy {
		return f.Values.RedactedJSON()
	}
	return f.Values.Redacted()
}

// Values are those of the role's own file.
func (p Process) Values() config.Effective {
	if len(p.Files) == 0 {
		return config.Effective{}
	}
	return p.Files[0].Values
}

// Addr is where the agent asks the process.
func (p Process) Addr() string { return p.at(p.Ports[0].Number) }

// FastAddr is the second port of a broker.
func (p Process) FastAddr() string { return p.at(p.Ports[0].Number - 2) }

func (p Process) at(port int64) string { return net.JoinHostPort(p.Bind, strconv.FormatInt(port, 10)) }

// ProxyAddrs are where the agent asks the proxy that the process is, or that is inside of it; ok is false without one.
func (p Process) ProxyAddrs() (remoting, grpc string, ok bool) {
	for _, f := range p.Files {
		if f.Role == rmq.Proxy {
			ports := proxyPorts(f)
			return p.at(ports[0].Number), p.at(ports[1].Number), true
		}
	}
	return "", "", false
}

// DLedger is the group that keeps a broker's commit log, and where the agent asks its member; ok is false without one.
func (p Process) DLedger() (g rmq.DLedgerGroup, addr string, ok bool) {
	v := p.Values()
	if p.Role != rmq.Broker || !v.On("enableDLegerCommitLog") {
		return g, "", false
	}
	g = rmq.DLedgerGroup{Name: v.Text("dLegerGroup"), Self: v.Text("dLegerSelfId"), Peers: map[string]string{}}
	for _, peer := range rmq.SplitAddrs(v.Text("dLegerPeers")) {
		if id, addr, ok := strings.Cut(peer, "-"); ok {
			g.Peers[id] = addr
		}
	}
	_, port, ok := rmq.SplitAddr(g.Peers[g.Self])
	return g, net.JoinHostPort(p.Bind, port), ok
}

// Namesrvs are the name servers that a broker registers with.
func (p Process) Namesrvs() []string { return rmq.SplitAddrs(p.Values().Text("namesrvAddr")) }

// NamesrvHosts are the hosts of the name servers.
func (p Process) NamesrvHosts() (hosts []string) {
	for _, addr := range p.Namesrvs() {
		if host, _, ok := rmq.SplitAddr(addr); ok {
			hosts = append(hosts, host)
		}
	}
	return hosts
}

// Path is where a rendered file goes.
func (p Process) Path(f File) string { return filepath.Join(p.Dir, f.Name) }

// CommitLogFile is the size of a file of a broker's commit log, in bytes.
func (p Process) CommitLogFile() int64 {
	if n := p.Values().Number("mappedFileSizeCommitLog"); n > 0 {
		return n
	}
	return 1 << 30 // a controller has none; its own files are smaller
}

// Checksum is the SHA-256 of the rendered configuration, in hex.
func (p Process) Checksum() string {
	h := sha256.New()
	for _, f := range p.Files {
		h.Write(f.Text())
	}
	return hex.EncodeToString(h.Sum(nil))
}

// Broker is the broker among the processes.
func (p Plan) Broker() (Process, bool) {
	for _, process := range p.Processes {
		if process.Role == rmq.Broker {
			return process, true
		}
	}
	return Process{}, false
}
