package atomicfile

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// writerDir names the folder for the copy of this test program that only writes.
const writerDir = "ATOMICFILE_TEST_WRITER_DIR"

func TestMain(m *testing.M) {
	if dir := os.Getenv(writerDir); dir != "" {
		writeForever(dir)
	}
	os.Exit(m.Run())
}

func generation(i int) []byte { return bytes.Repeat([]byte{byte('a' + i%26)}, 100_000) }

func writeForever(dir string) {
	for i := 0; ; i++ {
		if err := Write(dir, "broker.conf", generation(i), 0o600); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
	}
}

func names(t *testing.T, dir string) string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, e := range entries {
		all = append(all, e.Name())
	}
	return strings.Join(all, " ")
}

func content(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestWrite(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "broker.conf")
	for _, text := range []string{"a=1\n", "", "a=2\nb=3\n"} {
		if err := Write(dir, "broker.conf", []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if got := content(t, path); got != text {
			t.Errorf("got %q, want %q", got, text)
		}
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode() != 0o600 {
		t.Errorf("mode %v, error %v: it may hold secrets", info.Mode(), err)
	}
	if got := names(t, dir); got != "broker.conf" {
		t.Errorf("the folder holds %s", got)
	}
	err = Write(filepath.Join(dir, "none"), "broker.conf", nil, 0o600)
	if err == nil || !strings.Contains(err.Error(), filepath.Join(dir, "none", "broker.conf")) {
		t.Errorf("no such folder: error %v", err)
	}
}

// RocketMQ and a person may have put something in the file's place.
func TestWriteReplacesALinkAndNotItsTarget(t *testing.T) {
	dir := t.TempDir()
	target := place(t, t.TempDir(), "mounted.conf", "old")
	if err := os.Symlink(target, filepath.Join(dir, "broker.conf")); err != nil {
		t.Fatal(err)
	}
	if err := Write(dir, "broker.conf", []byte("new"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := content(t, filepath.Join(dir, "broker.conf")) + content(t, target); got != "newold" {
		t.Errorf("got %q", got)
	}
}

// Somebody else may have put something in the place of the file that is written first.
func TestWriteGoesThroughNothing(t *testing.T) {
	for name, put := range map[string]func(path, victim string) error{
		"a link":       func(path, victim string) error { return os.Symlink(victim, path) },
		"a hard link":  func(path, victim string) error { return os.Link(victim, path) },
		"a named pipe": func(path, _ string) error { return syscall.Mkfifo(path, 0o600) },
		"a folder":     func(path, _ string) error { return os.Mkdir(path, 0o700) },
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			victim := place(t, t.TempDir(), "victim", "precious")
			if err := put(filepath.Join(dir, ".broker.conf.new"), victim); err != nil {
				t.Fatal(err)
			}
			if err := Write(dir, "broker.conf", []byte("new"), 0o600); err != nil {
				t.Fatal(err)
			}
			if got := content(t, filepath.Join(dir, "broker.conf")) + content(t, victim); got != "newprecious" {
				t.Errorf("got %q", got)
			}
			if got := names(t, dir); got != "broker.conf" {
				t.Errorf("the folder holds %s", got)
			}
		})
	}
}

func TestWriteFailsWhole(t *testing.T) {
	t.Run("the rename", func(t *testing.T) {
		dir := t.TempDir()
		if err := os.MkdirAll(filepath.Join(dir, "broker.conf", "x"), 0o700); err != nil {
			t.Fatal(err)
		}
		failsWhole(t, dir, "broker.conf/x", nil)
	})
	t.Run("an unwritable folder", func(t *testing.T) {
		if os.Geteuid() == 0 {
			t.Skip("root may write anywhere")
		}
		dir := t.TempDir()
		place(t, dir, "broker.conf", "old")
		if err := os.Chmod(dir, 0o500); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { os.Chmod(dir, 0o700) })
		failsWhole(t, dir, "broker.conf", os.ErrPermission)
	})
	t.Run("a full disk", func(t *testing.T) {
		dir := t.TempDir()
		if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=64k"); err != nil {
			t.Skip("cannot mount a small disk: ", err)
		}
		t.Cleanup(func() { syscall.Unmount(dir, syscall.MNT_DETACH) })
		place(t, dir, "broker.conf", "old")
		failsWhole(t, dir, "broker.conf", syscall.ENOSPC)
		if got := content(t, filepath.Join(dir, "broker.conf")); got != "old" {
			t.Errorf("the old file became %q", got)
		}
	})
}

