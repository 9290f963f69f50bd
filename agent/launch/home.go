// Package launch builds the command line of one RocketMQ process: which java, which class path, which flags, and where
// each flag came from. It starts java directly: RocketMQ's own scripts never exec it,
// and so a SIGTERM never reaches it.
package launch

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"rocketmq-agent/agent/rmq"
)

// Home is an assembled RocketMQ.
type Home struct {
	Dir     string // absolute
	Release rmq.Release
	// Jars are the full paths of lib/*.jar in byte order of the names: a class-data archive needs the same order again.
	Jars []string

	has map[string]bool // what else of interest is there, by its path below Dir
}

// extras are what a home may hold that changes a command line.
var extras = []string{"conf/rmq.*.logback.xml", "cds/*", nativeDir}

// nativeDir holds the native libraries of the jars.
const nativeDir = "lib/native"

// Has returns the full path of a file or folder of the home, one of extras, and whether it is there.
func (h Home) Has(path string) (string, bool) { return filepath.Join(h.Dir, path), h.has[path] }

// FindHome looks at the folder that ROCKETMQ_HOME names. The release is read from the names of its jars.
func FindHome(dir string) (Home, error) {
	if dir == "" {
		return Home{}, errors.New("ROCKETMQ_HOME is not set: " +
			"it must name the folder of RocketMQ, the one with lib/*.jar in it")
	}
	abs, err := filepath.Abs(dir)
	if err != nil {
		return Home{}, fmt.Errorf("cannot use ROCKETMQ_HOME=%q: %w", dir, err)
	}
	jars, err := listJars(filepath.Join(abs, "lib"))
	if err != nil {
		return Home{}, fmt.Errorf("cannot use ROCKETMQ_HOME=%q: %w", dir, err)
	}
	version, err := release(jars)
	if err != nil {
		return Home{}, fmt.Errorf("cannot use ROCKETMQ_HOME=%q: %w", dir, err)
	}
	return Home{
		Dir:     abs,
		Release: version,
		Jars:    jars,
		has:     list(abs),
	}, nil
}

// list finds the extras of a home.
func list(dir string) map[string]bool {
	has := map[string]bool{}
	for _, pattern := range extras {
		found, _ := filepath.Glob(filepath.Join(dir, pattern)) // the patterns are good
		for _, path := range found {
			if below, err := filepath.Rel(dir, path); err == nil {
				has[below] = true
			}
		}
	}
	return has
}

func listJars(lib string) ([]string, error) {
	entries, err := os.ReadDir(lib) // sorted by name
	if err != nil {
		return nil, fmt.Errorf("it has no lib folder that can be read: %w", err)
	}
	var jars []string
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), ".jar") && !e.IsDir() {
			jars = append(jars, filepath.Join(lib, e.Name()))
		}
	}
	if len(jars) == 0 {
		return nil, fmt.Errorf("there is no jar in %s; is something mounted over it?", lib)
	}
	return jars, nil
}

// moduleJar matches the jars whose version is the release;
// rocketmq-proto, -logback and others have versions of their own.
var moduleJar = regexp.MustCompile(`^rocketmq-(?:broker|namesrv|common|remoting)-(\d+\.\d+\.\d+(?:-[\w.]+)?)\.jar$`)

// release is the one version of RocketMQ's own jars.
func release(jars []string) (rmq.Release, error) {
	var versions []string
	for _, jar := range jars {
		m := moduleJar.FindStringSubmatch(filepath.Base(jar))
		if m != nil && !slices.Contains(versions, m[1]) {
			versions = append(versions, m[1])
		}
	}
	switch len(versions) {
	case 0:
		return rmq.Release{}, errors.New("lib holds no rocketmq-broker-VERSION.jar and no rocketmq-namesrv-VERSION.jar")
	case 1:
	default:
		return rmq.Release{}, fmt.Errorf("lib mixes the jars of RocketMQ %s; keep one release",
			strings.Join(versions, " and "))
	}
	r, err := rmq.ParseRelease(versions[0])
	if err == nil && !r.Supported() {
		err = fmt.Errorf("it holds RocketMQ %s; needed is 4.9 or later", r)
	}
	return r, err
}

// classPath is every jar, then the configuration folder, then what the user adds in CLASSPATH. The stock script has the
// folders first; a class-data archive accepts no folder among its own entries, and more entries only behind them.
func (h Home) classPath(more string) string {
	entries := append(slices.Clone(h.Jars), filepath.Join(h.Dir, "conf"))
	if more != "" {
		entries = append(entries, more)
	}
	return strings.Join(entries, string(filepath.ListSeparator))
}
