package store

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"rocketmq-agent/agent/atomicfile"
	"rocketmq-agent/agent/identity"
)

// stampName is the file in a store that says whose it is.
const stampName = ".rocketmq-agent.identity"

// Refused is a store that belongs to somebody else.
type Refused struct{ Reason string }

func (e *Refused) Error() string { return e.Reason }

func refused(format string, args ...any) error { return &Refused{fmt.Sprintf(format, args...)} }

func remark(format string, args ...any) []string { return []string{fmt.Sprintf(format, args...)} }

// Claim makes sure that the store in dir is owner's, and says so in it. adopt is the owner that it may be taken over
// from, as the refusal names it. What is worth saying about the store comes back as remarks. Errors are *Refused, or
// that the stamp cannot be read or written.
func Claim(dir string, owner identity.Owner, adopt string) (remarks []string, err error) {
	stamp, stamped, err := ReadStamp(dir)
	if err != nil {
		return nil, err
	}
	found := look(dir)
	switch {
	case stamped && stamp.Is(owner):
		return nil, found.fits(dir, owner, adopt)
	case stamped && !found.messages():
		return remark("the store %s belonged to %s (%s), but holds no message; it is now that of %s",
			dir, stamp, stamp.Mode, owner), writeStamp(dir, owner)
	case stamped && adopt == stamp.String():
		return remark("the store %s belonged to %s (%s); it is now that of %s (RMQ_ADOPT_STORE)",
			dir, stamp, stamp.Mode, owner), writeStamp(dir, owner)
	case stamped:
		return nil, refused("the store %s belongs to %s (%s), and this is %s (%s): "+
			"is another volume mounted, or did the name change? "+
			"to take the store over on purpose set RMQ_ADOPT_STORE=%s",
			dir, stamp, stamp.Mode, owner, owner.Mode, stamp)
	}
	if err := found.fits(dir, owner, adopt); err != nil {
		return nil, err
	}
	return found.adopted(dir, owner), writeStamp(dir, owner)
}

// ReadStamp says whose a store is; ok is false where no agent has used it yet.
func ReadStamp(dir string) (o identity.Owner, ok bool, err error) {
	path := filepath.Join(dir, stampName)
	text, err := os.ReadFile(path)
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

func writeStamp(dir string, o identity.Owner) error {
	text, err := json.Marshal(o)
	if err != nil {
		return err
	}
	return atomicfile.Write(dir, stampName, append(text, '\n'), 0o644)
}
