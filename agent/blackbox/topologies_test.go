package blackbox

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"rocketmq-agent/agent/rocketmq"
	"rocketmq-agent/agent/testing/rmqtest"
)

// Each of these tests makes a cluster from nothing but ordinals, a group's size and a topology. Where an earlier one
// has shown that such pods stop in order, they are killed in the end: RocketMQ takes its time to stop.

const (
	// patience is for a start, on a machine that does other things too.
	patience = 2 * time.Minute

	// soon is for everybody to learn of a new master or leader: brokers ask and tell name servers every 30 s.
	soon = time.Minute
)

func TestTopologyMasters(t *testing.T) {
	n := newPods(t)
	ns := n.namesrvs("ns", 1)
	mq := n.brokers("mq", 2, "RMQ_TOPOLOGY=masters", namesrvOf(ns))
	forms(ns, mq)
	want := map[string]group{"mq-0": {0: mq[0]}, "mq-1": {0: mq[1]}}
	ns[0].awaitCluster(want)
	n.serves(ns)

	third := n.scaleUp("mq", mq) // leaves the others what they are
	third.start()
	ready(third)
	want["mq-2"] = group{0: third}
	ns[0].awaitCluster(want)
	n.serves(ns)
	stop(append(mq, third)...)
	stop(ns...)
}

func TestTopologyReplicas(t *testing.T) {
	n := newPods(t)
	ns := n.namesrvs("ns", 1)
	mq := n.brokers("mq", 4, "RMQ_TOPOLOGY=replicas", "RMQ_GROUP_SIZE=2", namesrvOf(ns))
	forms(ns, mq)
	ns[0].awaitCluster(map[string]group{"mq-0": {0: mq[0], 1: mq[1]}, "mq-1": {0: mq[2], 1: mq[3]}})
	n.serves(ns)
	mq[1].catchesUp(mq[0])
	mq[3].catchesUp(mq[2])
	stop(mq...)
	stop(ns...)
}

func TestTopologySyncReplicas(t *testing.T) {
	n := newPods(t)
	ns := n.namesrvs("ns", 1)
	mq := n.brokers("mq", 4, "RMQ_TOPOLOGY=replicas", "RMQ_GROUP_SIZE=2", "RMQ_REPLICATION=sync", namesrvOf(ns))
	forms(ns, mq)
	want := map[string]group{"mq-0": {0: mq[0], 1: mq[1]}, "mq-1": {0: mq[2], 1: mq[3]}}
	ns[0].awaitCluster(want)
	n.serves(ns)
	mq[0].refusesWithoutAnswerOf(mq[1], ns)

	mq[1].killJVM()
	stored := mq[0].puts()
	n.serves(ns)
	if mq[0].puts() == stored {
		t.Error("a master without its slave stores nothing")
	}
	mq[1].start()
	ready(mq[1])
	ns[0].awaitCluster(want)
	mq[1].catchesUp(mq[0])
	mq[3].catchesUp(mq[2])
	mq[0].awaitInSync(1)
	mq[2].awaitInSync(1)
}

// One StatefulSet of masters and one of slaves can be placed apart.
func TestTopologyReplicasInTwoStatefulSets(t *testing.T) {
	n := newPods(t)
	ns := n.namesrvs("ns", 1)
	env := []string{"RMQ_TOPOLOGY=replicas", "RMQ_GROUP_SIZE=2", "RMQ_BROKER_NAME_PREFIX=mq", namesrvOf(ns)}
	masters := n.brokers("mq-master", 2, append(env, "RMQ_REPLICA_INDEX=0")...)
	slaves := n.brokers("mq-slave", 2, append(env, "RMQ_REPLICA_INDEX=1")...)
	forms(ns, masters, slaves)
	ns[0].awaitCluster(map[string]group{"mq-0": {0: masters[0], 1: slaves[0]}, "mq-1": {0: masters[1], 1: slaves[1]}})
	n.serves(ns)
	slaves[0].catchesUp(masters[0])
	slaves[1].catchesUp(masters[1])
}

func TestTopologyDLedger(t *testing.T) {
	n := newPods(t)
	ns := n.namesrvs("ns", 1)
	mq := n.brokers("mq", 3, "RMQ_TOPOLOGY=dledger", "RMQ_GROUP_SIZE=3", namesrvOf(ns))
	forms(ns, mq)
	first := awaitMaster(ns, mq)
	ns[0].awaitCluster(dledger(mq, first))
	n.serves(ns)

	traffic := n.sends(ns, "r1")
	first.awaitPuts(100)
	first.kill()
	second := awaitMaster(ns, without(mq, first))
	first.move()
	first.start()
	ready(first) // the others' JVMs remember its old address for 30 s
	ns[0].awaitCluster(dledger(mq, second))
	n.receives(ns, "r1", traffic.failsOver(second))
	left := mq[2]
	stop(mq[:2]...)
	left.awaitLeaderless(mq[:2]) // report K13
	stop(left)
	stop(ns...)
}

