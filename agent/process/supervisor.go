package process

import (
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// sweepInterval is how often the Supervisor looks for dead children without having been told: SIGCHLD is not counted by
// the kernel, and one that comes while another is pending is lost.
const sweepInterval = time.Second

// Supervisor owns the children of this process.
type Supervisor struct {
	mu      sync.Mutex       // held across fork and registration, and reaping: no exit is ever seen by the wrong owner
	running map[int]*Process // by pid, until reaped: the number may be given away then
	trees   []*Process       // until gone
	forks   chan forkRequest
	orphans uint64
	stop    chan struct{}
	stopped sync.WaitGroup
}

// New makes this process a child subreaper, so that orphans of its children come to it even when it is not PID 1, and
// begins to reap. Close ends that.
func New() (*Supervisor, error) {
	if err := unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); err != nil {
		return nil, fmt.Errorf("cannot become child subreaper: %w", err)
	}
	s := &Supervisor{running: map[int]*Process{}, forks: make(chan forkRequest), stop: make(chan struct{})}
	children := make(chan os.Signal, 1)
	signal.Notify(children, syscall.SIGCHLD)
	s.stopped.Go(s.forkLoop)
	s.stopped.Go(func() { s.reapLoop(children) })
	return s, nil
}

// Close ends the Supervisor. Children that still run are left alone.
func (s *Supervisor) Close() {
	close(s.stop)
	s.stopped.Wait()
}

// Orphans is how many processes were reaped that this Supervisor had not started.
func (s *Supervisor) Orphans() uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.orphans
}

// Start starts a child in a process group of its own. The error wraps the errno of a failed exec: ENOENT, EACCES.
func (s *Supervisor) Start(spec Spec) (*Process, error) {
	reply := make(chan forkResult, 1)
	select {
	case s.forks <- forkRequest{spec, reply}:
	case <-s.stop:
		return nil, errors.New("cannot start " + spec.Name + ": the supervisor is closed")
	}
	r := <-reply
	return r.process, r.err
}

type forkRequest struct {
	spec  Spec
	reply chan<- forkResult
}

type forkResult struct {
	process *Process
	err     error
}

// forkLoop does all forks from one thread that lives as long as the agent: the parent-death signal of a child fires
// when the thread that forked it ends, not the process.
func (s *Supervisor) forkLoop() {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	for {
		select {
		case <-s.stop:
			return
		case r := <-s.forks:
			p, err := s.fork(r.spec)
			r.reply <- forkResult{p, err}
		}
	}
}

func (s *Supervisor) fork(spec Spec) (*Process, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	null, err := os.Open(os.DevNull)
	if err != nil {
		return nil, fmt.Errorf("cannot start %s: %w", spec.Name, err)
	}
	defer null.Close()
	files := []uintptr{null.Fd(), spec.Stdout.Fd(), spec.Stderr.Fd()}
	for _, f := range spec.Keep {
		files = append(files, f.Fd())
	}
	// Unique among all agents of this machine: pid and the clock.
	mark := "RMQ_AGENT_TREE=" + spec.Name + "." + strconv.Itoa(os.Getpid()) +
		"." + strconv.FormatInt(time.Now().UnixNano(), 36)
	attr := &syscall.ProcAttr{
		Dir:   spec.Dir,
		Env:   append(spec.Env[:len(spec.Env):len(spec.Env)], mark),
		Files: files,
		// SIGTERM, not SIGKILL: a JVM whose agent was killed can still stop in order.
		Sys: &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGTERM},
	}
	pid, err := syscall.ForkExec(spec.Path, append([]string{filepath.Base(spec.Path)}, spec.Args...), attr)
	if err != nil {
		return nil, fmt.Errorf("cannot start %s: %w", spec.Name, &os.PathError{Op: "exec", Path: spec.Path, Err: err})
	}
	p := &Process{
		Name:    spec.Name,
		Pid:     pid,
		Started: time.Now(),
		sup:     s,
		mark:    mark,
		exited:  make(chan struct{}),
		gone:    make(chan struct{}),
		seen:    map[id]syscall.Signal{},
		doubts:  map[id]time.Time{},
	}
	s.running[pid] = p
	s.trees = append(s.trees, p)
	return p, nil
}

func (s *Supervisor) reapLoop(children chan os.Signal) {
	defer signal.Stop(children)
	sweep := time.NewTicker(sweepInterval)
	defer sweep.Stop()
	for {
		s.reap()
		select {
		case <-s.stop:
			return
		case <-children:
		case <-sweep.C:
		}
	}
}

// reap collects every dead child, then looks which trees have become empty.
func (s *Supervisor) reap() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.collect()
	if len(s.running) == len(s.trees) {
		return
	}
	living, complete := s.look()
	s.trees = slices.DeleteFunc(s.trees, func(p *Process) bool { return p.settle(living, complete) })
}

// look lists the live descendants of this process; complete says that nobody was overlooked. The lock is held.
//
// A look through /proc is not a snapshot: a process that forks meanwhile and dies before it is read hides its child.
// But then it is a zombie, and so ours to collect: a look after which there is nothing to collect has seen everybody.
// The SIGCHLD of what was collected makes the Supervisor look again.
func (s *Supervisor) look() (living []stat, complete bool) {
	living = descendants(processes(), os.Getpid())
	return living, s.collect() == 0
}

// collect reaps the children that are dead and returns their number. The lock is held.
func (s *Supervisor) collect() int {
	for n := 0; ; n++ {
		var ws syscall.WaitStatus
		pid, err := syscall.Wait4(-1, &ws, syscall.WNOHANG, nil)
		for errors.Is(err, syscall.EINTR) {
			pid, err = syscall.Wait4(-1, &ws, syscall.WNOHANG, nil)
		}
		if err != nil || pid <= 0 {
			return n
		}
		if p := s.running[pid]; p != nil {
			delete(s.running, pid)
			p.reaped(ws)
		} else {
			s.orphans++
		}
	}
}
