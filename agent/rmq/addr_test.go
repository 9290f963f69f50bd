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
