package memory

import (
	"errors"
	"fmt"
	"strings"
)

// Unit is one JVM to plan for.
type Unit struct {
	Kind    Kind
	Options []Option // the user's JVM options, in the JVM's order
	Direct  int64    // direct memory that the configuration asks for on top: the transient store pool
	Asks    string   // what asks for it, for a refusal
}

// JVM is the planned memory of one unit, in bytes.
type JVM struct {
	Kind                 Kind
	Heap, Direct         int64
	Metaspace, CodeCache int64 // what is expected to be used; the flags' bounds are wider
	Stacks, Native       int64
	initial              int64
	asked                int64  // the part of Direct that the configuration asks for
	asks                 string // what asks for it
	need                 need
	user                 chosen
}

// Plan divides a limit among JVMs, the agent and the page cache, which gets what is left.
type Plan struct {
	Limit     Limit
	JVMs      []JVM
	Agent     int64
	PageCache int64    // negative when the user's own heap does not fit
	Warnings  []string // what would have been refused if the user had not chosen the heap
}

// New divides limit among units. What cannot fit is refused, with the smallest limit that would do; it is only a
// warning where the user has chosen the heap or the direct memory.
func New(units []Unit, limit Limit) (Plan, error) {
	limit.Bytes -= limit.Bytes % mib // everything in whole MiB, so that the printed sum holds
	p := Plan{Limit: limit, Agent: agentBytes}
	for _, u := range units {
		n, ok := needs[u.Kind]
		if !ok {
			return Plan{}, fmt.Errorf("cannot plan the memory of a JVM of the unknown kind %q", string(u.Kind))
		}
		p.JVMs = append(p.JVMs, smallest(u, n, limit))
	}
	if missing := p.smallestLimit() - limit.Bytes; missing > 0 {
		p.settle()
		if !p.userChose() {
			return p, errors.New(p.refusal())
		}
		p.Warnings = append(p.Warnings, p.overdrawn())
		return p, nil
	}
	for i, u := range units {
		p.grow(&p.JVMs[i], u, len(units))
	}
	p.settle()
	return p, nil
}

// smallest is u with the least that it can live with, or with what the user chose.
func smallest(u Unit, n need, limit Limit) JVM {
	j := JVM{
		Kind:      u.Kind,
		Heap:      n.leastHeap,
		Direct:    n.leastDirect + roundUp(u.Direct),
		Metaspace: n.metaspace,
		CodeCache: n.codeCache,
		Stacks:    n.stacks,
		Native:    n.native,
		asked:     roundUp(u.Direct),
		asks:      u.Asks,
		need:      n,
		user:      choose(u.Options, limit.Bytes),
	}
	if j.user.heap > 0 {
		j.Heap = roundUp(j.user.heap)
	} else {
		j.Heap = max(j.Heap, roundUp(j.user.initial)) // a JVM with more initial than greatest heap does not start
	}
	if j.user.direct > 0 {
		j.Direct, j.asked = roundUp(j.user.direct), 0
	}
	return j
}

// grow gives j what it wants of the rest, heap before direct memory, and never more than half of the rest at a time: a
// broker's page cache is where its consumers read from.
func (p *Plan) grow(j *JVM, u Unit, units int) {
	n := j.need
	share, most := n.heapShare, n.mostHeap
	if units > 1 && (u.Kind == Namesrv || u.Kind == Controller) {
		share *= 4 // the broker beside it has the better use for it
	}
	if !p.Limit.Capped {
		most = n.mostHeapUncapped
	}
	if j.user.heap == 0 {
		j.Heap += p.grant(min(p.Limit.Bytes/share, most) - j.Heap)
	}
	if j.user.direct == 0 {
		j.Direct += p.grant(min(p.Limit.Bytes/(2*share), n.mostDirect) + roundUp(u.Direct) - j.Direct)
	}
	// G1's own tables grow with the heap: 57 MiB at 1 GiB, 40 at 128 MiB.
	j.Native += roundUp(max(0, j.Heap-n.leastHeap) / 32)
}

