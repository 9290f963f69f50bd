package preflight

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// mountInfo makes the lines of /proc/self/mountinfo of a container: what every one has, and more points. A point may
// say what is mounted: "ROOT:POINT:TYPE".
func mountInfo(more ...string) string {
	lines := []string{
		"561 403 0:54 / / rw,relatime master:186 - overlay overlay rw,lowerdir=/l",
		"562 561 0:57 / /proc rw,nosuid - proc proc rw",
		"563 561 0:58 / /dev rw,nosuid - tmpfs tmpfs rw",
		"564 561 0:59 / /sys ro - sysfs sysfs ro",
		"566 561 254:1 /var/lib/docker/containers/a/hosts /etc/hosts rw,relatime - ext4 /dev/vda1 rw",
		"567 561 0:60 / /run/secrets/kubernetes.io/serviceaccount ro - tmpfs tmpfs ro",
	}
	for _, m := range more {
		p := strings.Split(m, ":")
		if len(p) == 1 {
			p = []string{"/var/lib/docker/volumes/data/_data", m, "ext4"}
		}
		root, point := strings.ReplaceAll(p[0], " ", `\040`), strings.ReplaceAll(p[1], " ", `\040`)
		lines = append(lines, "600 561 254:1 "+root+" "+point+" rw,relatime - "+p[2]+" /dev/vda1 rw")
	}
	return strings.Join(lines, "\n") + "\n"
}

// What the tests of the mounts have in common.
const (
	testHome  = "/home/rocketmq/rocketmq-5.5.0"
	testStore = "/home/rocketmq/store"
)

// anonymousRoot is the folder of a Docker volume without a name.
var anonymousRoot = "/var/lib/docker/volumes/" + strings.Repeat("0a", 32) + "/_data"

var mountsTests = []struct {
	name   string
	mounts []string
	change func(*Mounts)
	want   []string // codes
	says   string   // part of the first message
}{
	{name: "no volume", want: []string{"store-not-on-volume"}, says: "-v NAME:" + testStore},
	{name: "a volume", mounts: []string{testStore}},
	{name: "a volume above", mounts: []string{"/home/rocketmq"}},
	{name: "volumes below", mounts: []string{testStore, testStore + "/commitlog"}},
	{name: "only a volume below", mounts: []string{testStore + "/commitlog"}, want: []string{"store-not-on-volume"}},
	{name: "a name that only begins alike", mounts: []string{testStore + "2"}, want: []string{"store-not-on-volume"}},
	{
		name:   "tmpfs",
		mounts: []string{"/:" + testStore + ":tmpfs"},
		want:   []string{"store-in-memory"},
		says:   "in memory",
	},
	{name: "a volume over tmpfs", mounts: []string{"/:" + testStore + ":tmpfs", testStore}},
	{
		name:   "emptyDir",
		mounts: []string{"/var/lib/kubelet/pods/1-2/volumes/kubernetes.io~empty-dir/data:" + testStore + ":ext4"},
		want:   []string{"store-on-emptydir"},
		says:   "lost with the pod",
	},
	{
		name:   "a claim",
		mounts: []string{"/var/lib/kubelet/pods/1-2/volumes/kubernetes.io~csi/pvc-1/mount:" + testStore + ":ext4"},
	},
	{
		name:   "no name",
		mounts: []string{anonymousRoot + ":" + testStore + ":ext4"},
		want:   []string{"store-on-anonymous-volume"},
		says:   "without a name",
	},
	{
		name:   "the root user's store",
		mounts: []string{"/root/store"},
		want:   []string{"store-not-on-volume", "volume-not-used"},
	},
	{
		name:   "the root user's logs",
		mounts: []string{testStore, "/root/logs"},
		want:   []string{"volume-not-used"},
		says:   "RocketMQ writes to " + testStore + " and /home/rocketmq/logs",
	},
	{
		name:   "below /opt",
		mounts: []string{testStore, "/opt/store", "/opt/logs"},
		want:   []string{"volume-not-used", "volume-not-used"},
	},
	{name: "log files", mounts: []string{testStore, "/home/rocketmq/logs"}},
	{
		name:   "logs on stdout",
		mounts: []string{testStore, "/home/rocketmq/logs"},
		change: func(m *Mounts) { m.StdoutLogs = true },
		want:   []string{"logs-on-stdout"},
		says:   "RMQ_LOG_FILES=true",
	},
	{
		name:   "one volume for all, logs on stdout",
		mounts: []string{"/home/rocketmq"},
		change: func(m *Mounts) { m.StdoutLogs = true },
	},
	{
		name:   "an unread broker.conf",
		mounts: []string{testStore, testHome + "/conf/broker.conf"},
		want:   []string{"configuration-not-read"},
		says:   "-c " + testHome + "/conf/broker.conf",
	},
	{
		name:   "one elsewhere",
		mounts: []string{testStore, "/etc/rocketmq/my-broker.conf"},
		want:   []string{"configuration-not-read"},
	},
	{
		name:   "a folder with one",
		mounts: []string{testStore, "/etc/rocketmq"},
		change: func(m *Mounts) {
			m.Exists = func(path string) bool { return path == "/etc/rocketmq/broker.conf" }
		},
		want: []string{"configuration-not-read"},
		says: "-c /etc/rocketmq/broker.conf",
	},
	{name: "a folder with other things", mounts: []string{testStore, "/etc/ssl/mine"}},
	{
		name:   "a broker.conf that is read",
		mounts: []string{testStore, "/etc/rocketmq/broker.conf"},
		change: func(m *Mounts) { m.Read = []string{"", "/etc/rocketmq/broker.conf"} },
	},
	{
		name:   "a folder that is read from",
		mounts: []string{testStore, "/etc/rocketmq"},
		change: func(m *Mounts) {
			m.Read, m.Exists = []string{"/etc/rocketmq/broker.conf"}, func(string) bool { return true }
		},
	},
	{
		name:   "another release in the path",
		mounts: []string{testStore, "/home/rocketmq/rocketmq-4.9.4/conf/broker.conf"},
		want:   []string{"wrong-version-in-path"},
		says:   "this is RocketMQ 5.5.0, in " + testHome,
	},
	{
		name:   "another release, but read",
		mounts: []string{testStore, "/opt/rocketmq-4.9.4/conf/broker.conf"},
		change: func(m *Mounts) { m.Read = []string{"/opt/rocketmq-4.9.4/conf/broker.conf"} },
	},
	{name: "jars", mounts: []string{testStore, testHome + "/lib/mine.jar", testHome + "/bin/runbroker.sh"}},
	{
		name:   "a name server",
		mounts: []string{"/home/rocketmq/store"},
		change: func(m *Mounts) { m.Stores = nil },
		want:   []string{"volume-not-used"},
	},
	{
		name:   "two stores",
		mounts: []string{testStore},
		change: func(m *Mounts) { m.Stores = []string{testStore, "/data/commitlog"} },
		want:   []string{"store-not-on-volume"},
		says:   "/data/commitlog",
	},
	{
		name:   "a blank in the name",
		mounts: []string{"/my data/store"},
		change: func(m *Mounts) { m.Stores = []string{"/my data/store"} },
	},
}

