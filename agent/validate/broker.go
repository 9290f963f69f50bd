package validate

import (
	"net/netip"
	"regexp"
	"slices"
	"strings"

	"rocketmq-agent/agent/javaprops"
	"rocketmq-agent/agent/rmq"
)

// broker judges the values of a broker together.
func (k *checker) broker() {
	k.slave()
	switch {
	case k.On("enableDLegerCommitLog") && k.On("enableControllerMode"):
		k.report(Error, "two-modes", []string{"enableControllerMode", "enableDLegerCommitLog"}, "enableControllerMode and enableDLegerCommitLog are both true, and RocketMQ leaves with 252; keep one")
	case k.On("enableDLegerCommitLog"):
		k.dledger()
	case k.On("enableControllerMode"):
		k.controllerMode()
	default:
		k.master()
	}
	k.replication()
	k.flush()
	k.ports()
	k.disk()
	k.protection()
	k.address()
	k.cuts()
	k.popService()
}

// slave judges the id of a slave, which RocketMQ looks at although DLedger elects another one (BrokerStartup).
func (k *checker) slave() {
	switch {
	case k.Text("brokerRole") != "SLAVE" || k.Number("brokerId") > 0 || k.On("enableControllerMode"):
	case k.IsSet("brokerId"):
		k.report(Error, "slave-without-id", []string{"brokerId", "brokerRole"}, "a SLAVE needs a brokerId above 0, and RocketMQ leaves with 253; number the slaves of a master from 1")
	default:
		k.report(Error, "slave-without-id", []string{"brokerRole"}, "a SLAVE needs a brokerId above 0, and none is set: RocketMQ leaves with 253; number the slaves of a master from 1")
	}
}

// master judges the id of a master. A name of its own makes it harmless, and real files with such an id have one: that
// there are no two masters of one name can only be seen at the name servers.
func (k *checker) master() {
	if role := k.Text("brokerRole"); role != "SLAVE" && k.Number("brokerId") != 0 {
		k.report(Warning, "master-with-id", []string{"brokerId", "brokerRole"}, "brokerRole=%s makes it a master, and RocketMQ gives every master the brokerId 0: a slave needs brokerRole=SLAVE, and a second master another brokerName", role)
	}
}

// selfID is what dLegerSelfId must be: a slave's brokerId is the number behind its first character, plus one
// (DLedgerCommitLog). Controllers may be called anything.
var selfID = regexp.MustCompile(`^[^;:\s-]\d+$`)

// dledger judges a broker whose commit log DLedger replicates.
func (k *checker) dledger() {
	k.members("dLegerSelfId", "dLegerPeers", "dLegerGroup")
	if id := k.Text("dLegerSelfId"); id != "" && !selfID.MatchString(id) {
		k.report(Error, "bad-self-id", []string{"dLegerSelfId"}, "%q must be one letter and a number, as n0: RocketMQ makes the brokerId of the number", id)
	}
	if k.IsSet("brokerId") && k.Text("brokerRole") != "SLAVE" && k.Number("brokerId") != 0 && k.Number("brokerId") != -1 {
		k.report(Warning, "no-effect", []string{"brokerId"}, "with enableDLegerCommitLog=true the id is elected: brokerId has no effect")
	}
}

// members judges a member of a DLedger group, of brokers or of controllers, and its peers.
func (k *checker) members(self, list, group string) {
	id, all := k.Text(self), k.Text(list)
	if id == "" || all == "" {
		missing := self
		if id != "" {
			missing = list
		}
		k.report(Error, "no-peers", []string{missing}, "%s is not set, and RocketMQ does not start without it; it takes %s=n0, %s=n0-HOST:PORT;n1-HOST:PORT;n2-HOST:PORT (in Kubernetes, a StatefulSet with a serviceName and its headless Service give the agent the names; RMQ_POD_DOMAIN names their domain)", missing, self, list)
		return
	}
	peers, p := parsePeers(all)
	if p != nil {
		return // said already
	}
	ids := map[string]bool{}
	for _, peer := range peers {
		if ids[peer.id] {
			k.report(Error, "peer-twice", []string{list}, "the member %s stands in it twice", peer.id)
		}
		ids[peer.id] = true
	}
	if !ids[id] {
		k.report(Error, "not-a-peer", []string{list, self}, "%s=%s is not among the members %s: RocketMQ does not start", self, id, all)
	}
	if len(peers)%2 == 0 {
		k.report(Warning, "even-peers", []string{list}, "%d members survive no more failures than %d: use an odd number", len(peers), len(peers)-1)
	}
	if k.Text(group) == "" {
		k.report(Error, "no-group", []string{group}, "%s is not set, and a group without a name takes no message", group)
	}
}

