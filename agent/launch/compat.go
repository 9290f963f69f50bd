package launch

import (
	"fmt"
	"path/filepath"
	"regexp"
	"strings"
)

// usable returns the options that this java starts with, and a warning for each that it leaves out. Most options of
// older Javas need no help: -XX:+IgnoreUnrecognizedVMOptions covers CMS, PermSize, GC log rotation and the like (tried
// with 17 and 25). Left out are those that are fatal all the same.
func usable(options Options, java Java, canWrite func(dir string) error) (Options, []string) {
	var kept Options
	var warnings []string
	takesNext := false
	for _, f := range options {
		why := ""
		switch {
		case takesNext:
			takesNext = false
		case !strings.HasPrefix(f.Text, "-") && !strings.HasPrefix(f.Text, "@"):
			why = "it is no option, and java would take it for the program to run"
		default:
			takesNext = separateValue[f.Text]
			why = fatal(f.Text, java, canWrite)
		}
		if why != "" {
			warnings = append(warnings, fmt.Sprintf("%s of %s is left out: %s", f.Text, f.Source, why))
			continue
		}
		kept = append(kept, f)
	}
	return kept, warnings
}

// separateValue are the launcher's options whose value is the next word.
var separateValue = map[string]bool{
	"-cp":                    true,
	"-classpath":             true,
	"--class-path":           true,
	"-p":                     true,
	"--module-path":          true,
	"--upgrade-module-path":  true,
	"--add-modules":          true,
	"--add-opens":            true,
	"--add-exports":          true,
	"--add-reads":            true,
	"--limit-modules":        true,
	"--patch-module":         true,
	"--enable-native-access": true,
}

// fatal says why java would not start with option; empty when it would.
func fatal(option string, java Java, canWrite func(dir string) error) string {
	name, value, _ := strings.Cut(option, "=")
	switch {
	case java.Major < 9:
		return ""
	case name == "-Djava.ext.dirs" || name == "-Djava.endorsed.dirs" ||
		strings.HasPrefix(option, "-Xbootclasspath:") || strings.HasPrefix(option, "-Xbootclasspath/p:"):
		return "Java 9 and later refuse to start with it"
	case name == "-Djava.security.manager" && value != "disallow" && java.Major >= 24:
		return "Java 24 and later have no security manager and refuse to start with it"
	case option == "-XX:-UseG1GC":
		return "without another collector Java refuses to start with it"
	}
	return unwritableLog(option, canWrite)
}

// logFile finds the file of -Xloggc:FILE and of -Xlog:WHAT:file=FILE. %p and %t stand in its name at most.
var logFile = regexp.MustCompile(`^(?:-Xloggc:|-Xlog:[^:]*:(?:file=)?)"?(/[^":]+)`)

// unwritableLog says that the folder of a log file cannot be written:
// Java 8 went on without the log, later ones do not start.
func unwritableLog(option string, canWrite func(dir string) error) string {
	m := logFile.FindStringSubmatch(option)
	if m == nil {
		return ""
	}
	dir := filepath.Dir(m[1])
	if err := canWrite(dir); err != nil {
		return fmt.Sprintf("Java would not start, for it cannot write into %s: %v", dir, err)
	}
	return ""
}

// collectors are the options that select a garbage collector, with the last Java that knows them (0: all). Two of them
// are fatal ("Multiple garbage collectors selected"). A Java that no longer knows one ignores it, and then needs ours.
var collectors = map[string]int{
	"-XX:+UseG1GC": 0, "-XX:+UseSerialGC": 0, "-XX:+UseParallelGC": 0, "-XX:+UseZGC": 0, "-XX:+UseShenandoahGC": 0,
	"-XX:+UseEpsilonGC": 0, "-XX:+AggressiveHeap": 0, // implies the parallel collector
	"-XX:+UseParallelOldGC": 14, "-XX:+UseConcMarkSweepGC": 13, "-XX:+UseParNewGC": 9, "-Xincgc": 8,
}

// selectCollector says whether the user's options choose a collector that java has.
func (o Options) selectCollector(java Java) bool {
	for _, f := range o {
		if last, ok := collectors[f.Text]; ok && (last == 0 || java.Major <= last) {
			return true
		}
	}
	return false
}
