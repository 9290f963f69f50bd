package store

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"rocketmq-agent/agent/atomicfile"
	"rocketmq-agent/agent/identity"
	"rocketmq-agent/agent/sharedfile"
)

// stampName is the file in a store that says whose it is.
const stampName = ".rocketmq-agent.identity"

// Refused is a store that belongs to somebody else.
type Refused struct{ Reason string }

func (e *Refused) Error() string { return e.Reason }

func refused(format string, args ...any) error { return &Refused{fmt.Sprintf(format, args...)} }

func remark(format string, args ...any) []string { return []string{fmt.Sprintf(format, args...)} }

// Claim makes sure that a store is owner's, and says so in it. adopt is the owner that it may be taken over from, as
// the refusal names it. What is worth saying about the store comes back as remarks. Errors are *Refused, *Error, or
// that the stamp cannot be read or written.
func Claim(l Layout, owner identity.Owner, adopt string) (remarks []string, err error) {
	stamp, stamped, err := ReadStamp(l.Root)
	if err != nil {
		return nil, err
	}
	found, err := look(l)
	if err != nil {
		return nil, err
	}
	if stamped && !stamp.Is(owner) {
		return move(l, found, stamp, owner, adopt)
	}
	if err := found.fits(l.Root, owner, adopt); err != nil || stamped {
		return nil, err
	}
	return writeStamp(found.adopted(l.Root, owner), l.Root, owner)
}

// move gives a store to another owner, where that loses nothing or is meant.
func move(l Layout, found contents, from, to identity.Owner, adopt string) (remarks []string, err error) {
	owned, err := found.owned(l, from, to)
	switch {
	case err != nil:
		return nil, err
	case !owned:
		remarks = remark("the store %s belonged to %s (%s), but holds no message; it is now that of %s",
			l.Root, from, from.Mode, to)
	case adopt == from.String():
		remarks = remark("the store %s belonged to %s (%s); it is now that of %s (RMQ_ADOPT_STORE)",
			l.Root, from, from.Mode, to)
	default:
		return nil, refused("the store %s belongs to %s (%s), and this is %s (%s): "+
			"is another volume mounted, or did the name change? "+
			"to take the store over on purpose set RMQ_ADOPT_STORE=%s",
			l.Root, from, from.Mode, to, to.Mode, from)
	}
	return writeStamp(remarks, l.Root, to)
}

// ReadStamp says whose a store is; ok is false where no agent has used it yet.
func ReadStamp(dir string) (o identity.Owner, ok bool, err error) {
	path := filepath.Join(dir, stampName)
	text, err := sharedfile.Read(path, smallFile)
	if errors.Is(err, fs.ErrNotExist) {
		return identity.Owner{}, false, nil
	}
	if err == nil {
		err = json.Unmarshal(text, &o)
	}
	if err == nil && o.Mode == "" {
		err = errors.New("it names no owner")
	}
	if err != nil {
		return identity.Owner{}, false, fmt.Errorf("cannot learn whose the store %s is: %s: %w; "+
			"if it is surely this broker's, remove that file", dir, path, err)
	}
	return o, true, nil
}

// writeStamp says in a store whose it is. A full disk does not keep a broker from its start: RocketMQ is what makes
// room there, by deleting what is expired.
func writeStamp(remarks []string, dir string, o identity.Owner) ([]string, error) {
	text, err := json.Marshal(o)
	if err != nil {
		return remarks, err
	}
	err = atomicfile.Write(dir, stampName, append(text, '\n'), 0o644)
	if full(err) {
		return append(remarks, fmt.Sprintf("the store %s does not say yet that it is that of %s: "+
			"its disk is full (%v); the next start says it", dir, o, err)), nil
	}
	return remarks, err
}
