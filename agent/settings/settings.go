// Package settings reads what the environment says, and reports everything that is wrong with it at once.
package settings

import (
	"log/slog"
	"strings"

	"rocketmq-agent/agent/logging"
	"rocketmq-agent/agent/rmq"
)

// prefix of the agent's own variables. It is not ROCKETMQ: a Kubernetes Service named rocketmq would inject
// ROCKETMQ_PORT=tcp://… into every pod of its namespace.
const prefix = "RMQ"

// Settings is the environment, read once. The tags of the first group name the variables, to which
// RMQ_ is added; the documentation is made from them.
type Settings struct {
	Role             rmq.Role        `envconfig:"ROLE" desc:"namesrv, broker, proxy, controller or standalone (name server + broker); NODE_ROLE is read too"`
	Topology         rmq.Topology    `envconfig:"TOPOLOGY" desc:"masters, replicas, dledger, controller or manual; default: manual when the configuration file sets an identity, else masters"`
	GroupSize        Size            `envconfig:"GROUP_SIZE" desc:"how many brokers share a broker name: 1 for masters, 2 or more for replicas, 3 or 5 for dledger; how many controllers there are"`
	ReplicaIndex     Ordinal         `envconfig:"REPLICA_INDEX" desc:"replicas in StatefulSets of their own: 0 for that of the masters, 1 for that of the slaves; the group is then the ordinal"`
	Replication      rmq.Replication `envconfig:"REPLICATION" default:"async" desc:"async or sync: whether a message is acknowledged before a slave has it"`
	ClusterName      Cluster         `envconfig:"CLUSTER_NAME" desc:"brokerClusterName"`
	BrokerNamePrefix Name            `envconfig:"BROKER_NAME_PREFIX" desc:"brokerName is PREFIX-GROUP; default: the pod's name without its ordinal, else broker"`
	Ordinal          Ordinal         `envconfig:"ORDINAL" desc:"the number of this pod; default: its label, the end of its name in Kubernetes, else 0"`
	Namesrv          rmq.AddrList    `envconfig:"NAMESRV" desc:"name servers as host:port;host:port; NAMESRV_ADDR is read too"`
	Controller       rmq.AddrList    `envconfig:"CONTROLLER" desc:"controllers as host:port;host:port; default: the hosts of the name servers, port 9878"`
	PodDomain        Domain          `envconfig:"POD_DOMAIN" desc:"domain of the pods' stable names, for the peers of dledger and controller; default: that of /etc/hosts"`
	Advertise        Advertise       `envconfig:"ADVERTISE" desc:"the address that clients are told (brokerIP1): pod-ip, pod-dns, host-ip, or an address"`
	ConfigDir        string          `envconfig:"CONFIG_DIR" desc:"folder with replacements for the templates and with configuration files, a mounted ConfigMap"`
	ConfigStrict     bool            `envconfig:"CONFIG_STRICT" desc:"true: what is only a warning about the configuration refuses the start too"`
	StorePerPod      bool            `envconfig:"STORE_PER_POD" desc:"true: the store is a folder of the pod's name on a volume that all pods share"`
	AdoptStore       string          `envconfig:"ADOPT_STORE" desc:"the identity whose store this broker takes over, as the refusal names it; a deliberate move"`
	GracePeriod      Grace           `envconfig:"GRACE_PERIOD" default:"30s" desc:"the time from SIGTERM to SIGKILL: terminationGracePeriodSeconds, or docker stop's timeout"`
	HTTPAddr         HTTPAddr        `envconfig:"HTTP_ADDR" default:":8088" desc:"where probes and metrics are served"`
	LogFormat        logging.Format  `envconfig:"LOG_FORMAT" default:"json" desc:"json or text"`
	LogLevel         slog.Level      `envconfig:"LOG_LEVEL" default:"info" desc:"debug, info, warn or error"`
	LogFiles         bool            `envconfig:"LOG_FILES" desc:"true: RocketMQ logs into files under $HOME/logs/rocketmqlogs, not to stdout"`

	Conf         []ConfValue // RMQ_CONF_<key> and RMQ_CONF_<key>_FILE, sorted by key
	Unknown      []string    // variables with the prefix that nothing reads: probably misspelt
	ServiceLinks []string    // variables that Kubernetes injected for a Service named rmq…
	HTTPAddrSet  bool        // RMQ_HTTP_ADDR was given
	NamesrvFrom  string      // the variable that Namesrv came from

	Pod     Pod
	Java    Java
	Environ Environ // all of it, for the JVMs
}

// NamesrvChosen is the list of RMQ_NAMESRV; NAMESRV_ADDR is weaker than a file, as upstream.
func (s Settings) NamesrvChosen() rmq.AddrList {
	if s.NamesrvFrom != prefix+"_NAMESRV" {
		return nil
	}
	return s.Namesrv
}

// Environ is an environment: NAME=VALUE each.
type Environ []string

// Get is the value of a variable; empty where it is not set.
func (e Environ) Get(name string) string {
	value, _ := e.find(name)
	return value
}

// Has says whether a variable is set, to nothing perhaps.
func (e Environ) Has(name string) bool {
	_, has := e.find(name)
	return has
}

func (e Environ) find(name string) (value string, has bool) {
	for _, entry := range e {
		if v, ok := strings.CutPrefix(entry, name+"="); ok {
			return v, true
		}
	}
	return "", false
}

// Pod is what the downward API and the container runtime say about the pod.
type Pod struct {
	Name         string // POD_NAME
	Index        string // the label apps.kubernetes.io/pod-index, where the labels are mounted
	IP           string // POD_IP
	HostIP       string // HOST_IP
	FullHostname string // the host name of this container
	Hostname     string // the same without a domain
	FQDN         string // its full name from /etc/hosts; empty without a headless Service
	InKubernetes bool
	InContainer  bool // of whatever engine
}

// Java is what the stock start scripts honour besides JVM options.
type Java struct {
	RocketMQHome string // ROCKETMQ_HOME
	JavaHome     string // JAVA_HOME
	ClassPath    string // CLASSPATH
	Path         string // PATH
	Home         string // HOME
	TmpDir       string // TMPDIR; empty when it is unset
}

// TempDir is the folder for files that need not survive.
func (j Java) TempDir() string {
	if j.TmpDir == "" {
		return "/tmp"
	}
	return j.TmpDir
}

// ConfValue is one RocketMQ key that the environment sets.
type ConfValue struct {
	Key, Value string
	Variable   string // the variable it came from, for messages
	Secret     bool   // from a file, so never shown
}
