package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
)

// module is left out of the names of packages.
const module = "rocketmq-agent/"

// event is a line of go test -json; go doc cmd/test2json says what its fields mean.
type event struct {
	Action      string
	Package     string
	Test        string
	Elapsed     float64
	Output      string
	FailedBuild string
}

type outcome string

const (
	passed  outcome = "pass"
	failed  outcome = "fail"
	skipped outcome = "skip"
)

// result is what came of one test, or of a package that failed without one.
type result struct {
	outcome outcome
	pkg     string
	test    string // empty: the package
	reason  string // of a skip, and of a package that failed without a test
}

func (r result) name() string { return strings.TrimSpace(r.pkg + " " + r.test) }

// row is the result as a line of fields, separated by tabs.
func (r result) row() string {
	return strings.Join([]string{string(r.outcome), r.pkg, r.test, r.reason}, "\t") + "\n"
}

// run is one test of a package under way.
type run struct {
	name     string
	parent   *run
	subtests bool // it has some
	broken   bool // one of them has failed
	outcome  outcome
	output   []string // without the lines that only tell how it goes on
}

// suite is one package under way.
type suite struct {
	runs   []*run // in the order of their beginnings
	named  map[string]*run
	output []string
}

// find returns a test, which may begin just now.
func (s *suite) find(name string) *run {
	t := s.named[name]
	if t == nil {
		t = &run{name: name, parent: s.parent(name)}
		if t.parent != nil {
			t.parent.subtests = true
		}
		s.runs = append(s.runs, t)
		s.named[name] = t
	}
	return t
}

// parent is the test that a subtest belongs to; the subtest's own name may hold slashes too.
func (s *suite) parent(name string) *run {
	for i := strings.LastIndex(name, "/"); i > 0; i = strings.LastIndex(name[:i], "/") {
		if t := s.named[name[:i]]; t != nil {
			return t
		}
	}
	return nil
}

// report follows any number of go test -json, one after the other.
type report struct {
	out     io.Writer
	verbose bool
	suites  map[string]*suite // the packages under way
	results []result
	seen    bool // a package, at least
}

func newReport(out io.Writer, verbose bool) *report {
	return &report{out: out, verbose: verbose, suites: map[string]*suite{}}
}

func (r *report) count(o outcome) int {
	n := 0
	for _, res := range r.results {
		if res.outcome == o {
			n++
		}
	}
	return n
}

