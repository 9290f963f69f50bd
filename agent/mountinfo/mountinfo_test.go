package mountinfo

import (
	"os"
	"slices"
	"strings"
	"testing"
)

var parseTests = map[string]struct {
	text string
	want []string // root|point|type|super options
}{
	"nothing": {"", nil},
	"the manual's example": {
		"36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue\n",
		[]string{"/mnt1|/mnt2|ext3|rw,errors=continue"},
	},
	"no optional field, no line break": {
		"36 31 0:33 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu,memory",
		[]string{"/|/sys/fs/cgroup/cpu|cgroup|rw,cpu,memory"},
	},
	"several optional fields": {
		"29 24 0:26 / /sys/fs/cgroup rw shared:4 master:9 propagate_from:2 - cgroup2 cgroup2 rw\n",
		[]string{"/|/sys/fs/cgroup|cgroup2|rw"},
	},
	"escapes": {
		`1 2 0:3 /a\040b /c\011d\012e\134f rw - fuse\043x no\040name rw,a=\040` + "\n",
		[]string{"/a b|/c\td\ne\\f|fuse#x|rw,a= "},
	},
	"an escape of an escape is not undone twice": {
		`1 2 0:3 /a\134040b /c rw - ext4 /d rw`,
		[]string{`/a\040b|/c|ext4|rw`},
	},
	"what looks like an escape": {
		`1 2 0:3 /\08\4 /\777\x20\ rw - ext4 /d rw`,
		[]string{`/\08\4|/\777\x20\|ext4|rw`},
	},
	"other blanks in names": {
		"1 2 0:3 /a\u00a0b\r /c\v\f rw - ext4 /d rw\n",
		[]string{"/a\u00a0b\r|/c\v\f|ext4|rw"},
	},
	"bytes that are no UTF-8": {
		"1 2 0:3 / /\xff\\040\xfe rw - ext4 /d rw\n",
		[]string{"/|/\xff \xfe|ext4|rw"},
	},
	"an empty source": {
		"1 2 0:3 / /tmp rw - tmpfs  rw,size=1k\n",
		[]string{"/|/tmp|tmpfs|rw,size=1k"},
	},
	"a hyphen for a root and for a source": {
		"1 2 0:3 - /proc/1/ns/net rw - nsfs - rw\n",
		[]string{"-|/proc/1/ns/net|nsfs|rw"},
	},
	"no such lines": {
		"\nshort\n - \n1 2 3 4 5 - x\n1 2 0:3 / / rw shared:1 ext4 /d rw\n1 2 0:3 / / rw - ext4 /d\n",
		nil,
	},
	"in their order": {
		"1 2 0:3 / /b rw - ext4 /d rw\n1 2 0:3 / /a rw - xfs /d rw\n",
		[]string{
			"/|/b|ext4|rw",
			"/|/a|xfs|rw",
		},
	},
}

func TestParse(t *testing.T) {
	for name, test := range parseTests {
		var got []string
		for _, m := range Parse(test.text) {
			got = append(got, strings.Join([]string{m.Root, m.Point, m.FSType, strings.Join(m.SuperOptions, ",")}, "|"))
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("%s: got %q, want %q", name, got, test.want)
		}
	}
}

// TestParseHere wants the mounts of the machine that runs the test, one a line.
func TestParseHere(t *testing.T) {
	text, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		t.Skip(err)
	}
	mounts := Parse(string(text))
	if lines := strings.Count(string(text), "\n"); len(mounts) != lines {
		t.Errorf("%d mounts in %d lines", len(mounts), lines)
	}
	if !slices.ContainsFunc(mounts, func(m Mount) bool { return m.Point == "/proc" && m.FSType == "proc" }) {
		t.Errorf("no /proc in %+v", mounts)
	}
}

func FuzzParse(f *testing.F) {
	f.Add("36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue\n")
	f.Add(`1 2 0:3 /a\040b /c\0 rw - x  \134` + "\n - \n")
	f.Fuzz(func(t *testing.T, text string) {
		if mounts, lines := Parse(text), strings.Count(text, "\n")+1; len(mounts) > lines {
			t.Errorf("%d mounts in %d lines", len(mounts), lines)
		}
	})
}
