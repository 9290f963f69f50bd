// Package atomicfile writes files that others may read at any moment, and the folders that only this user may read.
package atomicfile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// PrivateDir makes a folder that this user alone can read: RocketMQ's files hold secrets, and it rewrites them on every
// dynamic update. A folder of that name that belongs to somebody else is refused.
func PrivateDir(path string) error {
	if err := os.MkdirAll(path, 0o700); err != nil {
		return fmt.Errorf("cannot make the folder for rendered files: %w", err)
	}
	notOurs := fmt.Errorf("%s is not a folder of uid %d: remove it, or set TMPDIR to another folder",
		path, os.Geteuid())
	// What is looked at is what is changed: where TMPDIR is shared, another may put a link in its place in between.
	dir, err := os.OpenFile(path, os.O_RDONLY|syscall.O_DIRECTORY|syscall.O_NOFOLLOW, 0)
	if errors.Is(err, syscall.ELOOP) || errors.Is(err, syscall.ENOTDIR) || errors.Is(err, fs.ErrPermission) {
		return notOurs
	}
	if err != nil {
		return fmt.Errorf("cannot make the folder for rendered files: %w", err)
	}
	defer dir.Close()
	info, err := dir.Stat()
	if err != nil {
		return fmt.Errorf("cannot make the folder for rendered files: %w", err)
	}
	if st, ok := info.Sys().(*syscall.Stat_t); ok && int(st.Uid) != os.Geteuid() {
		return notOurs
	}
	if err := dir.Chmod(0o700); err != nil {
		return fmt.Errorf("cannot make the folder for rendered files private: %w", err)
	}
	return nil
}

// Write replaces dir/name as a whole: after a crash at any point there is the old file or the new one.
func Write(dir, name string, text []byte, perm fs.FileMode) error {
	if err := write(dir, name, text, perm); err != nil {
		return fmt.Errorf("cannot write %s: %w", filepath.Join(dir, name), err)
	}
	return nil
}

func write(dir, name string, text []byte, perm fs.FileMode) error {
	root, err := os.OpenRoot(dir) // all of it happens in one folder, whatever takes its place meanwhile
	if err != nil {
		return err
	}
	defer root.Close()
	// Always the same name, so that this removes what a write that was killed has left. What is there may be a link, a
	// pipe or a name of another file; it goes, and nothing is written through it.
	fresh := "." + name + ".new"
	if err := root.Remove(fresh); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	f, err := root.OpenFile(fresh, os.O_WRONLY|os.O_CREATE|os.O_EXCL, perm)
	if err != nil {
		return err
	}
	defer root.Remove(fresh) // nothing is left to remove once it has its name
	_, err = f.Write(text)
	if err = errors.Join(err, f.Chmod(perm), f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := root.Rename(fresh, name); err != nil {
		return err
	}
	return syncDir(root)
}

func syncDir(root *os.Root) error {
	d, err := root.Open(".")
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}
