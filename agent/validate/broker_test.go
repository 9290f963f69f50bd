package validate

// brokerTests are about the keys of a broker together.
var brokerTests = []propertiesTest{
	// Identity.
	{name: "a slave without an id", text: "brokerRole=SLAVE", want: []want{
		{Error, "slave-without-id", "brokerRole", 1, "", "none is set"},
	}},
	{name: "a slave with the master's id", text: "brokerRole=SLAVE\nbrokerId=0", want: []want{
		{Error, "slave-without-id", "brokerId", 2, "", "253"},
	}},
	{name: "a slave", text: "brokerRole=SLAVE\nbrokerId=1"},
	{
		name: "a master with an id: fine if its name is its own",
		text: "brokerName=broker-b\nbrokerId=1\nbrokerRole=ASYNC_MASTER",
		want: []want{{Warning, "master-with-id", "brokerId", 2, "", "a second master another brokerName"}},
	},
	{name: "a master with an id by default", text: "brokerId=1", want: []want{
		{Warning, "master-with-id", "brokerId", 1, "", "brokerRole=ASYNC_MASTER"},
	}},
	{
		name: "both modes",
		text: "enableControllerMode=true\nenableDLegerCommitLog=true\ncontrollerAddr=c:9878",
		want: []want{{Error, "two-modes", "enableControllerMode", 1, "", "252"}},
	},
	{
		name:    "both modes, in a release with one",
		release: "4.9.7",
		text: "enableControllerMode=true\n" +
			"enableDLegerCommitLog=true\n" +
			"dLegerGroup=g\n" +
			"dLegerSelfId=n0\n" +
			"dLegerPeers=n0-a:40911",
		want: []want{{Warning, "unknown-key", "enableControllerMode", 1, "", "RocketMQ 4.9.7 does not have this key"}},
	},
	{name: "controller mode in 4.9.7", release: "4.9.7", text: "enableControllerMode=true", want: []want{
		{Warning, "unknown-key", "enableControllerMode", 1, "", "5.1.4 to 5.5.0 have"},
	}},
	{name: "controller mode", text: "enableControllerMode=true\ncontrollerAddr=c-0:9878;c-1:9878\nbrokerId=-1"},
	{
		name: "controller mode: a SLAVE gets its id",
		text: "enableControllerMode=true\ncontrollerAddr=c:9878\nbrokerRole=SLAVE",
	},
	{name: "controller mode without controllers", text: "enableControllerMode=true", want: []want{
		{Error, "no-controller", "controllerAddr", 0, "", "RMQ_CONTROLLER"},
	}},
	{
		name: "controller mode, registered at once",
		text: "enableControllerMode=true\ncontrollerAddr=c:9878\nskipPreOnline=true",
		want: []want{{Error, "early-registration", "skipPreOnline", 3, "", "two"}},
	},
	{name: "registered at once without controllers", text: "skipPreOnline=true"},

	// DLedger.
	{
		name: "DLedger",
		text: "enableDLegerCommitLog=true\n" +
			"dLegerGroup=g\n" +
			"dLegerSelfId=n0\n" +
			"dLegerPeers=n0-a-1.b:40911;n1-10.0.0.2:40912;n2-c:40913;",
	},
	{name: "DLedger's keys without DLedger", text: "dLegerGroup=g\ndLegerSelfId=zero\ndLegerPeers=", want: nil},
	{name: "DLedger without members", text: "enableDLegerCommitLog=true\ndLegerGroup=g\ndLegerSelfId=n0", want: []want{
		{Error, "no-peers", "dLegerPeers", 0, "", "dLegerPeers is not set"},
	}},
	{
		name: "DLedger without itself",
		text: "enableDLegerCommitLog=true\n" +
			"dLegerGroup=g\n" +
			"dLegerSelfId=n3\n" +
			"dLegerPeers=n0-a:40911;n1-b:40911;n2-c:40911",
		want: []want{{Error, "not-a-peer", "dLegerPeers", 4, "", "dLegerSelfId=n3 is not among"}},
	},
	{
		name: "DLedger without a name",
		text: "enableDLegerCommitLog=true\ndLegerSelfId=n0\ndLegerPeers=n0-a:40911",
		want: []want{{Error, "no-group", "dLegerGroup", 0, "", "takes no message"}},
	},
	{
		name: "DLedger with a member of no number",
		text: "enableDLegerCommitLog=true\ndLegerGroup=g\ndLegerSelfId=node0\ndLegerPeers=node0-a:40911",
		want: []want{{Error, "bad-self-id", "dLegerSelfId", 3, "", "one letter and a number"}},
	},
	{
		name: "DLedger with a member twice",
		text: "enableDLegerCommitLog=true\n" +
			"dLegerGroup=g\n" +
			"dLegerSelfId=n0\n" +
			"dLegerPeers=n0-a:40911;n1-b:40911;n1-c:40911",
		want: []want{{Error, "peer-twice", "dLegerPeers", 4, "", "n1 stands in it twice"}},
	},
	{
		name: "DLedger with an even number",
		text: "enableDLegerCommitLog=true\ndLegerGroup=g\ndLegerSelfId=n0\ndLegerPeers=n0-a:40911;n1-b:40911",
		want: []want{{Warning, "even-peers", "dLegerPeers", 4, "", "use an odd number"}},
	},
	{
		name: "DLedger with blanks",
		text: "enableDLegerCommitLog=true\n" +
			"dLegerGroup=g\n" +
			"dLegerSelfId=n0\n" +
			"dLegerPeers=n0-a:40911; n1-b:40911; n2-c:40911",
		want: []want{{Error, "bad-peer", "dLegerPeers", 4, "n0-a:40911;n1-b:40911;n2-c:40911", "ID-HOST:PORT"}},
	},
	{
		name: "DLedger with IPv6, which it splits at colons",
		text: "enableDLegerCommitLog=true\ndLegerGroup=g\ndLegerSelfId=n0\ndLegerPeers=n0-[fd00::1]:40911",
		want: []want{{Error, "bad-peer", "dLegerPeers", 4, "", "ID-HOST:PORT"}},
	},
	{name: "members of no form, without DLedger", text: "dLegerPeers=a", want: []want{
		{Warning, "bad-peer", "dLegerPeers", 1, "", "ID-HOST:PORT"},
	}},
	{
		name: "DLedger elects the id",
		text: "enableDLegerCommitLog=true\ndLegerGroup=g\ndLegerSelfId=n0\ndLegerPeers=n0-a:40911\nbrokerId=3",
		want: []want{{Warning, "no-effect", "brokerId", 5, "", "elected"}},
	},
	{
		name: "DLedger and the ids that say nothing",
		text: "enableDLegerCommitLog=true\ndLegerGroup=g\ndLegerSelfId=n0\ndLegerPeers=n0-a:40911\nbrokerId=0",
	},
	{
		name: "DLedger and the id that it begins with",
		text: "enableDLegerCommitLog=true\ndLegerGroup=g\ndLegerSelfId=n0\ndLegerPeers=n0-a:40911\nbrokerId=-1",
	},
	{
		name: "DLedger and a SLAVE: RocketMQ looks at its id all the same",
		text: "enableDLegerCommitLog=true\ndLegerGroup=g\ndLegerSelfId=n0\ndLegerPeers=n0-a:40911\nbrokerRole=SLAVE",
		want: []want{{Error, "slave-without-id", "brokerRole", 5, "", "253"}},
	},

	// Replication.
	{name: "SYNC_MASTER that waits for nobody", text: "brokerRole=SYNC_MASTER", want: []want{
		{Warning, "not-synchronous", "brokerRole", 1, "", "set inSyncReplicas=2"},
	}},
	{name: "SYNC_MASTER that waits", text: "brokerRole=SYNC_MASTER\ninSyncReplicas=2"},
	{name: "SYNC_MASTER of 4.9.7, which waits", release: "4.9.7", text: "brokerRole=SYNC_MASTER"},
	{name: "SYNC_MASTER without slaves", text: "brokerRole=SYNC_MASTER", options: Options{GroupSize: 1}},
	{
		name:    "more than there are",
		text:    "brokerRole=SYNC_MASTER\ninSyncReplicas=3",
		options: Options{GroupSize: 2},
		want:    []want{{Error, "too-many-replicas", "inSyncReplicas", 2, "", "the group has 2"}},
	},
	{name: "as many as there are", text: "brokerRole=SYNC_MASTER\ninSyncReplicas=2", options: Options{GroupSize: 2}},
	{
		name: "more than the file says there are, which may be wrong",
		text: "brokerRole=SYNC_MASTER\ninSyncReplicas=3\ntotalReplicas=2",
		want: []want{{Warning, "too-many-replicas", "inSyncReplicas", 2, "", "totalReplicas=2"}},
	},
	{name: "as many as the file says there are", text: "brokerRole=SYNC_MASTER\ninSyncReplicas=2\ntotalReplicas=2"},
	{
		name: "minInSyncReplicas that it adapts down to",
		text: "brokerRole=SYNC_MASTER\n" +
			"inSyncReplicas=3\n" +
			"minInSyncReplicas=3\n" +
			"enableSlaveActingMaster=true\n" +
			"enableAutoInSyncReplicas=true",
		options: Options{GroupSize: 2},
		want:    []want{{Error, "too-many-replicas", "minInSyncReplicas", 3, "", "the group has 2"}},
	},
	{
		name:    "more than there are, but nobody waits",
		text:    "inSyncReplicas=3\nminInSyncReplicas=3\ntotalReplicas=2",
		options: Options{GroupSize: 2},
	},
	{
		name: "more than there are, but it adapts",
		text: "brokerRole=SYNC_MASTER\ninSyncReplicas=3\n" +
			"enableSlaveActingMaster=true\nenableAutoInSyncReplicas=true",
		options: Options{GroupSize: 2},
	},
	{
		name:    "minInSyncReplicas means nothing to a SYNC_MASTER alone",
		text:    "brokerRole=SYNC_MASTER\ninSyncReplicas=2\nminInSyncReplicas=3",
		options: Options{GroupSize: 2},
	},
	{
		name:    "minInSyncReplicas of a controlled group",
		text:    "enableControllerMode=true\ncontrollerAddr=c:9878\nminInSyncReplicas=4\nallAckInSyncStateSet=true",
		options: Options{GroupSize: 3},
		want: []want{
			{Error, "too-many-replicas", "minInSyncReplicas", 3, "", "minInSyncReplicas=4, but the group has 3"},
		},
	},
	{
		name: "fewer waited for than must be there",
		text: "enableControllerMode=true\ncontrollerAddr=c:9878\nminInSyncReplicas=2",
		want: []want{{Warning, "few-acknowledgements", "minInSyncReplicas", 3, "", "set allAckInSyncStateSet=true"}},
	},
	{
		name: "all waited for",
		text: "enableControllerMode=true\ncontrollerAddr=c:9878\nminInSyncReplicas=2\nallAckInSyncStateSet=true",
	},

	// Ports.
	{
		name: "ports",
		text: "listenPort=10911\nhaListenPort=10912\nmetricsExporterType=PROM\nmetricsPromExporterPort=5557",
	},
	{name: "no port", text: "listenPort=70000", want: []want{
		{Error, "bad-port", "listenPort", 1, "", "listenPort=70000 is no port"},
	}},
	{
		name: "no port, beside something else that is out of range",
		text: "listenPort=70000\nbrokerPermission=8",
		want: []want{
			{Error, "bad-port", "listenPort", 1, "", "no port"},
			{Warning, "out-of-range", "brokerPermission", 2, "", "out of range"},
		},
	},
	{name: "no port for what is derived", text: "listenPort=65535", want: []want{
		{Error, "bad-port", "listenPort", 1, "", "65536 (listenPort + 1, the HA port)"},
	}},
	{name: "no HA port is the default one", text: "haListenPort=0"},
	{name: "the HA port is the port", text: "haListenPort=10911", want: []want{
		{Error, "port-twice", "haListenPort", 1, "", "are the same port"},
	}},
	{
		name: "the exporter's port is the fast one",
		text: "metricsExporterType=PROM\nmetricsPromExporterPort=10909",
		want: []want{{Error, "port-twice", "metricsPromExporterPort", 2, "", "the fast port"}},
	},
	{name: "an exporter that is not there", text: "metricsPromExporterPort=10909"},
	{
		name: "DLedger at the port",
		text: "enableDLegerCommitLog=true\ndLegerGroup=g\ndLegerSelfId=n0\ndLegerPeers=n0-a:10911",
		want: []want{{Error, "port-twice", "dLegerPeers", 4, "", "this member's port"}},
	},
	{
		name: "DLedger at the HA port, which it does not open",
		text: "enableDLegerCommitLog=true\ndLegerGroup=g\ndLegerSelfId=n0\ndLegerPeers=n0-a:10912",
	},

	// Connections.
	{
		name: "a slave that never replicates",
		text: "brokerId=1\nbrokerRole=SLAVE\nhaMasterAddress=10.0.0.1:10912",
		want: []want{{Warning, "never-replicates", "haMasterAddress", 3, "", "leave it out"}},
	},
	{name: "a master's HA address", text: "haMasterAddress=10.0.0.1:10912"},
	{name: "compressed registration", text: "compressedRegister=true", want: []want{
		{Warning, "never-registered", "compressedRegister", 1, "", "cannot decode"},
	}},
	{name: "compressed registration before", release: "4.9.7", text: "compressedRegister=true"},
	{name: "never registered", text: "scanAvailableNameSrv=false", want: []want{
		{Warning, "never-registered", "scanAvailableNameSrv", 1, "", "no name server"},
	}},
}
