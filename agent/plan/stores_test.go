package plan

import (
	"slices"
	"strings"
	"testing"

	"rocketmq-agent/agent/cmdline"
	"rocketmq-agent/agent/rmq"
)

// The guards look where RocketMQ keeps its data, and decode what the release decodes.
func TestLayout(t *testing.T) {
	const everywhere = "delayOffset.json consumerFilter.json"
	const inJSON = everywhere + " topics.json subscriptionGroup.json consumerOffset.json"
	const from50 = " topicQueueMapping.json consumerOrderInfo.json messageRequestMode.json"
	for _, tt := range []struct {
		name, release, file string
		metadata, logs, old string
		rafts, tiered       string
	}{
		{name: "nothing said", release: "5.5.0", metadata: inJSON + from50 + " timermetrics"},
		{name: "4.9", release: "4.9.7", metadata: inJSON},
		{name: "no timer", release: "5.3.3", file: "timerWheelEnable=false", metadata: inJSON + from50},
		{name: "in RocksDB", release: "5.3.3", file: "storeType=defaultRocksDB",
			metadata: everywhere + from50 + " timermetrics"},
		{name: "in RocksDB, its second form", release: "5.5.0", file: "configManagerVersion=v2",
			metadata: everywhere + from50 + " timermetrics"},
		{name: "lmq", release: "4.9.7", file: "enableLmq=true",
			metadata: everywhere + " topics.json subscriptionGroup.json lmqConsumerOffset.json"},
		{name: "the log elsewhere", release: "4.9.7", metadata: inJSON, logs: "/a/log /b/log", old: "/old",
			file: "storePathCommitLog=/a/log,/b/log/\nreadOnlyCommitLogStorePaths=/old"},
		{name: "DLedger's log elsewhere", release: "4.9.7", metadata: inJSON, rafts: "/raft",
			file: "storePathDLedgerCommitLog=/raft"},
		{name: "tiered storage", release: "4.9.7", metadata: inJSON, file: "tieredStoreFilePath=/cold"},
		{name: "tiered storage of a plug-in", release: "5.5.0", metadata: inJSON + from50 + " timermetrics",
			tiered: "/cold", file: "tieredStoreFilePath=/cold\n" +
				"messageStorePlugIn=org.apache.rocketmq.tieredstore.TieredMessageStore"},
		{name: "a relative path", release: "4.9.7", metadata: inJSON, file: "storePathCommitLog=log"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := machine(t, tt.release)
			f.Config = file(t, tt.file)
			p := mustMake(t, pod("mq-0"), cmdline.Run{Role: rmq.Broker, Namesrv: rmq.AddrList{"ns:9876"}}, f)
			l := p.Processes[0].Layout()
			if want := strings.Fields(tt.metadata); !slices.Equal(slices.Sorted(slices.Values(want)),
				slices.Sorted(slices.Values(l.Metadata))) {
				t.Errorf("metadata %v, want %v", l.Metadata, want)
			}
			for want, got := range map[string][]string{
				"logs: " + tt.logs:     l.CommitLogs,
				"old: " + tt.old:       l.ReadOnly,
				"rafts: " + tt.rafts:   l.Raft,
				"tiered: " + tt.tiered: l.Tiered,
			} {
				if !strings.HasSuffix(want, ": "+strings.Join(got, " ")) {
					t.Errorf("%v, want %s", got, want)
				}
			}
			if l.Root != "/home/rocketmq/store" || l.Mapped != 1<<30 {
				t.Errorf("%+v", l)
			}
		})
	}
	f := machine(t, "5.5.0")
	f.Config = file(t, "controllerDLegerGroup=g\ncontrollerDLegerPeers=n0-a:9877\ncontrollerDLegerSelfId=n0")
	p := mustMake(t, pod("ns-0"), cmdline.Run{Role: rmq.Controller}, f)
	if l := p.Processes[0].Layout(); len(l.Metadata) > 0 || l.Root == "" {
		t.Errorf("a controller: %+v", l)
	}
}
