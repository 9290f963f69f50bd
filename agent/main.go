// Command rocketmq-agent is PID 1 of a RocketMQ container: it configures, launches, probes and stops RocketMQ.
package main

import (
	"os"
	"os/signal"
	"syscall"

	"rocketmq-agent/agent/cli"
)

// version is set by the build.
var version = "dev"

func main() {
	// First of all: a Go program that gets SIGTERM before this exits with 2. SIGPIPE is taken too, because the closed
	// output of a container must not end the broker.
	signals := make(chan os.Signal, 16)
	signal.Notify(signals,
		syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP, syscall.SIGQUIT, syscall.SIGUSR1, syscall.SIGUSR2)
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE)
	os.Exit(cli.Run(os.Args[1:], cli.Env{
		In:      os.Stdin,
		Out:     os.Stdout,
		Err:     os.Stderr,
		Signals: signals,
		Version: version,
	}))
}
