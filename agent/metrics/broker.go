package metrics

import (
	"github.com/prometheus/client_golang/prometheus"

	"rocketmq-agent/agent/checks"
)

// Names, help texts and labels are those of apache/rocketmq-exporter (RMQMetricsCollector), peculiar as some of them
// are, so that its dashboards fill without it. Two things differ. A figure that a release does not have is absent here,
// where the exporter says 0 or -1 or gives up. And remain_howmanydata_toflush is in bytes,
// where the exporter drops the unit.
const (
	runtimePrefix = "rocketmq_brokeruntime_"
	putName       = "rocketmq_broker_tps"
	getName       = "rocketmq_broker_qps"
)

// runtimeLabels are those of the runtime figures. brokerHost is always empty, as the exporter leaves it; broker_version
// is empty from RocketMQ 5.4 on, which does not tell it any more.
func runtimeLabels() []string {
	return []string{"cluster", "brokerIP", "brokerHost", "des", "boottime", "broker_version"}
}

// rateLabels are those of putName and getName.
func rateLabels() []string {
	return []string{"cluster", "brokerIP", "broker"}
}

// figure is one series of the runtime table.
type figure struct {
	name  string
	help  string
	value reader
}

// putTimes counts messages by the time that putting them took, over the last minute.
func putTimes() []figure {
	return []figure{
		{"pmdt_0ms", "PutMessageDistributeTimeMap0ms", bucket("<=0ms")},
		{"pmdt_0to10ms", "PutMessageDistributeTimeMap0to10ms", bucket("0~10ms")},
		{"pmdt_10to50ms", "PutMessageDistributeTimeMap10to50ms", bucket("10~50ms")},
		{"pmdt_50to100ms", "PutMessageDistributeTimeMap50to100ms", bucket("50~100ms")},
		{"pmdt_100to200ms", "PutMessageDistributeTimeMap100to200ms", bucket("100~200ms")},
		{"pmdt_200to500ms", "PutMessageDistributeTimeMap200to500ms", bucket("200~500ms")},
		{"pmdt_500to1s", "PutMessageDistributeTimeMap500to1s", bucket("500ms~1s")},
		{"pmdt_1to2s", "PutMessageDistributeTimeMap1to2s", bucket("1~2s")},
		{"pmdt_2to3s", "PutMessageDistributeTimeMap2to3s", bucket("2~3s")},
		{"pmdt_3to4s", "PutMessageDistributeTimeMap3to4s", bucket("3~4s")},
		{"pmdt_4to5s", "PutMessageDistributeTimeMap4to5s", bucket("4~5s")},
		{"pmdt_5to10s", "PutMessageDistributeTimeMap5to10s", bucket("5~10s")},
		{"pmdt_10stomore", "PutMessageDistributeTimeMap10toMore", bucket("10s~")},
	}
}

