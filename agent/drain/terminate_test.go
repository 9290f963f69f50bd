package drain_test

import (
	"reflect"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"rocketmq-agent/agent/drain"
)

// proc notes what it is asked, and when.
type proc struct {
	begin   time.Time
	gone    chan struct{}
	asked   []string
	onTerm  func()
	onKill  func()
	threads int // how many JVMs print theirs
}

func (p *proc) note(what string)      { p.asked = append(p.asked, what+" "+time.Since(p.begin).String()) }
func (p *proc) Gone() <-chan struct{} { return p.gone }
func (p *proc) Terminate()            { p.note("term"); p.onTerm() }
func (p *proc) Kill()                 { p.note("kill"); p.onKill() }
func (p *proc) ThreadDump() int       { p.note("dump"); return p.threads }

func TestTerminate(t *testing.T) {
	const grace = 30 * time.Second // the deadline is 29.5 s
	leaves := func(after time.Duration) func(*proc) {
		return func(p *proc) { p.onTerm = func() { time.AfterFunc(after, func() { close(p.gone) }) } }
	}
	for _, c := range []struct {
		name   string
		change func(*proc)
		begin  time.Duration // how long the stop has been going on
		killed bool
		asked  []string
		says   string
		took   time.Duration
	}{
		{"leaves", leaves(11 * time.Second), 0, false, []string{"term 0s"}, "gone", 11 * time.Second},
		{"is gone already", func(p *proc) { close(p.gone) }, 0, false, []string{"term 0s"}, "gone", 0},
		{"is gone already and so is the budget", func(p *proc) { close(p.gone) }, time.Hour, false,
			[]string{"term 0s"}, "gone", 0},
		{"leaves at the last moment", leaves(29 * time.Second), 0, false,
			[]string{"term 0s", "dump 28.5s"}, "at the last moment", 29 * time.Second},
		{"does not leave", func(*proc) {}, 0, true,
			[]string{"term 0s", "dump 28.5s", "kill 29.5s"}, "thread dump asked of 1", 29500 * time.Millisecond},
		{"does not leave, after a long drain", func(*proc) {}, 20 * time.Second, true,
			[]string{"term 0s", "dump 8.5s", "kill 9.5s"}, "thread dump asked of 1", 9500 * time.Millisecond},
		{"the budget is gone", func(*proc) {}, time.Hour, true,
			[]string{"term 0s", "dump 0s", "kill 0s"}, "thread dump asked of 1", 0},
		{"waits in the kernel", func(p *proc) { p.onKill = func() {} }, 0, true,
			[]string{"term 0s", "dump 28.5s", "kill 29.5s"}, "still there", 30500 * time.Millisecond},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := &proc{
					begin:   time.Now(),
					gone:    make(chan struct{}),
					onTerm:  func() {},
					threads: 1,
				}
				p.onKill = func() { close(p.gone) }
				c.change(p)
				var steps []drain.Step
				begin := time.Now().Add(-c.begin)
				s := drain.Stop{
					Begin:    begin,
					Deadline: drain.Deadline(begin, grace),
					Report:   func(s drain.Step) { steps = append(steps, s) },
				}
				killed := s.Terminate("broker", p)
				if killed != c.killed || !reflect.DeepEqual(p.asked, c.asked) {
					t.Errorf("killed %v, asked %q; want %v, %q", killed, p.asked, c.killed, c.asked)
				}
				result := map[bool]string{false: "gone", true: "killed"}[c.killed]
				if len(steps) != 1 ||
					string(steps[0].Outcome.Result) != result || steps[0].Name != "stop broker" ||
					!strings.Contains(steps[0].Outcome.String(), c.says) ||
					steps[0].Start != c.begin || steps[0].Took != c.took {
					t.Errorf("steps %+v, want one %q that took %v", steps, c.says, c.took)
				}
			})
		})
	}
}

func TestDeadline(t *testing.T) {
	begin := time.Now()
	for grace, want := range map[time.Duration]time.Duration{
		30 * time.Second:       29500 * time.Millisecond,
		5 * time.Second:        4500 * time.Millisecond,
		time.Second:            900 * time.Millisecond,
		100 * time.Millisecond: 90 * time.Millisecond,
		0:                      0,
	} {
		if got := drain.Deadline(begin, grace).Sub(begin); got != want {
			t.Errorf("grace %v: %v, want %v", grace, got, want)
		}
	}
}

// Scenario 25: a step of the wall clock must not move the deadline, so it keeps Go's monotonic reading.
func TestDeadlineIsMonotonic(t *testing.T) {
	if d := drain.Deadline(time.Now(), time.Minute); !strings.Contains(d.String(), " m=") {
		t.Errorf("%v has no monotonic reading", d)
	}
}
