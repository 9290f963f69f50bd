package main

import (
	"errors"
	"flag"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestDefaults(t *testing.T) {
	opts, err := parseOptions(nil, "")
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(opts.namesrvs, []string{"127.0.0.1:9876"}) ||
		opts.count != 1000 || opts.duration != 0 || opts.timeout != time.Minute {
		t.Errorf("%+v", opts)
	}
	other, err := parseOptions(nil, "ns-0:9876; ns-1.ns:9876;")
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(other.namesrvs, []string{"ns-0:9876", "ns-1.ns:9876"}) {
		t.Errorf("NAMESRV_ADDR gives %q", other.namesrvs)
	}
	if !opts.ownTopic || opts.topic == other.topic || opts.run == other.run {
		t.Errorf("topics %s and %s, runs %s and %s", opts.topic, other.topic, opts.run, other.run)
	}
}

func TestOptions(t *testing.T) {
	tests := []struct {
		args string
		want func(options) bool
	}{
		{"--count 10", func(o options) bool { return o.count == 10 && o.ownTopic }},
		{"--duration 30s --rate 500", func(o options) bool {
			return o.count == 0 && o.duration == 30*time.Second && o.rate == 500
		}},
		{"--namesrv [::1]:9876", func(o options) bool { return o.namesrvs[0] == "[::1]:9876" }},
		{"--broker a:1;b:2", func(o options) bool { return slices.Equal(o.brokers, []string{"a:1", "b:2"}) }},
		{"--topic T%x|y-z_0", func(o options) bool { return o.topic == "T%x|y-z_0" && !o.ownTopic }},
		{"--send-only --keep", func(o options) bool { return o.sendOnly && o.ownTopic }},
		{"--send-only --topic T --run r.1", func(o options) bool {
			return o.sendOnly && !o.ownTopic && o.run == "r.1"
		}},
		{"--receive-only --topic T --run r --count 5", func(o options) bool { return o.receiveOnly && o.count == 5 }},
		{"--tls", func(o options) bool { return o.tls && o.access().TLS != nil }},
		{"-json -size=192", func(o options) bool { return o.json && o.size == 192 }},
	}
	for _, test := range tests {
		opts, err := parseOptions(strings.Fields(test.args), "")
		if err != nil {
			t.Errorf("%s: %v", test.args, err)
		} else if !test.want(opts) {
			t.Errorf("%s: %+v", test.args, opts)
		}
	}
}

func TestBadCommandLines(t *testing.T) {
	tests := []struct {
		args string
		want []string // all of them are in the message
	}{
		{"--nosuch", []string{"nosuch"}},
		{"--count", []string{"count"}},
		{"--count x", []string{"count", `"x"`}},
		{"--duration 30", []string{"duration"}},
		{"more", []string{`unexpected argument "more"`}},
		{"--namesrv ;", []string{"--namesrv is empty"}},
		{"--namesrv ns --broker :1;b:0;b:70000;http://b:1",
			[]string{`--namesrv "ns"`, `":1"`, `"b:0"`, `"b:70000"`, `"http://b:1"`}},
		{"--count 0 --rate 0 --size 191 --concurrency 0 --timeout 0s --duration -1s",
			[]string{"--count 0", "--rate 0", "--size 191", "--concurrency 0", "--timeout 0s", "--duration -1s"}},
		{"--access-key-file /no/such/file", []string{"--access-key-file", "/no/such/file"}},
		{"--size 4194305", []string{"--size 4194305"}},
		{"--topic a.b --run a/b", []string{`--topic "a.b"`, `--run "a/b"`}},
		{"--topic " + strings.Repeat("t", 128) + " --run " + strings.Repeat("r", 65),
			[]string{"--topic", "127", "--run", "64"}},
		{"--count 5 --duration 3s", []string{"--count and --duration"}},
		{"--send-only --receive-only", []string{"--send-only and --receive-only"}},
		{"--send-only", []string{"--send-only needs --topic or --keep"}},
		{"--receive-only", []string{"needs --topic", "needs --run", "needs --count"}},
		{"--receive-only --topic T --run r --count 1 --duration 1s --rate 1 --size 200 --concurrency 1 --broker b:1",
			[]string{"and --duration", "and --rate", "and --size", "and --concurrency", "and --broker"}},
	}
	for _, test := range tests {
		_, err := parseOptions(strings.Fields(test.args), "")
		if err == nil {
			t.Errorf("%s: accepted", test.args)
			continue
		}
		for _, want := range test.want {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%s: %q does not name %s", test.args, err, want)
			}
		}
	}
}

// The help names every flag, and no other.
func TestHelp(t *testing.T) {
	if _, err := parseOptions([]string{"--help"}, ""); !errors.Is(err, flag.ErrHelp) {
		t.Errorf("--help: %v", err)
	}
	for _, word := range strings.Fields(helpText) {
		name, isFlag := strings.CutPrefix(strings.Trim(word, ".,;:[]"), "--")
		if !isFlag {
			continue
		}
		_, err := parseOptions([]string{"--" + name}, "")
		if err != nil && strings.Contains(err.Error(), "not defined") {
			t.Errorf("the help names --%s, which is no flag", name)
		}
	}
	for _, name := range []string{
		"namesrv", "count", "duration", "rate", "size", "concurrency", "timeout",
		"topic", "run", "keep", "broker", "send-only", "receive-only", "json",
	} {
		if !strings.Contains(helpText, "\n  --"+name+" ") {
			t.Errorf("the help does not explain --%s", name)
		}
	}
}

func TestExitCodes(t *testing.T) {
	null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer null.Close()
	tests := []struct {
		args string
		want int
	}{
		{"--help", 0},
		{"--nosuch", 64},
		{"--count 0", 64},
		{"--namesrv 127.0.0.1:1", 1}, // nothing listens there
	}
	for _, test := range tests {
		if got := run(strings.Fields(test.args), null, null); got != test.want {
			t.Errorf("%s: exit code %d, want %d", test.args, got, test.want)
		}
	}
}