// grant is how much of the wish is given, in whole steps of 8 MiB.
func (p *Plan) grant(wish int64) int64 {
	rest := p.Limit.Bytes - p.smallestLimit()
	return max(0, min(wish, rest/2)) / (8 * mib) * (8 * mib)
}

// settle fixes what follows from the sizes: first heap, page cache.
func (p *Plan) settle() {
	for i := range p.JVMs {
		j := &p.JVMs[i]
		// The whole heap at once, as the stock scripts do; without a limit it starts small and grows when it has to.
		if j.initial = j.Heap; !p.Limit.Capped {
			j.initial = max(j.need.leastHeap, j.Heap/4)
		}
	}
	p.PageCache = p.Limit.Bytes - p.smallestLimit() + leastCache
}

// smallestLimit is the limit that the sizes so far need.
func (p *Plan) smallestLimit() int64 {
	sum := p.Agent + leastCache
	for _, j := range p.JVMs {
		sum += j.Total()
	}
	return sum
}

// Total is the memory of the whole JVM.
func (j JVM) Total() int64 {
	return j.Heap + j.Direct + j.Metaspace + j.CodeCache + j.Stacks + j.Native
}

// AgentGo is the part of the agent's memory that Go's runtime manages. The rest is what it does not count: the stacks
// of threads in the kernel, and the program's own pages.
func (p Plan) AgentGo() int64 { return p.Agent - agentOther }

// Flags are the JVM options that carry the plan out. Where the user's own options say something, the plan says nothing.
func (j JVM) Flags() []string {
	var flags []string
	if j.user.heap == 0 {
		if j.user.initial == 0 {
			flags = append(flags, fmt.Sprintf("-Xms%dm", j.initial/mib))
		}
		flags = append(flags, fmt.Sprintf("-Xmx%dm", j.Heap/mib))
	}
	if j.user.direct == 0 {
		flags = append(flags, fmt.Sprintf("-XX:MaxDirectMemorySize=%dm", j.Direct/mib))
	}
	if !j.user.metaspace {
		flags = append(flags, fmt.Sprintf("-XX:MaxMetaspaceSize=%dm", j.need.metaspaceBound/mib))
	}
	if !j.user.codeCache {
		flags = append(flags, fmt.Sprintf("-XX:ReservedCodeCacheSize=%dm", j.need.codeCacheBound/mib))
	}
	if j.Kind.hasBroker() && j.Heap >= 4*gib {
		// As the stock script: a message of 4 MiB is no humongous object then. A smaller heap has too few regions of
		// that size.
		flags = append(flags,
			"-XX:G1HeapRegionSize=16m",
			"-XX:G1ReservePercent=25",
			"-XX:InitiatingHeapOccupancyPercent=30",
		)
	}
	return flags
}

// String is the plan as arithmetic, in MiB.
func (p Plan) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d MiB (%s) = ", toMiB(p.Limit.Bytes), p.Limit.Source)
	for _, j := range p.JVMs {
		fmt.Fprintf(&b, "%s + ", j)
	}
	fmt.Fprintf(&b, "agent %d + page cache %d", toMiB(p.Agent), toMiB(p.PageCache))
	return b.String()
}

// String is the JVM's part as arithmetic, in MiB.
func (j JVM) String() string {
	return fmt.Sprintf("%s %d (heap %d, direct %d, metaspace %d, code %d, stacks %d, native %d)",
		j.Kind, toMiB(j.Total()), toMiB(j.Heap), toMiB(j.Direct),
		toMiB(j.Metaspace), toMiB(j.CodeCache), toMiB(j.Stacks), toMiB(j.Native))
}

func roundUp(bytes int64) int64 { return (bytes + mib - 1) / mib * mib }

func toMiB(bytes int64) int64 { return bytes / mib }
