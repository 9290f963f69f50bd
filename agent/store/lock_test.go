package store

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"rocketmq-agent/agent/identity"
)

// waitFor opens the store of owner while a helper of this host holds it; released ends the helper once it is waited
// for.
func waitFor(
	ctx context.Context, t *testing.T, owner identity.Owner, most time.Duration, released bool,
) (waited bool, err error) {
	t.Helper()
	l := Layout{Root: t.TempDir()}
	if _, err := Claim(l, master0, ""); err != nil {
		t.Fatal(err)
	}
	_, release := holder(t, "hold", l.Root)
	s, err := await(ctx, l, owner, most, func(why error, _ time.Duration) {
		waited = true
		wantError(t, why, "another agent uses it (pid ")
		if released {
			go release()
		}
	})
	if err == nil {
		s.Lock.Close()
	}
	return waited, err
}

// A pod that was deleted by force still runs when the next one of its name starts.
func TestAwaitThePredecessor(t *testing.T) {
	if waited, err := waitFor(t.Context(), t, master0, time.Minute, true); err != nil || !waited {
		t.Errorf("waited: %t, %v", waited, err)
	}
	if waited, err := waitFor(t.Context(), t, master0, time.Second, false); err == nil || !waited {
		t.Errorf("one that stays: waited: %t, %v", waited, err)
	}
	began := time.Now()
	if waited, err := waitFor(t.Context(), t, master1, time.Minute, false); err == nil || waited {
		t.Errorf("another broker: waited: %t, %v", waited, err)
	} else {
		wantError(t, err, "volumeClaimTemplates", "RMQ_STORE_PER_POD=true") // report K24
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := waitFor(ctx, t, master0, time.Minute, false); err == nil {
		t.Error("it does not hear that it has to stop")
	}
	if took := time.Since(began); took > 30*time.Second {
		t.Errorf("the refusals took %v", took)
	}
}

func TestAwaitNobodyElse(t *testing.T) {
	l := Layout{Root: t.TempDir()}
	if _, err := Claim(l, master0, ""); err != nil {
		t.Fatal(err)
	}
	mustOpen(t, l.Root)
	put(t, l.Root, lockName, "pid 7 on host another-host\n")
	_, err := await(t.Context(), l, master0, time.Minute, func(error, time.Duration) { t.Error("it waits") })
	wantError(t, err, "pid 7 on host another-host")
}

// smallDisk mounts one.
func smallDisk(t *testing.T, options string) string {
	t.Helper()
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, options); err != nil {
		t.Skip("cannot mount a small disk: ", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(dir, syscall.MNT_DETACH) })
	return dir
}

// fill leaves no room on a disk.
func fill(t *testing.T, dir string) {
	t.Helper()
	f, err := os.Create(filepath.Join(dir, "messages"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for err == nil {
		_, err = f.Write(make([]byte, 4096))
	}
	if !errors.Is(err, syscall.ENOSPC) {
		t.Fatal(err)
	}
}

// RocketMQ starts on a full disk, and makes room there: the agent's own files must not keep it from that.
func TestFullDisk(t *testing.T) {
	dir := smallDisk(t, "size=64k")
	fill(t, dir)
	s, err := Open(dir, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Lock.Close()
	remarks, err := Claim(Layout{Root: dir}, master0, "")
	said := strings.Join(append(s.Warnings, remarks...), "\n")
	for _, want := range []string{"cannot say in the store", "the next start says it"} {
		if err != nil || !strings.Contains(said, want) {
			t.Errorf("%v, no %q in: %s", err, want, said)
		}
	}
	if out, err := exec.Command("ls", "-A", dir).Output(); err != nil || strings.Contains(string(out), ".new") {
		t.Errorf("left behind: %s, %v", out, err)
	}
	_, err = Open(dir, 0)
	wantError(t, err, "another agent uses it") // the lock holds without its text
}

// Where there is no room even for an empty file, the folder is locked; and that lock counts when there is room again.
func TestNoRoomForALockFile(t *testing.T) {
	dir := smallDisk(t, "nr_inodes=4")
	for _, name := range []string{"a", "b", "c"} {
		put(t, dir, name, "")
	}
	s, err := Open(dir, 0)
	if err != nil {
		t.Fatal(err)
	}
	if len(s.Warnings) == 0 || !strings.Contains(s.Warnings[0], "no room for a lock file") {
		t.Errorf("warnings %q", s.Warnings)
	}
	_, err = Open(dir, 0)
	wantError(t, err, "another agent uses it")
	if err := os.Remove(filepath.Join(dir, "a")); err != nil {
		t.Fatal(err)
	}
	_, err = Open(dir, 0)
	wantError(t, err, "another agent has locked its folder")
	s.Lock.Close()
	mustOpen(t, dir)
}
