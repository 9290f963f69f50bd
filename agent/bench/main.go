// Command bench measures the agent beside the alternatives, in one run, and prints medians and ratios.
// It judges nothing.
//
//	go run ./agent/bench [-n RUNS] [-brokers RUNS]
//
// It expects bin/rocketmq-agent and build/rocketmq (make build rocketmq archive),
// and takes tini and dumb-init from PATH.
package main

import (
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"syscall"
	"time"
)

func main() {
	if filepath.Base(os.Args[0]) == "java" {
		standIn()
	}
	runs := flag.Int("n", 21, "runs of each PID 1")
	brokers := flag.Int("brokers", 3, "starts of a real broker in each shape; 0: none")
	flag.Parse()
	if err := measure(*runs, *brokers); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func measure(runs, brokers int) error {
	dir, err := os.MkdirTemp("", "bench")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if err := measureOverhead(dir, runs); err != nil {
		return err
	}
	if err := measureChecks(dir, max(1, runs/3)); err != nil {
		return err
	}
	if brokers == 0 {
		return nil
	}
	return measureBrokers(dir, brokers)
}

// standIn takes the place of a JVM: it notes when it was executed, and leaves at SIGTERM as a JVM without hooks does.
func standIn() {
	now := time.Now().UnixNano()
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGTERM)
	path := os.Getenv("BENCH_STAMP")
	if err := os.WriteFile(path+".tmp", fmt.Append(nil, now), 0o600); err == nil {
		err = os.Rename(path+".tmp", path)
		if err != nil {
			os.Exit(1)
		}
	}
	<-signals
	os.Exit(128 + int(syscall.SIGTERM))
}

func median[T int64 | float64 | time.Duration](v []T) T {
	slices.Sort(v)
	return v[len(v)/2]
}

func ms(d time.Duration) string { return fmt.Sprintf("%.1f ms", float64(d.Microseconds())/1000) }
