package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"text/tabwriter"
	"time"

	"rocketmq-agent/agent/rocketmq"
)

// stockScripts are the shape of the release archive's mqbroker and runbroker.sh: a shell that starts a shell that
// starts java, with the stock flags. The heap is what most manifests set in JAVA_OPT_EXT in place of the 8 GiB.
var stockScripts = map[string]string{
	"mqbroker": `#!/bin/sh
sh $BENCH_BIN/runbroker.sh -Drmq.logback.configurationFile=$ROCKETMQ_HOME/conf/rmq.broker.logback.xml ` +
		`org.apache.rocketmq.broker.BrokerStartup $@
`,
	"runbroker.sh": `#!/bin/sh
JAVA_OPT="$JAVA_OPT -server -Xms8g -Xmx8g -XX:+UseG1GC -XX:G1HeapRegionSize=16m -XX:G1ReservePercent=25 ` +
		`-XX:InitiatingHeapOccupancyPercent=30 -XX:SoftRefLRUPolicyMSPerMB=0"
JAVA_OPT="$JAVA_OPT -Xlog:gc*:file=$HOME/gc_%p_%t.log:time,tags:filecount=5,filesize=30M ` +
		`-XX:-OmitStackTraceInFastThrow -XX:+AlwaysPreTouch -XX:MaxDirectMemorySize=15g"
JAVA_OPT="$JAVA_OPT -XX:-UseLargePages -XX:-UseBiasedLocking -XX:+IgnoreUnrecognizedVMOptions ` +
		`$JAVA_OPT_EXT -cp .:$ROCKETMQ_HOME/conf:$ROCKETMQ_HOME/lib/*:"
java $JAVA_OPT $@
`,
}

// brokerRun is one start and stop of a real broker.
type brokerRun struct {
	ready, cpu10, stop time.Duration // until a name server lists it; processor time of its first 10 s; TERM to exit
	exit               int
	abort              bool // RocketMQ's mark of a crash was left
	rss, anonymous     int64
	idle               float64 // of one processor, over 10 s
}

// measureBrokers starts real brokers, in turn under the agent and under the stock script's shape.
func measureBrokers(dir string, runs int) error {
	home, err := filepath.Abs("build/rocketmq")
	if err != nil {
		return err
	}
	agent, err := filepath.Abs("bin/rocketmq-agent")
	if err != nil {
		return err
	}
	for name, text := range stockScripts {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o700); err != nil {
			return err
		}
	}
	env := append(os.Environ(), "ROCKETMQ_HOME="+home, "BENCH_BIN="+dir, "TMPDIR="+dir, "POD_IP=127.0.0.1",
		"JAVA_OPT_EXT=-Xms1g -Xmx1g -XX:MaxDirectMemorySize=1g",
		"RMQ_HTTP_ADDR=127.0.0.1:18099", "RMQ_GRACE_PERIOD=60s")
	namesrv := exec.Command(agent, "run", "namesrv")
	namesrv.Env = append(env, "HOME="+dir, "RMQ_HTTP_ADDR=127.0.0.1:18098", "RMQ_CONF_listenPort=19876")
	if err := namesrv.Start(); err != nil {
		return err
	}
	defer func() {
		_ = namesrv.Process.Signal(syscall.SIGTERM)
		_ = namesrv.Wait()
	}()
	shapes := []contender{
		{"rocketmq-agent", agent, []string{agent, "run", "broker", "-n", "127.0.0.1:19876"}},
		{"stock script", "", []string{"sh", filepath.Join(dir, "mqbroker"), "-n", "127.0.0.1:19876"}},
	}
	results := map[string][]brokerRun{}
	for i := range runs {
		for _, c := range shapes {
			own := filepath.Join(dir, fmt.Sprintf("%s-%d", strings.Fields(c.name)[0], i))
			r, err := runBroker(own, filepath.Join(home, "lib", "native"), env, c.argv)
			if err != nil {
				return fmt.Errorf("%s: %w", c.name, err)
			}
			results[c.name] = append(results[c.name], r)
		}
	}
	printBrokers(results)
	return nil
}

