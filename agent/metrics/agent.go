package metrics

import (
	"runtime"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"rocketmq-agent/agent/probes"
)

// agentDescs describes the agent's own metrics.
type agentDescs struct {
	build, started, phase, live, ready, check, child, config, dropped *prometheus.Desc
}

func newAgentDescs() agentDescs {
	desc := func(name, help string, labels ...string) *prometheus.Desc {
		return prometheus.NewDesc("rocketmq_agent_"+name, help, labels, nil)
	}
	return agentDescs{
		build:   desc("build_info", "Always 1; the labels say what runs.", "version", "goversion"),
		started: desc("start_time_seconds", "When the agent started, in seconds since 1970."),
		phase:   desc("phase", "1 for the phase that the agent is in, 0 for the others.", "phase"),
		live:    desc("live", "Whether /livez answers 200."),
		ready:   desc("ready", "Whether /readyz answers 200."),
		check:   desc("check_ok", "Whether the last answer of a readiness check was good and recent.", "check"),
		child:   desc("child_up", "Whether a process that the agent started is running.", "child"),
		config: desc("config_info", "Always 1; sha256 is that of the configuration the child was started with.",
			"child", "sha256"),
		dropped: desc("log_lines_dropped_total",
			"Lines of the agent's own log that were dropped because nobody read it."),
	}
}

// Agent is what the page shows of the agent. The functions must return at once.
type Agent struct {
	Version string
	Started time.Time
	Phases  []string                 // every phase there is
	Phase   func() string            // the present one
	Live    func() probes.Report     // as /livez
	Ready   func() probes.Report     // as /readyz
	Up      func() map[string]bool   // by child: whether it runs
	Configs func() map[string]string // by child: hex SHA-256 of its rendered configuration
	Dropped func() uint64            // log lines
}

type agentCollector struct {
	agent Agent
	descs agentDescs
}

func newAgentCollector(a Agent) agentCollector {
	return agentCollector{agent: a, descs: newAgentDescs()}
}

// Describe implements prometheus.Collector.
func (c agentCollector) Describe(to chan<- *prometheus.Desc) {
	d := c.descs
	for _, desc := range []*prometheus.Desc{
		d.build, d.started, d.phase, d.live, d.ready, d.check, d.child, d.config, d.dropped,
	} {
		to <- desc
	}
}

// Collect implements prometheus.Collector.
func (c agentCollector) Collect(to chan<- prometheus.Metric) {
	gauge := func(desc *prometheus.Desc, value float64, labels ...string) {
		send(to, desc, prometheus.GaugeValue, value, labels...)
	}
	gauge(c.descs.build, 1, c.agent.Version, runtime.Version())
	gauge(c.descs.started, float64(c.agent.Started.UnixMilli())/1000)
	for phase, now := range c.phases() {
		gauge(c.descs.phase, truth(now), phase)
	}
	gauge(c.descs.live, truth(c.agent.Live().OK))
	ready := c.agent.Ready()
	gauge(c.descs.ready, truth(ready.OK))
	for _, line := range ready.Lines {
		gauge(c.descs.check, truth(line.Status == probes.OK), line.Name)
	}
	for child, up := range c.agent.Up() {
		gauge(c.descs.child, truth(up), child)
	}
	for child, sum := range c.agent.Configs() {
		gauge(c.descs.config, 1, child, sum)
	}
	send(to, c.descs.dropped, prometheus.CounterValue, float64(c.agent.Dropped()))
}

func (c agentCollector) phases() map[string]bool {
	phases := make(map[string]bool, len(c.agent.Phases))
	for _, p := range c.agent.Phases {
		phases[p] = false
	}
	phases[c.agent.Phase()] = true
	return phases
}

func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}
