package reach

import (
	"context"
	"net"
	"net/netip"
	"slices"

	"rocketmq-agent/agent/rmq"
)

// Expand puts all servers behind a name in its place, in the order of their addresses; a name of one server stays. ok
// is false when a name cannot be resolved: what was known of it is then better.
func Expand(ctx context.Context, addrs []string) (all []string, ok bool) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	var hosts []string
	for _, addr := range addrs {
		host, _, _ := rmq.SplitAddr(addr)
		hosts = append(hosts, host)
	}
	ok = true
	for i, found := range resolve(ctx, hosts) {
		several := kin(found)
		_, port, _ := rmq.SplitAddr(addrs[i])
		switch {
		case len(found) == 0:
			ok = false
		case len(several) < 2:
			all = append(all, addrs[i])
		}
		for _, ip := range several {
			if len(several) > 1 {
				all = append(all, net.JoinHostPort(ip.String(), port))
			}
		}
	}
	return all, ok
}

// kin are the addresses of the first one's kind, in order: a machine with IPv4 and IPv6 is one.
func kin(addrs []netip.Addr) (same []netip.Addr) {
	for _, a := range addrs {
		if a.Is4() == addrs[0].Is4() {
			same = append(same, a)
		}
	}
	slices.SortFunc(same, netip.Addr.Compare)
	return slices.Compact(same)
}

// Addresses are all that a name has; none where it cannot be resolved.
func Addresses(ctx context.Context, name string) (all []string) {
	for _, a := range resolve(ctx, []string{name})[0] {
		all = append(all, a.String())
	}
	return all
}

// Own are the addresses of this machine that others could reach.
func Own() []string { return candidates() }
