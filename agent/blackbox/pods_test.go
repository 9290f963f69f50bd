package blackbox

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"rocketmq-agent/agent/rocketmq"
	"rocketmq-agent/agent/testing/rmqtest"
)

// The domain that the pods' names end in, and the network that they share. Every test has a network of its own, so that
// all of them use the same addresses.
const (
	podDomain  = ".demo.svc.cluster.local"
	podNetwork = "10.77.0."
)

// pods is a network of pods on this machine. A pod is one as far as the agent can tell: it has an address, a host name,
// an /etc/hosts and PIDs of its own. Its network namespaces have no names: they exist as long as this process holds
// them open, so that nothing survives a test binary that is killed.
type pods struct {
	t     *testing.T
	dir   string
	node  *os.File // the network of the bridge, in which the clients of the pods run
	all   []*pod
	addrs int // given out so far
}

// pod is one member of a StatefulSet, with its volume. Its network and its files outlive its container.
type pod struct {
	*agentRun // the container; nil before the first start
	pods      *pods
	name      string // the StatefulSet's name and the ordinal
	full      string // the name that the headless Service gives it
	ip        string
	env       []string
	args      []string
	net       *os.File
}

// turns lets two tests with pods run at a time: each has up to seven JVMs, but waits for them more than it works.
var turns = make(chan struct{}, 2)

// newPods makes a network without pods, when it is the test's turn.
func newPods(t *testing.T) *pods {
	t.Helper()
	if os.Geteuid() != 0 && !testing.Short() {
		t.Fatal("pods need network, mount and PID namespaces: run this test as root, or leave it out with -short")
	}
	rmqtest.Home(t) // skips with -short
	t.Parallel()
	turns <- struct{}{}
	t.Cleanup(func() { <-turns })
	n := &pods{t: t, dir: t.TempDir()}
	n.node = n.newNetwork()
	n.ip(n.node, nil,
		"link set lo up",
		"link add name bridge0 type bridge",
		"addr add "+podNetwork+"1/24 dev bridge0",
		"link set bridge0 up")
	return n
}

// newNetwork makes a network namespace. Closing the file removes it, unless processes still use it.
func (n *pods) newNetwork() *os.File {
	n.t.Helper()
	var made *os.File
	err := onThread(func() (err error) {
		if err = unix.Unshare(unix.CLONE_NEWNET); err == nil {
			made, err = os.Open("/proc/thread-self/ns/net")
		}
		return err
	})
	if err != nil {
		n.t.Fatalf("cannot make a network: %v", err)
	}
	n.t.Cleanup(func() { made.Close() })
	return made
}

// inside calls f in a network: the sockets and the processes that f itself makes belong to it.
func inside(network *os.File, f func() error) error {
	return onThread(func() error {
		if err := unix.Setns(int(network.Fd()), unix.CLONE_NEWNET); err != nil {
			return err
		}
		return f()
	})
}

// onThread calls f, which may take its thread to another network. The thread is brought back rather than given up: the
// processes that it started live no longer than itself.
func onThread(f func() error) error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	own, err := os.Open("/proc/thread-self/ns/net")
	if err != nil {
		return err
	}
	defer own.Close()
	defer func() {
		if err := unix.Setns(int(own.Fd()), unix.CLONE_NEWNET); err != nil {
			panic(err) // this thread is lost for everybody else
		}
	}()
	return f()
}

// ip has iproute2 do things in a network. A command calls the other network {}.
func (n *pods) ip(network, other *os.File, commands ...string) {
	n.t.Helper()
	cmd := exec.Command("ip", "-batch", "-")
	if other != nil {
		cmd.ExtraFiles = []*os.File{other}
	}
	cmd.Stdin = strings.NewReader(strings.ReplaceAll(strings.Join(commands, "\n"), "{}", "/proc/self/fd/3"))
	var out []byte
	if err := inside(network, func() (err error) { out, err = cmd.CombinedOutput(); return err }); err != nil {
		n.t.Fatalf("cannot set up a network: ip: %v\n%s", err, out)
	}
}

// namesrvs, brokers and controllers make the pods of a StatefulSet; start starts them.
func (n *pods) namesrvs(set string, replicas int, env ...string) []*pod {
	return n.statefulSet(set, replicas, []string{"namesrv"}, env)
}

func (n *pods) brokers(set string, replicas int, env ...string) []*pod {
	return n.statefulSet(set, replicas, []string{"broker"}, append(env, "RMQ_CONF_mappedFileSizeCommitLog=67108864"))
}

func (n *pods) controllers(set string, replicas int, env ...string) []*pod {
	return n.statefulSet(set, replicas, []string{"controller"}, env)
}

