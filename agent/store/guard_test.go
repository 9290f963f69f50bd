package store

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"rocketmq-agent/agent/identity"
)

// zeroes is the beginning of a file that RocketMQ has made and not written to.
var zeroes = strings.Repeat("\x00", 4096)

// A store whose commit log is out of sight is not taken for empty: its owner's queues, topics and offsets are data.
func TestTheOwnerIsNotForgotten(t *testing.T) {
	const kept = `{"topicConfigTable":{"TBW102":{},"c":{},"mq-1":{},"orders":{}}}`
	other := t.TempDir()
	put(t, other, "00000000000000000000", "messages of mq-1")
	for _, tt := range []struct {
		name   string
		layout Layout
		files  map[string]string
		spoil  func(t *testing.T, root string)
		says   string
	}{
		{name: "the log is elsewhere", layout: Layout{CommitLogs: []string{other}}, says: "RMQ_ADOPT_STORE=c/mq-1/0"},
		{name: "the log is elsewhere, and nobody says where",
			files: map[string]string{"consumequeue/T/0/0": "x"}, says: "RMQ_ADOPT_STORE=c/mq-1/0"},
		{name: "topics", files: map[string]string{topicFile: kept}, says: "RMQ_ADOPT_STORE=c/mq-1/0"},
		{name: "topics in the backup", files: map[string]string{topicFile: zeroes, topicFile + ".bak": kept},
			says: "RMQ_ADOPT_STORE=c/mq-1/0"},
		{name: "topics that cannot be decoded", files: map[string]string{topicFile: zeroes},
			says: "RMQ_ADOPT_STORE=c/mq-1/0"},
		{name: "offsets", files: map[string]string{"config/consumerOffset.json": `{"offsetTable":{"T@G":{0:12,1:7}}}`},
			says: "RMQ_ADOPT_STORE=c/mq-1/0"},
		{name: "a link to nothing", says: "is its volume mounted", spoil: func(t *testing.T, root string) {
			link(t, "/nonexistent", filepath.Join(root, "commitlog"))
		}},
		{name: "a link to nothing, on the way", layout: Layout{CommitLogs: []string{filepath.Join(other, "on", "it")}},
			says: "is its volume mounted", spoil: func(t *testing.T, _ string) {
				link(t, "/nonexistent", filepath.Join(other, "on"))
			}},
		{name: "no folder", says: "is its volume mounted", spoil: func(t *testing.T, root string) {
			put(t, root, "commitlog", "")
		}},
		{name: "queues behind a link to nothing", says: "is its volume mounted", spoil: func(t *testing.T, root string) {
			link(t, "/nonexistent", filepath.Join(root, "consumequeue"))
		}},
		{name: "metadata behind a link to nothing", says: "RMQ_ADOPT_STORE", spoil: func(t *testing.T, root string) {
			link(t, "/nonexistent", filepath.Join(root, "config"))
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			l := tt.layout
			l.Root = t.TempDir()
			if _, err := Claim(Layout{Root: l.Root}, master1, ""); err != nil {
				t.Fatal(err)
			}
			for name, text := range tt.files {
				put(t, l.Root, name, text)
			}
			if tt.spoil != nil {
				tt.spoil(t, l.Root)
			}
			for _, thief := range []identity.Owner{master0, slave0} {
				remarks, err := Claim(l, thief, "")
				if err == nil || !strings.Contains(err.Error(), tt.says) {
					t.Errorf("%q, %v: want %q", remarks, err, tt.says)
				}
			}
			if stamp, _, err := ReadStamp(l.Root); err != nil || !stamp.Is(master1) {
				t.Errorf("the stamp became %v, %v", stamp, err)
			}
		})
	}
}

func link(t *testing.T, target, path string) {
	t.Helper()
	if err := os.Symlink(target, path); err != nil {
		t.Fatal(err)
	}
}

// Brokers that never stored a message change their topology and back: files of zeroes are no message, and the topics
// that every broker makes are nobody's.
func TestEmptyStoresMoveBothWays(t *testing.T) {
	const topics = `{"topicConfigTable":{"TBW102":{},"SELF_TEST_TOPIC":{},"c":{},"mq-1":{},"mq-0":{},"c_REPLY_TOPIC":{},
		"RMQ_SYS_TRANS_HALF_TOPIC":{},"rmq_sys_REVIVE_LOG_c":{},"rmq_sys_SYNC_BROKER_MEMBER_mq-0":{},"%RETRY%TOOLS_CONSUMER":{}}}`
	l := Layout{Root: t.TempDir()}
	put(t, l.Root, commitLog, zeroes)
	if err := os.Truncate(filepath.Join(l.Root, commitLog), 1<<30); err != nil {
		t.Fatal(err)
	}
	put(t, l.Root, "consumequeue/rmq_sys_wheel_timer/0/00000000000000000000", zeroes)
	put(t, l.Root, topicFile, topics)
	put(t, l.Root, "config/consumerOffset.json", `{"offsetTable":{"rmq_sys_REVIVE_LOG_c@CID_RMQ_SYS_REVIVE":{0:0}}}`)
	replica := identity.Owner{Mode: identity.Plain, Cluster: "c", Name: "mq-0", Member: "1"}
	for i, owner := range []identity.Owner{master1, replica, master1, replica} {
		remarks, err := Claim(l, owner, "")
		if err != nil || i > 0 && (len(remarks) != 1 || !strings.Contains(remarks[0], "holds no message")) {
			t.Fatalf("%s: %q, %v", owner, remarks, err)
		}
	}
	put(t, l.Root, commitLog, "a message"+zeroes)
	if _, err := Claim(l, master1, ""); err == nil {
		t.Error("a message does not count")
	}
}

// Root's folder in every ext4 volume cannot be read, and holds nothing of RocketMQ's.
func TestLostAndFound(t *testing.T) {
	l := Layout{Root: t.TempDir()}
	put(t, l.Root, "consumequeue/lost+found/x", "x")
	if held, err := holdsData(filepath.Join(l.Root, "consumequeue")); held || err != nil {
		t.Errorf("%t, %v", held, err)
	}
}

// A commit log that another user left cannot be looked at.
func TestUnreadableCommitLog(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("needs root to become another user")
	}
	base := t.TempDir()
	dir := filepath.Join(base, "store")
	put(t, dir, commitLog, "x")
	chown(t, dir, 3000, 3000)
	for d := dir; d != os.TempDir() && d != "/"; d = filepath.Dir(d) {
		chmod(t, d, 0o755)
	}
	said, err := as3000(t, "claim", dir)
	if err == nil || !strings.Contains(said, "is its volume mounted, and may this process read it?") {
		t.Errorf("%v: %s", err, said)
	}
}

func claim(dir string) int {
	_, err := Claim(Layout{Root: dir}, master0, "")
	if _, unusable := errors.AsType[*Error](err); unusable {
		_, _ = os.Stdout.WriteString(err.Error())
		return 1
	}
	return 0
}
