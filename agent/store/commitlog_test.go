package store

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"rocketmq-agent/agent/testing/rmqtest"
)

// mapped is the size of the files in these tests.
const mapped = 1 << 20

// logFile makes a file of a commit log: messages of 1000 bytes from its beginning, or zeroes.
func logFile(t *testing.T, dir string, offset, size int64, messages int) {
	t.Helper()
	text := make([]byte, messages*1000)
	for i := range messages {
		binary.BigEndian.PutUint32(text[i*1000:], 1000)
	}
	name := fmt.Sprintf("%020d", offset)
	put(t, dir, name, string(text))
	if err := os.Truncate(filepath.Join(dir, name), size); err != nil {
		t.Fatal(err)
	}
}

// position is an entry of a consume queue.
type position struct {
	offset int64
	size   int32
}

// queueFile makes a file of a consume queue, with zeroes behind its entries.
func queueFile(t *testing.T, root, queue string, sparse bool, entries ...position) {
	t.Helper()
	text := make([]byte, len(entries)*unit, 100_000)
	for i, e := range entries {
		binary.BigEndian.PutUint64(text[i*unit:], uint64(e.offset))
		binary.BigEndian.PutUint32(text[i*unit+8:], uint32(e.size))
	}
	if !sparse {
		text = text[:cap(text)]
	}
	path := filepath.Join(root, "consumequeue", queue)
	put(t, filepath.Dir(path), filepath.Base(path), string(text))
	if err := os.Truncate(path, 100_000); err != nil {
		t.Fatal(err)
	}
}

// consecutive are n entries of messages as logFile makes them.
func consecutive(from int64, n int) (all []position) {
	for i := range int64(n) {
		all = append(all, position{from + i*1000, 1000})
	}
	return all
}

const (
	queue0 = "T/0/00000000000000000000"
	queue1 = "T/1/00000000000000000000"
)

