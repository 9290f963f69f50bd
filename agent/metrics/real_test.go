package metrics

import (
	"context"
	"fmt"
	"strings"
	"syscall"
	"testing"
	"time"

	"rocketmq-agent/agent/checks"
	"rocketmq-agent/agent/probes"
	"rocketmq-agent/agent/rmq"
	"rocketmq-agent/agent/rocketmq"
	"rocketmq-agent/agent/testing/rmqtest"
)

// A broker that is frozen costs a scrape nothing, and its figures vanish instead of standing still.
func TestScrapeOfRealRocketMQ(t *testing.T) {
	namesrv := rmqtest.StartNamesrv(t, rmqtest.Options{})
	process := rmqtest.StartBroker(t, namesrv.Addr, rmqtest.Options{})
	client := rocketmq.NewClient(process.Addr, rocketmq.Access{})
	defer client.Close()
	broker := checks.NewBroker(checks.BrokerOptions{Main: client, Identity: rmq.BrokerRef{ID: rmq.AnyID}})
	checker := probes.NewChecker(broker.Checks()[:1], probes.DefaultTiming(),
		func(probes.Status, probes.Status, string) {})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	go checker.Run(ctx)

	agent := running()
	agent.Ready = checker.Report
	fastest := time.Hour // waiting for the broker would slow every scrape down, other load does not
	series := func() int {
		began := time.Now()
		got := page(t, agent, NewDrain(), broker.Snapshot)
		fastest = min(fastest, time.Since(began))
		return strings.Count(got, "\nrocketmq_broker")
	}
	rmqtest.Eventually(t, 30*time.Second, func() error {
		if n := series(); n < 30 {
			return fmt.Errorf("%d series of the broker", n) // rates come later
		}
		return nil
	})
	if err := process.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	fastest = time.Hour
	rmqtest.Eventually(t, time.Minute, func() error {
		if n := series(); n != 0 {
			return fmt.Errorf("still %d series of the broker", n)
		}
		return nil
	})
	if fastest > time.Second {
		t.Errorf("the fastest scrape of a frozen broker took %v", fastest)
	}
}
