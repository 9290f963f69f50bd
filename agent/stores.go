package main

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"

	"rocketmq-agent/agent/settings"
	"rocketmq-agent/agent/storage"
)

// openStores makes sure that every store can be used, and takes it for this container alone. A name server keeps nothing
// that needs it.
func (p *plan) openStores(log *slog.Logger) (map[settings.Role]*os.File, error) {
	locks := map[settings.Role]*os.File{}
	var problems []error
	for _, j := range p.jvms {
		if j.store == "" {
			continue
		}
		s, err := storage.Open(j.store, uint64(j.conf.Int("mappedFileSizeCommitLog", commitLogFile)))
		if err != nil {
			problems = append(problems, err)
			continue
		}
		locks[j.role] = s.Lock
		logWarnings(log, s.Warnings)
		if p.abort = existing(filepath.Join(j.store, "abort")); p.abort != "" {
			log.Warn("the broker was not stopped cleanly the last time: RocketMQ will recover its store", "found", p.abort)
		}
	}
	return locks, refuse(exitStorage, errors.Join(problems...))
}

// lookAtMounts says what people find out too late about the volumes of a container.
func (p *plan) lookAtMounts(log *slog.Logger) {
	text, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil || !p.inContainer() {
		return
	}
	m := storage.Mounts{
		MountInfo: string(text), UserHome: p.userHome, Home: p.home.Dir, Version: p.home.Version,
		Read: []string{p.file.Name, p.settings.ConfigDir, p.proxyFile()}, StdoutLogs: !p.settings.LogFiles,
		Exists: func(path string) bool { return existing(path) != "" },
	}
	for _, j := range p.jvms {
		if j.store != "" {
			m.Stores = append(m.Stores, j.store)
			m.Stores = append(m.Stores, j.otherStores()...)
		}
	}
	for _, f := range m.Check() {
		level := slog.LevelWarn
		if f.Code == storage.LogsOnStdout {
			level = slog.LevelInfo
		}
		log.Log(context.Background(), level, f.Message, "finding", f.Code)
	}
}

// otherStores are the folders that a broker's configuration puts elsewhere, a commit log on several disks among them.
func (j jvm) otherStores() []string {
	var dirs []string
	for _, v := range j.conf.Values() {
		if !strings.HasPrefix(v.Key, "storePath") || v.Key == "storePathRootDir" {
			continue
		}
		for dir := range strings.SplitSeq(v.Value, ",") { // MixAll.MULTI_PATH_SPLITTER
			if filepath.IsAbs(dir) && !strings.HasPrefix(dir, j.store+"/") {
				dirs = append(dirs, dir)
			}
		}
	}
	return dirs
}

// inContainer says whether this is a container: Docker and Podman leave a file, Kubernetes variables.
func (p *plan) inContainer() bool {
	return p.settings.Pod.InKubernetes || existing("/.dockerenv") != "" || existing("/run/.containerenv") != ""
}
