// Package keys knows every configuration key of RocketMQ's releases: which process reads it, its type and default, what
// people have learnt about it, and what became of the keys that are gone.
package keys

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"rocketmq-agent/agent/rmq"
	"rocketmq-agent/templates"
)

// Releases are those that the table was made of, oldest first.
var Releases = []rmq.Release{
	rmq.MustRelease("4.9.7"), rmq.MustRelease("5.1.4"), rmq.MustRelease("5.2.0"),
	rmq.MustRelease("5.3.3"), rmq.MustRelease("5.4.0"), rmq.MustRelease("5.5.0"),
}

// Newest is the last release that the table knows.
func Newest() rmq.Release { return Releases[len(Releases)-1] }

// Varies is the Default of a key that depends on the machine.
const Varies = "*"

// Effect is what it takes for a changed value to be used.
type Effect string

// The effects. Dangerous keys must not be changed on a running process at all.
const (
	Live      Effect = "live"
	Restart   Effect = "restart"
	Dangerous Effect = "never"
)

// Key is one key as one release has it.
type Key struct {
	Name     string
	Class    string // of RocketMQ: BrokerConfig, MessageStoreConfig …
	Type     string // int, long, float, double, boolean, string, or the names of an enumeration: A|B
	Default  string // Varies where it depends on the machine
	LiveName string // its name in the live configuration; empty where it is not shown there
	Unread   bool   // no class of RocketMQ asks for the value
	Effect   Effect
	Rule     Rule
	Help     string

	first, last int // indices of Releases
}

// Enum lists the names of an enumeration; nil for every other type.
func (k Key) Enum() []string {
	if strings.Contains(k.Type, "|") {
		return strings.Split(k.Type, "|")
	}
	return nil
}

// Gone is a key that a role does not have, or no longer, although people write it.
type Gone struct {
	Right  string // the key that means the same; may be empty
	Advice string
}

// Table is everything that is known, of all releases and roles.
type Table struct {
	keys map[string][]Key // by name
	gone map[rmq.Role]map[string]Gone
}

// Load reads the embedded table.
func Load() (*Table, error) {
	t := &Table{keys: map[string][]Key{}, gone: map[rmq.Role]map[string]Gone{}}
	notes, err := readNotes()
	return t, errors.Join(err, t.readKeys(notes), t.readGone())
}

// note is a row of keys/notes.
type note struct {
	effect Effect
	rule   Rule
	help   string
}

// readNotes reads keys/notes, by class and key.
func readNotes() (map[string]note, error) {
	files, err := fs.Glob(templates.Files, "keys/notes/*.tsv")
	if err != nil {
		return nil, err
	}
	notes := map[string]note{}
	for _, file := range files {
		class := strings.TrimSuffix(path.Base(file), ".tsv")
		err = errors.Join(err, rows(file, 4, func(c []string) error {
			rule, err := parseRule(c[2])
			notes[class+" "+c[0]] = note{Effect(c[1]), rule, c[3]}
			return err
		}))
	}
	return notes, err
}

func (t *Table) readKeys(notes map[string]note) error {
	return rows("keys/keys.tsv", 8, func(c []string) error {
		n := notes[c[0]+" "+c[1]]
		k := Key{
			Class:    c[0],
			Name:     c[1],
			first:    index(c[2]),
			last:     index(c[3]),
			Type:     c[4],
			Default:  c[5],
			LiveName: c[6],
			Unread:   c[7] == "unread",
			Effect:   n.effect,
			Rule:     n.rule,
			Help:     n.help,
		}
		switch c[6] {
		case "":
			k.LiveName = k.Name
		case "-":
			k.LiveName = ""
		}
		if k.first < 0 || k.last < 0 {
			return errors.New("a release that is not one of the table's")
		}
		t.keys[k.Name] = append(t.keys[k.Name], k)
		return nil
	})
}

// index is the place of a release among Releases, -1 if it is none of them.
func index(release string) int {
	return slices.IndexFunc(Releases, func(r rmq.Release) bool { return r.String() == release })
}

func (t *Table) readGone() error {
	return rows("keys/gone.tsv", 4, func(c []string) error {
		role := rmq.Role(c[1])
		if t.gone[role] == nil {
			t.gone[role] = map[string]Gone{}
		}
		t.gone[role][c[0]] = Gone{Right: c[2], Advice: strings.TrimSuffix(c[3], ".")}
		return nil
	})
}

// rows calls f for each row of an embedded table. The columns are f's only while it runs.
func rows(file string, columns int, f func([]string) error) error {
	text, err := fs.ReadFile(templates.Files, file)
	if err != nil {
		return err
	}
	number := 0
	c := make([]string, 0, columns)
	for line := range strings.Lines(string(text)) {
		number++
		c = c[:0]
		for column := range strings.SplitSeq(strings.TrimSuffix(line, "\n"), "\t") {
			c = append(c, column)
		}
		if len(c) != columns {
			return fmt.Errorf("%s:%d: %d columns, not %d", file, number, len(c), columns)
		}
		if err := f(c); err != nil {
			return fmt.Errorf("%s:%d: %w", file, number, err)
		}
	}
	return nil
}
