package roles

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"slices"
	"time"

	"rocketmq-agent/agent/checks"
	"rocketmq-agent/agent/exit"
	"rocketmq-agent/agent/plan"
	"rocketmq-agent/agent/rocketmq"
)

type proxy struct {
	plain
	backend  plan.Backend
	namesrvs *rocketmq.Namesrvs
}

func newProxy(p plan.Process, client *rocketmq.Client) Role {
	_, grpc, _ := p.ProxyAddrs()
	return &proxy{
		plain:    plain{client: client, checks: checks.Proxy(client, grpc), stopTime: 14 * time.Second},
		backend:  p.Backend,
		namesrvs: rocketmq.NewNamesrvs(func() []string { return p.Backend.Namesrvs }, p.ToNamesrvs()),
	}
}

// Needs is a broker of the cluster: without one the proxy cannot make its topic, and leaves with 1. A name server that
// answers otherwise than expected, with TLS perhaps, is left to RocketMQ.
func (p *proxy) Needs(ctx context.Context) error {
	if len(p.backend.Namesrvs) == 0 {
		return nil
	}
	defer p.namesrvs.Close()
	var missing, silent error
	for _, view := range p.namesrvs.Clusters(ctx) {
		switch {
		case len(view.Info.Clusters[p.backend.Cluster]) > 0, view.Err != nil && !unreachable(view.Err):
			return nil
		case view.Err != nil:
			silent = fmt.Errorf("no name server can be reached: %w", view.Err)
		default:
			missing = fmt.Errorf("no broker of the cluster %s is registered at %s; there are the clusters %q",
				p.backend.Cluster, view.Addr, slices.Sorted(maps.Keys(view.Info.Clusters)))
		}
	}
	return cmp.Or(missing, silent)
}

// unreachable says that nobody was there to answer.
func unreachable(err error) bool {
	dial, ok := errors.AsType[*net.OpError](err)
	return ok && dial.Op == "dial" || errors.Is(err, context.DeadlineExceeded)
}

func (*proxy) Meaning(code int) string { return proxyMeaning(code) }

// proxyMeaning is that of a JVM whose main class is the proxy's (ProxyStartup).
func proxyMeaning(code int) string {
	if code == exit.Failure {
		return "the proxy could not start; its last lines say why"
	}
	return exit.Meaning(code)
}
