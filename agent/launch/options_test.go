package launch

import (
	"slices"
	"strings"
	"testing"
)

func TestSplit(t *testing.T) {
	tests := []struct {
		name, value string
		want        []string
	}{
		{"nothing", "", nil},
		{"blanks", " \t\n ", nil},
		{"words", " -Xms1g\t-Xmx1g\n-Da=b ", []string{"-Xms1g", "-Xmx1g", "-Da=b"}},
		{"double quotes", `-XX:OnOutOfMemoryError="kill -9 %p" -Xmx1g`,
			[]string{"-XX:OnOutOfMemoryError=kill -9 %p", "-Xmx1g"}},
		{"single quotes", `-Da='x "y" z'`, []string{`-Da=x "y" z`}},
		{"an empty value", `-Da="" -Db`, []string{"-Da=", "-Db"}},
		{"an empty word", `"" -Db ''`, []string{"", "-Db", ""}},
		{"a lone apostrophe", `-Da=it's -Xmx1g`, []string{"-Da=it's", "-Xmx1g"}},
		{"a lone double quote", `-Da=2" -Xmx1g`, []string{`-Da=2"`, "-Xmx1g"}},
		{"the whole value in quotes, as a compose list gives it", `"-Xms512m -Xmx512m"`,
			[]string{"-Xms512m", "-Xmx512m"}},
		{"two quoted words", `"-Da=b c" "-Dd"`, []string{"-Da=b c", "-Dd"}},
		{"backslashes stay", `-Da=C:\x\ -Db`, []string{`-Da=C:\x\`, "-Db"}},
		{"nothing is expanded", `-Da=$HOME -Db=* -Dc=~`, []string{"-Da=$HOME", "-Db=*", "-Dc=~"}},
		{"not ASCII", "-Da=名前 -Db", []string{"-Da=名前", "-Db"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := split(tt.value); !slices.Equal(got, tt.want) {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func FuzzSplit(f *testing.F) {
	f.Add(`-Da="b c" 'd`)
	f.Fuzz(func(t *testing.T, value string) {
		for _, word := range split(value) {
			if !strings.ContainsAny(value, `"'`) && strings.ContainsAny(word, " \n") {
				t.Errorf("a blank in %q of %q without quotes", word, value)
			}
		}
	})
}

// options makes Options from variables.
func options(vars map[string]string) Options {
	return ReadOptions(func(name string) string { return vars[name] })
}

func TestReadOptionsOrder(t *testing.T) {
	got := options(map[string]string{
		"_JAVA_OPTIONS":     "-D6",
		"JAVA_OPT_EXT":      "-D5",
		"HEAP_OPTS":         "-D4",
		"JAVA_OPT":          "-D3a -D3b",
		"JDK_JAVA_OPTIONS":  "-D2",
		"JAVA_TOOL_OPTIONS": "-D1",
		"JAVA_OPTS":         "-Dnobody",
	})
	want := Options{
		{"-D1", "JAVA_TOOL_OPTIONS"}, {"-D2", "JDK_JAVA_OPTIONS"}, {"-D3a", "JAVA_OPT"}, {"-D3b", "JAVA_OPT"},
		{"-D4", "HEAP_OPTS"}, {"-D5", "JAVA_OPT_EXT"}, {"-D6", "_JAVA_OPTIONS"},
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestProperty(t *testing.T) {
	o := options(map[string]string{
		"JAVA_OPT":     "-Duser.home=/a -Dempty= -Duser.homely=/x",
		"JAVA_OPT_EXT": "-Duser.home=/b",
	})
	for name, want := range map[string]string{"user.home": "/b", "empty": ""} {
		if got, set := o.Property(name); got != want || !set {
			t.Errorf("%s = %q, %v; want %q", name, got, set, want)
		}
	}
	if _, set := o.Property("user"); set {
		t.Error("user is not set")
	}
	if o.UserHome() != "/b" || o.HaveTLS() || !options(map[string]string{"JAVA_OPT": "-Dtls.enable=true"}).HaveTLS() {
		t.Error("UserHome or HaveTLS is wrong")
	}
}
