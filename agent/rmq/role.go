// Package rmq holds the words of RocketMQ that every part of the agent speaks: roles, topologies, releases, ports,
// addresses. It does no I/O and knows nothing of the agent.
package rmq

import (
	"errors"
	"slices"
	"strings"
)

// Role is what a container, or one process in it, runs.
type Role string

// The roles. Standalone is a name server and a broker in one container: no process has that role.
const (
	Namesrv    Role = "namesrv"
	Broker     Role = "broker"
	Proxy      Role = "proxy"
	Controller Role = "controller"
	Standalone Role = "standalone"
)

// Processes are the roles that a process can have.
var Processes = []Role{Broker, Namesrv, Controller, Proxy}

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

// HasBroker says whether a container of the role runs a broker.
func (r Role) HasBroker() bool { return r == Broker || r == Standalone }

// Spelt is the role in a sentence.
func (r Role) Spelt() string {
	if r == Namesrv {
		return "name server"
	}
	return string(r)
}

func oneOf(s string, allowed ...string) (string, error) {
	if slices.Contains(allowed, s) {
		return s, nil
	}
	return "", errors.New("allowed: " + strings.Join(allowed, ", "))
}
