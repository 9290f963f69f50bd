package settings

import (
	"fmt"
	"reflect"
)

// meanings say what the settings are for, by the names of their fields: a struct tag cannot be broken into lines.
var meanings = map[string]string{
	"Role": "namesrv, broker, proxy, controller or standalone (name server + broker); NODE_ROLE is read too",
	"Topology": "masters, replicas, dledger, controller or manual; " +
		"default: manual when the configuration file sets an identity, else masters",
	"GroupSize": "how many brokers share a broker name: 1 for masters, 2 or more for replicas, " +
		"3 or 5 for dledger; how many controllers there are",
	"ReplicaIndex": "replicas in StatefulSets of their own: 0 for that of the masters, 1 for that of the slaves; " +
		"the group is then the ordinal",
	"Replication":      "async or sync: whether a message is acknowledged before a slave has it",
	"ClusterName":      "brokerClusterName",
	"BrokerNamePrefix": "brokerName is PREFIX-GROUP; default: the pod's name without its ordinal, else broker",
	"Ordinal":          "the number of this pod; default: its label, the end of its name in Kubernetes, else 0",
	"Namesrv":          "name servers as host:port;host:port; NAMESRV_ADDR is read too",
	"Controller":       "controllers as host:port;host:port; default: the hosts of the name servers, port 9878",
	"PodDomain": "domain of the pods' stable names, for the peers of dledger and controller; " +
		"default: that of /etc/hosts",
	"Advertise":    "the address that clients are told (brokerIP1): pod-ip, pod-dns, host-ip, or an address",
	"ConfigDir":    "folder with replacements for the templates and with configuration files, a mounted ConfigMap",
	"ConfigStrict": "true: what is only a warning about the configuration refuses the start too",
	"StorePerPod":  "true: the store is a folder of the pod's name on a volume that all pods share",
	"AdoptStore":   "the identity whose store this broker takes over, as the refusal names it; a deliberate move",
	"AccessKeyFile": "file with accessKey and secretKey, as RocketMQ's tools.yml: the account that the agent's own " +
		"requests are signed with; default: the one in RocketMQ's configuration",
	"GracePeriod":  "the time from SIGTERM to SIGKILL: terminationGracePeriodSeconds, or docker stop's timeout",
	"HTTPAddr":     "where probes and metrics are served",
	"LogFormat":    "json or text",
	"LogLevel":     "debug, info, warn or error",
	"LogFiles":     "true: RocketMQ logs into files under $HOME/logs/rocketmqlogs, not to stdout",
	"ToolsJavaOpt": "JVM options of mqadmin and tools.sh, which take no heap, agent, port or log of a server's JVM",
}

// Describe lists every variable with its default and meaning, for help and README.
func Describe() []string {
	var lines []string
	each(reflect.ValueOf(Settings{}), func(variable string, field reflect.StructField, _ reflect.Value) {
		line := fmt.Sprintf("%-22s %s", variable, meanings[field.Name])
		if d := field.Tag.Get("default"); d != "" {
			line += " (default " + d + ")"
		}
		lines = append(lines, line)
	})
	return append(lines, fmt.Sprintf("%-22s %s", prefix+"_CONF_<key>",
		"any RocketMQ configuration key by its exact name; _FILE after it: read the value from that file"))
}
