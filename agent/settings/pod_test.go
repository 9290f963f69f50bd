package settings

import "testing"

// The kubelet writes fmt.Sprintf("%v=%q\n") for every label, sorted (pkg/fieldpath, FormatMap).
func TestLabel(t *testing.T) {
	const index = "apps.kubernetes.io/pod-index"
	tests := []struct{ name, labels, want string }{
		{"the kubelet's file",
			"app=\"mq\"\napps.kubernetes.io/pod-index=\"3\"\nstatefulset.kubernetes.io/pod-name=\"mq-3\"\n", "3"},
		{"the last line without its end", "app=\"mq\"\n" + index + `="12"`, "12"},
		{"Windows line ends", "app=\"mq\"\r\n" + index + "=\"3\"\r\nz=\"1\"\r\n", "3"},
		{"blanks around the line", "\t " + index + "=\"3\" \n", "3"},
		{"empty", index + `=""`, ""},
		{"a word", index + `="three"`, "three"}, // refused later, by name
		{"escapes", index + `="a\tb\"c\\dé\n"`, "a\tb\"c\\dé\n"},
		{"a number with a quote in it", index + `="3\""`, `3"`},
		{"an equals sign in the value", index + `="a=b"`, "a=b"},
		{"the first of two", index + "=\"3\"\n" + index + "=\"4\"\n", "3"},
		{"not there", "app=\"mq\"\n", ""},
		{"no file", "", ""},
		{"no quotes", index + "=3\n", ""},
		{"an open quote", index + "=\"3\n", ""},
		{"something behind it", index + "=\"3\" # x\n", ""},
		{"a longer name", index + "-x=\"3\"\n", ""},
		{"a longer name in front", "x" + index + "=\"3\"\n", ""},
		{"the name in another value", "app=\"apps.kubernetes.io/pod-index=\\\"3\\\"\"\n", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := label(tt.labels, index); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

// A domain may be written with the dot that it stands behind. What it is becomes a part of every peer's address.
func TestDomain(t *testing.T) {
	for text, want := range map[string]Domain{
		"mq":                           "mq",
		"mq.default.svc.cluster.local": "mq.default.svc.cluster.local",
		".mq.svc":                      "mq.svc",
		"mq.svc.":                      "mq.svc.",
		"MQ_1.x-y":                     "MQ_1.x-y",
	} {
		var d Domain
		if err := d.UnmarshalText([]byte(text)); err != nil || d != want {
			t.Errorf("%q is %q, error %v", text, d, err)
		}
	}
	// Those that are refused are among the bad settings; the value that was there stays.
	d := Domain("mq")
	if err := d.UnmarshalText([]byte("a b")); err == nil || d != "mq" {
		t.Errorf("it became %q", d)
	}
}

func TestSize(t *testing.T) {
	for text, want := range map[string]Size{"1": 1, "3": 3, "03": 3, "65535": 65535} {
		var n Size
		if err := n.UnmarshalText([]byte(text)); err != nil || n != want {
			t.Errorf("%q is %d, error %v", text, n, err)
		}
	}
	n := Size(3)
	if err := n.UnmarshalText([]byte("0")); err == nil || n != 3 {
		t.Errorf("it became %d", n)
	}
}
