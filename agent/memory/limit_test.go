package memory

import (
	"errors"
	"io/fs"
	"os"
	"strings"
	"testing"
	"testing/fstest"
)

const (
	meminfo  = "MemTotal:       8388608 kB\nMemFree: 1 kB\n" // 8 GiB
	v1Mounts = "35 31 0:32 %ROOT% /sys/fs/cgroup/memory rw,relatime shared:1 - cgroup cgroup rw,memory\n" +
		"36 31 0:33 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu\n"
	v2Mounts  = "29 24 0:26 %ROOT% /sys/fs/cgroup rw,nosuid shared:4 master:9 - cgroup2 cgroup2 rw\n"
	unlimited = "9223372036854771712\n"
)

// machine makes a file system from paths and contents.
func machine(files map[string]string) fstest.MapFS {
	m := fstest.MapFS{"proc/meminfo": {Data: []byte(meminfo)}}
	for name, text := range files {
		m[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return m
}

func mounts(text, root string) string { return strings.ReplaceAll(text, "%ROOT%", root) }

// v1Dir and v2Dir are where the hierarchies are mounted.
const v1Dir, v2Dir = "sys/fs/cgroup/memory/", "sys/fs/cgroup/"

var limitTests = []struct {
	name   string
	files  map[string]string
	mib    int64
	source string
}{
	{name: "no control groups", mib: 8192, source: "/proc/meminfo"},
	{
		name: "v2 in a container",
		files: map[string]string{
			"proc/self/cgroup":    "0::/\n",
			"proc/self/mountinfo": mounts(v2Mounts, "/"),
			v2Dir + "memory.max":  "536870912\n",
		},
		mib:    512,
		source: "/sys/fs/cgroup/memory.max",
	},
	{
		name: "v2 without a limit",
		files: map[string]string{
			"proc/self/cgroup":    "0::/\n",
			"proc/self/mountinfo": mounts(v2Mounts, "/"),
			v2Dir + "memory.max":  "max\n",
		},
		mib:    8192,
		source: "/proc/meminfo",
	},
	{
		name: "v2 nested, the parent is tighter",
		files: map[string]string{
			"proc/self/cgroup":           "0::/pod/app\n",
			"proc/self/mountinfo":        mounts(v2Mounts, "/"),
			v2Dir + "pod/app/memory.max": "2147483648\n",
			v2Dir + "pod/memory.max":     "1073741824\n",
		},
		mib:    1024,
		source: "/sys/fs/cgroup/pod/memory.max",
	},
	{
		name: "v2 nested, the child is tighter",
		files: map[string]string{
			"proc/self/cgroup":           "0::/pod/app\n",
			"proc/self/mountinfo":        mounts(v2Mounts, "/"),
			v2Dir + "pod/app/memory.max": "1073741824\n",
			v2Dir + "pod/memory.max":     "max\n",
		},
		mib:    1024,
		source: "/sys/fs/cgroup/pod/app/memory.max",
	},
	{
		name: "v2, only the parent has a file",
		files: map[string]string{
			"proc/self/cgroup":       "0::/pod/app\n",
			"proc/self/mountinfo":    mounts(v2Mounts, "/"),
			v2Dir + "pod/memory.max": "1073741824\n",
		},
		mib:    1024,
		source: "/sys/fs/cgroup/pod/memory.max",
	},
	{
		name: "v1 without a namespace, as Docker mounts it",
		files: map[string]string{
			"proc/self/cgroup":              "4:memory:/docker/abc\n1:cpu:/docker/abc\n",
			"proc/self/mountinfo":           mounts(v1Mounts, "/docker/abc"),
			v1Dir + "memory.limit_in_bytes": "1073741824\n",
		},
		mib:    1024,
		source: "/sys/fs/cgroup/memory/memory.limit_in_bytes",
	},
	{
		name: "v1 nested in the container",
		files: map[string]string{
			"proc/self/cgroup":                    "4:memory:/docker/abc/inner\n",
			"proc/self/mountinfo":                 mounts(v1Mounts, "/docker/abc"),
			v1Dir + "memory.limit_in_bytes":       "1073741824\n",
			v1Dir + "inner/memory.limit_in_bytes": "536870912\n",
		},
		mib:    512,
		source: "/sys/fs/cgroup/memory/inner/memory.limit_in_bytes",
	},
	{
		name: "v1 without a limit",
		files: map[string]string{
			"proc/self/cgroup":              "4:memory:/\n",
			"proc/self/mountinfo":           mounts(v1Mounts, "/"),
			v1Dir + "memory.limit_in_bytes": unlimited,
		},
		mib:    8192,
		source: "/proc/meminfo",
	},
	{
		name: "v1, several controllers in one",
		files: map[string]string{
			"proc/self/cgroup":           "4:cpu,memory:/a\n",
			"proc/self/mountinfo":        "1 1 0:1 / /cg rw - cgroup cgroup rw,cpu,memory\n",
			"cg/a/memory.limit_in_bytes": "1073741824",
		},
		mib:    1024,
		source: "/cg/a/memory.limit_in_bytes",
	},
	{
		name: "hybrid",
		files: map[string]string{
			"proc/self/cgroup": "4:memory:/a\n0::/a\n",
			"proc/self/mountinfo": mounts(v1Mounts, "/") +
				"41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n",
			v1Dir + "a/memory.limit_in_bytes": "1073741824\n",
		},
		mib:    1024,
		source: "/sys/fs/cgroup/memory/a/memory.limit_in_bytes",
	},
	{
		name: "a group outside of the namespace",
		files: map[string]string{
			"proc/self/cgroup":    "0::/../../other\n",
			"proc/self/mountinfo": mounts(v2Mounts, "/"),
			v2Dir + "memory.max":  "1073741824\n",
			"other/memory.max":    "1048576",
		},
		mib:    1024,
		source: "/sys/fs/cgroup/memory.max",
	},
	{
		name: "a name that only begins like the mount's root",
		files: map[string]string{
			"proc/self/cgroup":                  "4:memory:/docker/abcdef\n",
			"proc/self/mountinfo":               mounts(v1Mounts, "/docker/abc"),
			v1Dir + "memory.limit_in_bytes":     "1073741824\n",
			v1Dir + "def/memory.limit_in_bytes": "1048576\n",
		},
		mib:    1024,
		source: "/sys/fs/cgroup/memory/memory.limit_in_bytes",
	},
	{
		name: "v1 without a namespace, a name with a backslash, as systemd escapes them",
		files: map[string]string{
			"proc/self/cgroup":                    `4:memory:/my\x2dpod.slice/inner`,
			"proc/self/mountinfo":                 mounts(v1Mounts, `/my\134x2dpod.slice`),
			v1Dir + "memory.limit_in_bytes":       "1073741824\n",
			v1Dir + "inner/memory.limit_in_bytes": "536870912\n",
		},
		mib:    512,
		source: "/sys/fs/cgroup/memory/inner/memory.limit_in_bytes",
	},
	{
		name: "a limit above the machine",
		files: map[string]string{
			"proc/self/cgroup":    "0::/\n",
			"proc/self/mountinfo": mounts(v2Mounts, "/"),
			v2Dir + "memory.max":  "17179869184\n",
		},
		mib:    8192,
		source: "/proc/meminfo",
	},
	{
		name: "a limit above 63 bits",
		files: map[string]string{
			"proc/self/cgroup":    "0::/\n",
			"proc/self/mountinfo": mounts(v2Mounts, "/"),
			v2Dir + "memory.max":  "18446744073709551615\n",
		},
		mib:    8192,
		source: "/proc/meminfo",
	},
	{
		name: "not mounted",
		files: map[string]string{
			"proc/self/cgroup":    "0::/a\n",
			"proc/self/mountinfo": "27 1 254:0 / / rw - ext4 /dev/vda rw\n",
		},
		mib:    8192,
		source: "/proc/meminfo",
	},
	{
		name: "odd lines",
		files: map[string]string{
			"proc/self/cgroup":    "\nx\n0::/\n",
			"proc/self/mountinfo": "short\n - \n" + mounts(v2Mounts, "/"),
			v2Dir + "memory.max":  "1073741824",
		},
		mib:    1024,
		source: "/sys/fs/cgroup/memory.max",
	},
}

func TestReadLimit(t *testing.T) {
	for _, tt := range limitTests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := ReadLimit(machine(tt.files))
			want := Limit{Bytes: tt.mib * mib, Source: tt.source, Capped: tt.source != "/proc/meminfo"}
			if err != nil || got != want {
				t.Errorf("got %+v, %v; want %+v", got, err, want)
			}
		})
	}
}

