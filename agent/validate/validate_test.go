package validate

import (
	"cmp"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"rocketmq-agent/agent/config"
	"rocketmq-agent/agent/javaprops"
	"rocketmq-agent/agent/keys"
	"rocketmq-agent/agent/rmq"
	"rocketmq-agent/agent/settings"
)

// want is a finding, and a piece of its message.
type want struct {
	severity   Severity
	code, key  string
	line       int
	suggestion string
	says       string
}

// check compares findings with the wanted ones: those and no others, in their order.
func check(t *testing.T, got []Finding, wanted []want) {
	t.Helper()
	for i := range max(len(got), len(wanted)) {
		switch {
		case i >= len(got):
			t.Errorf("missing: %+v", wanted[i])
		case i >= len(wanted):
			t.Errorf("not wanted: %s [%s, line %d, suggestion %q]", got[i], got[i].Code, got[i].Line, got[i].Suggestion)
		default:
			f, w := got[i], wanted[i]
			if is := (want{f.Severity, f.Code, f.Key, f.Line, f.Suggestion, w.says}); is != w {
				t.Errorf("got    %+v\nwanted %+v\n%s", is, w, f)
			}
			if w.says == "" || !strings.Contains(f.Message, w.says) {
				t.Errorf("the message does not say %q: %s", w.says, f.Message)
			}
		}
	}
}

func loadTable(t testing.TB) *keys.Table {
	t.Helper()
	table, err := keys.Load()
	if err != nil {
		t.Fatal(err)
	}
	return table
}

// fileLayer is a file of this text, as RocketMQ reads it.
func fileLayer(t testing.TB, name, text string) config.Layer {
	t.Helper()
	props, err := javaprops.Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return config.Layer{Name: name, Props: props}
}

// propertiesTest is a file and everything that is wrong with it. Most come in pairs: the mistake, and what is so near to it
// that only a careless check would take it for the same.
type propertiesTest struct {
	name    string
	release string   // empty: 5.5.0
	role    rmq.Role // empty: broker
	text    string
	options Options
	want    []want
}

