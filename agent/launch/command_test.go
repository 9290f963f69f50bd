package launch

import (
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"rocketmq-agent/agent/rmq"
)

// input is a broker of 5.5.0 on Java 25 with everything that an image has.
func input(t *testing.T, java int, release string, vars map[string]string) Input {
	t.Helper()
	dir := home(t, "rocketmq-broker-"+release+".jar", "native/x.so")
	for _, role := range []string{"namesrv", "broker", "proxy", "controller"} {
		write(t, filepath.Join(dir, "conf", "rmq."+role+".logback.xml"), "", 0o644)
		write(t, filepath.Join(dir, "cds", role+".aot"), "", 0o644)
		write(t, filepath.Join(dir, "cds", role+".jsa"), "", 0o644)
	}
	h, err := FindHome(dir)
	checkError(t, err, "")
	return Input{
		Role:     rmq.Broker,
		Script:   "mqbroker",
		Home:     h,
		Java:     Java{Path: "/j/bin/java", Major: java},
		Options:  options(vars),
		Memory:   []string{"-Xms1g", "-Xmx1g"},
		UserHome: "/home/rocketmq",
		Args:     []string{"-c", "/x/broker.conf"},
		CanWrite: func(dir string) error { return syscall.Access(dir, 2) },
	}
}

func TestCommandWhole(t *testing.T) {
	in := input(t, 25, "5.5.0", map[string]string{"JAVA_OPT": "-Dopt", "JAVA_OPT_EXT": "-Dext"})
	in.TmpDir, in.LogFiles, in.ClassPath = "/tmp", true, "/more"
	in.Environ = []string{"A=b", "ROCKETMQ_HOME=../rocketmq"}
	d := in.Home.Dir
	spec := Command(in)
	want := []string{
		"-XX:+IgnoreUnrecognizedVMOptions", "-Dopt", "-server", "-Xms1g", "-Xmx1g", "-XX:+UseG1GC",
		"-XX:-OmitStackTraceInFastThrow", "-XX:+ExitOnOutOfMemoryError",
		"--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow",
		"-Dsun.net.inetaddr.ttl=10", "-Drocketmq.script=mqbroker", "-Duser.home=/home/rocketmq", "-Djava.io.tmpdir=/tmp",
		"-Drmq.logback.configurationFile=" + d + "/conf/rmq.broker.logback.xml", "-Drmq.log.files=true",
		"-Djava.library.path=" + d + "/lib/native", "-XX:AOTCache=" + d + "/cds/broker.aot", "-Xlog:aot=off", "-Dext",
		"-cp", d + "/lib/rocketmq-broker-5.5.0.jar:" + d + "/conf:/more",
		"org.apache.rocketmq.broker.BrokerStartup", "-c", "/x/broker.conf",
	}
	if got := spec.Args(); !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	env := []string{"A=b", "ROCKETMQ_HOME=" + d}
	if spec.Path != "/j/bin/java" || !slices.Equal(spec.Env, env) || len(spec.Warnings) != 0 {
		t.Errorf("path %s, environment %v, warnings %v", spec.Path, spec.Env, spec.Warnings)
	}
	for _, f := range spec.Flags {
		if f.Source == "" {
			t.Errorf("%s has no source", f.Text)
		}
	}
}

