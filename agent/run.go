package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"syscall"
	"time"

	"rocketmq-agent/agent/cmdline"
	"rocketmq-agent/agent/logging"
	"rocketmq-agent/agent/process"
	"rocketmq-agent/agent/settings"
)

// run is the command `run`: it returns the exit code of the container.
func run(args []string, signals <-chan os.Signal) int {
	out := logging.NewWriter(os.Stdout)
	defer out.Flush(500 * time.Millisecond)
	s, settingsErr := settings.FromEnv()
	log := logging.New(out, s.LogFormat, s.LogLevel)
	parsed, err := cmdline.ParseRun(args)
	if err = errors.Join(refuse(exitUsage, err), refuse(exitConfig, settingsErr)); err != nil {
		return refused(log, err)
	}
	p, err := makePlan(s, parsed)
	if err != nil {
		return refused(log, err)
	}
	if parsed.Print {
		return refused(log, p.printOnly())
	}
	code, err := supervise(p, log, out, signals)
	if err != nil {
		return refused(log, err)
	}
	return code
}

// refused logs every problem on a line of its own and returns the exit code of the first.
func refused(log *slog.Logger, err error) int {
	code := codeOf(err)
	for _, problem := range flatten(err) {
		log.Error("refused to start", "problem", problem.Error(), "exitCode", code)
	}
	return code
}

// codeOf is the exit code that an error deserves.
func codeOf(err error) int {
	if r, ok := errors.AsType[refusal](err); ok {
		return r.code
	}
	return exitFailure
}

// flatten lists the errors that were joined into err.
func flatten(err error) []error {
	if r, ok := err.(refusal); ok {
		return flatten(r.err)
	}
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		return []error{err}
	}
	var all []error
	for _, e := range joined.Unwrap() {
		all = append(all, flatten(e)...)
	}
	return all
}

// printOnly replaces the agent with a JVM that prints something and leaves: -p, -m, -h.
func (p *plan) printOnly() error {
	command := p.command(p.jvms[len(p.jvms)-1], nil, p.args.Upstream)
	err := syscall.Exec(command.Path, append([]string{"java"}, command.Args()...), command.Env)
	return refuse(startCode(err), fmt.Errorf("cannot execute %s: %w", command.Path, err))
}

// introduce says where the agent finds itself.
func (p *plan) introduce(log *slog.Logger) {
	log.Info("memory plan", "plan", p.memory.String())
	for _, name := range p.settings.ServiceLinks {
		log.Debug("ignored: a variable that Kubernetes injects for a Service, not a setting", "name", name)
	}
	if os.Getpid() == 1 || !p.inContainer() {
		return
	}
	first, _ := os.ReadFile("/proc/1/comm") // only for the message
	log.Warn("the agent is not PID 1: it gets a stop signal only if PID 1 passes it on; write exec before the command, or leave the shell out",
		"pid1", strings.TrimSpace(string(first)))
}

// supervise does everything from the first side effect on.
func supervise(p *plan, log *slog.Logger, out *logging.Writer, signals <-chan os.Signal) (int, error) {
	logWarnings(log, p.warnings)
	p.introduce(log)
	if err := p.checkPorts(); err != nil {
		return 0, err
	}
	if err := p.searchTwin(); err != nil {
		return 0, err
	}
	p.lookAtMounts(log)
	locks, err := p.openStores(log)
	if err == nil {
		err = p.write()
	}
	if err != nil {
		return 0, err
	}
	sup, err := process.New()
	if err != nil {
		return 0, err
	}
	defer sup.Close()
	a := newApp(p, log, sup, signals, locks)
	a.dropped = out.Dropped
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	if err := a.serve(ctx); err != nil {
		return 0, err
	}
	return a.runner.run(), nil
}
