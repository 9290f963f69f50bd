package validate

import "rocketmq-agent/agent/javaprops"

// flush judges when a message is on its way to the disk.
func (c *checker) flush() {
	slave := c.Text("brokerRole") == "SLAVE" && !c.On("enableControllerMode")
	synchronous := c.Text("flushDiskType") == "SYNC_FLUSH"
	switch pool := []string{"transientStorePoolEnable"}; {
	case !c.On("transientStorePoolEnable"):
	case slave || synchronous && !c.Keys.Release.PoolsWithSyncFlush():
		c.report(Warning, "no-effect", pool,
			"it has no effect on a SLAVE, and before RocketMQ 5.0 none with SYNC_FLUSH")
	case c.On("writeWithoutMmap"):
		c.report(Warning, "no-effect", pool, "it has no effect with writeWithoutMmap=true")
	case !synchronous:
		c.report(Warning, "lost-on-kill", pool,
			"messages that were acknowledged in the last moments (commitIntervalCommitLog) are lost when the process "+
				"is killed; without it they survive in the page cache")
	}
	if interval := c.Number("flushCommitLogThoroughInterval"); !synchronous && interval > 60_000 {
		c.report(Warning, "late-flush", []string{"flushCommitLogThoroughInterval"},
			"a machine that fails loses what was acknowledged in the last %d s", interval/1000)
	}
}

// disk judges when a broker deletes and when it refuses messages.
func (c *checker) disk() {
	deletes, refuses := c.clamped("diskSpaceCleanForciblyRatio"), c.clamped("diskSpaceWarningLevelRatio")
	if refuses <= deletes && deletes > 0 {
		c.report(Warning, "refuses-before-deleting",
			[]string{"diskSpaceCleanForciblyRatio", "diskSpaceWarningLevelRatio"},
			"messages are refused from %d %% of the disk on, before the oldest files are deleted at %d %%",
			refuses, deletes)
	}
	if c.IsSet("deleteWhen") && javaprops.Trim(c.Text("deleteWhen")) == "" {
		c.report(Warning, "bad-hour", []string{"deleteWhen"},
			"it is empty: RocketMQ then deletes no file at all, not even when the disk is full")
	}
}

// rocksDB judges a switch that only works together with others (seen on 5.5.0).
func (c *checker) rocksDB() {
	if c.On("rocksdbCQDoubleWriteEnable") && !c.On("combineCQUseRocksdbForLmq") &&
		c.Text("storeType") != "defaultRocksDB" && c.Keys.Release.ChecksRocksDBDoubleWrite() {
		c.report(Error, "half-on", []string{"rocksdbCQDoubleWriteEnable"},
			"RocketMQ leaves with 253 unless combineCQUseRocksdbForLmq=true and combineAssignOffsetCQType=default "+
				"are set too")
	}
}

// popService judges switches of POP consumers that only work together.
func (c *checker) popService() {
	if c.On("popConsumerKVServiceEnable") && !c.On("popConsumerKVServiceInit") {
		c.report(Warning, "half-on", []string{"popConsumerKVServiceEnable"},
			"popConsumerKVServiceEnable=true needs popConsumerKVServiceInit=true: without it every POP request fails")
	}
	if c.off("popConsumerFSServiceInit") && !c.On("popConsumerKVServiceEnable") {
		c.report(Warning, "no-redelivery", []string{"popConsumerFSServiceInit"},
			"messages that a POP consumer (every gRPC client) does not acknowledge are never delivered again")
	}
}
