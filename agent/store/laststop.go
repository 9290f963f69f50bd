package store

import (
	"errors"
	"io/fs"
	"path/filepath"

	"rocketmq-agent/agent/atomicfile"
	"rocketmq-agent/agent/sharedfile"
)

// lastStopName is the file in a store that says how its last container ended.
const lastStopName = ".rocketmq-agent.last-stop"

// ReadLastStop reads how the last container on a store ended; nil: there was none.
func ReadLastStop(root string) ([]byte, error) {
	path := filepath.Join(root, lastStopName)
	text, err := sharedfile.Read(path, smallFile)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return text, err
}

// WriteLastStop says how this container ended, for the next one; while it runs, what is true if it can say no more.
func WriteLastStop(root string, text []byte) error {
	return atomicfile.Write(root, lastStopName, text, 0o600)
}
