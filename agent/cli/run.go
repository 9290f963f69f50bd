package cli

import (
	"errors"
	"fmt"
	"log/slog"
	"syscall"
	"time"

	"rocketmq-agent/agent/app"
	"rocketmq-agent/agent/cmdline"
	"rocketmq-agent/agent/exit"
	"rocketmq-agent/agent/logging"
	"rocketmq-agent/agent/plan"
	"rocketmq-agent/agent/settings"
)

var runCommand = command{
	name:  "run",
	usage: "run [ROLE] [-c FILE] [-n HOST:PORT;…] [--enable-proxy] [-pc FILE] [-pm local|cluster]",
	help: `configures, launches, serves probes and metrics, and stops in order on SIGTERM.
ROLE: namesrv, broker, proxy, controller, standalone (name server + broker, the default).
The options are those of RocketMQ's own start scripts: -c, -bc a configuration file; -n name servers; -pc, -pm those of
a proxy; -p and -m print RocketMQ's configuration and leave. Words that are no option have no effect, as there.
`,
	run: run,
}

// run returns the exit code of the container.
func run(c command, args []string, e Env) int {
	out := logging.NewWriter(e.Out)
	defer out.Flush(500 * time.Millisecond)
	s, settingsErr := settings.FromEnv()
	log := logging.New(out, s.LogFormat, s.LogLevel)
	parsed, err := cmdline.ParseRun(args)
	if parsed.Help {
		fmt.Fprint(e.Out, c.text())
		return exit.OK
	}
	if err = errors.Join(exit.With(exit.Usage, err), exit.With(exit.Config, settingsErr)); err != nil {
		return refused(log, err)
	}
	p, err := makePlan(s, parsed)
	if err != nil {
		return refused(log, err)
	}
	if parsed.Print {
		return refused(log, printOnly(p))
	}
	code, err := app.Run(p, app.Options{Version: e.Version, Log: log, Out: out, Signals: e.Signals})
	if err != nil {
		return refused(log, err)
	}
	return code
}

// makePlan reads the machine and decides.
func makePlan(s settings.Settings, args cmdline.Run) (plan.Plan, error) {
	files, err := plan.Read(s, args)
	if err != nil {
		return plan.Plan{}, err
	}
	return plan.Make(s, args, files)
}

// refused logs every problem on a line of its own and returns the exit code of the first.
func refused(log *slog.Logger, err error) int {
	code := exit.Code(err)
	for _, problem := range exit.Problems(err) {
		log.Error("refused to start", "problem", problem.Error(), "exitCode", code)
	}
	return code
}

// printOnly replaces the agent with a JVM that prints something and leaves.
func printOnly(p plan.Plan) error {
	command := p.Processes[len(p.Processes)-1].Command
	err := syscall.Exec(command.Path, append([]string{"java"}, command.Args()...), command.Env)
	return exit.With(exit.OfExec(err), fmt.Errorf("cannot execute %s: %w", command.Path, err))
}
