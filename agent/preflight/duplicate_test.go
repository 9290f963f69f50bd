package preflight

import "testing"

func TestAt(t *testing.T) {
	tests := []struct {
		self self
		addr string
		want bool
	}{
		{self{host: "10.0.0.1", port: 10911}, "10.0.0.1:10911", true},
		{self{host: "10.0.0.1", port: 10911}, "10.0.0.1:10921", false},
		{self{host: "10.0.0.1", port: 10911}, "10.0.0.2:10911", false},
		{self{host: "mq-0.mq", port: 10911}, "mq-0.mq:10911", true},
		{self{port: 10911}, "127.0.0.1:10911", true}, // an address of this machine
		{self{port: 10911}, "192.0.2.1:10911", false},
		{self{port: 10911}, "nonsense", false},
	}
	for _, tt := range tests {
		if got := tt.self.at(tt.addr); got != tt.want {
			t.Errorf("%+v at %s: %t", tt.self, tt.addr, got)
		}
	}
}
