package launch

import (
	"slices"
	"strings"
	"testing"
)

// Every kind of option: for each JVM of a container, or for one alone.
func TestForOneJVM(t *testing.T) {
	for _, kind := range []struct {
		name    string
		single  bool
		options []string
	}{
		{"heap", true, []string{
			"-Xms800m", "-Xmx800m", "-Xmn200m", "-XX:MaxHeapSize=1g", "-XX:InitialHeapSize=1g", "-XX:NewSize=1g",
			"-XX:MaxNewSize=1g", "-XX:+AlwaysPreTouch", "-XX:G1HeapRegionSize=16m", "-XX:+UseLargePages",
		}},
		{"a share of the container", true, []string{
			"-XX:MaxRAMPercentage=75", "-XX:InitialRAMPercentage=75", "-XX:MinRAMPercentage=75", "-XX:MaxRAMFraction=2",
		}},
		{"direct memory", true, []string{"-XX:MaxDirectMemorySize=1g"}},
		{"bounds against leaks", false, []string{
			"-XX:MaxMetaspaceSize=256m", "-XX:ReservedCodeCacheSize=128m", "-Xss512k", "-XX:-AlwaysPreTouch",
		}},
		{"collector", false, []string{"-XX:+UseZGC", "-XX:MaxGCPauseMillis=20", "-XX:+PrintGCDetails"}},
		{"JMX ports", true, []string{
			"-Dcom.sun.management.jmxremote.port=9999", "-Dcom.sun.management.jmxremote.rmi.port=9999",
			"-Dcom.sun.management.config.file=/m.properties",
		}},
		{"JMX without a port", false, []string{
			"-Dcom.sun.management.jmxremote", "-Dcom.sun.management.jmxremote.ssl=false", "-Djava.rmi.server.hostname=a",
		}},
		{"debugger", true, []string{
			"-agentlib:jdwp=transport=dt_socket,server=y,suspend=n,address=*:5005",
			"-Xrunjdwp:transport=dt_socket,server=y,address=5005",
			"-agentlib:jdwp=transport=dt_socket,address=host:5005",
		}},
		{"agents with a port", true, []string{
			"-javaagent:/jmx_prometheus_javaagent-1.0.1.jar=9404:/a.yml",
			"-javaagent:/jmx_prometheus_javaagent.jar=0.0.0.0:9404:/a.yml", "-javaagent:/jolokia-jvm-1.7.2-agent.jar",
			"-javaagent:/jolokia.jar=port=8778,host=0.0.0.0", "-agentpath:/libjprofilerti.so=port=8849,nowait",
			"-javaagent:/jacocoagent.jar=output=tcpserver,port=6300", "-agentpath:/libyjpagent.so=port=10001,listen=all",
		}},
		{"agents with a file", true, []string{
			"-agentpath:/libasyncProfiler.so=start,event=cpu,file=/p.html", "-javaagent:/jacocoagent.jar=destfile=/j.exec",
		}},
		{"agents that each JVM can have", false, []string{
			"-javaagent:/opentelemetry-javaagent.jar", "-javaagent:/skywalking-agent.jar=agent.service_name=rmq",
			"-javaagent:/agent-1.32.1000.jar", "-agentpath:/libasyncProfiler.so=start,event=cpu,file=/p-%p.html",
			"-agentpath:/liba.so=interval=10,version=1.2.345",
		}},
		{"log files", true, []string{
			"-Xloggc:/gc.log", "-Xlog:gc*:file=/gc.log:time", "-Xlog:gc*:/gc.log", `-Xlog:gc*:file="/gc.log"`,
			"-Xlog:gc:./gc.log", "-XX:LogFile=/jvm.log", "-XX:ErrorFile=/hs_err.log",
		}},
		{"log files with a name of their own", false, []string{
			"-Xloggc:/gc_%p.log", "-Xlog:gc*:file=/gc_%p_%t.log:time,tags:filecount=5", "-XX:ErrorFile=/hs_err_%p.log",
		}},
		{"logs to the output", false, []string{"-Xlog:gc*:stdout", "-Xlog:gc*", "-Xlog:disable", "-verbose:gc"}},
		{"recordings and dumps", true, []string{
			"-XX:StartFlightRecording=filename=/r.jfr", "-XX:StartFlightRecording:settings=profile,filename=/r.jfr,delay=1s",
			"-XX:HeapDumpPath=/d.hprof", "-XX:HeapDumpPath=/d.hprof.gz", "-XX:ArchiveClassesAtExit=/a.jsa",
			"-XX:AOTCacheOutput=/a.aot",
		}},
		{"recordings and dumps into a folder", false, []string{
			"-XX:StartFlightRecording", "-XX:StartFlightRecording=filename=/folder", "-XX:HeapDumpPath=/folder",
			"-XX:StartFlightRecording=filename=/r-%p.jfr", "-XX:+HeapDumpOnOutOfMemoryError",
		}},
		{"system properties", false, []string{"-Duser.home=/data", "-Dtls.enable=true", "-Da.port=1234", "-Dfile=/x"}},
		{"modules and class path", false, []string{"--add-opens=a/b=c", "-cp", "/x"}},
	} {
		for _, option := range kind.options {
			if got := forOneJVM(option); got != kind.single {
				t.Errorf("%s: %s for one JVM alone: %v", kind.name, option, got)
			}
		}
	}
}

// The JVM reads three of the variables itself: what is not for it must not be in them.
func TestCommandEnvironment(t *testing.T) {
	vars := map[string]string{
		"JAVA_TOOL_OPTIONS": `-Xmx1g -Da="b c" -Dd='"'`,
		"JDK_JAVA_OPTIONS":  "-agentlib:jdwp=address=5005",
		"_JAVA_OPTIONS":     `  -Da="untouched"`,
		"JAVA_OPT_EXT":      "-Xmx1g",
	}
	in := input(t, 25, "5.5.0", vars)
	in.Options, _ = in.Options.Beside()
	for name, value := range vars {
		in.Environ = append(in.Environ, name+"="+value)
	}
	spec := Command(in)
	for _, want := range []string{`JAVA_TOOL_OPTIONS="-Da=b c" '-Dd="'`, `_JAVA_OPTIONS=  -Da="untouched"`} {
		if !slices.Contains(spec.Env, want) {
			t.Errorf("no %s in %q", want, spec.Env)
		}
	}
	if env := strings.Join(spec.Env, "\n"); strings.Contains(env, "JDK_JAVA_OPTIONS") {
		t.Errorf("an empty variable in %q", env)
	}
}
