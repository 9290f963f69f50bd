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
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// Error says why a store cannot be used, and what to do.
type Error struct {
	Dir    string
	Reason string
	Err    error // may be nil
}

func (e *Error) Error() string {
	text := "cannot use the store " + e.Dir + ": " + e.Reason
	if e.Err != nil {
		text += " (" + e.Err.Error() + ")"
	}
	return text
}

func (e *Error) Unwrap() error { return e.Err }

// lockName is the agent's own lock file in a store.
const lockName = ".rocketmq-agent.lock"

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
		return nil, &Error{dir, "it cannot be created: " + owner(nearest(dir)), err}
	}
	if err := writable(dir); err != nil {
		return nil, err
	}
	lock, err := takeLock(dir)
	if err != nil {
		return nil, err
	}
	if err := freeOfRocketMQ(dir); err != nil {
		return nil, errors.Join(err, lock.Close())
	}
	return &Store{Lock: lock, Warnings: room(dir, mapped)}, nil
}

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
		"chown -R %d:%d the folder on the host, in Kubernetes set securityContext.fsGroup: %d, or run as --user %d:%d",
		path, st.Uid, st.Gid, info.Mode().Perm(), uid, gid, uid, gid, gid, st.Uid, st.Gid)
}

// touched are the places of an existing store that RocketMQ writes to at every start.
var touched = []string{"", "lock", "checkpoint", "abort", "commitlog", "consumequeue", "config", "index"}

// writable tries the folder with a file of its own, and what is already there with access(2): it may have been left by
// another user.
func writable(dir string) error {
	f, err := os.CreateTemp(dir, ".rocketmq-agent-*")
	if err != nil {
		reason := "nothing can be written there: " + owner(dir)
		if errors.Is(err, syscall.EROFS) {
			reason = "it is on a read-only file system; mount a volume there"
		}
		if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
			reason = "its disk is full"
		}
		return &Error{dir, reason, err}
	}
	if err := errors.Join(f.Close(), os.Remove(f.Name())); err != nil {
		return &Error{dir, "nothing can be written there", err}
	}
	for _, name := range touched {
		path := filepath.Join(dir, name)
		if err := unix.Access(path, unix.W_OK); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return &Error{dir, path + " was left by another user: " + owner(path), err}
		}
	}
	return nil
}

// takeLock takes the agent's own lock, which is held until the last process that has the file open is gone.
func takeLock(dir string) (*os.File, error) {
	f, err := os.OpenFile(filepath.Join(dir, lockName), os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, &Error{dir, "its lock file cannot be opened: " + owner(dir), err}
	}
	if err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		holder, _ := os.ReadFile(f.Name()) // only for the message
		_ = f.Close()
		if errors.Is(err, unix.EWOULDBLOCK) {
			reason := fmt.Sprintf("another agent uses it (%s); every broker needs a store of its own",
				strings.TrimSpace(string(holder)))
			return nil, &Error{dir, reason, nil}
		}
		return nil, &Error{dir, "file locks do not work there; use a file system that has them", err}
	}
	host, _ := os.Hostname()
	text := fmt.Sprintf("pid %d on host %s\n", os.Getpid(), host)
	if err := errors.Join(f.Truncate(0), writeAt(f, text)); err != nil {
		return nil, errors.Join(&Error{dir, "its lock file cannot be written", err}, f.Close())
	}
	return f, nil
}

func writeAt(f *os.File, text string) error {
	_, err := f.WriteAt([]byte(text), 0)
	return err
}

// freeOfRocketMQ asks for RocketMQ's own lock without taking it: a broker that no agent started may use the store.
func freeOfRocketMQ(dir string) error {
	f, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_RDWR, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return &Error{dir, "RocketMQ's lock file cannot be opened", err}
	}
	defer f.Close()
	want := unix.Flock_t{Type: unix.F_WRLCK, Start: 0, Len: 1} // DefaultMessageStore.start: tryLock(0, 1, false)
	if err := unix.FcntlFlock(f.Fd(), unix.F_GETLK, &want); err != nil {
		return &Error{dir, "file locks do not work there; use a file system that has them", err}
	}
	if want.Type != unix.F_UNLCK {
		return &Error{dir, fmt.Sprintf("a RocketMQ broker uses it already (pid %d)", want.Pid), nil}
	}
	return nil
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
