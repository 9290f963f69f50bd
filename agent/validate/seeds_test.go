package validate

import (
	"cmp"
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

// seedTests are files from tutorials, which people copy, in 5.5.0.
var seedTests = map[string]struct {
	role rmq.Role // empty: broker
	want []want
}{
	"two-masters-master.conf": {},
	"two-masters-slave.conf":  {},
	"dledger-n2.conf":         {},
	// The author took the addresses out: with these every send would fail, and no client would find the broker.
	"dledger-n0.conf": {want: []want{
		{Error, "bad-host", "brokerIP1", 22, "", `"master主机的外网IP地址" is neither an IP address nor a host name`},
	}},
	"dledger-n1.conf": {want: []want{{Error, "bad-host", "brokerIP1", 14, "", `"内网IP"`}}},
	// RocketMQ would take ASYNC_MASTER for MASTER, and lose with a disk what the author believes to be on two.
	"statefulset-master.conf": {want: append([]want{
		{Error, "not-a-choice", "brokerRole", 8, "", "it takes ASYNC_MASTER or SYNC_MASTER"},
	}, folders(15)...)},
	"statefulset-slave.conf": {want: folders(17)},
	"statefulset-namesrv.conf": {role: rmq.Namesrv, want: []want{
		{Warning, "unknown-key", "clusterName", 4, "", "the name server does not read it"},
	}},
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

// TestSeeds judges files that people copy. Those that RocketMQ runs with must pass.
func TestSeeds(t *testing.T) {
	table := loadTable(t)
	files, err := filepath.Glob("testdata/seeds/*.conf")
	if err != nil || len(files) != len(seedTests) {
		t.Errorf("%d files for %d rows (%v)", len(files), len(seedTests), err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			tt, ok := seedTests[filepath.Base(file)]
			if !ok {
				t.Fatal("there is no row for it")
			}
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			role := cmp.Or(tt.role, rmq.Broker)
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

// shippedFiles are samples that RocketMQ itself ships, by their names.
var shippedFiles = map[string]string{
	"dledger": `brokerClusterName = RaftCluster
brokerName=RaftNode00
listenPort=30911
namesrvAddr=127.0.0.1:9876
storePathRootDir=/tmp/rmqstore/node00
storePathCommitLog=/tmp/rmqstore/node00/commitlog
enableDLegerCommitLog=true
dLegerGroup=RaftNode00
dLegerPeers=n0-127.0.0.1:40911;n1-127.0.0.1:40912;n2-127.0.0.1:40913
## must be unique
dLegerSelfId=n0
sendMessageThreadPoolNums=16
`,
	"controller": `brokerClusterName = DefaultCluster
brokerName = broker-a
brokerId = -1
brokerRole = SLAVE
deleteWhen = 04
fileReservedTime = 48
enableControllerMode = true
controllerAddr = 127.0.0.1:9878
namesrvAddr = 127.0.0.1:9876
allAckInSyncStateSet=true
listenPort=30911
storePathRootDir=/tmp/rmqstore/node00
storePathCommitLog=/tmp/rmqstore/node00/commitlog
`,
	"2m-2s-async": `brokerClusterName=DefaultCluster
brokerName=broker-a
brokerId=1
deleteWhen=04
fileReservedTime=48
brokerRole=SLAVE
flushDiskType=ASYNC_FLUSH
`,
	"2m-2s-sync": `brokerClusterName=DefaultCluster
brokerName=broker-a
brokerId=0
deleteWhen=04
fileReservedTime=48
brokerRole=SYNC_MASTER
flushDiskType=ASYNC_FLUSH
`,
}

// TestSeedsOfRocketMQ judges the samples that RocketMQ itself ships: none is refused, and the only finding is that a
// SYNC_MASTER waits for nobody.
func TestSeedsOfRocketMQ(t *testing.T) {
	set := loadTable(t).Set(rmq.MustRelease("5.5.0"), rmq.Broker)
	for name, text := range shippedFiles {
		var wanted []want
		if name == "2m-2s-sync" {
			wanted = []want{{Warning, "not-synchronous", "brokerRole", 6, "", "set inSyncReplicas=2"}}
		}
		check(t, Properties(set, config.Of(fileLayer(t, name, text)), Options{}), wanted)
	}
}
