package config

import (
	"errors"
	"fmt"

	"rocketmq-agent/agent/identity"
	"rocketmq-agent/agent/javaprops"
	"rocketmq-agent/agent/rmq"
)

// Broker merges the layers of a broker.
func Broker(in Input) (Config, error) {
	topology := identity.Of(in.Identity.Topology)
	layers, err := in.base("broker.conf", in.replicationDefaults(topology))
	if err != nil {
		return Config{}, err
	}
	layers = append(layers,
		layer(Setting, "RMQ_NAMESRV", "namesrvAddr", in.Settings.NamesrvChosen().String()),
		layer(CommandLine, "the command line", "namesrvAddr", in.Namesrv.String()),
	)
	m := merge(layers)
	now := Effective{Config: m.config(), Keys: in.Keys}
	if !now.IsSet("haListenPort") || javaprops.Number(m.values["haListenPort"].Value) <= 0 {
		m.derive("haListenPort", fmt.Sprint(now.Number("listenPort")+1), "listenPort + 1")
	}
	in.hastenLookUp(m, now)
	for _, f := range topology.Follows(in.Settings, now) {
		if !now.IsSet(f.Key) {
			m.derive(f.Key, f.Value, f.Source)
		}
	}
	err = m.fix(in.fixed(topology))
	err = errors.Join(err, in.perPod(m, "storePathRootDir"))
	return m.config(), err
}

// hastenLookUp makes a broker look at its list of name servers often: a name in it may come to stand for others.
func (in Input) hastenLookUp(m *merger, now Effective) {
	const key = "updateNameServerAddrPeriod"
	if _, has := in.Keys.Find(key); !has || now.IsSet(key) {
		return
	}
	for _, addr := range rmq.SplitAddrs(now.Text("namesrvAddr")) {
		host, _, _ := rmq.SplitAddr(addr)
		if _, err := rmq.ParseIP(host); err != nil {
			m.derive(key, "10000", "the name "+host+" may come to stand for other name servers")
			return
		}
	}
}

// replicationDefaults are what makes RMQ_REPLICATION=sync true.
func (in Input) replicationDefaults(topology identity.Topology) Layer {
	if in.Settings.Replication != rmq.Sync || in.Identity.Size < 2 {
		return Layer{}
	}
	return layer(Derived, "RMQ_REPLICATION=sync", flat(topology.Defaults(in.Identity))...)
}

// fixed are the keys that make up the broker's identity, and what a setting said in so many words.
func (in Input) fixed(topology identity.Topology) []Fixed {
	all := []Fixed{{Layer: layer(Setting, "RMQ_CLUSTER_NAME", "brokerClusterName", string(in.Settings.ClusterName))}}
	if in.Settings.Advertise != "" {
		all = append(all, Fixed{Layer: layer(Setting, "RMQ_ADVERTISE", "brokerIP1", in.Identity.Address)})
	}
	for _, k := range topology.Keys(in.Identity, in.Settings) {
		all = append(all, Fixed{Layer: layer(Derived, k.Source, flat(k.Pairs)...), Remedy: k.Remedy, Off: k.Off})
	}
	return all
}

func flat(pairs []identity.Pair) (words []string) {
	for _, p := range pairs {
		words = append(words, p.Key, p.Value)
	}
	return words
}