func figures() []figure {
	return append(putTimes(), []figure{
		{"msg_put_total_today_now", "brokerRuntimeMsgPutTotalTodayNow", number("msgPutTotalTodayNow")},
		{"msg_gettotal_today_now", "brokerRuntimeMsgGetTotalTodayNow", number("msgGetTotalTodayNow")},
		{"dispatch_behind_bytes", "brokerRuntimeDispatchBehindBytes", number("dispatchBehindBytes")},
		{"put_message_size_total", "brokerRuntimePutMessageSizeTotal", number("putMessageSizeTotal")},
		{"put_message_average_size", "brokerRuntimePutMessageAverageSize", number("putMessageAverageSize")},
		{"query_threadpool_queue_capacity", "brokerRuntimeQueryThreadPoolQueueCapacity",
			number("queryThreadPoolQueueCapacity")},
		{"remain_transientstore_buffer_numbs", "brokerRuntimeRemainTransientStoreBufferNumbs",
			number("remainTransientStoreBufferNumbs")},
		{"earliest_message_timestamp", "brokerRuntimeEarliestMessageTimeStamp", number("earliestMessageTimeStamp")},
		{"putmessage_entire_time_max", "brokerRuntimePutMessageEntireTimeMax", number("putMessageEntireTimeMax")},
		{"start_accept_sendrequest_time", "brokerRuntimeStartAcceptSendRequestTimeStamp",
			number("startAcceptSendRequestTimeStamp")},
		{"send_threadpool_queue_size", "brokerRuntimeSendThreadPoolQueueSize", number("sendThreadPoolQueueSize")},
		{"putmessage_times_total", "brokerRuntimePutMessageTimesTotal", number("putMessageTimesTotal")},
		{"getmessage_entire_time_max", "brokerRuntimeGetMessageEntireTimeMax", number("getMessageEntireTimeMax")},
		{"pagecache_lock_time_mills", "brokerRuntimePageCacheLockTimeMills", number("pageCacheLockTimeMills")},
		{"commitlog_disk_ratio", "brokerRuntimeCommitLogDiskRatio", number("commitLogDiskRatio")},
		{"consumequeue_disk_ratio", "brokerRuntimeConsumeQueueDiskRatio", number("consumeQueueDiskRatio")},
		{"getfound_tps600", "brokerRuntimeGetFoundTps600", tps(2, "getFoundTps")},
		{"getfound_tps60", "brokerRuntimeGetFoundTps60", tps(1, "getFoundTps")},
		{"getfound_tps10", "brokerRuntimeGetFoundTps10", tps(0, "getFoundTps")},
		{"gettotal_tps600", "brokerRuntimeGetTotalTps600", tps(2, "getTotalTps")},
		{"gettotal_tps60", "brokerRuntimeGetTotalTps60", tps(1, "getTotalTps")},
		{"gettotal_tps10", "brokerRuntimeGetTotalTps10", tps(0, "getTotalTps")},
		{"gettransfered_tps600", "brokerRuntimeGetTransferedTps600", tps(2, "getTransferredTps", "getTransferedTps")},
		{"gettransfered_tps60", "brokerRuntimeGetTransferedTps60", tps(1, "getTransferredTps", "getTransferedTps")},
		{"gettransfered_tps10", "brokerRuntimeGetTransferedTps10", tps(0, "getTransferredTps", "getTransferedTps")},
		{"getmiss_tps600", "brokerRuntimeGetMissTps600", tps(2, "getMissTps")},
		{"getmiss_tps60", "brokerRuntimeGetMissTps60", tps(1, "getMissTps")},
		{"getmiss_tps10", "brokerRuntimeGetMissTps10", tps(0, "getMissTps")},
		{"put_tps600", "brokerRuntimePutTps600", tps(2, "putTps")},
		{"put_tps60", "brokerRuntimePutTps60", tps(1, "putTps")},
		{"put_tps10", "brokerRuntimePutTps10", tps(0, "putTps")},
		{"dispatch_maxbuffer", "brokerRuntimeDispatchMaxBuffer", number("dispatchMaxBuffer")},
		{"pull_threadpoolqueue_capacity", "brokerRuntimePullThreadPoolQueueCapacity",
			number("pullThreadPoolQueueCapacity")},
		{"send_threadpoolqueue_capacity", "brokerRuntimeSendThreadPoolQueueCapacity",
			number("sendThreadPoolQueueCapacity")},
		{"pull_threadpoolqueue_size", "brokerRuntimePullThreadPoolQueueSizeF", number("pullThreadPoolQueueSize")},
		{"query_threadpoolqueue_size", "brokerRuntimeQueryThreadPoolQueueSize", number("queryThreadPoolQueueSize")},
		{"pull_threadpoolqueue_headwait_timemills", "brokerRuntimePullThreadPoolQueueHeadWaitTimeMills",
			number("pullThreadPoolQueueHeadWaitTimeMills")},
		{"query_threadpoolqueue_headwait_timemills", "brokerRuntimeQueryThreadPoolQueueHeadWaitTimeMills",
			number("queryThreadPoolQueueHeadWaitTimeMills")},
		{"send_threadpoolqueue_headwait_timemills", "brokerRuntimeSendThreadPoolQueueHeadWaitTimeMills",
			number("sendThreadPoolQueueHeadWaitTimeMills")},
		{"msg_gettotal_yesterdaymorning", "brokerRuntimeMsgGetTotalYesterdayMorning",
			number("msgGetTotalYesterdayMorning")},
		{"msg_puttotal_yesterdaymorning", "brokerRuntimeMsgPutTotalYesterdayMorning",
			number("msgPutTotalYesterdayMorning")},
		{"msg_gettotal_todaymorning", "brokerRuntimeMsgGetTotalTodayMorning", number("msgGetTotalTodayMorning")},
		{"msg_puttotal_todaymorning", "brokerRuntimeMsgPutTotalTodayMorning", number("msgPutTotalTodayMorning")},
		{"commitlogdir_capacity_free", "brokerRuntimeCommitLogDirCapacityFree", capacity("Free")},
		{"commitlogdir_capacity_total", "brokerRuntimeCommitLogDirCapacityTotal", capacity("Total")},
		{"commitlog_maxoffset", "brokerRuntimeCommitLogMaxOffset", number("commitLogMaxOffset")},
		{"commitlog_minoffset", "brokerRuntimeCommitLogMinOffset", number("commitLogMinOffset")},
		{"remain_howmanydata_toflush", "brokerRuntimeRemainHowManyDataToFlush", size("remainHowManyDataToFlush")},
		{"put_latency_99", "brokerRuntimePutLatency99", number("putLatency99")},
		{"put_latency_999", "brokerRuntimePutLatency999", number("putLatency999")},
	}...)
}

