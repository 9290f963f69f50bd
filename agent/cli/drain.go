package cli

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"rocketmq-agent/agent/control"
	"rocketmq-agent/agent/drain"
)

var drainCommand = command{
	name:  "drain",
	usage: "drain [--wait | --until-consumed [--ignore-group GROUP,…]] [--timeout DURATION]",
	help: `takes the container out of service without stopping it: not ready, write permission off. With --wait it returns
when no producer is left; with --until-consumed when every consumer group has read all that is on the broker too,
retries, delayed messages and half transactions among it, so that the broker can go for good. Exit code 0 then, or 1
after --timeout (5m), and the drain goes on. --ignore-group names groups that nobody waits for.
A stop after it does not wait again. A restarted container is in service again.
`,
	run: runDrain,
}

// drainOptions are what drain was asked for.
type drainOptions struct {
	wait     bool
	consumed bool
	ignored  []string // groups
	timeout  time.Duration
}

func parseDrain(c command, args []string) (o drainOptions, err error) {
	f := c.flags()
	f.BoolVar(&o.wait, "wait", false, "")
	f.BoolVar(&o.consumed, "until-consumed", false, "")
	ignored := f.String("ignore-group", "", "a list of `groups`")
	f.DurationVar(&o.timeout, "timeout", 5*time.Minute, "a `time span`")
	_, err = parseFew(f, args, 0)
	switch {
	case err != nil:
	case o.timeout <= 0:
		err = errors.New("option --timeout must be above 0")
	case *ignored != "" && !o.consumed:
		err = errors.New("option --ignore-group belongs to --until-consumed")
	}
	o.ignored = strings.Split(*ignored, ",")
	return o, err
}

func runDrain(c command, args []string, e Env) int {
	o, err := parseDrain(c, args)
	if err != nil {
		return c.misused(err, e)
	}
	agent, err := findAgent()
	if err == nil {
		err = agent.Order(c.name, "")
	}
	end := time.Now().Add(o.timeout)
	if err == nil && (o.wait || o.consumed) {
		err = awaitDrained(agent, end)
	}
	if err == nil && o.consumed {
		err = o.awaitConsumed(agent, end, e)
	}
	return c.end(err, e)
}

// awaitDrained asks until the container is drained.
func awaitDrained(agent *control.Client, end time.Time) error {
	for ; ; time.Sleep(200 * time.Millisecond) {
		s, err := agent.Status()
		switch {
		case err != nil:
			return err
		case s.State == "drained":
			return nil
		case s.State != "draining":
			return fmt.Errorf("the container is %s: %s", s.State, s.Why)
		case time.Now().After(end):
			return errors.New("producers are still connected, and the time is up; the drain goes on")
		}
	}
}

// backlogEvery is how often the broker is asked what is left.
const backlogEvery = time.Second

// awaitConsumed asks until nothing is left, twice in a row: between two answers a message may be on its way from one
// topic of the broker to another.
func (o drainOptions) awaitConsumed(agent *control.Client, end time.Time, e Env) error {
	empty, said := 0, ""
	for ; ; time.Sleep(backlogEvery) {
		left, err := agent.Backlog()
		if err != nil {
			return err
		}
		left = slices.DeleteFunc(left, func(b drain.Backlog) bool {
			return b.Group != "" && slices.Contains(o.ignored, b.Group)
		})
		if empty++; len(left) > 0 {
			empty = 0
		}
		if empty == 2 {
			return nil
		}
		if text := describeBacklog(left); text != said && text != "" {
			fmt.Fprintln(e.Out, text)
			said = text
		}
		if time.Now().After(end) {
			return fmt.Errorf("the time is up, and the drain goes on; not consumed: %s%s", describeBacklog(left), offline(left))
		}
	}
}

// mostNamed is how many topics a line has room for.
const mostNamed = 5

// describeBacklog says in one line how much is left, and of what.
func describeBacklog(left []drain.Backlog) string {
	var total int64
	var parts []string
	for i, b := range left {
		total += b.Messages
		switch {
		case i == mostNamed:
			parts = append(parts, "…")
		case i < mostNamed && b.Group == "":
			parts = append(parts, fmt.Sprintf("%s %d", b.Topic, b.Messages))
		case i < mostNamed:
			parts = append(parts, fmt.Sprintf("group %s of %s %d%s", b.Group, b.Topic, b.Messages,
				map[bool]string{true: " (nobody is connected)"}[b.Offline]))
		}
	}
	if total == 0 {
		return ""
	}
	return fmt.Sprintf("%d messages: %s", total, strings.Join(parts, ", "))
}

// offline names the groups that will never read what is left, unless somebody comes.
func offline(left []drain.Backlog) string {
	var groups []string
	for _, b := range left {
		if b.Offline && !slices.Contains(groups, b.Group) {
			groups = append(groups, b.Group)
		}
	}
	if len(groups) == 0 {
		return ""
	}
	return "; to go without the groups that nobody consumes: --ignore-group " + strings.Join(groups, ",")
}
