package validate

import (
	"rocketmq-agent/agent/javaprops"
	"rocketmq-agent/agent/rmq"
)

// severityOfValue refuses a start with a wrong value that is used, and that RocketMQ itself would refuse, or replace by
// a default that is the wrong thing to start with.
func (c *checker) severityOfValue(e entry, found *problem, suggestion string) Severity {
	// Where the default that RocketMQ falls back to is what was meant, no harm is done.
	harmless := suggestion != "" && suggestion == e.key.Default
	replaced := found.lost && decisive[e.key.Name] && !harmless
	if c.wins(e) && (found.refused && c.needs(e.key.Name) && !c.forgives(found) || replaced) {
		return Error
	}
	return Warning
}

// severityOfMember refuses a start with a value of a JSON file that the proxy would not start with.
func (c *checker) severityOfMember(e entry, found *problem) Severity {
	if c.wins(e) && found.refused && c.needs(e.key.Name) && !c.forgives(found) {
		return Error
	}
	return Warning
}

// severityOfUnknown refuses a start without an identity, or without a protection, that was meant and is not there.
func (c *checker) severityOfUnknown(e entry, found *problem, meant string) Severity {
	missing := decisive[meant] && c.needs(meant) && !c.IsSet(meant)
	if found.refused || missing && c.Text(meant) != javaprops.Trim(e.Value) {
		return Error
	}
	return Warning
}

// decisive are the keys that make up a broker's identity, decide what becomes of its data or protect it: where RocketMQ
// would fall back to a default without a word, that default is the wrong thing to start with.
var decisive = map[string]bool{
	"brokerId":                  true,
	"brokerRole":                true,
	"brokerName":                true,
	"enableDLegerCommitLog":     true,
	"enableControllerMode":      true,
	"dLegerSelfId":              true,
	"dLegerPeers":               true,
	"flushDiskType":             true,
	"storeType":                 true,
	"authenticationEnabled":     true,
	"authorizationEnabled":      true,
	"aclEnable":                 true,
	"controllerDLegerSelfId":    true,
	"controllerDLegerPeers":     true,
	"enableControllerInNamesrv": true,
	"controllerType":            true,
}

// needs says whether this process, as it is configured, cannot do without a right value of the key.
func (c *checker) needs(key string) bool {
	switch key {
	case "dLegerSelfId", "dLegerPeers":
		return c.On("enableDLegerCommitLog")
	case "controllerAddr":
		return c.On("enableControllerMode")
	case "controllerDLegerSelfId", "controllerDLegerPeers":
		return c.Keys.Role == rmq.Controller || c.On("enableControllerInNamesrv")
	case "metricsPromExporterHost":
		return c.Text("metricsExporterType") == "PROM"
	case "haMasterAddress", "brokerIP2", "localServeAddr":
		return false // replication or a notice to others may fail, nothing else
	case "initAuthenticationUser":
		return c.Keys.Role == rmq.Broker // a proxy makes no user
	case "innerClientAuthenticationCredentials":
		return c.Keys.Role == rmq.Broker || c.On("enableAclRpcHookForClusterMode")
	}
	return true
}

// forgives says whether the release may read JSON that is none, or names in another case, all the same.
func (c *checker) forgives(found *problem) bool {
	return c.fastjson1() && (found.code == "bad-json" || found.code == "misspelt-member")
}

// wins says whether it is this value that is used: a stronger layer may have replaced it.
func (c *checker) wins(e entry) bool {
	v, _ := c.written.Find(e.Key)
	return v.Source == e.source
}
