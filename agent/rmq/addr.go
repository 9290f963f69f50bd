package rmq

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"regexp"
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
		list = append(list, Dialable(addr))
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

// SplitAddr takes host:port apart as RocketMQ does, at its last colon (NetworkUtil.string2SocketAddress); the brackets
// that may be around IPv6 are taken off.
func SplitAddr(addr string) (host, port string, ok bool) {
	colon := strings.LastIndexByte(addr, ':')
	if colon < 0 || strings.HasSuffix(addr, "]") { // [::1] has no port
		return "", "", false
	}
	return unbracketed(addr[:colon]), addr[colon+1:], true
}

// Dialable is an address of RocketMQ's as everybody else writes it: with brackets around IPv6.
func Dialable(addr string) string {
	host, port, ok := SplitAddr(addr)
	if !ok {
		return addr
	}
	return net.JoinHostPort(host, port)
}

// SameAddr says whether two addresses are one, however they are written.
func SameAddr(a, b string) bool {
	hostA, portA, okA := SplitAddr(a)
	hostB, portB, okB := SplitAddr(b)
	return a == b || okA && okB && portA == portB && SameHost(hostA, hostB)
}

// SameHost says whether two hosts are one by their texts: no name is looked up.
func SameHost(a, b string) bool {
	ipA, errA := ParseIP(a)
	ipB, errB := ParseIP(b)
	if errA == nil && errB == nil {
		return ipA.Unmap().WithZone("") == ipB.Unmap().WithZone("")
	}
	return strings.EqualFold(a, b)
}

// ParseIP reads an IP address, with brackets or without.
func ParseIP(s string) (netip.Addr, error) { return netip.ParseAddr(unbracketed(s)) }

// Told is a host as others are told it: an IPv6 address in brackets and without its zone, which means nothing to them
// (NetworkUtil.normalizeHostAddress).
func Told(host string) string {
	ip, err := ParseIP(host)
	if err != nil || ip.Is4() {
		return host
	}
	return "[" + ip.WithZone("").String() + "]"
}

func unbracketed(s string) string {
	if inner, ok := strings.CutPrefix(s, "["); ok && strings.HasSuffix(inner, "]") {
		return strings.TrimSuffix(inner, "]")
	}
	return s
}

// CheckAddr checks host:port, where host may be empty, and returns the host.
func CheckAddr(addr string) (host string, err error) {
	host, port, ok := SplitAddr(addr)
	if !ok {
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

// hostForm is a host name as a resolver takes it. Underscores occur in the service names of docker compose.
var hostForm = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_.-]*$`)

// IsHost says whether s can be a host: a placeholder that nobody filled in, a URL or a pasted list cannot.
func IsHost(s string) bool {
	_, err := ParseIP(s)
	return err == nil || hostForm.MatchString(s)
}
