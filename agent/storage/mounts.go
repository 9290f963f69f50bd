package storage

import (
	"fmt"
	"path/filepath"
	"regexp"
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
	Exists    func(path string) bool
}

// Check compares the mounts with what is written and read.
func (m Mounts) Check() []Finding {
	points := mountPoints(m.MountInfo)
	var all []Finding
	for _, store := range m.Stores {
		if covering(points, store) == "/" {
			all = append(all, Finding{"store-not-on-volume", fmt.Sprintf("the store %s is not on a volume: its messages are lost with the container; mount one there (-v NAME:%s)", store, store)})
		}
	}
	for _, p := range points {
		if f, ok := m.look(p); ok {
			all = append(all, f)
		}
	}
	return all
}

// dataFolder matches mount points that are meant for data or logs.
var dataFolder = regexp.MustCompile(`(^|/)(store|logs|data|rocketmqlogs)(/|$)`)

// configFile matches files that are meant for RocketMQ.
var configFile = regexp.MustCompile(`(^|/)[^/]*(broker|namesrv|controller|proxy)[^/]*\.(conf|properties|json)$`)

// versioned finds the release in a path.
var versioned = regexp.MustCompile(`/rocketmq-(\d+\.\d+\.\d+)(/|$)`)

// look judges one mount point.
func (m Mounts) look(point string) (Finding, bool) {
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
		return Finding{"volume-not-used", fmt.Sprintf("a volume is mounted at %s, but RocketMQ writes to %s", point, strings.Join(append(m.Stores, m.UserHome+"/logs"), " and "))}, true
	}
	return Finding{}, false
}

func unread(file string) Finding {
	return Finding{"configuration-not-read", fmt.Sprintf("%s is mounted, but nobody reads it: name it with -c %s", file, file)}
}

// used says whether something reads or writes at, below or above the mount point.
func (m Mounts) used(point string) bool {
	if point == "/" || system(point) {
		return true
	}
	for _, path := range append(append([]string{filepath.Join(m.UserHome, "logs"), filepath.Join(m.Home, "lib"), filepath.Join(m.Home, "bin")}, m.Stores...), m.Read...) {
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

// covering is the mount point that holds path: the longest one that is path or above it.
func covering(points []string, path string) string {
	best := "/"
	for _, p := range points {
		if within(path, p) && len(p) > len(best) {
			best = p
		}
	}
	return best
}

// unescape undoes the octal escapes of mountinfo; see proc_pid_mountinfo(5).
var unescape = strings.NewReplacer(`\040`, " ", `\011`, "\t", `\012`, "\n", `\134`, `\`)

// mountPoints reads the fifth field of every line of mountinfo.
func mountPoints(text string) []string {
	var points []string
	for line := range strings.Lines(text) {
		if f := strings.Fields(line); len(f) > 4 {
			points = append(points, unescape.Replace(f[4]))
		}
	}
	return points
}
