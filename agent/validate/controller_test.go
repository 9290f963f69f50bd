package validate

import "rocketmq-agent/agent/rmq"

// controllerTests are about name servers and controllers.
var controllerTests = []propertiesTest{
	// Name servers.
	{name: "name server", role: rmq.Namesrv, text: "listenPort=9876\nkvConfigPath=/data/kv.json"},
	{name: "name server with a broker's keys", role: rmq.Namesrv, text: "brokerName=a\nserverPort=9876", want: []want{
		{Warning, "unknown-key", "brokerName", 1, "",
			"it is a key of the broker, and the name server does not read it"},
		{Warning, "unknown-key", "serverPort", 2, "listenPort", "9876 unless listenPort says otherwise"},
	}},
	{
		name: "name server with a controller",
		role: rmq.Namesrv,
		text: "enableControllerInNamesrv=true\n" +
			"controllerDLegerGroup=g\n" +
			"controllerDLegerPeers=n0-a:9878;n1-b:9878;n2-c:9878\n" +
			"controllerDLegerSelfId=n1\n" +
			"listenPort=9876",
	},
	{
		name: "name server with a controller at its own port",
		role: rmq.Namesrv,
		text: "enableControllerInNamesrv=true\n" +
			"controllerDLegerGroup=g\n" +
			"controllerDLegerPeers=n0-a:9876\n" +
			"controllerDLegerSelfId=n0",
		want: []want{
			{Error, "port-twice", "controllerDLegerPeers", 3, "", "this member's port in controllerDLegerPeers"},
		},
	},
	{
		name: "name server with a controller that is not among its members",
		role: rmq.Namesrv,
		text: "enableControllerInNamesrv=true\n" +
			"controllerDLegerGroup=g\n" +
			"controllerDLegerPeers=n1-a:9878\n" +
			"controllerDLegerSelfId=n0",
		want: []want{{Error, "not-a-peer", "controllerDLegerPeers", 3, "", "controllerDLegerSelfId=n0 is not among"}},
	},
	{
		name: "name server whose controller is off",
		role: rmq.Namesrv,
		text: "controllerDLegerPeers=n0-a:9878",
		want: []want{
			{Warning, "no-effect", "controllerDLegerPeers", 1, "", "enableControllerInNamesrv does not turn on"},
		},
	},
	{
		name: "name server whose controller is meant to be on",
		role: rmq.Namesrv,
		text: "startupController=true",
		want: []want{{Error, "unknown-key", "startupController", 1, "enableControllerInNamesrv", "preview"}},
	},

	// Controllers.
	{
		name: "controller: its id may be any name",
		role: rmq.Controller,
		text: "controllerDLegerGroup=g\ncontrollerDLegerPeers=controller0-a:9878\ncontrollerDLegerSelfId=controller0",
	},
	{
		name: "controller without peers",
		role: rmq.Controller,
		text: "controllerDLegerGroup=g\ncontrollerDLegerSelfId=n0",
		want: []want{{Error, "no-peers", "controllerDLegerPeers", 0, "", "does not start"}},
	},
	{
		name: "controller with DLedger's right name",
		role: rmq.Controller,
		text: "controllerDLegerGroup=g\ncontrollerDLedgerPeers=n0-a:9878\ncontrollerDLegerSelfId=n0",
		want: []want{
			{Error, "no-peers", "controllerDLegerPeers", 0, "", "does not start"},
			{Error, "unknown-key", "controllerDLedgerPeers", 2, "controllerDLegerPeers", "without a second d"},
		},
	},
	{
		name: "controller that elects whoever is there",
		role: rmq.Controller,
		text: "controllerDLegerGroup=g\n" +
			"controllerDLegerPeers=n0-a:9878\n" +
			"controllerDLegerSelfId=n0\n" +
			"enableElectUncleanMaster=true",
		want: []want{{Warning, "unclean-election", "enableElectUncleanMaster", 4, "", "lost"}},
	},
	{
		name: "jRaft",
		role: rmq.Controller,
		text: "controllerType=jRaft\n" +
			"jRaftServerId=b:9880\n" +
			"jRaftInitConf=a:9880,b:9880,\n" +
			"jRaftControllerRPCAddr=a:9770,b:9770,c:9770",
	},
	{name: "jRaft, all defaults", role: rmq.Controller, text: "controllerType=jRaft"},
	{
		name: "jRaft without itself",
		role: rmq.Controller,
		text: "controllerType=jRaft\n" +
			"jRaftServerId=c:9880\n" +
			"jRaftInitConf=a:9880,b:9880\n" +
			"jRaftControllerRPCAddr=a:9770,b:9770",
		want: []want{{Error, "not-a-peer", "jRaftServerId", 2, "", "255"}},
	},
	{
		name: "jRaft with a member that brokers cannot reach",
		role: rmq.Controller,
		text: "controllerType=jRaft\njRaftServerId=a:9880\njRaftInitConf=a:9880,b:9880\njRaftControllerRPCAddr=a:9770",
		want: []want{{Error, "uneven-peers", "jRaftControllerRPCAddr", 4, "", "1 addresses and jRaftInitConf 2"}},
	},
	{
		name: "jRaft that would be DLedger",
		role: rmq.Controller,
		text: "controllerType=jraft\n" +
			"controllerDLegerGroup=g\n" +
			"controllerDLegerPeers=n0-a:9878\n" +
			"controllerDLegerSelfId=n0",
		want: []want{{Error, "not-a-choice", "controllerType", 1, "jRaft", "none of the values that work"}},
	},
	{
		name:    "jRaft before it came",
		role:    rmq.Controller,
		release: "5.1.4",
		text: "controllerType=jRaft\n" +
			"controllerDLegerGroup=g\n" +
			"controllerDLegerPeers=n0-a:9878\n" +
			"controllerDLegerSelfId=n0",
		want: []want{{Warning, "unknown-key", "controllerType", 1, "", "5.2.0 to 5.5.0 have"}},
	},
}
