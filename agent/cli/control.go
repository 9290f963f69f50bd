package cli

import (
	"fmt"
	"os"

	"rocketmq-agent/agent/control"
	"rocketmq-agent/agent/exit"
	"rocketmq-agent/agent/plan"
	"rocketmq-agent/agent/settings"
)

var undrainCommand = command{
	name:  "undrain",
	usage: "undrain",
	help:  "takes a drain back: write permission on, ready.\n",
	run:   order,
}

var restartCommand = command{
	name:  "restart",
	usage: "restart [ROLE]",
	help: `drains and stops one RocketMQ process in order and starts it again, in the same container. ROLE is needed where
there are two: namesrv, broker.
`,
	run: order,
}

// findAgent connects to the agent of this container.
func findAgent() (*control.Client, error) {
	s, _ := settings.FromEnv() // what is wrong elsewhere in the environment is not this command's business
	return control.Find(plan.StateDir(s, os.Geteuid()))
}

// order gives an order with at most one word behind it, a role.
func order(c command, args []string, e Env) int {
	most := 0
	if c.name == "restart" {
		most = 1
	}
	words, err := parseFew(c.flags(), args, most)
	if err != nil {
		return c.misused(err, e)
	}
	agent, err := findAgent()
	if err == nil {
		role := append(words, "")[0]
		err = agent.Order(c.name, role)
	}
	return c.end(err, e)
}

// end is the exit code of a command that has done its work, or could not.
func (c command) end(err error, e Env) int {
	if err == nil {
		return exit.OK
	}
	fmt.Fprintf(e.Err, "rocketmq-agent %s: %v\n", c.name, err)
	return exit.Failure
}
