package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"time"

	"golang.org/x/sys/unix"

	"rocketmq-agent/agent/identity"
	"rocketmq-agent/agent/sharedfile"
)

// lockName is the agent's own lock file in a store.
const lockName = ".rocketmq-agent.lock"

// How long a broker waits for its predecessor: longer than RocketMQ needs to stop, shorter than what any probe gives a
// start.
const (
	predecessor = 30 * time.Second
	lookAgain   = 500 * time.Millisecond
)

// Await is Open for a broker that may meet its own predecessor: a pod that was deleted by force still runs on its node
// when the next one of that name starts. It waits for that one alone, and hears ctx. waiting is told first, once, who
// it waits for and how long at most.
func Await(ctx context.Context, l Layout, o identity.Owner, waiting func(error, time.Duration)) (*Store, error) {
	return await(ctx, l, o, predecessor, waiting)
}

func await(
	ctx context.Context, l Layout, owner identity.Owner, most time.Duration, waiting func(error, time.Duration),
) (*Store, error) {
	s, err := Open(l.Root, l.Mapped)
	if !succeeds(l, owner, err) {
		return s, err
	}
	waiting(err, most)
	ctx, cancel := context.WithTimeout(ctx, most)
	defer cancel()
	again := time.NewTicker(lookAgain)
	defer again.Stop()
	for succeeds(l, owner, err) {
		select {
		case <-ctx.Done():
			return nil, err
		case <-again.C:
			s, err = Open(l.Root, l.Mapped)
		}
	}
	return s, err
}

// succeeds says that a store is refused because an agent of this very broker uses it, under this host name.
func succeeds(l Layout, owner identity.Owner, refusal error) bool {
	held, ok := errors.AsType[*Error](refusal)
	host, err := os.Hostname()
	if !ok || err != nil || held.Holder == "" || held.Holder != host {
		return false
	}
	stamp, stamped, err := ReadStamp(l.Root)
	return err == nil && stamped && stamp.Is(owner)
}

// oneEach is what to do when two brokers have one store.
const oneEach = "every broker needs a store of its own: in Kubernetes volumeClaimTemplates in place of one claim " +
	"for all, or RMQ_STORE_PER_POD=true, which gives each pod a folder of its name"

// takeLock takes the agent's own lock, which is held until the last process that has the file open is gone.
func takeLock(dir string) (lock *os.File, warnings []string, err error) {
	f, err := sharedfile.Open(filepath.Join(dir, lockName), os.O_RDWR|os.O_CREATE, 0o644)
	if full(err) {
		return lockFolder(dir)
	}
	if _, unfit := errors.AsType[*sharedfile.Unfit](err); unfit {
		return nil, nil, &Error{Dir: dir, Reason: "its lock file is none", Err: err}
	}
	if err != nil {
		return nil, nil, &Error{Dir: dir, Reason: "its lock file cannot be opened: " + owner(dir), Err: err}
	}
	if err := flock(dir, f); err != nil {
		return nil, nil, errors.Join(err, f.Close())
	}
	if err := folderIsFree(dir); err != nil {
		return nil, nil, errors.Join(err, f.Close())
	}
	host, _ := os.Hostname()
	text := fmt.Sprintf("pid %d on host %s\n", os.Getpid(), host)
	err = errors.Join(f.Truncate(0), writeAt(f, text))
	if full(err) { // the lock is what matters, not its text
		return f, []string{fmt.Sprintf("cannot say in the store %s who uses it: its disk is full (%v)", dir, err)}, nil
	}
	if err != nil {
		return nil, nil, errors.Join(&Error{Dir: dir, Reason: "its lock file cannot be written", Err: err}, f.Close())
	}
	return f, nil, nil
}

func writeAt(f *os.File, text string) error {
	_, err := f.WriteAt([]byte(text), 0)
	return err
}

// flock takes a lock at once, or says who has it.
func flock(dir string, f *os.File) error {
	err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB)
	if err == nil {
		return nil
	}
	if !errors.Is(err, unix.EWOULDBLOCK) {
		return &Error{Dir: dir, Reason: "file locks do not work there; use a file system that has them", Err: err}
	}
	who, host := heldBy(f)
	return &Error{Dir: dir, Reason: fmt.Sprintf("another agent uses it (%s); %s", who, oneEach), Holder: host}
}

// holderText is what an agent writes into its lock file. Nothing else of such a file is repeated: others may write it.
var holderText = regexp.MustCompile(`^pid \d+ on host ([\w.-]+)\n$`)

// heldBy says who has a lock, for people and by its host name.
func heldBy(f *os.File) (who, host string) {
	text, _ := io.ReadAll(io.NewSectionReader(f, 0, 512)) // only for the message
	m := holderText.FindSubmatch(text)
	if m == nil {
		return "it does not say which one", ""
	}
	return string(text[:len(text)-1]), string(m[1])
}

// lockFolder locks the folder itself, where a full disk has no room for a lock file.
func lockFolder(dir string) (lock *os.File, warnings []string, err error) {
	f, err := os.Open(dir)
	if err != nil {
		return nil, nil, &Error{Dir: dir, Reason: "its disk is full, and the folder cannot be locked", Err: err}
	}
	if err := flock(dir, f); err != nil {
		return nil, nil, errors.Join(err, f.Close())
	}
	return f, []string{fmt.Sprintf("the disk of the store %s has no room for a lock file; its folder is locked", dir)}, nil
}

// folderIsFree says that no agent has had to lock the folder. Not every file system locks folders.
func folderIsFree(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return nil // a folder that may be written to and not listed: no agent can have locked it
	}
	defer f.Close()
	if err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB); errors.Is(err, unix.EWOULDBLOCK) {
		return &Error{Dir: dir, Reason: "another agent has locked its folder; " + oneEach}
	}
	return nil
}

// freeOfRocketMQ asks for RocketMQ's own lock without taking it: a broker that no agent started may use the store.
func freeOfRocketMQ(dir string) error {
	f, err := sharedfile.Open(filepath.Join(dir, "lock"), os.O_RDONLY, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return &Error{Dir: dir, Reason: "RocketMQ's lock file cannot be opened", Err: err}
	}
	defer f.Close()
	want := unix.Flock_t{Type: unix.F_WRLCK, Start: 0, Len: 1} // DefaultMessageStore.start: tryLock(0, 1, false)
	if err := unix.FcntlFlock(f.Fd(), unix.F_GETLK, &want); err != nil {
		return &Error{Dir: dir, Reason: "file locks do not work there; use a file system that has them", Err: err}
	}
	if want.Type != unix.F_UNLCK {
		return &Error{Dir: dir, Reason: fmt.Sprintf("a RocketMQ broker uses it already (pid %d); %s", want.Pid, oneEach)}
	}
	return nil
}
