package process

import (
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// SignalName is the name of a signal as people write it: SIGTERM.
func SignalName(s os.Signal) string {
	if n, ok := s.(syscall.Signal); ok {
		if name := unix.SignalName(n); name != "" {
			return name
		}
	}
	return s.String()
}
