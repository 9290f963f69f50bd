package launch

import (
	"archive/zip"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// writeJar makes a jar with classes in it.
func writeJar(t *testing.T, path string, classes ...string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	w := zip.NewWriter(f)
	for _, class := range classes {
		if _, err := w.Create(class + ".class"); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestClasses(t *testing.T) {
	dir := t.TempDir()
	writeJar(t, filepath.Join(dir, "lib", "a-1.jar"), "com/a/A", "com/a/A$Inner")
	writeJar(t, filepath.Join(dir, "lib", "rocketmq-broker-5.5.0.jar"), "org/apache/rocketmq/B")
	write(t, filepath.Join(dir, "conf", "com", "c", "C.class"), "", 0o644)
	home, err := FindHome(dir)
	if err != nil {
		t.Fatal(err)
	}
	c := home.Classes()
	if !c.Has("org.apache.rocketmq.B") || len(c.unread) != 1 {
		t.Errorf("a class of RocketMQ's own: %d jars are still to be read, want 1", len(c.unread))
	}
	for name, want := range map[string]bool{
		"com.a.A":       true,
		"com.a.A$Inner": true,
		"com.c.C":       true,
		"com.a.Inner":   false,
		"A":             false,
	} {
		if got := c.Has(name); got != want {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
	if own := slices.Collect(home.Classes().Own()); len(own) != 1 || own[0] != "org.apache.rocketmq.B" {
		t.Errorf("RocketMQ's own are %v", own)
	}
}

// TestClassesOfABrokenJar: nobody knows what it holds.
func TestClassesOfABrokenJar(t *testing.T) {
	h, err := FindHome(home(t, "rocketmq-broker-5.5.0.jar"))
	if err != nil {
		t.Fatal(err)
	}
	if !h.Classes().Has("com.a.A") {
		t.Error("a class is said to be missing although a jar could not be read")
	}
}

func TestAddClasses(t *testing.T) {
	for words, want := range map[string]bool{
		"":                                    false,
		"-Xmx1g -Dcp=1 -XX:+UseG1GC":          false,
		"-cp /x":                              true,
		"--module-path=/x":                    true,
		"-javaagent:/x/agent.jar=a":           true,
		"-Xbootclasspath/a:/x.jar":            true,
		"@/etc/options":                       true,
		"-agentlib:jdwp=transport=dt_socket,": false,
	} {
		o := ReadOptions(func(name string) string { return map[string]string{javaOptExt: words}[name] })
		if got := o.AddClasses(); got != want {
			t.Errorf("%q: %v, want %v", words, got, want)
		}
	}
}
