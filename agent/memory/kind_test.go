package memory

import (
	"go/ast"
	"go/parser"
	"go/token"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"rocketmq-agent/agent/rmq"
)

// declaredKinds are the constants of type Kind as they stand in the source, so that a new one cannot be forgotten here.
func declaredKinds(t *testing.T) []Kind {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "kind.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var kinds []Kind
	ast.Inspect(file, func(n ast.Node) bool {
		constant, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		if name, ok := constant.Type.(*ast.Ident); !ok || name.Name != "Kind" {
			return true
		}
		for _, value := range constant.Values {
			text, err := strconv.Unquote(value.(*ast.BasicLit).Value)
			if err != nil {
				t.Fatal(err)
			}
			kinds = append(kinds, Kind(text))
		}
		return true
	})
	return kinds
}

func TestEveryKindHasItsNeeds(t *testing.T) {
	kinds := declaredKinds(t)
	for _, kind := range kinds {
		n, ok := needs[kind]
		if !ok {
			t.Errorf("%s is not in the table", kind)
			continue
		}
		fields := reflect.ValueOf(n)
		for i := range fields.NumField() {
			if fields.Field(i).Int() <= 0 {
				t.Errorf("%s has no %s", kind, fields.Type().Field(i).Name)
			}
		}
		if _, err := New([]Unit{{Kind: kind}}, capped(4096)); err != nil {
			t.Errorf("%s: %v", kind, err)
		}
	}
	if len(kinds) == 0 || len(needs) != len(kinds) {
		t.Errorf("%d needs of the %d kinds %q", len(needs), len(kinds), kinds)
	}
}

func TestUnknownKind(t *testing.T) {
	for _, kind := range []Kind{"", "standalone", "nameserver"} {
		units := []Unit{{Kind: Broker}, {Kind: kind}}
		p, err := New(units, capped(4096))
		if err == nil || !strings.Contains(err.Error(), strconv.Quote(string(kind))) || len(p.JVMs) > 0 {
			t.Errorf("%q: got %v, error %v", kind, p, err)
		}
	}
}

func TestKindOf(t *testing.T) {
	for role, want := range map[rmq.Role]struct{ alone, withProxy, withController Kind }{
		rmq.Namesrv:    {Namesrv, Namesrv, NamesrvWithController},
		rmq.Broker:     {Broker, BrokerWithProxy, Broker},
		rmq.Proxy:      {Proxy, Proxy, Proxy},
		rmq.Controller: {Controller, Controller, Controller},
		rmq.Standalone: {},
		"":             {},
		"nameserver":   {},
	} {
		alone, ok := KindOf(role, false, false)
		withProxy, okProxy := KindOf(role, true, false)
		withController, okController := KindOf(role, false, true)
		if alone != want.alone || withProxy != want.withProxy || withController != want.withController {
			t.Errorf("%q: got %q, %q with a proxy, %q with a controller", role, alone, withProxy, withController)
		}
		if known := want.alone != ""; ok != known || okProxy != known || okController != known {
			t.Errorf("%q: got %v, %v, %v, want %v", role, ok, okProxy, okController, known)
		}
	}
}

// TestEveryProcessHasAKind: a new role of a process needs a memory plan.
func TestEveryProcessHasAKind(t *testing.T) {
	for _, role := range rmq.Processes {
		if kind, ok := KindOf(role, false, false); !ok || string(kind) != string(role) {
			t.Errorf("%s: got %q, %v", role, kind, ok)
		}
	}
}
