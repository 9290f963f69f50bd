package rocketmq

import (
	"context"
	"errors"
	"slices"
	"testing"

	"rocketmq-agent/agent/rmq"
)

// namesrvStub is a name server that answers what it is told to.
type namesrvStub struct {
	err    error
	closed bool
	gone   []rmq.BrokerRef
}

func (s *namesrvStub) ClusterInfo(context.Context) (ClusterInfo, error) { return ClusterInfo{}, s.err }

func (s *namesrvStub) UnregisterBroker(_ context.Context, broker rmq.BrokerRef) error {
	s.gone = append(s.gone, broker)
	return s.err
}

func (s *namesrvStub) Close() error {
	s.closed = true
	return nil
}

func TestNamesrvsFollowTheList(t *testing.T) {
	var list, dialled []string
	stubs := map[string]*namesrvStub{"a:9876": {}, "b:9876": {}, "c:9876": {}}
	n := NamesrvsBy(func() []string { return list }, func(addr string) Namesrv {
		dialled = append(dialled, addr)
		return stubs[addr]
	})
	for _, list = range [][]string{{"a:9876", "b:9876"}, {"a:9876", "b:9876"}, {"b:9876", "c:9876"}} {
		got := n.Clusters(t.Context())
		if len(got) != 2 || got[0].Addr != list[0] || got[1].Addr != list[1] {
			t.Fatalf("asked %v, answers %+v", list, got)
		}
	}
	if want := []string{"a:9876", "b:9876", "c:9876"}; !slices.Equal(dialled, want) {
		t.Errorf("dialled %s: one connection each, kept", dialled)
	}
	if !stubs["a:9876"].closed || stubs["b:9876"].closed {
		t.Error("only the client that left the list is closed")
	}
	if n.Close(); !stubs["b:9876"].closed || !stubs["c:9876"].closed {
		t.Error("not all are closed")
	}
}

// One that does not answer takes nothing from the others.
func TestNamesrvsUnregister(t *testing.T) {
	errDown := errors.New("down")
	stubs := map[string]*namesrvStub{"a:9876": {err: errDown}, "b:9876": {}}
	n := NamesrvsBy(
		func() []string { return []string{"a:9876", "b:9876"} },
		func(addr string) Namesrv { return stubs[addr] },
	)
	broker := rmq.BrokerRef{Cluster: "c", Name: "broker-0", Addr: "10.0.0.1:10911"}
	if err := n.Unregister(t.Context(), broker); !errors.Is(err, errDown) {
		t.Errorf("error %v", err)
	}
	for addr, stub := range stubs {
		if !slices.Equal(stub.gone, []rmq.BrokerRef{broker}) {
			t.Errorf("%s was told of %v", addr, stub.gone)
		}
	}
}
