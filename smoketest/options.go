package main

import (
	"crypto/rand"
	"crypto/tls"
	"encoding/hex"
	"errors"
	"flag"
	"fmt"
	"io"
	"regexp"
	"strings"
	"time"

	"rocketmq-agent/agent/account"
	"rocketmq-agent/agent/rmq"
	"rocketmq-agent/agent/rocketmq"
	"rocketmq-agent/smoketest/content"
)

const helpText = `smoketest proves a RocketMQ cluster: it creates a topic, sends messages with
checkable content, receives and verifies every one, and reports rates and times.

  smoketest [--namesrv ADDRS] [--count N]                  send and receive N messages
  smoketest [--namesrv ADDRS] --duration D [--rate N]      the same for a while, through restarts
  smoketest --send-only --topic T --run ID [--count N]     leave messages behind ...
  smoketest --receive-only --topic T --run ID --count N    ... and find them again later

  --namesrv ADDRS    name servers, host:port;host:port (default $NAMESRV_ADDR, else 127.0.0.1:9876)
  --count N          messages to send, or to find with --receive-only (default 1000)
  --duration D       send for so long instead of --count, e.g. 30s
  --rate N           messages a second at most (default: as many as possible)
  --size N           bytes in a message, 192 to 4194304 (default 1024)
  --concurrency N    senders at work at the same time (default 16)
  --timeout D        give up when nothing was acknowledged, or nothing arrived, for so long; a
                     message that takes longer is late (default 1m)
  --topic T          use this topic; it is created where it does not exist and never deleted
                     (default: a new one, deleted at the end)
  --run ID           name of the run, written into each message (default: a new one)
  --keep             do not delete the new topic
  --access-key-file FILE  sign every request with the account in it: the lines accessKey: NAME and
                     secretKey: PASSWORD, as in RocketMQ's conf/tools.yml
  --tls              speak TLS; certificates are not checked, as RocketMQ's own clients do not
  --broker ADDRS     create the topic on these brokers (default: on every master that the name
                     servers know)
  --send-only        do not receive
  --receive-only     do not send: find all messages of an earlier run, from the first offset on
  --json             print the result as one JSON object

A send that fails is counted and made again; its message may arrive once, twice or not at all.
A message is missing only if its send was acknowledged and it is never received.

Exit status: 0 if every message is verified, 1 if not, with the reason, 64 for a bad command line.
`

// options is the command line.
type options struct {
	namesrvs    []string
	brokers     []string // addresses; empty for all masters
	topic       string
	ownTopic    bool // the topic is new and only ours
	run         string
	count       int // 0 with a duration
	duration    time.Duration
	rate        int // 0 for no limit
	size        int
	concurrency int
	timeout     time.Duration
	keep        bool
	sendOnly    bool
	receiveOnly bool
	account     rocketmq.Account
	tls         bool
	json        bool
}

