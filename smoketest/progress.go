package main

import (
	"fmt"
	"io"
	"os"
	"time"

	"rocketmq-agent/smoketest/ledger"
)

// progressPeriod is how often the line is rewritten.
const progressPeriod = 200 * time.Millisecond

// progress rewrites one line on a terminal until it is stopped.
type progress struct {
	quit chan struct{}
	done chan struct{}
}

// startProgress shows the progress of a run on a terminal, and nothing
// anywhere else.
func startProgress(out *os.File, opts options, books *ledger.Ledger) *progress {
	p := &progress{quit: make(chan struct{}), done: make(chan struct{})}
	if !isTerminal(out) {
		close(p.done)
		return p
	}
	go p.show(out, opts, books)
	return p
}

// isTerminal takes any character device for one.
func isTerminal(file *os.File) bool {
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

func (p *progress) show(out io.Writer, opts options, books *ledger.Ledger) {
	defer close(p.done)
	started := time.Now()
	ticker := time.NewTicker(progressPeriod)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			fmt.Fprintf(out, "\r\x1b[K%s", progressLine(opts, books.Counts(), time.Since(started)))
		case <-p.quit:
			fmt.Fprint(out, "\r\x1b[K")
			return
		}
	}
}

func progressLine(opts options, counts ledger.Counts, elapsed time.Duration) string {
	goal := fmt.Sprintf("%d messages", opts.count)
	if opts.duration > 0 {
		goal = opts.duration.String()
	}
	return fmt.Sprintf("%4.0fs of %s: %d acknowledged, %d received, %d sends failed",
		elapsed.Seconds(), goal, counts.Acknowledged, counts.Received, counts.FailedAttempts)
}

// stop clears the line and returns when nothing more is written.
func (p *progress) stop() {
	close(p.quit)
	<-p.done
}
