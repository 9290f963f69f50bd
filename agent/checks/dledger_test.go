package checks

import (
	"context"
	"errors"
	"net"
	"strings"
	"testing"

	"rocketmq-agent/agent/rmq"
)

type leads struct {
	leader string
	err    error
}

func (l leads) DLedgerLeader(context.Context, string, string) (string, error) { return l.leader, l.err }

// Report K13: a member without a leader is not ready, and says whom it misses.
func TestDLedger(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	here, gone := l.Addr().String(), "127.0.0.1:1"
	for _, tt := range []struct {
		name   string
		client leads
		peer   string
		ok     bool
		detail string
	}{
		{"leads", leads{leader: "n0"}, here, true, "leads the group g"},
		{"follows", leads{leader: "n1"}, here, true, "follows n1"},
		{"nobody leads", leads{}, here, false, "the group g has no leader: an election is under way"},
		{"nobody is there", leads{}, gone, false,
			"the group g has no leader: it takes 2 of 3 members, and these cannot be reached: n1 at 127.0.0.1:1"},
		{"it does not answer", leads{err: errors.New("refused")}, here, false, "refused"},
	} {
		g := rmq.DLedgerGroup{Name: "g", Self: "n0", Peers: map[string]string{"n0": here, "n1": tt.peer, "n2": here}}
		got := DLedger(tt.client, g).Run(t.Context())
		if got.OK != tt.ok || !strings.HasPrefix(got.Detail, tt.detail) {
			t.Errorf("%s: %+v", tt.name, got)
		}
	}
}
