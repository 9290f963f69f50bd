package store

import (
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"rocketmq-agent/agent/sharedfile"
)

// CheckCommitLog looks at the files of the commit log as RocketMQ loads them, and whether the consume queues are of the
// same log: a store that was copied halfway starts, and loses messages without a word. DLedger's log is its own affair.
func CheckCommitLog(l Layout) (warnings []string, err error) {
	members, err := membersIn(l.Root)
	if err != nil {
		return nil, unseen(l, err)
	}
	if len(l.Raft) > 0 || len(members) > 0 {
		return nil, nil
	}
	log, warnings, err := loadLog(l)
	if err != nil {
		return nil, err
	}
	warnings = append(warnings, log.hole()...)
	if inRocksDB(l.Root) {
		return warnings, nil
	}
	return append(warnings, log.compare(readQueues(l.Root))...), nil
}

// messageLog is a commit log as RocketMQ loads it: files of one size, named after the offset that they begin at.
type messageLog struct {
	layout Layout
	dirs   []string
	files  []segment // in their order
}

type segment struct {
	path   string
	offset int64
}

// loadedDirs are the folders that RocketMQ loads: the one below the root only where none is named, those that are only
// read beside several (CommitLog, MultiPathMappedFileQueue).
func (l Layout) loadedDirs() []string {
	switch len(l.CommitLogs) {
	case 0:
		return []string{filepath.Join(l.Root, "commitlog")}
	case 1:
		return l.CommitLogs
	}
	return slices.Concat(l.CommitLogs, l.ReadOnly)
}

// loadLog does what MappedFileQueue.doLoad does with the folders. What makes that give up, so that RocketMQ leaves with
// 253, is an *Error.
func loadLog(l Layout) (log messageLog, warnings []string, err error) {
	log = messageLog{layout: l, dirs: l.loadedDirs()}
	files, err := filesIn(log.dirs)
	if err != nil {
		return log, nil, unseen(l, err)
	}
	var wrong []candidate
	for i, f := range files {
		offset, err := strconv.ParseInt(f.name, 10, 64)
		switch {
		case f.link && err != nil: // what is behind a link is not looked at
		case !f.link && f.size == 0 && i == len(files)-1:
			warnings = append(warnings, fmt.Sprintf("%s is empty, as after a crash or a copy that was broken off: "+
				"RocketMQ removes it at its start (before 5.1.3 it does not start, so remove it yourself)", f.path))
		case err != nil:
			return log, nil, &Error{Dir: l.Root, Reason: f.path + " is no file of a commit log, and RocketMQ does not start " +
				"(exit code 253) where one lies there: move it away"}
		case !f.link && f.size != int64(l.Mapped):
			wrong = append(wrong, f)
		default:
			log.files = append(log.files, segment{f.path, offset})
		}
	}
	return log, warnings, wrongSize(l, wrong)
}

// wrongSize is about files that are shorter or longer than a file of the log is by the configuration.
func wrongSize(l Layout, wrong []candidate) error {
	if len(wrong) == 0 {
		return nil
	}
	f, more := wrong[0], ""
	if len(wrong) > 1 {
		more = fmt.Sprintf(" (the first of %d such files)", len(wrong))
	}
	return &Error{Dir: l.Root, Reason: fmt.Sprintf("%s has %d bytes, and a file of the commit log must have %d "+
		"by mappedFileSizeCommitLog%s: RocketMQ does not start with it (exit code 253); "+
		"if the store was written with another size, configure that one (RMQ_CONF_mappedFileSizeCommitLog=%[2]d); "+
		"if the file was copied halfway, copy it again",
		f.path, f.size, l.Mapped, more)}
}

// candidate is what lies in a folder of the commit log.
type candidate struct {
	path, name string
	size       int64
	link       bool
}

// filesIn lists all but the folders, in the order of their names, whatever folder they lie in.
func filesIn(dirs []string) (all []candidate, err error) {
	for _, dir := range dirs {
		entries, err := os.ReadDir(dir)
		if err != nil && !(errors.Is(err, fs.ErrNotExist) && missing(dir)) {
			return nil, err
		}
		for _, e := range entries {
			info, err := e.Info()
			switch {
			case errors.Is(err, fs.ErrNotExist) || e.IsDir():
				continue
			case err != nil:
				return nil, err
			}
			all = append(all, candidate{
				path: filepath.Join(dir, e.Name()),
				name: e.Name(),
				size: info.Size(),
				link: e.Type()&fs.ModeSymlink != 0,
			})
		}
	}
	slices.SortStableFunc(all, func(a, b candidate) int { return cmp.Compare(a.name, b.name) })
	return all, nil
}

// begin and end are the offsets between which messages may be.
func (log messageLog) begin() int64 { return log.files[0].offset }

