// Package identity derives who a broker is from what the pod knows about itself. It is pure: the same inputs give the
// same identity, so a restarted container is the broker that it was.
package identity

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"rocketmq-agent/agent/settings"
)

// Identity is what makes a broker this broker and no other.
type Identity struct {
	Topology      settings.Topology
	Ordinal       int
	OrdinalSource string // where the ordinal came from, for --explain and the log
	BrokerName    string // empty with the topology manual: the file decides
	BrokerID      int64
	BrokerRole    string // ASYNC_MASTER or SYNC_MASTER
	Address       string // brokerIP1; empty: RocketMQ picks an address of this host
	AddressSource string
}

// defaultPrefix names brokers where no pod name does.
const defaultPrefix = "broker"

// loopback is what a standalone container outside Kubernetes tells its clients: with published ports they reach it there.
const loopback = "127.0.0.1"

// Derive computes the identity of a container. fileDecides says that the configuration file sets an identity of its own.
func Derive(s settings.Settings, role settings.Role, fileDecides bool) (Identity, error) {
	id := Identity{Topology: s.Topology}
	if id.Topology == "" {
		id.Topology = settings.Masters
		if fileDecides {
			id.Topology = settings.Manual
		}
	}
	var err error
	if id.Address, id.AddressSource, err = address(s, role); err != nil {
		return Identity{}, err
	}
	if id.Topology == settings.Manual {
		return id, nil
	}
	var podPrefix string
	if id.Ordinal, podPrefix, id.OrdinalSource, err = ordinal(s); err != nil {
		return Identity{}, err
	}
	prefix := string(s.BrokerNamePrefix)
	if prefix == "" {
		prefix = podPrefix
	}
	id.BrokerName = prefix + "-" + strconv.Itoa(id.Ordinal)
	id.BrokerRole = "ASYNC_MASTER"
	if s.Replication == settings.Sync {
		id.BrokerRole = "SYNC_MASTER"
	}
	return id, nil
}

// ordinal finds the number of this pod, and the prefix that its broker names share. Outside Kubernetes a container's
// host name is a random number, which must never become a broker's name.
func ordinal(s settings.Settings) (n int, prefix, source string, err error) {
	name, source := s.Pod.Name, "POD_NAME"
	if name == "" && s.Pod.InKubernetes {
		name, source = s.Pod.Hostname, "the host name"
	}
	prefix, n, ok := splitPodName(name)
	switch {
	case s.Ordinal.Set:
		if !ok {
			prefix = defaultPrefix
		}
		return s.Ordinal.N, prefix, "RMQ_ORDINAL", nil
	case ok:
		return n, prefix, source, nil
	case name != "":
		return 0, "", "", fmt.Errorf("cannot derive a broker's identity from %s=%q: it does not end in an ordinal; run brokers in a StatefulSet, or set RMQ_ORDINAL (and RMQ_BROKER_NAME_PREFIX)", source, name)
	}
	return 0, defaultPrefix, "the default", nil
}

// randomSuffix are five characters of those that Kubernetes draws random names from, where the draw gave digits alone:
// one pod in 850 of a Deployment or a DaemonSet. No StatefulSet counts that far.
var randomSuffix = regexp.MustCompile(`^[2456789]{5}$`)

// splitPodName splits the name that a StatefulSet gives its pods: a prefix, a dash and a number without leading zeros.
func splitPodName(name string) (prefix string, n int, ok bool) {
	i := strings.LastIndexByte(name, '-')
	if i <= 0 {
		return "", 0, false
	}
	n, err := strconv.Atoi(name[i+1:])
	if err != nil || strconv.Itoa(n) != name[i+1:] || randomSuffix.MatchString(name[i+1:]) {
		return "", 0, false
	}
	return name[:i], n, true
}

// address is what brokerIP1 shall be, and which setting said so.
func address(s settings.Settings, role settings.Role) (addr, source string, err error) {
	switch s.Advertise {
	case "":
		switch {
		case s.Pod.IP != "":
			return s.Pod.IP, "POD_IP", nil
		case role == settings.Standalone && !s.Pod.InKubernetes:
			return loopback, "the default of standalone", nil
		}
		return "", "RocketMQ's own choice", nil
	case settings.PodIP:
		return need(s.Pod.IP, s.Advertise, "POD_IP is not set (fieldRef status.podIP)")
	case settings.HostIP:
		return need(s.Pod.HostIP, s.Advertise, "HOST_IP is not set (fieldRef status.hostIP)")
	case settings.PodDNS:
		return need(s.Pod.FQDN, s.Advertise, "/etc/hosts has no full name for this pod: its StatefulSet needs a serviceName, and that headless Service must exist")
	}
	return string(s.Advertise), "RMQ_ADVERTISE", nil
}

func need(value string, kind settings.Advertise, missing string) (addr, source string, err error) {
	if value == "" {
		return "", "", fmt.Errorf("RMQ_ADVERTISE=%s: %s", kind, missing)
	}
	return value, "RMQ_ADVERTISE=" + string(kind), nil
}
