//go:build e2e

package image_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestDiagnose: threads, heap and a recording of both JVMs of a container that may do nothing but write to its volumes,
// and a broker that goes on after it.
func TestDiagnose(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name    string
		options []string
	}{
		{"as the image's user", nil},
		{"read-only", []string{"--read-only", "--tmpfs", "/tmp", "--cap-drop", "ALL"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			dumps := t.TempDir()
			if err := os.Chmod(dumps, 0o777); err != nil {
				t.Fatal(err)
			}
			options := append(test.options, "--volume", newVolume(t)+":"+storePath, "--volume", dumps+":/dumps")
			c := start(t, options)
			c.awaitHealthy()
			threads := c.exec("rocketmq-agent", "diagnose", "threads")
			for _, want := range []string{"# namesrv, pid ", "# broker, pid ", "Full thread dump", "ownable synchronizers"} {
				if !strings.Contains(threads, want) {
					t.Errorf("no %q among the threads", want)
				}
			}
			checkDump(t, c, dumps, "heap", "broker-", ".hprof", "JAVA PROFILE 1.0.2\x00")
			checkDump(t, c, dumps, "heap", "namesrv-", ".hprof", "JAVA PROFILE 1.0.2\x00", "--role", "namesrv")
			checkDump(t, c, dumps, "flight-recording", "broker-", ".jfr", "FLR\x00", "--for", "2s")
			if noise := c.lines("Full thread dump"); len(noise) > 0 {
				t.Errorf("a thread dump in the log: %s", noise[0])
			}
			smoketest(t, "container:"+c.id, "--count", "500")
			c.mustStop()
		})
	}
}

// checkDump makes a file and proves by its first bytes that it is what it should be.
func checkDump(t *testing.T, c container, dumps, kind, name, ext, magic string, options ...string) {
	t.Helper()
	args := append([]string{"rocketmq-agent", "diagnose", kind, "--to", "/dumps"}, options...)
	path := strings.TrimSpace(c.exec(args...))
	if !strings.HasPrefix(path, "/dumps/"+name) || !strings.HasSuffix(path, ext) {
		t.Fatalf("%s wrote %q", kind, path)
	}
	// Its user alone may read it, and that may not be the one of this test.
	if begin := c.exec("head", "-c", "64", path); !strings.HasPrefix(begin, magic) {
		t.Errorf("%s begins with %q", path, begin)
	}
	if _, err := os.Stat(filepath.Join(dumps, filepath.Base(path))); err != nil {
		t.Error(err)
	}
	c.exec("rm", path)
}

// TestDiagnoseRefused: what cannot be done is said, with an exit code that is not 0, and the broker does not notice.
func TestDiagnoseRefused(t *testing.T) {
	t.Parallel()
	c := start(t, []string{
		"--read-only", "--tmpfs", "/tmp", "--tmpfs", "/small:size=1m,mode=1777", "--volume", newVolume(t) + ":" + storePath,
	})
	c.awaitHealthy()
	for want, args := range map[string][]string{
		"choose a folder with more room": {"heap", "--to", "/small"},
		"it can take 64 MiB":             {"flight-recording", "--to", "/small"},
		"cannot write there":             {"heap", "--to", "/usr"},
		"no such file or directory":      {"heap", "--to", "/missing"},
		"no proxy runs":                  {"threads", "--role", "proxy"},
	} {
		out, err := try(append([]string{"exec", c.id, "rocketmq-agent", "diagnose"}, args...)...)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v: %q, %v; want %q", args, out, err, want)
		}
	}
	out, err := try("exec", "--user", "12345:12345", c.id, "rocketmq-agent", "diagnose", "threads")
	if err == nil || !strings.Contains(err.Error(), "docker exec --user 3000:3000") {
		t.Errorf("another user: %q, %v", out, err)
	}
	c.mustStop()
}

// TestDebugger: the image's Java has what -agentlib:jdwp needs.
func TestDebugger(t *testing.T) {
	t.Parallel()
	c := start(t, []string{
		"--env", "JAVA_OPT_EXT=-agentlib:jdwp=transport=dt_socket,server=y,suspend=n,address=127.0.0.1:5005",
	})
	c.awaitHealthy()
	hello := "exec 3<>/dev/tcp/127.0.0.1/5005 && printf JDWP-Handshake >&3 && head -c 14 <&3"
	if got := c.exec("bash", "-c", hello); got != "JDWP-Handshake" {
		t.Errorf("the debugger's port says %q", got)
	}
	c.mustStop()
}
