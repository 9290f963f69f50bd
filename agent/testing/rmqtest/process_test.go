package rmqtest

import (
	"errors"
	"fmt"
	"syscall"
	"testing"
	"time"
)

func TestProcess(t *testing.T) {
	Home(t) // skips with -short
	var left *Process
	t.Run("start", func(t *testing.T) { left = StartNamesrv(t, Options{}) })
	if err := syscall.Kill(-left.PID, 0); !errors.Is(err, syscall.ESRCH) {
		t.Errorf("process group %d after its test: %v", left.PID, err)
	}

	p := StartNamesrv(t, Options{})
	if err := p.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if code := p.ExitCode(t, 30*time.Second); code != 143 {
		t.Errorf("exit code %d after SIGTERM, want 143", code)
	}
}

func TestEventually(t *testing.T) {
	tries := 0
	Eventually(t, time.Minute, func() error {
		if tries++; tries < 3 {
			return fmt.Errorf("try %d", tries)
		}
		return nil
	})
	if tries != 3 {
		t.Errorf("%d tries", tries)
	}
}