var commitLogTests = []struct {
	name    string
	make    func(t *testing.T, root string)
	warns   []string // parts of the only warning
	refuses []string // parts of the error
}{
	{name: "nothing", make: func(*testing.T, string) {}},
	{name: "healthy", make: func(t *testing.T, root string) {
		logFile(t, root+"/commitlog", 0, mapped, 1048)
		logFile(t, root+"/commitlog", mapped, mapped, 500)
		queueFile(t, root, queue0, true, consecutive(0, 204)...)
		queueFile(t, root, queue1, false, consecutive(mapped, 500)...)
	}},
	{name: "healthy, the first files have expired, a topic is quiet, a file is made in advance",
		make: func(t *testing.T, root string) {
			logFile(t, root+"/commitlog", 4*mapped, mapped, 1048)
			logFile(t, root+"/commitlog", 5*mapped, mapped, 0)
			queueFile(t, root, queue0, true, position{1000, 1000})
			queueFile(t, root, queue1, true, position{0, math.MaxInt32}, position{4*mapped + 1047_000, 1000})
			queueFile(t, root, "T/1/00000000000000100000", true)
			queueFile(t, root, "U/0/00000000000000000000", true, position{0, math.MaxInt32})
		}},
	{name: "healthy, all has expired", make: func(t *testing.T, root string) {
		logFile(t, root+"/commitlog", 4*mapped, mapped, 0)
		queueFile(t, root, queue0, true, position{1000, 1000})
	}},
	{name: "a folder in it", make: func(t *testing.T, root string) {
		logFile(t, root+"/commitlog", 0, mapped, 1)
		put(t, root, "commitlog/lost+found/x", "")
	}},
	{name: "cut off", make: func(t *testing.T, root string) {
		logFile(t, root+"/commitlog", 0, mapped, 1048)
		logFile(t, root+"/commitlog", mapped, 5000, 5)
	}, refuses: []string{"/00000000000001048576 has 5000 bytes", "must have 1048576", "copy it again"}},
	{name: "cut off to nothing", make: func(t *testing.T, root string) {
		logFile(t, root+"/commitlog", 0, 0, 0)
		logFile(t, root+"/commitlog", mapped, mapped, 5)
	}, refuses: []string{"/00000000000000000000 has 0 bytes"}},
	{name: "another size", make: func(t *testing.T, root string) {
		logFile(t, root+"/commitlog", 0, 2*mapped, 1)
		logFile(t, root+"/commitlog", 2*mapped, 2*mapped, 1)
	}, refuses: []string{"the first of 2 such files", "RMQ_CONF_mappedFileSizeCommitLog=2097152"}},
	{name: "empty and last", make: func(t *testing.T, root string) {
		logFile(t, root+"/commitlog", 0, mapped, 1)
		logFile(t, root+"/commitlog", mapped, 0, 0)
	}, warns: []string{"/00000000000001048576 is empty", "removes it"}},
	{name: "something else", make: func(t *testing.T, root string) {
		logFile(t, root+"/commitlog", 0, mapped, 1)
		put(t, root, "commitlog/.00000000000001048576.Xyz", "half of it")
	}, refuses: []string{".Xyz is no file of a commit log", "move it away"}},
	{name: "a hole", make: func(t *testing.T, root string) {
		logFile(t, root+"/commitlog", 0, mapped, 1048)
		logFile(t, root+"/commitlog", 3*mapped, mapped, 1048)
		logFile(t, root+"/commitlog", 5*mapped, mapped, 10)
		queueFile(t, root, queue0, true, consecutive(mapped, 500)...)
	}, warns: []string{"from 1048576 to 3145727", "the first of 2 holes", "consumers skip them"}},
	{name: "queues behind the end", make: func(t *testing.T, root string) {
		logFile(t, root+"/commitlog", 0, mapped, 1048)
		queueFile(t, root, queue0, true, consecutive(500_000, 800)...)
		queueFile(t, root, queue1, false, position{0, 1000})
	}, warns: []string{"1 of 2 consume queues point behind", "is 1048576 (T/0: 1000 bytes at 1299000)"}},
	{name: "queues before the beginning", make: func(t *testing.T, root string) {
		logFile(t, root+"/commitlog", 4*mapped, mapped, 10)
		queueFile(t, root, queue0, true, position{1000, 1000})
		queueFile(t, root, queue1, true, position{3000, 1000})
	}, warns: []string{"all 2 consume queues end before the commit log begins, which is at 4194304 (T/1:", root0}},
	{name: "queues of another log", make: func(t *testing.T, root string) {
		logFile(t, root+"/commitlog", 0, mapped, 10)
		queueFile(t, root, queue0, true, position{3000, 1000}, position{4321, 1000})
	}, warns: []string{"has no message where", "T/0: 1000 bytes at 4321", root0}},
	{name: "no log", make: func(t *testing.T, root string) {
		queueFile(t, root, queue0, true, position{3000, 1000})
	}, warns: []string{"there is no file of a commit log in", "RocketMQ deletes the queues"}},
	{name: "links", make: func(t *testing.T, root string) { // where they lead is not looked at
		elsewhere := t.TempDir()
		logFile(t, elsewhere, 0, 5000, 1)
		link(t, elsewhere, root+"/commitlog")
		link(t, elsewhere+"/00000000000000000000", elsewhere+"/00000000000001048576")
		if err := os.Truncate(elsewhere+"/00000000000000000000", mapped); err != nil {
			t.Fatal(err)
		}
		link(t, root, elsewhere+"/other")
		queueFile(t, elsewhere, queue0, true, position{9 * mapped, 1000})
		put(t, root, "consumequeue/U/0/x", "")
		link(t, elsewhere+"/consumequeue/T", root+"/consumequeue/T")
		link(t, elsewhere+"/consumequeue/"+queue0, root+"/consumequeue/U/0/00000000000000000000")
	}},
	{name: "a pipe for a queue", make: func(t *testing.T, root string) {
		logFile(t, root+"/commitlog", 0, mapped, 1)
		put(t, root, "consumequeue/U/0/x", "")
		if err := syscall.Mkfifo(root+"/consumequeue/U/0/00000000000000000000", 0o600); err != nil {
			t.Fatal(err)
		}
	}},
	{name: "queues in RocksDB", make: func(t *testing.T, root string) {
		logFile(t, root+"/commitlog", 0, mapped, 1)
		queueFile(t, root, queue0, true, position{9 * mapped, 1000})
		put(t, root, "consumequeue/CURRENT", "MANIFEST-000005\n")
	}},
	{name: "DLedger", make: func(t *testing.T, root string) {
		put(t, root, raftLog, "messages")
		logFile(t, root+"/commitlog", 0, 5000, 1)
		queueFile(t, root, queue0, true, position{9 * mapped, 1000})
	}},
}

