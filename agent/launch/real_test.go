package launch

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"rocketmq-agent/agent/rmq"
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
	// t.TempDir has the test's name in it, and %p in a path is more than a file's name.
	logs, err := os.MkdirTemp("", "gc")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(logs) })
	tests := map[string][]string{
		"ignored or still known": {
			"-XX:-UseBiasedLocking", "-XX:+UseConcMarkSweepGC", "-XX:+UseParNewGC",
			"-XX:+UseCMSCompactAtFullCollection", "-XX:CMSInitiatingOccupancyFraction=70",
			"-XX:+CMSParallelRemarkEnabled", "-XX:+CMSClassUnloadingEnabled", "-XX:PermSize=128m",
			"-XX:MaxPermSize=320m", "-XX:+PrintGCDetails", "-XX:+PrintGCDateStamps",
			"-XX:+PrintGCApplicationStoppedTime", "-XX:+PrintAdaptiveSizePolicy", "-XX:+UseGCLogFileRotation",
			"-XX:NumberOfGCLogFiles=5", "-XX:GCLogFileSize=30m", "-Xloggc:" + logs + "/gc_%p_%t.log",
			"-Xincgc", "-XX:+UseParallelOldGC", "-XX:+AggressiveOpts", "-XX:+UseFastAccessorMethods",
			"-Xverify:none", "-noverify", "-d64", "-client", "-Xprof", "-Xms64m", "-Xmx64m", "-Xmn128m",
			"-XX:+UnlockExperimentalVMOptions", "-XX:+UseCGroupMemoryLimitForHeap", "-XX:MaxRAMFraction=2",
			"--illegal-access=permit", "-XX:LargePageSizeInBytes=128m", "-XX:ThreadStackSize=512",
			`-XX:OnOutOfMemoryError="kill -9 %p"`, "-XX:+UnlockCommercialFeatures",
		},
		"fatal, and so left out": {
			"-Djava.ext.dirs=/x", "-Djava.endorsed.dirs=/x", "-Xbootclasspath/p:/x", "-Xloggc:/nowhere/gc_%p_%t.log",
			"-Xlog:gc*:file=/nowhere/gc.log:time", "-XX:-UseG1GC", "-Djava.security.manager", "word", "&",
		},
		"serial":   {"-XX:+UseSerialGC"},
		"parallel": {"-XX:+UseParallelGC"},
		"G1":       {"-XX:+UseG1GC"},
		"Z":        {"-XX:+UseZGC", "-XX:+ZGenerational"},
		"big":      {"-XX:+AggressiveHeap"},
	}
	for name, words := range tests {
		for _, java := range javas {
			t.Run(name+" "+java.Version, func(t *testing.T) {
				in := input(t, java.Major, "5.5.0", map[string]string{"JAVA_OPT": strings.Join(words, " ")})
				in.Memory = []string{
					"-XX:MaxDirectMemorySize=64m", "-XX:MaxMetaspaceSize=64m", "-XX:ReservedCodeCacheSize=32m",
				}
				in.Home.Dir, in.Home.has = "/bare", nil // no archive: the ones of the fixture are empty
				if out, err := survives(java, in); err != nil {
					t.Errorf("%v\n%s", err, out)
				}
			})
		}
	}
}

// TestQuiet wants no JVM to complain about the agent's own flags, whatever the release and the role.
func TestQuiet(t *testing.T) {
	for _, java := range realJavas(t) {
		for _, tt := range []struct {
			release string
			role    rmq.Role
		}{{"4.9.7", rmq.Broker}, {"5.1.4", rmq.Broker}, {"5.5.0", rmq.Broker}, {"5.5.0", rmq.Controller}} {
			in := input(t, java.Major, tt.release, nil)
			in.Role, in.Home.Dir, in.Home.has = tt.role, "/bare", nil
			out, err := survives(java, in)
			low := strings.ToLower(string(out))
			if err != nil || strings.Contains(low, "warning") || strings.Contains(low, "error") {
				t.Errorf("Java %s, RocketMQ %s, %s: %v\n%s", java.Version, tt.release, tt.role, err, out)
			}
		}
	}
}
