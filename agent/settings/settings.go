// Package settings reads what the environment says, and reports everything that is wrong with it at once.
package settings

import (
	"log/slog"
	"slices"
	"strings"

	"rocketmq-agent/agent/logging"
	"rocketmq-agent/agent/rmq"
)

// prefix of the agent's own variables. It is not ROCKETMQ: a Kubernetes Service named rocketmq would inject
// ROCKETMQ_PORT=tcp://… into every pod of its namespace.
const prefix = "RMQ"

// Settings is what the environment said when it was read. The tags of the first group name the variables, to which RMQ_
// is added, and their defaults; what they mean is in meanings.
type Settings struct {
	Role             rmq.Role        `envconfig:"ROLE"`
	Topology         rmq.Topology    `envconfig:"TOPOLOGY"`
	GroupSize        Size            `envconfig:"GROUP_SIZE"`
	ReplicaIndex     Ordinal         `envconfig:"REPLICA_INDEX"`
	Replication      rmq.Replication `envconfig:"REPLICATION" default:"async"`
	ClusterName      Cluster         `envconfig:"CLUSTER_NAME"`
	BrokerNamePrefix Name            `envconfig:"BROKER_NAME_PREFIX"`
	Ordinal          Ordinal         `envconfig:"ORDINAL"`
	Namesrv          rmq.AddrList    `envconfig:"NAMESRV"`
	Controller       rmq.AddrList    `envconfig:"CONTROLLER"`
	PodDomain        Domain          `envconfig:"POD_DOMAIN"`
	Advertise        Advertise       `envconfig:"ADVERTISE"`
	ConfigDir        string          `envconfig:"CONFIG_DIR"`
	ConfigStrict     bool            `envconfig:"CONFIG_STRICT"`
	StorePerPod      bool            `envconfig:"STORE_PER_POD"`
	AdoptStore       string          `envconfig:"ADOPT_STORE"`
	AccessKeyFile    string          `envconfig:"ACCESS_KEY_FILE"`
	GracePeriod      Grace           `envconfig:"GRACE_PERIOD" default:"30s"`
	HTTPAddr         HTTPAddr        `envconfig:"HTTP_ADDR" default:":8088"`
	LogFormat        logging.Format  `envconfig:"LOG_FORMAT" default:"json"`
	LogLevel         slog.Level      `envconfig:"LOG_LEVEL" default:"info"`
	LogFiles         bool            `envconfig:"LOG_FILES"`
	ToolsJavaOpt     string          `envconfig:"TOOLS_JAVA_OPT"` // read by the tools' own script

	Conf         []ConfValue // RMQ_CONF_<key> and RMQ_CONF_<key>_FILE, sorted by key
	Unknown      []string    // variables with the prefix that nothing reads: probably misspelt
	ServiceLinks []string    // variables that Kubernetes injected for a Service named rmq…
	HTTPAddrSet  bool        // RMQ_HTTP_ADDR was given
	NamesrvFrom  string      // the variable that Namesrv came from
	FromOperator bool        // rocketmq-operator's variables say who the broker is

	Pod     Pod
	Java    Java
	Environ Environ // all of it, for the JVMs
}

// Sets says whether a variable sets a key.
func (s Settings) Sets(variable string) bool {
	return slices.ContainsFunc(s.Conf, func(v ConfValue) bool { return v.Variable == variable })
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
