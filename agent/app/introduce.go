package app

import (
	"fmt"
	"log/slog"
	"os"
	"strings"

	"rocketmq-agent/agent/plan"
	"rocketmq-agent/agent/rmq"
)

// introduce says what was decided, and where the agent finds itself.
func introduce(p plan.Plan, log *slog.Logger) {
	for _, w := range p.Warnings {
		log.Warn(w)
	}
	if b, ok := p.Broker(); ok && p.Identity.NameSource != "" {
		log.Info("the broker's name", "brokerName", b.Values().Text("brokerName"), "from", p.Identity.NameSource)
	}
	if p.Reach.Local != "" {
		log.Info("the broker's address", "brokerIP1", p.Identity.Address, "from", p.Identity.AddressSource,
			"candidates", strings.Join(p.Reach.Candidates, ", "))
	}
	log.Info("memory plan", "plan", p.Memory.String())
	for _, name := range p.Settings.ServiceLinks {
		log.Debug("ignored: a variable that Kubernetes injects for a Service, not a setting", "name", name)
	}
	if os.Getpid() == 1 || !p.Settings.Pod.InContainer {
		return
	}
	first, _ := os.ReadFile("/proc/1/comm") // only for the message
	if strings.TrimSpace(string(first)) == "pause" {
		log.Info("the pod shares its process namespace, whose PID 1 is the pod's own: the kubelet signals the agent directly")
		return
	}
	log.Warn("the agent is not PID 1: it gets a stop signal only if PID 1 passes it on; "+
		"write exec before the command, or leave the shell out; where the command is somebody else's, add a preStop hook: "+
		"exec, command: [./mqshutdown, broker]", "pid1", strings.TrimSpace(string(first)))
}

// addresses is the line that a person copies.
func (a *app) addresses() string {
	var parts []string
	for _, p := range a.plan.Processes {
		if p.Role != rmq.Broker {
			parts = append(parts, fmt.Sprintf("%s on %s", p.Role, p.Addr()))
		}
	}
	if s, ok := a.figures(); ok {
		parts = append(parts, fmt.Sprintf("broker %s at %s", s.Identity.Name, s.Identity.Addr))
	}
	if a.plan.Role == rmq.Standalone && a.plan.Identity.OnLoopback {
		parts = append(parts, "for clients on other machines set RMQ_ADVERTISE to this machine's address")
	}
	return strings.Join(parts, "; ")
}
