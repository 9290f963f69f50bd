package launch

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// javaHome makes a Java home whose command says what script says, or fails when it is started at all.
func javaHome(t *testing.T, release, script string) string {
	t.Helper()
	dir := t.TempDir()
	if script == "" {
		script = "exit 99"
	}
	write(t, filepath.Join(dir, "bin", "java"), "#!/bin/sh\n"+script+"\n", 0o755)
	if release != "" {
		write(t, filepath.Join(dir, "release"), "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\""+release+"\"\n", 0o644)
	}
	return dir
}

func TestFindJavaVersion(t *testing.T) {
	tests := []struct {
		name, release, script string
		major                 int
		problem               string
	}{
		{"17", "17.0.15", "", 17, ""},
		{"25", "25.0.3", "", 25, ""},
		{"8", "1.8.0_402", "", 8, ""},
		{"early access", "26-ea", "", 26, ""},
		{"no release file", "", `echo 'openjdk version "11.0.2" 2019-01-15' >&2`, 11, ""},
		{"no release file, 8", "", `echo 'java version "1.8.0_151"' >&2; echo more >&2`, 8, ""},
		{"too old", "1.7.0_80", "", 7, "is Java 1.7.0_80; RocketMQ needs Java 8 or later"},
		{"no version", "", "echo hello", 0, "cannot learn the version"},
		{"broken", "", "exit 3", 0, "exit status 3"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := javaHome(t, tt.release, tt.script)
			java, warnings, err := FindJava(dir, "")
			checkError(t, err, tt.problem)
			if java.Major != tt.major || java.Path != filepath.Join(dir, "bin", "java") || len(warnings) != 0 {
				t.Errorf("got %+v with warnings %v, want major %d", java, warnings, tt.major)
			}
		})
	}
}

func TestFindJavaPlace(t *testing.T) {
	good, other := javaHome(t, "17.0.1", ""), javaHome(t, "25.0.1", "")
	links, jre := t.TempDir(), javaHome(t, "", "")
	if err := os.Symlink(filepath.Join(other, "bin", "java"), filepath.Join(links, "java")); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(jre, "release"), "JAVA_VERSION=\"1.8.0_5\"\n", 0o644)
	inJRE := filepath.Join(jre, "jre", "bin", "java")
	write(t, inJRE, "exit 99", 0o755)
	plain := filepath.Dir(write(t, filepath.Join(t.TempDir(), "java"), "", 0o644))
	tests := []struct {
		name, home, path, version string
		warnings                  int
		problem                   string
	}{
		{"JAVA_HOME wins", good, links, "17.0.1", 0, ""},
		{"PATH", "", filepath.Join(good, "bin") + ":" + links, "17.0.1", 0, ""},
		{"a link on PATH", "", "/nowhere:" + links, "25.0.1", 0, ""},
		{"a Java 8 jre", filepath.Join(jre, "jre"), "", "1.8.0_5", 0, ""},
		{"stale JAVA_HOME", "/usr/lib/jvm/java-8-gone", links, "25.0.1", 1, ""},
		{"JAVA_HOME is no Java home", links, filepath.Join(good, "bin"), "17.0.1", 1, ""},
		{"a file that is not executable", "", plain + ":" + links, "25.0.1", 0, ""},
		{"the working folder is not searched", "", ":." + ":" + links, "25.0.1", 0, ""},
		{"none", "", "/nowhere", "", 0, `not on PATH="/nowhere"`},
		{"none, stale JAVA_HOME", "/gone", "", "", 1, `not under JAVA_HOME="/gone"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			java, warnings, err := FindJava(tt.home, tt.path)
			checkError(t, err, tt.problem)
			if java.Version != tt.version || len(warnings) != tt.warnings {
				t.Errorf("got %+v with warnings %v", java, warnings)
			}
			if tt.warnings > 0 && !strings.Contains(warnings[0], "JAVA_HOME="+tt.home) {
				t.Errorf("warning does not name JAVA_HOME: %v", warnings)
			}
		})
	}
}

// TestFindJavaIsFast guards the time to the start of java: no JVM may be started to learn a version.
func TestFindJavaIsFast(t *testing.T) {
	dir := javaHome(t, "17.0.15", "")
	best := time.Hour
	for range 20 {
		began := time.Now()
		if _, _, err := FindJava(dir, ""); err != nil {
			t.Fatal(err)
		}
		best = min(best, time.Since(began))
	}
	if best > 2*time.Millisecond {
		t.Errorf("FindJava takes %v", best)
	}
}
