package config

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"strings"

	"rocketmq-agent/agent/identity"
	"rocketmq-agent/agent/javaprops"
	"rocketmq-agent/agent/settings"
)

// Input is everything that one process is configured from.
type Input struct {
	Settings   settings.Settings
	Identity   identity.Identity
	Controller identity.Controller
	Fields     Fields
	File       Layer             // the mounted configuration file, parsed
	Namesrv    settings.AddrList // from the command line
}

// Broker merges the layers of a broker.
func Broker(in Input) (Config, error) {
	layers, err := in.layers("broker.conf", in.topologyDefaults())
	if err != nil {
		return Config{}, err
	}
	if len(in.Settings.Namesrv) > 0 && in.Settings.NamesrvFrom == "RMQ_NAMESRV" {
		layers = append(layers, one("RMQ_NAMESRV", "namesrvAddr", in.Settings.Namesrv.String()))
	}
	if len(in.Namesrv) > 0 {
		layers = append(layers, one("the command line", "namesrvAddr", in.Namesrv.String()))
	}
	c := merge(layers)
	in.derive(c)
	err = c.fix(in.fixed())
	return c, errors.Join(err, in.perPod(c, "storePathRootDir"))
}

// topologyDefaults are what makes RMQ_REPLICATION=sync true: a SYNC_MASTER by itself waits for nobody from 5.0 on, where
// inSyncReplicas is 1 unless it is set (CommitLog.handleHA).
func (in Input) topologyDefaults() Layer {
	l := Layer{Name: "RMQ_REPLICATION=sync"}
	if in.Settings.Replication != settings.Sync || in.Identity.Size < 2 {
		return l
	}
	switch in.Identity.Topology {
	case settings.Replicas:
		l.Props = []javaprops.Property{{Key: "inSyncReplicas", Value: "2"}}
	case settings.ControllerMode:
		// A master is elected from those in sync, so all of them must have what is acknowledged. One may be missing.
		l.Props = []javaprops.Property{
			{Key: "allAckInSyncStateSet", Value: "true"}, {Key: "inSyncReplicas", Value: "2"},
			{Key: "minInSyncReplicas", Value: fmt.Sprint(min(2, in.Identity.Size-1))},
		}
	}
	return l
}

// derive adds what follows from the merged values and can be said only now.
func (in Input) derive(c Config) {
	if _, set := c.Find("haListenPort"); !set || c.Int("haListenPort", 0) <= 0 {
		c.set(Value{Property: javaprops.Property{Key: "haListenPort", Value: fmt.Sprint(c.Int("listenPort", listenPort) + 1)}, Source: "listenPort + 1"})
	}
	if _, set := c.Find("controllerAddr"); set || in.Identity.Topology != settings.ControllerMode || len(in.Settings.Controller) > 0 {
		return
	}
	if beside := identity.ControllersBeside(c.Get("namesrvAddr", "")); beside != "" {
		c.set(Value{Property: javaprops.Property{Key: "controllerAddr", Value: beside}, Source: "the hosts of namesrvAddr"})
	}
}

// listenPort is a broker's own default (BrokerStartup).
const listenPort = 10911

// manualInstead is what the refusal of a contradiction offers.
const manualInstead = ", or set RMQ_TOPOLOGY=manual, which leaves the identity to the file"

// fixed are the keys that make up the broker's identity, and what a setting said in so many words.
func (in Input) fixed() (all []Fixed) {
	if name := in.Settings.ClusterName; name != "" {
		all = append(all, Fixed{Layer: one("RMQ_CLUSTER_NAME", "brokerClusterName", string(name))})
	}
	if in.Settings.Advertise != "" {
		all = append(all, Fixed{Layer: one("RMQ_ADVERTISE", "brokerIP1", in.Identity.Address)})
	}
	id := in.Identity
	if id.Topology == settings.Manual {
		return all
	}
	add := func(off bool, pairs ...string) {
		f := fixedPairs("the topology "+string(id.Topology), pairs...)
		f.Remedy, f.Off = manualInstead, off
		all = append(all, f)
	}
	add(false, "brokerName", id.BrokerName)
	switch id.Topology {
	case settings.DLedger:
		add(false, "enableDLegerCommitLog", "true", "dLegerGroup", id.BrokerName, "dLegerSelfId", id.SelfID, "dLegerPeers", id.Peers)
		add(true, "enableControllerMode", "false")
	case settings.ControllerMode:
		add(false, "enableControllerMode", "true")
		add(true, "enableDLegerCommitLog", "false")
		if len(in.Settings.Controller) > 0 {
			all = append(all, Fixed{Layer: one("RMQ_CONTROLLER", "controllerAddr", in.Settings.Controller.String())})
		}
	default:
		add(false, "brokerId", fmt.Sprint(id.BrokerID), "brokerRole", id.BrokerRole)
		add(true, "enableDLegerCommitLog", "false", "enableControllerMode", "false")
	}
	return all
}

