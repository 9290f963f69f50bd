package exit

import (
	"strings"
	"testing"
)

func TestCause(t *testing.T) {
	for _, tt := range []struct{ name, text, want string }{
		{"a stack trace", "java.lang.RuntimeException: outer\n\tat a.B.c(B.java:1)\nCaused by: java.lang.X: middle\n" +
			"\tat a.B.c(B.java:1)\nCaused by: java.net.BindException: Address already in use\n\t... 12 more\n",
			"java.net.BindException: Address already in use"},
		{"without causes", "org.apache.rocketmq.acl.common.AclException: The accessKey=a is too short\n\tat a.B(C.java:1)\n",
			"org.apache.rocketmq.acl.common.AclException: The accessKey=a is too short"},
		{"of a thread", "Exception in thread \"main\" java.lang.NoClassDefFoundError: a/B\n",
			"java.lang.NoClassDefFoundError: a/B"},
		{"the last of two", "a.b.FirstException: one\n\tat x\na.b.LastException\n\tat y\n", "a.b.LastException"},
		{"an error of the log", "2026-01-01T00:00:00.000Z ERROR RocketmqBroker [main] cannot load the store\nbye\n",
			"cannot load the store"},
		{"of the JVM", "Unrecognized option: -Xfoo\nError: Could not create the Java Virtual Machine.\n",
			"Error: Could not create the Java Virtual Machine."},
		{"nothing", "The broker[a, 10.0.0.1:10911] boot success.\n", ""},
		{"", "", ""},
	} {
		if got := Cause(tt.text); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
	if got := Cause("Caused by: " + strings.Repeat("x", 10_000)); len(got) != longestCause {
		t.Errorf("%d bytes", len(got))
	}
}
