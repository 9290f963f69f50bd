package main

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"rocketmq-agent/agent/config"
	"rocketmq-agent/agent/guard"
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
			problems = append(problems, refuse(exitStorage, err))
			continue
		}
		locks[j.role] = s.Lock
		logWarnings(log, s.Warnings)
		remarks, err := guard.Claim(j.store, p.owner(j), p.settings.AdoptStore)
		logWarnings(log, remarks)
		problems = append(problems, refuse(exitConfig, err))
		if p.abort = existing(filepath.Join(j.store, "abort")); p.abort != "" {
			log.Warn("the broker was not stopped cleanly the last time: RocketMQ will recover its store", "found", p.abort)
		}
	}
	return locks, errors.Join(problems...)
}

// owner is whom the store of j belongs to.
func (p *plan) owner(j jvm) guard.Owner {
	c := j.conf
	if j.role != settings.Broker {
		return guard.Owner{Mode: guard.Controller, Name: c.Get("controllerDLegerGroup", ""), Member: c.Get("controllerDLegerSelfId", c.Get("jRaftServerId", ""))}
	}
	o := guard.Owner{Mode: guard.Plain, Cluster: c.Get("brokerClusterName", ""), Name: c.Get("brokerName", ""), Member: strconv.FormatInt(fixedID(c), 10)}
	switch {
	case c.Bool("enableDLegerCommitLog"):
		o.Mode, o.Member = guard.DLedger, c.Get("dLegerSelfId", "")
	case c.Bool("enableControllerMode"):
		o.Mode, o.Member = guard.Controlled, ""
		if p.identity.Topology != settings.Manual {
			o.Member = strconv.Itoa(p.identity.Index)
		}
	}
	return o
}

// fixedID is the id of a broker that elects nobody: RocketMQ gives every master 0.
func fixedID(c config.Config) int64 {
	if c.Get("brokerRole", "") != "SLAVE" {
		return 0
	}
	return int64(c.Int("brokerId", 0))
}

// searchTwin refuses to start beside a living broker of the same name and id. Elected ids are no business of ours.
func (p *plan) searchTwin() error {
	for _, j := range p.jvms {
		name := j.conf.Get("brokerName", "")
		if j.role != settings.Broker || name == "" || j.conf.Bool("enableDLegerCommitLog") || j.conf.Bool("enableControllerMode") {
			continue
		}
		self := guard.Self{Name: name, ID: fixedID(j.conf), Host: j.conf.Get("brokerIP1", ""), Port: j.ports[0]}
		return refuse(exitConfig, guard.Twin(context.Background(), j.namesrvs(), self))
	}
	return nil
}

// namesrvs are the name servers of a broker.
func (j jvm) namesrvs() []string {
	return strings.FieldsFunc(j.conf.Get("namesrvAddr", ""), func(c rune) bool { return c == ';' })
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
		for dir := range strings.SplitSeq(j.conf.Get(v.Key, ""), ",") { // MixAll.MULTI_PATH_SPLITTER
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
