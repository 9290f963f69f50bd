// Package sharedfile opens files in folders that others may write to as well, a store on a shared volume first of all.
// Whoever can make files there must not be able to make the agent write somewhere else, wait for ever or read without
// an end.
package sharedfile

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"syscall"
)

// Unfit is a file that is not opened or read because of what it is.
type Unfit struct {
	Path   string
	Reason string // what it is, and what to do: "is a symbolic link: …"
	Large  bool   // it is a file, but one of more bytes than somebody wanted to read
}

func (e *Unfit) Error() string { return e.Path + " " + e.Reason }

// Open opens a regular file that has one name, and does not follow it if it is a link. It never waits: a named pipe
// would make it wait for a writer. What is no such file is an *Unfit.
func Open(path string, flag int, perm fs.FileMode) (*os.File, error) {
	if info, err := os.Lstat(path); err == nil { // before it is opened: that alone may make a device do something
		if err := fit(path, info); err != nil {
			return nil, err
		}
	}
	f, err := os.OpenFile(path, flag|syscall.O_NOFOLLOW|syscall.O_NONBLOCK, perm)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err == nil {
		err = fit(path, info) // it may have been replaced in between
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// Read reads such a file as a whole. One of more than limit bytes is an *Unfit.
func Read(path string, limit int64) ([]byte, error) {
	f, err := Open(path, os.O_RDONLY, 0)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	large := &Unfit{Path: path, Reason: fmt.Sprintf("is larger than %d bytes", limit), Large: true}
	if info.Size() > limit {
		return nil, large
	}
	text, err := io.ReadAll(io.LimitReader(f, limit+1)) // it may grow meanwhile
	if err == nil && int64(len(text)) > limit {
		err = large
	}
	return text, err
}

// fit says what keeps a file from being opened.
func fit(path string, info fs.FileInfo) error {
	unfit := func(format string, args ...any) error {
		return &Unfit{Path: path, Reason: fmt.Sprintf(format, args...)}
	}
	switch mode := info.Mode(); {
	case mode&fs.ModeSymlink != 0:
		return unfit("is a symbolic link, which nobody follows where others may write: put the file itself there")
	case mode.IsDir():
		return unfit("is a folder, where a file should be: move it away")
	case !mode.IsRegular():
		return unfit("is no regular file (mode %s): remove it", mode)
	}
	if st, ok := info.Sys().(*syscall.Stat_t); ok && st.Nlink > 1 {
		return unfit("has %d names (hard links), so that it may be another file as well: "+
			"put a copy in its place (cp -p FILE COPY && mv COPY FILE)", st.Nlink)
	}
	return nil
}
