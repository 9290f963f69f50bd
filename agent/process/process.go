package process

import (
	"fmt"
	"os"
	"slices"
	"syscall"
	"time"
)

// Spec says what to start.
type Spec struct {
	Name   string   // for messages and the mark: "broker"
	Path   string   // the executable; not searched for
	Args   []string // argv without argv[0]
	Env    []string // the whole environment
	Dir    string   // working folder; empty: the agent's own
	Stdout *os.File // inherited by the child as it is: what it prints never passes through the agent
	Stderr *os.File
	Keep   []*os.File // open in the child too, from descriptor 3 on: a lock is held for as long as the child lives
}

// Exit is how a process ended.
type Exit struct {
	Code   int            // exit status, 0 when a signal ended it
	Signal syscall.Signal // 0 when it left by itself
}

// ShellCode is the status that a shell would report: 128 + n after signal n.
func (e Exit) ShellCode() int {
	if e.Signal != 0 {
		return 128 + int(e.Signal)
	}
	return e.Code
}

func (e Exit) String() string {
	if e.Signal != 0 {
		return fmt.Sprintf("killed by signal %d (%v)", int(e.Signal), e.Signal)
	}
	return fmt.Sprintf("exit code %d", e.Code)
}

// Process is one child and everything that came from it.
//
// Its life is running -> exited (the direct child is reaped) -> gone (no member of its tree is alive). Both steps are
// taken by the Supervisor, with its lock held.
type Process struct {
	Name    string
	Pid     int
	Started time.Time

	sup        *Supervisor
	mark       string
	exited     chan struct{}
	gone       chan struct{}
	exit       Exit                  // valid once exited is closed
	groupEnded bool                  // the process group is empty, and its number may be given to a stranger
	asked      syscall.Signal        // what the tree was last sent: 0, SIGTERM or SIGKILL
	seen       map[id]syscall.Signal // the members that were seen, and what each was last sent
	doubts     map[id]time.Time      // of whom it is not known, and since when
}

// Exited is closed when the direct child has been reaped. Members of its tree may still be alive.
func (p *Process) Exited() <-chan struct{} { return p.exited }

// Gone is closed when no member of the tree is alive any more.
func (p *Process) Gone() <-chan struct{} { return p.gone }

// Exit is how the direct child ended. It may be asked once Exited is closed.
func (p *Process) Exit() Exit {
	<-p.exited
	return p.exit
}

// Running says whether the direct child has not been reaped yet.
func (p *Process) Running() bool {
	select {
	case <-p.exited:
		return false
	default:
		return true
	}
}

// Terminate sends SIGTERM to the process group of the child. Members that have left the group, or joined it too late,
// get theirs when the direct child is gone, so that a start script is not overtaken. Calling it again changes nothing.
func (p *Process) Terminate() {
	p.sup.mu.Lock()
	defer p.sup.mu.Unlock()
	if p.asked != 0 {
		return
	}
	p.asked = syscall.SIGTERM
	p.signalTree(syscall.SIGTERM, func(s stat) bool { return s.pgrp == p.Pid })
	p.settle(p.sup.look())
}

// Kill sends SIGKILL to every member of the tree, and to those that are born while it does so.
func (p *Process) Kill() {
	p.sup.mu.Lock()
	defer p.sup.mu.Unlock()
	p.asked = syscall.SIGKILL
	if p.Running() { // the number of the group is its own: this reaches all of it at once, before anybody is looked for
		_ = syscall.Kill(-p.Pid, syscall.SIGKILL)
	}
	p.signalTree(syscall.SIGKILL, func(stat) bool { return true })
}

// ThreadDump asks every JVM in the tree to print its threads (SIGQUIT) and says how many were asked. Other programs
// are left alone, and so is a JVM that has not come far enough to listen for it: SIGQUIT would end them.
func (p *Process) ThreadDump() int {
	p.sup.mu.Lock()
	defer p.sup.mu.Unlock()
	return p.signalTree(syscall.SIGQUIT, func(s stat) bool {
		return s.comm == "java" && catches(s.pid, syscall.SIGQUIT)
	})
}

