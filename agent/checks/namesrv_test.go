package checks

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"rocketmq-agent/agent/rocketmq"
)

// lists is a name server that knows brokers of id 0, and the peers of one.
type lists struct {
	brokers []string
	views   []rocketmq.View
}

func infoOf(brokers ...string) rocketmq.ClusterInfo {
	info := rocketmq.ClusterInfo{Brokers: map[string]rocketmq.BrokerAddrs{}}
	for _, name := range brokers {
		info.Brokers[name] = rocketmq.BrokerAddrs{Name: name, Addrs: map[int64]string{0: name + ":10911"}}
	}
	return info
}

func (l *lists) Ping(context.Context) error { return nil }
func (l *lists) ClusterInfo(context.Context) (rocketmq.ClusterInfo, error) {
	return infoOf(l.brokers...), nil
}
func (l *lists) Clusters(context.Context) []rocketmq.View { return l.views }

func TestNamesrvBecomesComplete(t *testing.T) {
	peer := func(brokers ...string) rocketmq.View {
		return rocketmq.View{Addr: "ns-1:9876", Info: infoOf(brokers...)}
	}
	gone := rocketmq.View{Addr: "ns-2:9876", Err: errors.New("refused")}
	for _, tt := range []struct {
		name   string
		own    []string
		views  []rocketmq.View
		after  time.Duration
		ok     bool
		detail string
	}{
		{"a first install of several", nil, []rocketmq.View{peer(), gone}, 0, true, ""},
		{"alone, and a broker has come", []string{"a"}, nil, 0, true, ""},
		{"alone, and none has", nil, []rocketmq.View{gone}, 9 * time.Second, false, "no broker has registered yet"},
		{"alone for long", nil, nil, 10 * time.Second, true, ""},
		{"all have come", []string{"a", "b"}, []rocketmq.View{peer("a"), peer("b"), gone}, 0, true, ""},
		{"one has not", []string{"a"}, []rocketmq.View{peer("a", "b")}, 30 * time.Second, false,
			"it does not know the broker b with id 0, which ns-1:9876 lists"},
		{"one never comes", []string{"a"}, []rocketmq.View{peer("a", "b")}, time.Minute, true, "have not come within"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l := &lists{brokers: tt.own, views: tt.views}
				routes := Namesrv(l, l)[1]
				time.Sleep(tt.after)
				got := routes.Run(t.Context())
				if got.OK != tt.ok || !strings.Contains(got.Detail, tt.detail) {
					t.Errorf("%+v", got)
				}
				// What has been complete stays so, whatever a peer hears of first.
				l.views = []rocketmq.View{peer("a", "b", "c")}
				if again := routes.Run(t.Context()); tt.ok && !again.OK {
					t.Errorf("later: %+v", again)
				}
			})
		})
	}
	if n := len(Namesrv(&lists{}, nil)); n != 1 {
		t.Errorf("%d checks where there can be no peers", n)
	}
}
