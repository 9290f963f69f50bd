package memory

import (
	"strconv"
	"strings"
)

// Option is a JVM option of the user, and the variable that it stands in.
type Option struct {
	Text   string
	Source string
}

// chosen is what the user's options fix; 0 where they are silent.
type chosen struct {
	heap, initial, direct int64
	metaspace, codeCache  bool
	heapFrom, directFrom  string // the option and its variable, for messages
	initialFrom           string
}

// choose reads the options in the JVM's order, so that the last one wins. What it cannot read the JVM will complain
// about.
func choose(options []Option, limit int64) chosen {
	var c chosen
	var percent int64 // of -XX:MaxRAMPercentage, which any -Xmx beats
	for _, o := range options {
		from := o.Text + " in " + o.Source
		if n := sizeOf(o.Text, "-Xmx", "-XX:MaxHeapSize="); n > 0 {
			c.heap, c.heapFrom, percent = n, from, -1
		}
		if v, ok := strings.CutPrefix(o.Text, "-XX:MaxRAMPercentage="); ok && percent >= 0 {
			if p, err := strconv.ParseFloat(v, 64); err == nil && p > 0 && p <= 100 {
				percent = int64(p * float64(limit) / 100)
				c.heap, c.heapFrom = percent, from
			}
		}
		if n := sizeOf(o.Text, "-Xms", "-XX:InitialHeapSize="); n > 0 {
			c.initial, c.initialFrom = n, from
		}
		if n := sizeOf(o.Text, "-XX:MaxDirectMemorySize="); n > 0 {
			c.direct, c.directFrom = n, from
		}
		c.metaspace = c.metaspace || strings.HasPrefix(o.Text, "-XX:MaxMetaspaceSize=")
		c.codeCache = c.codeCache || strings.HasPrefix(o.Text, "-XX:ReservedCodeCacheSize=")
	}
	return c
}

// sizeOf is the size that option gives under one of the names; 0 when it is another option or no size.
func sizeOf(option string, names ...string) int64 {
	for _, name := range names {
		if v, ok := strings.CutPrefix(option, name); ok {
			return parseSize(v)
		}
	}
	return 0
}

// parseSize reads a size as the JVM does: bytes, or with k, m, g or t behind the number.
func parseSize(v string) int64 {
	shift := 0
	if v != "" {
		if i := strings.IndexByte("kmgt", v[len(v)-1]|0x20); i >= 0 {
			shift, v = 10*(i+1), v[:len(v)-1]
		}
	}
	n, err := strconv.ParseInt(v, 10, 64)
	if err != nil || n < 0 || n > 1<<62>>shift {
		return 0
	}
	return n << shift
}
