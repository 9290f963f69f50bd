package memory

import (
	"io/fs"
	"path"
	"strconv"
	"strings"
)

// OOMKills is how many processes of this control group the kernel has killed because the memory limit was reached;
// false where no control group says so.
func OOMKills(root fs.FS) (n int64, ok bool) {
	groups, err := groups(root)
	if err != nil {
		return 0, false
	}
	for _, g := range groups {
		file := "memory.events"
		if g.file == "memory.limit_in_bytes" {
			file = "memory.oom_control"
		}
		text, err := fs.ReadFile(root, strings.TrimPrefix(path.Join(g.mount, g.below, file), "/"))
		if err != nil {
			continue
		}
		for line := range strings.Lines(string(text)) {
			if v, found := strings.CutPrefix(line, "oom_kill "); found {
				kills, err := strconv.ParseInt(strings.TrimSpace(v), 10, 64)
				return kills, err == nil
			}
		}
	}
	return 0, false
}
