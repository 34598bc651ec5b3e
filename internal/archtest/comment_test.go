package archtest

import (
	"fmt"
	"go/ast"
	"go/token"
	"testing"
)

func TestEveryPackageHasAComment(t *testing.T) {
	t.Parallel()
	first := map[string]string{} // package folder -> a file of it
	commented := map[string]bool{}
	for _, f := range source(t) {
		if !f.isGo() || f.isTest() {
			continue
		}
		if _, seen := first[f.dir()]; !seen {
			first[f.dir()] = f.path
		}
		commented[f.dir()] = commented[f.dir()] || f.ast.Doc != nil
	}
	for dir, name := range first {
		if !commented[dir] {
			t.Errorf("%s:1: package %s has no comment; say above the package clause what it is for", name, dir)
		}
	}
}

func TestEveryExportedNameHasAComment(t *testing.T) {
	t.Parallel()
	for _, f := range source(t) {
		if f.isGo() && !f.isTest() && !f.generated && f.ast.Name.Name != "main" {
			report(t, commentFindings(f))
		}
	}
}

func commentFindings(f file) (out []string) {
	missing := func(name *ast.Ident) {
		out = append(out, fmt.Sprintf("%s: %s is exported without a comment; say why it is there, who calls it and what happens on failure", f.at(name.Pos()), name.Name))
	}
	for _, decl := range f.ast.Decls {
		switch d := decl.(type) {
		case *ast.FuncDecl:
			if d.Doc == nil && d.Name.IsExported() && receiverExported(d) {
				missing(d.Name)
			}
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				for _, name := range uncommented(d, spec) {
					missing(name)
				}
			}
		}
	}
	return out
}

// uncommented gives the exported names of one spec that nothing explains. A
// comment on a group of constants or variables explains them all.
func uncommented(d *ast.GenDecl, spec ast.Spec) (out []*ast.Ident) {
	switch s := spec.(type) {
	case *ast.TypeSpec:
		grouped := d.Lparen != token.NoPos
		if s.Name.IsExported() && s.Doc == nil && s.Comment == nil && (d.Doc == nil || grouped) {
			out = append(out, s.Name)
		}
	case *ast.ValueSpec:
		for _, name := range s.Names {
			if name.IsExported() && s.Doc == nil && s.Comment == nil && d.Doc == nil {
				out = append(out, name)
			}
		}
	}
	return out
}

func receiverExported(d *ast.FuncDecl) bool {
	if d.Recv == nil || len(d.Recv.List) == 0 {
		return true
	}
	t := d.Recv.List[0].Type
	for {
		switch x := t.(type) {
		case *ast.StarExpr:
			t = x.X
		case *ast.IndexExpr:
			t = x.X
		case *ast.IndexListExpr:
			t = x.X
		case *ast.Ident:
			return x.IsExported()
		default:
			return true
		}
	}
}
