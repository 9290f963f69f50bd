package exit

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"syscall"
	"testing"
)

func TestCode(t *testing.T) {
	plain := errors.New("plain")
	for _, tt := range []struct {
		name string
		err  error
		want int
	}{
		{"nothing", nil, OK},
		{"nothing with a code", With(Config, nil), OK},
		{"no code", plain, Failure},
		{"a code", With(Storage, plain), Storage},
		{"wrapped", fmt.Errorf("x: %w", With(Storage, plain)), Storage},
		{"the first of several", errors.Join(With(Usage, plain), With(Config, plain)), Usage},
		{"the first that has one", errors.Join(plain, With(Config, plain)), Config},
		{"the outer one", With(Config, With(NotFound, plain)), Config},
	} {
		if got := Code(tt.err); got != tt.want {
			t.Errorf("%s: %d, want %d", tt.name, got, tt.want)
		}
	}
}

func TestProblems(t *testing.T) {
	a, b, c := errors.New("a"), errors.New("b"), errors.New("c")
	for name, tt := range map[string]struct {
		err  error
		want []error
	}{
		"none":   {nil, nil},
		"one":    {With(Config, a), []error{a}},
		"nested": {errors.Join(With(Usage, errors.Join(a, b)), With(Config, c)), []error{a, b, c}},
	} {
		if got := Problems(tt.err); !slices.Equal(got, tt.want) {
			t.Errorf("%s: %v, want %v", name, got, tt.want)
		}
	}
	wrapped := fmt.Errorf("x: %w", a)
	if got := Problems(wrapped); len(got) != 1 || got[0].Error() != "x: a" {
		t.Errorf("a wrapped one lost its words: %v", got)
	}
}

func TestOfExec(t *testing.T) {
	for err, want := range map[error]int{
		&fs.PathError{Op: "exec", Path: "/java", Err: syscall.ENOENT}:  NotFound,
		&fs.PathError{Op: "exec", Path: "/java", Err: syscall.EACCES}:  NotExecutable,
		&fs.PathError{Op: "exec", Path: "/java", Err: syscall.ENOEXEC}: NotExecutable,
		errors.New("no memory"): Failure,
	} {
		if got := OfExec(err); got != want {
			t.Errorf("%v: %d, want %d", err, got, want)
		}
	}
}

// Every code that RocketMQ itself leaves with means something to the operator.
func TestMeaning(t *testing.T) {
	for _, code := range []int{0, 1, 3, 252, 253, 254, 255, Killed} {
		if Meaning(code) == "" {
			t.Errorf("%d means nothing", code)
		}
	}
	if text := Meaning(42); text != "" {
		t.Errorf("42 means %q", text)
	}
}