// failsWhole expects an error from Write that leaves nothing in dir but what was there.
func failsWhole(t *testing.T, dir, kept string, reason error) {
	t.Helper()
	err := Write(dir, "broker.conf", generation(0), 0o600)
	if err == nil || reason != nil && !errors.Is(err, reason) ||
		!strings.Contains(err.Error(), filepath.Join(dir, "broker.conf")) {
		t.Errorf("error %v, want %v", err, reason)
	}
	if _, err := os.Lstat(filepath.Join(dir, kept)); err != nil {
		t.Error(err)
	}
	if got := names(t, dir); got != "broker.conf" {
		t.Errorf("the folder holds %s", got)
	}
}

// A reader sees a whole file at any time, and after kill -9 too.
func TestWriteIsWholeAfterAKill(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "broker.conf")
	place(t, dir, "broker.conf", string(generation(0)))
	writer := exec.Command(os.Args[0])
	writer.Env = append(os.Environ(), writerDir+"="+dir)
	if err := writer.Start(); err != nil {
		t.Fatal(err)
	}
	seen := map[byte]bool{}
	for deadline := time.Now().Add(5 * time.Second); len(seen) < 5 && time.Now().Before(deadline); {
		seen[whole(t, path)] = true
	}
	writer.Process.Kill()
	writer.Wait()
	whole(t, path)
	if len(seen) < 2 {
		t.Error("the writer wrote nothing")
	}
	place(t, dir, ".broker.conf.new", "half a fi") // what a kill in the middle leaves
	err := Write(dir, "broker.conf", []byte("new"), 0o600)
	if err != nil || content(t, path) != "new" || names(t, dir) != "broker.conf" {
		t.Errorf("after the kill: %q, the folder holds %s, error %v", content(t, path), names(t, dir), err)
	}
}

// whole reads a file that one Write must have written, and returns its first byte.
func whole(t *testing.T, path string) byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil || len(b) != 100_000 || !bytes.Equal(b, bytes.Repeat(b[:1], len(b))) {
		t.Fatalf("%d bytes, error %v: neither the old file nor the new one", len(b), err)
	}
	return b[0]
}

func TestPrivateDir(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a", "b")
	for range 2 { // the second time it is there already
		if err := PrivateDir(dir); err != nil {
			t.Fatal(err)
		}
		if info, err := os.Stat(dir); err != nil || info.Mode().Perm() != 0o700 {
			t.Fatalf("mode %v, error %v", info.Mode(), err)
		}
		if err := os.Chmod(dir, 0o777); err != nil { // as an emptyDir may be
			t.Fatal(err)
		}
	}
}

// W10: what another has put in the place of the folder is not used.
func TestPrivateDirRefuses(t *testing.T) {
	tests := []struct {
		name string
		make func(t *testing.T, path string)
		want string
	}{
		{"a file", func(t *testing.T, path string) { place(t, filepath.Dir(path), filepath.Base(path), "") },
			"not a directory"},
		{"a link to a folder", func(t *testing.T, path string) {
			if err := os.Symlink(t.TempDir(), path); err != nil {
				t.Fatal(err)
			}
		}, "is not a folder of uid"},
		{"a link to nothing", func(t *testing.T, path string) {
			if err := os.Symlink(filepath.Join(path+"x", "none"), path); err != nil {
				t.Fatal(err)
			}
		}, "cannot make the folder"},
		{"somebody else's folder", func(t *testing.T, path string) {
			if os.Geteuid() != 0 {
				t.Skip("only root can make one")
			}
			if err := errors.Join(os.Mkdir(path, 0o777), os.Chown(path, 65534, 65534)); err != nil {
				t.Fatal(err)
			}
		}, "is not a folder of uid 0: remove it, or set TMPDIR"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "rocketmq-agent")
			tt.make(t, path)
			before, _ := os.Stat(path)
			err := PrivateDir(path)
			if err == nil || !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), path) {
				t.Errorf("error %v, want %q", err, tt.want)
			}
			if after, _ := os.Stat(path); before != nil && before.Mode() != after.Mode() {
				t.Errorf("its mode changed from %v to %v", before.Mode(), after.Mode())
			}
		})
	}
}

func place(t *testing.T, dir, name, text string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
