package process

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// Usage is what a process has done so far. All but Resident only ever grows, so where that has not changed a process
// does nothing.
type Usage struct {
	CPUTicks   uint64 // user + system, in clock ticks (1/100 s)
	ReadBytes  uint64 // by read(2) and its like; pages of a mapped file are not counted here
	WriteBytes uint64
	Faults     uint64 // major page faults: a mapped file being read from disk
	Resident   uint64 // bytes of memory in use, which may shrink
}

// Usage reads what the direct child has done so far.
func (p *Process) Usage() (Usage, error) {
	dir := filepath.Join(procDir, strconv.Itoa(p.Pid))
	b, err := os.ReadFile(filepath.Join(dir, "stat"))
	if err != nil {
		return Usage{}, fmt.Errorf("cannot read usage of %s: %w", p.Name, err)
	}
	f := strings.Fields(string(b[bytes.LastIndexByte(b, ')')+1:]))
	if len(f) < 22 {
		return Usage{}, fmt.Errorf("cannot read usage of %s: short stat line", p.Name)
	}
	u := Usage{Faults: number(f[9]), CPUTicks: number(f[11]) + number(f[12]),
		Resident: number(f[21]) * uint64(os.Getpagesize())}
	io, err := os.ReadFile(filepath.Join(dir, "io")) // refused under some security profiles: the rest is enough then
	if err != nil {
		return u, nil
	}
	lines := bufio.NewScanner(bytes.NewReader(io))
	for lines.Scan() {
		switch name, value, _ := strings.Cut(lines.Text(), ": "); name {
		case "rchar":
			u.ReadBytes = number(value)
		case "wchar":
			u.WriteBytes = number(value)
		}
	}
	return u, nil
}

func number(s string) uint64 {
	n, _ := strconv.ParseUint(s, 10, 64)
	return n
}
