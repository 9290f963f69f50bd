// Package preflight looks at the machine before a JVM may touch anything, in the order in which a mistake costs least:
// ports, the locks of the stores, a living broker of the same name, mounts, whose the stores are and what is in them,
// and last the files that are written. RocketMQ itself would start in most of the cases that are refused here.
package preflight

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"slices"
	"time"

	"rocketmq-agent/agent/atomicfile"
	"rocketmq-agent/agent/exit"
	"rocketmq-agent/agent/plan"
	"rocketmq-agent/agent/rmq"
	"rocketmq-agent/agent/store"
	"rocketmq-agent/agent/tlsconfig"
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
	if err := errors.Join(checkPorts(p), checkTLS(p, log)); err != nil {
		return Held{}, err
	}
	held, err := lockStores(ctx, p, log)
	if err != nil {
		return held, err
	}
	// Only now: a predecessor on the same store, which may have been waited for, is no second broker.
	if err := duplicate(ctx, p); err != nil {
		return held, err
	}
	lookAtMounts(p, log)
	if err := claimStores(p, log); err != nil {
		return held, err
	}
	held.findUncleanStop(p, log)
	return held, write(p)
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

// checkTLS reads the certificates and keys. Two JVMs in one container have the same ones, of which nothing is said
// twice.
func checkTLS(p plan.Plan, log *slog.Logger) error {
	said := map[string]bool{}
	var problems []error
	hear := func(errs []error, warnings []string) {
		for _, err := range errs {
			if !said[err.Error()] {
				problems = append(problems, err)
			}
			said[err.Error()] = true
		}
		for _, w := range warnings {
			if !said[w] {
				log.Warn(w)
			}
			said[w] = true
		}
	}
	for _, process := range p.Processes {
		hear(process.Access.TLS.CheckFiles())
		if proxy := process.Access.Proxy; proxy != nil {
			hear(proxy.Check(tlsconfig.Names{Cert: "tlsCertPath", Key: "tlsKeyPath"}, true))
		}
	}
	return exit.With(exit.Config, errors.Join(problems...))
}

// lockStores takes every store for this container alone.
func lockStores(ctx context.Context, p plan.Plan, log *slog.Logger) (Held, error) {
	held := Held{Locks: map[rmq.Role]*os.File{}}
	waiting := func(holder error, most time.Duration) {
		log.Warn("waiting for the predecessor of this name, which still runs on the store",
			"refusal", holder.Error(), "atMost", most.String())
	}
	var problems []error
	for _, process := range p.Processes {
		if process.Store == "" {
			continue
		}
		s, err := store.Await(ctx, process.Layout(), process.Owner, waiting)
		if err != nil {
			problems = append(problems, exit.With(exit.Storage, err))
			continue
		}
		held.Locks[process.Role] = s.Lock
		warn(log, s.Warnings)
	}
	return held, errors.Join(problems...)
}

// storeChecks look at what RocketMQ reads of a store, and say what it would do with it.
var storeChecks = []func(store.Layout) (warnings []string, err error){
	store.CheckFolders, store.CheckMetadata, store.CheckCommitLog,
}

// claimStores makes sure that every store is this container's, and that RocketMQ can read what it keeps there.
func claimStores(p plan.Plan, log *slog.Logger) error {
	var problems []error
	for _, process := range p.Processes {
		if process.Store == "" {
			continue
		}
		remarks, err := store.Claim(process.Layout(), process.Owner, p.Settings.AdoptStore)
		warn(log, remarks)
		code := exit.Config
		if _, unusable := errors.AsType[*store.Error](err); unusable {
			code = exit.Storage
		}
		if err != nil { // and nothing is said of the files of a store that belongs to somebody else
			problems = append(problems, exit.With(code, err))
			continue
		}
		for _, check := range storeChecks {
			warnings, err := check(process.Layout())
			warn(log, warnings)
			problems = append(problems, exit.With(exit.Storage, err))
		}
	}
	return errors.Join(problems...)
}

func warn(log *slog.Logger, warnings []string) {
	for _, w := range warnings {
		log.Warn(w)
	}
}

// findUncleanStop looks for RocketMQ's mark of one.
func (h *Held) findUncleanStop(p plan.Plan, log *slog.Logger) {
	for _, process := range p.Processes {
		if abort := filepath.Join(process.Store, "abort"); process.Store != "" && exists(abort) {
			h.UncleanStop = abort
			log.Warn("the broker was not stopped cleanly the last time: RocketMQ will recover its store",
				"found", abort)
		}
	}
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
		Read:       resolved(p.Read),
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

// resolved adds to paths where they lead, for they may be relative, or links: mount points are neither.
func resolved(paths []string) []string {
	all := slices.Clone(paths)
	for _, path := range paths {
		abs, err := filepath.Abs(path)
		if path == "" || err != nil {
			continue
		}
		all = append(all, abs)
		if real, err := filepath.EvalSymlinks(abs); err == nil {
			all = append(all, real)
		}
	}
	return all
}

func exists(path string) bool {
	info, err := os.Stat(path)
	return err == nil && !info.IsDir()
}
