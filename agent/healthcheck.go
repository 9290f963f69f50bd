package main

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"rocketmq-agent/agent/settings"
)

// healthcheck makes one request to the agent that runs in this container. It is for Docker's HEALTHCHECK and exec
// probes, and starts no JVM.
func healthcheck(args []string, out io.Writer) int {
	kind := "ready"
	if len(args) == 1 {
		kind = args[0]
	}
	path, ok := map[string]string{"live": "/livez", "ready": "/readyz", "startup": "/startupz"}[kind]
	if !ok || len(args) > 1 {
		fmt.Fprintf(out, "rocketmq-agent healthcheck: unknown probe %q: allowed are live, ready, startup\n", strings.Join(args, " "))
		return exitUsage
	}
	s, _ := settings.FromEnv() // what is wrong elsewhere in the environment is not this command's business
	client := http.Client{Timeout: 3 * time.Second}
	resp, err := client.Get("http://" + dialable(string(s.HTTPAddr)) + path + "?verbose")
	if err != nil {
		fmt.Fprintf(out, "the agent does not answer: %v\n", err)
		return exitFailure
	}
	defer resp.Body.Close()
	_, _ = io.Copy(out, io.LimitReader(resp.Body, 64<<10))
	if resp.StatusCode != http.StatusOK {
		return exitFailure
	}
	return exitOK
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
