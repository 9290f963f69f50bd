// Package explain shows what a process is configured with, and why: each value with its source, what it displaced, its
// default and what it takes to change it. Secrets are never shown.
package explain

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"rocketmq-agent/agent/config"
	"rocketmq-agent/agent/keys"
	"rocketmq-agent/agent/launch"
	"rocketmq-agent/agent/plan"
)

// Process is everything about one process.
type Process struct {
	Role     string    `json:"role"`
	Release  string    `json:"release"`  // of RocketMQ
	Identity []Pair    `json:"identity"` // what was derived, and from what
	Settings []Setting `json:"settings"` // of its configuration file
	JVM      []Flag    `json:"jvm"`      // its command line
	Memory   string    `json:"memory"`   // the plan for the container, as arithmetic
}

// Pair is a name and a value.
type Pair struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Setting is one key.
type Setting struct {
	Key       string      `json:"key"`
	Value     string      `json:"value"`
	Source    string      `json:"source"`
	Displaced []Displaced `json:"displaced,omitempty"` // the strongest first
	Default   string      `json:"default"`             // of RocketMQ
	Change    keys.Effect `json:"change,omitempty"`    // how a new value takes effect
	Help      string      `json:"help,omitempty"`
}

// Displaced is what a weaker source said.
type Displaced struct {
	Value  string `json:"value"`
	Source string `json:"source"`
}

// Flag is one word of the command line.
type Flag struct {
	Text   string `json:"text"`
	Source string `json:"source"`
}

// Settings explains the files of a process, one after the other.
func Settings(files []plan.File) []Setting {
	var all []Setting
	for _, f := range files {
		all = append(all, ofFile(f.Values)...)
	}
	return all
}

func ofFile(c config.Effective) []Setting {
	var all []Setting
	for _, v := range c.Values() {
		k, _ := c.Keys.Find(v.Key)
		s := Setting{
			Key:     v.Key,
			Value:   v.Shown(),
			Source:  v.Source.String(),
			Default: k.Default,
			Change:  k.Effect,
			Help:    k.Help,
		}
		for i := len(v.Displaced) - 1; i >= 0; i-- {
			s.Displaced = append(s.Displaced, Displaced{v.Displaced[i].Shown(), v.Displaced[i].Source.String()})
		}
		all = append(all, s)
	}
	return all
}

// Flags explains a command line.
func Flags(flags []launch.Flag) []Flag {
	var all []Flag
	for _, f := range flags {
		all = append(all, Flag{keys.RedactOption(f.Text), f.Source})
	}
	return all
}

// Write prints p for a person.
func (p Process) Write(out io.Writer) error {
	w := tabwriter.NewWriter(out, 0, 8, 2, ' ', 0)
	fmt.Fprintf(w, "# %s, RocketMQ %s\n", p.Role, p.Release)
	for _, i := range p.Identity {
		fmt.Fprintf(w, "%s\t%s\n", i.Name, i.Value)
	}
	if len(p.Settings) > 0 {
		fmt.Fprintf(w, "\nKEY\tVALUE\tSOURCE\tDEFAULT\tCHANGE\n")
	}
	for _, s := range p.Settings {
		source := s.Source
		for _, d := range s.Displaced {
			source += fmt.Sprintf(", instead of %s (%s)", quoted(d.Value), d.Source)
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", s.Key, quoted(s.Value), source, quoted(s.Default), s.Change)
	}
	fmt.Fprintf(w, "\nJVM\tSOURCE\n")
	for _, f := range p.JVM {
		fmt.Fprintf(w, "%s\t%s\n", quoted(shortened(f.Text)), f.Source)
	}
	fmt.Fprintf(w, "\nmemory: %s\n\n", p.Memory)
	return w.Flush()
}

// quoted makes blanks and line ends visible, and keeps every value on its line.
func quoted(s string) string {
	q := fmt.Sprintf("%q", s)
	if q[1:len(q)-1] == s && s != "" && strings.TrimSpace(s) == s {
		return s
	}
	return q
}

// shortened keeps a class path of 150 jars on a line.
func shortened(s string) string {
	if entries := strings.Split(s, ":"); len(entries) > 8 && strings.HasSuffix(entries[0], ".jar") {
		return fmt.Sprintf("%s:… (%d entries)", entries[0], len(entries))
	}
	return s
}
