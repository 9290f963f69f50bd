package cli

import (
	"fmt"

	"rocketmq-agent/agent/exit"
	"rocketmq-agent/agent/launch"
	"rocketmq-agent/agent/settings"
)

var versionCommand = command{
	name:  "version",
	usage: "version",
	help:  "its own version, and the RocketMQ and Java it finds\n",
	run:   printVersion,
}

func printVersion(c command, args []string, e Env) int {
	if _, err := parse(c.flags(), args); err != nil {
		return c.misused(err, e)
	}
	s, _ := settings.FromEnv() // what is wrong in the environment is not this command's business
	fmt.Fprintf(e.Out, "rocketmq-agent %s\n", e.Version)
	if home, err := launch.FindHome(s.Java.RocketMQHome); err != nil {
		fmt.Fprintf(e.Out, "RocketMQ: %v\n", err)
	} else {
		fmt.Fprintf(e.Out, "RocketMQ %s in %s\n", home.Release, home.Dir)
	}
	if java, _, err := launch.FindJava(s.Java.JavaHome, s.Java.Path); err != nil {
		fmt.Fprintf(e.Out, "Java: %v\n", err)
	} else {
		fmt.Fprintf(e.Out, "Java %s in %s\n", java.Version, java.Path)
	}
	return exit.OK
}
