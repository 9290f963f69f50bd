package settings

import "rocketmq-agent/agent/rmq"

// OperatorConfig is where rocketmq-operator mounts the configuration that all its brokers share.
const OperatorConfig = "/root/rocketmq/broker/conf/broker-common.conf"

// operatorKeys are the variables with which rocketmq-operator tells a broker who it is, and the keys that the
// operator's own image makes of them (brokerGenConfig.sh).
var operatorKeys = []struct{ variable, key string }{
	{"BROKER_CLUSTER_NAME", "brokerClusterName"},
	{"BROKER_NAME", "brokerName"},
	{"BROKER_ID", "brokerId"},
	{"controllerAddr", "controllerAddr"},
	{"enableControllerMode", "enableControllerMode"},
}

// takeOperatorsWord makes the container the broker that rocketmq-operator means: without a command or a setting of the
// agent's own it says no more than these variables. One of them alone is somebody else's.
func (s *Settings) takeOperatorsWord() {
	id := s.Environ.Get("BROKER_ID")
	if s.Environ.Get("BROKER_NAME") == "" || id == "" || s.Topology != "" || s.Role != "" && s.Role != rmq.Broker {
		return
	}
	s.Role, s.Topology, s.FromOperator = rmq.Broker, rmq.Manual, true
	said := map[string]bool{}
	for _, v := range s.Conf {
		said[v.Key] = true
	}
	add := func(key, value, variable string) {
		if value != "" && !said[key] {
			s.Conf = append(s.Conf, ConfValue{Key: key, Value: value, Variable: variable})
		}
	}
	for _, o := range operatorKeys {
		add(o.key, s.Environ.Get(o.variable), o.variable)
	}
	if id != "0" && s.Environ.Get("enableControllerMode") != "true" {
		add("brokerRole", "SLAVE", "BROKER_ID="+id)
	}
}
