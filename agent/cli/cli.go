// Package cli is the command line, one file a command: its text, its options, and what it calls.
package cli

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"

	"rocketmq-agent/agent/exit"
)

// Env is what a command may use of the world.
type Env struct {
	In       io.Reader
	Out, Err io.Writer
	Signals  <-chan os.Signal
	Version  string
}

// command is one command. run returns the exit code.
type command struct {
	name  string
	usage string // the line behind "usage: "
	help  string // what it does, for help
	run   func(c command, args []string, e Env) int
}

// commands lists all but help, in the order in which help shows them.
func commands() []command {
	return []command{
		runCommand, renderCommand, validateCommand, statusCommand, drainCommand, undrainCommand, restartCommand,
		healthcheckCommand, diagnoseCommand, versionCommand,
	}
}

// Run executes the command line and returns the exit code.
func Run(args []string, e Env) int {
	name := "help"
	if len(args) > 0 {
		name, args = args[0], args[1:]
	}
	switch name {
	case "help", "--help", "-h":
		return printHelp(args, e)
	case "--version":
		name = "version"
	}
	for _, c := range commands() {
		if c.name == name {
			return c.run(c, args, e)
		}
	}
	fmt.Fprintf(e.Err, "rocketmq-agent: unknown command %q\n\n%s", name, help(e.Version))
	return exit.Usage
}

// text is what a command's own -h prints.
func (c command) text() string { return "usage: rocketmq-agent " + c.usage + "\n\n" + c.help + "\n" }

// errHelp says that the command's text was asked for.
var errHelp = errors.New("help")

// flags makes an empty set of options.
func (c command) flags() *flag.FlagSet {
	f := flag.NewFlagSet(c.name, flag.ContinueOnError)
	f.SetOutput(io.Discard)
	return f
}

// parse reads options that may stand before, between and behind words, which it returns.
func parse(f *flag.FlagSet, args []string) (words []string, err error) {
	for {
		if err := f.Parse(args); err != nil {
			return nil, plainer(f, err)
		}
		if f.NArg() == 0 {
			return words, nil
		}
		words, args = append(words, f.Arg(0)), f.Args()[1:]
	}
}

// parseFew is parse for a command that takes so many words at most.
func parseFew(f *flag.FlagSet, args []string, most int) (words []string, err error) {
	words, err = parse(f, args)
	if err == nil && len(words) > most {
		err = fmt.Errorf("unexpected word %q", words[most])
	}
	return words, err
}

// divide takes the options of f, with their values, out of a command line that others read too.
func divide(f *flag.FlagSet, args []string) (own, others []string) {
	for len(args) > 0 {
		word := args[0]
		args = args[1:]
		name, _, hasValue := strings.Cut(strings.TrimLeft(word, "-"), "=")
		option := f.Lookup(name)
		if option == nil || !strings.HasPrefix(word, "-") {
			others = append(others, word)
			continue
		}
		own = append(own, word)
		b, ok := option.Value.(interface{ IsBoolFlag() bool })
		if takesValue := !ok || !b.IsBoolFlag(); takesValue && !hasValue && len(args) > 0 {
			own, args = append(own, args[0]), args[1:]
		}
	}
	return own, others
}

var (
	needsValue = regexp.MustCompile(`^flag needs an argument: -+(\S+)$`)
	notDefined = regexp.MustCompile(`^flag provided but not defined: -+(\S+)$`)
)

// plainer says what package flag says as the rest of the agent does.
func plainer(f *flag.FlagSet, err error) error {
	if errors.Is(err, flag.ErrHelp) {
		return errHelp
	}
	if m := needsValue.FindStringSubmatch(err.Error()); m != nil {
		what, _ := flag.UnquoteUsage(f.Lookup(m[1]))
		return fmt.Errorf("option --%s needs a %s", m[1], what)
	}
	if m := notDefined.FindStringSubmatch(err.Error()); m != nil {
		return fmt.Errorf("unknown option --%s", m[1])
	}
	return err
}

// misused prints what is wrong with a command line, or the command's text where that was asked for.
func (c command) misused(err error, e Env) int {
	if errors.Is(err, errHelp) {
		fmt.Fprint(e.Out, c.text())
		return exit.OK
	}
	fmt.Fprintf(e.Err, "rocketmq-agent %s: %v; usage: rocketmq-agent %s\n", c.name, err, c.usage)
	return exit.Usage
}
