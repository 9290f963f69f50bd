package sharedfile

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// within runs what must not wait.
func within(t *testing.T, d time.Duration, do func()) {
	t.Helper()
	done := make(chan struct{})
	go func() { do(); close(done) }()
	select {
	case <-done:
	case <-time.After(d):
		t.Fatalf("it still waits after %v", d)
	}
}

func TestRead(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	for _, text := range []string{"", "x", "12345678"} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if got, err := Read(path, 8); err != nil || string(got) != text {
			t.Errorf("%q: got %q, %v", text, got, err)
		}
	}
	if _, err := Read(path+"x", 8); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no file: %v", err)
	}
}

// unfits make a file that is none; victim is a file that must stay as it is.
var unfits = []struct {
	name string
	make func(path, victim string) error
	says string
}{
	{"a link", func(path, victim string) error { return os.Symlink(victim, path) }, "is a symbolic link"},
	{"a link to nothing", func(path, victim string) error { return os.Symlink(victim+"x", path) }, "symbolic link"},
	{"a hard link", func(path, victim string) error { return os.Link(victim, path) }, "has 2 names"},
	{"a named pipe", func(path, _ string) error { return syscall.Mkfifo(path, 0o600) }, "is no regular file"},
	{"a folder", func(path, _ string) error { return os.Mkdir(path, 0o700) }, "is a folder"},
	{"a device", func(path, _ string) error {
		return unix.Mknod(path, unix.S_IFCHR|0o600, int(unix.Mkdev(1, 5))) // /dev/zero
	}, "is no regular file"},
	{"a sparse file", func(path, _ string) error {
		return errors.Join(os.WriteFile(path, nil, 0o600), os.Truncate(path, 1<<42))
	}, "is larger than 8 bytes"},
}

func TestUnfit(t *testing.T) {
	for _, tt := range unfits {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			path, victim := filepath.Join(dir, "file"), filepath.Join(dir, "victim")
			if err := os.WriteFile(victim, []byte("precious"), 0o600); err != nil {
				t.Fatal(err)
			}
			if err := tt.make(path, victim); err != nil {
				t.Skip("cannot make one: ", err)
			}
			within(t, 5*time.Second, func() {
				_, err := Read(path, 8)
				if _, unfit := errors.AsType[*Unfit](err); !unfit || !strings.Contains(err.Error(), tt.says) {
					t.Errorf("read: %v, want %q", err, tt.says)
				}
				f, err := Open(path, os.O_RDWR|os.O_CREATE, 0o600)
				if err == nil && tt.name != "a sparse file" {
					t.Error("it was opened for writing")
				}
				_ = f.Close()
			})
			if text, err := os.ReadFile(victim); string(text) != "precious" {
				t.Errorf("the victim became %q, %v", text, err)
			}
			if _, err := os.Lstat(victim + "x"); err == nil {
				t.Error("a file was made through the link")
			}
		})
	}
}
