package diagnose

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// fullest is how full the disk of a store may become, in percent: from there on RocketMQ deletes messages that have not
// expired (rocketmq.broker.diskSpaceCleanForciblyRatio), and from 90 on it takes no more.
const fullest = 85

// Machine is what dumps and recordings are written on.
type Machine struct {
	Statfs func(path string, disk *unix.Statfs_t) error
	Cgroup string // the folder of the container's control group
}

// ThisMachine is the real one.
func ThisMachine() Machine { return Machine{Statfs: unix.Statfs, Cgroup: "/sys/fs/cgroup"} }

// Folder is where a dump or a recording goes.
type Folder struct {
	Path    string
	Machine Machine
	Servers []JVM // all of the container: their stores may be on the same disk
}

// ready refuses a folder where what is about to be written cannot be, or would hurt.
func (f Folder) ready(j JVM, what string, need uint64) error {
	err := f.takes(j)
	if err == nil {
		err = f.room(f.Path, need)
	}
	if err != nil {
		return fmt.Errorf("cannot write %s of %s to %s: %w", what, j, f.Path, err)
	}
	return nil
}

// takes says whether the JVM can write there: it does so itself, by its own user.
func (f Folder) takes(j JVM) error {
	info, err := os.Stat(f.Path)
	switch {
	case err != nil:
		return fmt.Errorf("the folder cannot be used: %w", errors.Unwrap(err))
	case !info.IsDir():
		return errors.New("it is no folder")
	case strings.ContainsAny(f.Path, "\"'%\\\n\r"):
		return errors.New("the JVM misunderstands quotes, percent signs and the like in its name: choose another folder")
	}
	s, err := j.status()
	if err != nil {
		return err
	}
	if err := unix.Access(f.Path, unix.W_OK|unix.X_OK); err != nil || !writes(s, info) {
		if err == nil {
			err = syscall.EACCES
		}
		return fmt.Errorf("user %d:%d of that JVM cannot write there: %w", s.uid, s.gid, err)
	}
	return nil
}

// writes judges by the mode of a folder, for root that asks for somebody else.
func writes(s status, info os.FileInfo) bool {
	owner, ok := info.Sys().(*syscall.Stat_t)
	if !ok || s.uid == 0 || s.uid == os.Geteuid() {
		return true
	}
	const writable = 0o3 // to write in a folder takes the right to enter it
	switch mode := info.Mode().Perm(); {
	case int(owner.Uid) == s.uid:
		return mode>>6&writable == writable
	case int(owner.Gid) == s.gid, slices.Contains(s.groups, int(owner.Gid)):
		return mode>>3&writable == writable
	default:
		return mode&writable == writable
	}
}

// room refuses what the file system of a path cannot take, or its memory where it is no disk, or the store beside it.
func (f Folder) room(path string, need uint64) error {
	var disk unix.Statfs_t
	if err := f.Machine.Statfs(path, &disk); err != nil {
		return fmt.Errorf("cannot learn how much room it has: %w", err)
	}
	if free := disk.Bavail * unit(disk); free < need {
		return fmt.Errorf("it can take %d MiB, and the file system has %d MiB free: choose a folder with more room",
			mib(need), free>>20)
	}
	if free, limited := f.Machine.memory(); disk.Type == unix.TMPFS_MAGIC && limited && free < need {
		return fmt.Errorf("it can take %d MiB, and that is a tmpfs, whose files count as memory, of which the container "+
			"has %d MiB left: choose a folder on a disk", mib(need), free>>20)
	}
	return f.spares(disk, need)
}

// spares refuses what would make the disk of a store too full.
func (f Folder) spares(disk unix.Statfs_t, need uint64) error {
	used := (disk.Blocks - disk.Bfree) * unit(disk)
	all := used + disk.Bavail*unit(disk) // as UtilAll.getDiskPartitionSpaceUsedPercent
	if store, shared := f.store(disk); shared && (used+need)*100 > all*fullest {
		return fmt.Errorf("it can take %d MiB, and the disk is also that of the store %s, %d %% full, and would be "+
			"%d %% full: RocketMQ deletes messages before their time from %d %% on and takes none from 90 %% on; "+
			"choose a folder on another disk", mib(need), store, used*100/all, (used+need)*100/all, fullest)
	}
	return nil
}

func unit(disk unix.Statfs_t) uint64 {
	if disk.Frsize > 0 {
		return uint64(disk.Frsize)
	}
	return uint64(disk.Bsize)
}

