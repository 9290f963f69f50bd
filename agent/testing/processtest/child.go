package processtest

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// Child says what a child does. Its zero value leaves at once with code 0.
//
// Files are its barriers: it makes them whole (never seen half written) and waits for them to appear.
type Child struct {
	Ready  string  `json:",omitempty"` // gets its pid once its handlers and its own children are in place
	Forks  []Child `json:",omitempty"` // its own children, started before it is ready; it does not wait for them
	Boot   string  `json:",omitempty"` // does not listen to any signal before this file exists
	Until  string  `json:",omitempty"` // leaves with Code when this file exists
	Stay   bool    `json:",omitempty"` // leaves only when it is told by a signal
	Ignore bool    `json:",omitempty"` // SIGTERM
	Terms  string  `json:",omitempty"` // gets a line for every SIGTERM, ignored or not
	Quits  string  `json:",omitempty"` // gets a line for every SIGQUIT, which then changes nothing, as in a JVM
	Hook   string  `json:",omitempty"` // a shutdown hook: waits for this file after SIGTERM, then makes Hook + ".done"
	Code   int     `json:",omitempty"`
	Signal int     `json:",omitempty"` // ends by this signal in place of Code
	Secret bool    `json:",omitempty"` // does not show its environment to others of the same user
	Line   int     `json:",omitempty"` // prints one line of that many bytes before it is ready

	// How the parent starts it.
	Setsid   bool `json:",omitempty"` // in a session of its own, as a daemon
	ClearEnv bool `json:",omitempty"` // with an empty environment
	Quiet    bool `json:",omitempty"` // without the parent's output
}

// childArg makes a test binary a child.
const childArg = "processtest.child"

// Args is the argv, without its first, that makes the test binary this child.
func (c Child) Args() []string {
	text, err := json.Marshal(c)
	if err != nil {
		panic(err) // a struct of strings and numbers
	}
	return []string{childArg, string(text)}
}

// Command is c as words for a shell.
func (c Child) Command(path string) string {
	words := append([]string{path}, c.Args()...)
	for i, w := range words {
		words[i] = "'" + strings.ReplaceAll(w, "'", `'\''`) + "'"
	}
	return strings.Join(words, " ")
}

// lifetime ends a child whose test died without ending it.
const lifetime = 2 * time.Minute

// RunChild lives the life of a child when args, the argv without its first, say so; it returns the exit code then.
func RunChild(args []string) (code int, isChild bool) {
	if len(args) < 2 || args[0] != childArg {
		return 0, false
	}
	var c Child
	if err := json.Unmarshal([]byte(args[1]), &c); err != nil {
		panic(err)
	}
	return c.run(), true
}

// run is the life of a child; it returns the exit code.
func (c Child) run() int {
	time.AfterFunc(lifetime, func() { os.Exit(99) })
	await(c.Boot)
	signals := make(chan os.Signal, 64)
	if c.Ignore || c.Terms != "" || c.Hook != "" {
		signal.Notify(signals, syscall.SIGTERM)
	}
	if c.Quits != "" {
		signal.Notify(signals, syscall.SIGQUIT)
	}
	if c.Secret {
		if err := unix.Prctl(unix.PR_SET_DUMPABLE, 0, 0, 0, 0); err != nil {
			panic(err)
		}
	}
	for _, f := range c.Forks {
		f.start()
	}
	if c.Line > 0 {
		fmt.Println(strings.Repeat("x", c.Line-1))
	}
	if c.Ready != "" {
		Write(c.Ready, strconv.Itoa(os.Getpid()))
	}
	c.stay(signals)
	if c.Signal != 0 { // a shell in this process's place has no handlers that could be in the way
		script := "ulimit -c 0; kill -" + strconv.Itoa(c.Signal) + " $$"
		panic(syscall.Exec("/bin/sh", []string{"sh", "-c", script}, os.Environ()))
	}
	return c.Code
}

// stay returns when the child may leave.
func (c *Child) stay(signals <-chan os.Signal) {
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for c.Stay || c.Until != "" && !Exists(c.Until) {
		select {
		case <-tick.C:
		case s := <-signals:
			if s == syscall.SIGQUIT {
				appendLine(c.Quits)
				continue
			}
			appendLine(c.Terms)
			if !c.Ignore {
				c.hook()
				return
			}
		}
	}
}

// hook is what a JVM does between SIGTERM and its end.
func (c *Child) hook() {
	c.Code = 128 + int(syscall.SIGTERM)
	if c.Hook != "" {
		await(c.Hook)
		Write(c.Hook+".done", "")
	}
}

func (c Child) start() {
	self, err := os.Executable()
	if err != nil {
		panic(err)
	}
	cmd := exec.Command(self, c.Args()...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: c.Setsid}
	if c.ClearEnv {
		cmd.Env = []string{}
	}
	if !c.Quiet {
		cmd.Stdout = os.Stdout
	}
	if err := cmd.Start(); err != nil {
		panic(err)
	}
	if c.Ready != "" {
		await(c.Ready)
	}
}

// Write makes a file with this text; it appears whole.
func Write(path, text string) {
	part := path + ".part" + strconv.Itoa(os.Getpid())
	if err := os.WriteFile(part, []byte(text), 0o644); err != nil {
		panic(err)
	}
	if err := os.Rename(part, path); err != nil {
		panic(err)
	}
}

// Exists says whether there is a file.
func Exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// appendLine adds a line to a file; none where there is no path.
func appendLine(path string) {
	if path == "" {
		return
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		panic(err)
	}
	_, _ = f.WriteString(filepath.Base(os.Args[0]) + "\n")
	_ = f.Close()
}

// await waits for a file; at once where there is no path.
func await(path string) {
	for path != "" && !Exists(path) {
		time.Sleep(2 * time.Millisecond)
	}
}