// root0 is a part of the remedy that names the store.
const root0 = "move consumequeue and index out of /"

func TestCheckCommitLog(t *testing.T) {
	for _, tt := range commitLogTests {
		t.Run(tt.name, func(t *testing.T) {
			root := t.TempDir()
			tt.make(t, root)
			warnings, err := CheckCommitLog(Layout{Root: root, Mapped: mapped})
			if tt.refuses != nil {
				wantError(t, err, append(tt.refuses, "exit code 253")...)
				if _, ok := errors.AsType[*Error](err); !ok {
					t.Errorf("%v is a %T", err, err)
				}
			} else if err != nil {
				t.Fatal(err)
			}
			if len(warnings) != min(len(tt.warns), 1) {
				t.Fatalf("warnings %q", warnings)
			}
			for _, part := range tt.warns {
				if !strings.Contains(warnings[0], part) {
					t.Errorf("no %q in %s", part, warnings[0])
				}
			}
		})
	}
}

// A log on several disks is one log; the folder below the root is none of it unless it is named.
func TestCommitLogOnSeveralDisks(t *testing.T) {
	a, b, old := t.TempDir(), t.TempDir(), t.TempDir()
	l := Layout{
		Root:       t.TempDir(),
		CommitLogs: []string{a, b},
		ReadOnly:   []string{old},
		Mapped:     mapped,
	}
	for i, dir := range []string{old, a, b, a} {
		logFile(t, dir, int64(i)*mapped, mapped, 1048)
	}
	logFile(t, l.Root+"/commitlog", 100*mapped, 7, 0)
	queueFile(t, l.Root, queue0, true, consecutive(3*mapped, 1000)...)
	if warnings, err := CheckCommitLog(l); len(warnings) > 0 || err != nil {
		t.Errorf("warnings %q, error %v", warnings, err)
	}
	l.CommitLogs = []string{a} // then RocketMQ does not look at the others either
	warnings, err := CheckCommitLog(l)
	if err != nil || len(warnings) != 1 || !strings.Contains(warnings[0], "from 2097152 to 3145727") {
		t.Errorf("warnings %q, error %v", warnings, err)
	}
}

// A store is looked at in part where it has more queues than that.
func TestManyQueues(t *testing.T) {
	root := t.TempDir()
	logFile(t, root+"/commitlog", 0, mapped, 10)
	for i := range maxQueues + 10 {
		queueFile(t, root, fmt.Sprintf("T%d/%d/00000000000000000000", i%70, i/70), true, position{9 * mapped, 1000})
	}
	began := time.Now()
	warnings, err := CheckCommitLog(Layout{Root: root, Mapped: mapped})
	if err != nil || len(warnings) != 1 || !strings.Contains(warnings[0], fmt.Sprintf("%d of %[1]d", maxQueues)) {
		t.Errorf("warnings %q, error %v", warnings, err)
	}
	t.Logf("%d queues took %v", maxQueues, time.Since(began))
}

// A store that RocketMQ itself has left is healthy.
func TestCommitLogOfRocketMQ(t *testing.T) {
	ns := rmqtest.StartNamesrv(t, rmqtest.Options{})
	broker := rmqtest.StartBroker(t, ns.Addr, rmqtest.Options{})
	if err := broker.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	broker.ExitCode(t, time.Minute)
	warnings, err := CheckCommitLog(Layout{Root: filepath.Join(broker.Dir, "store"), Mapped: 64 << 20})
	if len(warnings) > 0 || err != nil {
		t.Errorf("warnings %q, error %v", warnings, err)
	}
}
