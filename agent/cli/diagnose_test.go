package cli

import (
	"strings"
	"testing"

	"rocketmq-agent/agent/exit"
)

// A bad command line is refused before anybody looks for a JVM.
func TestDiagnoseMisused(t *testing.T) {
	for line, want := range map[string]string{
		"":                                  `unknown diagnosis "": allowed are threads, heap, flight-recording`,
		"stack":                             `unknown diagnosis "stack"`,
		"threads heap":                      `unknown diagnosis "threads heap"`,
		"threads --to /x":                   "--to belongs to heap and flight-recording",
		"heap":                              "option --to needs a folder: heap writes a file",
		"heap --to":                         "option --to needs a folder",
		"heap --to /x --for 60s":            "--for belongs to flight-recording",
		"flight-recording":                  "option --to needs a folder",
		"flight-recording --to /x --for":    "option --for needs a duration",
		"flight-recording --to /x --for 60": "--for 60: allowed: 1s to 24h",
		"flight-recording --to /x --for 1h --for 0s": "--for 0s: allowed: 1s to 24h",
		"threads --role standalone":                  "--role standalone: allowed: namesrv, broker, proxy, controller",
		"threads --role master":                      "--role master: allowed: namesrv, broker, proxy, controller",
		"threads --all":                              "unknown option --all",
	} {
		code, out, errOut := ran(append([]string{"diagnose"}, strings.Fields(line)...)...)
		if code != exit.Usage || out != "" || !strings.HasPrefix(errOut, "rocketmq-agent diagnose: ") ||
			!strings.Contains(errOut, want) {
			t.Errorf("%q: exit code %d\n%s%s", line, code, out, errOut)
		}
	}
}
