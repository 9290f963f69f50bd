package roles

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"strconv"
	"testing"
	"time"

	"rocketmq-agent/agent/rmq"
	"rocketmq-agent/agent/rocketmq"
	"rocketmq-agent/agent/testing/rmqtest"
)

// A real broker is drained and brought back. What makes it register soon must never restore what a drain has taken off.
func TestDrainOfARealBroker(t *testing.T) {
	namesrv := rmqtest.StartNamesrv(t, rmqtest.Options{})
	process := rmqtest.StartBroker(t, namesrv.Addr, rmqtest.Options{})
	_, text, err := net.SplitHostPort(process.Addr)
	if err != nil {
		t.Fatal(err)
	}
	port, _ := strconv.ParseInt(text, 10, 64)
	p := planned(t, rmq.Broker, "listenPort="+text+"\nnamesrvAddr="+namesrv.Addr+"\n")
	p.Known = rmq.BrokerRef{ID: 0}
	if p.Ports[0].Number != port {
		t.Fatalf("the broker listens on %v", p.Ports)
	}
	b := New(p, slog.New(slog.DiscardHandler)).(*broker)
	client := rocketmq.NewClient(process.Addr, rocketmq.Access{})
	defer client.Close()
	permission := func(want string) {
		t.Helper()
		live, err := client.BrokerConfig(t.Context())
		if err != nil || live["brokerPermission"] != want {
			t.Errorf("brokerPermission=%s, error %v, want %s", live["brokerPermission"], err, want)
		}
	}

	if _, err := b.OtherMasters(t.Context()); err == nil {
		t.Error("it knows others before the broker has said who it is")
	}
	for end := time.Now().Add(time.Minute); !b.Checks()[0].Run(t.Context()).OK; {
		if time.Now().After(end) {
			t.Fatal("the broker's own check does not pass")
		}
	}
	if n, err := b.OtherMasters(t.Context()); n != 0 || err != nil {
		t.Errorf("%d other masters, error %v", n, err)
	}
	if n, err := b.Producers(t.Context()); n != 0 || err != nil {
		t.Errorf("%d producers, error %v", n, err)
	}
	if err := b.register(t.Context()); err != nil {
		t.Errorf("cannot register: %v", err)
	}
	permission("6")
	for range 2 {
		if err := b.ForbidWrites(t.Context()); err != nil {
			t.Fatal(err)
		}
		permission("4")
		if err := b.register(t.Context()); err != nil {
			t.Errorf("cannot register: %v", err)
		}
		permission("4")
		if err := b.Undrain(t.Context()); err != nil {
			t.Fatal(err)
		}
		permission("6")
	}

	if err := b.Killed(t.Context()); err != nil {
		t.Errorf("cannot unregister: %v", err)
	}
	rmqtest.Eventually(t, 10*time.Second, func() error {
		info, err := rocketmq.NewClient(namesrv.Addr, rocketmq.Access{}).ClusterInfo(context.Background())
		if err == nil && len(info.Brokers) > 0 {
			err = errors.New("the name server still lists the broker")
		}
		return err
	})
}
