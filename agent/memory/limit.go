// Package memory plans the memory of the JVMs of one container from its memory limit.
package memory

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"

	"rocketmq-agent/agent/mountinfo"
)

// Limit is how much memory the agent and everything that it starts may use.
type Limit struct {
	Bytes  int64
	Source string // the file that says so: "/sys/fs/cgroup/memory.max"
	Capped bool   // a control group sets it; else it is all that the machine has
}

// ReadLimit finds the smallest limit on the way from this process's control group up to the root that it can see, of
// cgroup v1 and v2 both: a hybrid machine has the two. In a container with a cgroup namespace the mounted root is the
// container's own group. No limit, or one above the machine's memory, is the machine's memory. root is "/", or a
// test's.
func ReadLimit(root fs.FS) (Limit, error) {
	machine, err := memTotal(root)
	if err != nil {
		return Limit{}, err
	}
	limit := Limit{Bytes: machine, Source: "/proc/meminfo"}
	groups, err := groups(root)
	if err != nil {
		return Limit{}, err
	}
	for _, g := range groups {
		for dir := range g.ancestors() {
			bytes, ok, err := readBytes(root, dir, g.file)
			if err != nil {
				return Limit{}, err
			}
			if ok && bytes < limit.Bytes {
				limit = Limit{Bytes: bytes, Source: path.Join(dir, g.file), Capped: true}
			}
		}
	}
	return limit, nil
}

func memTotal(root fs.FS) (int64, error) {
	text, err := fs.ReadFile(root, "proc/meminfo")
	if err != nil {
		return 0, fmt.Errorf("cannot learn the machine's memory: %w", err)
	}
	for line := range strings.Lines(string(text)) {
		f := strings.Fields(line)
		if len(f) == 3 && f[0] == "MemTotal:" && f[2] == "kB" {
			kib, err := strconv.ParseInt(f[1], 10, 64)
			if err == nil && kib > 0 {
				return kib << 10, nil
			}
		}
	}
	return 0, errors.New("cannot learn the machine's memory: /proc/meminfo has no MemTotal")
}

// group is this process's place in one hierarchy of control groups.
type group struct {
	mount string // where the hierarchy is mounted
	below string // the process's group below the mount, "." for the mount itself
	file  string // the file with the limit
}

// ancestors yields the folders from the group up to the mount.
func (g group) ancestors() func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for dir := path.Join(g.mount, g.below); yield(dir); dir = path.Dir(dir) {
			if dir == g.mount || dir == "/" {
				return
			}
		}
	}
}

// groups joins what the process belongs to with where it is mounted. Without a cgroup file system there are none.
func groups(root fs.FS) ([]group, error) {
	v1, v2, err := membership(root)
	if err != nil {
		return nil, err
	}
	mounts, err := fs.ReadFile(root, "proc/self/mountinfo")
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("cannot read the mounts: %w", err)
	}
	var found []group
	for _, m := range mountinfo.Parse(string(mounts)) {
		switch {
		case m.FSType == "cgroup2" && v2 != "":
			found = append(found, group{
				mount: m.Point,
				below: below(v2, m.Root),
				file:  "memory.max",
			})
		case m.FSType == "cgroup" && slices.Contains(m.SuperOptions, "memory") && v1 != "":
			found = append(found, group{
				mount: m.Point,
				below: below(v1, m.Root),
				file:  "memory.limit_in_bytes",
			})
		}
	}
	return found, nil
}

// membership reads the process's memory group (v1) and unified group (v2).
func membership(root fs.FS) (v1, v2 string, err error) {
	f, err := root.Open("proc/self/cgroup")
	if errors.Is(err, fs.ErrNotExist) {
		return "", "", nil
	}
	if err != nil {
		return "", "", fmt.Errorf("cannot learn the control group: %w", err)
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		p := strings.SplitN(lines.Text(), ":", 3)
		if len(p) != 3 {
			continue
		}
		if p[0] == "0" && p[1] == "" {
			v2 = p[2]
		} else if slices.Contains(strings.Split(p[1], ","), "memory") {
			v1 = p[2]
		}
	}
	return v1, v2, lines.Err()
}

// below is group as seen from a mount of mountRoot. A group that is not under it (of another namespace, "/../…") cannot
// be seen at all: the mount itself is then the best answer.
func below(group, mountRoot string) string {
	if mountRoot == "/" {
		mountRoot = ""
	}
	rest, ok := strings.CutPrefix(group, mountRoot)
	if !ok || strings.Contains(rest, "..") || rest != "" && rest[0] != '/' {
		return "."
	}
	return strings.TrimPrefix(path.Clean("/"+rest), "/")
}

// readBytes reads one limit; "max" and a missing file (the root group has none) are no limit.
func readBytes(root fs.FS, dir, file string) (int64, bool, error) {
	name := path.Join(dir, file)
	text, err := fs.ReadFile(root, strings.TrimPrefix(name, "/"))
	if errors.Is(err, fs.ErrNotExist) {
		return 0, false, nil
	}
	if err != nil {
		return 0, false, fmt.Errorf("cannot read the memory limit: %w", err)
	}
	word := strings.TrimSpace(string(text))
	if word == "max" {
		return 0, false, nil
	}
	bytes, err := strconv.ParseUint(word, 10, 64)
	if err != nil {
		return 0, false, fmt.Errorf("cannot read the memory limit: %s holds %q", name, word)
	}
	return int64(min(bytes, 1<<62)), true, nil
}
