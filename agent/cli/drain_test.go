package cli

import (
	"strings"
	"testing"

	"rocketmq-agent/agent/drain"
)

func TestDescribeBacklog(t *testing.T) {
	left := []drain.Backlog{
		{Group: "a", Topic: "t", Messages: 100},
		{Group: "b", Topic: "%RETRY%b", Messages: 20, Offline: true},
		{Topic: "delayed by level", Messages: 3},
		{Group: "b", Topic: "u", Messages: 1, Offline: true},
	}
	const want = "124 messages: group a of t 100, group b of %RETRY%b 20 (nobody is connected), delayed by level 3, " +
		"group b of u 1 (nobody is connected)"
	if got := describeBacklog(left); got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if got := offline(left); !strings.HasSuffix(got, "--ignore-group b") {
		t.Errorf("%s", got)
	}
	if describeBacklog(nil)+offline(nil) != "" {
		t.Error("nothing is something")
	}
	many := make([]drain.Backlog, 1000)
	for i := range many {
		many[i] = drain.Backlog{Group: "g", Topic: "t", Messages: 1}
	}
	if got := describeBacklog(many); len(got) > 200 || !strings.HasPrefix(got, "1000 messages: ") {
		t.Errorf("%s", got)
	}
}

func TestParseDrain(t *testing.T) {
	for args, problem := range map[string]string{
		"":                                    "",
		"--wait --timeout 10s":                "",
		"--until-consumed --ignore-group a,b": "",
		"--ignore-group a":                    "belongs to --until-consumed",
		"--timeout 0s":                        "must be above 0",
		"broker":                              "unexpected word",
		"--nosuch":                            "unknown option --nosuch",
	} {
		_, err := parseDrain(drainCommand, strings.Fields(args))
		if (err == nil) != (problem == "") || err != nil && !strings.Contains(err.Error(), problem) {
			t.Errorf("%q: %v, want %q", args, err, problem)
		}
	}
}