var propertiesTests = []propertiesTest{
	{name: "nothing"},
	{name: "only comments", text: "# brokerRole=MASTER\n! aclEnable=true\n\n   \t\n"},
	{name: "what the release itself ships", text: "brokerClusterName = DefaultCluster\nbrokerName = broker-a\nbrokerId = 0\ndeleteWhen = 04\nfileReservedTime = 48\nbrokerRole = ASYNC_MASTER\nflushDiskType = ASYNC_FLUSH\n"},
	{name: "CRLF", text: "brokerName=broker-a\r\nfileReservedTime=48\r\nbrokerRole=SLAVE\r\nbrokerId=1\r\n"},

	// Keys that are gone, renamed, misspelt or somebody else's.
	{name: "mapedFileSizeCommitLog", text: "mapedFileSizeCommitLog=1073741824", want: []want{{Warning, "unknown-key", "mapedFileSizeCommitLog", 1, "mappedFileSizeCommitLog", "4.5.2"}}},
	{name: "mapedFileSizeConsumeQueue: another unit, so no suggestion", text: "mapedFileSizeConsumeQueue=300000", want: []want{{Warning, "unknown-key", "mapedFileSizeConsumeQueue", 1, "", "counts bytes"}}},
	{name: "mapedFileSizeConsumeQueueExt", release: "4.9.7", text: "mapedFileSizeConsumeQueueExt=50331648", want: []want{{Warning, "unknown-key", "mapedFileSizeConsumeQueueExt", 1, "mappedFileSizeConsumeQueueExt", "Renamed"}}},
	{name: "both names: to rename the old one would make a duplicate", text: "mapedFileSizeCommitLog=1\nmappedFileSizeCommitLog=1073741824", want: []want{{Warning, "unknown-key", "mapedFileSizeCommitLog", 1, "", "mappedFileSizeCommitLog is set too"}}},
	{name: "one p is right here", text: "destroyMapedFileIntervalForcibly=120000\nwarmMapedFileEnable=true\nflushLeastPagesWhenWarmMapedFile=4096"},
	{name: "two p are wrong here", text: "warmMappedFileEnable=true", want: []want{{Warning, "unknown-key", "warmMappedFileEnable", 1, "warmMapedFileEnable", "one p"}}},
	{name: "keys that never existed", text: "storePathIndex=/s/i\nstoreCheckpoint=/s/c\nabortFile=/s/a\nstorePathConsumeQueue=/s/q\nstorePathConsumerQueue=/s/q\n", want: []want{
		{Warning, "unknown-key", "storePathIndex", 1, "", "always lies in the folder index"},
		{Warning, "unknown-key", "storeCheckpoint", 2, "", "always the file checkpoint"},
		{Warning, "unknown-key", "abortFile", 3, "", "always the file abort"},
		{Warning, "unknown-key", "storePathConsumeQueue", 4, "", "folder consumequeue"},
		{Warning, "unknown-key", "storePathConsumerQueue", 5, "", "folder consumequeue"},
	}},
	{name: "keys that look like them and do exist", text: "storePathRootDir=/s\nstorePathCommitLog=/s/commitlog,/t/commitlog\nstorePathDLedgerCommitLog=/s/dledger"},
	{name: "the proxy's switches", text: "enableProxy=true\nproxyMode=LOCAL\ngrpcServerPort=8081", want: []want{
		{Warning, "unknown-key", "enableProxy", 1, "", "--enable-proxy"},
		{Warning, "unknown-key", "proxyMode", 2, "", "it is a key of the proxy, and the broker does not read it"},
		{Warning, "unknown-key", "grpcServerPort", 3, "", "it is a key of the proxy"},
	}},
	{name: "a slip of the pen", text: "maxMesageSize=65536\nflushDiskTyp=SYNC_FLUSH", want: []want{
		{Warning, "unknown-key", "maxMesageSize", 1, "maxMessageSize", "there is no such key"},
		{Error, "unknown-key", "flushDiskTyp", 2, "flushDiskType", "there is no such key"}, // the disk would be written to later than meant
	}},
	{name: "as near to two keys", text: "brokerIP3=10.0.0.1", want: []want{{Warning, "unknown-key", "brokerIP3", 1, "", "it has no effect"}}},
	{name: "another case", text: "FileReservedTime=48\nbrokerid=1", want: []want{
		{Warning, "unknown-key", "FileReservedTime", 1, "fileReservedTime", "case-sensitive"},
		{Error, "unknown-key", "brokerid", 2, "brokerId", "case-sensitive"}, // the slave that was meant would be a master
	}},
	{name: "another case of what is the default", text: "brokerid=0\nBrokerRole=ASYNC_MASTER", want: []want{
		{Warning, "unknown-key", "brokerid", 1, "brokerId", "case-sensitive"},
		{Warning, "unknown-key", "BrokerRole", 2, "brokerRole", "case-sensitive"},
	}},
	{name: "another case beside the right one", text: "brokerid=1\nbrokerId=0", want: []want{{Warning, "unknown-key", "brokerid", 1, "", "brokerId is set too, so delete this line"}}},
	{name: "misspelt DLedger switch", text: "enableDledgerCommitLog=true", want: []want{{Error, "unknown-key", "enableDledgerCommitLog", 1, "enableDLegerCommitLog", "without raft"}}},
	{name: "misspelt DLedger switch that is off", text: "enableDledgerCommitLog=false", want: []want{{Warning, "unknown-key", "enableDledgerCommitLog", 1, "enableDLegerCommitLog", "without raft"}}},
	{name: "misspelt member, DLedger off", text: "dledgerSelfId=n0", want: []want{{Warning, "unknown-key", "dledgerSelfId", 1, "dLegerSelfId", "capital L"}}},
	{name: "misspelt member, DLedger on", text: "enableDLegerCommitLog=true\ndLegerGroup=g\ndledgerSelfId=n0\ndLegerPeers=n0-a:40911", want: []want{
		{Error, "no-peers", "dLegerSelfId", 0, "", "dLegerSelfId is not set"},
		{Error, "unknown-key", "dledgerSelfId", 3, "dLegerSelfId", "capital L"},
	}},
	{name: "a name of an earlier release", text: "haSlaveFallbehindMax=268435456", want: []want{{Warning, "unknown-key", "haSlaveFallbehindMax", 1, "haMaxGapNotInSync", "name of 4.x"}}},
	{name: "the same in its release", release: "4.9.7", text: "haSlaveFallbehindMax=268435456"},
	{name: "a key of 5.4 in 5.3", release: "5.3.3", text: "enableLagAndDlqMetrics=false", want: []want{{Warning, "unknown-key", "enableLagAndDlqMetrics", 1, "", "RocketMQ 5.3.3 does not have this key; 5.4.0 to 5.5.0 have"}}},
	{name: "a key of 5.4 in 5.4", release: "5.4.0", text: "enableLagAndDlqMetrics=false"},
	{name: "a key of one release only", text: "enableTransparentRetry=true", want: []want{{Warning, "unknown-key", "enableTransparentRetry", 1, "", "Only in 5.2"}}},
	{name: "the names that mqadmin shows", text: "isScanAvailableNameSrv=true", want: []want{{Warning, "unknown-key", "isScanAvailableNameSrv", 1, "scanAvailableNameSrv", "without is"}}},
	{name: "a pasted heredoc", text: "cat > broker.conf <<EOF\nfileReservedTime=48\nEOF\n", want: []want{
		{Warning, "unknown-key", "cat", 1, "", "no release of RocketMQ"},
		{Warning, "unknown-key", "EOF", 3, "", "no release of RocketMQ"},
	}},
	{name: "clusterName: AuthConfig's, and overwritten", text: "clusterName=prod", want: []want{{Warning, "no-effect", "clusterName", 1, "brokerClusterName", "overwrites it"}}},
	{name: "clusterName beside the right key", text: "clusterName=prod\nbrokerClusterName=prod", want: []want{{Warning, "no-effect", "clusterName", 1, "", "overwrites it"}}},
	{name: "clusterName before AuthConfig", release: "5.1.4", text: "clusterName=prod", want: []want{{Warning, "unknown-key", "clusterName", 1, "brokerClusterName", "no such key"}}},
	{name: "duplicate", text: "fileReservedTime=48\nautoCreateTopicEnable=true\nfileReservedTime=72", want: []want{{Warning, "duplicate", "fileReservedTime", 3, "", "line 1 already"}}},
	{name: "duplicate: only the last one counts", text: "brokerRole=MASTER\nbrokerRole=ASYNC_MASTER", want: []want{
		{Warning, "not-a-choice", "brokerRole", 1, "", "none of its values"}, // replaced, so no error
		{Warning, "duplicate", "brokerRole", 2, "", "line 1 already"},
	}},
	{name: "byte order mark", text: "\xef\xbb\xbfbrokerRole=SLAVE\nbrokerId=1\n", want: []want{
		{Error, "byte-order-mark", "brokerRole", 1, "", "RocketMQ does not know it"}, // a slave would be a master
		{Warning, "master-with-id", "brokerId", 2, "", "gives every master the brokerId 0"},
	}},
	{name: "byte order mark before a key of no weight", text: "\xef\xbb\xbffileReservedTime=48\n", want: []want{{Warning, "byte-order-mark", "fileReservedTime", 1, "", "save it without"}}},
	{name: "byte order mark before a comment", text: "\xef\xbb\xbf# my broker\nfileReservedTime=48\n", want: []want{{Warning, "byte-order-mark", "", 1, "", "save it without"}}},
	{name: "comment of XML, as RocketMQ's own samples have it", text: "<!--\n Licensed to: the\n-->\nbrokerName=a\n", want: []want{{Warning, "markup", "<!--", 1, "", "only # does"}}},
	{name: "comment of XML around keys, which count all the same", text: "<!-- no\nbrokerRole=MASTER\n-->\nnoSuchKey=1\n", want: []want{
		{Warning, "markup", "<!--", 1, "", "only # does"},
		{Error, "not-a-choice", "brokerRole", 2, "", "none of its values"},
		{Warning, "unknown-key", "noSuchKey", 4, "", "no effect"},
	}},
	{name: "comment of XML on one line", text: "<!-- broker -->\nnoSuchKey=1\n", want: []want{
		{Warning, "markup", "<!--", 1, "", "only # does"},
		{Warning, "unknown-key", "noSuchKey", 2, "", "no effect"},
	}},
	{name: "a key in Chinese is shown as written", text: "集群=a\n", want: []want{{Warning, "unknown-key", "集群", 1, "", "no effect"}}},

	{name: "what is decisive when it is misspelt", text: "brokername=a\nbrokerRol=SLAVE\nstoreTyp=defaultRocksDB\nenablecontrollermode=true\ndiskFallRecordd=true", want: []want{
		{Error, "unknown-key", "brokername", 1, "brokerName", "case-sensitive"},
		{Error, "unknown-key", "brokerRol", 2, "brokerRole", "no such key"},
		{Error, "unknown-key", "storeTyp", 3, "storeType", "no such key"},
		{Error, "unknown-key", "enablecontrollermode", 4, "enableControllerMode", "case-sensitive"},
		{Warning, "unknown-key", "diskFallRecordd", 5, "diskFallRecorded", "no such key"},
	}},
	{name: "DLedger's members, misspelt", text: "enableDLegerCommitLog=true\ndLegerGroup=g\ndLegerSelfId=n0\ndledgerPeers=n0-a:40911", want: []want{
		{Error, "no-peers", "dLegerPeers", 0, "", "dLegerPeers is not set"},
		{Error, "unknown-key", "dledgerPeers", 4, "dLegerPeers", "capital L"},
	}},
	{name: "a controller's id, misspelt", role: rmq.Controller, text: "controllerDLegerGroup=g\ncontrollerDLedgerSelfId=n0\ncontrollerDLegerPeers=n0-a:9878", want: []want{
		{Error, "no-peers", "controllerDLegerSelfId", 0, "", "controllerDLegerSelfId is not set"},
		{Error, "unknown-key", "controllerDLedgerSelfId", 2, "controllerDLegerSelfId", "without a second d"},
	}},

	// Types.
	{name: "numbers", text: "fileReservedTime=+48\nmaxMessageSize=0065536\nbrokerId=-1", want: []want{{Warning, "master-with-id", "brokerId", 3, "", "brokerId 0"}}},
	{name: "not numbers", text: "fileReservedTime=48h\nmaxMessageSize=4g\nlistenPort=0x2A9F\nflushIntervalCommitLog=9999999999", want: []want{
		{Warning, "not-a-number", "fileReservedTime", 1, "", `"48h" is not a whole number of 32 bits: RocketMQ keeps the default 72`},
		{Warning, "not-a-number", "maxMessageSize", 2, "", "the default 4194304"},
		{Warning, "not-a-number", "listenPort", 3, "", "the default 10911"},
		{Warning, "not-a-number", "flushIntervalCommitLog", 4, "", "32 bits"},
	}},
	{name: "numbers with something around them", text: "fileReservedTime=48 \nmaxMessageSize=65536  # 64K\ndiskMaxUsedSpaceRatio=75%\nsendMessageThreadPoolNums=16.0\nflushIntervalCommitLog=\"500\"\ndefaultTopicQueueNums=4;", want: []want{
		{Warning, "not-a-number", "fileReservedTime", 1, "48", "RocketMQ keeps the default 72"},
		{Warning, "not-a-number", "maxMessageSize", 2, "65536", "# 64K"},
		{Warning, "not-a-number", "diskMaxUsedSpaceRatio", 3, "75", "75%"},
		{Warning, "not-a-number", "sendMessageThreadPoolNums", 4, "16", "16.0"},
		{Warning, "not-a-number", "flushIntervalCommitLog", 5, "500", "whole number"},
		{Warning, "not-a-number", "defaultTopicQueueNums", 6, "4", "4;"},
	}},
	{name: "95.5 is no 95", text: "diskMaxUsedSpaceRatio=95.5", want: []want{{Warning, "not-a-number", "diskMaxUsedSpaceRatio", 1, "", "95.5"}}},
	{name: "doubles", text: "logicalDiskSpaceCleanForciblyThreshold=0.7 "},
	{name: "not doubles", text: "logicalDiskSpaceCleanForciblyThreshold=70%", want: []want{{Warning, "not-a-number", "logicalDiskSpaceCleanForciblyThreshold", 1, "70", "is not a number"}}},
	{name: "an empty number", text: "fileReservedTime=", want: []want{{Warning, "not-a-number", "fileReservedTime", 1, "", `"" is not`}}},
	{name: "booleans", text: "autoCreateTopicEnable=TRUE\ntraceTopicEnable=False"},
	{name: "not booleans", text: "autoCreateTopicEnable=yes\ntraceTopicEnable=true \nslaveReadEnable=enabled # reads\nlongPollingEnable=nope\ntransferMsgByHeap=0", want: []want{
		{Warning, "not-a-boolean", "autoCreateTopicEnable", 1, "true", `"yes" is read as false`},
		{Warning, "not-a-boolean", "traceTopicEnable", 2, "true", "read as false"},
		{Warning, "not-a-boolean", "slaveReadEnable", 3, "true", "read as false"},
		{Warning, "not-a-boolean", "longPollingEnable", 4, "", "read as false"},
		{Warning, "not-a-boolean", "transferMsgByHeap", 5, "false", "read as false"},
	}},
	{name: "a switch of the identity that is none", text: "enableControllerMode=yes\nenableDLegerCommitLog=no", want: []want{
		{Error, "not-a-boolean", "enableControllerMode", 1, "true", "read as false"},
		{Warning, "not-a-boolean", "enableDLegerCommitLog", 2, "false", "read as false"}, // which is what was meant
	}},
	{name: "what is decisive when it is no boolean", text: "enableDLegerCommitLog=on\nauthenticationEnabled=on\nauthorizationEnabled=1", want: []want{
		{Error, "not-a-boolean", "enableDLegerCommitLog", 1, "true", "read as false"},
		{Error, "not-a-boolean", "authenticationEnabled", 2, "true", "read as false"},
		{Error, "not-a-boolean", "authorizationEnabled", 3, "true", "read as false"},
	}},
	{name: "what is decisive when it is no boolean, in a name server", role: rmq.Namesrv, text: "enableControllerInNamesrv=yes", want: []want{{Error, "not-a-boolean", "enableControllerInNamesrv", 1, "true", "read as false"}}},
	{name: "no id", text: "brokerRole=SLAVE\nbrokerId=one", want: []want{
		{Error, "not-a-number", "brokerId", 2, "", "the default 0"},
		{Error, "slave-without-id", "brokerId", 2, "", "253"},
	}},
	{name: "MASTER", text: "brokerRole=MASTER", want: []want{{Error, "not-a-choice", "brokerRole", 1, "", "it takes ASYNC_MASTER or SYNC_MASTER"}}},
	{name: "roles that are meant", text: "brokerRole=slave\nbrokerId=1", want: []want{
		{Error, "not-a-choice", "brokerRole", 1, "SLAVE", "RocketMQ keeps the default ASYNC_MASTER"},
		{Warning, "master-with-id", "brokerId", 2, "", "brokerRole=ASYNC_MASTER"},
	}},
	{name: "a role with a comment behind it", text: "brokerRole=SYNC_MASTER # two copies\ninSyncReplicas=2", want: []want{{Error, "not-a-choice", "brokerRole", 1, "SYNC_MASTER", "# two copies"}}},
	{name: "another case of the default", text: "brokerRole=async-master\nflushDiskType=async", want: []want{
		{Warning, "not-a-choice", "brokerRole", 1, "ASYNC_MASTER", "keeps the default ASYNC_MASTER"},
		{Warning, "not-a-choice", "flushDiskType", 2, "ASYNC_FLUSH", "keeps the default ASYNC_FLUSH"},
	}},
	{name: "flushDiskType that would not flush", text: "flushDiskType=SYNC", want: []want{{Error, "not-a-choice", "flushDiskType", 1, "SYNC_FLUSH", "keeps the default ASYNC_FLUSH"}}},
	{name: "choices", text: "brokerRole=SLAVE\nbrokerId=2\nflushDiskType=SYNC_FLUSH\nmetricsExporterType=PROM\ndefaultMessageRequestMode=POP"},
	{name: "choices by their number", text: "metricsExporterType=2"},
	{name: "choices of a string's setter", text: "defaultMessageRequestMode=push", want: []want{{Warning, "not-a-choice", "defaultMessageRequestMode", 1, "", "RocketMQ keeps the default PULL"}}},
	{name: "storeType", text: "storeType=DEFAULTROCKSDB"},
	{name: "storeType of old documents, which acts as the default", text: "storeType=FILE", want: []want{{Warning, "not-a-choice", "storeType", 1, "default", "none of the values that work"}}},
	{name: "storeType that would not find its data", text: "storeType=rocksdb", want: []want{{Error, "not-a-choice", "storeType", 1, "defaultRocksDB", "none of the values that work"}}},
	{name: "words that matter less", text: "rocksdbCompressionType=gzip\nconfigManagerVersion=v1", want: []want{{Warning, "not-a-choice", "rocksdbCompressionType", 1, "", "none of the values that work"}}},

	// Blanks, comments and characters that belong to a text, or do not.
	{name: "trailing blanks before 5.2", release: "5.1.4", text: "brokerName=broker-a  \nbrokerClusterName=c\t", want: []want{
		{Warning, "trailing-blank", "brokerName", 1, "broker-a", "belong to the value in this release"}, // a strange name, but one that works
		{Warning, "trailing-blank", "brokerClusterName", 2, "c", "belong to the value"},
	}},
	{name: "trailing blanks from 5.2 on", release: "5.2.0", text: "brokerName=broker-a  \nbrokerClusterName=c\t"},
	{name: "a role with a blank before 5.2", release: "4.9.7", text: "brokerRole=SLAVE \nbrokerId=1", want: []want{
		{Error, "not-a-choice", "brokerRole", 1, "SLAVE", "RocketMQ keeps the default ASYNC_MASTER"},
		{Warning, "master-with-id", "brokerId", 2, "", "ASYNC_MASTER"},
	}},
	{name: "a role with a blank from 5.2 on", release: "5.2.0", text: "brokerRole=SLAVE \nbrokerId=1"},
	{name: "the default role with a blank", release: "4.9.7", text: "brokerRole=ASYNC_MASTER ", want: []want{{Warning, "not-a-choice", "brokerRole", 1, "ASYNC_MASTER", "keeps the default"}}},
	{name: "an address with a blank before 5.2", release: "5.1.4", text: "namesrvAddr=a:9876 \nbrokerIP1=10.0.0.1 ", want: []want{
		{Error, "trailing-blank", "namesrvAddr", 1, "a:9876", "belong to the value"}, // exit 253
		{Error, "trailing-blank", "brokerIP1", 2, "10.0.0.1", "belong to the value"}, // no resolver takes it
	}},
	{name: "an address with a blank from 5.2 on", text: "namesrvAddr=a:9876 \nbrokerIP1=10.0.0.1 "},
	{name: "a blank is not all that is wrong", release: "5.1.4", text: "brokerIP1=REPLACE_IT ", want: []want{{Error, "placeholder", "brokerIP1", 1, "", "REPLACE_IT"}}},
	{name: "a comment in a text", text: "storePathRootDir=/data/store # volume\nregionId=a#b", want: []want{{Warning, "inline-comment", "storePathRootDir", 1, "/data/store", "a line of its own"}}},
	{name: "Chinese in a text", text: "regionId=上海", want: []want{{Warning, "not-latin", "regionId", 1, "", `of "上海"; write it with \u escapes`}}},
	{name: "Chinese as Java wants it", text: `regionId=\u4e0a\u6d77`},
	{name: "quotes", text: `brokerName="broker-a"`, want: []want{{Warning, "bad-name", "brokerName", 1, "broker-a", "characters"}}},

	// Ranges.
	{name: "ranges", text: "brokerPermission=7\ndiskMaxUsedSpaceRatio=95\nregisterNameServerPeriod=10000\nfileReservedTime=0"},
	{name: "out of range", text: "brokerPermission=8\nsendMessageThreadPoolNums=0", want: []want{
		{Warning, "out-of-range", "brokerPermission", 1, "", "8 is out of range"},
		{Warning, "out-of-range", "sendMessageThreadPoolNums", 2, "", "0 is out of range"},
	}},
	{name: "clamped", text: "diskMaxUsedSpaceRatio=99\nregisterNameServerPeriod=5000", want: []want{
		{Warning, "clamped", "diskMaxUsedSpaceRatio", 1, "", "RocketMQ takes 95 in place of 99"},
		{Warning, "clamped", "registerNameServerPeriod", 2, "", "RocketMQ takes 10000 in place of 5000"},
	}},

	// Addresses and hosts.
	{name: "addresses", text: "namesrvAddr=a:9876;10.0.0.2:9876;ns-0.ns.mq.svc.cluster.local.:9876;[fd00::1]:9876;my_host:65535;"},
	{name: "an address without a port", text: "namesrvAddr=a:9876;b", want: []want{{Error, "bad-address", "namesrvAddr", 1, "", `"b" is not host:port`}}},
	{name: "an empty address between others", text: "namesrvAddr=a:9876;;b:9876;", want: []want{{Error, "bad-address", "namesrvAddr", 1, "a:9876;b:9876", `"" is not host:port`}}},
	{name: "commas start, and are never reached", text: "namesrvAddr=a:9876,b:9876", want: []want{{Warning, "bad-address", "namesrvAddr", 1, "a:9876;b:9876", "can never be reached"}}},
	{name: "blanks between addresses", text: "namesrvAddr=a:9876; b:9876", want: []want{{Warning, "bad-address", "namesrvAddr", 1, "a:9876;b:9876", "can never be reached"}}},
	{name: "a comment behind an address", text: "namesrvAddr=127.0.0.1:9876    # 确保与生产者配置一致", want: []want{{Error, "bad-address", "namesrvAddr", 1, "127.0.0.1:9876", "确保"}}},
	{name: "a URL", text: "namesrvAddr=http://a:9876", want: []want{{Warning, "bad-address", "namesrvAddr", 1, "", "can never be reached"}}},
	{name: "an address without a host", text: "namesrvAddr=:9876", want: []want{{Warning, "bad-address", "namesrvAddr", 1, "", "can never be reached"}}},
	{name: "port 0 and port 99999", text: "namesrvAddr=a:0\nhaMasterAddress=a:99999", want: []want{
		{Warning, "bad-address", "namesrvAddr", 1, "", "can never be reached"},
		{Warning, "bad-address", "haMasterAddress", 2, "", "is not host:port"}, // RocketMQ starts with it
	}},
	{name: "controllers that nobody asks for", text: "controllerAddr=a", want: []want{{Warning, "bad-address", "controllerAddr", 1, "", "is not host:port"}}},
	{name: "controllers that are asked for", text: "enableControllerMode=true\ncontrollerAddr=a", want: []want{{Error, "bad-address", "controllerAddr", 2, "", "is not host:port"}}},
	{name: "hosts", text: "brokerIP1=my_host-1.example.com\nbrokerIP2=fe80::1%eth0\nmetricsPromExporterHost=0.0.0.0\nbindAddress=0.0.0.0"},
	{name: "no hosts", text: "brokerIP1=10.0.0.1:10911\nbrokerIP2=http://b/\nmetricsPromExporterHost=a b\nbindAddress=*", want: []want{
		{Error, "bad-host", "brokerIP1", 1, "10.0.0.1", "neither an IP address nor a host name"}, // every send fails
		{Warning, "bad-host", "brokerIP2", 2, "b", "neither"},
		{Warning, "bad-host", "metricsPromExporterHost", 3, "", "neither"}, // nothing is exported
		{Error, "bad-host", "bindAddress", 4, "", "neither"},
	}},
	{name: "no host to bind the exporter to", text: "metricsExporterType=PROM\nmetricsPromExporterHost=a b", want: []want{{Error, "bad-host", "metricsPromExporterHost", 2, "", "neither"}}},
	{name: "placeholders", text: "brokerIP1=REPLACE_IP\nbrokerName=${HOSTNAME}\nnamesrvAddr=YOUR_NAMESRV:9876\nstorePathRootDir=$HOME/store", want: []want{
		{Error, "placeholder", "brokerIP1", 1, "", "REPLACE_IP was never filled in"},
		{Error, "placeholder", "brokerName", 2, "", "${HOSTNAME} was never filled in"},
		{Error, "placeholder", "namesrvAddr", 3, "", "YOUR_NAMESRV"},
		{Warning, "placeholder", "storePathRootDir", 4, "", "$HOME"}, // a folder of that name can be made
	}},
	{name: "more placeholders", text: "brokerIP1=<IPADDRESS>\nnamesrvAddr=xxx.xxx.xxx.xxx:9876\nbrokerClusterName={{ .Values.cluster }}", want: []want{
		{Error, "placeholder", "brokerIP1", 1, "", "<IPADDRESS>"},
		{Error, "placeholder", "namesrvAddr", 2, "", "xxx.xxx.xxx.xxx"},
		{Error, "placeholder", "brokerClusterName", 3, "", "{{ .Values.cluster }}"},
	}},
	{name: "a placeholder of one number", text: "brokerIP1=192.168.1.x", want: []want{{Error, "placeholder", "brokerIP1", 1, "", "192.168.1.x"}}},
	{name: "a name that sounds like one, and works", text: "brokerName=YOUR_BROKER", want: []want{{Warning, "placeholder", "brokerName", 1, "", "YOUR_BROKER"}}},
	{name: "no placeholders", text: "brokerIP1=static.88-198-1-2.clients.your-server.de\nnamesrvAddr=mq-xxx.example.com:9876;EXCHANGE:9876\nbrokerClusterName=xxx-prod"},
	{name: "127.0.0.1", text: "brokerIP1=127.0.0.1\nbrokerIP2=localhost", want: []want{
		{Warning, "loopback", "brokerIP1", 1, "", "told 127.0.0.1, which is their own machine"},
		{Warning, "loopback", "brokerIP2", 2, "", "told localhost"},
	}},
	{name: "127.0.0.1 elsewhere", text: "namesrvAddr=127.0.0.1:9876\nbindAddress=127.0.0.1\nmetricsPromExporterHost=127.0.0.1"},
	{name: "0.0.0.0", text: "brokerIP1=0.0.0.0", want: []want{{Warning, "unspecified", "brokerIP1", 1, "", "the address of nobody"}}},

	// Texts with a form of their own.
	{name: "names", text: "brokerName=broker_a-1\nbrokerClusterName=50%|a"},
	{name: "names that RocketMQ takes and clients do not", text: "brokerName=broker.a\nbrokerClusterName=my cluster", want: []want{
		{Warning, "bad-name", "brokerName", 1, "", "characters"},
		{Warning, "bad-name", "brokerClusterName", 2, "", "characters"},
	}},
	{name: "# in a name", text: "brokerName=broker#1", want: []want{{Warning, "bad-name", "brokerName", 1, "", "characters"}}},
	{name: "# in a name that is written to a file with #", text: "brokerName=broker#1\nenableControllerMode=true\ncontrollerAddr=c:9878", want: []want{{Error, "bad-name", "brokerName", 1, "", "brokerIdentity"}}},
	{name: "a strange name in controller mode", text: "brokerName=broker.1\nenableControllerMode=true\ncontrollerAddr=c:9878", want: []want{{Warning, "bad-name", "brokerName", 1, "", "characters"}}},
	{name: "half a quote", text: `brokerName="`, want: []want{{Warning, "bad-name", "brokerName", 1, "", "characters"}}},
	{name: "hours", text: "deleteWhen=04;16;"},
	{name: "no hours", text: "deleteWhen=04:00", want: []want{{Warning, "bad-hour", "deleteWhen", 1, "", "deletes no file at all"}}},
	{name: "hours with blanks", text: "deleteWhen=4, 16", want: []want{{Warning, "bad-hour", "deleteWhen", 1, "4;16", "deletes no file at all"}}},
	{name: "an hour that never comes", text: "deleteWhen=24", want: []want{{Warning, "bad-hour", "deleteWhen", 1, "", "the day has no hour 24"}}},
	{name: "no hour", text: "deleteWhen=", want: []want{{Warning, "bad-hour", "deleteWhen", 1, "", "it is empty"}}},
	{name: "delays", text: "messageDelayLevel=1s 5s 10s 30s 1m 2h 1d"},
	{name: "no delays", text: "messageDelayLevel=1s, 5s", want: []want{{Error, "bad-delay", "messageDelayLevel", 1, "1s 5s", "leaves with 253"}}},
	{name: "a delay in weeks", text: "messageDelayLevel=1s 1w", want: []want{{Error, "bad-delay", "messageDelayLevel", 1, "", `"1w"`}}},
	{name: "paths", text: "storePathRootDir=/data/store\nstorePathCommitLog=/a,/b,"},
	{name: "paths that lie nowhere", text: `storePathRootDir=~/store
storePathCommitLog=/a,b
brokerConfigPath=D:\\mq\\broker.conf`, want: []want{
		{Warning, "relative-path", "storePathRootDir", 1, "", "does not begin with /"},
		{Warning, "relative-path", "storePathCommitLog", 2, "", `"b" does not begin with /`},
		{Warning, "relative-path", "brokerConfigPath", 3, "", "does not begin with /"},
	}},
	{name: "classes", text: "messageStorePlugIn=org.apache.rocketmq.tieredstore.TieredMessageStore,com.a.Other$Inner"},
	{name: "no classes", text: "messageStorePlugIn=a.B, a.C\nauthenticationProvider=a-b", want: []want{
		{Warning, "bad-class", "messageStorePlugIn", 1, "a.B,a.C", "not the name of a Java class"},
		{Warning, "bad-class", "authenticationProvider", 2, "", "not the name of a Java class"},
	}},
	{name: "codes", text: "authenticationWhitelist=28, 26,apache.rocketmq.v2.HeartbeatRequest"},
	{name: "no codes", text: "authenticationWhitelist=10.0.0.1", want: []want{{Warning, "bad-code", "authenticationWhitelist", 1, "", "no request code"}}},
	{name: "JSON", text: `socksProxyConfig={"10.0.0.0/8":{"addr":"s:1080","password":"hunter2"}}`},
	{name: "no JSON", text: "socksProxyConfig=10.0.0.1:1080\ninitAuthenticationUser=[1]\ninnerClientAuthenticationCredentials={'a':'b'}", want: []want{
		{Warning, "bad-json", "socksProxyConfig", 1, "", "the value cannot be used"},
		{Warning, "bad-json", "initAuthenticationUser", 2, "", "the value cannot be used"},
		{Warning, "bad-json", "innerClientAuthenticationCredentials", 3, "", "the value cannot be used"},
	}},

	// Keys without effect.
	{name: "read by nobody", text: "maxTransferCountOnMessageInMemory=32\ncleanOfflineBrokerInterval=30000\nputMsgIndexHightWater=600000", want: []want{
		{Warning, "no-effect", "cleanOfflineBrokerInterval", 2, "", "RocketMQ 5.5.0 reads it nowhere"},
		{Warning, "no-effect", "putMsgIndexHightWater", 3, "", "RocketMQ 5.5.0 reads it nowhere"},
	}},
	{name: "read by nobody, so its value does not matter", text: "cleanOfflineBrokerInterval=x", want: []want{{Warning, "no-effect", "cleanOfflineBrokerInterval", 1, "", "reads it nowhere"}}},
	{name: "tiered storage that is not there", text: "readAheadCacheEnable=false", want: []want{{Warning, "no-effect", "readAheadCacheEnable", 1, "", "messageStorePlugIn does not name"}}},
	{name: "tiered storage that is there", text: "messageStorePlugIn=org.apache.rocketmq.tieredstore.TieredMessageStore\nreadAheadCacheEnable=false"},
	{name: "haListenPort of 4.9", release: "4.9.7", text: "listenPort=10911\nhaListenPort=10915", want: []want{{Warning, "no-effect", "haListenPort", 2, "", "listenPort + 1, which is 10912"}}},
	{name: "haListenPort of 4.9 that is what 4.9 takes", release: "4.9.7", text: "listenPort=10911\nhaListenPort=10912"},
	{name: "haListenPort of 5.x", text: "listenPort=10911\nhaListenPort=10915"},

	// Protection.
	{name: "aclEnable=true in 5.3.3", release: "5.3.3", text: "aclEnable=true", want: []want{{Error, "unprotected", "aclEnable", 1, "", "RocketMQ 5.3.3 reads it nowhere, so the broker would be open"}}},
	{name: "aclEnable=true in 5.2.0", release: "5.2.0", text: "aclEnable=true"},
	{name: "aclEnable that was meant", release: "5.3.3", text: "aclEnable=true ", want: []want{{Error, "unprotected", "aclEnable", 1, "", "open to everybody"}}},
	{name: "aclEnable that was meant in 5.2.0", release: "5.2.0", text: "aclEnable=yes", want: []want{{Error, "not-a-boolean", "aclEnable", 1, "true", "read as false"}}},
	{name: "aclEnable=false", text: "aclEnable=false", want: []want{{Warning, "no-effect", "aclEnable", 1, "", "reads it nowhere"}}},
	{name: "aclEnable beside what protects", text: "aclEnable=true\nauthenticationEnabled=true\nauthenticationMetadataProvider=org.apache.rocketmq.auth.authentication.provider.LocalAuthenticationMetadataProvider", want: []want{{Warning, "no-effect", "aclEnable", 1, "", "reads it nowhere"}}},
	{name: "what people take for it", release: "5.2.0", text: "enableAcl=true\nacl=true", want: []want{
		{Error, "unprotected", "enableAcl", 1, "", "so the broker is open"},
		{Error, "unprotected", "acl", 2, "", "open to everybody"},
	}},
	{name: "what people take for it beside the right one", release: "5.2.0", text: "aclEnable=true\nenableAcl=true", want: []want{{Warning, "unknown-key", "enableAcl", 2, "", "before it aclEnable"}}},
	{name: "what people take for it, off", text: "enableAcl=false", want: []want{{Warning, "unknown-key", "enableAcl", 1, "", "Never a key"}}},
	{name: "ACL in a name server never was", role: rmq.Namesrv, text: "aclEnable=true", want: []want{{Warning, "unknown-key", "aclEnable", 1, "", "it is a key of the broker, and the name server does not read it"}}},
	{name: "authentication before it came", release: "5.2.0", text: "authenticationEnabled=true", want: []want{{Error, "unprotected", "authenticationEnabled", 1, "", "5.3.3 to 5.5.0 have, so everything would be open"}}},
	{name: "authentication before it came, with ACL", release: "5.2.0", text: "authenticationEnabled=true\naclEnable=true", want: []want{{Warning, "unknown-key", "authenticationEnabled", 1, "", "5.3.3 to 5.5.0 have"}}},
	{name: "authentication", text: "authenticationEnabled=true\nauthorizationEnabled=true\nauthenticationMetadataProvider=a.B\nauthorizationMetadataProvider=a.C"},
	{name: "authentication without its classes", text: "authenticationEnabled=true\nauthorizationEnabled=true", want: []want{
		{Warning, "no-provider", "authenticationEnabled", 1, "", "LocalAuthenticationMetadataProvider"},
		{Warning, "no-provider", "authorizationEnabled", 2, "", "LocalAuthorizationMetadataProvider"},
	}},
	{name: "permissions of nobody", text: "authorizationEnabled=true\nauthorizationMetadataProvider=a.C", want: []want{{Warning, "not-authenticated", "authorizationEnabled", 1, "", "nobody has to say who they are"}}},
	{name: "authentication that is misspelt", text: "authenticationEnable=true", want: []want{{Error, "unprotected", "authenticationEnable", 1, "authenticationEnabled", "open to everybody"}}},

	// Identity.
	{name: "a slave without an id", text: "brokerRole=SLAVE", want: []want{{Error, "slave-without-id", "brokerRole", 1, "", "none is set"}}},
	{name: "a slave with the master's id", text: "brokerRole=SLAVE\nbrokerId=0", want: []want{{Error, "slave-without-id", "brokerId", 2, "", "253"}}},
	{name: "a slave", text: "brokerRole=SLAVE\nbrokerId=1"},
	{name: "a master with an id: fine if its name is its own", text: "brokerName=broker-b\nbrokerId=1\nbrokerRole=ASYNC_MASTER", want: []want{{Warning, "master-with-id", "brokerId", 2, "", "a second master another brokerName"}}},
	{name: "a master with an id by default", text: "brokerId=1", want: []want{{Warning, "master-with-id", "brokerId", 1, "", "brokerRole=ASYNC_MASTER"}}},
	{name: "both modes", text: "enableControllerMode=true\nenableDLegerCommitLog=true\ncontrollerAddr=c:9878", want: []want{{Error, "two-modes", "enableControllerMode", 1, "", "252"}}},
	{name: "both modes, in a release with one", release: "4.9.7", text: "enableControllerMode=true\nenableDLegerCommitLog=true\ndLegerGroup=g\ndLegerSelfId=n0\ndLegerPeers=n0-a:40911", want: []want{{Warning, "unknown-key", "enableControllerMode", 1, "", "RocketMQ 4.9.7 does not have this key"}}},
	{name: "controller mode in 4.9.7", release: "4.9.7", text: "enableControllerMode=true", want: []want{{Warning, "unknown-key", "enableControllerMode", 1, "", "5.1.4 to 5.5.0 have"}}},
	{name: "controller mode", text: "enableControllerMode=true\ncontrollerAddr=c-0:9878;c-1:9878\nbrokerId=-1"},
	{name: "controller mode: a SLAVE gets its id", text: "enableControllerMode=true\ncontrollerAddr=c:9878\nbrokerRole=SLAVE"},
	{name: "controller mode without controllers", text: "enableControllerMode=true", want: []want{{Error, "no-controller", "controllerAddr", 0, "", "RMQ_CONTROLLER"}}},
	{name: "controller mode, registered at once", text: "enableControllerMode=true\ncontrollerAddr=c:9878\nskipPreOnline=true", want: []want{{Error, "early-registration", "skipPreOnline", 3, "", "two"}}},
	{name: "registered at once without controllers", text: "skipPreOnline=true"},

	// DLedger.
	{name: "DLedger", text: "enableDLegerCommitLog=true\ndLegerGroup=g\ndLegerSelfId=n0\ndLegerPeers=n0-a-1.b:40911;n1-10.0.0.2:40912;n2-c:40913;"},
	{name: "DLedger's keys without DLedger", text: "dLegerGroup=g\ndLegerSelfId=zero\ndLegerPeers=", want: nil},
	{name: "DLedger without members", text: "enableDLegerCommitLog=true\ndLegerGroup=g\ndLegerSelfId=n0", want: []want{{Error, "no-peers", "dLegerPeers", 0, "", "dLegerPeers is not set"}}},
	{name: "DLedger without itself", text: "enableDLegerCommitLog=true\ndLegerGroup=g\ndLegerSelfId=n3\ndLegerPeers=n0-a:40911;n1-b:40911;n2-c:40911", want: []want{{Error, "not-a-peer", "dLegerPeers", 4, "", "dLegerSelfId=n3 is not among"}}},
	{name: "DLedger without a name", text: "enableDLegerCommitLog=true\ndLegerSelfId=n0\ndLegerPeers=n0-a:40911", want: []want{{Error, "no-group", "dLegerGroup", 0, "", "takes no message"}}},
	{name: "DLedger with a member of no number", text: "enableDLegerCommitLog=true\ndLegerGroup=g\ndLegerSelfId=node0\ndLegerPeers=node0-a:40911", want: []want{{Error, "bad-self-id", "dLegerSelfId", 3, "", "one letter and a number"}}},
	{name: "DLedger with a member twice", text: "enableDLegerCommitLog=true\ndLegerGroup=g\ndLegerSelfId=n0\ndLegerPeers=n0-a:40911;n1-b:40911;n1-c:40911", want: []want{{Error, "peer-twice", "dLegerPeers", 4, "", "n1 stands in it twice"}}},
	{name: "DLedger with an even number", text: "enableDLegerCommitLog=true\ndLegerGroup=g\ndLegerSelfId=n0\ndLegerPeers=n0-a:40911;n1-b:40911", want: []want{{Warning, "even-peers", "dLegerPeers", 4, "", "use an odd number"}}},
	{name: "DLedger with blanks", text: "enableDLegerCommitLog=true\ndLegerGroup=g\ndLegerSelfId=n0\ndLegerPeers=n0-a:40911; n1-b:40911; n2-c:40911", want: []want{{Error, "bad-peer", "dLegerPeers", 4, "n0-a:40911;n1-b:40911;n2-c:40911", "ID-HOST:PORT"}}},
	{name: "DLedger with IPv6, which it splits at colons", text: "enableDLegerCommitLog=true\ndLegerGroup=g\ndLegerSelfId=n0\ndLegerPeers=n0-[fd00::1]:40911", want: []want{{Error, "bad-peer", "dLegerPeers", 4, "", "ID-HOST:PORT"}}},
	{name: "members of no form, without DLedger", text: "dLegerPeers=a", want: []want{{Warning, "bad-peer", "dLegerPeers", 1, "", "ID-HOST:PORT"}}},
	{name: "DLedger elects the id", text: "enableDLegerCommitLog=true\ndLegerGroup=g\ndLegerSelfId=n0\ndLegerPeers=n0-a:40911\nbrokerId=3", want: []want{{Warning, "no-effect", "brokerId", 5, "", "elected"}}},
	{name: "DLedger and the ids that say nothing", text: "enableDLegerCommitLog=true\ndLegerGroup=g\ndLegerSelfId=n0\ndLegerPeers=n0-a:40911\nbrokerId=0"},
	{name: "DLedger and the id that it begins with", text: "enableDLegerCommitLog=true\ndLegerGroup=g\ndLegerSelfId=n0\ndLegerPeers=n0-a:40911\nbrokerId=-1"},
	{name: "DLedger and a SLAVE: RocketMQ looks at its id all the same", text: "enableDLegerCommitLog=true\ndLegerGroup=g\ndLegerSelfId=n0\ndLegerPeers=n0-a:40911\nbrokerRole=SLAVE", want: []want{{Error, "slave-without-id", "brokerRole", 5, "", "253"}}},

	// Replication.
	{name: "SYNC_MASTER that waits for nobody", text: "brokerRole=SYNC_MASTER", want: []want{{Warning, "not-synchronous", "brokerRole", 1, "", "set inSyncReplicas=2"}}},
	{name: "SYNC_MASTER that waits", text: "brokerRole=SYNC_MASTER\ninSyncReplicas=2"},
	{name: "SYNC_MASTER of 4.9.7, which waits", release: "4.9.7", text: "brokerRole=SYNC_MASTER"},
	{name: "SYNC_MASTER without slaves", text: "brokerRole=SYNC_MASTER", options: Options{GroupSize: 1}},
	{name: "more than there are", text: "brokerRole=SYNC_MASTER\ninSyncReplicas=3", options: Options{GroupSize: 2}, want: []want{{Error, "too-many-replicas", "inSyncReplicas", 2, "", "the group has 2"}}},
	{name: "as many as there are", text: "brokerRole=SYNC_MASTER\ninSyncReplicas=2", options: Options{GroupSize: 2}},
	{name: "more than the file says there are, which may be wrong", text: "brokerRole=SYNC_MASTER\ninSyncReplicas=3\ntotalReplicas=2", want: []want{{Warning, "too-many-replicas", "inSyncReplicas", 2, "", "totalReplicas=2"}}},
	{name: "as many as the file says there are", text: "brokerRole=SYNC_MASTER\ninSyncReplicas=2\ntotalReplicas=2"},
	{name: "minInSyncReplicas that it adapts down to", text: "brokerRole=SYNC_MASTER\ninSyncReplicas=3\nminInSyncReplicas=3\nenableSlaveActingMaster=true\nenableAutoInSyncReplicas=true", options: Options{GroupSize: 2}, want: []want{{Error, "too-many-replicas", "minInSyncReplicas", 3, "", "the group has 2"}}},
	{name: "more than there are, but nobody waits", text: "inSyncReplicas=3\nminInSyncReplicas=3\ntotalReplicas=2", options: Options{GroupSize: 2}},
	{name: "more than there are, but it adapts", text: "brokerRole=SYNC_MASTER\ninSyncReplicas=3\nenableSlaveActingMaster=true\nenableAutoInSyncReplicas=true", options: Options{GroupSize: 2}},
	{name: "minInSyncReplicas means nothing to a SYNC_MASTER alone", text: "brokerRole=SYNC_MASTER\ninSyncReplicas=2\nminInSyncReplicas=3", options: Options{GroupSize: 2}},
	{name: "minInSyncReplicas of a controlled group", text: "enableControllerMode=true\ncontrollerAddr=c:9878\nminInSyncReplicas=4\nallAckInSyncStateSet=true", options: Options{GroupSize: 3}, want: []want{{Error, "too-many-replicas", "minInSyncReplicas", 3, "", "minInSyncReplicas=4, but the group has 3"}}},
	{name: "fewer waited for than must be there", text: "enableControllerMode=true\ncontrollerAddr=c:9878\nminInSyncReplicas=2", want: []want{{Warning, "few-acknowledgements", "minInSyncReplicas", 3, "", "set allAckInSyncStateSet=true"}}},
	{name: "all waited for", text: "enableControllerMode=true\ncontrollerAddr=c:9878\nminInSyncReplicas=2\nallAckInSyncStateSet=true"},

	// Flushing.
	{name: "store pool", text: "transientStorePoolEnable=true", want: []want{{Warning, "lost-on-kill", "transientStorePoolEnable", 1, "", "commitIntervalCommitLog"}}},
	{name: "store pool of a slave", text: "transientStorePoolEnable=true\nbrokerRole=SLAVE\nbrokerId=1", want: []want{{Warning, "no-effect", "transientStorePoolEnable", 1, "", "SLAVE"}}},
	{name: "store pool without mapped files", text: "transientStorePoolEnable=true\nwriteWithoutMmap=true", want: []want{{Warning, "no-effect", "transientStorePoolEnable", 1, "", "writeWithoutMmap"}}},
	{name: "store pool that is flushed, from 5.0 on", text: "transientStorePoolEnable=true\nflushDiskType=SYNC_FLUSH"},
	{name: "store pool that is flushed, before", release: "4.9.7", text: "transientStorePoolEnable=true\nflushDiskType=SYNC_FLUSH", want: []want{{Warning, "no-effect", "transientStorePoolEnable", 1, "", "before RocketMQ 5.0"}}},
	{name: "flushed late", text: "flushCommitLogThoroughInterval=600000", want: []want{{Warning, "late-flush", "flushCommitLogThoroughInterval", 1, "", "last 600 s"}}},
	{name: "flushed each time", text: "flushCommitLogThoroughInterval=600000\nflushDiskType=SYNC_FLUSH"},

	// Ports.
	{name: "ports", text: "listenPort=10911\nhaListenPort=10912\nmetricsExporterType=PROM\nmetricsPromExporterPort=5557"},
	{name: "no port", text: "listenPort=70000", want: []want{{Error, "bad-port", "listenPort", 1, "", "listenPort=70000 is no port"}}},
	{name: "no port, beside something else that is out of range", text: "listenPort=70000\nbrokerPermission=8", want: []want{
		{Error, "bad-port", "listenPort", 1, "", "no port"},
		{Warning, "out-of-range", "brokerPermission", 2, "", "out of range"},
	}},
	{name: "no port for what is derived", text: "listenPort=65535", want: []want{{Error, "bad-port", "listenPort", 1, "", "65536 (listenPort + 1, the HA port)"}}},
	{name: "no HA port is the default one", text: "haListenPort=0"},
	{name: "the HA port is the port", text: "haListenPort=10911", want: []want{{Error, "port-twice", "haListenPort", 1, "", "are the same port"}}},
	{name: "the exporter's port is the fast one", text: "metricsExporterType=PROM\nmetricsPromExporterPort=10909", want: []want{{Error, "port-twice", "metricsPromExporterPort", 2, "", "the fast port"}}},
	{name: "an exporter that is not there", text: "metricsPromExporterPort=10909"},
	{name: "DLedger at the port", text: "enableDLegerCommitLog=true\ndLegerGroup=g\ndLegerSelfId=n0\ndLegerPeers=n0-a:10911", want: []want{{Error, "port-twice", "dLegerPeers", 4, "", "this member's port"}}},
	{name: "DLedger at the HA port, which it does not open", text: "enableDLegerCommitLog=true\ndLegerGroup=g\ndLegerSelfId=n0\ndLegerPeers=n0-a:10912"},

	// The disk, POP and the rest.
	{name: "refuses before it deletes", text: "diskSpaceWarningLevelRatio=80", want: []want{{Warning, "refuses-before-deleting", "diskSpaceWarningLevelRatio", 1, "", "from 80 % of the disk on"}}},
	{name: "deletes first, with what RocketMQ makes of it", text: "diskSpaceCleanForciblyRatio=95", want: []want{{Warning, "clamped", "diskSpaceCleanForciblyRatio", 1, "", "RocketMQ takes 85 in place of 95"}}},
	{name: "POP half on", text: "popConsumerKVServiceEnable=true", want: []want{{Warning, "half-on", "popConsumerKVServiceEnable", 1, "", "popConsumerKVServiceInit=true"}}},
	{name: "POP on", text: "popConsumerKVServiceEnable=true\npopConsumerKVServiceInit=true\npopConsumerFSServiceInit=false"},
	{name: "POP off", text: "popConsumerFSServiceInit=false", want: []want{{Warning, "no-redelivery", "popConsumerFSServiceInit", 1, "", "never delivered again"}}},
	{name: "POP off where there is no such switch", release: "5.1.4", text: "popConsumerFSServiceInit=false", want: []want{{Warning, "unknown-key", "popConsumerFSServiceInit", 1, "", "does not have this key"}}},
	{name: "access control that 5.3.1 still has", release: "5.3.1", text: "aclEnable=true"},
	{name: "a container's key", text: "brokerConfigPaths=/a.conf", want: []want{{Warning, "unknown-key", "brokerConfigPaths", 1, "", "broker container"}}},
	{name: "a slave that never replicates", text: "brokerId=1\nbrokerRole=SLAVE\nhaMasterAddress=10.0.0.1:10912", want: []want{{Warning, "never-replicates", "haMasterAddress", 3, "", "leave it out"}}},
	{name: "a master's HA address", text: "haMasterAddress=10.0.0.1:10912"},
	{name: "compressed registration", text: "compressedRegister=true", want: []want{{Warning, "never-registered", "compressedRegister", 1, "", "cannot decode"}}},
	{name: "compressed registration before", release: "4.9.7", text: "compressedRegister=true"},
	{name: "double write alone", text: "rocksdbCQDoubleWriteEnable=true", want: []want{{Error, "half-on", "rocksdbCQDoubleWriteEnable", 1, "", "253"}}},
	{name: "double write with what it needs", text: "rocksdbCQDoubleWriteEnable=true\ncombineCQUseRocksdbForLmq=true\ncombineAssignOffsetCQType=default"},
	{name: "double write before", release: "5.4.0", text: "rocksdbCQDoubleWriteEnable=true"},
	{name: "never registered", text: "scanAvailableNameSrv=false", want: []want{{Warning, "never-registered", "scanAvailableNameSrv", 1, "", "no name server"}}},

	// Name servers.
	{name: "name server", role: rmq.Namesrv, text: "listenPort=9876\nkvConfigPath=/data/kv.json"},
	{name: "name server with a broker's keys", role: rmq.Namesrv, text: "brokerName=a\nserverPort=9876", want: []want{
		{Warning, "unknown-key", "brokerName", 1, "", "it is a key of the broker, and the name server does not read it"},
		{Warning, "unknown-key", "serverPort", 2, "listenPort", "9876 unless listenPort says otherwise"},
	}},
	{name: "name server with a controller", role: rmq.Namesrv, text: "enableControllerInNamesrv=true\ncontrollerDLegerGroup=g\ncontrollerDLegerPeers=n0-a:9878;n1-b:9878;n2-c:9878\ncontrollerDLegerSelfId=n1\nlistenPort=9876"},
	{name: "name server with a controller at its own port", role: rmq.Namesrv, text: "enableControllerInNamesrv=true\ncontrollerDLegerGroup=g\ncontrollerDLegerPeers=n0-a:9876\ncontrollerDLegerSelfId=n0", want: []want{{Error, "port-twice", "controllerDLegerPeers", 3, "", "this member's port in controllerDLegerPeers"}}},
	{name: "name server with a controller that is not among its members", role: rmq.Namesrv, text: "enableControllerInNamesrv=true\ncontrollerDLegerGroup=g\ncontrollerDLegerPeers=n1-a:9878\ncontrollerDLegerSelfId=n0", want: []want{{Error, "not-a-peer", "controllerDLegerPeers", 3, "", "controllerDLegerSelfId=n0 is not among"}}},
	{name: "name server whose controller is off", role: rmq.Namesrv, text: "controllerDLegerPeers=n0-a:9878", want: []want{{Warning, "no-effect", "controllerDLegerPeers", 1, "", "enableControllerInNamesrv does not turn on"}}},
	{name: "name server whose controller is meant to be on", role: rmq.Namesrv, text: "startupController=true", want: []want{{Error, "unknown-key", "startupController", 1, "enableControllerInNamesrv", "preview"}}},

	// Controllers.
	{name: "controller: its id may be any name", role: rmq.Controller, text: "controllerDLegerGroup=g\ncontrollerDLegerPeers=controller0-a:9878\ncontrollerDLegerSelfId=controller0"},
	{name: "controller without peers", role: rmq.Controller, text: "controllerDLegerGroup=g\ncontrollerDLegerSelfId=n0", want: []want{{Error, "no-peers", "controllerDLegerPeers", 0, "", "does not start"}}},
	{name: "controller with DLedger's right name", role: rmq.Controller, text: "controllerDLegerGroup=g\ncontrollerDLedgerPeers=n0-a:9878\ncontrollerDLegerSelfId=n0", want: []want{
		{Error, "no-peers", "controllerDLegerPeers", 0, "", "does not start"},
		{Error, "unknown-key", "controllerDLedgerPeers", 2, "controllerDLegerPeers", "without a second d"},
	}},
	{name: "controller that elects whoever is there", role: rmq.Controller, text: "controllerDLegerGroup=g\ncontrollerDLegerPeers=n0-a:9878\ncontrollerDLegerSelfId=n0\nenableElectUncleanMaster=true", want: []want{{Warning, "unclean-election", "enableElectUncleanMaster", 4, "", "lost"}}},
	{name: "jRaft", role: rmq.Controller, text: "controllerType=jRaft\njRaftServerId=b:9880\njRaftInitConf=a:9880,b:9880,\njRaftControllerRPCAddr=a:9770,b:9770,c:9770"},
	{name: "jRaft, all defaults", role: rmq.Controller, text: "controllerType=jRaft"},
	{name: "jRaft without itself", role: rmq.Controller, text: "controllerType=jRaft\njRaftServerId=c:9880\njRaftInitConf=a:9880,b:9880\njRaftControllerRPCAddr=a:9770,b:9770", want: []want{{Error, "not-a-peer", "jRaftServerId", 2, "", "255"}}},
	{name: "jRaft with a member that brokers cannot reach", role: rmq.Controller, text: "controllerType=jRaft\njRaftServerId=a:9880\njRaftInitConf=a:9880,b:9880\njRaftControllerRPCAddr=a:9770", want: []want{{Error, "uneven-peers", "jRaftControllerRPCAddr", 4, "", "1 addresses and jRaftInitConf 2"}}},
	{name: "jRaft that would be DLedger", role: rmq.Controller, text: "controllerType=jraft\ncontrollerDLegerGroup=g\ncontrollerDLegerPeers=n0-a:9878\ncontrollerDLegerSelfId=n0", want: []want{{Error, "not-a-choice", "controllerType", 1, "jRaft", "none of the values that work"}}},
	{name: "jRaft before it came", role: rmq.Controller, release: "5.1.4", text: "controllerType=jRaft\ncontrollerDLegerGroup=g\ncontrollerDLegerPeers=n0-a:9878\ncontrollerDLegerSelfId=n0", want: []want{{Warning, "unknown-key", "controllerType", 1, "", "5.2.0 to 5.5.0 have"}}},
}

