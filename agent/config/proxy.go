package config

import (
	"encoding/json"
	"fmt"
	"strings"

	"rocketmq-agent/agent/fastjson"
)

// ReadJSON reads a mounted JSON file. One that is no object has a text and no members:
// the check of the file says what is wrong with it.
func ReadJSON(path string) (Layer, error) {
	text, err := ReadText(path)
	if err != nil {
		return Layer{}, fmt.Errorf("cannot read the proxy's configuration: %w", err)
	}
	return Layer{Name: path}.WithJSON(text), nil
}

// WithJSON is the layer with a JSON text.
func (l Layer) WithJSON(text []byte) Layer {
	l.Text = text
	if members, err := fastjson.ReadObject(text); err == nil {
		l.Members = members
	}
	return l
}

// Proxy merges the layers of a proxy: the template or, in its place, the mounted file, then the environment.
func Proxy(in Input) (Config, error) {
	bottom := in.File
	if bottom.Name == "" {
		text, template, err := in.Templates.render("rmq-proxy.json.tmpl", in.Fields)
		if err != nil {
			return Config{}, fmt.Errorf("cannot read the proxy's configuration: %w", err)
		}
		bottom = template.WithJSON(text)
	}
	if _, problem := fastjson.ReadObject(bottom.Text); problem != nil {
		if len(in.Settings.Conf) > 0 {
			return Config{}, fmt.Errorf("%s is not a JSON object, so %s cannot be merged into it: %w",
				bottom.Name, in.Settings.Conf[0].Variable, problem)
		}
		return Of(bottom), nil // the check of the file says it
	}
	layers := []Layer{bottom}
	// Stronger than the file, which in an image is nobody's own.
	if name := string(in.Settings.ClusterName); name != "" {
		layers = append(layers, Layer{Kind: Setting, Name: "RMQ_CLUSTER_NAME", Members: []fastjson.Member{
			{Key: "rocketMQClusterName", Value: name},
			{Key: "proxyClusterName", Value: name},
		}})
	}
	for _, v := range in.Settings.Conf {
		layers = append(layers, Layer{
			Kind:    Variable,
			Name:    v.Variable,
			Members: []fastjson.Member{{Key: v.Key, Value: scalar(v.Value)}},
			Secret:  v.Secret,
		})
	}
	return Of(layers...), nil
}

// scalar writes numbers and booleans as such: the proxy refuses a quoted boolean that is misspelt, not a bare one.
func scalar(s string) any {
	switch v := strings.TrimSpace(s); {
	case v == "true", v == "false":
		return v == "true"
	case json.Valid([]byte(v)) && strings.ContainsAny(v[:1], "-0123456789"):
		return json.Number(v)
	}
	return s
}
