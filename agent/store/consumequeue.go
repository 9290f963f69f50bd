package store

import (
	"encoding/binary"
	"errors"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strconv"

	"golang.org/x/sys/unix"

	"rocketmq-agent/agent/sharedfile"
)

// inRocksDB says that queues are kept in RocksDB: in the folder of the others, or in one of its own beside it.
func inRocksDB(root string) bool {
	for _, name := range []string{"consumequeue/CURRENT", "consumequeue_rocksdb", "consumequeue_r"} {
		if _, err := os.Lstat(filepath.Join(root, name)); err == nil {
			return true
		}
	}
	return false
}

// queues are the consume queues of a store.
type queues struct {
	last    []entry // of every queue that has any
	partial bool    // there are others that were not, or could not be, looked at
}

// maxQueues bounds the queues, and the entries of any folder, that are looked at. RocketMQ reads more of each of them.
const maxQueues = 4096

// readQueues finds the last entry of the queues below root.
func readQueues(root string) queues {
	var q queues
	dir := filepath.Join(root, "consumequeue")
	if held, err := holdsData(filepath.Join(root, "batchconsumequeue")); held || err != nil {
		q.partial = true
	}
	for _, topic := range q.list(dir) {
		if !topic.IsDir() {
			continue
		}
		for _, queue := range q.list(filepath.Join(dir, topic.Name())) {
			if _, err := strconv.ParseInt(queue.Name(), 10, 32); err != nil || !queue.IsDir() {
				continue
			}
			if len(q.last) == maxQueues {
				q.partial = true
				return q
			}
			q.add(dir, filepath.Join(topic.Name(), queue.Name()))
		}
	}
	return q
}

// list is a folder in no order. Links are not followed: what they lead to is no folder here.
func (q *queues) list(dir string) []fs.DirEntry {
	f, err := os.Open(dir)
	if err != nil {
		q.partial = q.partial || !errors.Is(err, fs.ErrNotExist)
		return nil
	}
	defer f.Close()
	entries, err := f.ReadDir(maxQueues)
	q.partial = q.partial || err != nil && len(entries) > 0 || len(entries) == maxQueues
	return entries
}

// add finds the last entry of a queue: in its last file, or in the one before, if that has just been made.
func (q *queues) add(dir, queue string) {
	var names []string
	for _, e := range q.list(filepath.Join(dir, queue)) {
		if _, err := strconv.ParseInt(e.Name(), 10, 64); err == nil {
			names = append(names, e.Name())
		}
	}
	slices.Sort(names)
	for _, name := range slices.Backward(names[max(0, len(names)-2):]) {
		offset, size, err := lastEntry(filepath.Join(dir, queue, name))
		if err != nil {
			q.partial = true
			return
		}
		if size > 0 {
			q.last = append(q.last, entry{queue, offset, size})
			return
		}
	}
}

// behind counts the queues that point behind an offset of the log.
func (q queues) behind(end int64) (n int) {
	for _, e := range q.last {
		if e.end() > end {
			n++
		}
	}
	return n
}

// unit is the size of an entry: offset, size, and the hash of a tag (ConsumeQueue.CQ_STORE_UNIT_SIZE).
const unit = 20

// lastEntry finds the last entry of a consume queue's file, behind which it is zeroes; a size of 0: it has none.
func lastEntry(path string) (offset int64, size int32, err error) {
	f, err := sharedfile.Open(path, os.O_RDONLY, 0)
	if err != nil {
		return 0, 0, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return 0, 0, err
	}
	all := int(info.Size() / unit)
	if hole, err := unix.Seek(int(f.Fd()), 0, unix.SEEK_HOLE); err == nil {
		all = min(all, int(hole+unit-1)/unit) // an entry may reach into the page behind
	}
	read := func(i int) (offset int64, size int32) {
		var e [unit]byte
		if _, readErr := f.ReadAt(e[:], int64(i)*unit); readErr != nil {
			err = readErr
		}
		return int64(binary.BigEndian.Uint64(e[:])), int32(binary.BigEndian.Uint32(e[8:]))
	}
	n := sort.Search(all, func(i int) bool {
		offset, size := read(i)
		return offset < 0 || size <= 0
	})
	if n > 0 {
		offset, size = read(n - 1)
	}
	if size == math.MaxInt32 { // in the place of entries that were deleted before (ConsumeQueue.fillPreBlank)
		size = 0
	}
	return offset, size, err
}
