package checks

import (
	"context"
	"errors"
	"net"

	"rocketmq-agent/agent/probes"
	"rocketmq-agent/agent/rocketmq"
)

// probeTopic is a topic that nobody has. A proxy remembers for a while that it does not exist, so the name servers are
// seldom asked; and unlike a request code that it does not know, the question leaves no line in its log.
const probeTopic = "rocketmq-agent-probe"

// ProxyClient asks a proxy on its remoting port.
type ProxyClient interface {
	Route(ctx context.Context, topic string) (rocketmq.Route, error)
}

// Proxy returns the checks of a proxy: its remoting port answers the protocol, its gRPC port (host:port) accepts
// connections. Proxies have no grpc.health.v1 to ask.
func Proxy(remoting ProxyClient, grpc string) []probes.Check {
	return []probes.Check{
		check("proxy", func(ctx context.Context) probes.Result {
			_, err := remoting.Route(ctx, probeTopic)
			var answer *rocketmq.ResponseError
			if err != nil && !errors.As(err, &answer) {
				return probes.Fail("%v", err)
			}
			return probes.Pass("")
		}),
		check("proxy-grpc", func(ctx context.Context) probes.Result {
			conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", grpc)
			if err != nil {
				return probes.Fail("cannot connect to the gRPC port: %v", err)
			}
			_ = conn.Close() // nothing was sent
			return probes.Pass("")
		}),
	}
}