// read follows the events to their end.
func (r *report) read(in io.Reader) error {
	lines := bufio.NewReader(in)
	for {
		line, err := lines.ReadString('\n')
		var e event
		switch {
		case line == "":
		case json.Unmarshal([]byte(line), &e) == nil && e.Action != "":
			r.event(e)
		default:
			io.WriteString(r.out, line)
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

func (r *report) event(e event) {
	switch e.Action {
	case "build-output":
		io.WriteString(r.out, e.Output)
		return
	case "build-fail": // the package says it too
		return
	}
	r.seen = true
	pkg := strings.TrimPrefix(e.Package, module)
	s := r.suites[pkg]
	if s == nil {
		s = &suite{named: map[string]*run{}}
		r.suites[pkg] = s
	}
	if e.Test == "" {
		r.packageEvent(pkg, s, e)
		return
	}
	r.testEvent(pkg, s, e)
}

// progress is what testing itself prints to tell how a test goes on. What a test logs may look the same, but is
// indented.
var progress = regexp.MustCompile(`^(=== (RUN|PAUSE|CONT|NAME) |--- (PASS|FAIL|SKIP): )`)

func (r *report) testEvent(pkg string, s *suite, e event) {
	t := s.find(e.Test)
	switch e.Action {
	case "run":
		if r.verbose {
			fmt.Fprintf(r.out, "   %s %s\n", pkg, e.Test)
		}
	case "output":
		if !progress.MatchString(e.Output) {
			t.output = append(t.output, e.Output)
		}
	case "pass", "fail", "skip":
		t.outcome = outcome(e.Action)
		if t.outcome == failed {
			r.showFailure(pkg, t, fmt.Sprintf("%.1fs", e.Elapsed))
		}
	}
}

// showFailure shows all that a test has said; one that says nothing, and only failed with its subtest, is left out.
func (r *report) showFailure(pkg string, t *run, how string) {
	if !t.broken || len(t.output) > 0 {
		fmt.Fprintf(r.out, "--- FAIL: %s %s (%s)\n%s", pkg, t.name, how, strings.Join(t.output, ""))
	}
	for p := t.parent; p != nil; p = p.parent {
		p.broken = true
	}
}

// boilerplate are the lines of a package that its own line replaces.
var boilerplate = regexp.MustCompile(`^(PASS$|FAIL\b|ok\s|\?\s|exit status 1$)`)

func (r *report) packageEvent(pkg string, s *suite, e event) {
	switch e.Action {
	case "output":
		s.output = append(s.output, e.Output)
	case "pass":
		none := ""
		if len(s.runs) == 0 {
			none = " (no tests to run)"
		}
		fmt.Fprintf(r.out, "ok   %s %.1fs%s\n", pkg, e.Elapsed, none)
		r.end(pkg, s)
	case "skip": // it has no test files
		delete(r.suites, pkg)
	case "fail":
		why := ""
		if e.FailedBuild != "" {
			why = "does not build"
		}
		r.fail(pkg, s, why, fmt.Sprintf("%.1fs", e.Elapsed))
	}
}

// fail ends a package that failed. Where no test did, it is the failed one itself; why is empty where only its output
// can tell.
func (r *report) fail(pkg string, s *suite, why, took string) {
	blamed := false
	for _, t := range s.runs {
		if t.outcome == "" {
			t.outcome = failed
			r.showFailure(pkg, t, "did not end")
		}
		blamed = blamed || t.outcome == failed
	}
	for _, line := range s.output {
		if text := strings.TrimSpace(line); text != "" && !boilerplate.MatchString(text) {
			io.WriteString(r.out, line)
		}
		if text := strings.TrimSpace(line); why == "" && strings.HasPrefix(text, "exit status ") {
			why = text
		}
	}
	if !blamed {
		r.results = append(r.results, result{outcome: failed, pkg: pkg, reason: why})
	}
	fmt.Fprintf(r.out, "FAIL %s %s\n", pkg, took)
	r.end(pkg, s)
}

// end takes down what came of the tests of a package. A test with subtests counts as they do, unless it failed and none
// of them did.
func (r *report) end(pkg string, s *suite) {
	delete(r.suites, pkg)
	for _, t := range s.runs {
		if t.subtests && (t.outcome == passed || t.outcome == failed && t.broken) {
			continue
		}
		res := result{outcome: t.outcome, pkg: pkg, test: t.name}
		if t.outcome == skipped {
			res.reason = reason(t.output)
		}
		r.results = append(r.results, res)
	}
}

// logged is the place that testing puts before what a test logs.
var logged = regexp.MustCompile(`^\s+\S+\.go:\d+: `)

// reason is the last thing that a skipped test has logged, in one line.
func reason(output []string) string {
	text := ""
	for _, line := range output {
		if place := logged.FindString(line); place != "" {
			text = line[len(place):]
		} else {
			text += line
		}
	}
	if text = strings.Join(strings.Fields(text), " "); text == "" {
		return "no reason given"
	}
	return text
}

// finish says what there is to say when all tests are through.
func (r *report) finish() {
	var left []string
	for pkg := range r.suites {
		left = append(left, pkg)
	}
	slices.Sort(left)
	for _, pkg := range left {
		r.fail(pkg, r.suites[pkg], "go test ended early", "(go test ended early)")
	}
	if !r.seen {
		r.results = append(r.results, result{outcome: failed, pkg: "go test", reason: "it tested nothing"})
	}
	r.list(skipped, "skipped")
	r.list(failed, "failed")
	fmt.Fprintf(r.out, "%d passed, %d failed, %d skipped\n", r.count(passed), r.count(failed), r.count(skipped))
}

// list names all tests of an outcome.
func (r *report) list(o outcome, title string) {
	n := r.count(o)
	if n == 0 && o == failed {
		return
	}
	fmt.Fprintf(r.out, "%s: %d\n", title, n)
	for _, res := range r.results {
		if res.outcome != o {
			continue
		}
		line := "  " + res.name()
		if res.reason != "" {
			line += ": " + res.reason
		}
		fmt.Fprintln(r.out, line)
	}
}
