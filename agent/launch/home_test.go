package launch

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// write makes a file, with its folders.
func write(t *testing.T, path, text string, mode os.FileMode) string {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), mode); err != nil {
		t.Fatal(err)
	}
	return path
}

// home makes a RocketMQ home with the given jars.
func home(t *testing.T, jars ...string) string {
	t.Helper()
	dir := t.TempDir()
	for _, jar := range jars {
		write(t, filepath.Join(dir, "lib", jar), "", 0o644)
	}
	return dir
}

func TestFindHome(t *testing.T) {
	tests := []struct {
		name, version, problem string
		jars                   []string
	}{
		{"whole", "5.5.0", "",
			[]string{
				"rocketmq-broker-5.5.0.jar", "rocketmq-namesrv-5.5.0.jar", "rocketmq-proto-2.1.2.jar", "netty.jar",
			}},
		{"a name server alone", "5.3.3", "", []string{"rocketmq-namesrv-5.3.3.jar"}},
		{"the oldest", "4.9.7", "", []string{"rocketmq-broker-4.9.7.jar"}},
		{"a snapshot", "5.5.1-SNAPSHOT", "", []string{"rocketmq-broker-5.5.1-SNAPSHOT.jar"}},
		{"too old", "", "RocketMQ 4.8.0; needed is 4.9", []string{"rocketmq-broker-4.8.0.jar"}},
		{"far too old", "", "RocketMQ 3.2.6", []string{"rocketmq-broker-3.2.6.jar"}},
		{"mixed", "", "mixes the jars of RocketMQ 4.9.7 and 5.5.0",
			[]string{"rocketmq-broker-4.9.7.jar", "rocketmq-common-5.5.0.jar"}},
		{"none of ours", "", "no rocketmq-broker-VERSION.jar", []string{"netty.jar", "rocketmq-proto-2.1.2.jar"}},
		{"no jar", "", "there is no jar", []string{"readme.txt"}},
		{"no lib", "", "no lib folder", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := home(t, tt.jars...)
			h, err := FindHome(dir)
			checkError(t, err, tt.problem)
			if err == nil && (h.Release.String() != tt.version || h.Dir != dir) {
				t.Errorf("got %s in %s, want %s in %s", h.Release, h.Dir, tt.version, dir)
			}
			if err != nil && !strings.Contains(err.Error(), dir) {
				t.Errorf("error does not name the folder: %v", err)
			}
		})
	}
}

func TestFindHomeUnset(t *testing.T) {
	_, err := FindHome("")
	checkError(t, err, "ROCKETMQ_HOME is not set")
}

func TestFindHomeRelative(t *testing.T) {
	dir := home(t, "rocketmq-broker-5.5.0.jar")
	t.Chdir(filepath.Dir(dir))
	h, err := FindHome(filepath.Base(dir))
	checkError(t, err, "")
	if h.Dir != dir {
		t.Errorf("Dir = %s, want %s", h.Dir, dir)
	}
}

func TestClassPath(t *testing.T) {
	dir := home(t, "rocketmq-broker-5.5.0.jar", "a.jar", "Z.jar")
	h, err := FindHome(dir)
	checkError(t, err, "")
	lib := filepath.Join(dir, "lib")
	want := []string{
		filepath.Join(lib, "Z.jar"),
		filepath.Join(lib, "a.jar"),
		filepath.Join(lib, "rocketmq-broker-5.5.0.jar"),
		filepath.Join(dir, "conf"),
		"/x.jar",
		"/y",
	}
	if got := strings.Split(h.classPath("/x.jar:/y"), ":"); !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if got := h.classPath(""); !strings.HasSuffix(got, "/conf") {
		t.Errorf("an empty CLASSPATH adds the working folder: %s", got)
	}
}

// checkError wants an error with problem in its text; none where problem is empty.
func checkError(t *testing.T, err error, problem string) {
	t.Helper()
	if problem == "" && err != nil {
		t.Fatalf("unexpected error: %v", err)
	}
	if problem != "" && (err == nil || !strings.Contains(err.Error(), problem)) {
		t.Fatalf("error %v, want one with %q", err, problem)
	}
}