func TestProperties(t *testing.T) {
	table := loadTable(t)
	for _, tt := range propertiesTests {
		t.Run(tt.name, func(t *testing.T) {
			set := table.Set(rmq.MustRelease(cmp.Or(tt.release, "5.5.0")), cmp.Or(tt.role, rmq.Broker))
			c := config.Of(fileLayer(t, "x.conf", tt.text))
			check(t, Properties(set, c, tt.options), tt.want)
		})
	}
}

// TestLayers: what a stronger layer replaces is no error any more, what the agent itself sets is not judged, and each finding
// names the layer that it is about.
func TestLayers(t *testing.T) {
	table := loadTable(t)
	in := config.Input{
		Settings: settings.Settings{Conf: []settings.ConfValue{
			{Variable: "RMQ_CONF_flushDiskType", Key: "flushDiskType", Value: "ASYNC_FLUSH"},
			{Variable: "RMQ_CONF_fileReservedTime", Key: "fileReservedTime", Value: "48h"},
			{Variable: "RMQ_CONF_brokerIP2", Key: "brokerIP2", Value: "127.0.0.1"}, // on purpose
			{Variable: "RMQ_CONF_storeType", Key: "storeType", Value: "rocks"},
		}},
		File: fileLayer(t, "broker.conf", "flushDiskType=SYNC\nbrokerIP1=127.0.0.1\nbrokerRole=MASTER\n"),
	}
	in.Identity.Topology = rmq.Manual
	c, err := config.Broker(in)
	if err != nil {
		t.Fatal(err)
	}
	got := Properties(table.Set(rmq.MustRelease("5.5.0"), rmq.Broker), c, Options{})
	check(t, got, []want{
		{Warning, "not-a-number", "fileReservedTime", 0, "", "48h"},
		{Error, "not-a-choice", "storeType", 0, "defaultRocksDB", "none of the values that work"},
		{Warning, "not-a-choice", "flushDiskType", 1, "SYNC_FLUSH", "none of its values"},
		{Warning, "loopback", "brokerIP1", 2, "", "their own machine"},
		{Error, "not-a-choice", "brokerRole", 3, "", "none of its values"},
	})
	for i, file := range []string{"RMQ_CONF_fileReservedTime", "RMQ_CONF_storeType", "broker.conf", "broker.conf", "broker.conf"} {
		if got[i].File != file {
			t.Errorf("%s is said to be in %s, not in %s", got[i].Key, got[i].File, file)
		}
	}
}

