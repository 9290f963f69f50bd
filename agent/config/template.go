package config

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"text/template"

	"rocketmq-agent/agent/javaprops"
	"rocketmq-agent/templates"
)

// Fields are what a template may use, besides the functions escape (a value of a properties file)
// and json (a JSON value).
type Fields struct {
	ClusterName string // RMQ_CLUSTER_NAME, or DefaultCluster
	Namesrv     string // the name servers where nothing stronger names them: host:port;host:port
	Address     string // the address to advertise where nothing stronger names it
	PodName     string // POD_NAME
	PodIP       string // POD_IP
	UserHome    string // the folder that RocketMQ takes for the user's home
	BrokerName  string // of the topology; empty with manual
	Ordinal     int    // the number of the pod
	Group       int    // the number of the broker's group
	Index       int    // the broker's place in its group; 0 is the master where roles are fixed
}

// Templates are the texts that configurations begin with, by file name.
type Templates map[string]mountable

// mountable is a template: the agent's own or, in its place, a mounted one.
type mountable struct {
	text []byte
	from Layer // without any value
	err  error // it is mounted, and cannot be read
}

// ReadTemplates reads the agent's own templates, or what stands in their place in dir.
func ReadTemplates(dir string) (Templates, error) {
	names, err := fs.Glob(templates.Files, "*.tmpl")
	if err != nil {
		return nil, err
	}
	all := Templates{}
	for _, name := range names {
		own, err := fs.ReadFile(templates.Files, name)
		if err != nil {
			return nil, err
		}
		all[name] = mountable{text: own, from: Layer{Kind: Embedded, Name: "template " + name}}
		if dir == "" {
			continue
		}
		path := filepath.Join(dir, name)
		switch mounted, err := ReadText(path); {
		case err == nil:
			all[name] = mountable{text: mounted, from: Layer{Kind: Template, Name: path}}
		case !errors.Is(err, fs.ErrNotExist):
			all[name] = mountable{err: fmt.Errorf("cannot read the template: %w", err)}
		}
	}
	return all, nil
}

// render executes a template. An error names the file, the line and what is wrong there.
func (all Templates) render(name string, fields Fields) (text []byte, from Layer, err error) {
	m, known := all[name]
	if !known {
		return nil, Layer{}, fmt.Errorf("there is no template %s", name)
	}
	if m.err != nil {
		return nil, m.from, m.err
	}
	functions := template.FuncMap{"escape": javaprops.Escape, "json": jsonValue}
	t, err := template.New("t").Funcs(functions).Option("missingkey=error").Parse(string(m.text))
	if err != nil {
		return nil, m.from, templateError(m.from.Name, err)
	}
	var out bytes.Buffer
	if err := t.Execute(&out, fields); err != nil {
		return nil, m.from, templateError(m.from.Name, err)
	}
	return out.Bytes(), m.from, nil
}

// templateProblem takes the errors of text/template apart:
// "template: t:3:4: executing "t" at <.Nope>: can't evaluate …".
var templateProblem = regexp.MustCompile(`^template: t:(\d+)(?::\d+)?: (?:executing "[^"]*" at <(.*?)>: )?(.*)$`)

// templateError says which line of which file is wrong, and what a template may use.
func templateError(from string, err error) error {
	m := templateProblem.FindStringSubmatch(strings.ReplaceAll(err.Error(), "\n", " "))
	if m == nil {
		return fmt.Errorf("cannot render %s: %w", from, err)
	}
	problem := m[3]
	switch {
	case strings.HasPrefix(problem, "can't evaluate field"):
		problem = fmt.Sprintf("there is no field %s; fields: %s", m[2], strings.Join(fieldNames(), " "))
	case strings.Contains(problem, "not defined") && strings.HasPrefix(problem, "function"):
		problem += "; functions: escape json, and those of Go's text/template"
	case m[2] != "":
		problem = m[2] + ": " + problem
	}
	return fmt.Errorf("%s:%s: %s", from, m[1], problem)
}

func fieldNames() []string {
	var names []string
	for _, f := range reflect.VisibleFields(reflect.TypeFor[Fields]()) {
		names = append(names, "."+f.Name)
	}
	return names
}

func jsonValue(v any) (string, error) {
	b, err := json.Marshal(v)
	return string(b), err
}
