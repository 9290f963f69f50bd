package rmqtest

import (
	"context"
	"fmt"
	"maps"
	"net"
	"strconv"
	"strings"
	"testing"

	"rocketmq-agent/agent/rocketmq"
)

// Cluster and BrokerName are the names of every broker unless Options.Conf has others.
const (
	Cluster    = "rmqtest"
	BrokerName = "rmqtest-broker"
)

// Options are what a test wants different.
type Options struct {
	Conf map[string]string // keys of the configuration file, written as they are
	JVM  []string          // flags after the helper's own

	Access rocketmq.Access // how it is asked
}

func (o Options) over(conf map[string]string) map[string]string {
	maps.Copy(conf, o.Conf)
	return conf
}

// StartNamesrv starts a name server and returns when it answers.
func StartNamesrv(t testing.TB, o Options) *Process {
	t.Helper()
	port := FreePort(t)
	conf := o.over(map[string]string{"listenPort": strconv.Itoa(port)})
	p := launch(t, "org.apache.rocketmq.namesrv.NamesrvStartup", local(port), conf, o.JVM)
	client := clientOf(t, p.Addr, o.Access)
	return p.await(t, func() error { return client.Ping(t.Context()) })
}

// StartBroker starts a broker and returns when it answers and every name server
// of the list (host:port;host:port) knows it. Its store is the folder store in
// Process.Dir; its fast port is two below that of Process.Addr, its HA port one
// above.
func StartBroker(t testing.TB, namesrv string, o Options) *Process {
	t.Helper()
	port := FreePort(t)
	conf := o.over(map[string]string{
		"brokerClusterName":              Cluster,
		"brokerName":                     BrokerName,
		"brokerIP1":                      "127.0.0.1",
		"brokerIP2":                      "127.0.0.1",
		"listenPort":                     strconv.Itoa(port),
		"namesrvAddr":                    namesrv,
		"mappedFileSizeCommitLog":        "67108864",
		"transactionMetricFlushInterval": "1000", // the default burns 8 s of processor time at the start of 5.5
	})
	p := launch(t, "org.apache.rocketmq.broker.BrokerStartup", local(port), conf, o.JVM)
	broker := clientOf(t, p.Addr, o.Access)
	p.await(t, func() error {
		_, err := broker.RuntimeInfo(t.Context())
		return err
	})
	for addr := range strings.SplitSeq(namesrv, ";") {
		registry := clientOf(t, addr, rocketmq.Access{TLS: o.Access.TLS})
		p.await(t, func() error { return listed(t.Context(), registry, p.Addr) })
	}
	return p
}

// StartController starts a group of one controller (DLedger) and returns when it leads.
func StartController(t testing.TB, o Options) *Process {
	t.Helper()
	port := FreePort(t)
	conf := o.over(map[string]string{
		"controllerDLegerGroup":  Cluster,
		"controllerDLegerSelfId": "n0",
		"controllerDLegerPeers":  "n0-" + local(port),
	})
	p := launch(t, "org.apache.rocketmq.controller.ControllerStartup", local(port), conf, o.JVM)
	client := clientOf(t, p.Addr, o.Access)
	return p.await(t, func() error {
		meta, err := client.ControllerMetadata(t.Context())
		if err == nil && !meta.IsLeader {
			err = fmt.Errorf("controller %s does not lead", p.Addr)
		}
		return err
	})
}

// listed returns nil when the name server lists a broker under addr.
func listed(ctx context.Context, namesrv *rocketmq.Client, addr string) error {
	info, err := namesrv.ClusterInfo(ctx)
	if err != nil {
		return err
	}
	for _, broker := range info.Brokers {
		for _, registered := range broker.Addrs {
			if registered == addr {
				return nil
			}
		}
	}
	return fmt.Errorf("name server %s does not list %s", namesrv.Addr(), addr)
}

func clientOf(t testing.TB, addr string, access rocketmq.Access) *rocketmq.Client {
	client := rocketmq.NewClient(addr, access)
	t.Cleanup(func() { _ = client.Close() })
	return client
}

func local(port int) string {
	return net.JoinHostPort("127.0.0.1", strconv.Itoa(port))
}
