// Command smoketest proves a RocketMQ cluster: it sends messages with checkable
// content, receives every one of them and says what happened to each.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"rocketmq-agent/smoketest/mq"
)

// Exit codes. A bad command line is EX_USAGE of sysexits.h.
const (
	exitVerified = 0
	exitFailed   = 1
	exitUsage    = 64
)

func main() {
	mq.Tame(func(reason any) { fmt.Fprintf(os.Stderr, "smoketest: rocketmq-client-go panicked: %v\n", reason) })
	os.Exit(run(os.Args[1:], os.Stdout, os.Stderr))
}

// run is main without its exit.
func run(args []string, stdout io.Writer, stderr *os.File) int {
	opts, err := parseOptions(args, os.Getenv("NAMESRV_ADDR"))
	if errors.Is(err, flag.ErrHelp) {
		fmt.Fprint(stdout, helpText)
		return exitVerified
	}
	if err != nil {
		fmt.Fprintf(stderr, "smoketest: %v\nTry smoketest --help.\n", err)
		return exitUsage
	}
	// The first signal ends the sending, so that the run still cleans up and
	// reports; the second one kills.
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop)

	result := prove(ctx, opts, stderr)
	if opts.json {
		err = result.writeJSON(stdout)
	} else {
		err = result.writeText(stdout)
	}
	if err != nil {
		fmt.Fprintf(stderr, "smoketest: cannot write the result: %v\n", err)
		return exitFailed
	}
	if len(result.Reasons) > 0 {
		return exitFailed
	}
	return exitVerified
}