// TestPlaceOfWhatIsMissing: what no line says is a matter of the file, or of all settings together where there is none.
func TestPlaceOfWhatIsMissing(t *testing.T) {
	set := loadTable(t).Set(rmq.MustRelease("5.5.0"), rmq.Broker)
	for want, l := range map[string]config.Layer{
		"broker.conf":       fileLayer(t, "broker.conf", "enableControllerMode=true"),
		"the configuration": {Name: "RMQ_CONF_enableControllerMode", Props: []javaprops.Property{{Key: "enableControllerMode", Value: "true"}}},
	} {
		got := Properties(set, config.Of(l), Options{})
		if len(got) != 1 || got[0].Code != "no-controller" || got[0].File != want {
			t.Errorf("got %v, want it in %s", got, want)
		}
	}
}

// TestSecretsAreNotShown: neither as text nor as JSON, whatever is wrong with them, and wherever they come from.
func TestSecretsAreNotShown(t *testing.T) {
	const secret = "hunter2"
	table := loadTable(t)
	file := fileLayer(t, "broker.conf", `
innerClientAuthenticationCredentials={"accessKey":"hunter2","secretKey":"hunter2"
innerClientAuthenticationCredentials='{"accessKey":"hunter2","secretKey":"hunter2"}'
initAuthenticationUser=hunter2
socksProxyConfig={"10.0.0.0/8":{"password":"hunter2"}
secretKey=hunter2
db.password=hunter2
initauthenticationuser=hunter2
PASSWORD=hunter2 # hunter2
objectStoreSecretKey=hunter2
`)
	hidden := config.Layer{Name: "RMQ_CONF_brokerName_FILE", Secret: true, Props: []javaprops.Property{
		{Key: "brokerName", Value: "hunter2 #"}, {Key: "brokerIP1", Value: "hunter2 hunter2"}, {Key: "enableDLegerCommitLog", Value: "true"},
		{Key: "dLegerSelfId", Value: "hunter2"}, {Key: "dLegerPeers", Value: "n0-hunter2:1"}, {Key: "brokerRole", Value: "hunter2"},
		{Key: "fileReservedTime", Value: "hunter2"}, {Key: "traceTopicEnable", Value: "hunter2"}, {Key: "hunter", Value: "hunter2"},
	}}
	for _, release := range keys.Releases {
		set := table.Set(release, rmq.Broker)
		all := Properties(set, config.Of(file), Options{})
		all = append(all, Properties(set, config.Of(hidden), Options{})...)
		all = append(all, proxyFile(table.Set(rmq.MustRelease("5.5.0"), rmq.Proxy), []byte(`{
			"innerClientAuthenticationCredentials": "hunter2", "tlsKeyPassword": 7, "initAuthenticationUser": {"password": "hunter2"},
			"acl": {"password": "hunter2"}, "users": ["hunter2"], "namesrvAddr": {"password": "hunter2"}, "Password": "hunter2"}`))...)
		if len(all) < 18 {
			t.Errorf("%s: only %d findings, which prove little", release, len(all))
		}
		for _, f := range all {
			b, err := json.Marshal(f)
			if err != nil {
				t.Fatal(err)
			}
			if strings.Contains(f.String(), secret) || strings.Contains(string(b), secret) {
				t.Errorf("%s: a secret is shown: %s", release, b)
			}
		}
	}
}

