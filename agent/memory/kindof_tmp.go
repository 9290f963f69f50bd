package memory

import "rocketmq-agent/agent/rmq"

func KindOf(role rmq.Role, withProxy, withController bool) (Kind, bool) {
	switch {
	case role == rmq.Broker && withProxy:
		return BrokerWithProxy, true
	case role == rmq.Namesrv && withController:
		return NamesrvWithController, true
	}
	return Kind(role), true
}