func runBroker(dir, native string, env, argv []string) (brokerRun, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return brokerRun{}, err
	}
	out, err := os.Create(filepath.Join(dir, "out"))
	if err != nil {
		return brokerRun{}, err
	}
	defer out.Close()
	// As PID 1 of a namespace with its own /proc, as in a container: there a shell ignores SIGTERM.
	cmd := exec.Command("sh", append([]string{"-c", `mount -t proc proc /proc && exec "$@"`, "sh"}, argv...)...)
	cmd.Env = append(env, "HOME="+dir, "JAVA_OPT=-Duser.home="+dir+" -Djava.library.path="+native)
	cmd.Stdout, cmd.Stderr = out, out
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:   syscall.CLONE_NEWPID,
		Unshareflags: syscall.CLONE_NEWNS,
		Pdeathsig:    syscall.SIGKILL,
	}
	began := time.Now()
	if err := cmd.Start(); err != nil {
		return brokerRun{}, err
	}
	var r brokerRun
	if err := awaitListed(); err != nil {
		said, _ := os.ReadFile(out.Name())
		err = fmt.Errorf("%w; it printed: …%s", err, said[max(0, len(said)-1000):])
		return r, errors.Join(err, cmd.Process.Kill(), cmd.Wait())
	}
	r.ready = time.Since(began)
	time.Sleep(time.Until(began.Add(10 * time.Second)))
	r.cpu10 = treeCPU(cmd.Process.Pid)
	r.rss, r.anonymous, _ = memory(cmd.Process.Pid)
	before := ownCPU(cmd.Process.Pid)
	time.Sleep(10 * time.Second)
	r.idle = (ownCPU(cmd.Process.Pid) - before).Seconds() / 10
	told := time.Now()
	_ = cmd.Process.Signal(syscall.SIGTERM)
	kill := time.AfterFunc(30*time.Second, func() { _ = cmd.Process.Kill() }) // what docker stop -t 30 does
	_ = cmd.Wait()
	kill.Stop()
	r.stop = time.Since(told)
	r.exit = cmd.ProcessState.ExitCode()
	if ws := cmd.ProcessState.Sys().(syscall.WaitStatus); ws.Signaled() {
		r.exit = 128 + int(ws.Signal())
	}
	_, err = os.Stat(filepath.Join(dir, "store", "abort"))
	r.abort = err == nil
	return r, nil
}

// awaitListed waits until the name server lists a broker that answers.
func awaitListed() error {
	namesrv, broker := rocketmq.NewClient("127.0.0.1:19876", rocketmq.Access{}),
		rocketmq.NewClient("127.0.0.1:10911", rocketmq.Access{})
	defer namesrv.Close()
	defer broker.Close()
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if c, err := net.Dial("tcp", broker.Addr()); err != nil {
			continue
		} else if err := c.Close(); err != nil {
			return err
		}
		info, err := namesrv.ClusterInfo(context.Background())
		if err == nil && len(info.Brokers) > 0 && broker.Ping(context.Background()) == nil {
			return nil
		}
	}
	return errors.New("the broker was not ready within a minute")
}

// clockTick is the unit of CPU times in /proc (USER_HZ).
const clockTick = 10 * time.Millisecond

// ownCPU is the processor time of one process.
func ownCPU(pid int) time.Duration {
	b, _ := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	f := strings.Fields(string(b[strings.LastIndexByte(string(b), ')')+1:]))
	if len(f) < 13 {
		return 0
	}
	user, _ := strconv.ParseInt(f[11], 10, 64)
	system, _ := strconv.ParseInt(f[12], 10, 64)
	return time.Duration(user+system) * clockTick
}

// treeCPU is the processor time of a process and its descendants.
func treeCPU(pid int) time.Duration {
	sum := ownCPU(pid)
	threads, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid)) // any thread may be the parent
	for _, path := range threads {
		children, _ := os.ReadFile(path)
		for child := range strings.FieldsSeq(string(children)) {
			if n, err := strconv.Atoi(child); err == nil {
				sum += treeCPU(n)
			}
		}
	}
	return sum
}

func printBrokers(results map[string][]brokerRun) {
	column := func(name string, f func(brokerRun) time.Duration) time.Duration {
		var v []time.Duration
		for _, r := range results[name] {
			v = append(v, f(r))
		}
		return median(v)
	}
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 3, ' ', 0)
	fmt.Fprintf(w,
		"\nreal broker\tready\tCPU in 10 s\tTERM to exit\texit\tcrash mark left\tPID 1: RSS\tanonymous\tidle CPU\n")
	var ready []time.Duration
	for _, name := range []string{"rocketmq-agent", "stock script"} {
		first := results[name][0]
		ready = append(ready, column(name, func(r brokerRun) time.Duration { return r.ready }))
		fmt.Fprintf(w, "%s\t%.2f s\t%.2f s\t%.1f s\t%d\t%v\t%.1f MiB\t%.1f MiB\t%.2f %%\n",
			name,
			ready[len(ready)-1].Seconds(),
			column(name, func(r brokerRun) time.Duration { return r.cpu10 }).Seconds(),
			column(name, func(r brokerRun) time.Duration { return r.stop }).Seconds(),
			first.exit,
			first.abort,
			float64(first.rss)/1024,
			float64(first.anonymous)/1024,
			100*first.idle)
	}
	w.Flush()
	fmt.Printf("ready, rocketmq-agent / stock script: %.2f\n", ready[0].Seconds()/ready[1].Seconds())
}
