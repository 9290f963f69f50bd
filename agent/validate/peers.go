package validate

import (
	"strings"

	"rocketmq-agent/agent/config"
	"rocketmq-agent/agent/rmq"
)

// peers judges a broker that takes topics and offsets from another one: it signs its requests only with credentials of
// its own (BrokerOuterAPI).
func (c *checker) peers() {
	mayFollow := c.Text("brokerRole") == "SLAVE" || c.On("enableControllerMode") || c.On("enableDLegerCommitLog")
	if c.Keys.Role == rmq.Broker && mayFollow && c.On("authenticationEnabled") && c.Text(inner) == "" {
		c.report(Warning, "unsigned", []string{"authenticationEnabled"},
			"without %s=%s a slave signs no request: a master with authenticationEnabled=true gives it no topics, "+
				"no groups and no offsets; set on both the same account", inner, accountForm)
	}
	if c.Keys.Role == rmq.Broker && c.On("enableControllerMode") && c.On("authenticationEnabled") {
		c.report(Warning, "open-controller", []string{"controllerAddr"},
			"controllers have no access control in any release: whoever reaches their port elects the master; keep it "+
				"inside a trusted network")
	}
}

// clusterProxy judges a proxy of its own, which asks the brokers for users and permissions, and hands requests on to
// them. It signs what it sends only with enableAclRpcHookForClusterMode (DefaultMessagingProcessor), and then
// whoever sent it.
func (c *checker) clusterProxy() {
	_, signs := c.Keys.Find(clusterHook)
	if c.Keys.Role != rmq.Proxy || !signs || c.options.Inside || strings.EqualFold(c.Text("proxyMode"), "local") {
		return
	}
	asksBrokers := c.On("authenticationEnabled") &&
		c.Text("authenticationMetadataProvider") == localProviders[rmq.Proxy].authentication
	_, hasAccount := c.written.Find(inner)
	switch {
	case c.On(clusterHook) && !c.On("authenticationEnabled"):
		c.report(Error, "lends-account", []string{clusterHook},
			"the proxy signs with its own account (%s, or conf/tools.yml) whatever reaches it, and without "+
				"authenticationEnabled=true it asks nobody who they are: everybody may do what the account may", inner)
	case asksBrokers && hasAccount && !c.On(clusterHook):
		c.report(Error, "unsigned", []string{inner},
			"in cluster mode the proxy signs with it only with \"%s\": true: without, brokers with "+
				"authentication refuse it, and it leaves with 1 (username cannot be null)", clusterHook)
	case asksBrokers && !hasAccount:
		c.report(Warning, "unsigned", []string{"authenticationEnabled"},
			"the proxy asks the brokers for the users: those with authentication refuse it, and it leaves with 1, "+
				"without \"%s\": true and \"%s\" (as text: %s)", clusterHook, inner, accountForm)
	}
}

const clusterHook = "enableAclRpcHookForClusterMode"

// protections are the switches of a broker that protect one way in, with those of a proxy inside it, and with the
// class that the latter need.
var protections = []struct{ broker, proxy, provider string }{
	{"authenticationEnabled", "authenticationEnabled", "authenticationMetadataProvider"},
	{"authorizationEnabled", "authorizationEnabled", "authorizationMetadataProvider"},
	{"aclEnable", "enableACL", ""},
}

// InsideBroker judges a proxy inside a broker: each has the access control of its own file, so that what one of them
// refuses comes in by the ports of the other.
func InsideBroker(broker, proxy config.Effective) []Finding {
	byBroker, byProxy := &checker{Effective: broker}, &checker{Effective: proxy}
	for _, p := range protections {
		brokers, hasBroker := broker.Keys.Find(p.broker)
		proxys, hasProxy := proxy.Keys.Find(p.proxy)
		switch {
		case !hasBroker || !hasProxy || brokers.Unread || proxys.Unread:
		case broker.On(p.broker) && !proxy.On(p.proxy):
			with := `"` + p.proxy + `": true`
			if p.provider != "" && proxy.Text(p.provider) == "" {
				with += `, "` + p.provider + `": "` + localProviders[rmq.Proxy].of(p.provider) + `"`
			}
			byBroker.report(Error, "open-inside", []string{p.broker},
				"the broker is protected, but the proxy inside it, with its own ports, is not: write %s into %s "+
					"(a file of your own: -pc, or rmq-proxy.json in RMQ_CONFIG_DIR)", with, nameOf(proxy))
		case proxy.On(p.proxy) && !broker.On(p.broker):
			byProxy.report(Error, "open-inside", []string{p.proxy},
				"the proxy is protected, but the broker around it, with its own ports, is not: write %s=true "+
					"and what else it needs into %s", p.broker, nameOf(broker))
		}
	}
	return append(byBroker.findings, byProxy.findings...)
}

// nameOf is the file that somebody has to change.
func nameOf(e config.Effective) string {
	for _, l := range e.Layers {
		if l.Kind == config.File && l.Name != "" {
			return l.Name
		}
	}
	return map[rmq.Role]string{rmq.Broker: "broker.conf", rmq.Proxy: "rmq-proxy.json"}[e.Keys.Role]
}
