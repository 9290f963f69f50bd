package preflight

import (
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"rocketmq-agent/agent/mountinfo"
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
	mounts := mountinfo.Parse(m.MountInfo)
	var all []Finding
	for _, store := range m.Stores {
		if f, ok := fleeting(store, covering(mounts, store)); ok {
			all = append(all, f)
		}
	}
	for _, mount := range mounts {
		if f, ok := m.look(mount.Point); ok {
			all = append(all, f)
		}
	}
	return all
}

func found(code, format string, args ...any) (Finding, bool) {
	return Finding{Code: code, Message: fmt.Sprintf(format, args...)}, true
}

// anonymousVolume is the folder of a Docker volume that nobody gave a name.
var anonymousVolume = regexp.MustCompile(`/volumes/[0-9a-f]{64}/_data(/|$)`)

// fleeting says that a store lives no longer than its container.
func fleeting(store string, on mountinfo.Mount) (Finding, bool) {
	remedy := fmt.Sprintf("mount a volume there (docker run -v NAME:%s, in Kubernetes a PersistentVolumeClaim)", store)
	switch {
	case on.Point == "/":
		return found("store-not-on-volume",
			"the store %s is not on a volume: its messages are lost with the container; %s",
			store, remedy)
	case on.FSType == "tmpfs" || on.FSType == "ramfs":
		return found("store-in-memory",
			"the store %s is in memory (%s at %s): its messages are lost with the container; %s",
			store, on.FSType, on.Point, remedy)
	case strings.Contains(on.Root, "/kubernetes.io~empty-dir/"):
		return found("store-on-emptydir",
			"the store %s is on an emptyDir (%s): its messages are lost with the pod; %s",
			store, on.Point, remedy)
	case anonymousVolume.MatchString(on.Root):
		return found("store-on-anonymous-volume",
			"the store %s is on a volume without a name (%s): a new container gets a new, empty one; %s",
			store, on.Point, remedy)
	}
	return Finding{}, false
}

// LogsOnStdout is the code of the one finding that is a remark, not a mistake: RocketMQ's libraries still write a few
// files to that volume.
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
		return found(LogsOnStdout,
			"a volume is mounted at %s, but RocketMQ logs to stdout; RMQ_LOG_FILES=true makes it log into files there",
			point)
	}
	if m.used(point) {
		return Finding{}, false
	}
	switch v := versioned.FindStringSubmatch(point); {
	case v != nil && v[1] != m.Version:
		return found("wrong-version-in-path",
			"%s is mounted, but nothing reads or writes it: this is RocketMQ %s, in %s",
			point, m.Version, m.Home)
	case configFile.MatchString(point):
		return unread(point)
	case m.Exists(filepath.Join(point, "broker.conf")):
		return unread(filepath.Join(point, "broker.conf"))
	case dataFolder.MatchString(point):
		written := append(slices.Clone(m.Stores), m.logs())
		return found("volume-not-used",
			"a volume is mounted at %s, but RocketMQ writes to %s",
			point, strings.Join(written, " and "))
	}
	return Finding{}, false
}

// logs is the folder of RocketMQ's log files.
func (m Mounts) logs() string { return filepath.Join(m.UserHome, "logs") }

func unread(file string) (Finding, bool) {
	return found("configuration-not-read", "%s is mounted, but nobody reads it: name it with -c %s", file, file)
}

// used says whether something reads or writes at, below or above the mount point.
func (m Mounts) used(point string) bool {
	if point == "/" || system(point) {
		return true
	}
	own := []string{
		m.logs(),
		filepath.Join(m.Home, "lib"),
		filepath.Join(m.Home, "bin"),
		filepath.Join(m.Home, "cds"),
	}
	for _, path := range slices.Concat(own, m.Stores, m.Read) {
		if path != "" && (within(path, point) || within(point, path)) {
			return true
		}
	}
	return false
}

// systemPaths are where every container has mounts.
var systemPaths = []string{
	"/proc",
	"/sys",
	"/dev",
	"/etc/hosts",
	"/etc/hostname",
	"/etc/resolv.conf",
	"/etc/localtime",
	"/run",
	"/var/run",
	"/tmp",
}

func system(point string) bool {
	return slices.ContainsFunc(systemPaths, func(dir string) bool { return within(point, dir) })
}

// within says whether path is dir or below it.
func within(path, dir string) bool {
	return path == dir || strings.HasPrefix(path, strings.TrimSuffix(dir, "/")+"/")
}

// covering is the mount that holds path: the longest mount point that is path or above it, and the last one there.
func covering(mounts []mountinfo.Mount, path string) mountinfo.Mount {
	best := mountinfo.Mount{Point: "/"}
	for _, m := range mounts {
		if within(path, m.Point) && len(m.Point) >= len(best.Point) {
			best = m
		}
	}
	return best
}
