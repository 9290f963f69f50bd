package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"text/tabwriter"
	"time"
)

// contender is one program that starts a child and waits for it.
type contender struct {
	name, binary string
	argv         []string
}

// sample is one start and stop of a contender.
type sample struct {
	start, stop    time.Duration
	rss, anonymous int64 // KiB
	threads        int64
}

// measureOverhead compares what each program adds around a child that does nothing.
func measureOverhead(dir string, runs int) error {
	java, err := fakeInstallation(dir)
	if err != nil {
		return err
	}
	agent, err := filepath.Abs("bin/rocketmq-agent")
	if err != nil {
		return err
	}
	all := []contender{
		{"no PID 1", "", []string{java}},
		{"rocketmq-agent", agent, []string{agent, "run", "broker", "-n", "127.0.0.1:9"}},
	}
	for _, name := range []string{"tini", "dumb-init"} {
		path, err := exec.LookPath(name)
		if err != nil {
			fmt.Printf("%s is not installed: left out\n", name)
			continue
		}
		all = append(all, contender{name, path, []string{path, "--", java}})
	}
	samples := map[string][]sample{}
	for run := range runs { // in turn, so that a noisy moment hits all alike
		for _, c := range all {
			s, err := once(dir, c, run == runs-1)
			if err != nil {
				return fmt.Errorf("%s: %w", c.name, err)
			}
			samples[c.name] = append(samples[c.name], s)
		}
	}
	printOverhead(all, samples)
	return nil
}

// fakeInstallation makes what the agent needs to find: a JVM, which is this program, and a RocketMQ home.
func fakeInstallation(dir string) (java string, err error) {
	self, err := os.Executable()
	if err != nil {
		return "", err
	}
	java = filepath.Join(dir, "jdk", "bin", "java")
	lib := filepath.Join(dir, "home", "lib")
	err = errors.Join(os.MkdirAll(filepath.Dir(java), 0o755), os.MkdirAll(lib, 0o755), copyFile(self, java),
		os.WriteFile(filepath.Join(dir, "jdk", "release"), []byte("JAVA_VERSION=\"25\"\n"), 0o600),
		os.WriteFile(filepath.Join(lib, "rocketmq-broker-5.5.0.jar"), nil, 0o600))
	return java, err
}

func copyFile(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_WRONLY, 0o755)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}

// once starts and stops a contender. With idle it lets it do nothing for a while first, and looks at its memory then.
func once(dir string, c contender, idle bool) (sample, error) {
	stamp := filepath.Join(dir, "stamp")
	_ = os.Remove(stamp) // of the run before
	cmd := exec.Command(c.argv[0], c.argv[1:]...)
	cmd.Env = append(os.Environ(), "BENCH_STAMP="+stamp, "JAVA_HOME="+filepath.Join(dir, "jdk"),
		"ROCKETMQ_HOME="+filepath.Join(dir, "home"), "HOME="+dir, "TMPDIR="+dir, "RMQ_HTTP_ADDR=127.0.0.1:18099")
	began := time.Now()
	if err := cmd.Start(); err != nil {
		return sample{}, err
	}
	executed, err := awaitStamp(stamp)
	if err != nil {
		return sample{}, errors.Join(err, cmd.Process.Kill(), cmd.Wait())
	}
	s := sample{start: executed.Sub(began)}
	if idle {
		time.Sleep(5 * time.Second)
		s.rss, s.anonymous, s.threads = memory(cmd.Process.Pid)
	}
	told := time.Now()
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return sample{}, err
	}
	_ = cmd.Wait() // 143 from those that pass the child's code on
	s.stop = time.Since(told)
	return s, nil
}

func awaitStamp(path string) (time.Time, error) {
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(200 * time.Microsecond) {
		if b, err := os.ReadFile(path); err == nil {
			ns, err := strconv.ParseInt(string(b), 10, 64)
			return time.Unix(0, ns), err
		}
	}
	return time.Time{}, errors.New("its child was not executed within 10 s")
}

// memory reads resident and anonymous memory (KiB) and threads of a process.
func memory(pid int) (rss, anonymous, threads int64) {
	f, err := os.Open(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, 0, 0
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		name, rest, _ := strings.Cut(lines.Text(), ":")
		value, _, _ := strings.Cut(strings.TrimSpace(rest), " ")
		n, _ := strconv.ParseInt(value, 10, 64)
		switch name {
		case "VmRSS":
			rss = n
		case "RssAnon":
			anonymous = n
		case "Threads":
			threads = n
		}
	}
	return rss, anonymous, threads
}

func printOverhead(all []contender, samples map[string][]sample) {
	column := func(name string, f func(sample) time.Duration) time.Duration {
		var v []time.Duration
		for _, s := range samples[name] {
			v = append(v, f(s))
		}
		return median(v)
	}
	bare := column(all[0].name, func(s sample) time.Duration { return s.stop })
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 3, ' ', 0)
	fmt.Fprintf(w, "PID 1\tbinary\tstart to exec\tTERM to exit\tadded by it\tRSS, idle\tanonymous\tthreads\n")
	for _, c := range all {
		stop := column(c.name, func(s sample) time.Duration { return s.stop })
		size := "-"
		if info, err := os.Stat(c.binary); err == nil {
			size = fmt.Sprintf("%.2f MB", float64(info.Size())/1e6)
		}
		s := samples[c.name][len(samples[c.name])-1] // the one that was idle
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%.1f MiB\t%.1f MiB\t%d\n", c.name, size,
			ms(column(c.name, func(s sample) time.Duration { return s.start })), ms(stop), ms(stop-bare),
			float64(s.rss)/1024, float64(s.anonymous)/1024, s.threads)
	}
	w.Flush()
}
