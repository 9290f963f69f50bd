//go:build e2e

package k8s_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestOwnOverlay builds the kustomization that the README shows, somewhere else, and looks for what it changes.
func TestOwnOverlay(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(readme), "```yaml\n")
	shown, _, _ := strings.Cut(rest, "```")
	dir := t.TempDir()
	here, err := filepath.Abs(".")
	if err != nil {
		t.Fatal(err)
	}
	base, err := filepath.Rel(dir, here)
	if err != nil {
		t.Fatal(err)
	}
	mine := strings.NewReplacer("../masters", base+"/overlays/masters", "../../grace-period", base+"/grace-period").Replace(shown)
	if err := os.WriteFile(filepath.Join(dir, "kustomization.yaml"), []byte(mine), 0o644); err != nil {
		t.Fatal(err)
	}
	built := (&cluster{TB: t}).kubectl("kustomize", dir)
	for text, times := range map[string]int{
		"terminationGracePeriodSeconds: 300":                         1,
		"- name: RMQ_GRACE_PERIOD\n          value: \"300\"":         1, // the agent's side of the same number
		"terminationGracePeriodSeconds: 30\n":                        1,
		"- name: RMQ_GRACE_PERIOD\n          value: \"30\"":          1,
		"image: registry.example/rocketmq-agent:1.0":                 2,
		"storageClassName: fast-ssd":                                 1,
		"storage: 500Gi":                                             1,
		"- name: RMQ_CONF_fileReservedTime\n          value: \"48\"": 1,
		"- name: RMQ_TOPOLOGY\n          value: masters":             1,
		"namespace: orders":                                          7,
		":latest":                                                    0,
	} {
		if n := strings.Count(built, text); n != times {
			t.Errorf("%q is there %d times, want %d", text, n, times)
		}
	}
	if t.Failed() {
		t.Log(built)
	}
}
