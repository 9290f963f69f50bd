package rocketmq_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"rocketmq-agent/agent/rmq"
	"rocketmq-agent/agent/rocketmq"
	"rocketmq-agent/agent/testing/rmqtest"
)

// cluster is a real name server with a master and a slave.
type cluster struct {
	namesrv, broker, slave *rocketmq.Client
	master                 *rmqtest.Process
}

func startCluster(t *testing.T, jvm ...string) cluster {
	namesrv := rmqtest.StartNamesrv(t, rmqtest.Options{JVM: jvm})
	master := rmqtest.StartBroker(t, namesrv.Addr, rmqtest.Options{JVM: jvm})
	slave := rmqtest.StartBroker(t, namesrv.Addr, rmqtest.Options{JVM: jvm,
		Conf: map[string]string{"brokerRole": "SLAVE", "brokerId": "1"}})
	return cluster{
		namesrv: client(t, namesrv.Addr),
		broker:  client(t, master.Addr),
		slave:   client(t, slave.Addr),
		master:  master,
	}
}

func client(t *testing.T, addr string) *rocketmq.Client {
	c := rocketmq.NewClient(addr, rocketmq.Access{})
	t.Cleanup(func() { c.Close() })
	return c
}

// Each request is tried in both serializations that answers can have.
func TestRealCluster(t *testing.T) {
	for _, serialization := range []string{"JSON", "ROCKETMQ"} {
		t.Run(serialization, func(t *testing.T) {
			c := startCluster(t, "-Drocketmq.serialize.type="+serialization)
			c.checkSerialization(t, serialization)
			t.Run("ping", c.testPing)
			t.Run("runtime info", c.testRuntimeInfo)
			t.Run("config", c.testConfig)
			t.Run("cluster info", c.testClusterInfo)
			t.Run("route", c.testRoute)
			t.Run("object keys", c.testObjectKeys)
			t.Run("producers", c.testProducers)
			t.Run("HA status", c.testHAStatus)
			t.Run("broker permission", c.testBrokerPermission)
			t.Run("text in updates", c.testUpdateText)
			t.Run("refused updates", c.testRefusedUpdates)
			t.Run("unregister", c.testUnregister)
			t.Run("hung broker", c.testHungBroker)
			t.Run("graceful stop", c.testGracefulStop)
		})
	}
}

// checkSerialization proves that the answers are in the serialization that the
// peer was started with, of which only JSON names the language.
func (c cluster) checkSerialization(t *testing.T, want string) {
	t.Helper()
	for _, peer := range []*rocketmq.Client{c.namesrv, c.broker} {
		answer, _ := peer.Call(t.Context(), rocketmq.Command{Code: 101})
		if json := answer.Language != ""; json != (want == "JSON") {
			t.Errorf("an answer of %s is not in %s: %+v", peer.Addr(), want, answer)
		}
	}
}

func (c cluster) testPing(t *testing.T) {
	host, port, _ := net.SplitHostPort(c.broker.Addr())
	number, _ := strconv.Atoi(port)
	fast := client(t, net.JoinHostPort(host, strconv.Itoa(number-2)))
	for _, peer := range []*rocketmq.Client{c.namesrv, c.broker, c.slave, fast} {
		if err := peer.Ping(t.Context()); err != nil {
			t.Error(err)
		}
	}
	ha := client(t, net.JoinHostPort(host, strconv.Itoa(number+1)))
	ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
	defer cancel()
	if err := ha.Ping(ctx); err == nil {
		t.Error("the HA port answers another protocol, but Ping is content")
	}
}

