package launch

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// oldestJava is the oldest major version that can run RocketMQ: the classes of 4.9.7 and 5.5.0, with all the
// libraries that they bring, are compiled for Java 8 (no class file in their jars has a version above 52).
const oldestJava = 8

// Java is an installed Java runtime.
type Java struct {
	Path    string // the java command, links resolved
	Version string // "17.0.15", "1.8.0_402"
	Major   int    // 17, 8
}

// FindJava takes the java of javaHome (JAVA_HOME), or else the first one on path (PATH). A stale JAVA_HOME is common in
// manifests and the stock scripts of 5.x ignore the variable, so it is only worth a warning. No JVM is started to learn
// the version: that would cost more than everything else before the start.
func FindJava(javaHome, path string) (Java, []string, error) {
	var warnings []string
	command, err := inHome(javaHome)
	if err != nil {
		warnings = append(warnings, fmt.Sprintf(
			"JAVA_HOME=%s is not used: %v; looking for java on PATH", javaHome, err))
	}
	if command == "" {
		if command = onPath(path); command == "" {
			return Java{}, warnings, fmt.Errorf("cannot find java: not under JAVA_HOME=%q and not on PATH=%q; "+
				"install Java %d or later, or set JAVA_HOME", javaHome, path, oldestJava)
		}
	}
	java, err := inspect(command)
	return java, warnings, err
}

// inHome returns the java command of a Java home, nothing for no home.
func inHome(home string) (string, error) {
	if home == "" {
		return "", nil
	}
	command := filepath.Join(home, "bin", "java")
	if err := runnable(command); err != nil {
		return "", err
	}
	return command, nil
}

// onPath returns the first java command on a PATH.
func onPath(path string) string {
	for _, dir := range filepath.SplitList(path) {
		if dir == "" || !filepath.IsAbs(dir) {
			continue // the working folder is no place to run commands from
		}
		if command := filepath.Join(dir, "java"); runnable(command) == nil {
			return command
		}
	}
	return ""
}

func runnable(command string) error {
	info, err := os.Stat(command)
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() || info.Mode().Perm()&0o111 == 0 {
		return fmt.Errorf("%s cannot be executed", command)
	}
	return nil
}

// inspect resolves links (/usr/bin/java is one to the real home, whose files tell the version) and checks the version.
func inspect(command string) (Java, error) {
	real, err := filepath.EvalSymlinks(command)
	if err != nil {
		return Java{}, fmt.Errorf("cannot use %s: %w", command, err)
	}
	java := Java{Path: real}
	if java.Version = releaseFile(filepath.Dir(filepath.Dir(real))); java.Version == "" {
		if java.Version, err = askVersion(real); err != nil {
			return java, err
		}
	}
	if java.Major = major(java.Version); java.Major < oldestJava {
		return java, fmt.Errorf("%s is Java %s; RocketMQ needs Java %d or later: set JAVA_HOME to one",
			real, java.Version, oldestJava)
	}
	return java, nil
}

// releaseFile reads the version from the file that every Java home has; a Java 8 JDK has it above its jre folder.
func releaseFile(home string) string {
	dirs := []string{home}
	if filepath.Base(home) == "jre" {
		dirs = append(dirs, filepath.Dir(home))
	}
	for _, dir := range dirs {
		if v := versionIn(filepath.Join(dir, "release")); v != "" {
			return v
		}
	}
	return ""
}

func versionIn(file string) string {
	f, err := os.Open(file)
	if err != nil {
		return ""
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if v, ok := strings.CutPrefix(lines.Text(), "JAVA_VERSION="); ok {
			return strings.Trim(v, `"`)
		}
	}
	return ""
}

var versionLine = regexp.MustCompile(`version "([^"]+)"`)

// askVersion starts java itself, for homes without a release file and for wrapper scripts.
func askVersion(command string) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	out, err := exec.CommandContext(ctx, command, "-version").CombinedOutput()
	m := versionLine.FindSubmatch(out)
	if m == nil {
		if err == nil {
			err = errors.New("it prints no version")
		}
		return "", fmt.Errorf("cannot learn the version of %s: %w", command, err)
	}
	return string(m[1]), nil
}

// major is the number people say: 8 for "1.8.0_402", 17 for "17.0.15", 25 for "25-ea".
func major(version string) int {
	version = strings.TrimPrefix(version, "1.")
	if end := strings.IndexFunc(version, func(r rune) bool { return r < '0' || r > '9' }); end >= 0 {
		version = version[:end]
	}
	n, _ := strconv.Atoi(version) // 0 is too old, and the message has the whole text
	return n
}