// awaitLeaderless waits until a member that is left alone says that its group has no leader, and whom it misses.
func (p *pod) awaitLeaderless(gone []*pod) {
	t := p.pods.t
	t.Helper()
	rmqtest.Eventually(t, time.Minute, func() error {
		status, body := p.get("/readyz?verbose")
		if status != 503 || !strings.Contains(body, "[-]leader") {
			return fmt.Errorf("/readyz is %d: %s", status, body)
		}
		for _, g := range gone {
			if !strings.Contains(body, g.name) {
				return fmt.Errorf("it does not name %s: %s", g.name, body)
			}
		}
		if _, page := p.get("/metrics"); !strings.Contains(page, `rocketmq_agent_check_ok{check="leader"} 0`) {
			return errors.New("no metric says so")
		}
		return nil
	})
}

// dledger is a group whose members have the ids that they registered with: 0 the leader, index + 1 the others.
func dledger(mq []*pod, leader *pod) map[string]group {
	g := group{}
	for i, p := range mq {
		if p == leader {
			g[0] = p
		} else {
			g[int64(i+1)] = p
		}
	}
	return map[string]group{"mq-0": g}
}

func TestTopologyController(t *testing.T) {
	n := newPods(t)
	ns := n.namesrvs("ns", 3, "RMQ_TOPOLOGY=controller", "RMQ_GROUP_SIZE=3")
	mq := n.brokers("mq", 3, "RMQ_TOPOLOGY=controller", "RMQ_GROUP_SIZE=3", "RMQ_REPLICATION=sync", namesrvOf(ns))
	forms(ns, mq)
	first := awaitMaster(ns, mq)
	first.awaitInSync(2)
	n.serves(ns)

	traffic := n.sends(ns, "r1")
	first.awaitPuts(100)
	first.kill()
	second := awaitMaster(ns, without(mq, first))
	first.start()
	ready(first)
	if master := awaitMaster(ns, mq); master != second {
		t.Errorf("%s took the lead from %s when it came back", master.name, second.name)
	}
	r1 := traffic.failsOver(second)
	second.awaitInSync(2)

	leader := leads(ns)
	leader.kill()
	ns = without(ns, leader)
	leads(ns)
	traffic = n.sends(ns, "r2")
	second.awaitPuts(100)
	second.kill()
	third := awaitMaster(ns, without(mq, second))
	n.receives(ns, "r2", traffic.failsOver(third))
	n.receives(ns, "r1", r1)

	leader.move()
	start(second, leader)
	ready(second, leader)
	ns = append(ns, leader)
	leads(ns)
	awaitMaster(ns, mq)
	stop(mq...)
	stop(ns...)
}

func TestTopologyStandaloneControllers(t *testing.T) {
	n := newPods(t)
	ns := n.namesrvs("ns", 1)
	ctl := n.controllers("ctl", 3, "RMQ_GROUP_SIZE=3")
	mq := n.brokers("mq", 2, "RMQ_TOPOLOGY=controller", "RMQ_GROUP_SIZE=2",
		"RMQ_CONTROLLER="+names(9878, ctl...), namesrvOf(ns))
	forms(ns, ctl, mq)
	leads(ctl)
	master := awaitMaster(ns, mq)
	n.serves(ns)
	without(mq, master)[0].catchesUp(master)
	stop(mq...)
	stop(append(ctl, ns...)...)
}

// forms starts StatefulSets, all at the same time, and waits until all of their pods are ready.
func forms(sets ...[]*pod) {
	all := slices.Concat(sets...)
	all[0].pods.t.Helper()
	start(all...)
	ready(all...)
}

func namesrvOf(ns []*pod) string { return "RMQ_NAMESRV=" + names(9876, ns...) }

// catchesUp waits until a slave has all that its master has now.
func (p *pod) catchesUp(master *pod) {
	t := p.pods.t
	t.Helper()
	end := master.figure("commitLogMaxOffset")
	if end == 0 {
		t.Fatalf("%s has an empty commit log", master.name)
	}
	rmqtest.Eventually(t, soon, func() error {
		if got := p.figure("commitLogMaxOffset"); got < end {
			return fmt.Errorf("the commit log of %s ends at %d, that of %s at %d", p.name, got, master.name, end)
		}
		return nil
	})
}

// awaitInSync waits until a master's slaves have all that it has.
func (p *pod) awaitInSync(slaves int) {
	t := p.pods.t
	t.Helper()
	rmqtest.Eventually(t, soon, func() error {
		ha, err := ask(p, 10911, func(ctx context.Context, c *rocketmq.Client) (rocketmq.HAStatus, error) {
			return c.HAStatus(ctx)
		})
		if err == nil && (!ha.Master || ha.InSyncSlaves != slaves || len(ha.Connections) != slaves) {
			err = fmt.Errorf("%s has not %d slaves in sync: %+v", p.name, slaves, ha)
		}
		return err
	})
}

