package cli

import (
	"fmt"
	"strings"

	"rocketmq-agent/agent/exit"
	"rocketmq-agent/agent/settings"
)

// printHelp prints the text of one command, or of all.
func printHelp(args []string, e Env) int {
	for _, c := range commands() {
		if len(args) == 1 && args[0] == c.name {
			fmt.Fprint(e.Out, c.text())
			return exit.OK
		}
	}
	fmt.Fprint(e.Out, help(e.Version))
	return exit.OK
}

func help(version string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "rocketmq-agent %s: PID 1 of a RocketMQ container\n\n", version)
	for _, c := range commands() {
		fmt.Fprintf(&b, "  rocketmq-agent %s\n", c.usage)
		for line := range strings.Lines(c.help) {
			fmt.Fprintf(&b, "      %s", line)
		}
		b.WriteString("\n")
	}
	return b.String() + `  rocketmq-agent help [COMMAND]
      this text, or that of one command, as COMMAND -h

Environment:
  ` + strings.Join(settings.Describe(), "\n  ") + `

Also honoured: NAMESRV_ADDR, NODE_ROLE, ROCKETMQ_HOME, JAVA_HOME, JAVA_OPT, JAVA_OPT_EXT, HEAP_OPTS, CLASSPATH, TMPDIR,
POD_NAME, POD_IP, HOST_IP, and the pod's labels in /etc/podinfo/labels (downwardAPI).

Exit codes: 0 clean stop; 64 bad command line; 77 storage that cannot be used; 78 configuration that is refused;
126, 127 java not executable, not found; 137 killed at the end of the grace period; otherwise RocketMQ's own.
`
}
