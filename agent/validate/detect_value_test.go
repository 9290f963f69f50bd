package validate

import "rocketmq-agent/agent/rmq"

// valueTests are about values of a wrong type, and about what stands around them.
var valueTests = []propertiesTest{
	// Types.
	{name: "numbers", text: "fileReservedTime=+48\nmaxMessageSize=0065536\nbrokerId=-1", want: []want{
		{Warning, "master-with-id", "brokerId", 3, "", "brokerId 0"},
	}},
	{
		name: "not numbers",
		text: "fileReservedTime=48h\nmaxMessageSize=4g\nlistenPort=0x2A9F\nflushIntervalCommitLog=9999999999",
		want: []want{
			{Warning, "not-a-number", "fileReservedTime", 1, "",
				`"48h" is not a whole number of 32 bits: RocketMQ keeps the default 72`},
			{Warning, "not-a-number", "maxMessageSize", 2, "", "the default 4194304"},
			{Warning, "not-a-number", "listenPort", 3, "", "the default 10911"},
			{Warning, "not-a-number", "flushIntervalCommitLog", 4, "", "32 bits"},
		},
	},
	{
		name: "numbers with something around them",
		text: "fileReservedTime=48 \n" +
			"maxMessageSize=65536  # 64K\n" +
			"diskMaxUsedSpaceRatio=75%\n" +
			"sendMessageThreadPoolNums=16.0\n" +
			"flushIntervalCommitLog=\"500\"\n" +
			"defaultTopicQueueNums=4;",
		want: []want{
			{Warning, "not-a-number", "fileReservedTime", 1, "48", "RocketMQ keeps the default 72"},
			{Warning, "not-a-number", "maxMessageSize", 2, "65536", "# 64K"},
			{Warning, "not-a-number", "diskMaxUsedSpaceRatio", 3, "75", "75%"},
			{Warning, "not-a-number", "sendMessageThreadPoolNums", 4, "16", "16.0"},
			{Warning, "not-a-number", "flushIntervalCommitLog", 5, "500", "whole number"},
			{Warning, "not-a-number", "defaultTopicQueueNums", 6, "4", "4;"},
		},
	},
	{name: "95.5 is no 95", text: "diskMaxUsedSpaceRatio=95.5", want: []want{
		{Warning, "not-a-number", "diskMaxUsedSpaceRatio", 1, "", "95.5"},
	}},
	{name: "doubles", text: "logicalDiskSpaceCleanForciblyThreshold=0.7 "},
	{name: "not doubles", text: "logicalDiskSpaceCleanForciblyThreshold=70%", want: []want{
		{Warning, "not-a-number", "logicalDiskSpaceCleanForciblyThreshold", 1, "70", "is not a number"},
	}},
	{name: "an empty number", text: "fileReservedTime=", want: []want{
		{Warning, "not-a-number", "fileReservedTime", 1, "", `"" is not`},
	}},
	{name: "booleans", text: "autoCreateTopicEnable=TRUE\ntraceTopicEnable=False"},
	{
		name: "not booleans",
		text: "autoCreateTopicEnable=yes\n" +
			"traceTopicEnable=true \n" +
			"slaveReadEnable=enabled # reads\n" +
			"longPollingEnable=nope\n" +
			"transferMsgByHeap=0",
		want: []want{
			{Warning, "not-a-boolean", "autoCreateTopicEnable", 1, "true", `"yes" is read as false`},
			{Warning, "not-a-boolean", "traceTopicEnable", 2, "true", "read as false"},
			{Warning, "not-a-boolean", "slaveReadEnable", 3, "true", "read as false"},
			{Warning, "not-a-boolean", "longPollingEnable", 4, "", "read as false"},
			{Warning, "not-a-boolean", "transferMsgByHeap", 5, "false", "read as false"},
		},
	},
	{
		name: "a switch of the identity that is none",
		text: "enableControllerMode=yes\nenableDLegerCommitLog=no",
		want: []want{
			{Error, "not-a-boolean", "enableControllerMode", 1, "true", "read as false"},
			{Warning, "not-a-boolean", "enableDLegerCommitLog", 2, "false", "read as false"}, // which is what was meant
		},
	},
	{
		name: "what is decisive when it is no boolean",
		text: "enableDLegerCommitLog=on\nauthenticationEnabled=on\nauthorizationEnabled=1",
		want: []want{
			{Error, "not-a-boolean", "enableDLegerCommitLog", 1, "true", "read as false"},
			{Error, "not-a-boolean", "authenticationEnabled", 2, "true", "read as false"},
			{Error, "not-a-boolean", "authorizationEnabled", 3, "true", "read as false"},
		},
	},
	{
		name: "what is decisive when it is no boolean, in a name server",
		role: rmq.Namesrv,
		text: "enableControllerInNamesrv=yes",
		want: []want{{Error, "not-a-boolean", "enableControllerInNamesrv", 1, "true", "read as false"}},
	},
	{name: "no id", text: "brokerRole=SLAVE\nbrokerId=one", want: []want{
		{Error, "not-a-number", "brokerId", 2, "", "the default 0"},
		{Error, "slave-without-id", "brokerId", 2, "", "253"},
	}},
	{name: "MASTER", text: "brokerRole=MASTER", want: []want{
		{Error, "not-a-choice", "brokerRole", 1, "", "it takes ASYNC_MASTER or SYNC_MASTER"},
	}},
	{name: "roles that are meant", text: "brokerRole=slave\nbrokerId=1", want: []want{
		{Error, "not-a-choice", "brokerRole", 1, "SLAVE", "RocketMQ keeps the default ASYNC_MASTER"},
		{Warning, "master-with-id", "brokerId", 2, "", "brokerRole=ASYNC_MASTER"},
	}},
	{
		name: "a role with a comment behind it",
		text: "brokerRole=SYNC_MASTER # two copies\ninSyncReplicas=2",
		want: []want{{Error, "not-a-choice", "brokerRole", 1, "SYNC_MASTER", "# two copies"}},
	},
	{name: "another case of the default", text: "brokerRole=async-master\nflushDiskType=async", want: []want{
		{Warning, "not-a-choice", "brokerRole", 1, "ASYNC_MASTER", "keeps the default ASYNC_MASTER"},
		{Warning, "not-a-choice", "flushDiskType", 2, "ASYNC_FLUSH", "keeps the default ASYNC_FLUSH"},
	}},
	{name: "flushDiskType that would not flush", text: "flushDiskType=SYNC", want: []want{
		{Error, "not-a-choice", "flushDiskType", 1, "SYNC_FLUSH", "keeps the default ASYNC_FLUSH"},
	}},
	{
		name: "choices",
		text: "brokerRole=SLAVE\n" +
			"brokerId=2\n" +
			"flushDiskType=SYNC_FLUSH\n" +
			"metricsExporterType=PROM\n" +
			"defaultMessageRequestMode=POP",
	},
	{name: "choices by their number", text: "metricsExporterType=2"},
	{name: "choices of a string's setter", text: "defaultMessageRequestMode=push", want: []want{
		{Warning, "not-a-choice", "defaultMessageRequestMode", 1, "", "RocketMQ keeps the default PULL"},
	}},
	{name: "storeType", text: "storeType=DEFAULTROCKSDB"},
	{name: "storeType of old documents, which acts as the default", text: "storeType=FILE", want: []want{
		{Warning, "not-a-choice", "storeType", 1, "default", "none of the values that work"},
	}},
	{name: "storeType that would not find its data", text: "storeType=rocksdb", want: []want{
		{Error, "not-a-choice", "storeType", 1, "defaultRocksDB", "none of the values that work"},
	}},
	{name: "words that matter less", text: "rocksdbCompressionType=gzip\nconfigManagerVersion=v1", want: []want{
		{Warning, "not-a-choice", "rocksdbCompressionType", 1, "", "none of the values that work"},
	}},

	// Blanks, comments and characters that belong to a text, or do not.
	{
		name:    "trailing blanks before 5.2",
		release: "5.1.4",
		text:    "brokerName=broker-a  \nbrokerClusterName=c\t",
		want: []want{
			// A strange name, but one that works
			{Warning, "trailing-blank", "brokerName", 1, "broker-a", "belong to the value in this release"},
			{Warning, "trailing-blank", "brokerClusterName", 2, "c", "belong to the value"},
		},
	},
	{name: "trailing blanks from 5.2 on", release: "5.2.0", text: "brokerName=broker-a  \nbrokerClusterName=c\t"},
	{name: "a role with a blank before 5.2", release: "4.9.7", text: "brokerRole=SLAVE \nbrokerId=1", want: []want{
		{Error, "not-a-choice", "brokerRole", 1, "SLAVE", "RocketMQ keeps the default ASYNC_MASTER"},
		{Warning, "master-with-id", "brokerId", 2, "", "ASYNC_MASTER"},
	}},
	{name: "a role with a blank from 5.2 on", release: "5.2.0", text: "brokerRole=SLAVE \nbrokerId=1"},
	{name: "the default role with a blank", release: "4.9.7", text: "brokerRole=ASYNC_MASTER ", want: []want{
		{Warning, "not-a-choice", "brokerRole", 1, "ASYNC_MASTER", "keeps the default"},
	}},
	{
		name:    "an address with a blank before 5.2",
		release: "5.1.4",
		text:    "namesrvAddr=a:9876 \nbrokerIP1=10.0.0.1 ",
		want: []want{
			{Error, "trailing-blank", "namesrvAddr", 1, "a:9876", "belong to the value"}, // exit 253
			{Error, "trailing-blank", "brokerIP1", 2, "10.0.0.1", "belong to the value"}, // no resolver takes it
		},
	},
	{name: "an address with a blank from 5.2 on", text: "namesrvAddr=a:9876 \nbrokerIP1=10.0.0.1 "},
	{name: "a blank is not all that is wrong", release: "5.1.4", text: "brokerIP1=REPLACE_IT ", want: []want{
		{Error, "placeholder", "brokerIP1", 1, "", "REPLACE_IT"},
	}},
	{name: "a comment in a text", text: "storePathRootDir=/data/store # volume\nregionId=a#b", want: []want{
		{Warning, "inline-comment", "storePathRootDir", 1, "/data/store", "a line of its own"},
	}},
	{name: "Chinese in a text", text: "regionId=上海", want: []want{
		{Warning, "not-latin", "regionId", 1, "", `of "上海"; write it with \u escapes`},
	}},
	{name: "Chinese as Java wants it", text: `regionId=\u4e0a\u6d77`},
	{name: "quotes", text: `brokerName="broker-a"`, want: []want{
		{Warning, "bad-name", "brokerName", 1, "broker-a", "characters"},
	}},
	{
		name: "GBK",
		text: "brokerTopicEnable=true\nregionId=\xd6\xd0\xb9\xfa\nbrokerName=\xbc\xaf\xc8\xba\n",
		want: []want{
			{Warning, "gbk", "regionId", 2, "", "this seems to be GBK"},
			{Warning, "bad-name", "brokerName", 3, "", "in the name of a topic"},
		},
	},
	{name: "ISO-8859-1", text: "regionId=Gr\xf6\xdfe-M\xfcller-\xe9\n"},
}
