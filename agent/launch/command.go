package launch

import (
	"fmt"
	"strings"

	"rocketmq-agent/agent/rmq"
)

// mainClass is what java runs. A broker with a proxy inside, RocketMQ's local mode, has the proxy's.
var mainClass = map[rmq.Role]string{
	rmq.Namesrv:    "org.apache.rocketmq.namesrv.NamesrvStartup",
	rmq.Broker:     "org.apache.rocketmq.broker.BrokerStartup",
	rmq.Proxy:      "org.apache.rocketmq.proxy.ProxyStartup",
	rmq.Controller: "org.apache.rocketmq.controller.ControllerStartup",
}

// Input is everything that decides a command line.
type Input struct {
	Role          rmq.Role // whose main class
	Script        string   // RocketMQ's own that would start it: mqbroker, whether or not a proxy is inside
	Home          Home
	Java          Java
	Options       Options  // the user's, as far as they are for this JVM
	Memory        []string // the flags of the memory plan
	UserHome      string   // what RocketMQ takes for the user's home
	TmpDir        string   // TMPDIR; empty: the system's
	ClassPath     string   // CLASSPATH: more class path
	LogFiles      bool     // RocketMQ logs into files
	NoTLS         bool     // it serves no TLS
	OutgoingTLS   bool     // it asks name servers and brokers over TLS
	TransientPool bool     // a broker with a transient store pool
	Controller    bool     // a name server with a controller inside (enableControllerInNamesrv)
	Environ       []string // the agent's own environment
	Args          []string // for the main class

	CanWrite func(dir string) error // whether java can write log files there
}

// Spec is what to execute.
type Spec struct {
	Path     string
	Flags    []Flag   // every word behind the command, with its source
	Env      []string // the whole environment
	Warnings []string // about options that were left out
}

// Args is argv without the command.
func (s Spec) Args() []string {
	args := make([]string, len(s.Flags))
	for i, f := range s.Flags {
		args[i] = f.Text
	}
	return args
}

// Command builds the command line in the order of the stock scripts: JAVA_OPT, -server, heap, collector, ours,
// JAVA_OPT_EXT, class path. Where the JVM reads a flag twice the later one wins. The heap is the exception: one of
// JAVA_OPT, which loses against the scripts' own, is what its author wished, so the memory plan leaves its own out. No
// secret is ever added: every user of the machine can read a command line.
func Command(in Input) Spec {
	b := builder{in: in}
	b.add("older options do not stop a newer Java", "-XX:+IgnoreUnrecognizedVMOptions")
	b.user(javaOpt)
	b.add("as the stock script", "-server")
	b.user(heapOpts)
	b.add("memory plan", in.Memory...)
	b.collector()
	b.runtime()
	b.access()
	b.properties()
	b.archive()
	b.user(javaOptExt)
	b.add("class path", "-cp", in.Home.classPath(in.ClassPath))
	b.add("role "+string(in.Role), mainClass[in.Role])
	b.add("program arguments", in.Args...)
	return Spec{
		Path:     in.Java.Path,
		Flags:    b.flags,
		Env:      b.environ(),
		Warnings: b.warnings,
	}
}

type builder struct {
	in       Input
	flags    []Flag
	warnings []string
}

func (b *builder) add(source string, words ...string) {
	for _, w := range words {
		b.flags = append(b.flags, Flag{Text: w, Source: source})
	}
}

// user adds the usable options of one variable.
func (b *builder) user(variable string) {
	kept, warnings := usable(b.in.Options.from(variable), b.in.Java, b.in.CanWrite)
	b.flags = append(b.flags, kept...)
	b.warnings = append(b.warnings, warnings...)
}

// collector selects G1, as the stock script does from Java 9 on. There is no GC log: the script's goes to /dev/shm,
// which is memory of the container, with a new name at every start.
func (b *builder) collector() {
	if !b.in.Options.selectCollector(b.in.Java) {
		b.add("collector", "-XX:+UseG1GC")
	}
}

func (b *builder) runtime() {
	if b.in.Java.Major < 15 {
		b.add("as the stock script: no pauses to revoke biased locks", "-XX:-UseBiasedLocking")
	}
	b.add("as the stock script: stack traces stay complete", "-XX:-OmitStackTraceInFastThrow")
	// Without it an out-of-memory error ends one thread, and a broker whose dispatch thread is gone acknowledges
	// messages that no consumer ever gets. The JVM leaves with code 3 and no hook runs, as with kill -9: what was
	// acknowledged is in the page cache and survives. JAVA_OPT_EXT=-XX:-ExitOnOutOfMemoryError turns it off.
	b.add("a broker out of memory must not go on half alive", "-XX:+ExitOnOutOfMemoryError")
}

