package processtest

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// insideVariable tells a test binary that it is PID 1 of a namespace made by InNamespace.
const insideVariable = "PROCESSTEST_INSIDE"

// InNamespace runs the calling top-level test once more as PID 1 of a new PID namespace that has its own /proc. It is
// true in there: the test goes on. Outside it is false, and the verdict has been taken over: the test returns.
//
//	if !processtest.InNamespace(t) {
//		return
//	}
//
// Root must be able to do that, or the test fails. Others try it in a user namespace, which some machines refuse: the
// test is skipped then.
func InNamespace(t *testing.T) bool {
	t.Helper()
	if os.Getenv(insideVariable) != "" {
		return true
	}
	cmd := exec.Command(Self(t), "-test.run=^"+t.Name()+"$", "-test.timeout=60s")
	cmd.Env = append(os.Environ(), insideVariable+"=1")
	cmd.SysProcAttr = Namespace()
	runtime.LockOSThread() // the parent-death signal belongs to this thread
	defer runtime.UnlockOSThread()
	out, err := cmd.CombinedOutput()
	if cmd.ProcessState == nil {
		refused(t, err)
	}
	if err != nil {
		t.Errorf("in a PID namespace: %v\n%s", err, out)
	}
	return false
}

// Namespace makes a command PID 1 of new PID and mount namespaces that end with the thread that starts it. It must
// mount /proc itself.
func Namespace() *syscall.SysProcAttr {
	attr := &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWPID | syscall.CLONE_NEWNS, Pdeathsig: syscall.SIGKILL}
	if uid, gid := os.Geteuid(), os.Getegid(); uid != 0 {
		attr.Cloneflags |= syscall.CLONE_NEWUSER
		attr.UidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: uid, Size: 1}}
		attr.GidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: gid, Size: 1}}
	}
	return attr
}

func refused(t *testing.T, err error) {
	t.Helper()
	if os.Geteuid() == 0 {
		t.Fatalf("cannot make a PID namespace, although this is root: %v", err)
	}
	t.Skipf("not shown here: this user may not make a PID namespace (%v); run the tests as root", err)
}

func mountProc() error {
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil {
		return fmt.Errorf("cannot take the mounts of the namespace apart: %w", err)
	}
	if err := unix.Mount("proc", "/proc", "proc", 0, ""); err != nil {
		return fmt.Errorf("cannot mount /proc of the namespace: %w", err)
	}
	return nil
}
