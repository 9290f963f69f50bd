package metrics

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Drain keeps what the page shows of drains. It is safe for concurrent use.
type Drain struct {
	count     prometheus.Counter
	durations *prometheus.GaugeVec
}

// NewDrain returns a Drain that has seen none.
func NewDrain() *Drain {
	return &Drain{
		count: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "rocketmq_agent_drains_total",
			Help: "Drains begun since the agent started.",
		}),
		durations: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "rocketmq_agent_drain_phase_duration_seconds",
			Help: "How long each finished phase of the last drain took, and how it ended.",
		}, []string{"phase", "result"}),
	}
}

// Begin notes that a drain begins, and forgets the phases of the one before.
func (d *Drain) Begin() {
	d.count.Inc()
	d.durations.Reset()
}

// Phase notes that a phase of the drain has ended.
func (d *Drain) Phase(name, result string, took time.Duration) {
	d.durations.WithLabelValues(name, result).Set(took.Seconds())
}
