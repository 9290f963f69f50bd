package main

import (
	"errors"
	"maps"
	"net"
	"regexp"
	"sync"
)

// answerCode is how rocketmq-client-go words a refusal. The rest of it is the
// broker's text, with numbers that differ from one refusal to the next.
var answerCode = regexp.MustCompile(`^CODE: \d+`)

// failures counts errors by what they have in common. It is safe for
// concurrent use.
type failures struct {
	mu     sync.Mutex
	counts map[string]int
	last   error
}

func newFailures() *failures {
	return &failures{counts: make(map[string]int)}
}

func (f *failures) add(err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.counts[reason(err)]++
	f.last = err
}

// summary returns the counts and the words of the last error.
func (f *failures) summary() (counts map[string]int, last string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.last != nil {
		last = f.last.Error()
	}
	return maps.Clone(f.counts), last
}

// reason is an error without its ports and numbers.
func reason(err error) string {
	var network *net.OpError
	if errors.As(err, &network) {
		return network.Op + ": " + network.Err.Error()
	}
	if code := answerCode.FindString(err.Error()); code != "" {
		return code
	}
	return err.Error()
}
