package fastjson

import (
	"fmt"
	"strings"
	"testing"
)

// clusterInfo is the answer of a name server that knows a large cluster: a body of a little more than size bytes.
func clusterInfo(size int) []byte {
	var brokers, names []string
	for length := 0; length < size; {
		name := fmt.Sprintf(`"broker-%d"`, len(names))
		host := fmt.Sprintf("10.0.%d.", len(names)%256)
		broker := name + `:{"brokerAddrs":{0:"` + host + `1:10911",1:"` + host + `2:10911"},"brokerName":` + name +
			`,"cluster":"c","enableActingMaster":false}`
		brokers, names = append(brokers, broker), append(names, name)
		length += len(broker) + len(name)
	}
	return []byte(`{"brokerAddrTable":{` + strings.Join(brokers, ",") +
		`},"clusterAddrTable":{"c":[` + strings.Join(names, ",") + `]}}`)
}

func BenchmarkUnmarshal(b *testing.B) {
	body := clusterInfo(1 << 20)
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		var info struct {
			Brokers map[string]struct {
				Addrs map[int64]string `json:"brokerAddrs"`
			} `json:"brokerAddrTable"`
			Clusters map[string][]string `json:"clusterAddrTable"`
		}
		if err := Unmarshal(body, &info); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkToJSON is the part of Unmarshal that is not encoding/json's.
func BenchmarkToJSON(b *testing.B) {
	body := clusterInfo(1 << 20)
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := toJSON(body); err != nil {
			b.Fatal(err)
		}
	}
}
