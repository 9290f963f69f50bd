package validate

import (
	"slices"
	"strings"
)

// controller judges a controller, alone or inside a name server (ControllerManager).
func (c *checker) controller() {
	if _, has := c.Keys.Find("controllerDLegerPeers"); !has {
		return // a release without controllers
	}
	if c.Text("controllerType") == "jRaft" {
		c.jraft()
		return
	}
	c.members("controllerDLegerSelfId", "controllerDLegerPeers", "controllerDLegerGroup")
	c.ports()
	if c.On("enableElectUncleanMaster") {
		c.report(Warning, "unclean-election", []string{"enableElectUncleanMaster"},
			"a broker that lags behind may become master, and what it lacks is lost though it was acknowledged")
	}
}

// jraft judges a controller of the other kind, whose keys have defaults of one machine (JRaftController).
func (c *checker) jraft() {
	list := func(key string) []string { return strings.Split(strings.TrimRight(c.Text(key), ","), ",") }
	members, addresses := list("jRaftInitConf"), list("jRaftControllerRPCAddr")
	if len(addresses) < len(members) {
		c.report(Error, "uneven-peers", []string{"jRaftControllerRPCAddr", "jRaftInitConf"},
			"jRaftControllerRPCAddr has %d addresses and jRaftInitConf %d: each member needs its own, "+
				"in the same order",
			len(addresses), len(members))
	}
	if id := c.Text("jRaftServerId"); !slices.Contains(members, id) {
		c.report(Error, "not-a-peer", []string{"jRaftServerId", "jRaftInitConf"},
			"jRaftServerId=%s is not among jRaftInitConf=%s: the controller leaves with 255",
			id, strings.Join(members, ","))
	}
}