func (c cluster) testRuntimeInfo(t *testing.T) {
	info, err := c.broker.RuntimeInfo(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(info["brokerVersionDesc"], "V") {
		t.Errorf("brokerVersionDesc is %q", info["brokerVersionDesc"])
	}
	for _, key := range []string{
		"bootTimestamp", "commitLogMaxOffset", "dispatchBehindBytes", "sendThreadPoolQueueSize",
	} {
		if _, err := strconv.ParseInt(info[key], 10, 64); err != nil {
			t.Errorf("%s: %v", key, err)
		}
	}
}

func (c cluster) testConfig(t *testing.T) {
	broker, err := c.broker.BrokerConfig(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	name, port := broker["brokerName"], broker["listenPort"]
	if name != rmqtest.BrokerName || "127.0.0.1:"+port != c.broker.Addr() || len(broker) < 150 {
		t.Errorf("broker: %d keys, brokerName %q, listenPort %q", len(broker), name, port)
	}
	namesrv, err := c.namesrv.NamesrvConfig(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if "127.0.0.1:"+namesrv["listenPort"] != c.namesrv.Addr() {
		t.Errorf("name server: listenPort %q in %q", namesrv["listenPort"], namesrv)
	}
}

func (c cluster) testClusterInfo(t *testing.T) {
	info, err := c.namesrv.ClusterInfo(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	got := info.Brokers[rmqtest.BrokerName]
	if got.Cluster != rmqtest.Cluster || got.Name != rmqtest.BrokerName || !maps.Equal(got.Addrs, c.addrs()) {
		t.Errorf("got %+v", info)
	}
	if !slices.Equal(info.Clusters[rmqtest.Cluster], []string{rmqtest.BrokerName}) {
		t.Errorf("clusters %v", info.Clusters)
	}
}

func (c cluster) addrs() map[int64]string {
	return map[int64]string{0: c.broker.Addr(), 1: c.slave.Addr()}
}

func (c cluster) testRoute(t *testing.T) {
	route, err := c.namesrv.Route(t.Context(), rmqtest.BrokerName)
	if err != nil {
		t.Fatal(err)
	}
	if len(route.Brokers) != 1 || !maps.Equal(route.Brokers[0].Addrs, c.addrs()) ||
		len(route.Queues) != 1 || route.Queues[0].BrokerName != rmqtest.BrokerName || route.Queues[0].WriteQueues == 0 {
		t.Errorf("got %+v", route)
	}
	_, err = c.namesrv.Route(t.Context(), "no-such-topic")
	wantCode(t, err, rocketmq.CodeTopicNotExist)
}

func wantCode(t *testing.T, err error, code int) {
	t.Helper()
	var answer *rocketmq.ResponseError
	if !errors.As(err, &answer) || answer.Code != code {
		t.Errorf("error %v, want code %d", err, code)
	}
}

// Bodies that no request of the agent needs yet, but whose maps have objects (202)
// and numbers (901) as keys.
func (c cluster) testObjectKeys(t *testing.T) {
	const getTopicStats, getMemberGroup = 202, 901
	var stats struct {
		OffsetTable map[string]struct{ MaxOffset int64 }
	}
	c.decode(t, c.broker, getTopicStats, map[string]string{"topic": rmqtest.BrokerName}, &stats)
	if len(stats.OffsetTable) == 0 {
		t.Errorf("topic stats %+v", stats)
	}
	var group struct {
		BrokerMemberGroup rocketmq.BrokerAddrs
	}
	fields := map[string]string{"clusterName": rmqtest.Cluster, "brokerName": rmqtest.BrokerName}
	c.decode(t, c.namesrv, getMemberGroup, fields, &group)
	if !maps.Equal(group.BrokerMemberGroup.Addrs, c.addrs()) {
		t.Errorf("member group %+v", group)
	}
}

func (c cluster) decode(t *testing.T, peer *rocketmq.Client, code int, fields map[string]string, into any) {
	t.Helper()
	answer, err := peer.Call(t.Context(), rocketmq.Command{Code: code, ExtFields: fields})
	if err == nil {
		err = rocketmq.DecodeBody(answer.Body, into)
	}
	if err != nil {
		t.Errorf("request %d: %v in %q", code, err, answer.Body)
	}
}

func (c cluster) testProducers(t *testing.T) {
	producers, err := c.broker.AllProducers(t.Context())
	if err != nil || len(producers["sender"]) != 0 {
		t.Errorf("producers %v, error %v", producers, err)
	}
	const heartBeat = 34
	sender := client(t, c.broker.Addr())
	body := []byte(`{"clientID":"me@1","producerDataSet":[{"groupName":"sender"}],"consumerDataSet":[]}`)
	if _, err := sender.Call(t.Context(), rocketmq.Command{Code: heartBeat, Body: body}); err != nil {
		t.Fatal(err)
	}
	producers, err = c.broker.AllProducers(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if group := producers["sender"]; len(group) != 1 || group[0].ClientID != "me@1" || group[0].Language != "GO" ||
		time.Since(time.UnixMilli(group[0].LastUpdateTimestamp)) > time.Minute {
		t.Errorf("producers %+v", producers)
	}
}

func (c cluster) testHAStatus(t *testing.T) {
	rmqtest.Eventually(t, 30*time.Second, func() error {
		master, err := c.broker.HAStatus(t.Context())
		if err != nil {
			return err
		}
		slave, err := c.slave.HAStatus(t.Context())
		if err != nil {
			return err
		}
		if !master.Master || slave.Master || len(master.Connections) != 1 || slave.Client.MasterAddr == "" ||
			!strings.HasPrefix(master.Connections[0].Addr, "127.0.0.1:") {
			return fmt.Errorf("master %+v, slave %+v", master, slave)
		}
		return nil
	})
}

func (c cluster) perm(t *testing.T) int {
	t.Helper()
	route, err := c.namesrv.Route(t.Context(), rmqtest.BrokerName)
	if err != nil || len(route.Queues) != 1 {
		t.Fatalf("route %+v, error %v", route, err)
	}
	return route.Queues[0].Perm
}

func (c cluster) testBrokerPermission(t *testing.T) {
	for _, permission := range []string{"4", "6"} {
		change := map[string]string{"brokerPermission": permission}
		if err := c.broker.UpdateBrokerConfig(t.Context(), change); err != nil {
			t.Fatal(err)
		}
		config, err := c.broker.BrokerConfig(t.Context())
		if err != nil || config["brokerPermission"] != permission {
			t.Errorf("brokerPermission %q, error %v, want %s", config["brokerPermission"], err, permission)
		}
		rmqtest.Eventually(t, 10*time.Second, func() error {
			if perm := c.perm(t); strconv.Itoa(perm&6) != permission {
				return fmt.Errorf("permission %d in the route, brokerPermission %s", perm, permission)
			}
			return nil
		})
	}
}

// What Java would read differently without escapes must arrive as it was sent.
func (c cluster) testUpdateText(t *testing.T) {
	for _, text := range []string{
		"plain", `C:\new\u0041`, "a = b : c # d ! e", "Größe € 😀", "two\nlines\n\nmore", "tab\tin",
	} {
		change := map[string]string{"regionId": text, "fileReservedTime": "71"}
		if err := c.broker.UpdateBrokerConfig(t.Context(), change); err != nil {
			t.Fatal(err)
		}
		config, err := c.broker.BrokerConfig(t.Context())
		if err != nil || config["regionId"] != text || config["fileReservedTime"] != "71" {
			t.Errorf("regionId %q, fileReservedTime %q, error %v, want %q",
				config["regionId"], config["fileReservedTime"], err, text)
		}
	}
}

func (c cluster) testRefusedUpdates(t *testing.T) {
	before, err := c.broker.BrokerConfig(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	wrong := map[string]string{"noSuchKey": "1", "listenPort": "abc"}
	if err := c.broker.UpdateBrokerConfig(t.Context(), wrong); err != nil {
		t.Errorf("RocketMQ began to refuse bad keys: %v", err)
	}
	err = c.broker.UpdateBrokerConfig(t.Context(), map[string]string{"rocketmqHome": "/"})
	wantCode(t, err, rocketmq.CodeNoPermission)
	after, err := c.broker.BrokerConfig(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"noSuchKey", "listenPort", "rocketmqHome"} {
		if before[key] != after[key] {
			t.Errorf("%s changed from %q to %q", key, before[key], after[key])
		}
	}
}

func (c cluster) testUnregister(t *testing.T) {
	ref := rmq.BrokerRef{
		Cluster: rmqtest.Cluster,
		Name:    rmqtest.BrokerName,
		ID:      0,
		Addr:    c.broker.Addr(),
	}
	if err := c.namesrv.UnregisterBroker(t.Context(), ref); err != nil {
		t.Fatal(err)
	}
	rmqtest.Eventually(t, 5*time.Second, func() error {
		info, err := c.namesrv.ClusterInfo(t.Context())
		if err != nil {
			return err
		}
		if addrs := info.Brokers[rmqtest.BrokerName].Addrs; len(addrs) != 1 || addrs[1] != c.slave.Addr() {
			return fmt.Errorf("still registered: %v", addrs)
		}
		return nil
	})
	if err := c.namesrv.UnregisterBroker(t.Context(), ref); err != nil {
		t.Errorf("unregistering what is not registered: %v", err)
	}
}

func (c cluster) testHungBroker(t *testing.T) {
	if err := c.master.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	rmqtest.Eventually(t, 20*time.Second, func() error { // the kernel takes its time to stop all threads
		ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
		defer cancel()
		if err := c.broker.Ping(ctx); !errors.Is(err, context.DeadlineExceeded) {
			return fmt.Errorf("a stopped JVM: error %v", err)
		}
		return nil
	})
	if err := c.master.Signal(syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
	if err := c.broker.Ping(t.Context()); err != nil {
		t.Errorf("a JVM that goes on: %v", err)
	}
}

// While a broker with enableShutdownGracefully stops, newer clients are sent
// away (GO_AWAY); the agent's version is one that still gets answers.
func (c cluster) testGracefulStop(t *testing.T) {
	const goAway, newVersion = 1500, 513
	if err := c.broker.UpdateBrokerConfig(t.Context(), map[string]string{
		"enableShutdownGracefully": "true", "shutdownWaitTimeSeconds": "30"}); err != nil {
		t.Fatal(err)
	}
	if err := c.master.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	other := client(t, c.broker.Addr())
	rmqtest.Eventually(t, 20*time.Second, func() error {
		_, err := other.Call(t.Context(), rocketmq.Command{Code: 28, Version: newVersion})
		var answer *rocketmq.ResponseError
		if !errors.As(err, &answer) || answer.Code != goAway {
			return fmt.Errorf("not yet on its way: %v", err)
		}
		return nil
	})
	if info, err := c.broker.RuntimeInfo(t.Context()); err != nil || info["bootTimestamp"] == "" {
		t.Errorf("runtime info %v, error %v", info, err)
	}
}

func TestRealController(t *testing.T) {
	controller := rmqtest.StartController(t, rmqtest.Options{})
	peer := client(t, controller.Addr)
	meta, err := peer.ControllerMetadata(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want := rocketmq.ControllerMetadata{
		Group:      rmqtest.Cluster,
		LeaderID:   "n0",
		LeaderAddr: controller.Addr,
		IsLeader:   true,
		Peers:      "n0:" + controller.Addr + ";",
	}
	if meta != want {
		t.Errorf("got %+v, want %+v", meta, want)
	}
	if err := peer.Ping(t.Context()); err != nil {
		t.Error(err)
	}
}