func TestCommandFlags(t *testing.T) {
	tests := []struct {
		name    string
		java    int
		release string
		vars    map[string]string
		change  func(*Input)
		has     []string
		hasNot  []string
	}{
		{name: "Java 17", java: 17, release: "5.5.0", has: []string{"-XX:+UseG1GC", "-XX:SharedArchiveFile="},
			hasNot: []string{"--enable-native-access", "--sun-misc", "-XX:-UseBiasedLocking", "-XX:AOTCache"}},
		{name: "Java 8", java: 8, release: "5.5.0", has: []string{"-XX:-UseBiasedLocking", "-XX:+UseG1GC"},
			hasNot: []string{"--", "-XX:AOTCache", "-XX:SharedArchiveFile"}},
		{name: "Java 8, 4.9", java: 8, release: "4.9.7", hasNot: []string{"--", "-Drmq.logback"}},
		{name: "4.9", java: 17, release: "4.9.7",
			has: []string{
				"--add-opens=java.base/java.nio=ALL-UNNAMED", "--add-exports=java.base/jdk.internal.ref=ALL-UNNAMED",
			},
			hasNot: []string{"sun.nio.ch"}},
		{name: "5.1", java: 17, release: "5.1.4",
			has:    []string{"--add-exports=java.base/sun.nio.ch=ALL-UNNAMED", "-Drmq.logback"},
			hasNot: []string{"--add-opens"}},
		{name: "5.2", java: 17, release: "5.2.0", hasNot: []string{"--add"}},
		{name: "5.3 with a transient store pool", java: 17, release: "5.3.3",
			change: func(in *Input) { in.TransientPool = true },
			has:    []string{"--add-exports=java.base/sun.nio.ch=ALL-UNNAMED"}},
		{name: "5.5 with a transient store pool", java: 17, release: "5.5.0",
			change: func(in *Input) { in.TransientPool = true }, hasNot: []string{"--add"}},
		{name: "name server", java: 25, release: "5.5.0", change: func(in *Input) { in.Role = rmq.Namesrv },
			has:    []string{"org.apache.rocketmq.namesrv.NamesrvStartup"},
			hasNot: []string{"--add-opens"}},
		{name: "name server with a controller", java: 25, release: "5.5.0",
			change: func(in *Input) { in.Role, in.Controller = rmq.Namesrv, true },
			has:    []string{"--add-opens=java.base/java.lang=ALL-UNNAMED"}},
		{name: "controller", java: 17, release: "5.5.0", change: func(in *Input) { in.Role = rmq.Controller },
			has: []string{
				"org.apache.rocketmq.controller.ControllerStartup",
				"--add-opens=java.base/java.lang=ALL-UNNAMED", "rmq.controller.logback.xml",
			}},
		{name: "proxy", java: 25, release: "5.5.0", change: func(in *Input) { in.Role = rmq.Proxy },
			has: []string{"org.apache.rocketmq.proxy.ProxyStartup", "/cds/proxy.aot"}, hasNot: []string{"-Dtls"}},
		{name: "TLS", java: 25, release: "5.5.0", hasNot: []string{"-Dtls"}},
		{name: "no TLS", java: 25, release: "5.5.0", change: func(in *Input) { in.NoTLS = true },
			has: []string{"-Dtls.server.mode=disabled"}, hasNot: []string{"-Dtls.enable"}},
		{name: "outgoing TLS", java: 25, release: "5.5.0", change: func(in *Input) { in.OutgoingTLS = true },
			has: []string{"-Dtls.enable=true"}},
		{name: "outgoing TLS of the user's", java: 25, release: "5.5.0",
			change: func(in *Input) { in.OutgoingTLS = true },
			vars:   map[string]string{"JAVA_OPT": "-Dtls.enable=TRUE"},
			has:    []string{"-Dtls.enable=TRUE"}, hasNot: []string{"-Dtls.enable=true"}},
		{name: "own collector", java: 25, release: "5.5.0", vars: map[string]string{"JAVA_OPT": "-XX:+UseZGC"},
			has: []string{"-XX:+UseZGC"}, hasNot: []string{"-XX:+UseG1GC"}},
		{name: "own collector that only the JVM sees", java: 25, release: "5.5.0",
			vars: map[string]string{"JAVA_TOOL_OPTIONS": "-XX:+UseSerialGC"}, hasNot: []string{"GC"}},
		{name: "CMS on Java 17", java: 17, release: "5.5.0",
			vars: map[string]string{"JAVA_OPT_EXT": "-XX:+UseConcMarkSweepGC -XX:+UseParNewGC"},
			has:  []string{"-XX:+UseG1GC", "-XX:+UseConcMarkSweepGC"}},
		{name: "CMS on Java 8", java: 8, release: "5.5.0",
			vars: map[string]string{"JAVA_OPT_EXT": "-XX:+UseConcMarkSweepGC"}, hasNot: []string{"-XX:+UseG1GC"}},
		{name: "own home", java: 25, release: "5.5.0", vars: map[string]string{"JAVA_OPT": "-Duser.home=/data"},
			has: []string{"-Duser.home=/data"}, hasNot: []string{"-Duser.home=/home"}},
		{name: "own logback", java: 25, release: "5.5.0",
			vars:   map[string]string{"JAVA_OPT_EXT": "-Drmq.logback.configurationFile=/l.xml"},
			hasNot: []string{"rmq.broker.logback.xml"}},
		{name: "archives off", java: 25, release: "5.5.0", vars: map[string]string{"JAVA_OPT": "-Xshare:off"},
			hasNot: []string{"-XX:AOTCache"}},
		{name: "own archive", java: 25, release: "5.5.0",
			vars: map[string]string{"JAVA_OPT_EXT": "-XX:AOTCacheOutput=/x"}, hasNot: []string{"-XX:AOTCache="}},
		{name: "bare home", java: 25, release: "5.5.0",
			change: func(in *Input) { in.Home.Dir, in.Home.has = "/bare", nil },
			hasNot: []string{
				"-Djava.library.path", "-XX:AOTCache", "-Drmq.logback", "-Djava.io.tmpdir", "-Drmq.log.files",
			}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			in := input(t, tt.java, tt.release, tt.vars)
			if tt.change != nil {
				tt.change(&in)
			}
			line := " " + strings.Join(Command(in).Args(), " ")
			for _, want := range tt.has {
				if !strings.Contains(line, want) {
					t.Errorf("no %s in%s", want, line)
				}
			}
			for _, not := range tt.hasNot {
				if strings.Contains(line, not) && !(not == "--" && !strings.Contains(line, " --")) {
					t.Errorf("%s in%s", not, line)
				}
			}
		})
	}
}

