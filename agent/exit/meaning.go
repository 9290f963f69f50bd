package exit

// Meaning spells out an exit code of a JVM or of RocketMQ (BrokerStartup.java, NamesrvStartup.java,
// ControllerStartup.java); empty where nothing is known about it.
func Meaning(code int) string {
	switch code {
	case OK:
		return "it ended without an error, which nobody asked for"
	case Failure:
		return "RocketMQ did not understand its command line, or the JVM could not start with its flags"
	case 3:
		return "the JVM ran out of memory (-XX:+ExitOnOutOfMemoryError): raise the memory limit or the heap"
	case 252:
		return "enableControllerMode and enableDLegerCommitLog are both true: keep one"
	case 253:
		return "RocketMQ refused its configuration, or could not load its store"
	case 254:
		return "ROCKETMQ_HOME is not set"
	case 255:
		return "RocketMQ could not start"
	case Killed:
		return "killed from outside the agent (SIGKILL)"
	}
	return ""
}
