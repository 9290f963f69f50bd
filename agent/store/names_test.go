package store

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

// opened are the files that the agent opens in a store.
var opened = []string{
	stampName,
	lockName,
	"lock",
	"brokerIdentity",
	"config/topics.json",
	"config/topics.json.bak",
	"config/consumerOffset.json",
	"." + stampName + ".new",
}

// strange are what somebody else may put in the place of a file; victim must stay as it is.
var strange = []struct {
	name string
	put  func(path, victim string) error
}{
	{"a link", func(path, victim string) error { return os.Symlink(victim, path) }},
	{"a link to nothing", func(path, victim string) error { return os.Symlink(victim+".new", path) }},
	{"a hard link", func(path, victim string) error { return os.Link(victim, path) }},
	{"a named pipe", func(path, _ string) error { return syscall.Mkfifo(path, 0o666) }},
	{"a device", func(path, _ string) error { // /dev/zero, which has no end
		return unix.Mknod(path, unix.S_IFCHR|0o666, int(unix.Mkdev(1, 5)))
	}},
	{"a folder", func(path, _ string) error { return os.MkdirAll(filepath.Join(path, "x"), 0o700) }},
	{"15 TiB of nothing", func(path, _ string) error {
		return errors.Join(os.WriteFile(path, nil, 0o600), os.Truncate(path, 15<<40))
	}},
	{"nothing", func(path, _ string) error { return os.WriteFile(path, nil, 0o600) }},
	{"a file of another user", func(path, _ string) error {
		return errors.Join(os.WriteFile(path, []byte("{}"), 0o600), os.Chown(path, 65534, 65534))
	}},
}

// harmless says what does not keep a broker from its start: what is replaced as a whole, or is not read to its end.
func harmless(file, what string) bool {
	switch file {
	case "." + stampName + ".new":
		return what != "a folder" // it is not empty
	case lockName, "lock":
		return what == "15 TiB of nothing" || what == "nothing" || what == "a file of another user"
	case "brokerIdentity":
		return what == "nothing" || what == "a file of another user"
	case "config/topics.json.bak":
		return true // the file itself is good
	case "config/topics.json", "config/consumerOffset.json": // that was never written, as RocketMQ takes it
		return what == "nothing" || what == "a file of another user"
	}
	return what == "a file of another user" && file != stampName
}

// Whatever stands in the place of a file in a store: nothing is written through it, nothing waits for it, and it costs
// no memory.
func TestStrangeFiles(t *testing.T) {
	for _, file := range opened {
		for _, tt := range strange {
			t.Run(file+" is "+tt.name, func(t *testing.T) {
				dir, aside := t.TempDir(), t.TempDir()
				put(t, dir, "config/topics.json", `{"topicConfigTable":{}}`)
				put(t, aside, "victim", "precious")
				path, victim := filepath.Join(dir, file), filepath.Join(aside, "victim")
				if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
					t.Fatal(err)
				}
				if err := tt.put(path, victim); err != nil {
					t.Skip("cannot make one: ", err)
				}
				done := make(chan error, 1)
				go func() { done <- start(dir) }()
				select {
				case err := <-done:
					if (err == nil) != harmless(file, tt.name) {
						t.Errorf("error %v", err)
					}
					if err != nil && !strings.Contains(err.Error(), dir) {
						t.Errorf("%v does not say where", err)
					}
				case <-time.After(10 * time.Second):
					t.Fatal("it waits")
				}
				entries, err := os.ReadDir(aside)
				text, _ := os.ReadFile(victim)
				if err != nil || len(entries) != 1 || string(text) != "precious" {
					t.Errorf("beside it there is %v, and the victim became %q: %v", entries, text, err)
				}
			})
		}
	}
}

// start does what a start does with a store.
func start(dir string) error {
	l := Layout{Root: dir, Metadata: []string{"topics.json", "consumerOffset.json"}}
	s, err := Open(dir, 0)
	if err != nil {
		return err
	}
	defer s.Lock.Close()
	if _, err := Claim(l, master0, ""); err != nil {
		return err
	}
	_, err = CheckMetadata(l)
	return err
}

// A lock file's text comes from whoever may write there: none of it is repeated that an agent did not write.
func TestForgedHolder(t *testing.T) {
	dir := t.TempDir()
	mustOpen(t, dir)
	for _, text := range []string{
		"pid 1 on host a\nERROR the disk burns\n",
		"pid 1 on host \x1b[31ma\n",
		`{"level":"ERROR"}`,
		strings.Repeat("x", 1<<20),
	} {
		put(t, dir, lockName, text)
		_, err := Open(dir, 0)
		wantError(t, err, "another agent uses it (it does not say which one)")
	}
}
