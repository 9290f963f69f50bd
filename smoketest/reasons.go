package main

import (
	"fmt"
	"strings"

	"rocketmq-agent/smoketest/ledger"
)

// shownReasons is how many findings of a kind are worded in full.
const shownReasons = 3

// reasons words all that is wrong with the messages.
func (p *proof) reasons(v ledger.Verdict) []string {
	var reasons []string
	for _, kind := range ledger.Kinds() {
		if found := v.Findings[kind]; len(found) > 0 {
			reasons = append(reasons, describe(kind, found))
		}
	}
	if p.opts.ownTopic && v.Foreign > 0 {
		reasons = append(reasons, fmt.Sprintf("%d foreign messages in a topic that nobody else knows", v.Foreign))
	}
	if p.sender != nil && p.sender.gaveUp {
		_, last := p.sender.failures.summary()
		reasons = append(reasons,
			fmt.Sprintf("gave up sending: nothing was acknowledged for %v, last: %s", p.opts.timeout, last))
	}
	return reasons
}

// describe says how many messages share a fault, and which.
func describe(kind ledger.Kind, found []ledger.Finding) string {
	var examples []string
	for _, finding := range found[:min(len(found), shownReasons)] {
		examples = append(examples, fmt.Sprintf("message %d %s", finding.Seq, finding.What))
	}
	if len(found) > shownReasons {
		examples = append(examples, "...")
	}
	return fmt.Sprintf("%d %s: %s", len(found), kind, strings.Join(examples, "; "))
}
