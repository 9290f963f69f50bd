package roles

import (
	"context"
	"net"
	"slices"
	"strconv"
	"sync/atomic"
	"time"

	"rocketmq-agent/agent/checks"
	"rocketmq-agent/agent/plan"
	"rocketmq-agent/agent/reach"
	"rocketmq-agent/agent/rocketmq"
)

func newNamesrv(p plan.Process, client *rocketmq.Client) Role {
	r := &plain{client: client, stopTime: 6 * time.Second}
	if p.Peers == "" {
		r.checks = checks.Namesrv(client, nil)
		return r
	}
	r.checks = checks.Namesrv(client, newPeers(p))
	return r
}

// peers are the name servers behind the name that all pods of a StatefulSet have together, but for this one.
type peers struct {
	domain string
	port   string
	now    atomic.Pointer[[]string]
	all    *rocketmq.Namesrvs
}

func newPeers(p plan.Process) *peers {
	n := &peers{domain: p.Peers, port: strconv.FormatInt(p.Ports[0].Number, 10)}
	n.now.Store(&[]string{})
	n.all = rocketmq.NewNamesrvs(func() []string { return *n.now.Load() }, p.ToNamesrvs())
	return n
}

// Clusters implements checks.Peers.
func (n *peers) Clusters(ctx context.Context) []rocketmq.View {
	own := reach.Own()
	var others []string
	for _, ip := range reach.Addresses(ctx, n.domain) {
		if !slices.Contains(own, ip) {
			others = append(others, net.JoinHostPort(ip, n.port))
		}
	}
	n.now.Store(&others)
	return n.all.Clusters(ctx)
}