// parseOptions reads the command line and reports all that is wrong with it at once.
func parseOptions(args []string, namesrvEnv string) (options, error) {
	if namesrvEnv == "" {
		namesrvEnv = "127.0.0.1:9876"
	}
	var opts options
	var namesrvs, brokers, accessKeyFile string
	flags := flag.NewFlagSet("smoketest", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	flags.StringVar(&namesrvs, "namesrv", namesrvEnv, "")
	flags.StringVar(&brokers, "broker", "", "")
	flags.StringVar(&accessKeyFile, "access-key-file", "", "")
	flags.BoolVar(&opts.tls, "tls", false, "")
	flags.StringVar(&opts.topic, "topic", "", "")
	flags.StringVar(&opts.run, "run", "", "")
	flags.IntVar(&opts.count, "count", 1000, "")
	flags.DurationVar(&opts.duration, "duration", 0, "")
	flags.IntVar(&opts.rate, "rate", 0, "")
	flags.IntVar(&opts.size, "size", 1024, "")
	flags.IntVar(&opts.concurrency, "concurrency", 16, "")
	flags.DurationVar(&opts.timeout, "timeout", time.Minute, "")
	flags.BoolVar(&opts.keep, "keep", false, "")
	flags.BoolVar(&opts.sendOnly, "send-only", false, "")
	flags.BoolVar(&opts.receiveOnly, "receive-only", false, "")
	flags.BoolVar(&opts.json, "json", false, "")
	if err := flags.Parse(args); err != nil {
		return options{}, err
	}
	given := make(map[string]bool)
	flags.Visit(func(f *flag.Flag) { given[f.Name] = true })
	err := errors.Join(
		checkArgs(flags.Args()),
		opts.setAddresses(namesrvs, brokers, given["broker"]),
		opts.setAccount(accessKeyFile),
		opts.checkNumbers(given),
		opts.checkNames(),
		opts.checkMode(given),
	)
	opts.fillIn(given)
	return opts, err
}

func checkArgs(args []string) error {
	if len(args) > 0 {
		return fmt.Errorf("unexpected argument %q", args[0])
	}
	return nil
}

func (o *options) setAddresses(namesrvs, brokers string, brokersGiven bool) error {
	var namesrvErr, brokerErr error
	o.namesrvs, namesrvErr = splitAddresses("--namesrv", namesrvs)
	if brokersGiven {
		o.brokers, brokerErr = splitAddresses("--broker", brokers)
	}
	return errors.Join(namesrvErr, brokerErr)
}

func (o *options) setAccount(file string) error {
	if file == "" {
		return nil
	}
	found, err := account.Read(file)
	if err != nil {
		return fmt.Errorf("--access-key-file: %w", err)
	}
	o.account = found.Account
	return nil
}

// access is how the cluster is asked.
func (o *options) access() rocketmq.Access {
	access := rocketmq.Access{Account: o.account}
	if o.tls {
		access.TLS = func() (*tls.Config, error) { return anyServer, nil }
	}
	return access
}

// anyServer takes any certificate, as RocketMQ's own clients do by default.
var anyServer = &tls.Config{InsecureSkipVerify: true}

func splitAddresses(name, list string) ([]string, error) {
	var addrs []string
	var errs []error
	for addr := range strings.SplitSeq(list, ";") {
		addr = strings.TrimSpace(addr)
		if addr == "" {
			continue
		}
		if !isAddress(addr) {
			errs = append(errs, fmt.Errorf("%s %q is not host:port", name, addr))
		}
		addrs = append(addrs, addr)
	}
	if len(addrs) == 0 {
		errs = append(errs, fmt.Errorf("%s is empty", name))
	}
	return addrs, errors.Join(errs...)
}

func isAddress(addr string) bool {
	host, err := rmq.CheckAddr(addr)
	return err == nil && host != ""
}

func (o *options) checkNumbers(given map[string]bool) error {
	var errs []error
	atLeast := func(name string, value, least int) {
		if given[name] && value < least {
			errs = append(errs, fmt.Errorf("--%s %d is less than %d", name, value, least))
		}
	}
	atLeast("count", o.count, 1)
	atLeast("rate", o.rate, 1)
	atLeast("size", o.size, content.MinSize)
	atLeast("concurrency", o.concurrency, 1)
	if o.size > content.MaxSize {
		errs = append(errs, fmt.Errorf("--size %d is more than %d, which brokers do not take", o.size, content.MaxSize))
	}
	if given["duration"] && o.duration <= 0 {
		errs = append(errs, fmt.Errorf("--duration %v is not positive", o.duration))
	}
	if o.timeout <= 0 {
		errs = append(errs, fmt.Errorf("--timeout %v is not positive", o.timeout))
	}
	return errors.Join(errs...)
}

// maxTopic is the greatest length of a topic's name (TopicValidator.java).
const maxTopic = 127

var (
	topicPattern = regexp.MustCompile(`^[%|a-zA-Z0-9_-]*$`) // TopicValidator.java
	runPattern   = regexp.MustCompile(`^[a-zA-Z0-9._-]*$`)
)

func (o *options) checkNames() error {
	var errs []error
	if !topicPattern.MatchString(o.topic) || len(o.topic) > maxTopic {
		errs = append(errs,
			fmt.Errorf("--topic %q is not a topic's name: up to %d letters, digits and %%|_-", o.topic, maxTopic))
	}
	if !runPattern.MatchString(o.run) || len(o.run) > content.MaxRun {
		errs = append(errs,
			fmt.Errorf("--run %q is not a run's name: up to %d letters, digits and ._-", o.run, content.MaxRun))
	}
	return errors.Join(errs...)
}

func (o *options) checkMode(given map[string]bool) error {
	var errs []error
	refuse := func(wrong bool, format string, args ...any) {
		if wrong {
			errs = append(errs, fmt.Errorf(format, args...))
		}
	}
	refuse(o.sendOnly && o.receiveOnly, "--send-only and --receive-only exclude each other")
	refuse(given["count"] && given["duration"], "--count and --duration exclude each other")
	refuse(o.sendOnly && o.topic == "" && !o.keep,
		"--send-only needs --topic or --keep: the messages would be deleted with their topic")
	if !o.receiveOnly {
		return errors.Join(errs...)
	}
	for _, name := range []string{"topic", "run", "count"} {
		refuse(!given[name], "--receive-only needs --%s", name)
	}
	for _, name := range []string{"duration", "rate", "size", "concurrency", "broker"} {
		refuse(given[name], "--receive-only and --%s exclude each other", name)
	}
	return errors.Join(errs...)
}

// fillIn sets what depends on other flags.
func (o *options) fillIn(given map[string]bool) {
	if given["duration"] {
		o.count = 0
	}
	id := time.Now().UTC().Format("20060102-150405-") + randomHex()
	if o.run == "" {
		o.run = id
	}
	if o.topic == "" {
		o.topic, o.ownTopic = "smoketest-"+id, true
	}
}

func randomHex() string {
	random := make([]byte, 4)
	_, _ = rand.Read(random) // never fails since Go 1.24
	return hex.EncodeToString(random)
}
