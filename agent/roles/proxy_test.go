package roles

import (
	"context"
	"errors"
	"net"
	"strings"
	"testing"

	"rocketmq-agent/agent/plan"
	"rocketmq-agent/agent/rmq"
	"rocketmq-agent/agent/rocketmq"
)

// says is a name server that gives one answer.
type says struct {
	clusters map[string][]string
	err      error
}

func (s says) ClusterInfo(context.Context) (rocketmq.ClusterInfo, error) {
	return rocketmq.ClusterInfo{Clusters: s.clusters}, s.err
}
func (says) UnregisterBroker(context.Context, rmq.BrokerRef) error { return nil }
func (says) Close() error                                          { return nil }

func TestNeedsOfAProxy(t *testing.T) {
	refused := says{err: &net.OpError{Op: "dial", Err: errors.New("connection refused")}}
	slow := says{err: context.DeadlineExceeded}
	otherwise := says{err: errors.New("not a RocketMQ answer")}
	none := says{clusters: map[string][]string{}}
	gone := says{clusters: map[string][]string{"c": {}}}
	other := says{clusters: map[string][]string{"d": {"mq-0"}}}
	there := says{clusters: map[string][]string{"c": {"mq-0"}}}
	for _, tt := range []struct {
		name    string
		answers []says
		missing string // empty: nothing
	}{
		{"no name server is known", nil, ""},
		{"none is there", []says{refused, slow}, "no name server can be reached"},
		{"no broker", []says{none}, "no broker of the cluster c is registered at"},
		{"its brokers are gone", []says{gone}, "no broker of the cluster c"},
		{"another cluster", []says{other}, `there are the clusters ["d"]`},
		{"one name server knows nothing, one is gone", []says{none, refused}, "no broker of the cluster c"},
		{"one is gone, one knows nothing", []says{refused, none}, "no broker of the cluster c"},
		{"a broker", []says{refused, none, there}, ""},
		{"it speaks otherwise", []says{otherwise}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var addrs []string
			byAddr := map[string]rocketmq.Namesrv{}
			for i, a := range tt.answers {
				addrs = append(addrs, "ns"+string(rune('0'+i))+":9876")
				byAddr[addrs[i]] = a
			}
			p := proxy{
				backend: plan.Backend{Namesrvs: addrs, Cluster: "c"},
				namesrvs: rocketmq.NamesrvsBy(func() []string { return addrs },
					func(addr string) rocketmq.Namesrv { return byAddr[addr] }),
			}
			err := p.Needs(t.Context())
			if (err == nil) != (tt.missing == "") || err != nil && !strings.Contains(err.Error(), tt.missing) {
				t.Errorf("%v, want %q", err, tt.missing)
			}
		})
	}
}
