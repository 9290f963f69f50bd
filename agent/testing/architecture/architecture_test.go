// Package architecture holds the tree to what HACKING.md says of it.
package architecture

import (
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "rocketmq-agent/agent"

// root is the folder of this repository.
const root = "../../.."

// pkg is what go list says of one package.
type pkg struct {
	ImportPath string
	Imports    []string
	GoFiles    []string
}

func list(t *testing.T) map[string]pkg {
	t.Helper()
	cmd := exec.Command("go", "list", "-json=ImportPath,Imports,GoFiles", "./...")
	cmd.Dir = filepath.Join(root, "agent")
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	all := map[string]pkg{}
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p pkg
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all[name(p.ImportPath)] = p
	}
}

// name is a package as HACKING.md calls it.
func name(path string) string {
	if path == module {
		return "main"
	}
	return strings.TrimPrefix(path, module+"/")
}

// rowLine is a line of the map: a package and what it is.
var rowLine = regexp.MustCompile(`^    (\w+) +\S`)

// rows reads the map, the top row first.
func rows(t *testing.T) (rows [][]string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, "HACKING.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, text2, _ := strings.Cut(string(text), "## The map\n")
	section, _, _ := strings.Cut(text2, "\n## ")
	row := []string(nil)
	for line := range strings.Lines(section) {
		if m := rowLine.FindStringSubmatch(line); m != nil {
			row = append(row, m[1])
			continue
		}
		if len(row) > 0 {
			rows, row = append(rows, row), nil
		}
	}
	if len(rows) < 8 {
		t.Fatalf("the map has %d rows only", len(rows))
	}
	return rows
}

// helper says whether a package belongs to the tests.
func helper(name string) bool { return strings.HasPrefix(name, "testing/") || name == "blackbox" }

func TestTheMapIsComplete(t *testing.T) {
	known := map[string]bool{}
	for _, row := range rows(t) {
		for _, name := range row {
			known[name] = true
		}
	}
	packages := list(t)
	for name := range packages {
		if !known[name] && !helper(name) {
			t.Errorf("agent/%s has no line in the map of HACKING.md", name)
		}
	}
	for name := range known {
		if _, there := packages[name]; !there {
			t.Errorf("agent/%s stands in the map of HACKING.md, and is not there", name)
		}
	}
}

// No package imports from its own row, or from one above it.
func TestImportsPointDown(t *testing.T) {
	height := map[string]int{}
	for i, row := range rows(t) {
		for _, name := range row {
			height[name] = -i
		}
	}
	for from, p := range list(t) {
		for _, path := range p.Imports {
			to := name(path)
			if !strings.HasPrefix(path, module) || helper(from) {
				continue
			}
			if helper(to) || height[to] >= height[from] {
				t.Errorf("agent/%s imports agent/%s", from, to)
			}
		}
	}
}

// What runs while a broker's data is at stake must not be taken down by third-party code.
func TestTheCoreImportsNothing(t *testing.T) {
	packages := list(t)
	for _, name := range []string{"process", "drain"} {
		for _, path := range packages[name].Imports {
			first, _, _ := strings.Cut(path, "/")
			if strings.Contains(first, ".") && path != "golang.org/x/sys/unix" || first == "rocketmq-agent" {
				t.Errorf("agent/%s imports %s", name, path)
			}
		}
	}
	if files := packages["main"].GoFiles; !slices.Equal(files, []string{"main.go"}) {
		t.Errorf("package main has the files %v", files)
	}
	text, err := os.ReadFile(filepath.Join(root, "agent", "main.go"))
	if err != nil || strings.Count(string(text), "\n") > 40 {
		t.Errorf("main.go is longer than 40 lines, or cannot be read: %v", err)
	}
}

// environment are the functions that read or change the environment.
var environment = []string{
	"Getenv", "LookupEnv", "Environ", "Setenv", "Unsetenv", "Clearenv", "ExpandEnv",
	"TempDir", "UserHomeDir", "UserCacheDir", "UserConfigDir",
}

// Settings are read once, in one place: what else reads the environment a reload would miss. bench is a program of
// its own.
func TestOnlySettingsReadsTheEnvironment(t *testing.T) {
	err := filepath.WalkDir(filepath.Join(root, "agent"), func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && slices.Contains([]string{"settings", "bench", "testing"}, d.Name()) {
			return fs.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		return eachCall(path, func(pkg, function string, line int) {
			if (pkg == "os" || pkg == "syscall") && slices.Contains(environment, function) {
				t.Errorf("%s:%d calls %s.%s", path, line, pkg, function)
			}
		})
	})
	if err != nil {
		t.Fatal(err)
	}
}

// eachCall visits the names that a file uses of other packages.
func eachCall(path string, visit func(pkg, function string, line int)) error {
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, path, nil, 0)
	if err != nil {
		return err
	}
	names := map[string]string{}
	for _, i := range file.Imports {
		imported, _ := strconv.Unquote(i.Path.Value)
		short := filepath.Base(imported)
		if i.Name != nil {
			short = i.Name.Name
		}
		names[short] = imported
	}
	ast.Inspect(file, func(n ast.Node) bool {
		if s, ok := n.(*ast.SelectorExpr); ok {
			if x, ok := s.X.(*ast.Ident); ok && names[x.Name] != "" {
				visit(names[x.Name], s.Sel.Name, files.Position(s.Pos()).Line)
			}
		}
		return true
	})
	return nil
}
