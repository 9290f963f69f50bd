package rmq

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"strings"
)

// AddrList is a list of name servers or controllers, each host:port. RocketMQ exits with 253, and without a word, for
// anything else.
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
		host, err := CheckAddr(addr)
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

// SplitAddrs takes a list apart as RocketMQ does, whatever its parts are.
func SplitAddrs(s string) []string {
	return strings.FieldsFunc(s, func(c rune) bool { return c == ';' })
}

// CheckAddr checks [host]:port and returns the host.
func CheckAddr(addr string) (host string, err error) {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return "", fmt.Errorf("%q is not host:port", addr)
	}
	if host != "" && !IsHost(host) {
		return "", fmt.Errorf("%q: %q is neither a host name nor an IP address", addr, host)
	}
	if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
		return "", fmt.Errorf("%q: the port must be a number from 1 to 65535", addr)
	}
	return host, nil
}

// IsHost says whether s can be a host: a placeholder that nobody filled in, a URL or a pasted list cannot. Underscores
// occur in the service names of docker compose.
func IsHost(s string) bool {
	if _, err := netip.ParseAddr(s); err == nil {
		return true
	}
	const allowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_"
	return s != "" && strings.Trim(s, allowed) == ""
}
