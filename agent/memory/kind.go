package memory

import "rocketmq-agent/agent/rmq"

// Kind is what a JVM runs.
type Kind string

// The kinds. BrokerWithProxy is RocketMQ's local mode, NamesrvWithController its embedded one: both in one JVM.
const (
	Namesrv         Kind = "namesrv"
	Broker          Kind = "broker"
	Proxy           Kind = "proxy"
	Controller      Kind = "controller"
	BrokerWithProxy Kind = "broker with proxy"

	NamesrvWithController Kind = "name server with controller"
)

// KindOf is the kind of a process of the role; false for a role that no process has. Only a broker can have a proxy in
// its JVM, and only a name server a controller: for other roles the two say nothing.
func KindOf(role rmq.Role, withProxy, withController bool) (Kind, bool) {
	switch role {
	case rmq.Namesrv:
		if withController {
			return NamesrvWithController, true
		}
		return Namesrv, true
	case rmq.Broker:
		if withProxy {
			return BrokerWithProxy, true
		}
		return Broker, true
	case rmq.Proxy:
		return Proxy, true
	case rmq.Controller:
		return Controller, true
	}
	return "", false
}

// hasBroker says whether a broker runs in the JVM.
func (k Kind) hasBroker() bool { return k == Broker || k == BrokerWithProxy }
