package store

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"rocketmq-agent/agent/identity"
)

// contents are what the files of a store say about who wrote it.
type contents struct {
	commitLog bool     // messages of a plain or a controlled broker
	members   []string // the DLedger members with a log: "n0"
	identity  []string // cluster, name and id that a controller gave
	topics    []string // of topics.json; nil when there is none
}

// look reads the folder of a store. What cannot be read says nothing: whether a store can be used is not decided here.
func look(dir string) contents {
	c := contents{commitLog: holdsFiles(filepath.Join(dir, "commitlog"))}
	logs, _ := filepath.Glob(filepath.Join(dir, "dledger-*"))
	for _, log := range logs {
		if holdsFiles(filepath.Join(log, "data")) {
			c.members = append(c.members, strings.TrimPrefix(filepath.Base(log), "dledger-"))
		}
	}
	if text, err := os.ReadFile(filepath.Join(dir, "brokerIdentity")); err == nil {
		if parts := strings.Split(strings.TrimSpace(string(text)), "#"); len(parts) == 3 { // BrokerMetadata.java
			c.identity = parts
		}
	}
	c.topics = topics(filepath.Join(dir, "config", "topics.json"))
	return c
}

func holdsFiles(dir string) bool {
	entries, _ := os.ReadDir(dir)
	return slices.ContainsFunc(entries, func(e os.DirEntry) bool {
		info, err := e.Info()
		return err == nil && info.Mode().IsRegular() && info.Size() > 0
	})
}

// topics lists the topics of a broker; every broker has one of its own name (TopicConfigManager.init).
func topics(path string) []string {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil
	}
	var file struct {
		Table map[string]any `json:"topicConfigTable"`
	}
	if json.Unmarshal(text, &file) != nil {
		return nil
	}
	var names []string
	for name := range file.Table {
		names = append(names, name)
	}
	return names
}

// messages says whether there is anything to lose.
func (c contents) messages() bool { return c.commitLog || len(c.members) > 0 }

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
	if !c.messages() && c.topics == nil {
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