// refusesWithoutAnswerOf shows that a master acknowledges nothing that its slave has not got.
func (p *pod) refusesWithoutAnswerOf(slave *pod, ns []*pod) {
	t := p.pods.t
	t.Helper()
	for _, pid := range slave.jvms() {
		if err := syscall.Kill(pid, syscall.SIGSTOP); err != nil {
			t.Fatal(err)
		}
		defer syscall.Kill(pid, syscall.SIGCONT)
	}
	l := p.pods.smoketest(ns, "--broker", p.ip+":10911", "--count", "10", "--timeout", "4s")
	if r := l.failed(); r.Sent.Acknowledged > 0 {
		t.Errorf("%s acknowledged %d messages that its slave has not got", p.name, r.Sent.Acknowledged)
	}
}

// awaitPuts waits until a broker has stored so many more messages.
func (p *pod) awaitPuts(more int64) {
	p.pods.t.Helper()
	before := p.puts()
	rmqtest.Eventually(p.pods.t, soon, func() error {
		if stored := p.puts() - before; stored < more {
			return fmt.Errorf("%s has stored %d messages, not yet %d", p.name, stored, more)
		}
		return nil
	})
}

// sends starts a smoketest that only sends for a while. What it was told to be stored shows afterwards, on whichever
// brokers are there then.
func (n *pods) sends(ns []*pod, run string) *load {
	n.t.Helper()
	return n.smoketest(ns, "--send-only", "--topic", run, "--run", run,
		"--duration", "20s", "--rate", "100", "--timeout", "90s")
}

// failsOver waits for the end of a smoketest that met the end of a master: it must have noticed, and gone on with the
// next one. It returns the number of messages, all of them acknowledged.
func (l *load) failsOver(next *pod) int {
	t := l.pods.t
	t.Helper()
	r := l.verified()
	t.Logf("%d messages, %d failed attempts %v, longest gap %.1fs",
		r.Messages, r.Sent.FailedAttempts, r.Sent.Failures, r.Sent.LongestGapMs/1000)
	if r.Sent.FailedAttempts == 0 {
		t.Error("no send failed: the test proves nothing")
	}
	if next.puts() == 0 {
		t.Errorf("%s has got no message", next.name)
	}
	return r.Messages
}

// receives finds all messages of an earlier run.
func (n *pods) receives(ns []*pod, run string, count int) {
	n.t.Helper()
	l := n.smoketest(ns, "--receive-only", "--topic", run, "--run", run, "--count", strconv.Itoa(count))
	if r := l.verified(); r.Verified != count {
		n.t.Errorf("%d of %d messages verified", r.Verified, count)
	}
}

// awaitMaster waits until all name servers list exactly these brokers as the group mq-0,
// and the same one as its master.
func awaitMaster(ns, members []*pod) (master *pod) {
	t := ns[0].pods.t
	t.Helper()
	rmqtest.Eventually(t, soon, func() (err error) {
		masters := map[*pod]bool{}
		for _, p := range ns {
			if master, err = p.masterOf(members); err != nil {
				return err
			}
			masters[master] = true
		}
		if len(masters) > 1 {
			return errors.New("name servers list different masters")
		}
		return nil
	})
	return master
}

// masterOf is the master that a name server lists, with exactly these brokers.
func (p *pod) masterOf(members []*pod) (*pod, error) {
	got, err := p.cluster()
	if err != nil {
		return nil, err
	}
	listed := map[*pod]bool{}
	for _, addr := range got["mq-0"] {
		listed[byAddress(members, addr)] = true
	}
	master := byAddress(members, got["mq-0"][0])
	if len(got) != 1 || len(got["mq-0"]) != len(members) ||
		len(listed) != len(members) || listed[nil] || master == nil {
		return nil, fmt.Errorf("%s lists %v, want mq-0 with %v, one of them with id 0", p.name, got, members)
	}
	return master, nil
}

// leads waits until all controllers know the same leader, which is one of them.
func leads(controllers []*pod) (leader *pod) {
	t := controllers[0].pods.t
	t.Helper()
	rmqtest.Eventually(t, soon, func() (err error) {
		leaders := map[*pod]bool{}
		for _, p := range controllers {
			if leader, err = p.leaderOf(controllers); err != nil {
				return err
			}
			leaders[leader] = true
		}
		if len(leaders) > 1 {
			return errors.New("controllers follow different leaders")
		}
		return nil
	})
	return leader
}

// leaderOf is the one of the controllers that a controller follows.
func (p *pod) leaderOf(controllers []*pod) (*pod, error) {
	meta, err := ask(p, 9878, func(ctx context.Context, c *rocketmq.Client) (rocketmq.ControllerMetadata, error) {
		return c.ControllerMetadata(ctx)
	})
	if err != nil {
		return nil, err
	}
	leader := byName(controllers, meta.LeaderAddr)
	if leader == nil {
		return nil, fmt.Errorf("%s follows %q", p.name, meta.LeaderAddr)
	}
	return leader, nil
}
