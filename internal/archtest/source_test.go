package archtest

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/tributary-hub/tributary"

// file is one source file of the house: Go, templ or SQL.
type file struct {
	path      string // from the root, with slashes
	text      string
	ast       *ast.File // Go only
	fset      *token.FileSet
	generated bool
}

func (f file) dir() string     { return path.Dir(f.path) }
func (f file) isGo() bool      { return strings.HasSuffix(f.path, ".go") }
func (f file) isTest() bool    { return strings.HasSuffix(f.path, "_test.go") }
func (f file) lines() []string { return strings.Split(strings.TrimSuffix(f.text, "\n"), "\n") }

// room is the top folder, such as store or connectors; empty for the root.
func (f file) room() string {
	room, _, ok := strings.Cut(f.path, "/")
	if !ok {
		return ""
	}
	return room
}

// at says where a node stands, for a failure that an editor can jump to.
func (f file) at(pos token.Pos) string {
	return f.path + ":" + strconv.Itoa(f.fset.Position(pos).Line)
}

// imports gives import path -> place.
func (f file) imports() map[string]token.Pos {
	out := map[string]token.Pos{}
	for _, spec := range f.ast.Imports {
		name, _ := strconv.Unquote(spec.Path.Value) // the parser accepted it
		out[name] = spec.Pos()
	}
	return out
}

// source reads every source file of the house once.
func source(t *testing.T) []file {
	t.Helper()
	root := repositoryRoot(t)
	var files []file
	err := filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			return skip(d.Name(), p == root)
		}
		switch filepath.Ext(p) {
		case ".go", ".templ", ".sql":
			rel, err := filepath.Rel(root, p)
			if err != nil {
				return err
			}
			text, err := os.ReadFile(p)
			if err != nil {
				return err
			}
			files = append(files, parse(t, filepath.ToSlash(rel), string(text)))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(files) < 100 {
		t.Fatalf("only %d source files found below %s: the rules would prove nothing", len(files), root)
	}
	return files
}

func skip(name string, isRoot bool) error {
	if isRoot {
		return nil
	}
	if strings.HasPrefix(name, ".") || name == "node_modules" || name == "testdata" || name == "bin" || name == "vendor" {
		return filepath.SkipDir
	}
	return nil
}

func parse(t *testing.T, name, text string) file {
	t.Helper()
	f := file{path: name, text: text, fset: token.NewFileSet()}
	if f.isGo() {
		var err error
		if f.ast, err = parser.ParseFile(f.fset, name, text, parser.ParseComments); err != nil {
			t.Fatal(err)
		}
		f.generated = ast.IsGenerated(f.ast)
	}
	return f
}

func repositoryRoot(t *testing.T) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			t.Fatal("there is no go.mod above this folder")
		}
		dir = parent
	}
}

// report fails with one line per finding.
func report(t *testing.T, findings []string) {
	t.Helper()
	for _, f := range findings {
		t.Error(f)
	}
}
