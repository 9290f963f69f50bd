package probes

import "time"

// beatLimit is how long the agent's loop may miss its beat. The loop beats every second or so; a node that is merely
// overloaded must not get its brokers killed.
const beatLimit = 30 * time.Second

// Live answers "must it be restarted?": only the agent's own loop and the existence of its processes count. It never
// asks network or broker: a restart does not repair either, and makes a broker in trouble start over.
type Live struct {
	Beat      func() time.Time // when the agent's loop last came round
	Processes func() Result    // whether the processes that should run do; must not block
}

// Report is the answer to "is it alive?".
func (l Live) Report() Report {
	beat := Pass("")
	if age := time.Since(l.Beat()); age > beatLimit {
		beat = Fail("the agent's loop has stood still for %v", age.Round(time.Second))
	}
	return newReport("not alive", resultLine("agent", beat), resultLine("processes", l.Processes()))
}

func resultLine(name string, r Result) Line {
	return Line{Name: name, Status: r.status(), Detail: r.Detail}
}
