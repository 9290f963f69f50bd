package settings

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// Role is what a container runs.
type Role string

// The roles. Standalone is a name server and a broker in one container.
const (
	Namesrv    Role = "namesrv"
	Broker     Role = "broker"
	Proxy      Role = "proxy"
	Controller Role = "controller"
	Standalone Role = "standalone"
)

// ParseRole reads a role; "nameserver" is the official image's word for namesrv.
func ParseRole(s string) (Role, error) {
	if s == "nameserver" {
		return Namesrv, nil
	}
	r, err := oneOf(s, string(Namesrv), string(Broker), string(Proxy), string(Controller), string(Standalone))
	return Role(r), err
}

// UnmarshalText implements encoding.TextUnmarshaler.
func (r *Role) UnmarshalText(b []byte) (err error) {
	*r, err = ParseRole(string(b))
	return err
}

// Topology is the rule that turns an ordinal into a broker's identity.
type Topology string

// The topologies. Manual means that the configuration file decides.
const (
	Masters        Topology = "masters"    // every broker is a group of its own
	Replicas       Topology = "replicas"   // a master and its slaves, by index
	DLedger        Topology = "dledger"    // a replicated commit log that elects its leader
	ControllerMode Topology = "controller" // controllers elect the master of each group
	Manual         Topology = "manual"
)

// UnmarshalText implements encoding.TextUnmarshaler.
func (t *Topology) UnmarshalText(b []byte) error {
	v, err := oneOf(string(b), string(Masters), string(Replicas), string(DLedger), string(ControllerMode), string(Manual))
	*t = Topology(v)
	return err
}

// Replication says whether a master waits for its slaves.
type Replication string

// The kinds of replication.
const (
	Async Replication = "async"
	Sync  Replication = "sync"
)

// UnmarshalText implements encoding.TextUnmarshaler.
func (r *Replication) UnmarshalText(b []byte) error {
	v, err := oneOf(string(b), string(Async), string(Sync))
	*r = Replication(v)
	return err
}

// LogFormat is how the agent's own lines look.
type LogFormat string

// The log formats.
const (
	JSON LogFormat = "json"
	Text LogFormat = "text"
)

// UnmarshalText implements encoding.TextUnmarshaler.
func (f *LogFormat) UnmarshalText(b []byte) error {
	v, err := oneOf(string(b), string(JSON), string(Text))
	*f = LogFormat(v)
	return err
}

func oneOf(s string, allowed ...string) (string, error) {
	if slices.Contains(allowed, s) {
		return s, nil
	}
	return "", errors.New("allowed: " + strings.Join(allowed, ", "))
}

// Name is a part of a broker's name. RocketMQ uses broker names as topic names and as parts of its own file formats.
type Name string

// UnmarshalText implements encoding.TextUnmarshaler.
func (n *Name) UnmarshalText(b []byte) error {
	for _, c := range string(b) {
		if !strings.ContainsRune("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-", c) {
			return fmt.Errorf("%q is not allowed in a broker's name: letters, digits, - and _", c)
		}
	}
	*n = Name(b)
	return nil
}

// Size is a number of brokers or controllers; 0 is unset.
type Size int

// UnmarshalText implements encoding.TextUnmarshaler.
func (n *Size) UnmarshalText(b []byte) error {
	v, err := strconv.ParseUint(string(b), 10, 16)
	if err != nil || v == 0 {
		return errors.New("allowed: a whole number from 1 on")
	}
	*n = Size(v)
	return nil
}

// Domain is the part of a host name behind its first dot.
type Domain string

// UnmarshalText implements encoding.TextUnmarshaler.
func (d *Domain) UnmarshalText(b []byte) error {
	name := strings.TrimPrefix(string(b), ".")
	if !isHost(name) || strings.Contains(name, ":") || strings.Contains("."+name, "..") {
		return errors.New("allowed: a domain, as mq.default.svc.cluster.local")
	}
	*d = Domain(name)
	return nil
}

// Cluster is the name of a cluster, which RocketMQ uses as a topic's name and in its own files.
type Cluster string

// UnmarshalText implements encoding.TextUnmarshaler.
func (c *Cluster) UnmarshalText(b []byte) error {
	if strings.ContainsFunc(string(b), func(r rune) bool { return r == '#' || unicode.IsSpace(r) || !unicode.IsPrint(r) }) {
		return errors.New("allowed: a name without blanks and #")
	}
	*c = Cluster(b)
	return nil
}

