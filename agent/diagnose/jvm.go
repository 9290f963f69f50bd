// Package diagnose gets thread dumps, heap dumps and flight recordings from the JVMs of this container, for an image
// that has no jcmd: it speaks HotSpot's attach protocol itself. It imports the standard library and golang.org/x/sys
// alone.
package diagnose

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// procDir is where the kernel shows processes.
const procDir = "/proc"

// JVM is a server of RocketMQ in this container.
type JVM struct {
	Role string // namesrv, broker, proxy or controller
	PID  int

	start string   // with PID, an identity that no later process has
	args  []string // argv without argv[0]
}

func (j JVM) String() string { return fmt.Sprintf("the %s (pid %d)", j.Role, j.PID) }

// Servers lists the servers of RocketMQ that run here, as mqshutdown finds them.
func Servers() ([]JVM, error) {
	dir, err := os.Open(procDir)
	if err != nil {
		return nil, fmt.Errorf("cannot look for JVMs: %w", err)
	}
	defer dir.Close()
	names, err := dir.Readdirnames(-1)
	if err != nil {
		return nil, fmt.Errorf("cannot look for JVMs: %w", err)
	}
	var all []JVM
	for _, name := range names {
		if pid, err := strconv.Atoi(name); err == nil {
			if j, ok := read(pid); ok {
				all = append(all, j)
			}
		}
	}
	slices.SortFunc(all, func(a, b JVM) int { return a.PID - b.PID })
	return all, nil
}

// read returns the server with the number pid; ok is false when it is none, or has left.
func read(pid int) (j JVM, ok bool) {
	j = JVM{PID: pid}
	line, err := os.ReadFile(j.file("cmdline"))
	if err != nil || len(line) == 0 {
		return j, false
	}
	j.args = strings.Split(strings.TrimSuffix(string(line), "\x00"), "\x00")[1:]
	stat, err := os.ReadFile(j.file("stat"))
	if err != nil || !bytes.Contains(stat, []byte(" (java) ")) {
		return j, false
	}
	const startTime = 19 // among the fields behind the name, see proc(5)
	fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:]))
	if len(fields) <= startTime || fields[0] == "Z" {
		return j, false
	}
	j.start = fields[startTime]
	j.Role = role(j.args)
	return j, j.Role != ""
}

func (j JVM) file(name string) string { return filepath.Join(procDir, strconv.Itoa(j.PID), name) }

// lives says whether the number still belongs to the process that was found.
func (j JVM) lives() bool {
	now, ok := read(j.PID)
	return ok && now.start == j.start
}

// role is what a JVM runs, by its main class; empty when that is no server of RocketMQ. A local proxy is a broker.
func role(args []string) string {
	local := strings.Contains(strings.Join(args, " ")+" ", " -pm local ")
	for _, arg := range args {
		switch class := arg[strings.LastIndexByte(arg, '.')+1:]; {
		case class == "NamesrvStartup":
			return "namesrv"
		case class == "BrokerStartup", class == "ProxyStartup" && local:
			return "broker"
		case class == "ProxyStartup":
			return "proxy"
		case class == "ControllerStartup":
			return "controller"
		}
	}
	return ""
}

// Choose picks the servers of one role, or all without one.
func Choose(all []JVM, role string) ([]JVM, error) {
	found := slices.DeleteFunc(slices.Clone(all), func(j JVM) bool { return role != "" && j.Role != role })
	switch {
	case len(all) == 0:
		return nil, errors.New("no server of RocketMQ runs in this container")
	case len(found) == 0:
		return nil, fmt.Errorf("no %s runs in this container, only %s", role, list(all))
	}
	return found, nil
}

// ChooseOne picks the one server of a role; without one the broker, else the only server.
func ChooseOne(all []JVM, role string) (JVM, error) {
	found, err := Choose(all, role)
	if err != nil {
		return JVM{}, err
	}
	if brokers, err := Choose(all, "broker"); role == "" && err == nil {
		found = brokers
	}
	if len(found) > 1 {
		return JVM{}, fmt.Errorf("several servers run in this container, %s: choose one with --role", list(found))
	}
	return found[0], nil
}

func list(all []JVM) string {
	var names []string
	for _, j := range all {
		names = append(names, j.String())
	}
	return strings.Join(names, ", ")
}

// status is what /proc/PID/status says.
type status struct {
	uid, gid int    // the effective ones
	groups   []int  // the others
	inner    string // the number of the process in its own namespace
	caught   uint64 // the signals that it handles
	resident uint64 // bytes
}

func (j JVM) status() (status, error) {
	text, err := os.ReadFile(j.file("status"))
	if err != nil {
		return status{}, j.left()
	}
	s := status{inner: strconv.Itoa(j.PID)}
	for line := range strings.Lines(string(text)) {
		name, value, _ := strings.Cut(line, ":")
		f := strings.Fields(value)
		switch {
		case name == "Uid" && len(f) > 1:
			s.uid, _ = strconv.Atoi(f[1])
		case name == "Gid" && len(f) > 1:
			s.gid, _ = strconv.Atoi(f[1])
		case name == "Groups":
			s.groups = numbers(f)
		case name == "NSpid" && len(f) > 0:
			s.inner = f[len(f)-1]
		case name == "SigCgt" && len(f) > 0:
			s.caught, _ = strconv.ParseUint(f[0], 16, 64)
		case name == "VmRSS" && len(f) > 0:
			kilobytes, _ := strconv.ParseUint(f[0], 10, 64)
			s.resident = kilobytes << 10
		}
	}
	return s, nil
}

func numbers(words []string) (all []int) {
	for _, word := range words {
		if n, err := strconv.Atoi(word); err == nil {
			all = append(all, n)
		}
	}
	return all
}

func (j JVM) left() error { return fmt.Errorf("%s has left", j) }

// options are the words that the JVM has read, in its order: of two that contradict each other the later wins.
func (j JVM) options() []string {
	env := map[string][]string{}
	text, _ := os.ReadFile(j.file("environ")) // not there for others to read: the command line says most of it
	for entry := range strings.SplitSeq(string(text), "\x00") {
		name, value, _ := strings.Cut(entry, "=")
		env[name] = strings.Fields(value)
	}
	return slices.Concat(env["JAVA_TOOL_OPTIONS"], env["JDK_JAVA_OPTIONS"], j.args, env["_JAVA_OPTIONS"])
}

// tmpDir is java.io.tmpdir, where a recording lies until it is written.
func (j JVM) tmpDir() string {
	dir := "/tmp"
	for _, word := range j.options() {
		if value, ok := strings.CutPrefix(word, "-Djava.io.tmpdir="); ok && filepath.IsAbs(value) {
			dir = value
		}
	}
	return dir
}
