package validate

import "rocketmq-agent/agent/rmq"

// keyTests are about keys: which ones there are, and what they do.
var keyTests = []propertiesTest{
	// Keys that are gone, renamed, misspelt or somebody else's.
	{name: "mapedFileSizeCommitLog", text: "mapedFileSizeCommitLog=1073741824", want: []want{
		{Warning, "unknown-key", "mapedFileSizeCommitLog", 1, "mappedFileSizeCommitLog", "4.5.2"},
	}},
	{
		name: "mapedFileSizeConsumeQueue: another unit, so no suggestion",
		text: "mapedFileSizeConsumeQueue=300000",
		want: []want{{Warning, "unknown-key", "mapedFileSizeConsumeQueue", 1, "", "counts bytes"}},
	},
	{
		name:    "mapedFileSizeConsumeQueueExt",
		release: "4.9.7",
		text:    "mapedFileSizeConsumeQueueExt=50331648",
		want: []want{
			{Warning, "unknown-key", "mapedFileSizeConsumeQueueExt", 1, "mappedFileSizeConsumeQueueExt", "Renamed"},
		},
	},
	{
		name: "both names: to rename the old one would make a duplicate",
		text: "mapedFileSizeCommitLog=1\nmappedFileSizeCommitLog=1073741824",
		want: []want{{Warning, "unknown-key", "mapedFileSizeCommitLog", 1, "", "mappedFileSizeCommitLog is set too"}},
	},
	{
		name: "one p is right here",
		text: "destroyMapedFileIntervalForcibly=120000\n" +
			"warmMapedFileEnable=true\n" +
			"flushLeastPagesWhenWarmMapedFile=4096",
	},
	{name: "two p are wrong here", text: "warmMappedFileEnable=true", want: []want{
		{Warning, "unknown-key", "warmMappedFileEnable", 1, "warmMapedFileEnable", "one p"},
	}},
	{
		name: "keys that never existed",
		text: "storePathIndex=/s/i\n" +
			"storeCheckpoint=/s/c\n" +
			"abortFile=/s/a\n" +
			"storePathConsumeQueue=/s/q\n" +
			"storePathConsumerQueue=/s/q\n",
		want: []want{
			{Warning, "unknown-key", "storePathIndex", 1, "", "always lies in the folder index"},
			{Warning, "unknown-key", "storeCheckpoint", 2, "", "always the file checkpoint"},
			{Warning, "unknown-key", "abortFile", 3, "", "always the file abort"},
			{Warning, "unknown-key", "storePathConsumeQueue", 4, "", "folder consumequeue"},
			{Warning, "unknown-key", "storePathConsumerQueue", 5, "", "folder consumequeue"},
		},
	},
	{
		name: "keys that look like them and do exist",
		text: "storePathRootDir=/s\nstorePathCommitLog=/s/commitlog,/t/commitlog\nstorePathDLedgerCommitLog=/s/dledger",
	},
	{name: "the proxy's switches", text: "enableProxy=true\nproxyMode=LOCAL\ngrpcServerPort=8081", want: []want{
		{Warning, "unknown-key", "enableProxy", 1, "", "--enable-proxy"},
		{Warning, "unknown-key", "proxyMode", 2, "", "it is a key of the proxy, and the broker does not read it"},
		{Warning, "unknown-key", "grpcServerPort", 3, "", "it is a key of the proxy"},
	}},
	{name: "a slip of the pen", text: "maxMesageSize=65536\nflushDiskTyp=SYNC_FLUSH", want: []want{
		{Warning, "unknown-key", "maxMesageSize", 1, "maxMessageSize", "there is no such key"},
		// The disk would be written to later than meant
		{Error, "unknown-key", "flushDiskTyp", 2, "flushDiskType", "there is no such key"},
	}},
	{name: "as near to two keys", text: "brokerIP3=10.0.0.1", want: []want{
		{Warning, "unknown-key", "brokerIP3", 1, "", "it has no effect"},
	}},
	{name: "another case", text: "FileReservedTime=48\nbrokerid=1", want: []want{
		{Warning, "unknown-key", "FileReservedTime", 1, "fileReservedTime", "case-sensitive"},
		// The slave that was meant would be a master
		{Error, "unknown-key", "brokerid", 2, "brokerId", "case-sensitive"},
	}},
	{name: "another case of what is the default", text: "brokerid=0\nBrokerRole=ASYNC_MASTER", want: []want{
		{Warning, "unknown-key", "brokerid", 1, "brokerId", "case-sensitive"},
		{Warning, "unknown-key", "BrokerRole", 2, "brokerRole", "case-sensitive"},
	}},
	{name: "another case beside the right one", text: "brokerid=1\nbrokerId=0", want: []want{
		{Warning, "unknown-key", "brokerid", 1, "", "brokerId is set too, so delete this line"},
	}},
	{name: "misspelt DLedger switch", text: "enableDledgerCommitLog=true", want: []want{
		{Error, "unknown-key", "enableDledgerCommitLog", 1, "enableDLegerCommitLog", "without raft"},
	}},
	{name: "misspelt DLedger switch that is off", text: "enableDledgerCommitLog=false", want: []want{
		{Warning, "unknown-key", "enableDledgerCommitLog", 1, "enableDLegerCommitLog", "without raft"},
	}},
	{name: "misspelt member, DLedger off", text: "dledgerSelfId=n0", want: []want{
		{Warning, "unknown-key", "dledgerSelfId", 1, "dLegerSelfId", "capital L"},
	}},
	{
		name: "misspelt member, DLedger on",
		text: "enableDLegerCommitLog=true\ndLegerGroup=g\ndledgerSelfId=n0\ndLegerPeers=n0-a:40911",
		want: []want{
			{Error, "no-peers", "dLegerSelfId", 0, "", "dLegerSelfId is not set"},
			{Error, "unknown-key", "dledgerSelfId", 3, "dLegerSelfId", "capital L"},
		},
	},
	{name: "a name of an earlier release", text: "haSlaveFallbehindMax=268435456", want: []want{
		{Warning, "unknown-key", "haSlaveFallbehindMax", 1, "haMaxGapNotInSync", "name of 4.x"},
	}},
	{name: "the same in its release", release: "4.9.7", text: "haSlaveFallbehindMax=268435456"},
	{name: "a key of 5.4 in 5.3", release: "5.3.3", text: "enableLagAndDlqMetrics=false", want: []want{
		{Warning, "unknown-key", "enableLagAndDlqMetrics", 1, "",
			"RocketMQ 5.3.3 does not have this key; 5.4.0 to 5.5.0 have"},
	}},
	{name: "a key of 5.4 in 5.4", release: "5.4.0", text: "enableLagAndDlqMetrics=false"},
	{name: "a key of one release only", text: "enableTransparentRetry=true", want: []want{
		{Warning, "unknown-key", "enableTransparentRetry", 1, "", "Only in 5.2"},
	}},
	{name: "the names that mqadmin shows", text: "isScanAvailableNameSrv=true", want: []want{
		{Warning, "unknown-key", "isScanAvailableNameSrv", 1, "scanAvailableNameSrv", "without is"},
	}},
	{name: "a pasted heredoc", text: "cat > broker.conf <<EOF\nfileReservedTime=48\nEOF\n", want: []want{
		{Warning, "unknown-key", "cat", 1, "", "no release of RocketMQ"},
		{Warning, "unknown-key", "EOF", 3, "", "no release of RocketMQ"},
	}},
	{name: "a container's key", text: "brokerConfigPaths=/a.conf", want: []want{
		{Warning, "unknown-key", "brokerConfigPaths", 1, "", "broker container"},
	}},
	{name: "the variable of another image as a key", text: "CLUSTER_NAME=prod", want: []want{
		{Warning, "unknown-key", "CLUSTER_NAME", 1, "brokerClusterName", "there is no such key"},
	}},
	{name: "clusterName: AuthConfig's, and overwritten", text: "clusterName=prod", want: []want{
		{Warning, "no-effect", "clusterName", 1, "brokerClusterName", "overwrites it"},
	}},
	{name: "clusterName beside the right key", text: "clusterName=prod\nbrokerClusterName=prod", want: []want{
		{Warning, "no-effect", "clusterName", 1, "", "overwrites it"},
	}},
	{name: "clusterName before AuthConfig", release: "5.1.4", text: "clusterName=prod", want: []want{
		{Warning, "unknown-key", "clusterName", 1, "brokerClusterName", "no such key"},
	}},
	{name: "duplicate", text: "fileReservedTime=48\nautoCreateTopicEnable=true\nfileReservedTime=72", want: []want{
		{Warning, "duplicate", "fileReservedTime", 3, "", "line 1 already"},
	}},
	{name: "duplicate: only the last one counts", text: "brokerRole=MASTER\nbrokerRole=ASYNC_MASTER", want: []want{
		{Warning, "not-a-choice", "brokerRole", 1, "", "none of its values"}, // replaced, so no error
		{Warning, "duplicate", "brokerRole", 2, "", "line 1 already"},
	}},
	{name: "byte order mark", text: "\xef\xbb\xbfbrokerRole=SLAVE\nbrokerId=1\n", want: []want{
		{Error, "byte-order-mark", "brokerRole", 1, "", "RocketMQ does not know it"}, // a slave would be a master
		{Warning, "master-with-id", "brokerId", 2, "", "gives every master the brokerId 0"},
	}},
	{name: "byte order mark before a key of no weight", text: "\xef\xbb\xbffileReservedTime=48\n", want: []want{
		{Warning, "byte-order-mark", "fileReservedTime", 1, "", "save the file without"},
	}},
	{name: "byte order mark before what was to protect it", text: "\xef\xbb\xbfenableAcl=true\n", want: []want{
		{Error, "unprotected", "enableAcl", 1, "", "open to everybody"}}},
	{name: "byte order mark before a comment", text: "\xef\xbb\xbf# my broker\nfileReservedTime=48\n", want: []want{
		{Warning, "byte-order-mark", "", 1, "", "save it without"},
	}},
	{
		name: "comment of XML, as RocketMQ's own samples have it",
		text: "<!--\n Licensed to: the\n-->\nbrokerName=a\n",
		want: []want{{Warning, "markup", "<!--", 1, "", "only # does"}},
	},
	{
		name: "comment of XML around keys, which count all the same",
		text: "<!-- no\nbrokerRole=MASTER\n-->\nnoSuchKey=1\n",
		want: []want{
			{Warning, "markup", "<!--", 1, "", "only # does"},
			{Error, "not-a-choice", "brokerRole", 2, "", "none of its values"},
			{Warning, "unknown-key", "noSuchKey", 4, "", "no effect"},
		},
	},
	{name: "comment of XML on one line", text: "<!-- broker -->\nnoSuchKey=1\n", want: []want{
		{Warning, "markup", "<!--", 1, "", "only # does"},
		{Warning, "unknown-key", "noSuchKey", 2, "", "no effect"},
	}},
	{name: "a key in Chinese is shown as written", text: "集群=a\n", want: []want{
		{Warning, "unknown-key", "集群", 1, "", "no effect"},
	}},

	{
		name: "what is decisive when it is misspelt",
		text: "brokername=a\nbrokerRol=SLAVE\nstoreTyp=defaultRocksDB\nenablecontrollermode=true\ndiskFallRecordd=true",
		want: []want{
			{Error, "unknown-key", "brokername", 1, "brokerName", "case-sensitive"},
			{Error, "unknown-key", "brokerRol", 2, "brokerRole", "no such key"},
			{Error, "unknown-key", "storeTyp", 3, "storeType", "no such key"},
			{Error, "unknown-key", "enablecontrollermode", 4, "enableControllerMode", "case-sensitive"},
			{Warning, "unknown-key", "diskFallRecordd", 5, "diskFallRecorded", "no such key"},
		},
	},
	{
		name: "DLedger's members, misspelt",
		text: "enableDLegerCommitLog=true\ndLegerGroup=g\ndLegerSelfId=n0\ndledgerPeers=n0-a:40911",
		want: []want{
			{Error, "no-peers", "dLegerPeers", 0, "", "dLegerPeers is not set"},
			{Error, "unknown-key", "dledgerPeers", 4, "dLegerPeers", "capital L"},
		},
	},
	{
		name: "a controller's id, misspelt",
		role: rmq.Controller,
		text: "controllerDLegerGroup=g\ncontrollerDLedgerSelfId=n0\ncontrollerDLegerPeers=n0-a:9878",
		want: []want{
			{Error, "no-peers", "controllerDLegerSelfId", 0, "", "controllerDLegerSelfId is not set"},
			{Error, "unknown-key", "controllerDLedgerSelfId", 2, "controllerDLegerSelfId", "without a second d"},
		},
	},

	// Keys without effect.
	{
		name: "read by nobody",
		text: "maxTransferCountOnMessageInMemory=32\ncleanOfflineBrokerInterval=30000\nputMsgIndexHightWater=600000",
		want: []want{
			{Warning, "no-effect", "cleanOfflineBrokerInterval", 2, "", "RocketMQ 5.5.0 reads it nowhere"},
			{Warning, "no-effect", "putMsgIndexHightWater", 3, "", "RocketMQ 5.5.0 reads it nowhere"},
		},
	},
	{name: "read by nobody, so its value does not matter", text: "cleanOfflineBrokerInterval=x", want: []want{
		{Warning, "no-effect", "cleanOfflineBrokerInterval", 1, "", "reads it nowhere"},
	}},
	{name: "tiered storage that is not there", text: "readAheadCacheEnable=false", want: []want{
		{Warning, "no-effect", "readAheadCacheEnable", 1, "", "messageStorePlugIn does not name"},
	}},
	{
		name: "tiered storage that is there",
		text: "messageStorePlugIn=org.apache.rocketmq.tieredstore.TieredMessageStore\nreadAheadCacheEnable=false",
	},
	{name: "haListenPort of 4.9", release: "4.9.7", text: "listenPort=10911\nhaListenPort=10915", want: []want{
		{Warning, "no-effect", "haListenPort", 2, "", "listenPort + 1, which is 10912"},
	}},
	{
		name:    "haListenPort of 4.9 that is what 4.9 takes",
		release: "4.9.7",
		text:    "listenPort=10911\nhaListenPort=10912",
	},
	{name: "haListenPort of 5.x", text: "listenPort=10911\nhaListenPort=10915"},
}
