// Package rmqtest runs real RocketMQ processes for tests: assembled once,
// started as plain java on free ports with all their files in the test's own
// folder, ready when they answer the protocol, and dead when the test ends.
//
// Tests that use it are skipped with go test -short.
package rmqtest

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
)

// homeVariable names another home to test with, of an older release for example.
const homeVariable = "ROCKETMQ_TEST_HOME"

// Home returns the RocketMQ home of this repository, build/rocketmq, and
// assembles it first where it is missing. Test processes that come at the same
// time wait for each other.
func Home(t testing.TB) string {
	t.Helper()
	if testing.Short() {
		t.Skip("needs a real RocketMQ")
	}
	if home := os.Getenv(homeVariable); home != "" {
		return home
	}
	root, err := repository()
	if err != nil {
		t.Fatal(err)
	}
	home := filepath.Join(root, "build", "rocketmq")
	unlock, err := lock(home + ".lock")
	if err != nil {
		t.Fatal(err)
	}
	defer unlock()
	if _, err := os.Stat(filepath.Join(home, ".version")); err != nil { // make writes it last
		make := exec.Command("make", "rocketmq")
		make.Dir = root
		if out, err := make.CombinedOutput(); err != nil {
			t.Fatalf("cannot assemble RocketMQ: make rocketmq: %v\n%s", err, out)
		}
	}
	return home
}

// repository returns the folder of go.mod above the test's own folder.
func repository() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", fmt.Errorf("cannot find go.mod above the working folder")
		}
		dir = parent
	}
}

func lock(path string) (unlock func(), err error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return nil, err
	}
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX); err != nil {
		file.Close()
		return nil, fmt.Errorf("cannot lock %s: %w", path, err)
	}
	return func() { file.Close() }, nil
}
