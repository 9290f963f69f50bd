package validate

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"rocketmq-agent/agent/config"
	"rocketmq-agent/agent/keys"
	"rocketmq-agent/agent/rmq"
)

// folders are the keys of folders that people like to write and RocketMQ never had, from a line on.
func folders(line int) []want {
	return []want{
		{Warning, "unknown-key", "storePathConsumeQueue", line, "", "always lie in the folder consumequeue"},
		{Warning, "unknown-key", "storePathIndex", line + 1, "", "always lies in the folder index"},
		{Warning, "unknown-key", "storePathMsgTrack", line + 2, "", "have no folder of their own"},
		{Warning, "unknown-key", "storePathDLeger", line + 3, "", "under storePathRootDir unless"},
	}
}

// TestSeeds judges files from tutorials, which people copy. Those that RocketMQ runs with must pass.
func TestSeeds(t *testing.T) {
	table := loadTable(t)
	tests := map[string]struct {
		role rmq.Role // empty: broker
		want []want   // in 5.5.0
	}{
		"two-masters-master.conf": {},
		"two-masters-slave.conf":  {},
		"dledger-n2.conf":         {},
		// The author took the addresses out: with these every send would fail, and no client would find the broker.
		"dledger-n0.conf": {want: []want{{Error, "bad-host", "brokerIP1", 22, "", `"master主机的外网IP地址" is neither an IP address nor a host name`}}},
		"dledger-n1.conf": {want: []want{{Error, "bad-host", "brokerIP1", 14, "", `"内网IP"`}}},
		// RocketMQ would take ASYNC_MASTER for MASTER, and lose with a disk what the author believes to be on two.
		"statefulset-master.conf":  {want: append([]want{{Error, "not-a-choice", "brokerRole", 8, "", "it takes ASYNC_MASTER or SYNC_MASTER"}}, folders(15)...)},
		"statefulset-slave.conf":   {want: folders(17)},
		"statefulset-namesrv.conf": {role: rmq.Namesrv, want: []want{{Warning, "unknown-key", "clusterName", 4, "", "the name server does not read it"}}},
		"acl-broker.conf": {want: []want{
			{Error, "unprotected", "aclEnable", 1, "", "open to everybody"},
			{Warning, "unknown-key", "accessKey", 2, "", "innerClientAuthenticationCredentials"},
			{Warning, "unknown-key", "secretKey", 3, "", "innerClientAuthenticationCredentials"},
		}},
		// A name server never had an access control, so nothing that was protected is open now.
		"acl-namesrv.conf": {role: rmq.Namesrv, want: []want{
			{Warning, "unknown-key", "aclEnable", 1, "", "the name server does not read it"},
			{Warning, "unknown-key", "accessKey", 2, "", "no access control"},
			{Warning, "unknown-key", "secretKey", 3, "", "no access control"},
		}},
	}
	files, err := filepath.Glob("testdata/seeds/*.conf")
	if err != nil || len(files) != len(tests) {
		t.Errorf("%d files for %d rows (%v)", len(files), len(tests), err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			tt, ok := tests[filepath.Base(file)]
			if !ok {
				t.Fatal("there is no row for it")
			}
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			role := rmq.Broker
			if tt.role != "" {
				role = tt.role
			}
			c := config.Of(fileLayer(t, file, string(text)))
			check(t, Properties(table.Set(rmq.MustRelease("5.5.0"), role), c, Options{}), tt.want)
			refused := slices.ContainsFunc(tt.want, func(w want) bool { return w.severity == Error })
			if filepath.Base(file) == "acl-broker.conf" {
				return // the one whose judgement depends on the release
			}
			for _, release := range keys.Releases {
				if all := Properties(table.Set(release, role), c, Options{}); Failed(all, false) != refused {
					t.Errorf("%s: refused: %t, want %t: %v", release, !refused, refused, all)
				}
			}
		})
	}
}

// TestSeedsOfRocketMQ judges the samples that RocketMQ itself ships: none is refused, and the only finding is that a
// SYNC_MASTER waits for nobody.
func TestSeedsOfRocketMQ(t *testing.T) {
	set := loadTable(t).Set(rmq.MustRelease("5.5.0"), rmq.Broker)
	for name, text := range map[string]string{
		"dledger":     "brokerClusterName = RaftCluster\nbrokerName=RaftNode00\nlistenPort=30911\nnamesrvAddr=127.0.0.1:9876\nstorePathRootDir=/tmp/rmqstore/node00\nstorePathCommitLog=/tmp/rmqstore/node00/commitlog\nenableDLegerCommitLog=true\ndLegerGroup=RaftNode00\ndLegerPeers=n0-127.0.0.1:40911;n1-127.0.0.1:40912;n2-127.0.0.1:40913\n## must be unique\ndLegerSelfId=n0\nsendMessageThreadPoolNums=16\n",
		"controller":  "brokerClusterName = DefaultCluster\nbrokerName = broker-a\nbrokerId = -1\nbrokerRole = SLAVE\ndeleteWhen = 04\nfileReservedTime = 48\nenableControllerMode = true\ncontrollerAddr = 127.0.0.1:9878\nnamesrvAddr = 127.0.0.1:9876\nallAckInSyncStateSet=true\nlistenPort=30911\nstorePathRootDir=/tmp/rmqstore/node00\nstorePathCommitLog=/tmp/rmqstore/node00/commitlog\n",
		"2m-2s-async": "brokerClusterName=DefaultCluster\nbrokerName=broker-a\nbrokerId=1\ndeleteWhen=04\nfileReservedTime=48\nbrokerRole=SLAVE\nflushDiskType=ASYNC_FLUSH\n",
	} {
		check(t, Properties(set, config.Of(fileLayer(t, name, text)), Options{}), nil)
	}
	sync := fileLayer(t, "2m-2s-sync", "brokerClusterName=DefaultCluster\nbrokerName=broker-a\nbrokerId=0\ndeleteWhen=04\nfileReservedTime=48\nbrokerRole=SYNC_MASTER\nflushDiskType=ASYNC_FLUSH\n")
	check(t, Properties(set, config.Of(sync), Options{}), []want{{Warning, "not-synchronous", "brokerRole", 6, "", "set inSyncReplicas=2"}})
}
