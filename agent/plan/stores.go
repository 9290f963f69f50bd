package plan

import (
	"path/filepath"
	"strings"

	"rocketmq-agent/agent/identity"
	"rocketmq-agent/agent/rmq"
	"rocketmq-agent/agent/store"
)

// Stores are the folders that hold the process's data: the root of its store first, then those that its configuration
// puts elsewhere, a commit log on several disks among them.
func (p Process) Stores() []string {
	if p.Store == "" {
		return nil
	}
	dirs := []string{p.Store}
	for _, v := range p.Values().Config.Values() {
		if !strings.HasPrefix(v.Key, "storePath") || v.Key == "storePathRootDir" {
			continue
		}
		for dir := range strings.SplitSeq(p.Values().Get(v.Key), ",") { // MixAll.MULTI_PATH_SPLITTER
			if filepath.IsAbs(dir) && !strings.HasPrefix(dir, p.Store+"/") {
				dirs = append(dirs, dir)
			}
		}
	}
	return dirs
}

// Layout is where the process keeps what in them.
func (p Process) Layout() store.Layout {
	v := p.Values()
	l := store.Layout{
		Root:       p.Store,
		CommitLogs: paths(v.Text("storePathCommitLog")),
		ReadOnly:   paths(v.Text("readOnlyCommitLogStorePaths")),
		Raft:       paths(v.Text("storePathDLedgerCommitLog")),
		Mapped:     uint64(p.CommitLogFile()),
	}
	if id := paths(v.Text("storePathBrokerIdentity")); len(id) == 1 {
		l.Identity = id[0]
	}
	l.Written = l.CommitLogs
	if p.Owner.Mode == identity.DLedger {
		l.Written = l.Raft
	}
	if strings.Contains(v.Text("messageStorePlugIn"), "Tiered") {
		l.Tiered = paths(v.Text("tieredStoreFilePath"))
	}
	if p.Role == rmq.Broker {
		l.Metadata = p.metadata()
	}
	return l
}

// paths splits the folders of a key (MixAll.MULTI_PATH_SPLITTER). Where a relative one leads is RocketMQ's business.
func paths(value string) (all []string) {
	for path := range strings.SplitSeq(value, ",") {
		if filepath.IsAbs(path) {
			all = append(all, filepath.Clean(path))
		}
	}
	return all
}

// metadata are the files that a broker decodes at its start (the subclasses of ConfigManager). What a store keeps in
// RocksDB is read from there.
func (p Process) metadata() []string {
	v := p.Values()
	names := []string{"delayOffset.json", "consumerFilter.json"}
	inRocksDB := strings.EqualFold(v.Text("storeType"), "defaultRocksDB") ||
		strings.EqualFold(v.Text("configManagerVersion"), "v2")
	switch {
	case inRocksDB:
	case v.On("enableLmq"):
		names = append(names, "topics.json", "subscriptionGroup.json", "lmqConsumerOffset.json")
	default:
		names = append(names, "topics.json", "subscriptionGroup.json", "consumerOffset.json")
	}
	if v.Keys.Release.KeepsPopState() {
		names = append(names, "topicQueueMapping.json", "consumerOrderInfo.json", "messageRequestMode.json")
	}
	if v.On("timerWheelEnable") {
		names = append(names, "timermetrics")
	}
	return names
}
