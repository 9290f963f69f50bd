package config

import (
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestTemplateFromAFolder(t *testing.T) {
	in := masters()
	in.Fields.UserHome = `C:\ü = "x"`
	withTemplate(t, &in, "namesrv.conf.tmpl", "# mine\nlistenPort=1\nx={{escape .UserHome}}\n")
	c, err := Namesrv(in)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := values(c), map[string]string{"listenPort": "1", "x": in.Fields.UserHome}; !maps.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if c, err = Broker(in); err != nil || c.Get("brokerName") != "broker-0" || c.Get("brokerIP2") != "10.1.2.3" {
		t.Errorf("the other templates are no longer the embedded ones: %v, %v", values(c), err)
	}
}

// Every field of a template, by what it is for.
func TestTemplateFields(t *testing.T) {
	in := masters()
	dir := t.TempDir()
	in.Fields = Fields{"c", "n:1", "a", "mq-4", "10.1.2.3", "/h", "mq-1", 4, 1, 3}
	write(t, dir, "broker.conf.tmpl",
		"a={{.ClusterName}} {{.Namesrv}} {{.Address}} {{.PodName}} {{.PodIP}} {{.UserHome}} "+
			"{{.BrokerName}} {{.Ordinal}} {{.Group}} {{.Index}}\n"+
			"{{if eq .Index 0}}b=master{{else}}b=slave{{end}}\n"+
			"c={{json .PodName}}\n"+
			"d={{printf \"%s-%d\" .PodName .Ordinal | escape}}\n")
	in.Templates = templatesIn(dir)
	c, err := Broker(in)
	want := map[string]string{"a": "c n:1 a mq-4 10.1.2.3 /h mq-1 4 1 3", "b": "slave", "c": `"mq-4"`, "d": "mq-4-4"}
	if err != nil {
		t.Fatal(err)
	}
	for key, value := range want {
		if v, _ := c.Find(key); v.Value != value || v.Source.String() != filepath.Join(dir, "broker.conf.tmpl") {
			t.Errorf("%s is %q from %s, want %q", key, v.Value, v.Source, value)
		}
	}
}

func TestFailingTemplates(t *testing.T) {
	tests := []struct {
		name, text string
		want       []string
	}{
		{"an unknown field", "a=1\nb={{.Cluster}}\n",
			[]string{"broker.conf.tmpl:2: there is no field .Cluster; fields: .ClusterName .Namesrv .Address " +
				".PodName .PodIP .UserHome .BrokerName .Ordinal .Group .Index"}},
		{"a field of a field", "a=1\n\nb={{.PodIP.Host}}\n",
			[]string{"broker.conf.tmpl:3: there is no field .PodIP.Host; fields: .ClusterName"}},
		{"a field inside with", "a=1\n{{with .PodIP}}\nb={{.Group}}{{end}}\n",
			[]string{"broker.conf.tmpl:3: there is no field .Group; fields:"}},
		{"a wrong argument", "a={{index .PodName 99}}\n",
			[]string{"broker.conf.tmpl:1: index .PodName 99: ", "out of range"}},
		{"no such template", "a=1\n{{template \"x\"}}\n", []string{"broker.conf.tmpl:2: ", `template "x" not defined`}},
		{"an open quote", "a=1\nb={{escape \"x}}\n", []string{"broker.conf.tmpl:2: ", "unterminated quoted string"}},
		{"an unknown function", "a={{upper .PodIP}}\n",
			[]string{"broker.conf.tmpl:1:", `"upper"`, "functions: escape json"}},
		{"an open action", "a=1\n\nb={{with .PodIP}}\n", []string{"broker.conf.tmpl:4:", "EOF"}},
		{"a bad escape in what it renders", "a=1\nb=\\u12\n", []string{"broker.conf.tmpl", "line 2: malformed escape"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			in := masters()
			path := withTemplate(t, &in, "broker.conf.tmpl", tt.text)
			_, err := Broker(in)
			if err == nil {
				t.Fatal("accepted")
			}
			for _, want := range append(tt.want, path) {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("no %q in %q", want, err)
				}
			}
		})
	}
	t.Run("a folder in its place", func(t *testing.T) {
		in := masters()
		dir := t.TempDir()
		for _, name := range []string{"controller.conf.tmpl", "rmq-proxy.json.tmpl"} {
			if err := os.Mkdir(filepath.Join(dir, name), 0o700); err != nil {
				t.Fatal(err)
			}
		}
		in.Templates = templatesIn(dir)
		if _, err := Controller(in); err == nil ||
			!strings.Contains(err.Error(), "controller.conf.tmpl is an empty folder") {
			t.Errorf("error %v", err)
		}
		if _, err := Proxy(in); err == nil || !strings.Contains(err.Error(), "rmq-proxy.json.tmpl is an empty folder") {
			t.Errorf("error %v", err)
		}
	})
}
