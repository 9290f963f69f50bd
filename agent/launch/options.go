package launch

import "strings"

// Variables with JVM options, in the order in which the JVM reads them, so a later one wins. The JVM itself reads the
// first two and the last; the others are those of RocketMQ's own scripts (HEAP_OPTS that of the official image).
const (
	toolOptions = "JAVA_TOOL_OPTIONS"
	jdkOptions  = "JDK_JAVA_OPTIONS"
	javaOpt     = "JAVA_OPT"
	heapOpts    = "HEAP_OPTS"
	javaOptExt  = "JAVA_OPT_EXT"
	lateOptions = "_JAVA_OPTIONS"
)

// Flag is one word of a command line and where it came from: a variable, or what the agent adds it for.
type Flag struct {
	Text   string
	Source string
}

// Options are the JVM options of the user, in the order in which the JVM reads them.
type Options []Flag

// ReadOptions collects the user's options from the environment.
func ReadOptions(getenv func(string) string) Options {
	var all Options
	for _, variable := range []string{toolOptions, jdkOptions, javaOpt, heapOpts, javaOptExt, lateOptions} {
		for _, word := range split(getenv(variable)) {
			all = append(all, Flag{Text: word, Source: variable})
		}
	}
	return all
}

// Property is the value of the system property name that the user sets, the last one as for the JVM.
func (o Options) Property(name string) (value string, set bool) {
	for _, f := range o {
		if v, ok := strings.CutPrefix(f.Text, "-D"+name+"="); ok {
			value, set = v, true
		}
	}
	return value, set
}

// UserHome is the folder that the user's options make RocketMQ take for the user's home: it decides where logs and, by
// default, stores go. Empty: the options do not say.
func (o Options) UserHome() string {
	home, _ := o.Property("user.home")
	return home
}

// HaveTLS says whether the options configure TLS in any way. RocketMQ has no other place for it but a file
// (tlsconfig.DefaultFile).
func (o Options) HaveTLS() bool {
	return o.anyPrefix("-Dtls.")
}

func (o Options) anyPrefix(prefixes ...string) bool {
	for _, f := range o {
		for _, p := range prefixes {
			if strings.HasPrefix(f.Text, p) {
				return true
			}
		}
	}
	return false
}

// from is what one variable says.
func (o Options) from(variable string) Options {
	var some Options
	for _, f := range o {
		if f.Source == variable {
			some = append(some, f)
		}
	}
	return some
}

// only is the value of a variable without the words that are not among the options.
func (o Options) only(variable, value string) string {
	kept := o.from(variable)
	if len(kept) == len(split(value)) {
		return value
	}
	var words []string
	for _, f := range kept {
		words = append(words, quoted(f.Text))
	}
	return strings.Join(words, " ")
}

// quoted is the opposite of split for one word.
func quoted(word string) string {
	switch {
	case strings.Contains(word, `"`):
		return "'" + word + "'"
	case strings.ContainsAny(word, " \t\r\n'"):
		return `"` + word + `"`
	}
	return word
}

// split cuts a variable into words at blanks, as sh does with an unquoted variable. Unlike sh it also honours quotes:
// blanks between a pair of quotes, single or double, do not separate, and the pair is removed
// (-XX:OnOutOfMemoryError='kill -9 %p'). A quote without a partner is an ordinary character. A backslash is always one,
// and nothing is expanded. A value that as a whole stands in quotes loses them first: `- JAVA_OPT_EXT="-Xms1g -Xmx1g"`
// in a compose file's list makes the quotes part of the value.
func split(value string) []string {
	value = unwrap(strings.TrimSpace(value))
	var words []string
	var word strings.Builder
	inWord := false
	for i := 0; i < len(value); i++ {
		c := value[i]
		switch {
		case strings.IndexByte(" \t\r\n", c) >= 0:
			if inWord {
				words = append(words, word.String())
				word.Reset()
			}
			inWord = false
		case c == '"' || c == '\'':
			inWord = true
			end := strings.IndexByte(value[i+1:], c)
			if end < 0 {
				word.WriteByte(c)
				continue
			}
			word.WriteString(value[i+1 : i+1+end])
			i += end + 1
		default:
			inWord = true
			word.WriteByte(c)
		}
	}
	if inWord {
		words = append(words, word.String())
	}
	return words
}

// unwrap removes one pair of quotes around the whole of value.
func unwrap(value string) string {
	if len(value) < 2 || value[0] != '"' && value[0] != '\'' || value[len(value)-1] != value[0] {
		return value
	}
	inner := value[1 : len(value)-1]
	if strings.IndexByte(inner, value[0]) >= 0 {
		return value
	}
	return inner
}
