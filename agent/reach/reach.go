// Package reach finds the address of this machine under which others can reach it: the local end of a connection to
// those that it talks to. Nothing is sent.
package reach

import (
	"cmp"
	"context"
	"net"
	"net/netip"
	"slices"
	"sync"
	"time"
)

// patience is how long names may take to be resolved.
const patience = 2 * time.Second

// Found is what is known of the ways to some hosts. Addresses are IP addresses as text, without brackets and zones.
type Found struct {
	Local      string   // the address of this machine; empty: there is none that others could reach
	By         string   // the host that is reached from there; empty: none could be resolved, it is a guess
	Candidates []string // all addresses of this machine that others could reach
}

// To finds the way to hosts, names or addresses, of which the first that can be resolved decides.
func To(ctx context.Context, hosts []string) Found {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	found := Found{Candidates: candidates()}
	resolved := resolve(ctx, hosts)
	for i, host := range hosts {
		for _, addr := range resolved[i] {
			if local, ok := localEnd(addr); ok && found.Local == "" {
				found.Local, found.By = local, host
			}
		}
	}
	if found.Local == "" {
		found.Local = found.guess()
	}
	return found
}

// guess is the only candidate, else the one that the default route leaves from.
func (f Found) guess() string {
	if len(f.Candidates) == 1 {
		return f.Candidates[0]
	}
	for _, anybody := range []string{"192.0.2.1", "2001:db8::1"} { // documentation addresses: the default route's
		if local, ok := localEnd(netip.MustParseAddr(anybody)); ok {
			return local
		}
	}
	if len(f.Candidates) > 0 {
		return f.Candidates[0]
	}
	return ""
}

// resolve looks hosts up, IPv4 first as Java does.
func resolve(ctx context.Context, hosts []string) [][]netip.Addr {
	all := make([][]netip.Addr, len(hosts))
	var each sync.WaitGroup
	for i, host := range hosts {
		each.Go(func() {
			addrs, _ := net.DefaultResolver.LookupNetIP(ctx, "ip", host) // one that cannot be resolved has none
			for j := range addrs {
				addrs[j] = addrs[j].Unmap()
			}
			slices.SortStableFunc(addrs, func(a, b netip.Addr) int { return cmp.Compare(a.BitLen(), b.BitLen()) })
			all[i] = addrs
		})
	}
	each.Wait()
	return all
}

// localEnd is the address that packets to addr would come from. The connection of a datagram socket sends none.
func localEnd(addr netip.Addr) (string, bool) {
	conn, err := net.DialUDP("udp", nil, net.UDPAddrFromAddrPort(netip.AddrPortFrom(addr, 9)))
	if err != nil {
		return "", false
	}
	defer conn.Close()
	local, ok := conn.LocalAddr().(*net.UDPAddr)
	if !ok || !reachable(local.AddrPort().Addr()) {
		return "", false
	}
	return plain(local.AddrPort().Addr()), true
}

// candidates are the addresses of this machine, IPv4 first.
func candidates() []string {
	all, err := net.InterfaceAddrs()
	if err != nil {
		return nil
	}
	var v4, v6 []string
	for _, a := range all {
		prefix, err := netip.ParsePrefix(a.String())
		switch {
		case err != nil || !reachable(prefix.Addr()):
		case prefix.Addr().Unmap().Is4():
			v4 = append(v4, plain(prefix.Addr()))
		default:
			v6 = append(v6, plain(prefix.Addr()))
		}
	}
	return append(v4, v6...)
}

// reachable says whether another machine can use an address; one of a link means nothing without its zone.
func reachable(a netip.Addr) bool {
	return a.IsValid() && !a.IsUnspecified() && !a.IsLoopback() && !a.IsLinkLocalUnicast() && !a.IsMulticast()
}

func plain(a netip.Addr) string { return a.Unmap().WithZone("").String() }
