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

// ParseAddrs reads host:port;host:port. Only the empty string is the empty list. An error says what was surely meant.
func ParseAddrs(s string) (AddrList, error) {
	list, err := parseAddrs(s)
	if err == nil {
		return list, nil
	}
	if meant := RepairAddrs(s, ""); meant != "" {
		err = fmt.Errorf("%w; did you mean %s", err, meant)
	}
	return nil, fmt.Errorf("%w; allowed: host:port;host:port", err)
}

func parseAddrs(s string) (AddrList, error) {
	var list AddrList
	for _, addr := range strings.Split(s, ";") {
		addr = strings.TrimSpace(addr)
		if addr == "" {
			continue
		}
		host, err := CheckAddr(addr)
		switch {
		case err != nil && IsHost(addr):
			return nil, fmt.Errorf("%w: a name server's port is 9876 unless somebody chose another (%s:9876), "+
				"a controller's 9878", err, addr)
		case err != nil:
			return nil, err
		case host == "":
			return nil, fmt.Errorf("%q has no host", addr)
		}
		list = append(list, addr)
	}
	if len(list) == 0 && s != "" {
		return nil, errors.New("names no server")
	}
	return list, nil
}

// RepairAddrs makes a list of one that is separated otherwise, in quotes, or of URLs; port, where one is given, is that
// of an address without any. Empty: no list comes of it.
func RepairAddrs(s, port string) string {
	separates := func(r rune) bool { return strings.ContainsRune(",;\"'` \t\r\n，；、", r) }
	parts := strings.FieldsFunc(s, separates)
	for i, part := range parts {
		if _, behind, isURL := strings.Cut(part, "://"); isURL {
			part = behind
		}
		if part = strings.TrimRight(part, "/"); port != "" && IsHost(part) {
			part = net.JoinHostPort(part, port)
		}
		parts[i] = part
	}
	list, err := parseAddrs(strings.Join(parts, ";"))
	if err != nil {
		return ""
	}
	return list.String()
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
