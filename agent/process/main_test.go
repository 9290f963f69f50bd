package process_test

import (
	"os"
	"path/filepath"
	"testing"

	"rocketmq-agent/agent/process"
	"rocketmq-agent/agent/testing/processtest"
)

func TestMain(m *testing.M) {
	processtest.Main(m, map[string]func([]string) int{"agent": agent, "blocker": blocker})
}

// newSupervisor returns a Supervisor that leaves no child behind: a test that passes has ended all of its own.
func newSupervisor(t *testing.T) *process.Supervisor {
	t.Helper()
	sup, err := process.New()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		sup.Close()
		defer processtest.KillAll()
		if living, zombies := processtest.Children(os.Getpid()); !t.Failed() && len(living)+len(zombies) > 0 {
			t.Errorf("left behind: children %v, zombies %v", living, zombies)
		}
	})
	return sup
}

// child is the Spec of a test child under the name of this test binary.
func child(t *testing.T, c processtest.Child) process.Spec {
	t.Helper()
	return spec(processtest.Self(t), c.Args()...)
}

func spec(path string, args ...string) process.Spec {
	env := append(os.Environ(), processtest.QuickExit)
	return process.Spec{
		Name:   "broker",
		Path:   path,
		Args:   args,
		Env:    env,
		Stdout: os.Stdout,
		Stderr: os.Stderr,
	}
}

func start(t *testing.T, sup *process.Supervisor, s process.Spec) *process.Process {
	t.Helper()
	p, err := sup.Start(s)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// files names files in the test's own folder; none exists yet.
func files(t *testing.T) func(name string) string {
	dir := t.TempDir()
	return func(name string) string { return filepath.Join(dir, name) }
}
