// Testreport reads what go test -json prints and says what people need of it: a line for each package, every failure in
// full and at once, and at the end what was skipped and why, what failed, and the totals as the very last line.
//
//	go test -json ./... | testreport
//
// With -v it also tells when each test begins. Lines that are no JSON pass through. It leaves with 1 when something has
// failed. TEST_RESULTS names a file that gets a line for each result: pass, fail or skip, package, test, reason.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
)

func main() {
	verbose := flag.Bool("v", false, "tell when each test begins")
	flag.Parse()
	signal.Ignore(os.Interrupt) // go test gets it too: what it still says is reported
	r := newReport(os.Stdout, *verbose)
	err := r.read(os.Stdin)
	r.finish()
	if file := os.Getenv("TEST_RESULTS"); file != "" && err == nil {
		err = save(file, r)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "testreport:", err)
		os.Exit(1)
	}
	if r.count(failed) > 0 {
		os.Exit(1)
	}
}

// save appends the results to a file.
func save(path string, r *report) error {
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	for _, res := range r.results {
		if _, err := io.WriteString(f, res.row()); err != nil {
			f.Close()
			return err
		}
	}
	return f.Close()
}
