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
	info, err := os.Lstat(path)
	if err != nil {
		return fmt.Errorf("cannot make the folder for rendered files: %w", err)
	}
	if st, ok := info.Sys().(*syscall.Stat_t); !info.IsDir() || ok && int(st.Uid) != os.Geteuid() {
		return fmt.Errorf("%s is not a folder of uid %d: remove it, or set TMPDIR to another folder",
			path, os.Geteuid())
	}
	if err := os.Chmod(path, 0o700); err != nil {
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
	// Always the same name, so that the next write removes what one that was killed has left.
	f, err := os.OpenFile(filepath.Join(dir, "."+name+".new"),
		os.O_WRONLY|os.O_CREATE|os.O_TRUNC|syscall.O_NOFOLLOW, perm)
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // nothing is left to remove once it has its name
	_, err = f.Write(text)
	if err = errors.Join(err, f.Chmod(perm), f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), filepath.Join(dir, name)); err != nil {
		return err
	}
	return syncDir(dir)
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}
