// Package exit is about the status that the agent ends with: which code an error deserves, and what the codes of
// RocketMQ mean.
package exit

import (
	"errors"
	"io/fs"
	"syscall"
)

// The codes that the agent itself gives; see sysexits.h for Usage, Storage and Config. It is never 2, with which Go
// programs end that panic.
const (
	OK            = 0
	Failure       = 1
	Usage         = 64  // a bad command line
	Storage       = 77  // storage that cannot be used
	Config        = 78  // configuration that is refused
	NotExecutable = 126 // as a shell says it
	NotFound      = 127 // likewise
	Killed        = 137 // SIGKILL at the end of the grace period
	Terminated    = 143 // what a JVM leaves with that stops in order after SIGTERM
)

// coded is an error with the exit code that it deserves.
type coded struct {
	code int
	err  error
}

func (c coded) Error() string { return c.err.Error() }
func (c coded) Unwrap() error { return c.err }

// With gives err the exit code code; nil stays nil.
func With(code int, err error) error {
	if err == nil {
		return nil
	}
	return coded{code, err}
}

// Code is the exit code that an error deserves: the first one that With gave, else Failure. That of nil is OK.
func Code(err error) int {
	if err == nil {
		return OK
	}
	if c, ok := errors.AsType[coded](err); ok {
		return c.code
	}
	return Failure
}

// Problems lists the errors that were joined into err.
func Problems(err error) []error {
	if err == nil {
		return nil
	}
	if c, ok := err.(coded); ok {
		return Problems(c.err)
	}
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		return []error{err}
	}
	var all []error
	for _, e := range joined.Unwrap() {
		all = append(all, Problems(e)...)
	}
	return all
}

// OfExec is what a shell would exit with when the program cannot be executed.
func OfExec(err error) int {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return NotFound
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.ENOEXEC):
		return NotExecutable
	}
	return Failure
}
