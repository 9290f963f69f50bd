package validate

import (
	"regexp"
	"slices"
	"strings"

	"rocketmq-agent/agent/javaprops"
	"rocketmq-agent/agent/rmq"
)

// localProvider are the classes that hold users and permissions where the role has its own.
type localProvider struct{ authentication, authorization string }

// of is the class for the key.
func (p localProvider) of(key string) string {
	return map[string]string{
		"authenticationMetadataProvider": p.authentication,
		"authorizationMetadataProvider":  p.authorization,
	}[key]
}

var localProviders = map[rmq.Role]localProvider{
	rmq.Broker: {
		authentication: "org.apache.rocketmq.auth.authentication.provider.LocalAuthenticationMetadataProvider",
		authorization:  "org.apache.rocketmq.auth.authorization.provider.LocalAuthorizationMetadataProvider",
	},
	rmq.Proxy: {
		authentication: "org.apache.rocketmq.proxy.auth.ProxyAuthenticationMetadataProvider",
		authorization:  "org.apache.rocketmq.proxy.auth.ProxyAuthorizationMetadataProvider",
	},
}

// protection judges authentication: what the file protects must be protected.
func (c *checker) protection() {
	authentication, authorization := c.On("authenticationEnabled"), c.On("authorizationEnabled")
	c.accounts()
	if authentication && c.Text("authenticationMetadataProvider") == "" {
		c.report(Warning, "no-provider", []string{"authenticationEnabled"},
			"without authenticationMetadataProvider every request fails; set %s",
			localProviders[c.Keys.Role].authentication)
	}
	if authorization && c.Text("authorizationMetadataProvider") == "" {
		c.report(Warning, "no-provider", []string{"authorizationEnabled"},
			"without authorizationMetadataProvider every request fails; set %s",
			localProviders[c.Keys.Role].authorization)
	}
	if authorization && !authentication {
		c.report(Error, "not-authenticated", []string{"authorizationEnabled"},
			"authorizationEnabled=true without authenticationEnabled=true: RocketMQ believes everybody the name that they "+
				"give, that of an administrator too; set authenticationEnabled=true, or turn both off")
	}
	c.whitelist()
	c.localUsers()
	c.peers()
	c.clusterProxy()
}

// localUsers judges a proxy that keeps users and permissions of its own, in the folder authConfigPath, which nothing
// sets but its own file: null/users is below the working folder (LocalAuthenticationMetadataProvider).
func (c *checker) localUsers() {
	if _, set := c.written.Find("authConfigPath"); set || c.Keys.Role != rmq.Proxy {
		return
	}
	for _, key := range []string{"authenticationMetadataProvider", "authorizationMetadataProvider"} {
		if c.Text(key) == localProviders[rmq.Broker].of(key) {
			c.report(Warning, "local-users", []string{key},
				"the proxy would keep users of its own in the folder \"null\" below its working folder, empty in each new "+
					"container, whatever the brokers have; for theirs set %s", localProviders[rmq.Proxy].of(key))
		}
	}
}

// telling are requests that give a broker away to whoever may send them unsigned (RequestCode): 25 changes its
// configuration, 26 answers with the secrets in it, 3001 to 3010 make and list users and permissions.
var telling = regexp.MustCompile(`^(25|26|300[1-9]|3010)$`)

// whitelist judges the requests that need no signature.
func (c *checker) whitelist() {
	const key = "authenticationWhitelist"
	if c.Keys.Role != rmq.Broker || !c.On("authenticationEnabled") {
		return
	}
	for code := range strings.SplitSeq(c.Text(key), ",") {
		if code = javaprops.Trim(code); telling.MatchString(code) {
			c.report(Warning, "open-request", []string{key},
				"request %s needs no signature then, and with it anybody can read or change the accounts", code)
		}
	}
}

// protected says whether the access control of this release is on.
func (c *checker) protected() bool {
	acl, has := c.Keys.Find("aclEnable")
	return c.On("authenticationEnabled") || has && !acl.Unread && c.On("aclEnable")
}

// accessControl matches what people take for the switch of the access control.
var accessControl = regexp.MustCompile(`(?i)^(is)?(enable)?acl(enabled?)?$`)

// orUnprotected is what was found about an unknown key, or something worse: that it was meant to protect a process that
// nothing else protects. A name server and a controller never had such a thing.
func (c *checker) orUnprotected(found *problem, e entry, meant string) *problem {
	protectable := c.Keys.Role == rmq.Broker || c.Keys.Role == rmq.Proxy
	if !protectable || suggestBoolean(e.Value) != "true" || c.protected() {
		return found
	}
	switches := []string{"aclEnable", "authenticationEnabled", "authorizationEnabled"}
	if !accessControl.MatchString(e.Key) && !slices.Contains(switches, meant) && !slices.Contains(switches, e.Key) {
		return found
	}
	worse := &problem{code: "unprotected", message: found.message, refused: true}
	if !strings.Contains(worse.message, "open") {
		worse.message += ", so everything would be open to everybody"
	}
	return worse
}
