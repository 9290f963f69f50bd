package app

import (
	"io"
	"strings"
	"testing"
)

// The end of what a process says is kept, passed on, and quoted without its secrets.
func TestStderr(t *testing.T) {
	var to strings.Builder
	s := newStderr(&to)
	const said = "org.apache.rocketmq.acl.common.AclException: The accessKey=boss12 and secretKey=hunter2 cannot be null\n"
	if _, err := io.WriteString(s.file(), strings.Repeat("x\n", 100<<10)+said); err != nil {
		t.Fatal(err)
	}
	got := s.cause()
	if !strings.Contains(got, "AclException") || strings.Contains(got, "hunter2") {
		t.Errorf("the cause is %q", got)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.end) > lastWords {
		t.Errorf("%d bytes are kept", len(s.end))
	}
	if (*stderr)(nil).cause() != "" {
		t.Error("a process that nobody listens to has said something")
	}
}
