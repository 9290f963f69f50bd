package memory

import "testing"

func TestOOMKills(t *testing.T) {
	v1Mount, v2Mount := mounts(v1Mounts, "/"), mounts(v2Mounts, "/")
	for name, c := range map[string]struct {
		files map[string]string
		want  int64
		ok    bool
	}{
		"v1": {
			files: map[string]string{
				"proc/self/cgroup":                        "5:memory:/\n",
				"proc/self/mountinfo":                     v1Mount,
				"sys/fs/cgroup/memory/memory.oom_control": "oom_kill_disable 0\nunder_oom 0\noom_kill 2\n",
			},
			want: 2,
			ok:   true,
		},
		"v2": {
			files: map[string]string{
				"proc/self/cgroup":            "0::/\n",
				"proc/self/mountinfo":         v2Mount,
				"sys/fs/cgroup/memory.events": "low 0\noom 3\noom_kill 1\noom_group_kill 0\n",
			},
			want: 1,
			ok:   true,
		},
		"none": {files: map[string]string{"proc/self/cgroup": "0::/\n"}},
		"a root group without the file": {
			files: map[string]string{
				"proc/self/cgroup":    "0::/\n",
				"proc/self/mountinfo": v2Mount,
			},
		},
	} {
		if n, ok := OOMKills(machine(c.files)); n != c.want || ok != c.ok {
			t.Errorf("%s: %d, %v; want %d, %v", name, n, ok, c.want, c.ok)
		}
	}
}
