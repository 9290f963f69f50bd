package config

import (
	"errors"
	"fmt"
	"maps"

	"rocketmq-agent/agent/javaprops"
	"rocketmq-agent/agent/rmq"
)

// Namesrv merges the layers of a name server.
func Namesrv(in Input) (Config, error) { return in.withController("namesrv.conf") }

// Controller merges the layers of a controller.
func Controller(in Input) (Config, error) { return in.withController("controller.conf") }

// withController merges the layers of what may be a controller.
func (in Input) withController(file string) (Config, error) {
	embedded := file == "namesrv.conf"
	var defaults Layer
	if embedded && in.Controller.Runs {
		defaults = layer(Derived, "the topology controller",
			"controllerDLegerGroup", "group1",
			"controllerStorePath", in.Fields.UserHome+"/controller",
		)
	}
	layers, err := in.base(file, defaults)
	if err != nil {
		return Config{}, err
	}
	m := merge(layers)
	if in.Controller.Runs {
		maps.DeleteFunc(m.values, ofGroupOfOne)
	}
	err = m.fix(in.fixedController(embedded))
	if !embedded || javaprops.ParseBool(m.values["enableControllerInNamesrv"].Value) { // else it has no store
		err = errors.Join(err, in.perPod(m, "controllerStorePath"))
	}
	return m.config(), err
}

// ofGroupOfOne says whether a value is one of the template that makes a controller a group of its own.
func ofGroupOfOne(key string, v Value) bool {
	return (key == "controllerDLegerSelfId" || key == "controllerDLegerPeers") && v.Source.Kind == Embedded
}

// fixedController are the keys that make a process a member of the group of controllers, or keep it out of it.
func (in Input) fixedController(embedded bool) []Fixed {
	name := "RMQ_GROUP_SIZE=" + fmt.Sprint(int(in.Settings.GroupSize))
	switch {
	case in.Controller.Runs:
		on := ""
		if embedded {
			on = "true"
		}
		return []Fixed{{Layer: layer(Derived, name,
			"enableControllerInNamesrv", on,
			"controllerDLegerSelfId", in.Controller.SelfID,
			"controllerDLegerPeers", in.Controller.Peers,
		)}}
	case embedded && in.Settings.Topology == rmq.ControllerMode: // one more than the group has
		return []Fixed{{
			Layer:  layer(Derived, name, "enableControllerInNamesrv", "false"),
			Off:    true,
			Remedy: "; the agent itself sets the key where a controller runs",
		}}
	}
	return nil
}
