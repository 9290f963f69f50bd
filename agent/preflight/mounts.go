package preflight

import (
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// Finding is something about the mounts of a container that people find out too late.
type Finding struct {
	Code    string // a word for searching: store-not-on-volume
	Message string
}

// Mounts is what the mount check looks at.
type Mounts struct {
	MountInfo string   // the text of /proc/self/mountinfo
	Stores    []string // folders that hold data which must survive the container
	UserHome  string   // RocketMQ writes below it
	Home      string   // ROCKETMQ_HOME
	Version   string   // the release in Home
	Read      []string // configuration files and folders that are read; empty ones do not count
	// StdoutLogs says that RocketMQ logs to stdout, so that a volume for log files stays nearly empty.
	StdoutLogs bool
	Exists     func(path string) bool
}

// Check compares the mounts with what is written and read.
func (m Mounts) Check() []Finding {
	mounts := parseMounts(m.MountInfo)
	var all []Finding
	for _, store := range m.Stores {
		if f, ok := fleeting(store, covering(mounts, store)); ok {
			all = append(all, f)
		}
	}
	for _, mount := range mounts {
		if f, ok := m.look(mount.point); ok {
			all = append(all, f)
		}
	}
	return all
}

// anonymousVolume is the folder of a Docker volume that nobody gave a name.
var anonymousVolume = regexp.MustCompile(`/volumes/[0-9a-f]{64}/_data(/|$)`)

// fleeting says that a store lives no longer than its container.
func fleeting(store string, on mount) (Finding, bool) {
	remedy := fmt.Sprintf("mount a volume there (docker run -v NAME:%s, in Kubernetes a PersistentVolumeClaim)", store)
	switch {
	case on.point == "/":
		return Finding{"store-not-on-volume", fmt.Sprintf("the store %s is not on a volume: its messages are lost with the container; %s", store, remedy)}, true
	case on.fsType == "tmpfs" || on.fsType == "ramfs":
		return Finding{"store-in-memory", fmt.Sprintf("the store %s is in memory (%s at %s): its messages are lost with the container; %s", store, on.fsType, on.point, remedy)}, true
	case strings.Contains(on.root, "/kubernetes.io~empty-dir/"):
		return Finding{"store-on-emptydir", fmt.Sprintf("the store %s is on an emptyDir (%s): its messages are lost with the pod; %s", store, on.point, remedy)}, true
	case anonymousVolume.MatchString(on.root):
		return Finding{"store-on-anonymous-volume", fmt.Sprintf("the store %s is on a volume without a name (%s): a new container gets a new, empty one; %s", store, on.point, remedy)}, true
	}
	return Finding{}, false
}

// LogsOnStdout is the code of the one finding that is a remark, not a mistake: RocketMQ's libraries still write a few files
// to that volume.
const LogsOnStdout = "logs-on-stdout"

// dataFolder matches mount points that are meant for data or logs.
var dataFolder = regexp.MustCompile(`(^|/)(store|logs|data|rocketmqlogs)(/|$)`)

// configFile matches files that are meant for RocketMQ.
var configFile = regexp.MustCompile(`(^|/)[^/]*(broker|namesrv|controller|proxy)[^/]*\.(conf|properties|json)$`)

// versioned finds the release in a path.
var versioned = regexp.MustCompile(`/rocketmq-(\d+\.\d+\.\d+)(/|$)`)

// look judges one mount point.
func (m Mounts) look(point string) (Finding, bool) {
	if logs := m.logs(); m.StdoutLogs && point != "/" && within(point, logs) {
		return Finding{LogsOnStdout, fmt.Sprintf("a volume is mounted at %s, but RocketMQ logs to stdout; RMQ_LOG_FILES=true makes it log into files there", point)}, true
	}
	if m.used(point) {
		return Finding{}, false
	}
	switch v := versioned.FindStringSubmatch(point); {
	case v != nil && v[1] != m.Version:
		return Finding{"wrong-version-in-path", fmt.Sprintf("%s is mounted, but nothing reads or writes it: this is RocketMQ %s, in %s", point, m.Version, m.Home)}, true
	case configFile.MatchString(point):
		return unread(point), true
	case m.Exists(filepath.Join(point, "broker.conf")):
		return unread(filepath.Join(point, "broker.conf")), true
	case dataFolder.MatchString(point):
		return Finding{"volume-not-used", fmt.Sprintf("a volume is mounted at %s, but RocketMQ writes to %s", point, strings.Join(append(slices.Clone(m.Stores), m.logs()), " and "))}, true
	}
	return Finding{}, false
}

// logs is the folder of RocketMQ's log files.
func (m Mounts) logs() string { return filepath.Join(m.UserHome, "logs") }

func unread(file string) Finding {
	return Finding{"configuration-not-read", fmt.Sprintf("%s is mounted, but nobody reads it: name it with -c %s", file, file)}
}

// used says whether something reads or writes at, below or above the mount point.
func (m Mounts) used(point string) bool {
	if point == "/" || system(point) {
		return true
	}
	own := []string{m.logs(), filepath.Join(m.Home, "lib"), filepath.Join(m.Home, "bin"), filepath.Join(m.Home, "cds")}
	for _, path := range slices.Concat(own, m.Stores, m.Read) {
		if path != "" && (within(path, point) || within(point, path)) {
			return true
		}
	}
	return false
}

// system are the mounts that every container has.
func system(point string) bool {
	for _, dir := range []string{"/proc", "/sys", "/dev", "/etc/hosts", "/etc/hostname", "/etc/resolv.conf", "/etc/localtime", "/run", "/var/run", "/tmp"} {
		if within(point, dir) {
			return true
		}
	}
	return false
}

// within says whether path is dir or below it.
func within(path, dir string) bool {
	return path == dir || strings.HasPrefix(path, strings.TrimSuffix(dir, "/")+"/")
}

// mount is one line of mountinfo.
type mount struct {
	root   string // the mounted folder inside its file system
	point  string // where it is mounted
	fsType string
}

// covering is the mount that holds path: the longest mount point that is path or above it, and the last one there.
func covering(mounts []mount, path string) mount {
	best := mount{point: "/"}
	for _, m := range mounts {
		if within(path, m.point) && len(m.point) >= len(best.point) {
			best = m
		}
	}
	return best
}

// unescape undoes the octal escapes of mountinfo; see proc_pid_mountinfo(5).
var unescape = strings.NewReplacer(`\040`, " ", `\011`, "\t", `\012`, "\n", `\134`, `\`)

func parseMounts(text string) []mount {
	var mounts []mount
	for line := range strings.Lines(text) {
		before, after, _ := strings.Cut(line, " - ")
		f, fsType := strings.Fields(before), strings.Fields(after)
		if len(f) > 4 && len(fsType) > 0 {
			mounts = append(mounts, mount{unescape.Replace(f[3]), unescape.Replace(f[4]), fsType[0]})
		}
	}
	return mounts
}
