package store

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"rocketmq-agent/agent/identity"
)

var (
	master0 = identity.Owner{Mode: identity.Plain, Cluster: "c", Name: "mq-0", Member: "0"}
	slave0  = identity.Owner{Mode: identity.Plain, Cluster: "c", Name: "mq-0", Member: "1"}
	master1 = identity.Owner{Mode: identity.Plain, Cluster: "c", Name: "mq-1", Member: "0"}
	leader  = identity.Owner{Mode: identity.DLedger, Cluster: "c", Name: "mq-0", Member: "n0"}
	elected = identity.Owner{Mode: identity.Controlled, Cluster: "c", Name: "mq-0", Member: "0"}
)

// put makes a file of a store.
func put(t *testing.T, dir, name, text string) {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// The files that stores are made of.
const (
	commitLog = "commitlog/00000000000000000000"
	raftLog   = "dledger-n0/data/00000000000000000000"
	topicFile = "config/topics.json"
)

func TestClaim(t *testing.T) {
	plainLog, dledgerLog := map[string]string{commitLog: "x"}, map[string]string{raftLog: "x"}
	tests := []struct {
		name   string
		files  map[string]string
		before *identity.Owner // who claimed it before
		owner  identity.Owner
		adopt  string
		says   []string // of the remarks, or of the refusal
		ok     bool
	}{
		{name: "an empty folder", owner: master0, ok: true},
		{name: "the same again", files: plainLog, before: &master0, owner: master0, ok: true},
		{name: "another broker's", files: plainLog, before: &master1, owner: master0,
			says: []string{"belongs to c/mq-1/0", "this is c/mq-0/0", "RMQ_ADOPT_STORE=c/mq-1/0"}},
		{name: "a slave on a master's", files: plainLog, before: &master0, owner: slave0,
			says: []string{"c/mq-0/0", "c/mq-0/1"}},
		{name: "another cluster's", files: plainLog,
			before: &identity.Owner{Mode: identity.Plain, Cluster: "d", Name: "mq-0", Member: "0"}, owner: master0,
			says: []string{"d/mq-0/0"}},
		{name: "a move on purpose", files: plainLog, before: &master1, owner: master0, adopt: "c/mq-1/0",
			says: []string{"belonged to c/mq-1/0", "now that of c/mq-0/0"}, ok: true},
		{name: "a move of another store", files: plainLog, before: &master1, owner: master0, adopt: "c/mq-2/0",
			says: []string{"RMQ_ADOPT_STORE=c/mq-1/0"}},
		{name: "another broker's, but empty", before: &master1, owner: master0,
			says: []string{"holds no message"}, ok: true},
		{name: "a name that is not known", files: plainLog,
			before: &identity.Owner{Mode: identity.Plain, Cluster: "c", Member: "0"}, owner: master0, ok: true},
		{name: "no stamp", owner: master0,
			files: map[string]string{commitLog: "x", topicFile: `{"topicConfigTable":{"mq-0":{},"T":{}}}`},
			says:  []string{"adopting"}, ok: true},
		{name: "no stamp, another name", owner: master0,
			files: map[string]string{commitLog: "x", topicFile: `{"topicConfigTable":{"old":{}}}`},
			says:  []string{"adopting", "another name than mq-0"}, ok: true},
		{name: "DLedger's log under a plain broker", files: dledgerLog, owner: master0,
			says: []string{"DLedger's commit log (dledger-n0)", "RMQ_ADOPT_STORE=dledger"}},
		{name: "DLedger's log left behind on purpose", files: dledgerLog, owner: master0, adopt: "dledger",
			says: []string{"adopting"}, ok: true},
		{name: "a plain log under DLedger", files: plainLog, owner: leader,
			says: []string{"without DLedger", "RMQ_ADOPT_STORE=plain"}},
		{name: "a plain log given to DLedger on purpose", files: plainLog, owner: leader, adopt: "plain",
			says: []string{"adopting"}, ok: true},
		{name: "DLedger's own", files: map[string]string{raftLog: "x", commitLog: "x"}, owner: leader,
			says: []string{"adopting"}, ok: true},
		{name: "another member's log", files: map[string]string{"dledger-n1/data/0": "x"}, owner: leader,
			says: []string{"the log of n1", "the member n0"}},
		{name: "an empty DLedger folder", files: map[string]string{"dledger-n1/data/0": ""}, owner: master0, ok: true},
		{name: "known to the controllers by this name", owner: elected,
			files: map[string]string{"brokerIdentity": "c#mq-0#2", commitLog: "x"},
			says:  []string{"adopting"}, ok: true},
		{name: "known to the controllers by another name", owner: elected,
			files: map[string]string{"brokerIdentity": "c#mq-1#2", commitLog: "x"},
			says:  []string{"registered with the controllers as c/mq-1", "c/mq-0"}},
		{name: "a stamp that is none", files: map[string]string{stampName: "{"}, owner: master0,
			says: []string{"cannot learn whose", stampName, "remove that file"}},
		{name: "a stamp of nobody", files: map[string]string{stampName: "{}"}, owner: master0,
			says: []string{"names no owner"}},
		{name: "another controller's", files: dledgerLog,
			owner: identity.Owner{Mode: identity.ControllerStore, Name: "g", Member: "n1"},
			says:  []string{"the log of n0", "the member n1"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			if tt.before != nil {
				if _, err := Claim(Layout{Root: dir}, *tt.before, ""); err != nil {
					t.Fatal(err)
				}
			}
			for name, text := range tt.files {
				put(t, dir, name, text)
			}
			was, _ := os.ReadFile(filepath.Join(dir, stampName))
			remarks, err := Claim(Layout{Root: dir}, tt.owner, tt.adopt)
			said := strings.Join(remarks, "\n")
			if err != nil {
				said = err.Error()
			}
			if (err == nil) != tt.ok {
				t.Fatalf("error %v, want none: %t", err, tt.ok)
			}
			for _, want := range tt.says {
				if !strings.Contains(said, want) {
					t.Errorf("%q does not say %q", said, want)
				}
			}
			if tt.ok && len(tt.says) == 0 && said != "" {
				t.Errorf("said %q about nothing", said)
			}
			now, _ := os.ReadFile(filepath.Join(dir, stampName))
			if !tt.ok && string(now) != string(was) {
				t.Errorf("a refusal changed the stamp from %q to %q", was, now)
			}
			if tt.ok {
				if again, err := Claim(Layout{Root: dir}, tt.owner, ""); err != nil && tt.adopt == "" || len(again) > 0 {
					t.Errorf("the second time: %q, %v", again, err)
				}
			}
		})
	}
}
