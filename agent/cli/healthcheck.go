package cli

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"rocketmq-agent/agent/exit"
	"rocketmq-agent/agent/settings"
)

var healthcheckCommand = command{
	name:  "healthcheck",
	usage: "healthcheck [live|ready|startup]",
	help: `asks the running agent, for Docker's HEALTHCHECK and exec probes; starts no JVM. Without a word it asks ready.
Exit code 0 or 1
`,
	run: healthcheck,
}

// healthcheck makes one request to the agent that runs in this container.
func healthcheck(c command, args []string, e Env) int {
	words, err := parse(c.flags(), args)
	if errors.Is(err, errHelp) {
		return c.misused(err, e)
	}
	kind := "ready"
	if len(words) == 1 {
		kind = words[0]
	}
	path, ok := map[string]string{"live": "/livez", "ready": "/readyz", "startup": "/startupz"}[kind]
	if !ok || len(words) > 1 || err != nil {
		given := strings.Join(args, " ")
		fmt.Fprintf(e.Out, "rocketmq-agent healthcheck: unknown probe %q: allowed are live, ready, startup\n", given)
		return exit.Usage
	}
	s, _ := settings.FromEnv() // what is wrong elsewhere in the environment is not this command's business
	// A transport of its own has no proxy: HTTP_PROXY is for the outside, and the agent is in here.
	client := http.Client{Timeout: 3 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	resp, err := client.Get("http://" + dialable(string(s.HTTPAddr)) + path + "?verbose")
	if err != nil {
		fmt.Fprintf(e.Out, "the agent does not answer: %v\n", err)
		return exit.Failure
	}
	defer resp.Body.Close()
	_, _ = io.Copy(e.Out, io.LimitReader(resp.Body, 64<<10))
	if resp.StatusCode != http.StatusOK {
		return exit.Failure
	}
	return exit.OK
}

// dialable turns an address to listen on into one to connect to.
func dialable(addr string) string {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return addr
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return net.JoinHostPort(host, port)
}
