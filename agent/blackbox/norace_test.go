//go:build !race

package blackbox

// raceFlags build the agent under test like the test itself. Not smoketest: its RocketMQ client has races of its own.
var raceFlags []string