func TestFindingText(t *testing.T) {
	for _, tt := range []struct {
		finding Finding
		want    string
	}{
		{Finding{File: "a.conf", Line: 3, Key: "k", Severity: Error, Message: "no"}, "a.conf:3: error: k: no"},
		{Finding{File: "RMQ_CONF_k", Key: "k", Severity: Warning, Message: "no", Suggestion: "x", Allowed: "x, y"}, "RMQ_CONF_k: warning: k: no; did you mean x; allowed: x, y"},
		{Finding{File: "a.conf", Severity: Warning, Message: "no"}, "a.conf: warning: no"},
		// A key can hold anything; a terminal and a line of a log must not.
		{Finding{File: "a.conf", Line: 1, Key: "a\nb\x1b[2J", Severity: Warning, Message: "no", Suggestion: "a\tb"}, `a.conf:1: warning: "a\nb\x1b[2J": no; did you mean "a\tb"`},
	} {
		if got := tt.finding.String(); got != tt.want {
			t.Errorf("got  %s\nwant %s", got, tt.want)
		}
	}
}

func TestFailed(t *testing.T) {
	for _, tt := range []struct {
		severities []Severity
		strict     bool
		want       bool
	}{
		{nil, false, false}, {nil, true, false},
		{[]Severity{Warning}, false, false}, {[]Severity{Warning}, true, true},
		{[]Severity{Warning, Error}, false, true}, {[]Severity{Error}, true, true},
	} {
		var all []Finding
		for _, s := range tt.severities {
			all = append(all, Finding{Severity: s})
		}
		if got := Failed(all, tt.strict); got != tt.want {
			t.Errorf("%v, strict %t: %t", tt.severities, tt.strict, got)
		}
	}
}