// Ordinal is the number of a pod in its StatefulSet, or unset.
type Ordinal struct {
	N   int
	Set bool
}

// UnmarshalText implements encoding.TextUnmarshaler.
func (o *Ordinal) UnmarshalText(b []byte) error {
	n, err := strconv.ParseUint(string(b), 10, 31)
	if err != nil {
		return errors.New("allowed: a whole number from 0 on")
	}
	*o = Ordinal{int(n), true}
	return nil
}

// Grace is a time span; plain digits are seconds, as in a pod's terminationGracePeriodSeconds.
type Grace time.Duration

// UnmarshalText implements encoding.TextUnmarshaler.
func (g *Grace) UnmarshalText(b []byte) error {
	d, err := time.ParseDuration(string(b))
	if n, e := strconv.ParseUint(string(b), 10, 31); e == nil {
		d, err = time.Duration(n)*time.Second, nil
	}
	if err != nil || d <= 0 {
		return errors.New("allowed: seconds (60) or a time span (90s, 2m) above 0")
	}
	*g = Grace(d)
	return nil
}

// Advertise is the address that clients are told: one of three kinds, or the address itself.
type Advertise string

// The kinds of address. Each is taken from the pod's metadata.
const (
	PodIP  Advertise = "pod-ip"
	PodDNS Advertise = "pod-dns"
	HostIP Advertise = "host-ip"
)

// UnmarshalText implements encoding.TextUnmarshaler. RocketMQ adds the port itself and checks nothing.
func (a *Advertise) UnmarshalText(b []byte) error {
	if !isHost(string(b)) {
		return fmt.Errorf("allowed: %s, %s, %s, an IP address or a host name, without a port", PodIP, PodDNS, HostIP)
	}
	*a = Advertise(b)
	return nil
}

// HTTPAddr is an address to listen on, host:port or :port.
type HTTPAddr string

// UnmarshalText implements encoding.TextUnmarshaler.
func (a *HTTPAddr) UnmarshalText(b []byte) error {
	if _, err := checkAddr(string(b)); err != nil {
		return fmt.Errorf("%w; allowed: host:port or :port", err)
	}
	*a = HTTPAddr(b)
	return nil
}

// AddrList is a list of name servers or controllers, each host:port. RocketMQ exits with 253, and without a word, for anything else.
type AddrList []string

// UnmarshalText implements encoding.TextUnmarshaler.
func (l *AddrList) UnmarshalText(b []byte) error {
	list, err := ParseAddrs(string(b))
	*l = list
	return err
}

// ParseAddrs reads host:port;host:port. Only the empty string is the empty list.
func ParseAddrs(s string) (AddrList, error) {
	var list AddrList
	for _, addr := range strings.Split(s, ";") {
		addr = strings.TrimSpace(addr)
		if addr == "" {
			continue
		}
		host, err := checkAddr(addr)
		if err == nil && host == "" {
			err = fmt.Errorf("%q has no host", addr)
		}
		if err != nil {
			return nil, fmt.Errorf("%w; allowed: host:port;host:port", err)
		}
		list = append(list, addr)
	}
	if len(list) == 0 && s != "" {
		return nil, errors.New("names no server; allowed: host:port;host:port")
	}
	return list, nil
}

// String is the list as RocketMQ reads it.
func (l AddrList) String() string { return strings.Join(l, ";") }

// checkAddr checks [host]:port and returns the host.
func checkAddr(addr string) (host string, err error) {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return "", fmt.Errorf("%q is not host:port", addr)
	}
	if host != "" && !isHost(host) {
		return "", fmt.Errorf("%q: %q is neither a host name nor an IP address", addr, host)
	}
	if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
		return "", fmt.Errorf("%q: the port must be a number from 1 to 65535", addr)
	}
	return host, nil
}

// isHost says whether s can be a host: a placeholder that nobody filled in, a URL or a pasted list cannot. Underscores
// occur in the service names of docker compose.
func isHost(s string) bool {
	if _, err := netip.ParseAddr(s); err == nil {
		return true
	}
	const allowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_"
	return s != "" && strings.Trim(s, allowed) == ""
}
