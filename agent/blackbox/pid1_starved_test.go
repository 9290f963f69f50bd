package blackbox

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"rocketmq-agent/agent/testing/processtest"
)

// Scenario 33 (W1): the container's pids are used up. The agent, which can have no thread any more, serves its probes,
// asks for a thread dump and stops in order.
func TestPID1NoMoreThreads(t *testing.T) {
	s := newScene(t)
	s.plays("namesrv", java{Serves: true, Child: fake{Stay: true, Ready: s.file("ready"), Quits: s.file("dump")}})
	a := s.run("namesrv")
	s.awaits(a, "ready")
	s.says(a, "/readyz", 200)
	withoutPids(t, a.cmd.Process.Pid)
	var all sync.WaitGroup
	for range 100 {
		for _, path := range []string{"/livez", "/readyz?verbose", "/startupz", "/metrics"} {
			all.Go(func() { s.get(a, path) }) // some are turned away; what counts is who is left
		}
	}
	all.Wait()
	for _, path := range []string{"/livez", "/readyz", "/metrics"} {
		if status, took := s.get(a, path); status != 200 || took > time.Second {
			t.Errorf("%s says %d after %v", path, status, took)
		}
	}
	a.signal(syscall.SIGQUIT)
	processtest.Wait(t, "the JVM prints its threads", func() bool { return processtest.Lines(s.file("dump")) == 1 })
	a.signal(syscall.SIGTERM)
	s.ends(a, 0)
}

// withoutPids takes the right to another thread from a process, by a control group of its own.
func withoutPids(t *testing.T, pid int) {
	t.Helper()
	root := "/sys/fs/cgroup/pids"
	if !processtest.Exists(root) {
		root = "/sys/fs/cgroup" // version 2
	}
	group := filepath.Join(root, "rmq-test-"+strconv.Itoa(pid))
	err := os.Mkdir(group, 0o755)
	t.Cleanup(func() { // the agent has ended by then, or is killed before
		for range 100 {
			if err := os.Remove(group); err == nil || errors.Is(err, os.ErrNotExist) {
				return
			}
			time.Sleep(10 * time.Millisecond)
		}
		t.Errorf("%s stays", group)
	})
	for _, set := range [][2]string{{"pids.max", "1"}, {"cgroup.procs", strconv.Itoa(pid)}} {
		if err == nil {
			err = os.WriteFile(filepath.Join(group, set[0]), []byte(set[1]), 0)
		}
	}
	if err != nil {
		t.Skipf("not shown here: no control group for the pids: %v", err)
	}
}

// Scenario 34 (W3): 4 000 connections that stay open cost the agent neither its memory nor its descriptors, and
// liveness answers at once.
func TestPID1Flood(t *testing.T) {
	const most = 64
	s := newScene(t)
	s.plays("namesrv", java{Serves: true, Child: fake{Stay: true, Ready: s.file("ready")}})
	a := s.run("namesrv")
	s.awaits(a, "ready")
	s.says(a, "/readyz", 200)
	if page := s.page(a, "/metrics"); !strings.Contains(page, "\ngo_gc_gomemlimit_bytes 1.2582912e+07\n") {
		t.Error("the agent's own memory has no limit of 12 MiB")
	}
	s.opens(a, 1000) // what the server and the race detector take once
	before := resident(t, a.cmd.Process.Pid)
	s.opens(a, 3000)
	if status, took := s.get(a, "/livez"); status != 200 || took > time.Second {
		t.Errorf("/livez says %d after %v", status, took)
	}
	if grown := resident(t, a.cmd.Process.Pid) - before; grown > 6<<10 {
		t.Errorf("resident memory has grown from %d by %d KiB", before, grown)
	}
	files, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", a.cmd.Process.Pid))
	if err != nil || len(files) > most+30 {
		t.Errorf("%d descriptors, error %v", len(files), err)
	}
	a.signal(syscall.SIGTERM)
	s.ends(a, 0)
}

// opens leaves n connections open, each after a request.
func (s *scene) opens(a *agentRun, n int) {
	s.t.Helper()
	for range n {
		conn, err := processtest.Dial(a.cmd.Process.Pid, "127.0.0.1:8088")
		if err != nil {
			s.t.Fatal(err)
		}
		s.t.Cleanup(func() { conn.Close() })
		_, _ = io.WriteString(conn, "GET /livez HTTP/1.1\r\nHost: a\r\n\r\n")
	}
}

// page is what the agent answers over HTTP.
func (s *scene) page(a *agentRun, path string) string {
	s.t.Helper()
	conn, err := processtest.Dial(a.cmd.Process.Pid, "127.0.0.1:8088")
	if err != nil {
		s.t.Fatal(err)
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(5 * time.Second))
	_, _ = io.WriteString(conn, "GET "+path+" HTTP/1.0\r\n\r\n")
	text, err := io.ReadAll(conn)
	if err != nil {
		s.t.Fatal(err)
	}
	return string(text)
}

// resident is the memory of a process, in KiB.
func resident(t *testing.T, pid int) int {
	t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(text), "VmRSS:")
	kib, err := strconv.Atoi(strings.Fields(rest)[0])
	if err != nil {
		t.Fatal(err)
	}
	return kib
}

// W11: the health check asks the agent itself, whatever proxy the container has for the outside. The address is no
// loopback, for which Go would use none anyway.
func TestPID1HealthcheckHasNoProxy(t *testing.T) {
	t.Parallel()
	asked := make(chan string, 10)
	listen := func(name string, status int) string {
		l, err := net.Listen("tcp", ":0")
		if err != nil {
			t.Fatal(err)
		}
		server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			asked <- name
			w.WriteHeader(status)
		})}
		go func() { _ = server.Serve(l) }()
		t.Cleanup(func() { server.Close() })
		_, port, _ := net.SplitHostPort(l.Addr().String())
		return net.JoinHostPort(ownAddress(t), port)
	}
	proxy := "http://" + listen("proxy", http.StatusBadGateway)
	cmd := exec.Command(program(t, agentProgram), "healthcheck", "live")
	cmd.Env = []string{
		"HTTP_PROXY=" + proxy, "http_proxy=" + proxy, "RMQ_HTTP_ADDR=" + listen("agent", http.StatusOK),
	}
	out, err := cmd.CombinedOutput()
	if who := <-asked; err != nil || who != "agent" {
		t.Errorf("the health check asked the %s: %v\n%s", who, err, out)
	}
}

// ownAddress is an address of this machine that others can reach.
func ownAddress(t *testing.T) string {
	t.Helper()
	addrs, err := net.InterfaceAddrs()
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range addrs {
		if n, ok := a.(*net.IPNet); ok && n.IP.IsGlobalUnicast() && n.IP.To4() != nil {
			return n.IP.String()
		}
	}
	t.Skip("not shown here: this machine has no address but loopback")
	return ""
}
