package config

import (
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"strings"
)

// Default ports of the proxy (ProxyConfig.java).
const (
	ProxyRemotingPort = 8080
	ProxyGRPCPort     = 8081
)

// ProxyConfig is rmq-proxy.json: the text that the proxy reads, and what the agent itself needs to know of it.
type ProxyConfig struct {
	Text         []byte
	From         string // the file or the template that Text was made of
	RemotingPort int
	GRPCPort     int
}

// Proxy merges the layers of a proxy: the template or, in its place, the file at path, then the environment. As long as
// nothing must be merged the file is passed on untouched, comments and all.
func Proxy(in Input, path string) (ProxyConfig, error) {
	text, from, err := render(in.Settings.ConfigDir, "rmq-proxy.json.tmpl", in.Fields)
	if path != "" {
		from = path
		text, err = os.ReadFile(path)
	}
	if err != nil {
		return ProxyConfig{}, fmt.Errorf("cannot read the proxy's configuration: %w", err)
	}
	c := ProxyConfig{Text: text, From: from, RemotingPort: ProxyRemotingPort, GRPCPort: ProxyGRPCPort}
	members, problem := ReadObject(text)
	if problem != nil {
		if len(in.Settings.Conf) > 0 {
			return ProxyConfig{}, fmt.Errorf("%s is not a JSON object, so %s cannot be merged into it: %w", from, in.Settings.Conf[0].Variable, problem)
		}
		return c, nil // the check of the file says it
	}
	object := map[string]any{}
	for _, m := range members {
		object[m.Key] = m.Value
	}
	if name := in.Settings.ClusterName; name != "" { // stronger than the file, which in an image is nobody's own
		object["rocketMQClusterName"], object["proxyClusterName"] = name, name
	}
	for _, v := range in.Settings.Conf {
		object[v.Key] = scalar(v.Value)
	}
	if len(in.Settings.Conf) > 0 || in.Settings.ClusterName != "" {
		if c.Text, err = json.MarshalIndent(object, "", "  "); err != nil {
			return ProxyConfig{}, err
		}
	}
	c.RemotingPort = port(object["remotingListenPort"], c.RemotingPort)
	c.GRPCPort = port(object["grpcServerPort"], c.GRPCPort)
	return c, nil
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

func port(v any, fallback int) int {
	if n, err := strconv.Atoi(fmt.Sprint(v)); err == nil {
		return n
	}
	return fallback
}