// signalTree signals the members that which picks and returns their number. The Supervisor's lock is held.
func (p *Process) signalTree(sig syscall.Signal, which func(stat) bool) int {
	n := 0
	living, _ := p.sup.look()
	found, _ := p.members(living)
	for _, s := range found {
		if which(s) {
			p.signal(s, sig)
			n++
		}
	}
	return n
}

// signal sends sig to the member s unless it has left meanwhile: the handle is taken first and the identity checked
// afterwards, so that a stranger who was given the same number is never hit.
func (p *Process) signal(s stat, sig syscall.Signal) {
	handle, err := os.FindProcess(s.pid)
	if err != nil {
		return
	}
	defer handle.Release()
	now, ok := readStat(s.pid)
	if !ok || !now.alive() {
		return
	}
	if owned, _ := p.owns(now); !owned {
		return
	}
	if sig == p.asked {
		p.seen[s.id()] = sig
	}
	_ = handle.Signal(sig) // gone in between: nothing is left to signal
}

// doubtLimit is how long a process may keep the tree from being gone that does not show its environment. An exec hides
// it for a moment only; whoever hides it longer has rights that the agent lacks, and was not started by it.
const doubtLimit = 2 * sweepInterval

// members lists the live processes of the tree; sure says that nobody else can be one.
func (p *Process) members(living []stat) (found []stat, sure bool) {
	sure = true
	for _, s := range living {
		owned, known := p.owns(s)
		if owned {
			found = append(found, s)
		}
		if !known {
			sure = sure && p.doubted(s)
		}
	}
	return found, sure
}

// doubted says whether it has been unknown for long whether s is a member.
func (p *Process) doubted(s stat) bool {
	since, known := p.doubts[s.id()]
	if !known {
		since = time.Now()
		p.doubts[s.id()] = since
	}
	return time.Since(since) >= doubtLimit
}

// owns says whether s belongs to the tree. The group is asked too, for a descendant that cleared its environment.
// Numbers mean something only as long as they cannot have been given to somebody else: that of the child until it is
// reaped, that of its group until the last member has left. Who was seen once is remembered: a process that is just
// dying has no environment any more.
func (p *Process) owns(s stat) (owned, sure bool) {
	if s.pid == p.Pid && p.Running() {
		return true, true
	}
	if _, seen := p.seen[s.id()]; seen {
		return true, true
	}
	owned, sure = s.pgrp == p.Pid && !p.groupEnded, true
	if !owned && s.state != 'Z' {
		owned, sure = carries(s.pid, p.mark)
	}
	if owned {
		p.seen[s.id()] = 0
	}
	return owned, sure
}

// reaped takes the step from running to exited.
func (p *Process) reaped(ws syscall.WaitStatus) {
	if ws.Signaled() {
		p.exit = Exit{Signal: ws.Signal()}
	} else {
		p.exit = Exit{Code: ws.ExitStatus()}
	}
	close(p.exited)
}

// settle takes the step from exited to gone when nobody is left. While the tree is being stopped it sends everybody
// who is left what the tree was sent. It says whether the process is gone. For living and complete see
// [Supervisor.look].
func (p *Process) settle(living []stat, complete bool) bool {
	if p.Running() || p.ended() {
		return p.ended()
	}
	left, sure := p.members(living)
	if complete && !slices.ContainsFunc(left, func(s stat) bool { return s.pgrp == p.Pid }) {
		p.groupEnded = true
	}
	if complete && sure && len(left) == 0 {
		close(p.gone)
		return true
	}
	for _, s := range left {
		if p.seen[s.id()] != p.asked {
			p.signal(s, p.asked)
		}
	}
	return false
}

// ended says whether the process is gone.
func (p *Process) ended() bool {
	select {
	case <-p.gone:
		return true
	default:
		return false
	}
}
