// Package guard keeps a broker from starting as somebody else: on a store that belongs to another broker, on one that
// another kind of broker wrote, or beside a living broker of the same name and id. RocketMQ itself starts in all three cases.
package guard

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"rocketmq-agent/agent/atomicfile"
)

// Mode is how a store is replicated, which decides what its files look like.
type Mode string

// The modes. Controllers have a store too, with their own log in it.
const (
	Plain      Mode = "plain"
	DLedger    Mode = "dledger"
	Controlled Mode = "controlled" // a broker whose master controllers elect
	Controller Mode = "controller"
)

// Owner is the broker or controller that a store belongs to. An empty field is not known and matches everything.
type Owner struct {
	Mode    Mode   `json:"mode"`
	Cluster string `json:"cluster,omitempty"`
	Name    string `json:"name,omitempty"`   // brokerName, or the group of the controllers
	Member  string `json:"member,omitempty"` // brokerId, dLegerSelfId, or the index in the group
}

// String is the owner as RMQ_ADOPT_STORE names it.
func (o Owner) String() string {
	return o.Cluster + "/" + o.Name + "/" + o.Member
}

// is says whether both are the same, as far as they are known.
func (o Owner) is(other Owner) bool {
	same := func(a, b string) bool { return a == "" || b == "" || a == b }
	return o.Mode == other.Mode && same(o.Cluster, other.Cluster) && same(o.Name, other.Name) && same(o.Member, other.Member)
}

// stampName is the file in a store that says whose it is.
const stampName = ".rocketmq-agent.identity"

// Refused is a store that belongs to somebody else.
type Refused struct{ Reason string }

func (e *Refused) Error() string { return e.Reason }

// Claim makes sure that the store in dir is owner's, and says so in it. adopt is the owner that it may be taken over from, as
// the refusal names it. What is worth saying about the store comes back as remarks. Errors are *Refused, or that the stamp
// cannot be read or written.
func Claim(dir string, owner Owner, adopt string) (remarks []string, err error) {
	stamp, stamped, err := readStamp(dir)
	if err != nil {
		return nil, err
	}
	found := look(dir)
	switch {
	case stamped && stamp.is(owner):
		return nil, found.fits(dir, owner, adopt)
	case stamped && !found.messages():
		return []string{fmt.Sprintf("the store %s belonged to %s (%s), but holds no message; it is now that of %s", dir, stamp, stamp.Mode, owner)}, writeStamp(dir, owner)
	case stamped && adopt == stamp.String():
		return []string{fmt.Sprintf("the store %s belonged to %s (%s); it is now that of %s (RMQ_ADOPT_STORE)", dir, stamp, stamp.Mode, owner)}, writeStamp(dir, owner)
	case stamped:
		return nil, &Refused{fmt.Sprintf("the store %s belongs to %s (%s), and this is %s (%s): is another volume mounted, or did the name change? to take the store over on purpose set RMQ_ADOPT_STORE=%s", dir, stamp, stamp.Mode, owner, owner.Mode, stamp)}
	}
	if err := found.fits(dir, owner, adopt); err != nil {
		return nil, err
	}
	return found.adopted(dir, owner), writeStamp(dir, owner)
}

func readStamp(dir string) (o Owner, ok bool, err error) {
	path := filepath.Join(dir, stampName)
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return Owner{}, false, nil
	}
	if err == nil {
		err = json.Unmarshal(text, &o)
	}
	if err == nil && o.Mode == "" {
		err = errors.New("it names no owner")
	}
	if err != nil {
		return Owner{}, false, fmt.Errorf("cannot learn whose the store %s is: %s: %w; if it is surely this broker's, remove that file", dir, path, err)
	}
	return o, true, nil
}

func writeStamp(dir string, o Owner) error {
	text, err := json.Marshal(o)
	if err != nil {
		return err
	}
	return atomicfile.Write(dir, stampName, append(text, '\n'), 0o644)
}
