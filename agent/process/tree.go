package process

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
)

// procDir is where the kernel shows processes.
const procDir = "/proc"

// stat is what the agent reads of /proc/PID/stat; see proc(5).
type stat struct {
	pid, ppid, pgrp int
	comm            string
	state           byte
	threads         int
	start           string // in clock ticks since the boot
}

// id is an identity that a later process with the same number does not have.
type id struct {
	pid   int
	start string
}

func (s stat) id() id { return id{s.pid, s.start} }

// readStat reads one process; ok is false when it has left meanwhile.
func readStat(pid int) (s stat, ok bool) {
	comm, f := statFields(pid)
	if f == nil {
		return stat{}, false
	}
	s = stat{
		pid:   pid,
		comm:  comm,
		state: f[0][0],
		start: f[19],
	}
	s.ppid, _ = strconv.Atoi(f[1])
	s.pgrp, _ = strconv.Atoi(f[2])
	s.threads, _ = strconv.Atoi(f[17])
	return s, true
}

// statFields returns the name of a process and the fields after it, from the state (the third in proc(5)) on. They are
// nil when the process has left.
func statFields(pid int) (comm string, f []string) {
	b, err := os.ReadFile(filepath.Join(procDir, strconv.Itoa(pid), "stat"))
	if err != nil {
		return "", nil
	}
	// The name may hold blanks and parentheses: the last one ends it.
	open, end := bytes.IndexByte(b, '('), bytes.LastIndexByte(b, ')')
	if open < 0 || end < open {
		return "", nil
	}
	if f = strings.Fields(string(b[end+1:])); len(f) < 50 { // as many as Linux has shown since 3.5
		return "", nil
	}
	return string(b[open+1 : end]), f
}

// alive says whether anything of the process still runs. Its first thread may be dead already while others still close
// files and unmap memory, which takes a broker a while.
func (s stat) alive() bool { return s.state != 'X' && (s.state != 'Z' || s.threads > 1) }

// processes lists all processes that /proc shows.
func processes() []stat {
	dir, err := os.Open(procDir)
	if err != nil {
		return nil
	}
	defer dir.Close()
	names, _ := dir.Readdirnames(-1)
	var all []stat
	for _, name := range names {
		pid, err := strconv.Atoi(name)
		if err != nil {
			continue
		}
		if s, ok := readStat(pid); ok {
			all = append(all, s)
		}
	}
	return all
}

// descendants picks the live processes of all that descend from root.
func descendants(all []stat, root int) []stat {
	children := make(map[int][]stat, len(all))
	for _, s := range all {
		children[s.ppid] = append(children[s.ppid], s)
	}
	var found []stat
	next := slices.Clone(children[root])
	for len(next) > 0 {
		s := next[0]
		next = append(next[1:], children[s.pid]...)
		if s.alive() {
			found = append(found, s)
		}
	}
	return found
}

// carries says whether the process was started with mark in its environment. Nobody can be sure of one that is just
// being executed, whose environment is not there yet or may not be read yet, nor of one that has died since it was
// listed.
func carries(pid int, mark string) (yes, sure bool) {
	b, err := os.ReadFile(filepath.Join(procDir, strconv.Itoa(pid), "environ"))
	if err != nil {
		return false, false
	}
	if slices.Contains(strings.Split(string(b), "\x00"), mark) {
		return true, true
	}
	_, f := statFields(pid)
	if f == nil {
		return false, false
	}
	// startcode, env_start, env_end: the kernel notes where the code lies when everything else of an exec is done.
	code, start, end := number(f[23]), number(f[47]), number(f[48])
	return false, code != 0 && end-start == uint64(len(b))
}

// catches says whether the process has a handler for sig.
func catches(pid int, sig syscall.Signal) bool {
	b, err := os.ReadFile(filepath.Join(procDir, strconv.Itoa(pid), "status"))
	if err != nil {
		return false
	}
	for line := range strings.Lines(string(b)) {
		if mask, ok := strings.CutPrefix(line, "SigCgt:\t"); ok {
			caught, _ := strconv.ParseUint(strings.TrimSpace(mask), 16, 64)
			return caught&(1<<(sig-1)) != 0
		}
	}
	return false
}