// controllerMode judges a broker whose master controllers elect.
func (k *checker) controllerMode() {
	if k.Text("controllerAddr") == "" {
		k.report(Error, "no-controller", []string{"controllerAddr"}, "enableControllerMode=true needs controllerAddr=HOST:9878;HOST:9878;HOST:9878, all controllers (RMQ_CONTROLLER): without it the broker is never registered")
	}
	if k.On("skipPreOnline") {
		k.report(Error, "early-registration", []string{"skipPreOnline"}, "with enableControllerMode=true it registers the broker before a master is elected, so there may be two")
	}
	for i, f := range k.all {
		if f.Code == "bad-name" && strings.Contains(f.Value, "#") {
			k.all[i].Severity = Error
			k.all[i].Message += "; with enableControllerMode=true it cannot read its own brokerIdentity, where # separates the names"
		}
	}
}

// replication judges what a send waits for (CommitLog). DLedger has its own way.
func (k *checker) replication() {
	role, inSync, least := k.Text("brokerRole"), k.Number("inSyncReplicas"), k.Number("minInSyncReplicas")
	controlled, all := k.On("enableControllerMode"), k.On("allAckInSyncStateSet")
	if !k.set.Release.CountsInSync() || k.On("enableDLegerCommitLog") {
		return
	}
	if role == "SYNC_MASTER" && !controlled && inSync <= 1 && k.options.GroupSize != 1 {
		k.report(Warning, "not-synchronous", []string{"brokerRole"}, "SYNC_MASTER alone waits for no slave from RocketMQ 5.0 on: with inSyncReplicas=%d a message is acknowledged when the master has it, and lost with its disk; set inSyncReplicas=2", inSync)
	}
	adapts := k.On("enableSlaveActingMaster") && k.On("enableAutoInSyncReplicas") // from inSyncReplicas down to minInSyncReplicas
	if controlled && !all || !controlled && role == "SYNC_MASTER" && !adapts {
		k.enough("inSyncReplicas", inSync)
	}
	if controlled || role == "SYNC_MASTER" && adapts {
		k.enough("minInSyncReplicas", least)
	}
	if controlled && least > inSync && !all {
		k.report(Warning, "few-acknowledgements", []string{"minInSyncReplicas", "inSyncReplicas"}, "minInSyncReplicas=%d replicas must be there, but only inSyncReplicas=%d are waited for: a master elected later may lack acknowledged messages; set allAckInSyncStateSet=true", least, inSync)
	}
}

// enough judges how many replicas a send needs. What totalReplicas says may be wrong without harm.
func (k *checker) enough(key string, n int64) {
	total := k.Number("totalReplicas")
	switch size := int64(k.options.GroupSize); {
	case size > 0 && n > size:
		k.report(Error, "too-many-replicas", []string{key}, "%s=%d, but the group has %d: no send would ever be acknowledged", key, n, size)
	case size == 0 && k.IsSet("totalReplicas") && n > total:
		k.report(Warning, "too-many-replicas", []string{key, "totalReplicas"}, "%s=%d, but totalReplicas=%d: with no more than these no send would ever be acknowledged", key, n, total)
	}
}

// flush judges when a message is on its way to the disk.
func (k *checker) flush() {
	slave := k.Text("brokerRole") == "SLAVE" && !k.On("enableControllerMode")
	synchronous := k.Text("flushDiskType") == "SYNC_FLUSH"
	switch {
	case !k.On("transientStorePoolEnable"):
	case slave || synchronous && !k.set.Release.PoolsWithSyncFlush():
		k.report(Warning, "no-effect", []string{"transientStorePoolEnable"}, "it has no effect on a SLAVE, and before RocketMQ 5.0 none with SYNC_FLUSH")
	case k.On("writeWithoutMmap"):
		k.report(Warning, "no-effect", []string{"transientStorePoolEnable"}, "it has no effect with writeWithoutMmap=true")
	case !synchronous:
		k.report(Warning, "lost-on-kill", []string{"transientStorePoolEnable"}, "messages that were acknowledged in the last moments (commitIntervalCommitLog) are lost when the process is killed; without it they survive in the page cache")
	}
	if interval := k.Number("flushCommitLogThoroughInterval"); !synchronous && interval > 60_000 {
		k.report(Warning, "late-flush", []string{"flushCommitLogThoroughInterval"}, "a machine that fails loses what was acknowledged in the last %d s", interval/1000)
	}
}

// ports finds ports that are none, and those that two parts of the process want.
func (k *checker) ports() {
	said := map[string]bool{}
	all := rmq.Listens(k.set.Role, k.set.Release, k)
	for i, a := range all {
		if a.Number < 1 || a.Number > 65535 {
			if !said[a.Key] {
				k.all = slices.DeleteFunc(k.all, func(f Finding) bool { return f.Key == a.Key && f.Code == "out-of-range" })
				k.report(Error, "bad-port", []string{a.Key}, "%s is no port; allowed: 1 to 65535", a)
			}
			said[a.Key] = true
			continue
		}
		for _, b := range all[:i] {
			if a.Number == b.Number {
				k.report(Error, "port-twice", []string{a.Key, b.Key}, "%s and %s are the same port: RocketMQ does not start", b, a)
			}
		}
	}
}

