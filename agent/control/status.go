// Package control is how a person, or another container of the pod, tells a running agent what to do: HTTP over a unix
// socket that only the agent's user can open. Everything that changes state goes here; the port of the probes does not.
package control

import "time"

// Status is everything about a container in one answer. Its JSON is stable: fields are added, never renamed. Times are
// RFC 3339, lengths of time nanoseconds, sizes bytes; what does not apply is left out.
type Status struct {
	Version    string       `json:"version"` // of the agent
	Role       string       `json:"role"`    // of the container
	Release    string       `json:"release"` // of RocketMQ
	State      string       `json:"state"`
	Since      time.Time    `json:"since"` // of the state
	Why        string       `json:"why,omitempty"`
	Phase      string       `json:"phase,omitempty"` // what a start is about
	Started    time.Time    `json:"started"`         // the agent
	Broker     *Broker      `json:"broker,omitempty"`
	Ready      bool         `json:"ready"`
	Checks     []Check      `json:"checks"`
	Processes  []Process    `json:"processes"`
	MemoryPlan string       `json:"memoryPlan"`
	Drain      []Step       `json:"drain,omitempty"` // of the drain or stop under way, or of the last drain
	LastStop   *LastStop    `json:"lastStop,omitempty"`
	History    []Transition `json:"history,omitempty"` // the last ones, the newest at the end
}

// Broker is who the broker is.
type Broker struct {
	Cluster  string `json:"cluster"`
	Name     string `json:"name"`
	ID       int64  `json:"id"`
	Address  string `json:"address"` // that clients are told; empty: not known yet
	Topology string `json:"topology"`
	Ordinal  string `json:"ordinal,omitempty"` // with where it came from
}

// Check is one readiness check.
type Check struct {
	Name   string        `json:"name"`
	Status string        `json:"status"` // ok, failing, stale, pending
	Detail string        `json:"detail,omitempty"`
	Age    time.Duration `json:"age"` // of the answer
}

// Process is one RocketMQ process.
type Process struct {
	Role     string `json:"role"`
	PID      int    `json:"pid,omitempty"` // 0: it does not run
	Exit     string `json:"exit,omitempty"`
	Resident int64  `json:"resident,omitempty"` // memory in use
	Planned  int64  `json:"planned"`            // memory by the plan
	Config   string `json:"config"`             // SHA-256 of its rendered configuration, hex
}

// Step is one phase of a drain or a stop.
type Step struct {
	Name    string        `json:"name"`
	Outcome string        `json:"outcome"`
	Took    time.Duration `json:"took"`
}

// Transition is one change of the state.
type Transition struct {
	From string    `json:"from"`
	To   string    `json:"to"`
	Why  string    `json:"why"`
	At   time.Time `json:"at"`
}

// LastStop is how the container before this one on the same store ended.
type LastStop struct {
	At    time.Time     `json:"at"`
	Clean bool          `json:"clean"`
	Why   string        `json:"why"`
	Took  time.Duration `json:"took"`
	Steps []Step        `json:"steps,omitempty"`
}
