//go:build e2e

package k8s_test

import (
	"os"
	"path/filepath"
	"testing"

	"rocketmq-agent/agent/cmdline"
	"rocketmq-agent/agent/config"
	"rocketmq-agent/agent/identity"
	"rocketmq-agent/agent/keys"
	"rocketmq-agent/agent/launch"
	"rocketmq-agent/agent/memory"
	"rocketmq-agent/agent/plan"
	"rocketmq-agent/agent/settings"
)

// checkPorts asks the agent which ports it would open in a pod: each of them must be declared.
func checkPorts(t *testing.T, s statefulSet, told settings.Settings) {
	told.Java.Home = "/home/rocketmq"
	p, err := plan.Make(told, cmdline.Run{Role: s.role()}, image(t))
	if err != nil {
		t.Fatal(err)
	}
	declared := map[int64]bool{}
	for _, port := range s.container().Ports {
		declared[int64(port.ContainerPort)] = true
	}
	for _, process := range p.Processes {
		for _, port := range process.Ports {
			if !declared[port.Number] {
				t.Errorf("%s listens on %s, which its container does not declare", process.Role, port)
			}
		}
	}
}

// image is what the agent finds in a container of the image.
func image(t *testing.T) plan.Files {
	home := filepath.Join(t.TempDir(), "rocketmq")
	if err := os.MkdirAll(filepath.Join(home, "lib"), 0o755); err != nil {
		t.Fatal(err)
	}
	jar := filepath.Join(home, "lib", "rocketmq-broker-"+keys.Newest().String()+".jar")
	if err := os.WriteFile(jar, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	found, err := launch.FindHome(home)
	if err != nil {
		t.Fatal(err)
	}
	table, err := keys.Load()
	if err != nil {
		t.Fatal(err)
	}
	templates, err := config.ReadTemplates("")
	if err != nil {
		t.Fatal(err)
	}
	return plan.Files{
		Home:      found,
		Java:      launch.Java{Path: "/opt/jre/bin/java", Major: 25},
		Limit:     memory.Limit{Bytes: 2 << 30, Source: "/sys/fs/cgroup/memory.max", Capped: true},
		Keys:      table,
		Templates: templates,
		UID:       3000,
		CanWrite:  func(string) error { return nil },
		Owner:     func(string) (identity.Owner, bool) { return identity.Owner{}, false },
	}
}
