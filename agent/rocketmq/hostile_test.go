package rocketmq

import (
	"context"
	"encoding/binary"
	"net"
	"runtime"
	"strings"
	"testing"
	"time"
)

// A peer may be anybody who has got the address of one that is gone. Whatever it answers, the call ends with an error
// by its deadline, and the agent keeps within its memory.
func TestHostilePeers(t *testing.T) {
	length := func(n uint32) []byte { return binary.BigEndian.AppendUint32(nil, n) }
	frame := func(header, body string) []byte {
		out := length(uint32(4 + len(header) + len(body)))
		out = binary.BigEndian.AppendUint32(out, uint32(len(header)))
		return append(append(out, header...), body...)
	}
	answer := func(body string) []byte { return frame(`{"code":0,"opaque":1,"flag":1}`, body) }
	deep := strings.Repeat(`{"a":`, 100_000)
	for _, tt := range []struct {
		name  string
		sends []byte
		again bool // for ever
	}{
		{"length 0", length(0), false},
		{"length 3", append(length(3), 1, 2, 3), false},
		{"length 4, nothing in it", append(length(4), 0, 0, 0, 0), false},
		{"length 16 MiB, never sent", length(16 << 20), false},
		{"length 16 MiB + 1", length(16<<20 + 1), false},
		{"length of 4 GiB", length(1<<32 - 1), false},
		{"a header longer than its frame", append(length(8), 0, 0xFF, 0xFF, 0xFF, 1, 2, 3, 4), false},
		{"an unknown serialization", append(length(4), 9, 0, 0, 0), false},
		{"a lying binary header", append(length(12), 1, 0, 0, 8, 0, 0, 1, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF), false},
		{"tiny frames without an end", frame(`{"code":0,"opaque":7,"flag":1}`, ""), true},
		{"requests without an end", frame(`{"code":39,"opaque":1,"flag":0}`, ""), true},
		{"a header of deep nesting", frame(strings.Repeat(`{"extFields":`, 5000), ""), false},
		{"a body of deep nesting", answer(deep), false},
		{"a body of deep lists", answer(strings.Repeat(`[`, 500_000)), false},
		{"duplicate keys", answer(`{` + strings.Repeat(`"brokerAddrTable":{},`, 40_000)), false},
		{"a text without an end", answer(`{"brokerAddrTable":"` + strings.Repeat("x", 1<<19)), false},
		{"numbers that are none", answer(`{"brokerAddrTable":` + strings.Repeat("9", 1<<19) + `}`), false},
		{"no RocketMQ at all", []byte("HTTP/1.1 400 Bad Request\r\n\r\n"), false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			client := serve(t, func(conn net.Conn) {
				_, _ = conn.Read(make([]byte, 4096))
				for {
					if _, err := conn.Write(tt.sends); err != nil || !tt.again {
						break
					}
				}
				time.Sleep(50 * time.Millisecond)
			}).client(t)
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			began := time.Now()
			if info, err := client.ClusterInfo(ctx); err == nil {
				t.Errorf("it is taken for an answer: %+v", info)
			}
			if took := time.Since(began); took > 2*time.Second {
				t.Errorf("it took %v", took)
			}
			runtime.ReadMemStats(&after)
			// Frames that are passed over are garbage at once; what counts is what is held.
			if held := int64(after.HeapSys) - int64(before.HeapSys); held > 24<<20 {
				t.Errorf("it took %d MiB", held>>20)
			}
		})
	}
}