func (n *pods) statefulSet(set string, replicas int, args, env []string) []*pod {
	n.t.Helper()
	var made []*pod
	for ordinal := range replicas {
		made = append(made, n.add(set, ordinal, args, env))
	}
	return made
}

// scaleUp makes the next pod of a StatefulSet.
func (n *pods) scaleUp(set string, like []*pod) *pod {
	n.t.Helper()
	return n.add(set, len(like), like[0].args, like[0].env)
}

// add makes a pod up to the point where its container starts.
func (n *pods) add(set string, ordinal int, args, env []string) *pod {
	n.t.Helper()
	name := set + "-" + strconv.Itoa(ordinal)
	p := &pod{
		pods: n,
		name: name,
		full: name + "." + set + podDomain,
		args: args,
		env:  env,
	}
	for _, dir := range []string{p.home(), p.file("tmp")} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			n.t.Fatal(err)
		}
	}
	p.plugIn()
	n.publish(p)
	n.all = append(n.all, p)
	return p
}

// plugIn gives the pod a network with the next free address.
func (p *pod) plugIn() {
	n := p.pods
	n.t.Helper()
	n.addrs++
	p.ip, p.net = podNetwork+strconv.Itoa(10+n.addrs), n.newNetwork()
	port := "port" + strconv.Itoa(n.addrs)
	n.ip(n.node, p.net,
		"link add name "+port+" type veth peer name eth0 netns {}",
		"link set "+port+" master bridge0 up")
	n.ip(p.net, nil, "link set lo up", "addr add "+p.ip+"/24 dev eth0", "link set eth0 up")
}

// publish writes the pod's /etc/hosts as the kubelet does, and makes the pod and the others known to each other as the
// cluster's DNS does.
func (n *pods) publish(p *pod) {
	n.t.Helper()
	own := "# Kubernetes-managed hosts file.\n127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n"
	own += p.ip + "\t" + p.full + "\t" + p.name + "\n"
	for _, other := range n.all {
		own += other.ip + "\t" + other.full + "\n"
		n.change(other.file("hosts"), func(hosts string) string { return hosts + p.ip + "\t" + p.full + "\n" })
	}
	n.change(p.file("hosts"), func(string) string { return own })
}

// move gives the pod another address, as Kubernetes does when it makes a pod anew. Its container must not run.
func (p *pod) move() {
	n := p.pods
	n.t.Helper()
	was := p.ip
	p.plugIn()
	for _, other := range n.all {
		n.change(other.file("hosts"), func(hosts string) string {
			return strings.ReplaceAll(hosts, was+"\t", p.ip+"\t")
		})
	}
}

// change rewrites a file, which must not become shorter, in place: it is mounted, and others may read it at any moment.
func (n *pods) change(path string, change func(string) string) {
	n.t.Helper()
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		n.t.Fatal(err)
	}
	defer f.Close()
	text, err := io.ReadAll(f)
	if err == nil {
		_, err = f.WriteAt([]byte(change(string(text))), 0)
	}
	if err != nil {
		n.t.Fatal(err)
	}
}

// file is a path of this pod on this machine.
func (p *pod) file(name string) string { return filepath.Join(p.pods.dir, p.name, name) }

// home is the folder of the pod's volume.
func (p *pod) home() string { return p.file("volume") }

// container makes a container of the namespaces that it starts in, and becomes the program.
const container = `set -e
mount --make-rprivate /
mount -t proc proc /proc
mount --bind "$HOME" "$HOME"
mount --bind "$1" /etc/hosts
echo "$2" >/proc/sys/kernel/hostname
shift 2
exec "$@"`

// start starts the containers of pods at the same time.
func start(all ...*pod) {
	for _, p := range all {
		p.start()
	}
}

func (p *pod) start() {
	t := p.pods.t
	t.Helper()
	p.agentRun = &agentRun{
		t:      t,
		dir:    p.home(),
		output: &lockedBuffer{},
		ended:  make(chan struct{}),
	}
	agent := append([]string{program(t, agentProgram, raceFlags...), "run"}, p.args...)
	cmd := exec.Command("sh", append([]string{"-c", container, "container", p.file("hosts"), p.name}, agent...)...)
	cmd.Env = append([]string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + p.home(), "TMPDIR=" + p.file("tmp"), "ROCKETMQ_HOME=" + rmqtest.Home(t),
		"KUBERNETES_SERVICE_HOST=10.96.0.1", "POD_NAME=" + p.name, "POD_IP=" + p.ip, "RMQ_GRACE_PERIOD=60s",
		"JAVA_OPT_EXT=-Xms192m -Xmx192m -XX:-UsePerfData",
	}, p.env...)
	cmd.Stdout, cmd.Stderr = p.output, p.output
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags: syscall.CLONE_NEWPID | syscall.CLONE_NEWNS | syscall.CLONE_NEWUTS, Pdeathsig: syscall.SIGKILL,
	}
	if err := inside(p.net, cmd.Start); err != nil {
		t.Fatalf("cannot start %s: %v", p.name, err)
	}
	p.cmd = cmd
	run := p.agentRun
	go func() {
		_ = cmd.Wait() // the exit code is asked of ProcessState
		close(run.ended)
	}()
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("%s (%s):", p.name, p.ip)
		}
		run.cleanUp()
	})
}

