package launch

import (
	"archive/zip"
	"iter"
	"os"
	"path/filepath"
	"strings"
)

// Classes are the classes that the JVMs of a home find. A jar is opened when a class is asked for that was not found in
// those before it, and only its directory is read: who asks for nothing pays nothing, and a class of RocketMQ's own
// takes a jar or two.
type Classes struct {
	conf   string          // the folder on the class path
	unread []string        // jars, RocketMQ's own first
	has    map[string]bool // what the jars read so far hold; true: RocketMQ's own
	blind  bool            // a jar cannot be read, and so may hold anything
}

// Classes are those of the home. They are not for use by several goroutines.
func (h Home) Classes() *Classes {
	c := &Classes{conf: filepath.Join(h.Dir, "conf"), has: map[string]bool{}}
	for _, jar := range h.Jars {
		if isOwn(jar) {
			c.unread = append(c.unread, jar)
		}
	}
	for _, jar := range h.Jars {
		if !isOwn(jar) {
			c.unread = append(c.unread, jar)
		}
	}
	return c
}

// isOwn says whether a jar is one of RocketMQ's modules.
func isOwn(jar string) bool { return strings.HasPrefix(filepath.Base(jar), "rocketmq-") }

// Has says whether a JVM finds the class. Where that cannot be known, it does.
func (c *Classes) Has(name string) bool {
	for {
		if _, has := c.has[name]; has {
			return true
		}
		if len(c.unread) == 0 {
			break
		}
		c.readNext()
	}
	_, err := os.Stat(filepath.Join(c.conf, strings.ReplaceAll(name, ".", "/")+".class"))
	return err == nil || c.blind
}

// Own lists the classes of RocketMQ itself.
func (c *Classes) Own() iter.Seq[string] {
	for len(c.unread) > 0 && isOwn(c.unread[0]) {
		c.readNext()
	}
	return func(yield func(string) bool) {
		for name, own := range c.has {
			if own && !yield(name) {
				return
			}
		}
	}
}

// readNext reads the directory of one more jar.
func (c *Classes) readNext() {
	jar := c.unread[0]
	c.unread = c.unread[1:]
	r, err := zip.OpenReader(jar)
	if err != nil {
		c.blind = true
		return
	}
	defer func() { _ = r.Close() }() // it was only read
	for _, f := range r.File {
		if path, ok := strings.CutSuffix(f.Name, ".class"); ok {
			name := strings.ReplaceAll(path, "/", ".")
			c.has[name] = c.has[name] || isOwn(jar)
		}
	}
}

// AddClasses says whether the options may add classes to those of the home.
func (o Options) AddClasses() bool {
	return o.anyPrefix("-cp", "-classpath", "--class-path", "-p", "--module-path", "--patch-module", "-javaagent:",
		"-Xbootclasspath", "-Djava.ext.dirs=", "@")
}
