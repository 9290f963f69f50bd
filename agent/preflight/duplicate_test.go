package preflight

import (
	"encoding/binary"
	"net"
	"strings"
	"testing"

	"rocketmq-agent/agent/rmq"
	"rocketmq-agent/agent/rocketmq"
)

// W9: whoever answers with an error where a twin should be is taken for it, and the way out is said.
func TestAnonymousTwin(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			_, _ = conn.Read(make([]byte, 4096))
			header := `{"code":16,"opaque":1,"flag":1,"remark":"username cannot be null."}`
			frame := binary.BigEndian.AppendUint32(nil, uint32(4+len(header)))
			frame = binary.BigEndian.AppendUint32(frame, uint32(len(header)))
			_, _ = conn.Write(append(frame, header...))
			_ = conn.Close()
		}
	}()
	self := rmq.BrokerRef{Name: "mq-0"}
	alive, doubt := lives(t.Context(), l.Addr().String(), rocketmq.Access{}, self)
	if !alive || !strings.Contains(doubt, "forgets one that is gone after two minutes") {
		t.Errorf("%t, %q", alive, doubt)
	}
	if alive, doubt := lives(t.Context(), "127.0.0.1:1", rocketmq.Access{}, self); alive || doubt != "" {
		t.Errorf("nobody is there: %t, %q", alive, doubt)
	}
}

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
		// Report E3
		{self{host: "[2001:db8::1]", port: 10911}, "2001:db8::1:10911", true},
		{self{host: "2001:db8::1", port: 10911}, "[2001:db8::1]:10911", true},
		{self{host: "[2001:db8::1]", port: 10911}, "[2001:db8::2]:10911", false},
	}
	for _, tt := range tests {
		if got := tt.self.at(tt.addr); got != tt.want {
			t.Errorf("%+v at %s: %t", tt.self, tt.addr, got)
		}
	}
}
