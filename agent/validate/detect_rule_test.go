package validate

// stored is what accounts need, on a line of its own behind them.
const stored = "\nauthenticationMetadataProvider=a.B"

// ruleTests are about values of the right type that break the rule of their key.
var ruleTests = []propertiesTest{
	// Ranges.
	{
		name: "ranges",
		text: "brokerPermission=7\ndiskMaxUsedSpaceRatio=95\nregisterNameServerPeriod=10000\nfileReservedTime=0",
	},
	{name: "out of range", text: "brokerPermission=8\nsendMessageThreadPoolNums=0", want: []want{
		{Warning, "out-of-range", "brokerPermission", 1, "", "8 is out of range"},
		{Warning, "out-of-range", "sendMessageThreadPoolNums", 2, "", "0 is out of range"},
	}},
	{name: "clamped", text: "diskMaxUsedSpaceRatio=99\nregisterNameServerPeriod=5000", want: []want{
		{Warning, "clamped", "diskMaxUsedSpaceRatio", 1, "", "RocketMQ takes 95 in place of 99"},
		{Warning, "clamped", "registerNameServerPeriod", 2, "", "RocketMQ takes 10000 in place of 5000"},
	}},

	// Addresses and hosts.
	{
		name: "addresses",
		text: "namesrvAddr=a:9876;10.0.0.2:9876;ns-0.ns.mq.svc.cluster.local.:9876;[fd00::1]:9876;my_host:65535;",
	},
	{name: "an address without a port", text: "namesrvAddr=a:9876;b", want: []want{
		{Error, "bad-address", "namesrvAddr", 1, "a:9876;b:9876", `"b" is not host:port`},
	}},
	{name: "an empty address between others", text: "namesrvAddr=a:9876;;b:9876;", want: []want{
		{Error, "bad-address", "namesrvAddr", 1, "a:9876;b:9876", `"" is not host:port`},
	}},
	{name: "commas start, and are never reached", text: "namesrvAddr=a:9876,b:9876", want: []want{
		{Warning, "bad-address", "namesrvAddr", 1, "a:9876;b:9876", "can never be reached"},
	}},
	{name: "blanks between addresses", text: "namesrvAddr=a:9876; b:9876", want: []want{
		{Warning, "bad-address", "namesrvAddr", 1, "a:9876;b:9876", "can never be reached"},
	}},
	{name: "a comment behind an address", text: "namesrvAddr=127.0.0.1:9876    # 确保与生产者配置一致", want: []want{
		{Error, "bad-address", "namesrvAddr", 1, "127.0.0.1:9876", "确保"},
	}},
	{name: "a URL", text: "namesrvAddr=http://a:9876", want: []want{
		{Warning, "bad-address", "namesrvAddr", 1, "a:9876", "can never be reached"},
	}},
	{name: "an address without a host", text: "namesrvAddr=:9876", want: []want{
		{Warning, "bad-address", "namesrvAddr", 1, "", "can never be reached"},
	}},
	{name: "port 0 and port 99999", text: "namesrvAddr=a:0\nhaMasterAddress=a:99999", want: []want{
		{Warning, "bad-address", "namesrvAddr", 1, "", "can never be reached"},
		{Warning, "bad-address", "haMasterAddress", 2, "", "is not host:port"}, // RocketMQ starts with it
	}},
	{name: "controllers that nobody asks for", text: "controllerAddr=a", want: []want{
		{Warning, "bad-address", "controllerAddr", 1, "a:9878", "is not host:port"},
	}},
	{name: "controllers that are asked for", text: "enableControllerMode=true\ncontrollerAddr=a", want: []want{
		{Error, "bad-address", "controllerAddr", 2, "a:9878", "is not host:port"},
	}},
	{
		name: "hosts",
		text: "brokerIP1=my_host-1.example.com\n" +
			"brokerIP2=fe80::1%eth0\n" +
			"metricsPromExporterHost=0.0.0.0\n" +
			"bindAddress=0.0.0.0",
	},
	{
		name: "no hosts",
		text: "brokerIP1=10.0.0.1:10911\nbrokerIP2=http://b/\nmetricsPromExporterHost=a b\nbindAddress=*",
		want: []want{
			// Every send fails
			{Error, "bad-host", "brokerIP1", 1, "10.0.0.1", "neither an IP address nor a host name"},
			{Warning, "bad-host", "brokerIP2", 2, "b", "neither"},
			{Warning, "bad-host", "metricsPromExporterHost", 3, "", "neither"}, // nothing is exported
			{Error, "bad-host", "bindAddress", 4, "", "neither"},
		},
	},
	{
		name: "no host to bind the exporter to",
		text: "metricsExporterType=PROM\nmetricsPromExporterHost=a b",
		want: []want{{Error, "bad-host", "metricsPromExporterHost", 2, "", "neither"}},
	},
	{
		name: "placeholders",
		text: "brokerIP1=REPLACE_IP\n" +
			"brokerName=${HOSTNAME}\n" +
			"namesrvAddr=YOUR_NAMESRV:9876\n" +
			"storePathRootDir=$HOME/store",
		want: []want{
			{Error, "placeholder", "brokerIP1", 1, "", "REPLACE_IP was never filled in"},
			{Error, "placeholder", "brokerName", 2, "", "${HOSTNAME} was never filled in"},
			{Error, "placeholder", "namesrvAddr", 3, "", "YOUR_NAMESRV"},
			{Warning, "placeholder", "storePathRootDir", 4, "", "$HOME"}, // a folder of that name can be made
		},
	},
	{
		name: "more placeholders",
		text: "brokerIP1=<IPADDRESS>\nnamesrvAddr=xxx.xxx.xxx.xxx:9876\nbrokerClusterName={{ .Values.cluster }}",
		want: []want{
			{Error, "placeholder", "brokerIP1", 1, "", "<IPADDRESS>"},
			{Error, "placeholder", "namesrvAddr", 2, "", "xxx.xxx.xxx.xxx"},
			{Error, "placeholder", "brokerClusterName", 3, "", "{{ .Values.cluster }}"},
		},
	},
	{name: "a placeholder of one number", text: "brokerIP1=192.168.1.x", want: []want{
		{Error, "placeholder", "brokerIP1", 1, "", "192.168.1.x"},
	}},
	{name: "a name that sounds like one, and works", text: "brokerName=YOUR_BROKER", want: []want{
		{Warning, "placeholder", "brokerName", 1, "", "YOUR_BROKER"},
	}},
	{
		name: "no placeholders",
		text: "brokerIP1=static.88-198-1-2.clients.your-server.de\n" +
			"namesrvAddr=mq-xxx.example.com:9876;EXCHANGE:9876\n" +
			"brokerClusterName=xxx-prod",
	},
	{name: "127.0.0.1", text: "brokerIP1=127.0.0.1\nbrokerIP2=localhost", want: []want{
		{Warning, "loopback", "brokerIP1", 1, "", "told 127.0.0.1, which is their own machine"},
		{Warning, "loopback", "brokerIP2", 2, "", "told localhost"},
	}},
	{
		name: "127.0.0.1 elsewhere",
		text: "namesrvAddr=127.0.0.1:9876\nmetricsPromExporterHost=127.0.0.1",
	},
	{name: "bound to loopback", text: "bindAddress=127.0.0.1", want: []want{
		// Report E4
		{Warning, "unreachable", "bindAddress", 1, "", "told another address of the machine"},
	}},
	{name: "bound to another address", text: "bindAddress=10.0.0.2\nbrokerIP1=10.0.0.1", want: []want{
		{Warning, "unreachable", "bindAddress", 1, "", "or set brokerIP1=10.0.0.2"},
	}},
	{name: "bound to the address that is told", text: "bindAddress=10.0.0.2\nbrokerIP1=10.0.0.2"},
	{name: "bound to one address, told a name", text: "bindAddress=10.0.0.2\nbrokerIP1=broker.example"},
	{name: "bound to one address, told none", text: "bindAddress=10.0.0.2"},
	{name: "0.0.0.0", text: "brokerIP1=0.0.0.0", want: []want{
		{Warning, "unspecified", "brokerIP1", 1, "", "the address of nobody"},
	}},

	// Texts with a form of their own.
	{name: "names", text: "brokerName=broker_a-1\nbrokerClusterName=50%|a"},
	{
		name: "names that RocketMQ takes and clients do not",
		text: "brokerName=broker.a\nbrokerClusterName=my cluster",
		want: []want{
			{Warning, "bad-name", "brokerName", 1, "", "characters"},
			{Warning, "bad-name", "brokerClusterName", 2, "", "characters"},
		},
	},
	{name: "# in a name", text: "brokerName=broker#1", want: []want{
		{Warning, "bad-name", "brokerName", 1, "", "characters"},
	}},
	{
		name: "# in a name that is written to a file with #",
		text: "brokerName=broker#1\nenableControllerMode=true\ncontrollerAddr=c:9878",
		want: []want{{Error, "bad-name", "brokerName", 1, "", "brokerIdentity"}},
	},
	{
		name: "a strange name in controller mode",
		text: "brokerName=broker.1\nenableControllerMode=true\ncontrollerAddr=c:9878",
		want: []want{{Warning, "bad-name", "brokerName", 1, "", "characters"}},
	},
	{name: "half a quote", text: `brokerName="`, want: []want{
		{Warning, "bad-name", "brokerName", 1, "", "characters"},
	}},
	{name: "hours", text: "deleteWhen=04;16;"},
	{name: "no hours", text: "deleteWhen=04:00", want: []want{
		{Warning, "bad-hour", "deleteWhen", 1, "", "deletes no file at all"},
	}},
	{name: "hours with blanks", text: "deleteWhen=4, 16", want: []want{
		{Warning, "bad-hour", "deleteWhen", 1, "4;16", "deletes no file at all"},
	}},
	{name: "an hour that never comes", text: "deleteWhen=24", want: []want{
		{Warning, "bad-hour", "deleteWhen", 1, "", "the day has no hour 24"},
	}},
	{name: "no hour", text: "deleteWhen=", want: []want{{Warning, "bad-hour", "deleteWhen", 1, "", "it is empty"}}},
	{name: "delays", text: "messageDelayLevel=1s 5s 10s 30s 1m 2h 1d"},
	{name: "no delays", text: "messageDelayLevel=1s, 5s", want: []want{
		{Error, "bad-delay", "messageDelayLevel", 1, "1s 5s", "leaves with 253"},
	}},
	{name: "a delay in weeks", text: "messageDelayLevel=1s 1w", want: []want{
		{Error, "bad-delay", "messageDelayLevel", 1, "", `"1w"`},
	}},
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
		{Error, "bad-class", "messageStorePlugIn", 1, "a.B,a.C", "not the name of a Java class"},
		{Error, "bad-class", "authenticationProvider", 2, "", "not the name of a Java class"},
	}},
	{name: "a class of which there may be one", text: "authenticationProvider=a.B,a.C", want: []want{
		{Error, "bad-class", "authenticationProvider", 1, "", "not the name of a Java class"},
	}},
	{name: "a list of classes with a comma at its end", text: "messageStorePlugIn=a.B,"},
	{name: "codes", text: "authenticationWhitelist=28, 26,apache.rocketmq.v2.HeartbeatRequest"},
	{name: "no codes", text: "authenticationWhitelist=10.0.0.1", want: []want{
		{Warning, "bad-code", "authenticationWhitelist", 1, "", "no request code"},
	}},
	{name: "JSON", text: `socksProxyConfig={"10.0.0.0/8":{"addr":"s:1080","password":"hunter2"}}`},
	{
		name: "no JSON",
		text: "socksProxyConfig=10.0.0.1:1080\n" +
			"initAuthenticationUser=[1]\n" +
			"innerClientAuthenticationCredentials={'a':'b'}" + stored,
		want: []want{
			{Error, "bad-json", "socksProxyConfig", 1, "", "it is no JSON object"},
			{Error, "bad-json", "initAuthenticationUser", 2, "", "it is no JSON object"},
			{Error, "missing-member", "innerClientAuthenticationCredentials", 3, "", "it has no accessKey"},
		},
	},
	{name: "accounts", text: `initAuthenticationUser={"username": "rocketmq", "password": 12345678}
innerClientAuthenticationCredentials={'accessKey':'rocketmq','secretKey':'12345678','securityToken':''}` + stored},
	{
		name: "JSON without quotes",
		text: "initAuthenticationUser={username:rocketmq,password:12345678}" + stored,
		want: []want{{Error, "bad-json", "initAuthenticationUser", 1, "", "does not start with it"}},
	},
	{
		name:    "JSON without quotes, of which older releases read some",
		release: "5.3.3",
		text:    `initAuthenticationUser={username:"rocketmq",password:"12345678"}` + stored,
		want:    []want{{Warning, "bad-json", "initAuthenticationUser", 1, "", "it is no JSON object"}},
	},
	{name: "a user without a password", text: `initAuthenticationUser={"username":"rocketmq"}` + stored, want: []want{
		{Error, "missing-member", "initAuthenticationUser", 1, "", "it has no password"},
	}},
	{
		name: "a user with an empty password",
		text: `initAuthenticationUser={"username":"rocketmq","password":" "}` + stored,
		want: []want{{Error, "missing-member", "initAuthenticationUser", 1, "", "it has no password"}},
	},
	{
		name: "credentials under the names of a user",
		text: `innerClientAuthenticationCredentials={"username":"rocketmq","password":"12345678"}` + stored,
		want: []want{{Error, "missing-member", "innerClientAuthenticationCredentials", 1, "", "it has no accessKey"}},
	},
	{
		name: "names in another case",
		text: `innerClientAuthenticationCredentials={"accesskey":"rocketmq","secretKey":"12345678"}` + stored,
		want: []want{{Error, "misspelt-member", "innerClientAuthenticationCredentials", 1, "", "spelt accessKey"}},
	},
	{
		name:    "names in another case, which older releases take",
		release: "5.3.3",
		text:    `innerClientAuthenticationCredentials={"accesskey":"rocketmq","secretKey":"12345678"}` + stored,
		want:    []want{{Warning, "misspelt-member", "innerClientAuthenticationCredentials", 1, "", "from 5.4 on"}},
	},
	{name: "no account", text: "initAuthenticationUser="},
}
