package launch

import (
	"regexp"
	"slices"
	"strings"
)

// Beside divides the options of a container with two JVMs: shared are for both, single for the one alone that they
// were meant for. What is single either fails in the second JVM (a port that is taken), spoils what the first one
// writes (a file of one name), or is a size that its author reckoned once.
func (o Options) Beside() (shared, single Options) {
	for _, f := range o {
		if forOneJVM(f.Text) {
			single = append(single, f)
		} else {
			shared = append(shared, f)
		}
	}
	return shared, single
}

func forOneJVM(option string) bool {
	return isSize(option) || isPort(option) || isFile(option)
}

// sizes are the options that divide the memory of the container. Bounds that only stop a leak are for every JVM.
var sizes = []string{
	"-Xms", "-Xmx", "-Xmn", "-XX:MaxHeapSize=", "-XX:InitialHeapSize=", "-XX:MinHeapSize=", "-XX:SoftMaxHeapSize=",
	"-XX:NewSize=", "-XX:MaxNewSize=", "-XX:MaxRAM=", "-XX:MaxRAMPercentage=", "-XX:InitialRAMPercentage=",
	"-XX:MinRAMPercentage=", "-XX:MaxRAMFraction=", "-XX:InitialRAMFraction=", "-XX:MinRAMFraction=",
	"-XX:MaxDirectMemorySize=", "-XX:G1HeapRegionSize=", "-XX:+AlwaysPreTouch", "-XX:+UseLargePages",
}

func isSize(option string) bool {
	return slices.ContainsFunc(sizes, func(s string) bool { return strings.HasPrefix(option, s) })
}

// ports are the options that make a JVM listen, or connect to somebody who takes one JVM.
var ports = []string{
	"-agentlib:jdwp", "-Xrunjdwp", "-Dcom.sun.management.jmxremote.port=", "-Dcom.sun.management.jmxremote.rmi.port=",
	"-Dcom.sun.management.snmp.port=", "-Dcom.sun.management.config.file=",
}

// An agent's options are its own affair. One that names a port or a file is known by a number that can be a port
// (9404:/a.yml, port=8849), or by the word file; Jolokia has a port without a word.
var (
	agent     = regexp.MustCompile(`^-(?:javaagent|agentpath|agentlib):`)
	agentPort = regexp.MustCompile(`=(?:.*[^0-9.])?[1-9][0-9]{2,4}(?:[^0-9.]|$)|jolokia`)
	agentFile = regexp.MustCompile(`(?i)=.*file=`)
)

func isPort(option string) bool {
	if slices.ContainsFunc(ports, func(p string) bool { return strings.HasPrefix(option, p) }) {
		return true
	}
	return agent.MatchString(option) && agentPort.MatchString(option)
}

// written finds the name of a file that a JVM writes. A folder is none: there each JVM chooses a name of its own.
var written = regexp.MustCompile(`^(?:` +
	`-Xloggc:|` +
	`-Xlog:[^:]*:(?:file=|"|/|\.)|` + // a destination without stdout or stderr
	`-XX:StartFlightRecording[=:](?:.*,)?filename=[^,]*\.jfr\b|` +
	`-XX:HeapDumpPath=.*\.hprof(?:\.gz)?$|` +
	`-XX:(?:ErrorFile|LogFile)=|` +
	`-XX:(?:ArchiveClassesAtExit|AOTCacheOutput|DumpLoadedClassList)=|` +
	`-XX:AOTMode=(?:record|create)$)`)

func isFile(option string) bool {
	if strings.Contains(option, "%p") || strings.Contains(option, "%t") {
		return false // the name has the process, or the time, in it
	}
	return written.MatchString(option) || agent.MatchString(option) && agentFile.MatchString(option)
}
