package validate

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// TestEveryCodeIsTested looks into the source for the codes that this package knows: each needs a row of a table.
func TestEveryCodeIsTested(t *testing.T) {
	tested := map[string]bool{}
	for _, tt := range slices.Concat(propertiesTests, classTests) {
		for _, w := range tt.want {
			tested[w.code] = true
		}
	}
	for _, tt := range slices.Concat(proxyTests, proxyProtectionTests) {
		for _, w := range tt.want {
			tested[w.code] = true
		}
	}
	for _, tt := range insideTests {
		for _, w := range tt.want {
			tested[w.code] = true
		}
	}
	known := codesInSource(t)
	if len(known) < 40 {
		t.Fatalf("only %d codes are found in the source: %v", len(known), known)
	}
	for _, code := range slices.Sorted(maps.Keys(known)) {
		if !tested[code] {
			t.Errorf("%s is tested by no row", code)
		}
	}
	for _, code := range slices.Sorted(maps.Keys(tested)) {
		if !known[code] {
			t.Errorf("%s is not in the source: does codesInSource still see it?", code)
		}
	}
}

// codesInSource finds the strings that become codes: fields code and Code, what is assigned to them, and arguments of
// report.
func codesInSource(t *testing.T) map[string]bool {
	t.Helper()
	codes := map[string]bool{}
	files, err := filepath.Glob("*.go")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		tree, err := parser.ParseFile(token.NewFileSet(), file, b, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(tree, func(n ast.Node) bool {
			for _, e := range codeExpressions(n) {
				if literal, ok := e.(*ast.BasicLit); ok && literal.Kind == token.STRING {
					code, _ := strconv.Unquote(literal.Value)
					codes[code] = true
				}
			}
			return true
		})
	}
	return codes
}

// codeExpressions are the expressions at n whose value is a code.
func codeExpressions(n ast.Node) (all []ast.Expr) {
	switch n := n.(type) {
	case *ast.KeyValueExpr:
		if name := fmt.Sprint(n.Key); name == "code" || name == "Code" {
			all = append(all, n.Value)
		}
	case *ast.AssignStmt:
		for i, left := range n.Lhs {
			s, ok := left.(*ast.SelectorExpr)
			if ok && strings.EqualFold(s.Sel.Name, "code") && len(n.Rhs) == len(n.Lhs) {
				all = append(all, n.Rhs[i])
			}
		}
	case *ast.CallExpr:
		s, ok := n.Fun.(*ast.SelectorExpr)
		if ok && (s.Sel.Name == "report" || s.Sel.Name == "together") {
			all = append(all, n.Args[1])
		}
	}
	return all
}
