package store

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

// Layout says where a process keeps its data.
type Layout struct {
	Root       string   // of the store
	CommitLogs []string // folders of the commit log besides the one below Root
	ReadOnly   []string // further folders of the commit log, which are only read
	Raft       []string // folders that hold a DLedger member's log (dledger-n0), besides Root
	Written    []string // of all these folders, those that new messages go to
	Tiered     []string // folders of tiered storage, which RocketMQ starts without
	Identity   string   // the file that a controller's id is kept in; empty: brokerIdentity below Root
	Metadata   []string // files that RocketMQ decodes at its start, by their name below Root/config
	Mapped     uint64   // the size of the largest file that RocketMQ maps at its start, in bytes
}

func (l Layout) commitLogs() []string {
	return slices.Concat([]string{filepath.Join(l.Root, "commitlog")}, l.CommitLogs, l.ReadOnly)
}

func (l Layout) rafts() []string { return append([]string{l.Root}, l.Raft...) }

func (l Layout) identity() string {
	if l.Identity != "" {
		return l.Identity
	}
	return filepath.Join(l.Root, "brokerIdentity")
}

func (l Layout) config(name string) string { return filepath.Join(l.Root, "config", name) }

// missing says that there is nothing at path, and no link on the way to it that leads nowhere: that may be a volume
// which is not mounted yet.
func missing(path string) bool {
	for {
		info, err := os.Lstat(path)
		switch {
		case err == nil && info.Mode()&fs.ModeSymlink == 0:
			return true
		case err == nil:
			_, err := os.Stat(path)
			return err == nil
		case !errors.Is(err, fs.ErrNotExist) || path == filepath.Dir(path):
			return false
		}
		path = filepath.Dir(path)
	}
}
