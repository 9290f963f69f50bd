package validate

import (
	"regexp"
	"rocketmq-agent/agent/rmq"
	"strings"
)

// broker judges the values of a broker together.
func (c *checker) broker() {
	c.slave()
	switch {
	case c.On("enableDLegerCommitLog") && c.On("enableControllerMode"):
		c.report(Error, "two-modes", []string{"enableControllerMode", "enableDLegerCommitLog"},
			"enableControllerMode and enableDLegerCommitLog are both true, and RocketMQ leaves with 252; keep one")
	case c.On("enableDLegerCommitLog"):
		c.dledger()
	case c.On("enableControllerMode"):
		c.controllerMode()
	default:
		c.master()
	}
	c.replication()
	c.flush()
	c.ports()
	c.disk()
	c.protection()
	c.address()
	c.bind()
	c.connections()
	c.rocksDB()
	c.popService()
}

// slave judges the id of a slave, which RocketMQ looks at although DLedger elects another one (BrokerStartup).
func (c *checker) slave() {
	switch {
	case c.Text("brokerRole") != "SLAVE" || c.Number("brokerId") > 0 || c.On("enableControllerMode"):
	case c.IsSet("brokerId"):
		c.report(Error, "slave-without-id", []string{"brokerId", "brokerRole"},
			"a SLAVE needs a brokerId above 0, and RocketMQ leaves with 253; number the slaves of a master from 1")
	default:
		c.report(Error, "slave-without-id", []string{"brokerRole"},
			"a SLAVE needs a brokerId above 0, and none is set: RocketMQ leaves with 253; "+
				"number the slaves of a master from 1")
	}
}

// master judges the id of a master. A name of its own makes it harmless, and real files with such an id have one: that
// there are no two masters of one name can only be seen at the name servers.
func (c *checker) master() {
	if role := c.Text("brokerRole"); role != "SLAVE" && c.Number("brokerId") != 0 {
		c.report(Warning, "master-with-id", []string{"brokerId", "brokerRole"},
			"brokerRole=%s makes it a master, and RocketMQ gives every master the brokerId 0: a slave needs "+
				"brokerRole=SLAVE, and a second master another brokerName", role)
	}
}

// selfID is what dLegerSelfId must be: a slave's brokerId is the number behind its first character, plus one
// (DLedgerCommitLog). Controllers may be called anything.
var selfID = regexp.MustCompile(`^[^;:\s-]\d+$`)

// dledger judges a broker whose commit log DLedger replicates.
func (c *checker) dledger() {
	c.members("dLegerSelfId", "dLegerPeers", "dLegerGroup")
	if id := c.Text("dLegerSelfId"); id != "" && !selfID.MatchString(id) {
		c.report(Error, "bad-self-id", []string{"dLegerSelfId"},
			"%q must be one letter and a number, as n0: RocketMQ makes the brokerId of the number", id)
	}
	id := c.Number("brokerId")
	if c.IsSet("brokerId") && c.Text("brokerRole") != "SLAVE" && id != 0 && id != -1 {
		c.report(Warning, "no-effect", []string{"brokerId"},
			"with enableDLegerCommitLog=true the id is elected: brokerId has no effect")
	}
}

// controllerMode judges a broker whose master controllers elect.
func (c *checker) controllerMode() {
	if c.Text("controllerAddr") == "" {
		c.report(Error, "no-controller", []string{"controllerAddr"},
			"enableControllerMode=true needs controllerAddr=HOST:9878;HOST:9878;HOST:9878, all controllers "+
				"(RMQ_CONTROLLER): without it the broker is never registered")
	}
	if c.On("skipPreOnline") {
		c.report(Error, "early-registration", []string{"skipPreOnline"},
			"with enableControllerMode=true it registers the broker before a master is elected, so there may be two")
	}
	for i := range c.findings {
		if f := &c.findings[i]; f.Code == "bad-name" && strings.Contains(f.Value, "#") {
			f.Severity = Error
			f.Message += "; with enableControllerMode=true it cannot read its own brokerIdentity, " +
				"where # separates the names"
		}
	}
}

