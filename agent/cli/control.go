package cli

import (
	"errors"
	"fmt"
	"os"
	"time"

	"rocketmq-agent/agent/control"
	"rocketmq-agent/agent/exit"
	"rocketmq-agent/agent/plan"
	"rocketmq-agent/agent/settings"
)

var drainCommand = command{
	name:  "drain",
	usage: "drain [--wait] [--timeout DURATION]",
	help: `takes the container out of service without stopping it: not ready, write permission off. With --wait it returns
when no producer is left (exit code 0), or after --timeout (5m; exit code 1, and the drain goes on).
A stop after it does not wait again. A restarted container is in service again.
`,
	run: drain,
}

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
	words, err := parse(c.flags(), args)
	if err == nil && len(words) > 1 || len(words) == 1 && c.name != "restart" {
		err = fmt.Errorf("unexpected word %q", words[len(words)-1])
	}
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

func drain(c command, args []string, e Env) int {
	f := c.flags()
	wait := f.Bool("wait", false, "")
	timeout := f.Duration("timeout", 5*time.Minute, "a `time span`")
	words, err := parse(f, args)
	if err == nil && len(words) > 0 {
		err = fmt.Errorf("unexpected word %q", words[0])
	}
	if err == nil && *timeout <= 0 {
		err = errors.New("option --timeout must be above 0")
	}
	if err != nil {
		return c.misused(err, e)
	}
	agent, err := findAgent()
	if err == nil {
		err = agent.Order(c.name, "")
	}
	if err == nil && *wait {
		err = awaitDrained(agent, *timeout)
	}
	return c.end(err, e)
}

// awaitDrained asks until the container is drained.
func awaitDrained(agent *control.Client, timeout time.Duration) error {
	for end := time.Now().Add(timeout); ; time.Sleep(200 * time.Millisecond) {
		s, err := agent.Status()
		switch {
		case err != nil:
			return err
		case s.State == "drained":
			return nil
		case s.State != "draining":
			return fmt.Errorf("the container is %s: %s", s.State, s.Why)
		case time.Now().After(end):
			return fmt.Errorf("producers are still connected after %v; the drain goes on", timeout)
		}
	}
}
