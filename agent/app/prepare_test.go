package app

import (
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"rocketmq-agent/agent/identity"
	"rocketmq-agent/agent/plan"
	"rocketmq-agent/agent/rmq"
	"rocketmq-agent/agent/store"
)

// A start that waits for the store hears SIGTERM all the same.
func TestStoppedWhileItWaits(t *testing.T) {
	dir := t.TempDir()
	owner := identity.Owner{Mode: identity.Plain, Cluster: "c", Name: "mq-0", Member: "0"}
	if _, err := store.Claim(store.Layout{Root: dir}, owner, ""); err != nil {
		t.Fatal(err)
	}
	held, err := store.Open(dir, 0) // by a predecessor of this name, on a host of this name
	if err != nil {
		t.Fatal(err)
	}
	defer held.Lock.Close()
	signals := make(chan os.Signal, 2)
	signals <- unix.SIGHUP // says nothing about a start
	signals <- syscall.SIGTERM
	p := plan.Plan{
		StateDir:  filepath.Join(dir, "state"),
		Processes: []plan.Process{{Role: rmq.Controller, Store: dir, Owner: owner}},
	}
	began := time.Now()
	o := Options{Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Signals: signals}
	if _, stopped, err := prepare(t.Context(), p, o); err != nil || !stopped {
		t.Errorf("stopped: %t, %v", stopped, err)
	}
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("it took %v", took)
	}
}
