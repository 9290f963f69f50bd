package rmq

import (
	"strings"
	"testing"
)

// Report D7: the forms in which people write addresses.
func TestParseAddrs(t *testing.T) {
	for _, tt := range []struct{ in, want, says string }{
		{"", "", ""},
		{"a:9876", "a:9876", ""},
		{" a:9876 ; [2001:db8::1]:9876; ", "a:9876;[2001:db8::1]:9876", ""},
		{"2001:db8::1:9876;fe80::1%eth0:9876", "[2001:db8::1]:9876;[fe80::1%eth0]:9876", ""},
		{"2001:db8::1", "", "neither a host name nor an IP address"},
		{"[2001:db8::1]", "", "is not host:port"},
		{`"a:9876"`, "", "did you mean a:9876; allowed"},
		{`'a:9876;b:9876'`, "", "did you mean a:9876;b:9876; allowed"},
		{"a:9876,b:9876", "", "did you mean a:9876;b:9876; allowed"},
		{"a:9876 b:9876", "", "did you mean a:9876;b:9876; allowed"},
		{"http://a:9876", "", "did you mean a:9876; allowed"},
		{"tcp://a:9876/", "", "did you mean a:9876; allowed"},
		{"a", "", `"a" is not host:port: a name server's port is 9876 unless somebody chose another (a:9876)`},
		{"${NS}:9876", "", "neither a host name nor an IP address; allowed"},
		{"a:b", "", "from 1 to 65535; allowed"},
	} {
		list, err := ParseAddrs(tt.in)
		if list.String() != tt.want || (err != nil) != (tt.says != "") {
			t.Errorf("%q: %v, %v", tt.in, list, err)
		}
		if err != nil && !strings.Contains(err.Error(), tt.says) {
			t.Errorf("%q: %v does not say %q", tt.in, err, tt.says)
		}
	}
}

// Report E3: an address has several forms.
func TestFormsOfAddresses(t *testing.T) {
	for _, tt := range []struct{ addr, host, port, dialable string }{
		{"a:1", "a", "1", "a:1"},
		{"10.0.0.1:1", "10.0.0.1", "1", "10.0.0.1:1"},
		{"[2001:db8::1]:1", "2001:db8::1", "1", "[2001:db8::1]:1"},
		{"2001:db8::1:10911", "2001:db8::1", "10911", "[2001:db8::1]:10911"},
		{"fe80::1%eth0:10911", "fe80::1%eth0", "10911", "[fe80::1%eth0]:10911"},
		{":1", "", "1", ":1"},
		{"a", "", "", "a"},
	} {
		host, port, ok := SplitAddr(tt.addr)
		if host != tt.host || port != tt.port || ok != (tt.port != "") {
			t.Errorf("%s: %q %q %t", tt.addr, host, port, ok)
		}
		if got := Dialable(tt.addr); got != tt.dialable {
			t.Errorf("%s is dialled as %s", tt.addr, got)
		}
	}
	for _, tt := range []struct {
		a, b string
		same bool
	}{
		{"2001:db8::1:10911", "[2001:db8:0::1]:10911", true},
		{"fe80::1%eth0:1", "[fe80::1]:1", true},
		{"::ffff:10.0.0.1:1", "10.0.0.1:1", true},
		{"MQ-0.mq:1", "mq-0.mq:1", true},
		{"10.0.0.1:1", "10.0.0.1:2", false},
		{"10.0.0.1:1", "10.0.0.2:1", false},
		{"a:1", "10.0.0.2:1", false},
		{"a", "a", true},
		{"a", "b", false},
	} {
		if SameAddr(tt.a, tt.b) != tt.same {
			t.Errorf("%s and %s: not %t", tt.a, tt.b, tt.same)
		}
	}
	for in, want := range map[string]string{
		"10.0.0.1": "10.0.0.1", "mq-0": "mq-0", "2001:db8::1": "[2001:db8::1]", "[2001:db8::1]": "[2001:db8::1]",
		"fe80::1%eth0": "[fe80::1]",
	} {
		if got := Told(in); got != want {
			t.Errorf("%s is told as %s", in, got)
		}
	}
}