func TestMounts(t *testing.T) {
	for _, tt := range mountsTests {
		t.Run(tt.name, func(t *testing.T) {
			m := Mounts{
				MountInfo: mountInfo(tt.mounts...),
				Stores:    []string{testStore},
				UserHome:  "/home/rocketmq",
				Home:      testHome,
				Version:   "5.5.0",
				Exists:    func(string) bool { return false },
			}
			if tt.change != nil {
				tt.change(&m)
			}
			var codes []string
			findings := m.Check()
			for _, f := range findings {
				codes = append(codes, f.Code)
				if strings.Contains(f.Message, "\n") || f.Message == "" {
					t.Errorf("not one line: %q", f.Message)
				}
			}
			if !slices.Equal(codes, tt.want) {
				t.Fatalf("got %v, want %v", findings, tt.want)
			}
			if tt.says != "" && !strings.Contains(findings[0].Message, tt.says) {
				t.Errorf("no %q in %q", tt.says, findings[0].Message)
			}
		})
	}
}

func FuzzMounts(f *testing.F) {
	f.Add(mountInfo("/a"))
	f.Add(" - \n1 2 3 4 5 - x")
	f.Fuzz(func(_ *testing.T, text string) {
		m := Mounts{
			MountInfo: text,
			Stores:    []string{"/s"},
			Exists:    func(string) bool { return false },
		}
		m.Check()
	})
}

// Report K30: -c ../conf/broker.conf, or a link, is the very file that is mounted.
func TestReadPathsAreResolved(t *testing.T) {
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	mounted := filepath.Join(dir, "conf", "broker.conf")
	link := filepath.Join(dir, "link.conf")
	err = errors.Join(os.MkdirAll(filepath.Join(dir, "bin"), 0o700), os.MkdirAll(filepath.Dir(mounted), 0o700),
		os.WriteFile(mounted, nil, 0o600), os.Symlink(mounted, link))
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(filepath.Join(dir, "bin"))
	for _, path := range []string{"../conf/broker.conf", link, mounted} {
		if got := resolved([]string{path, ""}); !slices.Contains(got, mounted) || len(got) > 4 {
			t.Errorf("%s: %q", path, got)
		}
	}
}
