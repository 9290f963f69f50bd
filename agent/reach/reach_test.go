package reach

import (
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestTo(t *testing.T) {
	all := candidates()
	if len(all) == 0 {
		t.Skip("this machine has no address")
	}
	for _, a := range all {
		if addr := netip.MustParseAddr(a); !reachable(addr) || addr.Zone() != "" {
			t.Errorf("%s is no address for others", a)
		}
	}
	own := all[0]
	for _, tt := range []struct {
		name  string
		hosts []string
		by    string
		local string // empty: any of this machine
	}{
		{"an address of this machine", []string{own}, own, own},
		{"the first that is known decides", []string{"no-such-host.invalid", own}, own, own},
		{"none is known", []string{"no-such-host.invalid"}, "", ""},
		{"no host", nil, "", ""},
		{"itself: nobody else could reach it", []string{"127.0.0.1", "localhost"}, "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			began := time.Now()
			found := To(t.Context(), tt.hosts)
			if took := time.Since(began); took > patience+time.Second {
				t.Errorf("it took %v", took)
			}
			if found.By != tt.by || tt.local != "" && found.Local != tt.local || !slices.Equal(found.Candidates, all) {
				t.Errorf("%+v", found)
			}
			if !slices.Contains(all, found.Local) {
				t.Errorf("%s is no address of this machine", found.Local)
			}
		})
	}
}

func TestExpand(t *testing.T) {
	for _, tt := range []struct {
		addrs []string
		want  string
		ok    bool
	}{
		{[]string{"10.0.0.1:9876", "[2001:db8::1]:9876"}, "10.0.0.1:9876 [2001:db8::1]:9876", true},
		{[]string{"localhost:9876"}, "localhost:9876", true}, // IPv4 and IPv6 are one server
		{[]string{"10.0.0.1:9876", "no-such-host.invalid:9876"}, "10.0.0.1:9876", false},
		{nil, "", true},
	} {
		got, ok := Expand(t.Context(), tt.addrs)
		if strings.Join(got, " ") != tt.want || ok != tt.ok {
			t.Errorf("%v: %v %t", tt.addrs, got, ok)
		}
	}
}

func TestKin(t *testing.T) {
	for in, want := range map[string]string{
		"10.0.0.2 10.0.0.1 10.0.0.2": "10.0.0.1 10.0.0.2",
		"10.0.0.1 2001:db8::1":       "10.0.0.1",
		"2001:db8::2 2001:db8::1":    "2001:db8::1 2001:db8::2",
	} {
		var addrs []netip.Addr
		for _, a := range strings.Fields(in) {
			addrs = append(addrs, netip.MustParseAddr(a))
		}
		var got []string
		for _, a := range kin(addrs) {
			got = append(got, a.String())
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: %v", in, got)
		}
	}
}

func TestReachable(t *testing.T) {
	for text, want := range map[string]bool{
		"10.1.2.3": true, "192.168.1.1": true, "2001:db8::1": true, "fd00::1": true,
		"127.0.0.1": false, "::1": false, "0.0.0.0": false, "::": false, "169.254.1.1": false, "fe80::1%eth0": false,
		"224.0.0.1": false,
	} {
		if got := reachable(netip.MustParseAddr(text)); got != want {
			t.Errorf("%s: %t", text, got)
		}
	}
	if reachable(netip.Addr{}) {
		t.Error("no address is reachable")
	}
	if got := plain(netip.MustParseAddr("::ffff:10.0.0.1")); got != "10.0.0.1" {
		t.Errorf("%s", got)
	}
}
