//go:build e2e

package image_test

import (
	"os"
	"strings"
	"testing"
)

// TestMounts: what people find out too late is said at the start, each in one line.
func TestMounts(t *testing.T) {
	t.Parallel()
	conf := writeConf(t, "brokerName=mounted\n")
	for _, test := range []struct {
		name    string
		options []string
		words   []string
	}{
		{"no volume", nil, []string{storePath, "volume"}},
		{"a volume that nothing uses", []string{"--volume", newVolume(t) + ":/root/store"}, []string{"/root/store"}},
		{"a broker.conf that nobody reads", []string{"--volume", conf + ":/home/rocketmq/broker.conf"},
			[]string{"/home/rocketmq/broker.conf"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			c := start(t, test.options)
			c.awaitHealthy()
			if lines := c.lines(append(test.words, `"level":"WARN"`)...); len(lines) != 1 {
				t.Errorf("%d warnings with %q, want 1: %s", len(lines), test.words, strings.Join(lines, "\n"))
			}
		})
	}
}

// TestForeignFolder: the most asked question of the issue trackers gets its answer in one line, and exit code 77.
func TestForeignFolder(t *testing.T) {
	t.Parallel()
	folder := t.TempDir() // of the user who runs the test
	if err := os.Chmod(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	if os.Getuid() == 3000 {
		t.Fatal("this test must run as another user than the image's")
	}
	c := start(t, []string{"--volume", folder + ":" + storePath})
	if code := c.end(); code != 77 {
		t.Errorf("exit code %d, want 77", code)
	}
	if lines := c.lines(storePath, "3000", `"level":"ERROR"`); len(lines) != 1 {
		t.Errorf("%d errors that name the folder and the user, want 1", len(lines))
	}
	if entries, err := os.ReadDir(folder); err != nil || len(entries) > 0 {
		t.Errorf("the folder holds %v (%v), want nothing", entries, err)
	}
}