var limitFailures = []struct {
	name    string
	files   fs.FS
	problem string
}{
	{
		name:    "no meminfo",
		files:   fstest.MapFS{},
		problem: "cannot learn the machine's memory",
	},
	{
		name:    "no MemTotal",
		files:   fstest.MapFS{"proc/meminfo": {Data: []byte("MemFree: 1 kB\nMemTotal: many kB\n")}},
		problem: "has no MemTotal",
	},
	{
		name: "no number",
		files: machine(map[string]string{
			"proc/self/cgroup":         "0::/\n",
			"proc/self/mountinfo":      mounts(v2Mounts, "/"),
			"sys/fs/cgroup/memory.max": "1G\n",
		}),
		problem: `/sys/fs/cgroup/memory.max holds "1G"`,
	},
	{
		name: "unreadable",
		files: locked{machine(map[string]string{
			"proc/self/cgroup":         "0::/\n",
			"proc/self/mountinfo":      mounts(v2Mounts, "/"),
			"sys/fs/cgroup/memory.max": "1\n",
		}), "memory.max"},
		problem: "permission denied",
	},
}

func TestReadLimitFails(t *testing.T) {
	for _, tt := range limitFailures {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := ReadLimit(tt.files); err == nil || !strings.Contains(err.Error(), tt.problem) {
				t.Errorf("error %v, want one with %q", err, tt.problem)
			}
		})
	}
}

// locked refuses to open the files whose name ends with suffix.
type locked struct {
	fs.FS
	suffix string
}

func (l locked) Open(name string) (fs.File, error) {
	if strings.HasSuffix(name, l.suffix) {
		return nil, &fs.PathError{Op: "open", Path: name, Err: errors.New("permission denied")}
	}
	return l.FS.Open(name)
}

// TestReadLimitHere wants some answer from the machine that runs the test.
func TestReadLimitHere(t *testing.T) {
	limit, err := ReadLimit(os.DirFS("/"))
	if err != nil || limit.Bytes < 64*mib || limit.Source == "" {
		t.Errorf("got %+v, %v", limit, err)
	}
}
