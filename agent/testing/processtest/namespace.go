package processtest

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// insideVariable tells a test binary that it is PID 1 of a namespace made by InNamespace.
const insideVariable = "PROCESSTEST_INSIDE"

// QuickExit is for the environment of a program with the race detector, which else waits a second before a clean exit.
const QuickExit = "GORACE=atexit_sleep_ms=0"

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
	cmd := exec.Command(Self(t), "-test.run=^"+t.Name()+"$", "-test.timeout=60s",
		"-test.v="+strconv.FormatBool(testing.Verbose()))
	cmd.Env = append(os.Environ(), insideVariable+"=1", QuickExit)
	cmd.SysProcAttr = inNamespaces(syscall.CLONE_NEWPID | syscall.CLONE_NEWNS)
	runtime.LockOSThread() // the parent-death signal belongs to this thread
	defer runtime.UnlockOSThread()
	out, err := cmd.CombinedOutput()
	if cmd.ProcessState == nil {
		Refused(t, err)
	}
	t.Logf("in a PID namespace:\n%s", out)
	if err != nil {
		t.Error(err)
	}
	return false
}

// Container makes a command that has namespaces of its own, which end with the thread that starts it: a network, and
// where it is to be PID 1 also the PIDs and the mounts. It must call EnterContainer itself.
func Container(pid1 bool) *syscall.SysProcAttr {
	if pid1 {
		return inNamespaces(syscall.CLONE_NEWNET | syscall.CLONE_NEWPID | syscall.CLONE_NEWNS)
	}
	return inNamespaces(syscall.CLONE_NEWNET)
}

func inNamespaces(flags uintptr) *syscall.SysProcAttr {
	attr := &syscall.SysProcAttr{Cloneflags: flags, Pdeathsig: syscall.SIGKILL}
	if uid, gid := os.Geteuid(), os.Getegid(); uid != 0 {
		attr.Cloneflags |= syscall.CLONE_NEWUSER
		attr.UidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: uid, Size: 1}}
		attr.GidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: gid, Size: 1}}
	}
	return attr
}

// Refused ends a test that could not make a namespace.
func Refused(t testing.TB, err error) {
	t.Helper()
	if os.Geteuid() == 0 {
		t.Fatalf("cannot make a PID namespace, although this is root: %v", err)
	}
	t.Skipf("not shown here: this user may not make a PID namespace (%v); run the tests as root", err)
}

// EnterContainer does what is left to do inside new namespaces: /proc must show them, and loopback must be up.
func EnterContainer() error {
	if os.Getpid() == 1 {
		if err := mountProc(); err != nil {
			return err
		}
	}
	if err := loopbackUp(); err != nil {
		return fmt.Errorf("cannot bring loopback up: %w", err)
	}
	return nil
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

func loopbackUp() error {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	lo, err := unix.NewIfreq("lo")
	if err != nil {
		return err
	}
	lo.SetUint16(unix.IFF_UP)
	return unix.IoctlIfreq(fd, unix.SIOCSIFFLAGS, lo)
}

// Dial connects to an address in the network namespace of a process.
func Dial(pid int, addr string) (net.Conn, error) {
	runtime.LockOSThread() // a namespace belongs to a thread
	defer runtime.UnlockOSThread()
	own, err := os.Open("/proc/thread-self/ns/net")
	if err != nil {
		return nil, err
	}
	defer own.Close()
	other, err := os.Open(fmt.Sprintf("/proc/%d/ns/net", pid))
	if err != nil {
		return nil, err
	}
	defer other.Close()
	if err := unix.Setns(int(other.Fd()), unix.CLONE_NEWNET); err != nil {
		return nil, err
	}
	conn, err := net.DialTimeout("tcp", addr, 5*time.Second)
	if err := unix.Setns(int(own.Fd()), unix.CLONE_NEWNET); err != nil {
		panic(err) // this thread is lost for everybody else
	}
	return conn, err
}