func TestCommandHeapOrder(t *testing.T) {
	in := input(t, 25, "5.5.0",
		map[string]string{"JAVA_OPT": "-Xmx1m", "HEAP_OPTS": "-Xmx2m", "JAVA_OPT_EXT": "-Xmx4m"})
	in.Memory = []string{"-Xmx3m"}
	var heaps []string
	for _, f := range Command(in).Flags {
		if strings.HasPrefix(f.Text, "-Xmx") {
			heaps = append(heaps, f.Text+" "+f.Source)
		}
	}
	want := []string{"-Xmx1m JAVA_OPT", "-Xmx2m HEAP_OPTS", "-Xmx3m memory plan", "-Xmx4m JAVA_OPT_EXT"}
	if !slices.Equal(heaps, want) {
		t.Errorf("got %q, want %q", heaps, want)
	}
}

func TestCommandLeavesOut(t *testing.T) {
	folder := t.TempDir()
	tests := []struct {
		name, value string
		java        int
		kept        []string
		warning     string
	}{
		{"a stray word", "-Xmx1g & -Da", 25, []string{"-Xmx1g", "-Da"}, "& of JAVA_OPT is left out: it is no option"},
		{"values of their own", "--add-opens a/b=c -cp /x", 25, []string{"--add-opens", "a/b=c", "-cp", "/x"}, ""},
		{"an argument file", "@/x", 25, []string{"@/x"}, ""},
		{"extension folders", "-Djava.ext.dirs=/x -Da", 17, []string{"-Da"}, "Java 9 and later refuse"},
		{"extension folders on 8", "-Djava.ext.dirs=/x", 8, []string{"-Djava.ext.dirs=/x"}, ""},
		{"a boot class path", "-Xbootclasspath/p:/x", 17, nil, "Java 9 and later refuse"},
		{"appending to it is allowed", "-Xbootclasspath/a:/x", 17, []string{"-Xbootclasspath/a:/x"}, ""},
		{"the security manager", "-Djava.security.manager", 25, nil, "no security manager"},
		{"its policy on 17", "-Djava.security.manager", 17, []string{"-Djava.security.manager"}, ""},
		{"no collector at all", "-XX:-UseG1GC", 17, nil, "another collector"},
		{"a GC log that cannot be written", "-Xloggc:/nowhere/gc.log", 17, nil, "cannot write into /nowhere"},
		{"the same in the new form", "-Xlog:gc*:file=/nowhere/gc_%p.log:time:filecount=5", 25, nil,
			"cannot write into /nowhere"},
		{"on 8 it is no harm", "-Xloggc:/nowhere/gc.log", 8, []string{"-Xloggc:/nowhere/gc.log"}, ""},
		{"a GC log", "-Xloggc:" + folder + "/gc.log", 17, []string{"-Xloggc:" + folder + "/gc.log"}, ""},
		{"a GC log on stdout", "-Xlog:gc*:stdout", 17, []string{"-Xlog:gc*:stdout"}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			spec := Command(input(t, tt.java, "5.5.0", map[string]string{"JAVA_OPT": tt.value}))
			var kept []string
			for _, f := range spec.Flags {
				if f.Source == "JAVA_OPT" {
					kept = append(kept, f.Text)
				}
			}
			if !slices.Equal(kept, tt.kept) {
				t.Errorf("kept %q, want %q", kept, tt.kept)
			}
			said := strings.Join(spec.Warnings, "\n")
			if (tt.warning == "") != (said == "") || !strings.Contains(said, tt.warning) {
				t.Errorf("warnings %q, want %q", said, tt.warning)
			}
		})
	}
}

func TestCommandMissingLogback(t *testing.T) {
	in := input(t, 25, "5.5.0", nil)
	in.Home.Dir, in.Home.has = "/bare", nil
	if w := Command(in).Warnings; len(w) != 1 || !strings.Contains(w[0], "/bare/conf/rmq.broker.logback.xml") {
		t.Errorf("warnings %q", w)
	}
}
