package rmq

import (
	"fmt"
	"net"
	"strconv"
	"strings"
)

// Values are what a process is configured with, as RocketMQ understands it: a key that is not set, or whose value it
// does not take, has its default.
type Values interface {
	Text(key string) string  // empty where the release does not have the key
	Number(key string) int64 // 0 where it is none
	On(key string) bool
	IsSet(key string) bool // some layer of the configuration sets it
}

// Port is a port that a process opens.
type Port struct {
	Host   string // the address that it is opened on; empty: all of them
	Number int64  // what the configuration says, which may be no port at all
	Key    string // the key that decides it
	What   string // what it is, where the key alone does not say so
}

// String names the port by what decides it.
func (p Port) String() string {
	if p.What == "" {
		return fmt.Sprintf("%s=%d", p.Key, p.Number)
	}
	return fmt.Sprintf("%d (%s)", p.Number, p.What)
}

// Addr is the port as an address to listen on.
func (p Port) Addr() string { return net.JoinHostPort(p.Host, strconv.FormatInt(p.Number, 10)) }

// Listens lists what a process of the role opens, the port of its remoting protocol first.
func Listens(role Role, release Release, v Values) []Port {
	switch role {
	case Broker:
		return brokerPorts(release, v)
	case Namesrv:
		ports := []Port{{Host: bound(v), Number: v.Number("listenPort"), Key: "listenPort"}}
		if v.On("enableControllerInNamesrv") {
			ports = append(ports, controllerPorts(v)...)
		}
		return ports
	case Controller:
		return controllerPorts(v)
	case Proxy:
		ports := []Port{
			{Number: v.Number("remotingListenPort"), Key: "remotingListenPort"},
			{Number: v.Number("grpcServerPort"), Key: "grpcServerPort"},
		}
		return append(ports, exporterPort(v, "")...)
	}
	return nil
}

// brokerPorts are those of BrokerController and of its store.
func brokerPorts(release Release, v Values) []Port {
	listen, ha := v.Number("listenPort"), v.Number("haListenPort")
	ports := []Port{
		{Host: bound(v), Number: listen, Key: "listenPort"},
		{Host: bound(v), Number: listen - 2, Key: "listenPort", What: "listenPort - 2, the fast port"},
	}
	switch {
	case v.On("enableDLegerCommitLog"): // its members replicate among themselves
		if own, ok := memberPort(v.Text("dLegerSelfId"), v.Text("dLegerPeers")); ok {
			ports = append(ports, Port{Number: own, Key: "dLegerPeers", What: "this member's port in dLegerPeers"})
		}
	case v.On("duplicationEnable"): // replicates to nobody
	case v.IsSet("haListenPort") && ha > 0 && release.ReadsHAPort():
		ports = append(ports, Port{Number: ha, Key: "haListenPort"})
	default:
		ports = append(ports, Port{Number: listen + 1, Key: "listenPort", What: "listenPort + 1, the HA port"})
	}
	return append(ports, exporterPort(v, v.Text("brokerIP1"))...)
}

// exporterPort is that of RocketMQ's own metrics page, where it is on. A broker opens it on its brokerIP1 unless told
// otherwise (BrokerMetricsManager).
func exporterPort(v Values, host string) []Port {
	if v.Text("metricsExporterType") != "PROM" {
		return nil
	}
	if named := v.Text("metricsPromExporterHost"); named != "" {
		host = named
	}
	return []Port{{Host: host, Number: v.Number("metricsPromExporterPort"), Key: "metricsPromExporterPort"}}
}

// defaultControllerPort is taken where a controller's own address cannot be found: it will not start then.
const defaultControllerPort = 9878

// controllerPorts are those of a controller, alone or inside a name server. With DLedger, raft and requests share the
// port of this member's address (DLedgerController overwrites listenPort with it); with jRaft each has a list of its
// own, in the same order (JRaftController).
func controllerPorts(v Values) []Port {
	var ports []Port
	switch v.Text("controllerType") {
	case "jRaft":
		requests := Port{
			Number: defaultControllerPort,
			Key:    "jRaftControllerRPCAddr",
			What:   "this member's port in jRaftControllerRPCAddr",
		}
		own := strings.TrimSpace(v.Text("jRaftServerId"))
		all := strings.Split(v.Text("jRaftControllerRPCAddr"), ",")
		for i, member := range strings.Split(v.Text("jRaftInitConf"), ",") {
			if strings.TrimSpace(member) == own && i < len(all) {
				requests.Number = portOf(all[i], requests.Number)
			}
		}
		ports = append(ports, requests)
		if raft := portOf(own, 0); raft > 0 {
			ports = append(ports, Port{Number: raft, Key: "jRaftServerId", What: "this member's port in jRaftServerId"})
		}
	default:
		own, ok := memberPort(v.Text("controllerDLegerSelfId"), v.Text("controllerDLegerPeers"))
		if !ok {
			own = defaultControllerPort
		}
		ports = []Port{{Number: own, Key: "controllerDLegerPeers", What: "this member's port in controllerDLegerPeers"}}
	}
	return append(ports, exporterPort(v, "")...)
}

// memberPort is the port of the member self in a list of DLedger peers, ID-HOST:PORT;ID-HOST:PORT.
func memberPort(self, peers string) (int64, bool) {
	for peer := range strings.SplitSeq(peers, ";") {
		if address, ok := strings.CutPrefix(peer, self+"-"); ok && self != "" {
			n := portOf(address, 0)
			return n, n > 0
		}
	}
	return 0, false
}

// portOf is the port behind the last colon of an address.
func portOf(address string, fallback int64) int64 {
	colon := strings.LastIndexByte(address, ':')
	if colon < 0 {
		return fallback
	}
	n, err := strconv.ParseInt(strings.TrimSpace(address[colon+1:]), 10, 32)
	if err != nil {
		return fallback
	}
	return n
}

// bound is the address that the remoting server is bound to.
func bound(v Values) string {
	if b := v.Text("bindAddress"); b != "0.0.0.0" {
		return b
	}
	return ""
}
