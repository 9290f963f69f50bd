package validate

// storeTests are about the keys of a broker's store together.
var storeTests = []propertiesTest{
	// Flushing.
	{name: "store pool", text: "transientStorePoolEnable=true", want: []want{
		{Warning, "lost-on-kill", "transientStorePoolEnable", 1, "", "commitIntervalCommitLog"},
	}},
	{name: "store pool of a slave", text: "transientStorePoolEnable=true\nbrokerRole=SLAVE\nbrokerId=1", want: []want{
		{Warning, "no-effect", "transientStorePoolEnable", 1, "", "SLAVE"},
	}},
	{
		name: "store pool without mapped files",
		text: "transientStorePoolEnable=true\nwriteWithoutMmap=true",
		want: []want{{Warning, "no-effect", "transientStorePoolEnable", 1, "", "writeWithoutMmap"}},
	},
	{name: "store pool that is flushed, from 5.0 on", text: "transientStorePoolEnable=true\nflushDiskType=SYNC_FLUSH"},
	{
		name:    "store pool that is flushed, before",
		release: "4.9.7",
		text:    "transientStorePoolEnable=true\nflushDiskType=SYNC_FLUSH",
		want:    []want{{Warning, "no-effect", "transientStorePoolEnable", 1, "", "before RocketMQ 5.0"}},
	},
	{name: "flushed late", text: "flushCommitLogThoroughInterval=600000", want: []want{
		{Warning, "late-flush", "flushCommitLogThoroughInterval", 1, "", "last 600 s"},
	}},
	{name: "flushed each time", text: "flushCommitLogThoroughInterval=600000\nflushDiskType=SYNC_FLUSH"},

	// The disk, POP and RocksDB.
	{name: "refuses before it deletes", text: "diskSpaceWarningLevelRatio=80", want: []want{
		{Warning, "refuses-before-deleting", "diskSpaceWarningLevelRatio", 1, "", "from 80 % of the disk on"},
	}},
	{name: "deletes first, with what RocketMQ makes of it", text: "diskSpaceCleanForciblyRatio=95", want: []want{
		{Warning, "clamped", "diskSpaceCleanForciblyRatio", 1, "", "RocketMQ takes 85 in place of 95"},
	}},
	{name: "POP half on", text: "popConsumerKVServiceEnable=true", want: []want{
		{Warning, "half-on", "popConsumerKVServiceEnable", 1, "", "popConsumerKVServiceInit=true"},
	}},
	{
		name: "POP on",
		text: "popConsumerKVServiceEnable=true\npopConsumerKVServiceInit=true\npopConsumerFSServiceInit=false",
	},
	{name: "POP off", text: "popConsumerFSServiceInit=false", want: []want{
		{Warning, "no-redelivery", "popConsumerFSServiceInit", 1, "", "never delivered again"},
	}},
	{
		name:    "POP off where there is no such switch",
		release: "5.1.4",
		text:    "popConsumerFSServiceInit=false",
		want:    []want{{Warning, "unknown-key", "popConsumerFSServiceInit", 1, "", "does not have this key"}},
	},
	{name: "double write alone", text: "rocksdbCQDoubleWriteEnable=true", want: []want{
		{Error, "half-on", "rocksdbCQDoubleWriteEnable", 1, "", "253"},
	}},
	{
		name: "double write with what it needs",
		text: "rocksdbCQDoubleWriteEnable=true\ncombineCQUseRocksdbForLmq=true\ncombineAssignOffsetCQType=default",
	},
	{name: "double write before", release: "5.4.0", text: "rocksdbCQDoubleWriteEnable=true"},
}