// replication judges what a send waits for (CommitLog). DLedger has its own way.
func (c *checker) replication() {
	if !c.Keys.Release.CountsInSync() || c.On("enableDLegerCommitLog") {
		return
	}
	controlled, allInSync := c.On("enableControllerMode"), c.On("allAckInSyncStateSet")
	synchronous := c.Text("brokerRole") == "SYNC_MASTER"
	waitedFor, present := c.Number("inSyncReplicas"), c.Number("minInSyncReplicas")
	if synchronous && !controlled && waitedFor <= 1 && c.options.GroupSize != 1 {
		c.report(Warning, "not-synchronous", []string{"brokerRole"},
			"SYNC_MASTER alone waits for no slave from RocketMQ 5.0 on: with inSyncReplicas=%d a message is "+
				"acknowledged when the master has it, and lost with its disk; set inSyncReplicas=2", waitedFor)
	}
	// It then waits for fewer, from inSyncReplicas down to minInSyncReplicas.
	adapts := c.On("enableSlaveActingMaster") && c.On("enableAutoInSyncReplicas")
	if controlled && !allInSync || !controlled && synchronous && !adapts {
		c.enoughReplicas("inSyncReplicas", waitedFor)
	}
	if controlled || synchronous && adapts {
		c.enoughReplicas("minInSyncReplicas", present)
	}
	if controlled && !allInSync && present > waitedFor {
		c.report(Warning, "few-acknowledgements", []string{"minInSyncReplicas", "inSyncReplicas"},
			"minInSyncReplicas=%d replicas must be there, but only inSyncReplicas=%d are waited for: a master elected "+
				"later may lack acknowledged messages; set allAckInSyncStateSet=true", present, waitedFor)
	}
}

// enoughReplicas judges how many replicas a send needs. What totalReplicas says may be wrong without harm.
func (c *checker) enoughReplicas(key string, needed int64) {
	total := c.Number("totalReplicas")
	switch size := int64(c.options.GroupSize); {
	case size > 0 && needed > size:
		c.report(Error, "too-many-replicas", []string{key},
			"%s=%d, but the group has %d: no send would ever be acknowledged", key, needed, size)
	case size == 0 && c.IsSet("totalReplicas") && needed > total:
		c.report(Warning, "too-many-replicas", []string{key, "totalReplicas"},
			"%s=%d, but totalReplicas=%d: with no more than these no send would ever be acknowledged",
			key, needed, total)
	}
}

// address judges the address that clients are told.
func (c *checker) address() {
	for _, key := range []string{"brokerIP1", "brokerIP2"} {
		v, set := c.Find(key)
		if !set || v.Line == 0 {
			continue // the agent's own, or a default of standalone
		}
		value := c.Text(key)
		switch addr, err := rmq.ParseIP(value); {
		case value == "localhost" || err == nil && addr.IsLoopback():
			c.report(Warning, "loopback", []string{key},
				"clients and slaves are told %s, which is their own machine: it works only on this one; "+
					"leave it out, or set RMQ_ADVERTISE", value)
		case err == nil && addr.IsUnspecified():
			c.report(Warning, "unspecified", []string{key},
				"clients and slaves are told %s, which is the address of nobody; leave it out, or set RMQ_ADVERTISE "+
					"(bindAddress is what the broker listens on)", value)
		}
	}
}

// bind judges a broker that listens on one address and tells clients another.
func (c *checker) bind() {
	bound, err := rmq.ParseIP(c.Text("bindAddress"))
	if err != nil || bound.IsUnspecified() {
		return
	}
	told := c.Text("brokerIP1")
	addr, err := rmq.ParseIP(told)
	switch {
	case told == "" && bound.IsLoopback():
		told = "another address of the machine"
	case told == "" || err != nil || addr == bound || addr.IsLoopback() && bound.IsLoopback():
		return
	}
	c.report(Warning, "unreachable", []string{"bindAddress", "brokerIP1"},
		"the broker listens on %s alone, and clients are told %s: nobody reaches it, unless something forwards to it; "+
			"leave bindAddress out, or set brokerIP1=%[1]s", bound, told)
}

// connections judges what cuts a broker off from its name servers or its master; all measured on 5.5.0.
func (c *checker) connections() {
	slave := c.Text("brokerRole") == "SLAVE"
	if slave && c.Text("haMasterAddress") != "" && c.Keys.Release.IgnoresHAMaster() {
		c.report(Warning, "never-replicates", []string{"haMasterAddress"},
			"with it a slave never connects to its master (seen on 5.3.3 to 5.5.0); leave it out, "+
				"the name server tells the address")
	}
	if c.On("compressedRegister") && c.Keys.Release.LosesCompressedRegister() {
		c.report(Warning, "never-registered", []string{"compressedRegister"},
			"a name server of this release cannot decode the registration")
	}
	if c.off("scanAvailableNameSrv") {
		c.report(Warning, "never-registered", []string{"scanAvailableNameSrv"},
			"without the scan the broker registers with no name server")
	}
}
