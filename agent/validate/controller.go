package validate

import (
	"slices"
	"strings"
)

// controller judges a controller, alone or inside a name server (ControllerManager).
func (k *checker) controller() {
	if _, has := k.set.Find("controllerDLegerPeers"); !has {
		return // a release without controllers
	}
	if k.Text("controllerType") == "jRaft" {
		k.jraft()
		return
	}
	k.members("controllerDLegerSelfId", "controllerDLegerPeers", "controllerDLegerGroup")
	k.ports()
	if k.On("enableElectUncleanMaster") {
		k.report(Warning, "unclean-election", []string{"enableElectUncleanMaster"}, "a broker that lags behind may become master, and what it lacks is lost though it was acknowledged")
	}
}

// jraft judges a controller of the other kind, whose keys have defaults of one machine (JRaftController).
func (k *checker) jraft() {
	members := strings.Split(strings.TrimRight(k.Text("jRaftInitConf"), ","), ",")
	if rpc := strings.Split(strings.TrimRight(k.Text("jRaftControllerRPCAddr"), ","), ","); len(rpc) < len(members) {
		k.report(Error, "uneven-peers", []string{"jRaftControllerRPCAddr", "jRaftInitConf"}, "jRaftControllerRPCAddr has %d addresses and jRaftInitConf %d: each member needs its own, in the same order", len(rpc), len(members))
	}
	if id := k.Text("jRaftServerId"); !slices.Contains(members, id) {
		k.report(Error, "not-a-peer", []string{"jRaftServerId", "jRaftInitConf"}, "jRaftServerId=%s is not among jRaftInitConf=%s: the controller leaves with 255", id, strings.Join(members, ","))
	}
}
