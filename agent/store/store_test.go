package store

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// helper names the variable that turns this test binary into a helper process with a store.
const helper = "STORAGE_TEST_HELPER"

func TestMain(m *testing.M) {
	what, dir, ok := strings.Cut(os.Getenv(helper), ":")
	if !ok {
		os.Exit(m.Run())
	}
	os.Exit(map[string]func(string) int{"hold": hold, "rocketmq": holdAsRocketMQ, "open": open, "claim": claim}[what](dir))
}

// hold takes the store, says so, and keeps it until its standard input ends.
func hold(dir string) int {
	if _, err := Open(dir, 0); err != nil {
		fmt.Println(err)
		return 1
	}
	return wait()
}

// holdAsRocketMQ takes the lock that DefaultMessageStore.start takes.
func holdAsRocketMQ(dir string) int {
	f, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_RDWR|os.O_CREATE, 0o644)
	if err == nil {
		err = unix.FcntlFlock(f.Fd(), unix.F_SETLK, &unix.Flock_t{Type: unix.F_WRLCK, Len: 1})
	}
	if err != nil {
		fmt.Println(err)
		return 1
	}
	return wait()
}

// open tries the store once.
func open(dir string) int {
	if _, err := Open(dir, 0); err != nil {
		fmt.Println(err)
		return 1
	}
	return 0
}

func wait() int {
	fmt.Println("held")
	_, _ = os.Stdin.Read(make([]byte, 1))
	return 0
}

// command is this test binary as a helper.
func command(what, dir string) *exec.Cmd {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), helper+"="+what+":"+dir)
	return cmd
}

// holder starts a helper that holds dir until the test, or release, ends it.
func holder(t *testing.T, what, dir string) (pid int, release func()) {
	t.Helper()
	cmd := command(what, dir)
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	release = func() { _ = in.Close(); _ = cmd.Wait() }
	t.Cleanup(release)
	if line, err := bufio.NewReader(out).ReadString('\n'); line != "held\n" {
		t.Fatalf("the helper says %q, %v", line, err)
	}
	return cmd.Process.Pid, release
}

func mustOpen(t *testing.T, dir string) *Store {
	t.Helper()
	s, err := Open(dir, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Lock.Close() })
	return s
}

func wantError(t *testing.T, err error, parts ...string) {
	t.Helper()
	var e *Error
	if !errors.As(err, &e) {
		t.Fatalf("%v is no *Error", err)
	}
	for _, part := range parts {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("no %q in: %v", part, err)
		}
	}
}

func TestOpenCreates(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a", "b")
	s := mustOpen(t, dir)
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 1 || entries[0].Name() != lockName {
		t.Errorf("left behind: %v, %v", entries, err)
	}
	if len(s.Warnings) != 0 {
		t.Errorf("warnings %v", s.Warnings)
	}
}

func TestOpenTwice(t *testing.T) {
	dir := t.TempDir()
	pid, release := holder(t, "hold", dir)
	_, err := Open(dir, 0)
	wantError(t, err, dir, "another agent uses it", fmt.Sprintf("pid %d on host", pid))
	release()
	mustOpen(t, dir) // the lock ends with its holder
}

// TestLockOutlivesTheAgent gives the lock to a child, as the JVM gets it:
// an agent that is killed alone must not open the store to a second broker.
func TestLockOutlivesTheAgent(t *testing.T) {
	dir := t.TempDir()
	s := mustOpen(t, dir)
	child := exec.Command("cat")
	in, err := child.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	child.ExtraFiles = []*os.File{s.Lock}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	s.Lock.Close()
	_, err = Open(dir, 0)
	wantError(t, err, "another agent uses it")
	_ = in.Close()
	_ = child.Wait()
	mustOpen(t, dir)
}

func TestOpenBesideRocketMQ(t *testing.T) {
	dir := t.TempDir()
	pid, release := holder(t, "rocketmq", dir)
	_, err := Open(dir, 0)
	wantError(t, err, "a RocketMQ broker uses it already", fmt.Sprintf("pid %d", pid))
	release()
	mustOpen(t, dir) // the lock file that stays behind is no lock
}

func TestOpenFails(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	_, err := Open(file, 0)
	wantError(t, err, file, "cannot be created", "not a directory")
	_, err = Open(filepath.Join(file, "store"), 0)
	wantError(t, err, "cannot be created")
	_, err = Open("/proc/store", 0)
	wantError(t, err, "/proc/store", "cannot be created")
}

