// Command fake stands in for java in the PID-1 suite, and makes the namespaces that the agent runs in.
package main

import (
	"fmt"
	"os"
	"os/exec"
	"syscall"

	"rocketmq-agent/agent/testing/processtest"
)

func main() {
	if code, isChild := processtest.RunChild(os.Args[1:]); isChild {
		os.Exit(code)
	}
	if len(os.Args) > 2 && os.Args[1] == "init" {
		fmt.Fprintln(os.Stderr, become(os.Args[2:]))
		os.Exit(1)
	}
	os.Exit(processtest.RunJava(os.Args[1:]))
}

// become makes the new namespaces usable and turns this process into another program.
func become(argv []string) error {
	if err := processtest.EnterContainer(); err != nil {
		return err
	}
	path, err := exec.LookPath(argv[0])
	if err != nil {
		return err
	}
	return syscall.Exec(path, argv, os.Environ())
}
