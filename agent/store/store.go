// Package store makes sure, before a JVM touches it, that a store can be used, that it is this broker's,
// and that nobody else uses it.
//
// RocketMQ itself leaves with 253 and without a word when it cannot write, and a second broker on one store recovers,
// truncates and rewrites files before it notices that the first one holds the lock.
package store

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"golang.org/x/sys/unix"
)

// Error says why a store cannot be used, and what to do.
type Error struct {
	Dir    string
	Reason string
	Err    error  // may be nil
	Holder string // the host of the agent that uses the store; empty where that is not what is wrong
}

func (e *Error) Error() string {
	text := "cannot use the store " + e.Dir + ": " + e.Reason
	if e.Err != nil {
		text += " (" + e.Err.Error() + ")"
	}
	return text
}

func (e *Error) Unwrap() error { return e.Err }

// Store is a store that this process has to itself.
type Store struct {
	// Lock is the locked file. A child that inherits it keeps the lock for as long as it lives.
	Lock *os.File
	// Warnings are about things that work, but not for long.
	Warnings []string
}

// Open makes the folder, tries to write in it and locks it. mapped is the size of the largest file that RocketMQ maps
// there at its start, in bytes.
func Open(dir string, mapped uint64) (*Store, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, &Error{Dir: dir, Reason: "it cannot be created: " + owner(nearest(dir)), Err: err}
	}
	if err := writable(dir); err != nil {
		return nil, err
	}
	lock, warnings, err := takeLock(dir)
	if err != nil {
		return nil, err
	}
	if err := freeOfRocketMQ(dir); err != nil {
		return nil, errors.Join(err, lock.Close())
	}
	return &Store{Lock: lock, Warnings: append(warnings, room(dir, mapped)...)}, nil
}

// full says that a file could not be written for want of room alone. RocketMQ starts then all the same, serves what it
// has and deletes what is expired: a refusal would keep the disk full.
func full(err error) bool { return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) }

// nearest is dir, or the closest folder above it that exists.
func nearest(dir string) string {
	for {
		if _, err := os.Stat(dir); err == nil || dir == "/" || dir == "." {
			return dir
		}
		dir = filepath.Dir(dir)
	}
}

// owner says whose a folder is, who runs, and what to do about it.
func owner(path string) string {
	info, err := os.Stat(path)
	if err != nil {
		return path + " cannot be looked at"
	}
	uid, gid := os.Geteuid(), os.Getegid()
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return path + " cannot be looked at"
	}
	return fmt.Sprintf("%s belongs to %d:%d with mode %04o, and this process runs as %d:%d; "+
		"chown -R %d:%d the folder on the host (the one remedy for a folder of the host that keeps its owner, "+
		"hostPath or -v /FOLDER:…: fsGroup does nothing there), "+
		"in Kubernetes set securityContext.fsGroup: %d for a claim, "+
		"or run as its owner: --user %d:%d, in Kubernetes runAsUser: %d and runAsGroup: %d",
		path, st.Uid, st.Gid, info.Mode().Perm(), uid, gid, uid, gid, gid, st.Uid, st.Gid, st.Uid, st.Gid)
}

// touched are the places of an existing store that RocketMQ writes to at every start.
var touched = []string{"", "lock", "checkpoint", "abort", "commitlog", "consumequeue", "config", "index"}

// writable tries the folder with a file of its own, and what is already there with access(2): it may have been left by
// another user.
func writable(dir string) error {
	if err := tryFile(dir); err != nil && !full(err) {
		return err
	}
	for _, name := range touched {
		path := filepath.Join(dir, name)
		if err := unix.Access(path, unix.W_OK); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return &Error{Dir: dir, Reason: path + " was left by another user: " + owner(path), Err: err}
		}
	}
	return nil
}

func tryFile(dir string) error {
	f, err := os.CreateTemp(dir, ".rocketmq-agent-*")
	if err != nil {
		reason := "nothing can be written there: " + owner(dir)
		if errors.Is(err, syscall.EROFS) {
			reason = "it is on a read-only file system; mount a volume there"
		}
		return &Error{Dir: dir, Reason: reason, Err: err}
	}
	if err := errors.Join(f.Close(), os.Remove(f.Name())); err != nil {
		return &Error{Dir: dir, Reason: "nothing can be written there", Err: err}
	}
	return nil
}

// CheckFolders tries the folders that the configuration puts elsewhere than below the root. RocketMQ starts without
// them, takes no messages or does not tier them, and says so in its own log only.
func CheckFolders(l Layout) (warnings []string, err error) {
	var problems []error
	for _, dir := range l.Written {
		if err := usable(dir); err != nil {
			problems = append(problems, err)
		}
	}
	if len(problems) < len(l.Written) { // another folder of the log takes the messages
		for _, problem := range problems {
			warnings = append(warnings, problem.Error())
		}
		problems = nil
	}
	for _, dir := range l.Tiered {
		if err := usable(dir); err != nil {
			warnings = append(warnings, "tiered storage will not work: "+err.Error())
		}
	}
	return warnings, errors.Join(problems...)
}

// usable says what keeps this process from writing in a folder, or from making it.
func usable(dir string) error {
	at := nearest(dir)
	err := unix.Access(at, unix.W_OK|unix.X_OK)
	if info, statErr := os.Stat(at); statErr == nil && !info.IsDir() {
		err = unix.ENOTDIR
	}
	if err == nil {
		return nil
	}
	return &Error{Dir: dir, Reason: "nothing can be written there: " + owner(at), Err: err}
}

// refusing is the part of the disk in use from which on RocketMQ refuses messages, in percent
// (rocketmq.broker.diskSpaceWarningLevelRatio).
const refusing = 90

// room warns when the disk has no room for the files that RocketMQ maps at its start, or for any message at all.
func room(dir string, mapped uint64) []string {
	var disk unix.Statfs_t
	if err := unix.Statfs(dir, &disk); err != nil {
		return []string{fmt.Sprintf("cannot learn how full the disk of the store %s is: %v", dir, err)}
	}
	return judge(dir, disk, mapped)
}

func judge(dir string, disk unix.Statfs_t, mapped uint64) []string {
	var warnings []string
	if free := disk.Bavail * uint64(disk.Bsize); free < mapped {
		warnings = append(warnings, fmt.Sprintf("the disk of the store %s has %d MiB free, "+
			"less than the next file of the commit log needs (%d MiB)", dir, free>>20, mapped>>20))
	}
	used := disk.Blocks - disk.Bfree
	if all := used + disk.Bavail; all > 0 && used*100/all >= refusing { // as UtilAll.getDiskPartitionSpaceUsedPercent
		warnings = append(warnings, fmt.Sprintf("the disk of the store %s is %d %% full: "+
			"RocketMQ takes no messages from %d %% on, and deletes its oldest files", dir, used*100/all, refusing))
	}
	return warnings
}
