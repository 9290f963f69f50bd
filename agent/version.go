package main

import (
	"fmt"
	"io"
	"os"

	"rocketmq-agent/agent/launch"
)

// printVersion prints the agent's own version, and the RocketMQ and Java it finds.
func printVersion(out io.Writer) int {
	fmt.Fprintf(out, "rocketmq-agent %s\n", version)
	if home, err := launch.FindHome(os.Getenv("ROCKETMQ_HOME")); err != nil {
		fmt.Fprintf(out, "RocketMQ: %v\n", err)
	} else {
		fmt.Fprintf(out, "RocketMQ %s in %s\n", home.Version, home.Dir)
	}
	if java, _, err := launch.FindJava(os.Getenv("JAVA_HOME"), os.Getenv("PATH")); err != nil {
		fmt.Fprintf(out, "Java: %v\n", err)
	} else {
		fmt.Fprintf(out, "Java %s in %s\n", java.Version, java.Path)
	}
	return exitOK
}
