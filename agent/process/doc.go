// Package process starts children, reaps them, signals them, and knows when they are really gone.
//
// It is the part of the agent that may never fail while a broker runs, so it imports the standard library and
// golang.org/x/sys alone. One Supervisor owns every child of the agent: nothing else may fork, because a second
// owner would compete with the reaper for exit codes.
//
// A child is a tree, not a process: a start script that leaves its JVM behind, or a daemon that has its own session,
// still belongs to the child it came from. A tree is recognised by a mark in its environment, which survives fork,
// exec and setsid, and which a shell brought in by `kubectl exec` does not carry. A Process is gone when no member of
// its tree is alive.
package process
