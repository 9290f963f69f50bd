package config

import (
	"errors"
	"fmt"

	"rocketmq-agent/agent/identity"
	"rocketmq-agent/agent/javaprops"
	"rocketmq-agent/agent/keys"
	"rocketmq-agent/agent/rmq"
	"rocketmq-agent/agent/settings"
)

// Input is everything that one process is configured from.
type Input struct {
	Settings   settings.Settings
	Identity   identity.Identity
	Controller identity.Controller
	Templates  Templates
	Fields     Fields
	Keys       keys.Set     // of the role
	File       Layer        // the mounted configuration file
	Namesrv    rmq.AddrList // from the command line
}

// base are the template, what a setting makes of it, the mounted file and the environment.
func (in Input) base(name string, defaults Layer) ([]Layer, error) {
	text, template, err := in.Templates.render(name+".tmpl", in.Fields)
	if err != nil {
		return nil, err
	}
	if template.Props, err = javaprops.Parse(text); err != nil {
		return nil, fmt.Errorf("cannot read what %s renders: %w", template.Name, err)
	}
	for i := range template.Props {
		template.Props[i].Line = 0 // of the rendered text, which nobody sees
	}
	layers := []Layer{template, defaults, in.File}
	for _, v := range in.Settings.Conf {
		layers = append(layers, Layer{
			Kind:   Variable,
			Name:   v.Variable,
			Props:  []javaprops.Property{{Key: v.Key, Value: v.Value}},
			Secret: v.Secret,
		})
	}
	return layers, nil
}

// perPod gives the pod folders of its own on a shared volume, if it is to have some. root is the key of its store.
func (in Input) perPod(m *merger, root string) error {
	if !in.Settings.StorePerPod {
		return nil
	}
	if javaprops.Trim(m.values[root].Value) == "" {
		return fmt.Errorf("RMQ_STORE_PER_POD=true needs the folder on the shared volume: set %s", root)
	}
	name := in.Settings.Pod.Name
	if name == "" && in.Settings.Pod.InKubernetes {
		name = in.Settings.Pod.Hostname
	}
	if name == "" {
		return errors.New("RMQ_STORE_PER_POD=true needs the pod's name: set POD_NAME (fieldRef metadata.name)")
	}
	m.perPod(name)
	return nil
}

// ReadFile reads a mounted properties file.
func ReadFile(path string) (Layer, error) {
	b, err := ReadText(path)
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
	"brokerName":            true,
	"brokerId":              true,
	"brokerRole":            true,
	"enableDLegerCommitLog": true,
	"dLegerGroup":           true,
	"dLegerSelfId":          true,
	"dLegerPeers":           true,
	"enableControllerMode":  true,
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