// brokerCollector shows the broker's last figures, and nothing when they are old.
type brokerCollector struct {
	snapshot func() (checks.Snapshot, bool)
	figures  []figure
	descs    []*prometheus.Desc // of figures, in their order
	put, get *prometheus.Desc
}

func newBrokerCollector(snapshot func() (checks.Snapshot, bool)) *brokerCollector {
	c := &brokerCollector{
		snapshot: snapshot,
		figures:  figures(),
		put:      prometheus.NewDesc(putName, "BrokerPutNums", rateLabels(), nil),
		get:      prometheus.NewDesc(getName, "BrokerGetNums", rateLabels(), nil),
	}
	for _, f := range c.figures {
		c.descs = append(c.descs, prometheus.NewDesc(runtimePrefix+f.name, f.help, runtimeLabels(), nil))
	}
	return c
}

// Describe implements prometheus.Collector.
func (c *brokerCollector) Describe(to chan<- *prometheus.Desc) {
	to <- c.put
	to <- c.get
	for _, d := range c.descs {
		to <- d
	}
}

// Collect implements prometheus.Collector.
func (c *brokerCollector) Collect(to chan<- prometheus.Metric) {
	s, ok := c.snapshot()
	if !ok {
		return
	}
	show := func(desc *prometheus.Desc, read reader, labels ...string) {
		if value, ok := read(s.Runtime); ok {
			send(to, desc, prometheus.GaugeValue, value, labels...)
		}
	}
	id := s.Identity
	// The exporter takes these from BROKER_PUT_NUMS and BROKER_GET_NUMS: messages a second over the last minute.
	show(c.put, tps(1, "putTps"), id.Cluster, id.Addr, id.Name)
	show(c.get, tps(1, "getTransferredTps", "getTransferedTps"), id.Cluster, id.Addr, id.Name)
	for n, f := range c.figures {
		show(c.descs[n], f.value, id.Cluster, id.Addr, "",
			s.Runtime["brokerVersionDesc"], s.Runtime["bootTimestamp"], s.Runtime["brokerVersion"])
	}
}
