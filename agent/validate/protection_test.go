package validate

import "rocketmq-agent/agent/rmq"

// protectionTests are about the access control.
var protectionTests = []propertiesTest{
	// Protection.
	{name: "aclEnable=true in 5.3.3", release: "5.3.3", text: "aclEnable=true", want: []want{
		{Error, "unprotected", "aclEnable", 1, "", "RocketMQ 5.3.3 reads it nowhere, so the broker would be open"},
	}},
	{name: "aclEnable=true in 5.2.0", release: "5.2.0", text: "aclEnable=true"},
	{name: "access control that 5.3.1 still has", release: "5.3.1", text: "aclEnable=true"},
	{name: "aclEnable that was meant", release: "5.3.3", text: "aclEnable=true ", want: []want{
		{Error, "unprotected", "aclEnable", 1, "", "open to everybody"},
	}},
	{name: "aclEnable that was meant in 5.2.0", release: "5.2.0", text: "aclEnable=yes", want: []want{
		{Error, "not-a-boolean", "aclEnable", 1, "true", "read as false"},
	}},
	{name: "aclEnable=false", text: "aclEnable=false", want: []want{
		{Warning, "no-effect", "aclEnable", 1, "", "reads it nowhere"},
	}},
	{
		name: "aclEnable beside what protects",
		text: "aclEnable=true\n" +
			"authenticationEnabled=true\n" +
			"authenticationMetadataProvider=" +
			"org.apache.rocketmq.auth.authentication.provider.LocalAuthenticationMetadataProvider",
		want: []want{{Warning, "no-effect", "aclEnable", 1, "", "reads it nowhere"}},
	},
	{name: "what people take for it", release: "5.2.0", text: "enableAcl=true\nacl=true", want: []want{
		{Error, "unprotected", "enableAcl", 1, "", "so the broker is open"},
		{Error, "unprotected", "acl", 2, "", "open to everybody"},
	}},
	{
		name:    "what people take for it beside the right one",
		release: "5.2.0",
		text:    "aclEnable=true\nenableAcl=true",
		want:    []want{{Warning, "unknown-key", "enableAcl", 2, "", "before it aclEnable"}},
	},
	{name: "what people take for it, off", text: "enableAcl=false", want: []want{
		{Warning, "unknown-key", "enableAcl", 1, "", "Never a key"},
	}},
	{name: "ACL in a name server never was", role: rmq.Namesrv, text: "aclEnable=true", want: []want{
		{Warning, "unknown-key", "aclEnable", 1, "", "it is a key of the broker, and the name server does not read it"},
	}},
	{name: "authentication before it came", release: "5.2.0", text: "authenticationEnabled=true", want: []want{
		{Error, "unprotected", "authenticationEnabled", 1, "", "5.3.3 to 5.5.0 have, so everything would be open"},
	}},
	{
		name:    "authentication before it came, with ACL",
		release: "5.2.0",
		text:    "authenticationEnabled=true\naclEnable=true",
		want:    []want{{Warning, "unknown-key", "authenticationEnabled", 1, "", "5.3.3 to 5.5.0 have"}},
	},
	{
		name: "authentication",
		text: "authenticationEnabled=true\n" +
			"authorizationEnabled=true\n" +
			"authenticationMetadataProvider=a.B\n" +
			"authorizationMetadataProvider=a.C",
	},
	{
		name: "authentication without its classes",
		text: "authenticationEnabled=true\nauthorizationEnabled=true",
		want: []want{
			{Warning, "no-provider", "authenticationEnabled", 1, "", "LocalAuthenticationMetadataProvider"},
			{Warning, "no-provider", "authorizationEnabled", 2, "", "LocalAuthorizationMetadataProvider"},
		},
	},
	{name: "permissions of nobody", text: "authorizationEnabled=true\nauthorizationMetadataProvider=a.C", want: []want{
		{Error, "not-authenticated", "authorizationEnabled", 1, "", "believes everybody the name"},
	}},
	{name: "authentication that is misspelt", text: "authenticationEnable=true", want: []want{
		{Error, "unprotected", "authenticationEnable", 1, "authenticationEnabled", "open to everybody"},
	}},
	{
		name: "a slave that does not sign", // report A8
		text: "brokerRole=SLAVE\nbrokerId=1\nauthenticationEnabled=true" + stored,
		want: []want{{Warning, "unsigned", "authenticationEnabled", 3, "", "gives it no topics"}},
	},
	{
		name: "a slave that signs",
		text: "brokerRole=SLAVE\nbrokerId=1\nauthenticationEnabled=true\n" +
			`innerClientAuthenticationCredentials={"accessKey":"a","secretKey":"b"}` + stored,
	},
	{
		name: "a broker that may become a slave",
		text: "enableControllerMode=true\ncontrollerAddr=c:9878\nauthenticationEnabled=true" + stored,
		want: []want{
			{Warning, "open-controller", "controllerAddr", 2, "", "no access control in any release"},
			{Warning, "unsigned", "authenticationEnabled", 3, "", "a slave signs no request"},
		},
	},
	{
		name: "accounts without a place",
		text: `initAuthenticationUser={"username":"a","password":"b"}` + "\n" +
			`innerClientAuthenticationCredentials={"accessKey":"c","secretKey":"d"}`,
		want: []want{
			{Error, "no-provider", "initAuthenticationUser", 1, "", "has no place for it"},
			{Error, "no-provider", "innerClientAuthenticationCredentials", 2, "", "LocalAuthenticationMetadataProvider"},
		},
	},
	{
		name: "one account with two passwords",
		text: `initAuthenticationUser={"username":"a","password":"b"}` + "\n" +
			`innerClientAuthenticationCredentials={"accessKey":"a","secretKey":"c"}` + stored,
		want: []want{
			{Warning, "two-passwords", "innerClientAuthenticationCredentials", 2, "", "the same name and another password"},
		},
	},
	{
		name: "one account for both",
		text: `initAuthenticationUser={"username":"a","password":"b"}` + "\n" +
			`innerClientAuthenticationCredentials={"accessKey":"a","secretKey":"b"}` + stored,
	},
	{
		name: "requests that need no signature",
		text: "authenticationEnabled=true\nauthenticationWhitelist=28, 26,907,30011" + stored,
		want: []want{{Warning, "open-request", "authenticationWhitelist", 2, "", "request 26 needs no signature"}},
	},
	{name: "requests of an open broker", text: "authenticationWhitelist=26"},
	{name: "a master that need not sign", text: "authenticationEnabled=true" + stored},
	{name: "a slave of an open master", text: "brokerRole=SLAVE\nbrokerId=1"},
}
