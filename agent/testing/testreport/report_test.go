package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// stream is what go test -json prints: a row is an action, a package, a test and an output, separated by |. The output
// of a package's failure is that its build failed.
func stream(t *testing.T, rows string) string {
	t.Helper()
	var text strings.Builder
	for row := range strings.Lines(rows) {
		fields := strings.SplitN(strings.TrimSuffix(row, "\n"), "|", 4)
		if len(fields) < 4 {
			text.WriteString(row)
			continue
		}
		e := event{
			Action:  fields[0],
			Package: module + fields[1],
			Test:    fields[2],
			Elapsed: 1.23,
		}
		if e.Action == "fail" {
			e.FailedBuild = fields[3]
		} else if fields[3] != "" {
			e.Output = fields[3] + "\n"
		}
		line, err := json.Marshal(e)
		if err != nil {
			t.Fatal(err)
		}
		text.Write(append(line, '\n'))
	}
	return text.String()
}

func TestReport(t *testing.T) {
	tests := map[string]struct {
		rows    string
		verbose bool
		want    string
	}{
		"all is well": {rows: `== 1/1 a line of the script
start|a||
run|a|TestOne|
output|a|TestOne|=== RUN   TestOne
output|a|TestOne|    one_test.go:7: nobody sees this
output|a|TestOne|--- PASS: TestOne (0.00s)
pass|a|TestOne|
output|a||PASS
output|a||ok  	a	0.123s
pass|a||
`, want: `== 1/1 a line of the script
ok   a 1.2s
skipped: 0
1 passed, 0 failed, 0 skipped
`},
		"with -v": {verbose: true, rows: `run|a|TestOne|
run|a|TestOne/more|
pass|a|TestOne/more|
pass|a|TestOne|
pass|a||
`, want: `   a TestOne
   a TestOne/more
ok   a 1.2s
skipped: 0
1 passed, 0 failed, 0 skipped
`},
		"skips and their reasons": {rows: `run|a|TestOne|
run|a|TestOne/slash/ed|
output|a|TestOne/slash/ed|=== RUN   TestOne/slash/ed
output|a|TestOne/slash/ed|    one_test.go:7: something else
output|a|TestOne/slash/ed|    one_test.go:8: needs root,
output|a|TestOne/slash/ed|        and a kernel
output|a|TestOne/slash/ed|--- SKIP: TestOne/slash/ed (0.00s)
skip|a|TestOne/slash/ed|
run|a|TestOne/passes|
pass|a|TestOne/passes|
pass|a|TestOne|
run|a|TestTwo|
skip|a|TestTwo|
pass|a||
`, want: `ok   a 1.2s
skipped: 2
  a TestOne/slash/ed: needs root, and a kernel
  a TestTwo: no reason given
1 passed, 0 failed, 2 skipped
`},
		"a failure is shown at once, and no more than it": {rows: `run|a|TestOne|
output|a|TestOne|=== RUN   TestOne
run|a|TestOne/bad|
output|a|TestOne/bad|=== RUN   TestOne/bad
output|a|TestOne/bad|    one_test.go:7: the output of another program:
output|a|TestOne/bad|        --- FAIL: TestOne/bad (0.00s)
run|a|TestOne/good|
output|a|TestOne/good|=== RUN   TestOne/good
output|a|TestOne/good|    one_test.go:9: nobody sees this
output|a|TestOne/bad|--- FAIL: TestOne/bad (0.00s)
fail|a|TestOne/bad|
pass|a|TestOne/good|
output|a|TestOne|--- FAIL: TestOne (0.00s)
fail|a|TestOne|
run|b|TestOther|
pass|b|TestOther|
pass|b||
output|a||FAIL
output|a||exit status 1
output|a||FAIL	a	0.123s
fail|a||
`, want: `--- FAIL: a TestOne/bad (1.2s)
    one_test.go:7: the output of another program:
        --- FAIL: TestOne/bad (0.00s)
ok   b 1.2s
FAIL a 1.2s
skipped: 0
failed: 1
  a TestOne/bad
2 passed, 1 failed, 0 skipped
`},
		"it failed, and none of its subtests": {rows: `run|a|TestOne|
run|a|TestOne/good|
output|a|TestOne|    one_test.go:9: leaked
pass|a|TestOne/good|
fail|a|TestOne|
fail|a||
`, want: `--- FAIL: a TestOne (1.2s)
    one_test.go:9: leaked
FAIL a 1.2s
skipped: 0
failed: 1
  a TestOne
1 passed, 1 failed, 0 skipped
`},
		"the time was up": {rows: `run|a|TestOne|
pass|a|TestOne|
run|a|TestTwo|
run|a|TestTwo/waits|
output|a|TestTwo/waits|panic: test timed out after 40m0s
output|a||FAIL	a	2400.000s
fail|a||
`, want: `--- FAIL: a TestTwo (did not end)
--- FAIL: a TestTwo/waits (did not end)
panic: test timed out after 40m0s
FAIL a 1.2s
skipped: 0
failed: 1
  a TestTwo/waits
1 passed, 1 failed, 0 skipped
`},
		"go test was killed": {rows: `run|b|TestOne|
run|a|TestOne|
pass|a|TestOne|
`, want: `FAIL a (go test ended early)
--- FAIL: b TestOne (did not end)
FAIL b (go test ended early)
skipped: 0
failed: 2
  a: go test ended early
  b TestOne
1 passed, 2 failed, 0 skipped
`},
		"packages that fail without a test": {rows: `build-output|||one.go:1:1: undefined: x
build-fail|||
output|a||FAIL	a [build failed]
fail|a||a
output|b||no disk
output|b||exit status 7
output|b||FAIL	b	0.123s
fail|b||
`, want: `one.go:1:1: undefined: x
FAIL a 1.2s
no disk
exit status 7
FAIL b 1.2s
skipped: 0
failed: 2
  a: does not build
  b: exit status 7
0 passed, 2 failed, 0 skipped
`},
		"packages without tests": {rows: `output|a||?   	a	[no test files]
skip|a||
output|b||testing: warning: no tests to run
pass|b||
`, want: `ok   b 1.2s (no tests to run)
skipped: 0
0 passed, 0 failed, 0 skipped
`},
		"the same package twice": {rows: `run|a|TestOne|
pass|a|TestOne|
pass|a||
run|a|TestTwo|
fail|a|TestTwo|
fail|a||
`, want: `ok   a 1.2s
--- FAIL: a TestTwo (1.2s)
FAIL a 1.2s
skipped: 0
failed: 1
  a TestTwo
1 passed, 1 failed, 0 skipped
`},
		"nothing at all": {rows: "no Go files\n", want: `no Go files
skipped: 0
failed: 1
  go test: it tested nothing
0 passed, 1 failed, 0 skipped
`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var out strings.Builder
			r := newReport(&out, tt.verbose)
			if err := r.read(strings.NewReader(stream(t, tt.rows))); err != nil {
				t.Fatal(err)
			}
			r.finish()
			if out.String() != tt.want {
				t.Errorf("got\n%s\nwant\n%s", out.String(), tt.want)
			}
		})
	}
}

func TestSave(t *testing.T) {
	file := filepath.Join(t.TempDir(), "results")
	for _, pkg := range []string{"a", "b"} {
		r := newReport(&strings.Builder{}, false)
		rows := strings.ReplaceAll(`run|PKG|TestOne|
pass|PKG|TestOne|
run|PKG|TestTwo|
output|PKG|TestTwo|    one_test.go:8: needs root
skip|PKG|TestTwo|
pass|PKG||
`, "PKG", pkg)
		if err := r.read(strings.NewReader(stream(t, rows))); err != nil {
			t.Fatal(err)
		}
		if err := save(file, r); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	want := "pass\ta\tTestOne\t\nskip\ta\tTestTwo\tneeds root\npass\tb\tTestOne\t\nskip\tb\tTestTwo\tneeds root\n"
	if string(got) != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
