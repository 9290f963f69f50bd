package validate

import (
	"cmp"
	"testing"

	"rocketmq-agent/agent/config"
	"rocketmq-agent/agent/rmq"
)

// inProxy is the access control of a proxy of its own, which asks the brokers.
const (
	inProxy = `"authenticationEnabled": true, "authenticationMetadataProvider": ` +
		`"org.apache.rocketmq.proxy.auth.ProxyAuthenticationMetadataProvider"`
	account = `"innerClientAuthenticationCredentials": "{\"accessKey\":\"rocketmq\",\"secretKey\":\"12345678\"}"`
)

// proxyProtectionTests are about proxies of their own. Reports A5 and, of the last ones, what it is the opposite of.
var proxyProtectionTests = []proxyTest{
	{name: "a proxy whose account has no effect", text: `{` + inProxy + `, ` + account + `}`, want: []want{
		{Error, "unsigned", "innerClientAuthenticationCredentials", 1, "", `with "enableAclRpcHookForClusterMode": true`},
	}},
	{name: "a proxy that signs", text: `{"enableAclRpcHookForClusterMode": true, ` + inProxy + `, ` + account + `}`},
	{
		name: "a proxy whose account is an object",
		text: `{"enableAclRpcHookForClusterMode": true, ` + inProxy +
			`, "innerClientAuthenticationCredentials": {"accessKey": "a", "secretKey": "b"}}`,
	},
	{name: "a proxy without an account", text: `{` + inProxy + `}`, want: []want{
		{Warning, "unsigned", "authenticationEnabled", 1, "", `"enableAclRpcHookForClusterMode": true and "inner`},
	}},
	{name: "a proxy in local mode", text: `{"proxyMode": "local", ` + inProxy + `, ` + account + `}`},
	{
		name: "a proxy that has its users itself",
		text: `{"authenticationEnabled": true, ` + account + `, "authenticationMetadataProvider": ` +
			`"org.apache.rocketmq.auth.authentication.provider.LocalAuthenticationMetadataProvider"}`,
		want: []want{{Warning, "local-users", "authenticationMetadataProvider", 1, "", `the folder "null"`}},
	},
	{
		name: "a proxy that has its users itself, in a folder",
		text: `{"authenticationEnabled": true, "authConfigPath": "/data/auth", ` + account + `, ` +
			`"authenticationMetadataProvider": ` +
			`"org.apache.rocketmq.auth.authentication.provider.LocalAuthenticationMetadataProvider"}`,
	},
	{
		name: "a proxy that signs for everybody",
		text: `{"enableAclRpcHookForClusterMode": true, ` + account + `}`,
		want: []want{{Error, "lends-account", "enableAclRpcHookForClusterMode", 1, "", "everybody may do"}},
	},
	{
		name: "a proxy that signs for everybody with an account of half",
		text: `{"enableAclRpcHookForClusterMode": true, "innerClientAuthenticationCredentials": "{'accessKey': 'a'}"}`,
		want: []want{
			{Error, "lends-account", "enableAclRpcHookForClusterMode", 1, "", "everybody may do"},
			{Error, "missing-member", "innerClientAuthenticationCredentials", 1, "", "it has no secretKey"},
		},
	},
	{
		name:    "authorization of nobody in a proxy",
		release: "5.3.3",
		text: `{"authorizationEnabled": true, "authorizationMetadataProvider": ` +
			`"org.apache.rocketmq.proxy.auth.ProxyAuthorizationMetadataProvider"}`,
		want: []want{{Error, "not-authenticated", "authorizationEnabled", 1, "", "believes everybody the name"}},
	},
}

// insideTests are about a broker and the proxy inside it (report A7). Findings about the broker come first.
var insideTests = []struct {
	name, release string // empty: 5.5.0
	broker, proxy string
	want          []want
}{
	{name: "nobody is protected", broker: "brokerName=a", proxy: `{"rocketMQClusterName":"C"}`},
	{name: "both are", broker: "authenticationEnabled=true", proxy: `{"authenticationEnabled": true}`},
	{name: "an open proxy", broker: "brokerName=a\nauthenticationEnabled=true", proxy: `{}`, want: []want{
		{Error, "open-inside", "authenticationEnabled", 2, "", `write "authenticationEnabled": true, ` +
			`"authenticationMetadataProvider": "org.apache.rocketmq.proxy.auth.ProxyAuthenticationMetadataProvider" ` +
			`into rmq-proxy.json`},
	}},
	{
		name:   "a proxy that lacks the switch alone",
		broker: "authenticationEnabled=true",
		proxy:  `{"authenticationMetadataProvider": "a.B"}`,
		want: []want{
			{Error, "open-inside", "authenticationEnabled", 1, "", `write "authenticationEnabled": true into`},
		},
	},
	{
		name:   "a proxy without permissions",
		broker: "authenticationEnabled=true\nauthorizationEnabled=true",
		proxy:  `{"authenticationEnabled": true}`,
		want:   []want{{Error, "open-inside", "authorizationEnabled", 2, "", "ProxyAuthorizationMetadataProvider"}},
	},
	{name: "an open broker", broker: "brokerName=a", proxy: "{\n\"authenticationEnabled\": true}", want: []want{
		{Error, "open-inside", "authenticationEnabled", 2, "", "write authenticationEnabled=true"},
	}},
	{name: "ACL 1.0", release: "5.2.0", broker: "aclEnable=true", proxy: `{}`, want: []want{
		{Error, "open-inside", "aclEnable", 1, "", `"enableACL": true`},
	}},
	{name: "ACL 1.0 on both", release: "5.2.0", broker: "aclEnable=true", proxy: `{"enableACL": true}`},
	{name: "ACL 1.0 that is gone", broker: "aclEnable=true", proxy: `{}`},
}

func TestInsideBroker(t *testing.T) {
	table := loadTable(t)
	for _, tt := range insideTests {
		t.Run(tt.name, func(t *testing.T) {
			release := rmq.MustRelease(cmp.Or(tt.release, "5.5.0"))
			broker := config.Effective{
				Config: config.Of(fileLayer(t, "broker.conf", tt.broker)),
				Keys:   table.Set(release, rmq.Broker),
			}
			proxy := config.Effective{
				Config: config.Of(config.Layer{Name: "rmq-proxy.json"}.WithJSON([]byte(tt.proxy))),
				Keys:   table.Set(release, rmq.Proxy),
			}
			check(t, InsideBroker(broker, proxy), tt.want)
		})
	}
}