// disk judges when a broker deletes and when it refuses messages.
func (k *checker) disk() {
	clean, warn := k.clamped("diskSpaceCleanForciblyRatio"), k.clamped("diskSpaceWarningLevelRatio")
	if warn <= clean && clean > 0 {
		k.report(Warning, "refuses-before-deleting", []string{"diskSpaceCleanForciblyRatio", "diskSpaceWarningLevelRatio"}, "messages are refused from %d %% of the disk on, before the oldest files are deleted at %d %%", warn, clean)
	}
	if k.IsSet("deleteWhen") && javaprops.Trim(k.Text("deleteWhen")) == "" {
		k.report(Warning, "bad-hour", []string{"deleteWhen"}, "it is empty: RocketMQ then deletes no file at all, not even when the disk is full")
	}
}

// providers are the classes that hold users and permissions where the role has its own.
var providers = map[rmq.Role][2]string{
	rmq.Broker: {"org.apache.rocketmq.auth.authentication.provider.LocalAuthenticationMetadataProvider", "org.apache.rocketmq.auth.authorization.provider.LocalAuthorizationMetadataProvider"},
	rmq.Proxy:  {"org.apache.rocketmq.proxy.auth.ProxyAuthenticationMetadataProvider", "org.apache.rocketmq.proxy.auth.ProxyAuthorizationMetadataProvider"},
}

// protection judges authentication: what the file protects must be protected.
func (k *checker) protection() {
	authentication, authorization := k.On("authenticationEnabled"), k.On("authorizationEnabled")
	if authentication && k.Text("authenticationMetadataProvider") == "" {
		k.report(Warning, "no-provider", []string{"authenticationEnabled"}, "without authenticationMetadataProvider every request fails; set %s", providers[k.set.Role][0])
	}
	if authorization && k.Text("authorizationMetadataProvider") == "" {
		k.report(Warning, "no-provider", []string{"authorizationEnabled"}, "without authorizationMetadataProvider every request fails; set %s", providers[k.set.Role][1])
	}
	if authorization && !authentication {
		k.report(Warning, "not-authenticated", []string{"authorizationEnabled"}, "authorizationEnabled=true without authenticationEnabled=true: nobody has to say who they are")
	}
}

// address judges the address that clients are told.
func (k *checker) address() {
	for _, key := range []string{"brokerIP1", "brokerIP2"} {
		v, set := k.Find(key)
		if !set || v.Line == 0 {
			continue // the agent's own, or a default of standalone
		}
		value := k.Text(key)
		switch addr, err := netip.ParseAddr(strings.Trim(value, "[]")); {
		case value == "localhost" || err == nil && addr.IsLoopback():
			k.report(Warning, "loopback", []string{key}, "clients and slaves are told %s, which is their own machine: it works only on this one; leave it out, or set RMQ_ADVERTISE", value)
		case err == nil && addr.IsUnspecified():
			k.report(Warning, "unspecified", []string{key}, "clients and slaves are told %s, which is the address of nobody; leave it out, or set RMQ_ADVERTISE (bindAddress is what the broker listens on)", value)
		}
	}
}

// cuts judges what cuts a broker off from name servers or its master, and what does not start; all measured on 5.5.0.
func (k *checker) cuts() {
	if k.Text("haMasterAddress") != "" && k.Text("brokerRole") == "SLAVE" && k.set.Release.IgnoresHAMaster() {
		k.report(Warning, "never-replicates", []string{"haMasterAddress"}, "with it a slave never connects to its master (seen on 5.3.3 to 5.5.0); leave it out, the name server tells the address")
	}
	if k.On("compressedRegister") && k.set.Release.LosesCompressedRegister() {
		k.report(Warning, "never-registered", []string{"compressedRegister"}, "a name server of this release cannot decode the registration")
	}
	if k.On("rocksdbCQDoubleWriteEnable") && !k.On("combineCQUseRocksdbForLmq") && k.Text("storeType") != "defaultRocksDB" && k.set.Release.ChecksRocksDBDoubleWrite() {
		k.report(Error, "half-on", []string{"rocksdbCQDoubleWriteEnable"}, "RocketMQ leaves with 253 unless combineCQUseRocksdbForLmq=true and combineAssignOffsetCQType=default are set too")
	}
	if k.off("scanAvailableNameSrv") {
		k.report(Warning, "never-registered", []string{"scanAvailableNameSrv"}, "without the scan the broker registers with no name server")
	}
}

// popService judges switches of POP consumers that only work together.
func (k *checker) popService() {
	if k.On("popConsumerKVServiceEnable") && !k.On("popConsumerKVServiceInit") {
		k.report(Warning, "half-on", []string{"popConsumerKVServiceEnable"}, "popConsumerKVServiceEnable=true needs popConsumerKVServiceInit=true: without it every POP request fails")
	}
	if k.off("popConsumerFSServiceInit") && !k.On("popConsumerKVServiceEnable") {
		k.report(Warning, "no-redelivery", []string{"popConsumerFSServiceInit"}, "messages that a POP consumer (every gRPC client) does not acknowledge are never delivered again")
	}
}
