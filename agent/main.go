// Command rocketmq-agent is PID 1 of a RocketMQ container: it configures, launches, probes and stops RocketMQ.
package main

import (
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"rocketmq-agent/agent/settings"
)

// version is set by the build.
var version = "dev"

// Exit codes that the agent itself gives; see sysexits.h for the last three.
const (
	exitOK          = 0
	exitFailure     = 1
	exitUsage       = 64
	exitStorage     = 77
	exitConfig      = 78
	exitNotRunnable = 126
	exitNotFound    = 127
	exitKilled      = 137
)

func main() {
	// First of all: a Go program that gets SIGTERM before this exits with 2. SIGPIPE is taken too, because the closed
	// output of a container must not end the broker.
	signals := make(chan os.Signal, 16)
	signal.Notify(signals, syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP, syscall.SIGQUIT, syscall.SIGUSR1, syscall.SIGUSR2)
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE)
	os.Exit(command(os.Args[1:], signals))
}

func command(args []string, signals <-chan os.Signal) int {
	name := "help"
	if len(args) > 0 {
		name, args = args[0], args[1:]
	}
	switch name {
	case "run":
		return run(args, signals)
	case "render":
		return render(args, os.Stdout, os.Stderr)
	case "validate":
		return validateFiles(args, os.Stdin, os.Stdout, os.Stderr)
	case "healthcheck":
		return healthcheck(args, os.Stdout)
	case "version", "--version":
		return printVersion(os.Stdout)
	case "help", "--help", "-h":
		fmt.Print(help())
		return exitOK
	}
	fmt.Fprintf(os.Stderr, "rocketmq-agent: unknown command %q\n\n%s", name, help())
	return exitUsage
}

func help() string {
	return `rocketmq-agent ` + version + `: PID 1 of a RocketMQ container

  rocketmq-agent run [ROLE] [-c FILE] [-n HOST:PORT;…] [--enable-proxy] [-pc FILE] [-pm local|cluster]
      configures, launches, serves probes and metrics, and stops in order on SIGTERM.
      ROLE: namesrv, broker, proxy, controller, standalone (name server + broker, the default)
  rocketmq-agent render [ROLE] [the options of run] [--explain [--json] | --out DIR]
      what run would use, made by the same plan; starts nothing. Alone it prints the files without their secrets;
      --explain shows each value with its source, what it displaced, its default and how a change takes effect, and each
      JVM flag with its reason; --out writes the files as run would, for an init container
  rocketmq-agent validate [--role ROLE] [--release VERSION] [--strict] [--json] FILE…
      judges broker.conf, namesrv.conf, controller.conf and rmq-proxy.json (- is standard input) as the release reads
      them: all problems at once as FILE:LINE: error|warning: KEY: …; exit code 78 if there is an error, with --strict
      also for warnings. The release is the one in ROCKETMQ_HOME, else the newest that it knows
  rocketmq-agent healthcheck [live|ready|startup]
      asks the running agent; exit code 0 or 1
  rocketmq-agent version
      its own version, and the RocketMQ and Java it finds

Environment:
  ` + strings.Join(settings.Describe(), "\n  ") + `

Also honoured: NAMESRV_ADDR, NODE_ROLE, ROCKETMQ_HOME, JAVA_HOME, JAVA_OPT, JAVA_OPT_EXT, HEAP_OPTS, CLASSPATH, TMPDIR,
POD_NAME, POD_IP, HOST_IP, and the pod's labels in /etc/podinfo/labels (downwardAPI).

Exit codes: 0 clean stop; 64 bad command line; 77 storage that cannot be used; 78 configuration that is refused;
126, 127 java not executable, not found; 137 killed at the end of the grace period; otherwise RocketMQ's own.
`
}