// TestOpenAsAnother opens stores as uid 3000, gid 3000, the user of the image.
func TestOpenAsAnother(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("needs root to become another user")
	}
	tests := []struct {
		name  string
		make  func(t *testing.T, dir string)
		parts []string // of the refusal; none: accepted
	}{
		{"root's folder", func(t *testing.T, dir string) {},
			[]string{
				"nothing can be written there", "belongs to 0:0 with mode 0755", "runs as 3000:3000",
				"chown -R 3000:3000", "fsGroup: 3000", "--user 0:0",
				"hostPath", "fsGroup does nothing there", "runAsUser: 0",
			}},
		{"one's own", func(t *testing.T, dir string) { chown(t, dir, 3000, 3000) }, nil},
		{"the group's, as fsGroup makes it", func(t *testing.T, dir string) {
			chown(t, dir, 0, 3000)
			chmod(t, dir, 0o2775)
		}, nil},
		{"everybody's", func(t *testing.T, dir string) { chmod(t, dir, 0o777) }, nil},
		{"a folder in it left by root", func(t *testing.T, dir string) {
			chown(t, dir, 3000, 3000)
			if err := os.Mkdir(filepath.Join(dir, "commitlog"), 0o755); err != nil {
				t.Fatal(err)
			}
		}, []string{"commitlog was left by another user", "belongs to 0:0"}},
		{"a checkpoint left by root", func(t *testing.T, dir string) {
			chown(t, dir, 3000, 3000)
			if err := os.WriteFile(filepath.Join(dir, "checkpoint"), nil, 0o644); err != nil {
				t.Fatal(err)
			}
		}, []string{"checkpoint was left by another user"}},
		{"a folder that cannot be entered", func(t *testing.T, dir string) { chmod(t, dir, 0o700) },
			[]string{"nothing can be written there", "mode 0700"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			base := t.TempDir()
			dir := filepath.Join(base, "store")
			if err := os.Mkdir(dir, 0o755); err != nil {
				t.Fatal(err)
			}
			for d := dir; d != os.TempDir() && d != "/"; d = filepath.Dir(d) {
				chmod(t, d, 0o755)
			}
			tt.make(t, dir)
			said, err := as3000(t, "open", dir)
			if (err == nil) != (tt.parts == nil) {
				t.Fatalf("%v: %s", err, said)
			}
			for _, part := range tt.parts {
				if !strings.Contains(said, part) {
					t.Errorf("no %q in: %s", part, said)
				}
			}
		})
	}
}

// as3000 runs a helper as the user of the image.
func as3000(t *testing.T, what, dir string) (string, error) {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "helper")
	self, err := os.ReadFile(os.Args[0]) // where it is only root may go
	if err == nil {
		err = os.WriteFile(binary, self, 0o755)
	}
	if err != nil {
		t.Fatal(err)
	}
	for d := filepath.Dir(binary); d != os.TempDir() && d != "/"; d = filepath.Dir(d) {
		chmod(t, d, 0o755)
	}
	cmd := command(what, dir)
	cmd.Path, cmd.Dir = binary, "/"
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 3000, Gid: 3000}}
	out, err := cmd.CombinedOutput()
	return string(out), err
}

func chown(t *testing.T, path string, uid, gid int) {
	t.Helper()
	if err := os.Chown(path, uid, gid); err != nil {
		t.Fatal(err)
	}
}

func chmod(t *testing.T, path string, mode os.FileMode) {
	t.Helper()
	if err := unix.Chmod(path, uint32(mode)); err != nil {
		t.Fatal(err)
	}
}

func TestJudge(t *testing.T) {
	const gib = 1 << 30
	disk := func(size, free, available uint64) unix.Statfs_t {
		return unix.Statfs_t{
			Bsize:  4096,
			Blocks: size / 4096,
			Bfree:  free / 4096,
			Bavail: available / 4096,
		}
	}
	tests := []struct {
		name string
		disk unix.Statfs_t
		want []string
	}{
		{"room", disk(100*gib, 50*gib, 50*gib), nil},
		{"just enough", disk(5*gib, gib, gib), nil},
		{"too little", disk(5*gib, gib, gib-4096), []string{"has 1023 MiB free"}},
		{"nearly full", disk(100*gib, 9*gib, 9*gib), []string{"is 91 % full"}},
		{"nearly full because of root's reserve", disk(100*gib, 15*gib, 9*gib), []string{"is 90 % full"}},
		{"full", disk(10*gib, 0, 0), []string{"has 0 MiB free", "is 100 % full"}},
		{"a file system without numbers", disk(0, 0, 0), []string{"has 0 MiB free"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := judge("/store", tt.disk, gib)
			if len(got) != len(tt.want) {
				t.Fatalf("got %q, want %q", got, tt.want)
			}
			for i, want := range tt.want {
				if !strings.Contains(got[i], want) {
					t.Errorf("got %q, want %q", got[i], want)
				}
			}
		})
	}
}

func TestOpenWarns(t *testing.T) {
	s, err := Open(t.TempDir(), 1<<62)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Lock.Close()
	if len(s.Warnings) == 0 || !strings.Contains(s.Warnings[0], "less than the next file of the commit log needs") {
		t.Errorf("warnings %q", s.Warnings)
	}
}

// Folders that the configuration puts elsewhere are looked at too (F3).
func TestCheckFolders(t *testing.T) {
	root := t.TempDir()
	file := filepath.Join(root, "file")
	put(t, root, "file", "")
	good := Layout{Root: root, Written: []string{filepath.Join(root, "a", "log")}, Tiered: []string{root}}
	if warnings, err := CheckFolders(good); len(warnings) > 0 || err != nil {
		t.Errorf("%q, %v", warnings, err)
	}
	_, err := CheckFolders(Layout{Root: root, Written: []string{file}})
	wantError(t, err, file, "nothing can be written there")
	warnings, err := CheckFolders(Layout{Root: root, Written: []string{file, root}})
	if len(warnings) != 1 || err != nil || !strings.Contains(warnings[0], file) {
		t.Errorf("one of two: %q, %v", warnings, err)
	}
	warnings, err = CheckFolders(Layout{Root: root, Tiered: []string{filepath.Join(file, "cold")}})
	if len(warnings) != 1 || err != nil || !strings.Contains(warnings[0], "tiered storage will not work") {
		t.Errorf("%q, %v", warnings, err)
	}
}