func (log messageLog) end() int64 { return log.endOf(len(log.files) - 1) }

func (log messageLog) endOf(i int) int64 { return log.files[i].offset + int64(log.layout.Mapped) }

// hole is about offsets that no file has. MappedFileQueue.checkSelf only logs them, recovery goes on behind them, and a
// consumer that comes there is sent to the next file (DefaultMessageStore.getMessage).
func (log messageLog) hole() []string {
	first, holes := 0, 0
	for i := 1; i < len(log.files); i++ {
		if log.files[i].offset > log.endOf(i-1) {
			if holes++; holes == 1 {
				first = i
			}
		}
	}
	if holes == 0 {
		return nil
	}
	more := ""
	if holes > 1 {
		more = fmt.Sprintf(" (the first of %d holes)", holes)
	}
	return []string{fmt.Sprintf("the commit log has no file for the offsets from %d to %d, between %s and %s%s: "+
		"RocketMQ starts all the same, the messages there are gone, and consumers skip them; "+
		"if the files are on another disk, or in a backup, stop and bring them back",
		log.endOf(first-1), log.files[first].offset-1, log.files[first-1].path, log.files[first].path, more)}
}

// entry is where the last message of a consume queue lies in the commit log.
type entry struct {
	queue  string // "TOPIC/0"
	offset int64
	size   int32
}

func (e entry) end() int64 { return e.offset + int64(e.size) }

func (e entry) String() string { return fmt.Sprintf("%s: %d bytes at %d", e.queue, e.size, e.offset) }

// compare finds queues that are not of this log. What RocketMQ does with them is in CommitLog.recoverNormally and
// recoverAbnormally, ConsumeQueue.truncateDirtyLogicFiles and putMessagePositionInfo.
func (log messageLog) compare(q queues) []string {
	if len(q.last) == 0 {
		return nil
	}
	newest := slices.MaxFunc(q.last, func(a, b entry) int { return cmp.Compare(a.end(), b.end()) })
	switch n := len(q.last); {
	case len(log.files) == 0:
		return []string{fmt.Sprintf("there is no file of a commit log in %s, and %d consume queues point into one (%s): "+
			"RocketMQ deletes the queues at its start; if the log is somewhere else, stop, and mount or configure its folder "+
			"(storePathCommitLog)", strings.Join(log.dirs, ", "), n, newest)}
	case newest.end() > log.end():
		return []string{fmt.Sprintf("%d of %d consume queues point behind the end of the commit log, which is %d (%s), %s: "+
			"RocketMQ cuts them off there (at every start, until new messages have taken their place), "+
			"and what they pointed to is gone; if there is a better copy of the store, stop and take that",
			q.behind(log.end()), n, log.end(), newest, mixed)}
	case newest.end() <= log.begin() && !q.partial && log.hasMessages():
		return []string{fmt.Sprintf("all %d consume queues end before the commit log begins, which is at %d (%s), %s: "+
			"RocketMQ puts the messages of the log into the queues under other offsets than their own, "+
			"and leaves out those whose offset a queue has passed; %s",
			n, log.begin(), newest, mixed, log.rebuild())}
	case newest.offset >= log.begin() && !log.holds(newest):
		return []string{fmt.Sprintf("the commit log has no message where the consume queues have their last (%s), %s, "+
			"or when the machine was switched off: RocketMQ cuts off what points behind the last message, "+
			"and for the rest consumers get nothing, or something else; %s", newest, mixed, log.rebuild())}
	}
	return nil
}

// mixed is how queues and a log come together that do not fit.
const mixed = "as after a copy that was broken off or made while the broker ran, or of parts of two stores"

// rebuild is how to get queues that are of the log.
func (log messageLog) rebuild() string {
	return fmt.Sprintf("to have all that the log holds, stop, and move consumequeue and index out of %s: "+
		"RocketMQ builds both again", log.layout.Root)
}

// hasMessages says whether the log begins with a message: of a file made in advance RocketMQ has put none into a queue.
func (log messageLog) hasMessages() bool {
	held, err := written(log.files[0].path)
	return held && err == nil
}

// holds says whether the log has a message of the entry's size at its place. What cannot be seen is taken for one, and
// of a hole everything has been said.
func (log messageLog) holds(e entry) bool {
	for _, s := range log.files {
		if e.offset < s.offset || e.offset >= s.offset+int64(log.layout.Mapped) {
			continue
		}
		f, err := sharedfile.Open(s.path, os.O_RDONLY, 0)
		if err != nil {
			return true
		}
		defer f.Close()
		var size [4]byte // MessageDecoder: the first field of a message is its size
		_, err = f.ReadAt(size[:], e.offset-s.offset)
		return err != nil || int32(binary.BigEndian.Uint32(size[:])) == e.size
	}
	return true
}