// TestEveryCodeIsTested looks into the source for the codes that this package knows: each needs a row of a table.
func TestEveryCodeIsTested(t *testing.T) {
	tested := map[string]bool{}
	for _, tt := range propertiesTests {
		for _, w := range tt.want {
			tested[w.code] = true
		}
	}
	for _, tt := range proxyTests {
		for _, w := range tt.want {
			tested[w.code] = true
		}
	}
	known := codesInSource(t)
	if len(known) < 40 {
		t.Fatalf("only %d codes are found in the source: %v", len(known), known)
	}
	for _, code := range slices.Sorted(maps.Keys(known)) {
		if !tested[code] {
			t.Errorf("%s is tested by no row", code)
		}
	}
	for _, code := range slices.Sorted(maps.Keys(tested)) {
		if !known[code] {
			t.Errorf("%s is not in the source: does codesInSource still see it?", code)
		}
	}
}

// codesInSource finds the strings that become codes: fields code and Code, assignments to .Code, and arguments of report.
func codesInSource(t *testing.T) map[string]bool {
	t.Helper()
	codes := map[string]bool{}
	files, err := filepath.Glob("*.go")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		tree, err := parser.ParseFile(token.NewFileSet(), file, b, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(tree, func(n ast.Node) bool {
			for _, e := range codeExpressions(n) {
				if literal, ok := e.(*ast.BasicLit); ok && literal.Kind == token.STRING {
					code, _ := strconv.Unquote(literal.Value)
					codes[code] = true
				}
			}
			return true
		})
	}
	return codes
}

// codeExpressions are the expressions at n whose value is a code.
func codeExpressions(n ast.Node) (all []ast.Expr) {
	switch n := n.(type) {
	case *ast.KeyValueExpr:
		if name := fmt.Sprint(n.Key); name == "code" || name == "Code" {
			all = append(all, n.Value)
		}
	case *ast.AssignStmt:
		for i, left := range n.Lhs {
			if s, ok := left.(*ast.SelectorExpr); ok && (s.Sel.Name == "Code" || s.Sel.Name == "code") && len(n.Rhs) == len(n.Lhs) {
				all = append(all, n.Rhs[i])
			}
		}
	case *ast.CallExpr:
		s, ok := n.Fun.(*ast.SelectorExpr)
		if ok && s.Sel.Name == "report" {
			all = append(all, n.Args[1])
		}
	}
	return all
}
