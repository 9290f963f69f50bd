package blackbox

import (
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"rocketmq-agent/agent/testing/rmqtest"
)

// TestRefused: bad input gets its exit code and a message that a tired operator can act on, and nothing is started or
// touched.
func TestRefused(t *testing.T) {
	taken, err := net.Listen("tcp", ":0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	takenPort := strconv.Itoa(taken.Addr().(*net.TCPAddr).Port)
	dir := t.TempDir()
	slave := filepath.Join(dir, "slave.conf")
	if err := os.WriteFile(slave, []byte("fileReservedTime=48\nbrokerRole=SLAVE\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	noFolder := filepath.Join(dir, "file")
	if err := os.WriteFile(noFolder, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		env  []string
		args []string
		code int
		says []string
	}{
		{"unknown role", nil, []string{"brocker"}, 64,
			[]string{"brocker", "namesrv, broker, proxy, controller, standalone"}},
		{"unknown option", nil, []string{"broker", "--port", "1"}, 64, []string{"--port", "-c FILE"}},
		{"proxy switch for a name server", nil, []string{"namesrv", "--enable-proxy"}, 64, []string{"--enable-proxy"}},
		{"two bad settings", []string{"RMQ_GRACE_PERIOD=soon", "RMQ_ORDINAL=-1"}, []string{"broker"}, 78,
			[]string{"RMQ_GRACE_PERIOD", "soon", "RMQ_ORDINAL", "-1"}},
		{"contradiction", []string{"RMQ_TOPOLOGY=masters"}, []string{"broker", "-c", slave}, 78,
			[]string{slave + ":2", "brokerRole=SLAVE", "masters"}},
		{"no such file", nil, []string{"broker", "-c", "/nowhere/broker.conf"}, 78, []string{"/nowhere/broker.conf"}},
		{"no RocketMQ", []string{"ROCKETMQ_HOME="}, []string{"broker"}, 78, []string{"ROCKETMQ_HOME"}},
		{"not a RocketMQ", []string{"ROCKETMQ_HOME=/etc"}, []string{"broker"}, 78, []string{"/etc", "lib"}},
		{"no java", []string{"PATH=/nowhere"}, []string{"broker"}, 127, []string{"java", "/nowhere"}},
		{"old java", []string{"JAVA_HOME=" + fakeJava(t, "1.7.0_80")}, []string{"broker"}, 78, []string{"1.7.0_80"}},
		{"store is no folder", []string{"RMQ_CONF_storePathRootDir=" + noFolder}, []string{"broker"}, 77,
			[]string{noFolder}},
		{"port in use", []string{"RMQ_CONF_haListenPort=" + takenPort}, []string{"broker"}, 78, []string{takenPort}},
		{"HTTP port in use", []string{"RMQ_HTTP_ADDR=127.0.0.1:" + takenPort}, []string{"broker"}, 78,
			[]string{"RMQ_HTTP_ADDR", takenPort}},
		{"Deployment's pod name", []string{"POD_NAME=broker-7d9f8c6b5-x2x4z"}, []string{"broker"}, 78,
			[]string{"POD_NAME", "broker-7d9f8c6b5-x2x4z", "StatefulSet"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			home := t.TempDir()
			env := append([]string{"RMQ_CONF_listenPort=" + strconv.Itoa(rmqtest.FreePort(t))}, c.env...)
			a := startAgent(t, home, env, c.args...)
			if code := a.exitCode(20 * time.Second); code != c.code {
				t.Errorf("exit code %d, want %d", code, c.code)
			}
			for _, text := range c.says {
				if !strings.Contains(a.output.String(), text) {
					t.Errorf("the message does not say %q:\n%s", text, a.output)
				}
			}
			if strings.Contains(a.output.String(), `"msg":"started`) {
				t.Error("a process was started")
			}
			if abort, _ := filepath.Glob(filepath.Join(home, "store", "commitlog", "*")); len(abort) > 0 {
				t.Error("the store was touched")
			}
		})
	}
}

// fakeJava makes a Java home of a version that is never executed.
func fakeJava(t *testing.T, version string) string {
	t.Helper()
	home := t.TempDir()
	if err := os.MkdirAll(filepath.Join(home, "bin"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(home, "bin", "java"), []byte("#!/bin/sh\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	release := []byte("JAVA_VERSION=\"" + version + "\"\n")
	if err := os.WriteFile(filepath.Join(home, "release"), release, 0o600); err != nil {
		t.Fatal(err)
	}
	return home
}