// access opens what a newer Java closes to RocketMQ, and silences the warnings about the rest.
func (b *builder) access() {
	java, release := b.in.Java.Major, b.in.Home.Release
	if java < 9 {
		return
	}
	switch {
	case release.UnmapsByCleaner():
		// MappedFile.clean; without it every stop fails half-way, and leaves abort
		b.add("RocketMQ 4.9 unmaps its files with it",
			"--add-opens=java.base/java.nio=ALL-UNNAMED", "--add-exports=java.base/jdk.internal.ref=ALL-UNNAMED")
	case release.UnmapsBySunNio():
		// UtilAll.cleanBuffer
		b.add("RocketMQ 5.0 and 5.1 unmap their files with it", "--add-exports=java.base/sun.nio.ch=ALL-UNNAMED")
	case release.LocksPoolBySunNio() && b.in.TransientPool:
		// TransientStorePool.init
		b.add("a transient store pool of RocketMQ 5.2 and 5.3 needs it",
			"--add-exports=java.base/sun.nio.ch=ALL-UNNAMED")
	}
	if b.in.Role == rmq.Controller || b.in.Controller {
		// For Hessian in ReplicasInfoManager.
		// Not elsewhere: with it the JVM builds its module graph anew at each start.
		b.add("the controller's serializer", "--add-opens=java.base/java.lang=ALL-UNNAMED")
	}
	if java >= 24 {
		b.add("no warnings about the libraries of RocketMQ",
			"--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow")
	}
}

// properties sets system properties; one that the user sets stays the user's.
func (b *builder) properties() {
	in := b.in
	if in.NoTLS {
		b.property("no TLS is configured", "tls.server.mode", "disabled")
	}
	if in.OutgoingTLS {
		b.property("the name server beside it takes TLS only", "tls.enable", "true")
	}
	b.property("the names of pods move: what Java keeps for 30 s is looked up again sooner", "sun.net.inetaddr.ttl", "10")
	b.property("the name that other people's probes look for (pgrep -f)", "rocketmq.script", in.Script)
	b.property("user's home", "user.home", in.UserHome)
	if in.TmpDir != "" {
		b.property("TMPDIR", "java.io.tmpdir", in.TmpDir)
	}
	b.logback()
	if in.LogFiles {
		b.property("RMQ_LOG_FILES", "rmq.log.files", "true")
	}
	if native, ok := in.Home.Has(nativeDir); ok {
		b.property("native libraries", "java.library.path", native) // so that /tmp may be noexec
	}
}

func (b *builder) property(source, name, value string) {
	if _, set := b.in.Options.Property(name); !set {
		b.add(source, "-D"+name+"="+value)
	}
}

// logback names the role's log configuration. With all jars in one lib RocketMQ would take the proxy's for every role.
func (b *builder) logback() {
	if !b.in.Home.Release.NamesLogback() {
		return // 4.9 reads conf/logback_broker.xml, and nothing can change that
	}
	file, ok := b.in.Home.Has("conf/rmq." + string(b.in.Role) + ".logback.xml")
	if !ok {
		b.warnings = append(b.warnings, fmt.Sprintf(
			"RocketMQ logs as it likes: cannot read %s; is a folder mounted over it?", file))
		return
	}
	b.property("log configuration", "rmq.logback.configurationFile", file)
}

// archive uses the class-data archive of the image, unless the user's options are about archives themselves.
func (b *builder) archive() {
	if b.in.Options.anyPrefix("-Xshare", "-XX:SharedArchiveFile", "-XX:ArchiveClassesAtExit", "-XX:AOT",
		"-XX:+AutoCreateSharedArchive") {
		return
	}
	option, suffix := "-XX:AOTCache=", ".aot"
	switch java := b.in.Java.Major; {
	case java < 13:
		return
	case java < 25:
		option, suffix = "-XX:SharedArchiveFile=", ".jsa"
	}
	if file, ok := b.in.Home.Has("cds/" + string(b.in.Role) + suffix); ok {
		b.add("class-data archive", option+file)
		if suffix == ".aot" {
			b.add("class-data archive: a JVM that it does not fit starts without it, and needs no words for that",
				"-Xlog:aot=off")
		}
	}
}

// environ is the agent's environment, with the home as it was found, and with nothing in the variables that the JVM
// reads itself but what is among the options.
func (b *builder) environ() []string {
	var env []string
	for _, entry := range b.in.Environ {
		name, value, _ := strings.Cut(entry, "=")
		switch name {
		case "ROCKETMQ_HOME":
			continue
		case toolOptions, jdkOptions, lateOptions:
			if value = b.in.Options.only(name, value); value == "" {
				continue
			}
			entry = name + "=" + value
		}
		env = append(env, entry)
	}
	return append(env, "ROCKETMQ_HOME="+b.in.Home.Dir)
}
