package cli

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"rocketmq-agent/agent/diagnose"
	"rocketmq-agent/agent/exit"
	"rocketmq-agent/agent/rmq"
)

var diagnoseCommand = command{
	name:  "diagnose",
	usage: "diagnose threads|heap|flight-recording [--role ROLE] [--to FOLDER] [--for 60s]",
	help: `asks the JVMs of this container, by docker exec or kubectl exec. threads prints a thread dump of each; heap and
flight-recording write a file of the broker, else of the only JVM, into the folder --to and print its path. --role
names another: namesrv, broker, proxy, controller. heap stops the JVM for as long as it is written, flight-recording
(60 s, or --for) does not. Refused is what has no room, and what would fill the disk of a store
`,
	run: runDiagnose,
}

// diagnosis is what was asked for.
type diagnosis struct {
	kind   string
	role   string
	folder string
	length time.Duration
}

func runDiagnose(c command, args []string, e Env) int {
	d, err := parseDiagnose(c, args)
	if err != nil {
		return c.misused(err, e)
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go interrupted(ctx, cancel, e)
	if err := d.make(ctx, e); err != nil {
		for _, problem := range exit.Problems(err) {
			fmt.Fprintf(e.Err, "rocketmq-agent diagnose: %v\n", problem)
		}
		return exit.Failure
	}
	return exit.OK
}

// interrupted cancels when the operator has seen enough.
func interrupted(ctx context.Context, cancel func(), e Env) {
	for {
		select {
		case <-ctx.Done():
			return
		case s := <-e.Signals:
			if s == syscall.SIGINT || s == syscall.SIGTERM {
				cancel()
			}
		}
	}
}

func parseDiagnose(c command, args []string) (d diagnosis, err error) {
	f := c.flags()
	f.StringVar(&d.role, "role", "", "a `role`")
	f.StringVar(&d.folder, "to", "", "a `folder`")
	length := f.String("for", "", "a `duration` as 60s")
	words, err := parse(f, args)
	if err != nil {
		return d, err
	}
	if len(words) == 1 {
		d.kind = words[0]
	}
	switch given := strings.Join(words, " "); {
	case d.kind != "threads" && d.kind != "heap" && d.kind != "flight-recording":
		return d, fmt.Errorf("unknown diagnosis %q: allowed are threads, heap, flight-recording", given)
	case d.kind == "threads" && d.folder != "":
		return d, errors.New("option --to belongs to heap and flight-recording; threads prints")
	case d.kind != "threads" && d.folder == "":
		return d, errors.New("option --to needs a folder: " + d.kind + " writes a file")
	case d.kind != "flight-recording" && *length != "":
		return d, errors.New("option --for belongs to flight-recording")
	}
	return d, d.complete(*length)
}

// complete reads what the options hold.
func (d *diagnosis) complete(length string) (err error) {
	if d.role != "" {
		role, err := rmq.ParseRole(d.role)
		if err != nil || role == rmq.Standalone {
			return fmt.Errorf("--role %s: allowed: namesrv, broker, proxy, controller", d.role)
		}
		d.role = string(role)
	}
	if d.length = time.Minute; length != "" {
		if d.length, err = time.ParseDuration(length); err != nil || d.length < time.Second || d.length > 24*time.Hour {
			return fmt.Errorf("--for %s: allowed: 1s to 24h", length)
		}
	}
	if d.folder != "" {
		d.folder, err = filepath.Abs(d.folder) // the JVM has a working folder of its own
	}
	return err
}

func (d diagnosis) make(ctx context.Context, e Env) error {
	servers, err := diagnose.Servers()
	if err != nil {
		return err
	}
	if d.kind == "threads" {
		return d.threads(ctx, servers, e)
	}
	jvm, err := diagnose.ChooseOne(servers, d.role)
	if err != nil {
		return err
	}
	to := diagnose.Folder{Path: d.folder, Machine: diagnose.ThisMachine(), Servers: servers}
	var path string
	if d.kind == "heap" {
		path, err = jvm.Heap(ctx, to)
	} else {
		path, err = jvm.Record(ctx, to, d.length)
	}
	if err == nil {
		_, err = fmt.Fprintln(e.Out, path)
	}
	return err
}

// threads prints the threads of every JVM that answers; one that does not keeps nobody from the others.
func (d diagnosis) threads(ctx context.Context, servers []diagnose.JVM, e Env) error {
	servers, err := diagnose.Choose(servers, d.role)
	if err != nil {
		return err
	}
	var problems []error
	for _, jvm := range servers {
		text, err := jvm.Threads(ctx)
		if err == nil {
			_, err = fmt.Fprintf(e.Out, "# %s, pid %d\n%s", jvm.Role, jvm.PID, text)
		}
		if err != nil {
			problems = append(problems, err)
		}
	}
	return errors.Join(problems...)
}
