package app

import (
	"time"

	"rocketmq-agent/agent/lifecycle"
	"rocketmq-agent/agent/probes"
	"rocketmq-agent/agent/rmq"
)

// longSilence is how long a process in service may go without an answer before its threads are asked for, once: what it
// hung in is gone when somebody has restarted it.
const longSilence = time.Minute

// hush is how long a process has not answered.
type hush struct {
	since time.Time // zero: it answers
	told  bool
}

// due says whether it is time to ask for the threads.
func (s *hush) due(now time.Time, answers bool) bool {
	switch {
	case answers:
		*s = hush{}
	case s.since.IsZero():
		s.since = now
	case !s.told && now.Sub(s.since) >= longSilence:
		s.told = true
		return true
	}
	return false
}

// listenForSilence asks a process that has stopped answering in service for its threads. It runs on the machine's loop,
// and kills nobody: that would end a pause that is only long.
func (a *app) listenForSilence(now time.Time) {
	inService := a.machine.State() == lifecycle.Running
	answers := map[string]bool{}
	for _, line := range a.checker.Report().Lines {
		answers[line.Name] = line.Status == probes.OK
	}
	for i, planned := range a.plan.Processes {
		first := a.roles[i].Checks()[0].Name
		if a.hushes[i].due(now, !inService || answers[first]) {
			a.Log.Warn("no answer for a minute: its threads follow", "process", string(planned.Role))
			a.dumpThreads(planned.Role)
		}
	}
}

func (a *app) dumpThreads(role rmq.Role) {
	if p := a.machine.Processes()[role]; p != nil {
		p.ThreadDump()
	}
}
