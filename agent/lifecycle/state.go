package lifecycle

import "time"

// State is where the container is in its life.
//
//	    +---------------- answered ----------------+
//	    v                                          |
//	Starting --ready--> Running --drain--> Draining --quiet--> Drained
//	    ^                  ^                  |                   |
//	    |                  +----- undrain ----+---- undrain ------+
//	    |                  |                  |                   |
//	    +--gone-- Restarting <----------- restart ----------------+
//
// A signal, a process that leaves by itself and one that cannot be started lead from every state to Stopping, and from
// there to Stopped once no process is left.
type State string

// The states.
const (
	Starting   State = "starting"   // until the container is first ready, after a restart too
	Running    State = "running"    // has been ready; whether it is now, the checks say
	Draining   State = "draining"   // write permission off, waiting for producers to leave
	Drained    State = "drained"    // out of service, but not stopped
	Restarting State = "restarting" // one process is being stopped, to be started again
	Stopping   State = "stopping"
	Stopped    State = "stopped"
)

// States lists all of them, in order.
var States = []State{Starting, Running, Draining, Drained, Restarting, Stopping, Stopped}

// Transition is one step from a state to another.
type Transition struct {
	From, To State
	Why      string
	At       time.Time
}
