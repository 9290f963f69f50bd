package settings

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"

	"rocketmq-agent/agent/rmq"
)

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
	if !rmq.IsHost(name) || strings.Contains(name, ":") || strings.Contains("."+name, "..") {
		return errors.New("allowed: a domain, as mq.default.svc.cluster.local")
	}
	*d = Domain(name)
	return nil
}

// Cluster is the name of a cluster, which RocketMQ uses as a topic's name and in its own files.
type Cluster string

// UnmarshalText implements encoding.TextUnmarshaler.
func (c *Cluster) UnmarshalText(b []byte) error {
	refused := func(r rune) bool { return r == '#' || unicode.IsSpace(r) || !unicode.IsPrint(r) }
	if strings.ContainsFunc(string(b), refused) {
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
	if !rmq.IsHost(string(b)) {
		return fmt.Errorf("allowed: %s, %s, %s, an IP address or a host name, without a port", PodIP, PodDNS, HostIP)
	}
	*a = Advertise(b)
	return nil
}

// HTTPAddr is an address to listen on, host:port or :port.
type HTTPAddr string

// UnmarshalText implements encoding.TextUnmarshaler.
func (a *HTTPAddr) UnmarshalText(b []byte) error {
	if _, err := rmq.CheckAddr(string(b)); err != nil {
		return fmt.Errorf("%w; allowed: host:port or :port", err)
	}
	*a = HTTPAddr(b)
	return nil
}