// kill ends the pod's container as the kernel does: every process of it at once.
func (p *pod) kill() {
	p.pods.t.Helper()
	if err := p.cmd.Process.Kill(); err != nil {
		p.pods.t.Fatal(err)
	}
	<-p.ended
}

// killJVM kills RocketMQ alone; the agent must then end the container.
func (p *pod) killJVM() {
	t := p.pods.t
	t.Helper()
	pids := p.jvms()
	if len(pids) != 1 {
		t.Fatalf("%s has the JVMs %v, want one", p.name, pids)
	}
	if err := syscall.Kill(pids[0], syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	if code := p.exitCode(10 * time.Second); code != 137 {
		t.Errorf("%s left with %d after kill -9 of its JVM, want 137", p.name, code)
	}
}

// get asks the pod's agent over HTTP, from the node.
func (p *pod) get(path string) (status int, body string) {
	transport := &http.Transport{DisableKeepAlives: true, DialContext: p.pods.dial}
	client := http.Client{Timeout: 5 * time.Second, Transport: transport}
	resp, err := client.Get("http://" + p.ip + ":8088" + path)
	if err != nil {
		return 0, err.Error()
	}
	defer resp.Body.Close()
	b, _ := io.ReadAll(resp.Body)
	return resp.StatusCode, string(b)
}

func (n *pods) dial(ctx context.Context, network, addr string) (conn net.Conn, err error) {
	err = inside(n.node, func() (err error) {
		var d net.Dialer
		conn, err = d.DialContext(ctx, network, addr)
		return err
	})
	return conn, err
}

// ready waits until all pods have been. One that leaves instead ends the test at once.
func ready(all ...*pod) {
	t := all[0].pods.t
	t.Helper()
	waiting := all
	rmqtest.Eventually(t, patience, func() error {
		for _, p := range all {
			select {
			case <-p.ended:
				t.Fatalf("%s left with %d", p.name, p.cmd.ProcessState.ExitCode())
			default:
			}
		}
		for ; len(waiting) > 0; waiting = waiting[1:] {
			if status, body := waiting[0].get("/readyz"); status != http.StatusOK {
				return fmt.Errorf("%s is not ready: %d %s", waiting[0].name, status, body)
			}
		}
		return nil
	})
}

// stop stops pods at the same time, as the deletion of their StatefulSet does.
func stop(all ...*pod) {
	t := all[0].pods.t
	t.Helper()
	for _, p := range all {
		p.signal(syscall.SIGTERM)
	}
	for _, p := range all {
		if code := p.exitCode(70 * time.Second); code != 0 {
			t.Errorf("%s left with %d after SIGTERM, want 0", p.name, code)
		}
		if p.hasAbort() {
			t.Errorf("the store of %s has an abort file after a clean stop", p.name)
		}
	}
}

// ask asks a RocketMQ process of a pod from the node.
func ask[T any](p *pod, port int, question func(context.Context, *rocketmq.Client) (T, error)) (answer T, err error) {
	err = inside(p.pods.node, func() (err error) { // the client connects on the thread that calls it
		client := rocketmq.NewClient(net.JoinHostPort(p.ip, strconv.Itoa(port)), rocketmq.Access{})
		defer client.Close()
		answer, err = question(context.Background(), client)
		return err
	})
	return answer, err
}

// figure asks a broker for one of its figures until it answers.
func (p *pod) figure(key string) (n int64) {
	t := p.pods.t
	t.Helper()
	rmqtest.Eventually(t, soon, func() error {
		table, err := ask(p, 10911, func(ctx context.Context, c *rocketmq.Client) (map[string]string, error) {
			return c.RuntimeInfo(ctx)
		})
		if err == nil {
			n, err = strconv.ParseInt(table[key], 10, 64)
		}
		return err
	})
	return n
}

// puts is how many messages a broker has stored since its start.
func (p *pod) puts() int64 { return p.figure("putMessageTimesTotal") }

// group is the brokers of one name by their ids.
type group map[int64]*pod

// awaitCluster waits until the name server lists exactly these brokers, each under its pod's address.
func (p *pod) awaitCluster(want map[string]group) {
	t := p.pods.t
	t.Helper()
	addrs := map[string]map[int64]string{}
	for name, brokers := range want {
		addrs[name] = map[int64]string{}
		for id, broker := range brokers {
			addrs[name][id] = broker.ip + ":10911"
		}
	}
	rmqtest.Eventually(t, soon, func() error {
		got, err := p.cluster()
		if err == nil && !reflect.DeepEqual(got, addrs) {
			err = fmt.Errorf("%s lists %v, want %v", p.name, got, addrs)
		}
		return err
	})
}

// cluster is what a name server lists: addresses by broker name and id.
func (p *pod) cluster() (map[string]map[int64]string, error) {
	info, err := ask(p, 9876, func(ctx context.Context, c *rocketmq.Client) (rocketmq.ClusterInfo, error) {
		return c.ClusterInfo(ctx)
	})
	if err != nil {
		return nil, err
	}
	got := map[string]map[int64]string{}
	for name, broker := range info.Brokers {
		got[name] = broker.Addrs
	}
	return got, nil
}

// byAddress finds the pod that a name server lists as host:port.
func byAddress(all []*pod, addr string) *pod {
	host, _, _ := net.SplitHostPort(addr)
	if i := slices.IndexFunc(all, func(p *pod) bool { return p.ip == host }); i >= 0 {
		return all[i]
	}
	return nil
}

// byName finds the pod that a peer knows as its stable name and a port.
func byName(all []*pod, addr string) *pod {
	host, _, _ := net.SplitHostPort(addr)
	if i := slices.IndexFunc(all, func(p *pod) bool { return p.full == host }); i >= 0 {
		return all[i]
	}
	return nil
}

// without leaves one pod out.
func without(all []*pod, gone *pod) []*pod {
	return slices.DeleteFunc(slices.Clone(all), func(p *pod) bool { return p == gone })
}

// String is the pod in messages.
func (p *pod) String() string { return p.name + "=" + p.ip }

// names is a list of addresses by the pods' stable names, as settings have them.
func names(port int, all ...*pod) string {
	var list []string
	for _, p := range all {
		list = append(list, p.full+":"+strconv.Itoa(port))
	}
	return strings.Join(list, ";")
}

// load is a smoketest that runs.
type load struct {
	pods *pods
	cmd  *exec.Cmd
	out  bytes.Buffer
	errs bytes.Buffer
}

// smoketest starts smoketest on the node.
func (n *pods) smoketest(ns []*pod, args ...string) *load {
	n.t.Helper()
	var addrs []string
	for _, p := range ns {
		addrs = append(addrs, p.ip+":9876")
	}
	l := &load{pods: n}
	l.cmd = exec.Command(program(n.t, smoketestProgram),
		append(args, "--namesrv", strings.Join(addrs, ";"), "--json")...)
	l.cmd.Stdout, l.cmd.Stderr = &l.out, &l.errs
	l.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := inside(n.node, l.cmd.Start); err != nil {
		n.t.Fatal(err)
	}
	n.t.Cleanup(func() { _ = l.cmd.Process.Kill() })
	return l
}

// report is what a test wants to know of a smoketest.
type report struct {
	Messages, Verified int
	Reasons            []string
	Sent               struct {
		Acknowledged, FailedAttempts int
		Failures                     map[string]int
		LongestGapMs                 float64
	}
}

// verified waits for the end of a smoketest, which must have found every acknowledged message again.
func (l *load) verified() report {
	l.pods.t.Helper()
	r, err := l.end()
	if err != nil {
		l.pods.t.Fatalf("smoketest: %v\n%s%s", err, &l.out, &l.errs)
	}
	return r
}

// failed waits for the end of a smoketest that must fail.
func (l *load) failed() report {
	l.pods.t.Helper()
	r, err := l.end()
	if exit := (*exec.ExitError)(nil); !errors.As(err, &exit) || exit.ExitCode() != 1 {
		l.pods.t.Fatalf("smoketest: %v, want exit code 1\n%s%s", err, &l.out, &l.errs)
	}
	return r
}

func (l *load) end() (r report, err error) {
	err = l.cmd.Wait()
	return r, errors.Join(err, json.Unmarshal(l.out.Bytes(), &r))
}

// serves sends and receives 500 messages.
func (n *pods) serves(ns []*pod) {
	n.t.Helper()
	if r := n.smoketest(ns, "--count", "500").verified(); r.Verified != 500 {
		n.t.Errorf("%d of 500 messages verified", r.Verified)
	}
}
