package diagnose

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

const (
	// socketDir is where HotSpot puts its socket, whatever java.io.tmpdir says (os::get_temp_directory).
	socketDir = "/tmp"

	attachTime = 10 * time.Second // for the JVM to open its socket
	tick       = 20 * time.Millisecond

	maxCommand = 1024     // AttachOperation::arg_length_max
	maxAnswer  = 64 << 20 // a thread takes about 1 KiB of a dump
)

// ask sends one diagnostic command, as jcmd does, and returns the answer (attachListener.cpp).
func (j JVM) ask(ctx context.Context, command string) (string, error) {
	if len(command) > maxCommand {
		return "", fmt.Errorf("the JVM takes no command of %d bytes: choose a folder with a shorter name", len(command))
	}
	conn, err := j.attach(ctx)
	if err != nil {
		return "", err
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { conn.Close() })()
	// The version of the protocol, the operation, its three arguments.
	_, err = io.WriteString(conn, strings.Join([]string{"1", "jcmd", command, "", "", ""}, "\x00"))
	var answer []byte
	if err == nil {
		answer, err = io.ReadAll(io.LimitReader(conn, maxAnswer))
	}
	name, _, _ := strings.Cut(command, " ")
	code, text, whole := strings.Cut(string(answer), "\n")
	switch {
	case ctx.Err() != nil:
		return "", fmt.Errorf("%s has not answered %s: %w", j, name, j.patience(ctx))
	case err != nil || !whole:
		return "", fmt.Errorf("%s left before it answered %s", j, name)
	case code != "0":
		return "", fmt.Errorf("%s refuses %s: %s", j, name, strings.TrimSpace(text))
	}
	return text, nil
}

// patience says why nothing is waited for any longer.
func (j JVM) patience(ctx context.Context) error {
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return errors.New("its time is up; does it hang, or has it no processor time?")
	}
	return errors.New("interrupted")
}

// attach connects to the JVM, which opens its socket on demand only.
func (j JVM) attach(ctx context.Context) (net.Conn, error) {
	s, err := j.status()
	if err != nil {
		return nil, err
	}
	if err := j.mayAttach(s, os.Geteuid(), os.Getegid()); err != nil {
		return nil, fmt.Errorf("cannot attach to %s: %w", j, err)
	}
	ctx, cancel := context.WithTimeout(ctx, attachTime)
	defer cancel()
	conn, err := j.dial(ctx, s)
	if notThere(err) {
		conn, err = j.wake(ctx, s)
	}
	if errors.Is(err, fs.ErrPermission) {
		err = fmt.Errorf("%w: run it as the user of that JVM (docker exec --user %d:%d)", err, s.uid, s.gid)
	}
	if err != nil {
		return nil, fmt.Errorf("cannot attach to %s: %w", j, err)
	}
	return conn, nil
}

// mayAttach says what keeps this user from it; HotSpot lets its own and root in.
func (j JVM) mayAttach(s status, uid, gid int) error {
	if uid != 0 && (uid != s.uid || gid != s.gid) {
		return fmt.Errorf("it runs as user %d:%d, and this is %d:%d: run it as that user (docker exec --user %d:%d)",
			s.uid, s.gid, uid, gid, s.uid, s.gid)
	}
	disabled := false
	for _, word := range j.options() {
		switch word {
		case "-XX:+DisableAttachMechanism":
			disabled = true
		case "-XX:-DisableAttachMechanism":
			disabled = false
		}
	}
	if disabled {
		return errors.New("it was started with -XX:+DisableAttachMechanism: take that out of its options and restart it; " +
			"SIGQUIT to the agent prints its threads to the log without")
	}
	return nil
}

// dial connects to the socket of the JVM, and to nobody else's: every user can make a file of that name.
func (j JVM) dial(ctx context.Context, s status) (net.Conn, error) {
	conn, err := new(net.Dialer).DialContext(ctx, "unix", filepath.Join(socketDir, ".java_pid"+s.inner))
	if err != nil {
		return nil, err
	}
	if err := j.proven(conn.(*net.UnixConn)); err != nil {
		conn.Close()
		return nil, err
	}
	return conn, nil
}

func (j JVM) proven(conn *net.UnixConn) error {
	raw, err := conn.SyscallConn()
	if err != nil {
		return err
	}
	var peer *unix.Ucred
	var peerErr error
	err = raw.Control(func(fd uintptr) {
		peer, peerErr = unix.GetsockoptUcred(int(fd), unix.SOL_SOCKET, unix.SO_PEERCRED)
	})
	if err = errors.Join(err, peerErr); err != nil {
		return err
	}
	if int(peer.Pid) != j.PID {
		return fmt.Errorf("its socket %s is that of process %d: remove it", conn.RemoteAddr(), peer.Pid)
	}
	return nil
}

func notThere(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ECONNREFUSED)
}

// wake makes the JVM open its socket: it does so on SIGQUIT when it finds the attach file. Without the file it would
// print its threads to the log, and without a handler for the signal, early in its start, it would die. (With -Xrs it
// has none either, but opens the socket by itself.)
func (j JVM) wake(ctx context.Context, s status) (net.Conn, error) {
	if err := unix.Access(socketDir, unix.W_OK|unix.X_OK); err != nil {
		// Not wrapped: another user, as is advised where a permission is missing, would fare no better.
		return nil, fmt.Errorf("nothing can be written in %s, where a JVM opens its socket (%v): mount a tmpfs there "+
			"(docker run --tmpfs /tmp; an emptyDir in Kubernetes)", socketDir, err)
	}
	if s.caught&(1<<(syscall.SIGQUIT-1)) == 0 {
		return nil, errors.New("it does not listen for it yet: it is just starting; try again")
	}
	handle, err := os.FindProcess(j.PID)
	if err != nil {
		return nil, err
	}
	defer handle.Release()
	if !j.lives() { // looked at with the handle in hand, so that a successor of that number is never hit
		return nil, errors.New("it has left")
	}
	remove, err := attachFile(s.inner)
	if err != nil {
		return nil, err
	}
	defer remove()
	if err := handle.Signal(syscall.SIGQUIT); err != nil {
		return nil, err
	}
	return j.await(ctx, s)
}

// attachFile makes the file that the JVM looks for; remove takes it away.
func attachFile(pid string) (remove func(), err error) {
	path := filepath.Join(socketDir, ".attach_pid"+pid)
	_ = os.Remove(path) // left behind by somebody who was killed
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	file.Close()
	return func() { os.Remove(path) }, nil
}

// await waits for the socket.
func (j JVM) await(ctx context.Context, s status) (net.Conn, error) {
	beat := time.NewTicker(tick)
	defer beat.Stop()
	for {
		conn, err := j.dial(ctx, s)
		if err == nil || !notThere(err) && !errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil {
			return conn, err
		}
		if !j.lives() {
			return nil, errors.New("it has left")
		}
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("it has not opened its socket: %w", j.patience(ctx))
		case <-beat.C:
		}
	}
}
