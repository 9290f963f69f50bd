package checks

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"rocketmq-agent/agent/probes"
	"rocketmq-agent/agent/rocketmq"
)

const (
	// completeBy is when a name server serves with what it knows: a broker that its peers list may be gone, which they
	// find out within 2 min.
	completeBy = time.Minute

	// aloneBy is the same for one without peers: brokers that are there register within seconds.
	aloneBy = 10 * time.Second
)

// NamesrvClient asks a name server.
type NamesrvClient interface {
	Pinger
	ClusterInfo(ctx context.Context) (rocketmq.ClusterInfo, error)
}

// Peers are the other name servers of the cluster.
type Peers interface {
	Clusters(ctx context.Context) []rocketmq.View
}

// Namesrv returns the checks of a name server: it answers, and it knows the brokers that its peers know. It keeps
// routes in memory alone, so that clients of a new one find none until the brokers have come. peers is nil for one
// that nobody could have another beside.
func Namesrv(port NamesrvClient, peers Peers) []probes.Check {
	all := []probes.Check{ping("namesrv", port)}
	if peers != nil {
		r := &routes{port: port, peers: peers, began: time.Now()}
		all = append(all, check("routes", r.run))
	}
	return all
}

// routes checks whether a name server has become complete. Then it stays so: of what comes later one is always told
// before the other.
type routes struct {
	port     NamesrvClient
	peers    Peers
	began    time.Time
	complete atomic.Bool
}

func (r *routes) run(ctx context.Context) probes.Result {
	if r.complete.Load() {
		return probes.Pass("")
	}
	own, err := r.port.ClusterInfo(ctx)
	if err != nil {
		return probes.Fail("%v", err)
	}
	alone := true
	var missing []string
	for _, view := range r.peers.Clusters(ctx) {
		if view.Err != nil {
			continue
		}
		alone = false
		for name, broker := range view.Info.Brokers {
			for id := range broker.Addrs {
				if _, known := own.Brokers[name].Addrs[id]; !known {
					missing = append(missing, fmt.Sprintf("%s with id %d, which %s lists", name, id, view.Addr))
				}
			}
		}
	}
	since := time.Since(r.began)
	switch {
	case alone && len(own.Brokers) == 0 && since < aloneBy:
		return probes.Fail("no broker has registered yet, and no other name server knows better")
	case len(missing) > 0 && since < completeBy:
		slices.Sort(missing)
		return probes.Fail("it does not know the broker %s", strings.Join(slices.Compact(missing), "; "))
	}
	r.complete.Store(true)
	if len(missing) > 0 {
		return probes.Pass("brokers that others list have not come within %v", completeBy)
	}
	return probes.Pass("")
}