// perPod gives the pod folders of its own on a shared volume, if it is to have some. root is the key of its store.
func (in Input) perPod(c Config, root string) error {
	if !in.Settings.StorePerPod {
		return nil
	}
	if c.Get(root, "") == "" {
		return fmt.Errorf("RMQ_STORE_PER_POD=true needs the folder on the shared volume: set %s", root)
	}
	name := in.Settings.Pod.Name
	if name == "" && in.Settings.Pod.InKubernetes {
		name = in.Settings.Pod.Hostname
	}
	if name == "" {
		return errors.New("RMQ_STORE_PER_POD=true needs the pod's name: set POD_NAME (fieldRef metadata.name)")
	}
	c.perPod(name)
	return nil
}

// Namesrv merges the layers of a name server.
func Namesrv(in Input) (Config, error) { return in.withController("namesrv.conf") }

// Controller merges the layers of a controller.
func Controller(in Input) (Config, error) { return in.withController("controller.conf") }

// withController merges the layers of what may be a controller.
func (in Input) withController(file string) (Config, error) {
	embedded := file == "namesrv.conf"
	var defaults Layer
	if embedded && in.Controller.Runs {
		defaults = Layer{Name: "the topology controller", Props: []javaprops.Property{
			{Key: "controllerDLegerGroup", Value: "group1"}, {Key: "controllerStorePath", Value: in.Fields.UserHome + "/controller"},
		}}
	}
	layers, err := in.layers(file, defaults)
	if err != nil {
		return Config{}, err
	}
	c := merge(layers)
	if in.Controller.Runs {
		maps.DeleteFunc(c.values, alone)
	}
	err = c.fix(in.fixedController(embedded))
	if embedded && !c.Bool("enableControllerInNamesrv") {
		return c, err // it has no store
	}
	return c, errors.Join(err, in.perPod(c, "controllerStorePath"))
}

// alone says whether a value is one of the template that makes a controller a group of its own.
func alone(key string, v Value) bool {
	return (key == "controllerDLegerSelfId" || key == "controllerDLegerPeers") && strings.HasPrefix(v.Source, EmbeddedTemplate)
}

// fixedController are the keys that make a process a member of the group of controllers, or keep it out of it.
func (in Input) fixedController(embedded bool) []Fixed {
	name := "RMQ_GROUP_SIZE=" + fmt.Sprint(int(in.Settings.GroupSize))
	switch {
	case in.Controller.Runs && embedded:
		return []Fixed{fixedPairs(name, "enableControllerInNamesrv", "true", "controllerDLegerSelfId", in.Controller.SelfID, "controllerDLegerPeers", in.Controller.Peers)}
	case in.Controller.Runs:
		return []Fixed{fixedPairs(name, "controllerDLegerSelfId", in.Controller.SelfID, "controllerDLegerPeers", in.Controller.Peers)}
	case embedded && in.Settings.Topology == settings.ControllerMode: // one more than the group has
		f := fixedPairs(name, "enableControllerInNamesrv", "false")
		f.Off, f.Remedy = true, "; the agent itself sets the key where a controller runs"
		return []Fixed{f}
	}
	return nil
}

// fixedPairs are keys and values, those without a value left out.
func fixedPairs(name string, pairs ...string) Fixed {
	f := Fixed{Layer: Layer{Name: name}}
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			f.Props = append(f.Props, javaprops.Property{Key: pairs[i], Value: pairs[i+1]})
		}
	}
	return f
}

// layers are the template, what a setting makes of it, the mounted file and the environment.
func (in Input) layers(name string, defaults Layer) ([]Layer, error) {
	text, from, err := render(in.Settings.ConfigDir, name+".tmpl", in.Fields)
	if err != nil {
		return nil, err
	}
	props, err := javaprops.Parse(text)
	if err != nil {
		return nil, fmt.Errorf("cannot read what %s renders: %w", from, err)
	}
	for i := range props {
		props[i].Line = 0 // of the rendered text, which nobody sees
	}
	layers := []Layer{{Name: from, Props: props}, defaults, in.File}
	for _, v := range in.Settings.Conf {
		l := one(v.Variable, v.Key, v.Value)
		l.Secret = v.Secret
		layers = append(layers, l)
	}
	return layers, nil
}

// ReadFile reads a mounted properties file.
func ReadFile(path string) (Layer, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return Layer{}, fmt.Errorf("cannot read the configuration file: %w", err)
	}
	props, err := javaprops.Parse(b)
	if err != nil {
		return Layer{}, fmt.Errorf("cannot read the configuration file: %s: %w", path, err)
	}
	return Layer{Name: path, Props: props}, nil
}

// identityKeys are the keys by which a file says who a broker is.
var identityKeys = map[string]bool{
	"brokerName": true, "brokerId": true, "brokerRole": true, "enableDLegerCommitLog": true, "dLegerGroup": true,
	"dLegerSelfId": true, "dLegerPeers": true, "enableControllerMode": true,
}

// SetsIdentity says whether the layer says who the broker is.
func (l Layer) SetsIdentity() bool {
	for _, p := range l.Props {
		if identityKeys[p.Key] {
			return true
		}
	}
	return false
}
