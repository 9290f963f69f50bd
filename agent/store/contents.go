package store

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/sys/unix"

	"rocketmq-agent/agent/identity"
	"rocketmq-agent/agent/sharedfile"
)

// contents are what the files of a store say about who wrote it.
type contents struct {
	commitLog bool     // messages of a plain or a controlled broker
	members   []string // the DLedger members with a log: "n0"
	identity  []string // cluster, name and id that a controller gave
	topics    []string // of topics.json; nil when there is none, or none that can be read
}

// look reads the folders of a store. One that cannot be seen is an *Error, and never taken for empty: a volume that is
// not mounted yet looks like that.
func look(l Layout) (contents, error) {
	var c contents
	for _, dir := range l.commitLogs() {
		held, err := holdsData(dir)
		if err != nil {
			return c, unseen(l, err)
		}
		c.commitLog = c.commitLog || held
	}
	for _, dir := range l.rafts() {
		members, err := membersIn(dir)
		if err != nil {
			return c, unseen(l, err)
		}
		c.members = append(c.members, members...)
	}
	text, err := sharedfile.Read(l.identity(), smallFile)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return c, unseen(l, err)
	}
	if parts := strings.Split(strings.TrimSpace(string(text)), "#"); len(parts) == 3 { // BrokerMetadata.java
		c.identity = parts
	}
	c.topics, _ = l.table("topics.json") // what cannot be decoded is judged by CheckMetadata
	return c, nil
}

// membersIn lists the DLedger members with a log in a folder.
func membersIn(dir string) (members []string, err error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) && missing(dir) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		member, ok := strings.CutPrefix(e.Name(), "dledger-")
		if !ok {
			continue
		}
		held, err := holdsData(filepath.Join(dir, e.Name(), "data"))
		if err != nil {
			return nil, err
		}
		if held {
			members = append(members, member)
		}
	}
	return members, nil
}

// smallFile bounds the files of one line.
const smallFile = 64 << 10

func unseen(l Layout, err error) error {
	return &Error{
		Dir: l.Root,
		Reason: "a part of it cannot be looked at, and what cannot be seen is not taken for empty; " +
			"is its volume mounted, and may this process read it?",
		Err: err,
	}
}

// holdsData says whether a folder, or one below it, has a file with anything but zeroes in it: RocketMQ makes its files
// in their full size before the first message.
func holdsData(dir string) (held bool, err error) {
	err = filepath.WalkDir(dir+"/", func(path string, e fs.DirEntry, err error) error {
		switch {
		case errors.Is(err, fs.ErrNotExist) && missing(path):
			return nil
		case e != nil && e.IsDir() && e.Name() == "lost+found": // root's own, in every ext4 volume
			return fs.SkipDir
		case err != nil || e.IsDir():
			return err
		}
		if held, err = written(path); held {
			return fs.SkipAll
		}
		return err
	})
	return held, err
}

// firstPart is how much of a file is looked at. RocketMQ's logs and queues begin with their first entry, and the first
// bytes of an entry are not all zero.
const firstPart = 1 << 20

// written says whether a file begins with anything but zeroes. What is no file of its own counts as written.
func written(path string) (bool, error) {
	f, err := sharedfile.Open(path, os.O_RDONLY, 0)
	if _, unfit := errors.AsType[*sharedfile.Unfit](err); unfit {
		return true, nil
	}
	if err != nil {
		return false, err
	}
	defer f.Close()
	start, err := unix.Seek(int(f.Fd()), 0, unix.SEEK_DATA)
	if errors.Is(err, unix.ENXIO) { // one hole, or nothing
		return false, nil
	}
	if err != nil {
		start = 0 // a file system without holes
	}
	part, err := io.ReadAll(io.NewSectionReader(f, start, firstPart))
	return slices.ContainsFunc(part, func(b byte) bool { return b != 0 }), err
}

