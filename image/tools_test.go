package image_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// variables that reach every java of a container.
var everywhere = []string{
	"JAVA_OPT", "JAVA_OPT_EXT", "HEAP_OPTS", "JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS",
}

// tool runs one of the image's scripts with a java that prints the variables that it would read, and its words, one a
// line.
func tool(t *testing.T, env []string, script string, args ...string) []string {
	t.Helper()
	home := t.TempDir()
	if err := os.Mkdir(filepath.Join(home, "bin"), 0o755); err != nil {
		t.Fatal(err)
	}
	java := filepath.Join(home, "bin", "java")
	const fake = "#!/bin/sh\n" + `env | grep _OPTIONS= | sed 's/^/read by itself: /'` + "\n" +
		`echo "score $(cat /proc/self/oom_score_adj)"` + "\n" + `printf '%s\n' "$@"` + "\n"
	if err := os.WriteFile(java, []byte(fake), 0o755); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("sh", append([]string{filepath.Join("bin", script)}, args...)...)
	cmd.Env = append([]string{"PATH=" + os.Getenv("PATH"), "JAVA_HOME=" + home}, env...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", script, err, out)
	}
	return strings.Split(strings.TrimSpace(string(out)), "\n")
}

// TestToolsTakeNothingOfAServer (B1, B2): whatever was meant for a server's JVM, in whatever variable, is not in the
// tool's.
func TestToolsTakeNothingOfAServer(t *testing.T) {
	plain := tool(t, nil, "mqadmin", "clusterList")
	for _, kind := range []struct{ name, options string }{
		{"heap", "-Xms800m -Xmx800m -Xmn200m -XX:MaxHeapSize=1g -XX:InitialHeapSize=1g -XX:+AlwaysPreTouch"},
		{"heap as a share", "-XX:MaxRAMPercentage=75 -XX:InitialRAMPercentage=75 -XX:MinRAMPercentage=75"},
		{"other memory", "-XX:MaxDirectMemorySize=1g -XX:MaxMetaspaceSize=1g -XX:ReservedCodeCacheSize=1g -Xss8m"},
		{"huge pages", "-XX:+UseLargePages -XX:+UseTransparentHugePages"},
		{"collector", "-XX:+UseG1GC -XX:G1HeapRegionSize=16m"},
		{"agents", "-javaagent:/a.jar=9404:/a.yml -agentpath:/a.so=port=1 -agentlib:a"},
		{"JMX", "-Dcom.sun.management.jmxremote -Dcom.sun.management.jmxremote.port=9999"},
		{"debugger", "-Xdebug -Xrunjdwp:server=y,address=5005 -agentlib:jdwp=transport=dt_socket,server=y,address=*:5005"},
		{"log files", "-Xloggc:/gc.log -Xlog:gc*:file=/gc.log -XX:+UseGCLogFileRotation -verbose:gc"},
		{"recordings and dumps", "-XX:StartFlightRecording=filename=/a.jfr -XX:HeapDumpPath=/a -XX:ErrorFile=/a"},
		{"options in files", "@/options -XX:Flags=/options -XX:VMOptionsFile=/options"},
		{"what ends a tool", "-XX:OnOutOfMemoryError='kill -9 %p' -Djava.security.manager -Djava.ext.dirs=/x"},
		{"no option", "& word"},
	} {
		for _, variable := range everywhere {
			t.Run(kind.name+" in "+variable, func(t *testing.T) {
				got := tool(t, []string{variable + "=" + kind.options}, "mqadmin", "clusterList")
				if !slices.Equal(got, plain) {
					t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(plain, "\n"))
				}
			})
		}
	}
}

// TestToolsKeepProperties: what a client may need too, and what hurts nobody. A log configuration of a server's is
// overruled by the tools' own.
func TestToolsKeepProperties(t *testing.T) {
	for _, variable := range everywhere {
		const log = "-Drmq.logback.configurationFile="
		got := tool(t, []string{variable + "=-Xmx9g -Dtls.enable=true --add-opens=a/b=c -Dglob=/* " + log + "/x"}, "mqadmin")
		for _, word := range []string{"-Dtls.enable=true", "--add-opens=a/b=c", "-Dglob=/*"} {
			if !slices.Contains(got, word) {
				t.Errorf("no %s of %s in %q", word, variable, got)
			}
		}
		slices.Reverse(got)
		at := slices.IndexFunc(got, func(word string) bool { return strings.HasPrefix(word, log) })
		if at < 0 || !strings.HasSuffix(got[at], "rmq.tools.logback.xml") {
			t.Errorf("%s decides where a tool logs: %q", variable, got)
		}
	}
}

// TestToolsOwnOptions: what is meant for the tools reaches them, and comes last, so that it wins.
func TestToolsOwnOptions(t *testing.T) {
	const own = "-Xmx512m -XX:+UseG1GC -agentlib:jdwp=transport=dt_socket,address=5006"
	for name, got := range map[string][]string{
		"the variable": tool(t, []string{"RMQ_TOOLS_JAVA_OPT=" + own}, "mqadmin"),
		"runserver.sh": tool(t, nil, "runserver.sh",
			append(strings.Fields(own), "org.apache.rocketmq.tools.command.MQAdminStartup")...),
		"runserver.sh, somebody's own server": tool(t, []string{"JAVA_OPT_EXT=" + own}, "runserver.sh", "x.Server"),
	} {
		line := strings.Join(got, " ")
		if !strings.Contains(line, own+" -cp ") || strings.Contains(line, "UseSerialGC") {
			t.Errorf("%s: %s", name, line)
		}
	}
}

// TestToolsAreSmall: a tool has a bound of its own, and is what the kernel ends first.
func TestToolsAreSmall(t *testing.T) {
	got := tool(t, nil, "mqadmin", "clusterList", "-n", "a b")
	for _, word := range []string{"score 1000", "-Xms16m", "-XX:+UseSerialGC", "a b"} {
		if !slices.Contains(got, word) {
			t.Errorf("no %s in %q", word, got)
		}
	}
	at := slices.IndexFunc(got, func(word string) bool { return strings.HasPrefix(word, "-Xmx") })
	if at < 0 {
		t.Fatalf("no bound of the heap in %q", got)
	}
	if mib, err := strconv.Atoi(strings.TrimSuffix(got[at][4:], "m")); err != nil || mib < 32 || mib > 256 {
		t.Errorf("the heap is bounded by %s", got[at])
	}
}
