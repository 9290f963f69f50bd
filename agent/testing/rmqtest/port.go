package rmqtest

import "testing"

// FreePort returns a port p for a broker: p, p-2 and p+1 are free.
func FreePort(t testing.TB) int {
	t.Helper()
	return freePort(t)
}
