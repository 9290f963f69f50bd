// Package preflight looks at the machine before a JVM may touch anything, in the order in which a mistake costs least:
// ports, a living broker of the same name, mounts, stores, and last the files that are written. RocketMQ itself would
// start in most of the cases that are refused here.
package preflight

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"

	"rocketmq-agent/agent/atomicfile"
	"rocketmq-agent/agent/exit"
	"rocketmq-agent/agent/plan"
	"rocketmq-agent/agent/rmq"
	"rocketmq-agent/agent/store"
)

// Held is what the preflight has taken for this container alone, and what it has found.
type Held struct {
	// Locks are the locked files of the stores. A child that inherits one keeps the lock for as long as it lives.
	Locks map[rmq.Role]*os.File
	// UncleanStop is RocketMQ's mark of an unclean stop; empty if there was none.
	// RocketMQ makes it again in every start.
	UncleanStop string
}

// Run makes sure that the plan can be carried out, takes the stores and writes the files. The error has every problem
// of the first step that has any, with its exit code.
func Run(ctx context.Context, p plan.Plan, log *slog.Logger) (Held, error) {
	if err := checkPorts(p); err != nil {
		return Held{}, err
	}
	if err := duplicate(ctx, p); err != nil {
		return Held{}, err
	}
	lookAtMounts(p, log)
	held, err := openStores(p, log)
	if err == nil {
		err = write(p)
	}
	return held, err
}

// checkPorts tries every port that would be opened: RocketMQ would find one in use only after it has loaded its store.
func checkPorts(p plan.Plan) error {
	var problems []error
	taken := map[int64]rmq.Role{}
	for _, process := range p.Processes {
		for _, port := range process.Ports {
			if other, twice := taken[port.Number]; twice && other != process.Role {
				problems = append(problems, fmt.Errorf("%s and %s both want port %d", other, process.Role, port.Number))
				continue
			}
			taken[port.Number] = process.Role
			l, err := net.Listen("tcp", port.Addr())
			if err != nil {
				err = fmt.Errorf("%s cannot use port %d: %w", process.Role, port.Number, errors.Unwrap(err))
				problems = append(problems, err)
				continue
			}
			_ = l.Close()
		}
	}
	return exit.With(exit.Config, errors.Join(problems...))
}

// openStores makes sure that every store can be used, and takes it for this container alone.
func openStores(p plan.Plan, log *slog.Logger) (Held, error) {
	held := Held{Locks: map[rmq.Role]*os.File{}}
	var problems []error
	for _, process := range p.Processes {
		if process.Store == "" {
			continue
		}
		s, err := store.Open(process.Store, uint64(process.CommitLogFile()))
		if err != nil {
			problems = append(problems, exit.With(exit.Storage, err))
			continue
		}
		held.Locks[process.Role] = s.Lock
		remarks, err := store.Claim(process.Store, process.Owner, p.Settings.AdoptStore)
		for _, w := range append(s.Warnings, remarks...) {
			log.Warn(w)
		}
		problems = append(problems, exit.With(exit.Config, err))
		if abort := filepath.Join(process.Store, "abort"); exists(abort) {
			held.UncleanStop = abort
			log.Warn("the broker was not stopped cleanly the last time: RocketMQ will recover its store",
				"found", abort)
		}
	}
	return held, errors.Join(problems...)
}

// write puts all rendered files into their private folders.
func write(p plan.Plan) error {
	for _, process := range p.Processes {
		for _, dir := range []string{p.StateDir, process.Dir} {
			if err := atomicfile.PrivateDir(dir); err != nil {
				return exit.With(exit.Storage, err)
			}
		}
		for _, f := range process.Files {
			if err := atomicfile.Write(process.Dir, f.Name, f.Text(), 0o600); err != nil {
				return exit.With(exit.Storage, err)
			}
		}
	}
	return nil
}

// lookAtMounts says what people find out too late about the volumes of a container.
func lookAtMounts(p plan.Plan, log *slog.Logger) {
	text, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil || !p.Settings.Pod.InContainer {
		return
	}
	m := Mounts{
		MountInfo:  string(text),
		UserHome:   p.UserHome,
		Home:       p.Home.Dir,
		Version:    p.Home.Release.String(),
		Read:       p.Read,
		StdoutLogs: !p.Settings.LogFiles,
		Exists:     exists,
	}
	for _, process := range p.Processes {
		m.Stores = append(m.Stores, process.Stores()...)
	}
	for _, f := range m.Check() {
		level := slog.LevelWarn
		if f.Code == LogsOnStdout {
			level = slog.LevelInfo
		}
		log.Log(context.Background(), level, f.Message, "finding", f.Code)
	}
}

func exists(path string) bool {
	info, err := os.Stat(path)
	return err == nil && !info.IsDir()
}