// mib rounds up.
func mib(bytes uint64) uint64 { return (bytes + 1<<20 - 1) >> 20 }

// store is a folder of a store on the disk. A container's own layer and a volume have numbers of their own, though both
// are on one disk, so what tells is that they are of one size with as much room.
func (f Folder) store(disk unix.Statfs_t) (folder string, shared bool) {
	const written = 64 << 20 // by others between one look and the next
	for _, folder := range f.stores() {
		var other unix.Statfs_t
		if f.Machine.Statfs(folder, &other) != nil || disk.Blocks*unit(disk) != other.Blocks*unit(other) {
			continue
		}
		a, b := disk.Bavail*unit(disk), other.Bavail*unit(other)
		if max(a, b)-min(a, b) < written {
			return folder, true
		}
	}
	return "", false
}

// stores lists a folder for each file system of which the servers have mapped files to write: that is how RocketMQ
// writes commit logs, consume queues and indexes.
func (f Folder) stores() (folders []string) {
	seen := map[uint64]bool{}
	for _, j := range f.Servers {
		maps, _ := os.ReadFile(j.file("maps")) // of another user's JVM nothing can be seen
		for line := range strings.Lines(string(maps)) {
			folder, mapped := mappedIn(line)
			if !mapped {
				continue
			}
			info, err := os.Stat(folder)
			if err != nil {
				continue
			}
			if st, ok := info.Sys().(*syscall.Stat_t); ok && !seen[st.Dev] {
				seen[st.Dev] = true
				folders = append(folders, folder)
			}
		}
	}
	return folders
}

// mappedIn is the folder of the file that a line of /proc/PID/maps is about, where it is mapped to be written.
func mappedIn(line string) (folder string, mapped bool) {
	const name = 5 // address, rights, offset, device, inode, name
	f := strings.Fields(line)
	if len(f) <= name || f[1] != "rw-s" || !filepath.IsAbs(f[name]) {
		return "", false
	}
	folder = filepath.Dir(f[name])
	return folder, !strings.HasPrefix(filepath.Base(folder), "hsperfdata_") // the JVM's own, for jstat
}

// memory is how much the container may still take of its limit, files that the kernel can drop not counted; limited is
// false where there is none, or where it cannot be seen (cgroup v1).
func (m Machine) memory() (free uint64, limited bool) {
	limit, ok := m.number("memory.max")
	current, known := m.number("memory.current")
	if !ok || !known {
		return 0, false
	}
	stat, _ := os.ReadFile(filepath.Join(m.Cgroup, "memory.stat"))
	var files, shared uint64
	for line := range strings.Lines(string(stat)) {
		switch name, value, _ := strings.Cut(strings.TrimSpace(line), " "); name {
		case "file":
			files, _ = strconv.ParseUint(value, 10, 64)
		case "shmem": // tmpfs: part of the former, and there to stay
			shared, _ = strconv.ParseUint(value, 10, 64)
		}
	}
	used := current - min(current, files-min(files, shared))
	return limit - min(limit, used), true
}

func (m Machine) number(name string) (uint64, bool) {
	text, err := os.ReadFile(filepath.Join(m.Cgroup, name))
	if err != nil {
		return 0, false
	}
	n, err := strconv.ParseUint(strings.TrimSpace(string(text)), 10, 64)
	return n, err == nil
}

// heapFigures finds what GC.heap_info says of the generations of every collector: "total 10K" (of JDK 25's G1 it is
// "committed"), "capacity 10M", "used 10K", and of Shenandoah "10M committed" and "10K used".
var heapFigures = regexp.MustCompile(
	`(?:\btotal|\bcommitted|[^x] capacity|\bused) (\d+)([BKMG])\b|\b(\d+)([BKMG]) (?:committed|used)\b`)

// heapSize adds up what is committed and used of the heap, which bounds a dump of it; 0 when the text says nothing.
func heapSize(info string) (bytes uint64) {
	heap, _, _ := strings.Cut(info, "Metaspace")
	for _, m := range heapFigures.FindAllStringSubmatch(heap, -1) {
		n, _ := strconv.ParseUint(m[1]+m[3], 10, 64)
		bytes += n << map[string]int{"B": 0, "K": 10, "M": 20, "G": 30}[m[2]+m[4]]
	}
	return bytes
}
