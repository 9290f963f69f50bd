// Package metrics serves /metrics from a registry of its own. A scrape renders what is already known; it never asks
// RocketMQ anything, so it answers at once however the broker is.
package metrics

import (
	"net/http"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"rocketmq-agent/agent/checks"
)

// Register adds the metrics route to mux: the agent's own metrics, those of its Go runtime and process, the last drain
// and, where there is one, the broker's figures under the names of rocketmq-exporter.
func Register(mux *http.ServeMux, agent Agent, drain *Drain, broker func() (checks.Snapshot, bool)) {
	registry := prometheus.NewRegistry()
	registry.MustRegister(
		newAgentCollector(agent),
		drain.count, drain.durations,
		collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		newBrokerCollector(broker),
	)

	// Called by Prometheus, which finds the port by its name in the pod. It needs no authentication: it changes
	// nothing, costs little, and shows counts and addresses, never a message, a topic or a secret.
	mux.Handle("GET /metrics", promhttp.HandlerFor(registry, promhttp.HandlerOpts{
		ErrorHandling: promhttp.ContinueOnError, // one bad collector must not blank the page
		// A scrape reads /proc, and each one that waits for the kernel holds a thread.
		MaxRequestsInFlight: 4,
	}))
}

// send sends one value. A label that is no UTF-8, say from a broker's configuration, spoils its own series only; the
// library's Must functions panic, which ends the whole collector.
func send(
	to chan<- prometheus.Metric, desc *prometheus.Desc, kind prometheus.ValueType, value float64, labels ...string,
) {
	m, err := prometheus.NewConstMetric(desc, kind, value, labels...)
	if err != nil {
		m = prometheus.NewInvalidMetric(desc, err)
	}
	to <- m
}
