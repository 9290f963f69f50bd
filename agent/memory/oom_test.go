package memory

import (
	"testing"
	"testing/fstest"
)

func TestOOMKills(t *testing.T) {
	const v1Mount = "25 1 0:1 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n"
	const v2Mount = "25 1 0:1 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n"
	file := func(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }
	for name, c := range map[string]struct {
		root fstest.MapFS
		want int64
		ok   bool
	}{
		"v1": {
			root: fstest.MapFS{
				"proc/self/cgroup":                        file("5:memory:/\n"),
				"proc/self/mountinfo":                     file(v1Mount),
				"sys/fs/cgroup/memory/memory.oom_control": file("oom_kill_disable 0\nunder_oom 0\noom_kill 2\n"),
			},
			want: 2,
			ok:   true,
		},
		"v2": {
			root: fstest.MapFS{
				"proc/self/cgroup":            file("0::/\n"),
				"proc/self/mountinfo":         file(v2Mount),
				"sys/fs/cgroup/memory.events": file("low 0\noom 3\noom_kill 1\noom_group_kill 0\n"),
			},
			want: 1,
			ok:   true,
		},
		"none": {
			root: fstest.MapFS{"proc/self/cgroup": file("0::/\n")},
		},
		"a root group without the file": {
			root: fstest.MapFS{
				"proc/self/cgroup":    file("0::/\n"),
				"proc/self/mountinfo": file(v2Mount),
			},
		},
	} {
		if n, ok := OOMKills(c.root); n != c.want || ok != c.ok {
			t.Errorf("%s: %d, %v; want %d, %v", name, n, ok, c.want, c.ok)
		}
	}
}
