package config

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"text/template"

	"rocketmq-agent/agent/identity"
	"rocketmq-agent/agent/settings"
	"rocketmq-agent/templates"
)

// Fields are what a template may use, besides the functions escape (a properties value) and json (a JSON value).
type Fields struct {
	ClusterName string // RMQ_CLUSTER_NAME, or DefaultCluster
	Namesrv     string // the name servers where nothing stronger names them: host:port;host:port
	Address     string // the address to advertise where nothing stronger names it
	PodIP       string // POD_IP
	UserHome    string // the folder that RocketMQ takes for the user's home
}

// Input is everything that one process is configured from.
type Input struct {
	Settings settings.Settings
	Identity identity.Identity
	Fields   Fields
	File     Layer                // the mounted configuration file, parsed
	Namesrv  settings.NamesrvList // from the command line
}

// Broker merges the layers of a broker.
func Broker(in Input) (Config, error) {
	layers, err := in.layers("broker.conf")
	if err != nil {
		return Config{}, err
	}
	if len(in.Settings.Namesrv) > 0 && in.Settings.NamesrvFrom == "RMQ_NAMESRV" {
		layers = append(layers, Layer{"RMQ_NAMESRV", []Property{{Key: "namesrvAddr", Value: in.Settings.Namesrv.String()}}})
	}
	if len(in.Namesrv) > 0 {
		layers = append(layers, Layer{"the command line", []Property{{Key: "namesrvAddr", Value: in.Namesrv.String()}}})
	}
	return Merge(layers, in.fixed()...)
}

// fixed are the keys that make up the broker's identity, and what a setting said in so many words.
func (in Input) fixed() (all []Fixed) {
	if name := in.Settings.ClusterName; name != "" {
		all = append(all, Fixed{Layer: Layer{"RMQ_CLUSTER_NAME", []Property{{Key: "brokerClusterName", Value: name}}}})
	}
	if in.Settings.Advertise != "" {
		all = append(all, Fixed{Layer: Layer{"RMQ_ADVERTISE", []Property{{Key: "brokerIP1", Value: in.Identity.Address}}}})
	}
	if in.Identity.Topology == settings.Manual {
		return all
	}
	return append(all, Fixed{
		Layer: Layer{"the topology " + string(in.Identity.Topology), []Property{
			{Key: "brokerName", Value: in.Identity.BrokerName},
			{Key: "brokerId", Value: fmt.Sprint(in.Identity.BrokerID)},
			{Key: "brokerRole", Value: in.Identity.BrokerRole},
		}},
		Remedy: ", or set RMQ_TOPOLOGY=manual, which leaves the identity to the file",
	})
}

// Namesrv merges the layers of a name server.
func Namesrv(in Input) (Config, error) { return in.plain("namesrv.conf") }

// Controller merges the layers of a controller.
func Controller(in Input) (Config, error) { return in.plain("controller.conf") }

func (in Input) plain(file string) (Config, error) {
	layers, err := in.layers(file)
	if err != nil {
		return Config{}, err
	}
	return Merge(layers)
}

// layers are the template, the mounted file and the environment.
func (in Input) layers(name string) ([]Layer, error) {
	text, from, err := render(in.Settings.ConfigDir, name+".tmpl", in.Fields)
	if err != nil {
		return nil, err
	}
	props, err := ParseProperties(text)
	if err != nil {
		return nil, fmt.Errorf("cannot read what %s renders: %w", from, err)
	}
	for i := range props {
		props[i].Line = 0 // of the rendered text, which nobody sees
	}
	layers := []Layer{{from, props}, in.File}
	for _, v := range in.Settings.Conf {
		layers = append(layers, Layer{v.Variable, []Property{{Key: v.Key, Value: v.Value}}})
	}
	return layers, nil
}

// render executes a template: the one in dir when there is one, else the embedded one.
func render(dir, name string, fields Fields) (text []byte, from string, err error) {
	source, err := fs.ReadFile(templates.Files, name)
	from = "template " + name
	if path := filepath.Join(dir, name); dir != "" {
		if b, e := os.ReadFile(path); e == nil {
			source, from = b, path
		} else if !errors.Is(e, fs.ErrNotExist) {
			return nil, from, fmt.Errorf("cannot read the template: %w", e)
		}
	}
	if err != nil {
		return nil, from, err
	}
	t, err := template.New(from).Funcs(template.FuncMap{"escape": escapeValue, "json": jsonValue}).Option("missingkey=error").Parse(string(source))
	if err != nil {
		return nil, from, fmt.Errorf("cannot parse the template: %w", err)
	}
	var out bytes.Buffer
	if err := t.Execute(&out, fields); err != nil {
		return nil, from, fmt.Errorf("cannot render the template: %w", err)
	}
	return out.Bytes(), from, nil
}

func escapeValue(s string) string {
	var b strings.Builder
	escape(&b, s, false)
	return b.String()
}

func jsonValue(v any) (string, error) {
	b, err := json.Marshal(v)
	return string(b), err
}

// ReadFile reads a mounted properties file.
func ReadFile(path string) (Layer, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return Layer{}, fmt.Errorf("cannot read the configuration file: %w", err)
	}
	props, err := ParseProperties(b)
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