// owned says whether the store holds anything of one of its owners. A commit log that lies elsewhere may be out of
// sight, or not mounted: queues, topics and offsets tell of it.
func (c contents) owned(l Layout, owners ...identity.Owner) (bool, error) {
	if c.commitLog || len(c.members) > 0 {
		return true, nil
	}
	queues, err := holdsData(filepath.Join(l.Root, "consumequeue"))
	if err != nil {
		return false, unseen(l, err)
	}
	tells := func(key string) bool {
		topic, _, _ := strings.Cut(key, "@") // topic@group
		return !ofEveryBroker(topic, owners)
	}
	for _, name := range []string{"topics.json", "consumerOffset.json"} {
		keys, err := l.table(name)
		queues = queues || err != nil || slices.ContainsFunc(keys, tells)
	}
	return queues, nil
}

// systemTopics are those that every broker makes for itself (TopicValidator, TopicConfigManager.init), besides those
// of the prefix rmq_sys_ in either case.
var systemTopics = []string{
	"TBW102",
	"SELF_TEST_TOPIC",
	"BenchmarkTest",
	"SCHEDULE_TOPIC_XXXX",
	"OFFSET_MOVED_EVENT",
	"TRANS_CHECK_MAX_TIME_TOPIC",
	"DefaultHeartBeatSyncerTopic",
	"%RETRY%TOOLS_CONSUMER", // mqadmin's
}

// ofEveryBroker says that a topic tells of no message: a broker makes topics of its own name and its cluster's.
func ofEveryBroker(topic string, owners []identity.Owner) bool {
	return slices.Contains(systemTopics, topic) ||
		strings.HasPrefix(strings.ToLower(topic), "rmq_sys_") || strings.HasPrefix(topic, "%RETRY%CID_RMQ_SYS_") ||
		slices.ContainsFunc(owners, func(o identity.Owner) bool {
			return topic == o.Name || topic == o.Cluster || topic == o.Cluster+"_REPLY_TOPIC"
		})
}

// fits refuses a store that another kind of broker wrote, or another member of a group. adopt may name the kind.
func (c contents) fits(dir string, o identity.Owner, adopt string) error {
	deliberate := func(mode identity.Mode) bool { return adopt == string(mode) }
	raft := o.Mode == identity.DLedger || o.Mode == identity.ControllerStore
	switch {
	case raft && len(c.members) > 0 && o.Member != "" && !slices.Contains(c.members, o.Member):
		return refused("the store %s holds the log of %s (dledger-%s), and this is the member %s: "+
			"is another volume mounted?", dir, c.members[0], c.members[0], o.Member)
	case o.Mode == identity.DLedger && len(c.members) == 0 && c.commitLog && !deliberate(identity.Plain):
		return refused("the store %s holds the commit log of a broker without DLedger: "+
			"there is no way back once DLedger has written to it, and all members must begin with the same log; "+
			"to do it on purpose set RMQ_ADOPT_STORE=%s", dir, identity.Plain)
	case !raft && len(c.members) > 0 && !deliberate(identity.DLedger):
		return refused("the store %s holds DLedger's commit log (dledger-%s): "+
			"a broker without DLedger would not see its messages; "+
			"to leave them behind on purpose set RMQ_ADOPT_STORE=%s", dir, c.members[0], identity.DLedger)
	case o.Mode == identity.Controlled && c.identity != nil &&
		(differ(o.Cluster, c.identity[0]) || differ(o.Name, c.identity[1])):
		return refused("the store %s was registered with the controllers as %s/%s, and this is %s/%s: "+
			"RocketMQ would wait for ever; give the broker its old name back, or an empty store",
			dir, c.identity[0], c.identity[1], o.Cluster, o.Name)
	}
	return nil
}

func differ(a, b string) bool { return a != "" && b != "" && a != b }

// adopted says what is known of a store that no agent has used yet.
func (c contents) adopted(dir string, o identity.Owner) []string {
	if !c.commitLog && len(c.members) == 0 && c.topics == nil {
		return nil
	}
	remarks := []string{fmt.Sprintf("adopting the store %s, which holds data and has no owner yet, for %s", dir, o)}
	if c.topics != nil && o.Name != "" && !slices.Contains(c.topics, o.Name) {
		remarks = append(remarks, fmt.Sprintf("the store %s was written by a broker of another name than %s: "+
			"consumers find their offsets, but see queues of another broker; "+
			"if that is not meant, stop and look at the volume", dir, o.Name))
	}
	return remarks
}
