// Package mountinfo parses /proc/self/mountinfo, the mounts that a process sees; see proc_pid_mountinfo(5).
package mountinfo

import (
	"slices"
	"strings"
)

// Mount is one mount. Its texts are without the escapes of the file.
type Mount struct {
	Root         string   // the folder of the file system that is mounted, "/" for all of it
	Point        string   // where it is mounted
	FSType       string   // "ext4", "cgroup2"
	SuperOptions []string // the options of the file system, not of this mount: of a v1 control group its controllers
}

// Parse reads the text of a mountinfo file. The mounts come in its order: of two on one point the later covers the
// earlier. What is no line of such a file is passed over, for a kernel of another time must not keep anything from
// starting.
func Parse(text string) []Mount {
	var mounts []Mount
	for line := range strings.Lines(text) {
		if m, ok := parseLine(strings.TrimSuffix(line, "\n")); ok {
			mounts = append(mounts, m)
		}
	}
	return mounts
}

// parseLine reads a line such as
//
//	36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue
//	 0  1   2     3     4          5        6  7    8         9                 10
//
// with any number of optional fields before the hyphen. Fields are separated by exactly one blank, for the source of a
// mount (the field before the last) may be empty.
func parseLine(line string) (Mount, bool) {
	const root, point, optional = 3, 4, 6
	f := strings.Split(line, " ")
	if len(f) < optional {
		return Mount{}, false
	}
	hyphen := slices.Index(f[optional:], "-")
	if hyphen < 0 {
		return Mount{}, false
	}
	fileSystem := f[optional+hyphen+1:]
	if len(fileSystem) < 3 {
		return Mount{}, false
	}
	m := Mount{
		Root:   unescape(f[root]),
		Point:  unescape(f[point]),
		FSType: unescape(fileSystem[0]),
	}
	for option := range strings.SplitSeq(fileSystem[2], ",") {
		m.SuperOptions = append(m.SuperOptions, unescape(option))
	}
	return m, true
}

// unescape undoes the kernel's octal escapes: a backslash and three digits for a blank, a tab, a line break, a
// backslash and, in some fields, a number sign.
func unescape(s string) string {
	if !strings.Contains(s, `\`) {
		return s
	}
	var b strings.Builder
	for len(s) > 0 {
		if c, ok := octal(s); ok {
			b.WriteByte(c)
			s = s[4:]
			continue
		}
		b.WriteByte(s[0])
		s = s[1:]
	}
	return b.String()
}

// octal is the byte whose escape s begins with.
func octal(s string) (c byte, ok bool) {
	if len(s) < 4 || s[0] != '\\' || s[1] > '3' {
		return 0, false
	}
	for _, digit := range []byte(s[1:4]) {
		if digit < '0' || digit > '7' {
			return 0, false
		}
		c = c<<3 | (digit - '0')
	}
	return c, true
}
