package settings

import (
	"strings"
	"testing"

	"rocketmq-agent/agent/rmq"
)

// Report K6: the variables of rocketmq-operator make a broker, with the identity that its own image would give it.
func TestOperator(t *testing.T) {
	broker := map[string]string{
		"NAMESRV_ADDR": "ns:9876", "BROKER_ID": "1", "BROKER_NAME": "broker-0", "BROKER_CLUSTER_NAME": "broker",
		"POD_IP": "10.1.2.3",
	}
	for _, tt := range []struct {
		name     string
		change   map[string]string
		topology rmq.Topology
		role     rmq.Role
		want     string
	}{
		{"a slave", nil, rmq.Manual, rmq.Broker,
			"brokerClusterName=broker brokerName=broker-0 brokerId=1 brokerRole=SLAVE"},
		{"a master", map[string]string{"BROKER_ID": "0"}, rmq.Manual, rmq.Broker,
			"brokerClusterName=broker brokerName=broker-0 brokerId=0"},
		{"with controllers", map[string]string{"enableControllerMode": "true", "controllerAddr": "c:9878"},
			rmq.Manual, rmq.Broker, "brokerClusterName=broker brokerName=broker-0 brokerId=1 controllerAddr=c:9878 " +
				"enableControllerMode=true"},
		{"a setting of the agent's own", map[string]string{"RMQ_CONF_brokerName": "mine"}, rmq.Manual, rmq.Broker,
			"brokerName=mine brokerClusterName=broker brokerId=1 brokerRole=SLAVE"},
		{"another role", map[string]string{"RMQ_ROLE": "namesrv"}, "", rmq.Namesrv, ""},
		{"a topology", map[string]string{"RMQ_TOPOLOGY": "masters"}, rmq.Masters, "", ""},
		{"no id", map[string]string{"BROKER_ID": ""}, "", "", ""},
		{"no name", map[string]string{"BROKER_NAME": ""}, "", "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			env := map[string]string{}
			for _, from := range []map[string]string{broker, tt.change} {
				for name, value := range from {
					env[name] = value
				}
			}
			setEnv(t, env)
			s, err := FromEnv()
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, v := range s.Conf {
				got = append(got, v.Key+"="+v.Value)
			}
			if text := strings.Join(got, " "); text != tt.want {
				t.Errorf("%s, want %s", text, tt.want)
			}
			if s.Topology != tt.topology || s.Role != tt.role || s.FromOperator != (tt.topology == rmq.Manual) {
				t.Errorf("topology %q, role %q, from the operator: %t", s.Topology, s.Role, s.FromOperator)
			}
		})
	}
}
