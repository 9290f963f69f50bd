package checks

import (
	"context"
	"fmt"
	"net"
	"slices"
	"strings"
	"sync"
	"time"

	"rocketmq-agent/agent/probes"
	"rocketmq-agent/agent/rmq"
)

// DLedgerClient asks a member of a DLedger group who leads it.
type DLedgerClient interface {
	DLedgerLeader(ctx context.Context, group, member string) (leader string, err error)
}

// DLedger returns the check of a group's member: without a leader nobody of the group takes a message, though the
// member may still be registered.
func DLedger(c DLedgerClient, g rmq.DLedgerGroup) probes.Check {
	return check("leader", func(ctx context.Context) probes.Result {
		leader, err := c.DLedgerLeader(ctx, g.Name, g.Self)
		switch {
		case err != nil:
			return probes.Fail("%v", err)
		case leader == "":
			return probes.Fail("the group %s has no leader: %s", g.Name, missing(ctx, g))
		case leader == g.Self:
			return probes.Pass("leads the group %s", g.Name)
		}
		return probes.Pass("follows %s", leader)
	})
}

// lookTime is what the search for missing members may take of a check's time.
const lookTime = 500 * time.Millisecond

// missing says which members cannot be reached, and how many it takes.
func missing(ctx context.Context, g rmq.DLedgerGroup) string {
	ctx, cancel := context.WithTimeout(ctx, lookTime)
	defer cancel()
	var mu sync.Mutex
	var gone []string
	var all sync.WaitGroup
	for member, addr := range g.Peers {
		all.Go(func() {
			conn, err := new(net.Dialer).DialContext(ctx, "tcp", addr)
			if err == nil {
				_ = conn.Close() // nothing was sent
				return
			}
			mu.Lock()
			defer mu.Unlock()
			gone = append(gone, member+" at "+addr)
		})
	}
	all.Wait()
	if len(gone) == 0 {
		return "an election is under way"
	}
	slices.Sort(gone)
	return fmt.Sprintf("it takes %d of %d members, and these cannot be reached: %s", len(g.Peers)/2+1, len(g.Peers),
		strings.Join(gone, ", "))
}
