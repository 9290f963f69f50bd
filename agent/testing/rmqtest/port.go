package rmqtest

import (
	"math/rand/v2"
	"net"
	"strconv"
	"testing"
)

// FreePort returns a port p for a broker: p, p-2 and p+1 are free. It looks
// below the range that outgoing connections take theirs from.
func FreePort(t testing.TB) int {
	t.Helper()
	for range 100 {
		port := 20000 + rand.IntN(12000)
		if free(port) && free(port-2) && free(port+1) {
			return port
		}
	}
	t.Fatal("cannot find free ports")
	return 0
}

func free(port int) bool {
	listener, err := net.Listen("tcp", ":"+strconv.Itoa(port))
	if err != nil {
		return false
	}
	return listener.Close() == nil
}
