package archtest

import (
	"fmt"
	"go/ast"
	"go/token"
	"testing"
)

// answers are the rooms that write HTTP answers. Everyone else returns values and
// coded errors, which handlers translate in one place.
var answers = map[string]bool{"handlers": true, "sandbox": true}

func TestOnlyHandlersAnswer(t *testing.T) {
	t.Parallel()
	for _, f := range source(t) {
		if f.isGo() && !f.isTest() && !f.generated && !answers[f.room()] && !isTestKit(f.dir()) {
			report(t, answerFindings(f))
		}
	}
}

func answerFindings(f file) (out []string) {
	ast.Inspect(f.ast, func(n ast.Node) bool {
		sel, ok := n.(*ast.SelectorExpr)
		if !ok || sel.Sel.Name != "ResponseWriter" {
			return true
		}
		if pkg, ok := sel.X.(*ast.Ident); ok && pkg.Name == "http" {
			out = append(out, fmt.Sprintf("%s: only handlers touch http.ResponseWriter; return a value or a coded error, and let handlers write it", f.at(sel.Pos())))
		}
		return true
	})
	return out
}

// stringsOf gives the string literals of a file, without its import paths.
func stringsOf(f *ast.File) (out []*ast.BasicLit) {
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ImportSpec:
			return false
		case *ast.BasicLit:
			if n.Kind == token.STRING {
				out = append(out, n)
			}
		}
		return true
	})
	return out
}
