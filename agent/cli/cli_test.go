package cli

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"rocketmq-agent/agent/exit"
)

// ran is what a command line did.
func ran(args ...string) (code int, out, errOut string) {
	var o, e bytes.Buffer
	code = Run(args, Env{
		In:      strings.NewReader(""),
		Out:     &o,
		Err:     &e,
		Version: "1.2.3",
	})
	return code, o.String(), e.String()
}

// Every command has its own text, behind -h and behind help, and help shows all of them.
func TestEveryCommandHasHelp(t *testing.T) {
	_, all, _ := ran("help")
	for _, c := range commands() {
		for _, args := range [][]string{{c.name, "-h"}, {c.name, "--help"}, {"help", c.name}} {
			code, out, errOut := ran(args...)
			if code != exit.OK || !strings.HasPrefix(out, "usage: rocketmq-agent "+c.name) || errOut != "" {
				t.Errorf("%q: exit code %d\n%s%s", args, code, out, errOut)
			}
		}
		if !strings.Contains(all, "rocketmq-agent "+c.usage) {
			t.Errorf("help does not show %s", c.name)
		}
		for line := range strings.Lines(c.help) {
			if len([]rune(line)) > 121 || !strings.Contains(all, strings.TrimSpace(line)) {
				t.Errorf("%s: the line is too long, or help lacks it: %s", c.name, line)
			}
		}
	}
}

func TestUnknownCommand(t *testing.T) {
	code, out, errOut := ran("serve")
	if code != exit.Usage || out != "" || !strings.HasPrefix(errOut, `rocketmq-agent: unknown command "serve"`) {
		t.Errorf("exit code %d\n%s%s", code, out, errOut)
	}
	for _, args := range [][]string{nil, {"help"}, {"--help"}, {"-h"}, {"help", "serve"}} {
		if code, out, _ := ran(args...); code != exit.OK || !strings.Contains(out, "RMQ_GRACE_PERIOD") {
			t.Errorf("%q: exit code %d\n%s", args, code, out)
		}
	}
}

func TestVersion(t *testing.T) {
	t.Setenv("ROCKETMQ_HOME", "")
	for _, word := range []string{"version", "--version"} {
		code, out, _ := ran(word)
		if code != exit.OK || !strings.HasPrefix(out, "rocketmq-agent 1.2.3\nRocketMQ: ROCKETMQ_HOME is not set") {
			t.Errorf("%s: exit code %d\n%s", word, code, out)
		}
	}
	code, _, errOut := ran("version", "--all")
	if code != exit.Usage || !strings.Contains(errOut, "unknown option --all") {
		t.Errorf("exit code %d\n%s", code, errOut)
	}
}

func TestHealthcheckWithoutAnAgent(t *testing.T) {
	t.Setenv("RMQ_HTTP_ADDR", "127.0.0.1:1")
	code, out, _ := ran("healthcheck", "live")
	if code != exit.Failure || !strings.HasPrefix(out, "the agent does not answer") {
		t.Errorf("exit code %d\n%s", code, out)
	}
	for _, args := range [][]string{
		{"healthcheck", "alive"}, {"healthcheck", "live", "ready"}, {"healthcheck", "--live"},
	} {
		code, out, _ := ran(args...)
		if code != exit.Usage || !strings.Contains(out, "allowed are live, ready, startup") {
			t.Errorf("%q: exit code %d\n%s", args, code, out)
		}
	}
}

// Options of render may stand anywhere among those of run, which have another grammar.
func TestDivide(t *testing.T) {
	f := renderCommand.flags()
	f.String("out", "", "the `folder`")
	f.Bool("explain", false, "")
	for _, tt := range []struct{ args, own, others []string }{
		{nil, nil, nil},
		{
			[]string{"broker", "--explain", "-n", "a:1", "--out", "/x", "-c", "f"},
			[]string{"--explain", "--out", "/x"}, []string{"broker", "-n", "a:1", "-c", "f"},
		},
		{[]string{"--out=/x", "-nout", "out"}, []string{"--out=/x"}, []string{"-nout", "out"}},
		{[]string{"--explain", "--out"}, []string{"--explain", "--out"}, nil},
		{[]string{"--explain=true", "x"}, []string{"--explain=true"}, []string{"x"}},
	} {
		if own, others := divide(f, tt.args); !slices.Equal(own, tt.own) || !slices.Equal(others, tt.others) {
			t.Errorf("%q: %q and %q", tt.args, own, others)
		}
	}
}
