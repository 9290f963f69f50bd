package launch

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// realJavas are the Javas installed on this machine.
func realJavas(t *testing.T) []Java {
	t.Helper()
	if testing.Short() {
		t.Skip("starts real JVMs")
	}
	homes, err := filepath.Glob("/usr/lib/jvm/*/bin/java")
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	var javas []Java
	for _, command := range homes {
		java, _, err := FindJava(filepath.Dir(filepath.Dir(command)), "")
		if err == nil && !seen[java.Path] {
			seen[java.Path] = true
			javas = append(javas, java)
		}
	}
	if len(javas) == 0 {
		t.Skip("no Java under /usr/lib/jvm")
	}
	return javas
}

// survives starts java with the flags that Command makes, up to the class path, and only prints the version.
func survives(java Java, in Input) ([]byte, error) {
	in.Java = java
	var args []string
	for _, f := range Command(in).Flags {
		if f.Text == "-cp" {
			break
		}
		args = append(args, f.Text)
	}
	return exec.Command(java.Path, append(args, "-version")...).CombinedOutput()
}

// TestOldOptionsSurvive is about manifests written for Java 8: none of their options may stop a newer JVM.
func TestOldOptionsSurvive(t *testing.T) {
	javas := realJavas(t)
	logs, err := os.MkdirTemp("", "gc") // t.TempDir has the test's name in it, and %p in a path is more than a file's name
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(logs) })
	for _, option := range []string{
		"", "-XX:-UseBiasedLocking", "-XX:+UseBiasedLocking", "-XX:+UseConcMarkSweepGC", "-XX:+UseParNewGC -XX:-UseParNewGC",
		"-XX:+UseConcMarkSweepGC -XX:+UseCMSCompactAtFullCollection -XX:CMSInitiatingOccupancyFraction=70 -XX:+CMSParallelRemarkEnabled -XX:+CMSClassUnloadingEnabled",
		"-XX:PermSize=128m -XX:MaxPermSize=320m", "-XX:+PrintGCDetails -XX:+PrintGCDateStamps -XX:+PrintGCApplicationStoppedTime -XX:+PrintAdaptiveSizePolicy",
		"-Xloggc:"+logs+"/gc_%p_%t.log -XX:+UseGCLogFileRotation -XX:NumberOfGCLogFiles=5 -XX:GCLogFileSize=30m", "-Xloggc:/nowhere/gc_%p_%t.log", "-Xlog:gc*:file=/nowhere/gc.log:time",
		"-Xincgc", "-XX:+UseParallelOldGC", "-XX:+AggressiveOpts -XX:+UseFastAccessorMethods", "-XX:+AggressiveHeap", "-Xverify:none -noverify", "-d64 -client", "-Xprof",
		"-Xms64m -Xmx64m -Xmn64m", "-Xms64m -Xmx64m -Xmn128m", "-XX:+UseSerialGC", "-XX:+UseParallelGC", "-XX:+UseG1GC", "-XX:-UseG1GC", "-XX:+UseZGC -XX:+ZGenerational",
		"-XX:+UnlockExperimentalVMOptions -XX:+UseCGroupMemoryLimitForHeap -XX:MaxRAMFraction=2", "-XX:MaxRAMPercentage=50",
		"-Djava.ext.dirs=/x", "-Djava.endorsed.dirs=/x", "-Xbootclasspath/p:/x", "-Djava.security.manager",
		"--illegal-access=permit", "-XX:LargePageSizeInBytes=128m", "-XX:+UseLargePages -XX:+AlwaysPreTouch", "-XX:ThreadStackSize=512", "word & -Da='b c'",
		`-XX:OnOutOfMemoryError="kill -9 %p"`, "-XX:+UnlockCommercialFeatures -XX:+FlightRecorder", "--sun-misc-unsafe-memory-access=allow",
	} {
		for _, java := range javas {
			t.Run(strings.TrimSpace(java.Version+" "+option), func(t *testing.T) {
				in := input(t, java.Major, "5.5.0", map[string]string{"JAVA_OPT": option})
				in.Memory = []string{"-XX:MaxDirectMemorySize=64m", "-XX:MaxMetaspaceSize=64m", "-XX:ReservedCodeCacheSize=32m"}
				in.Home.Dir = "/bare" // no archive: the ones of the fixture are empty
				if out, err := survives(java, in); err != nil {
					t.Errorf("%v\n%s", err, out)
				}
			})
		}
	}
}

// TestQuiet wants nothing on the terminal that the version does not explain, for each release and role.
func TestQuiet(t *testing.T) {
	for _, java := range realJavas(t) {
		for _, release := range []string{"4.9.7", "5.1.4", "5.5.0"} {
			for role := range mainClass {
				in := input(t, java.Major, release, nil)
				in.Role, in.Home.Dir = role, "/bare"
				out, err := survives(java, in)
				if low := strings.ToLower(string(out)); err != nil || strings.Contains(low, "warning") || strings.Contains(low, "error") {
					t.Errorf("Java %s, RocketMQ %s, %s: %v\n%s", java.Version, release, role, err, out)
				}
			}
		}
	}
}
