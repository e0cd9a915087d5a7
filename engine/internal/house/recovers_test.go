package house

import (
	"go/ast"
	"slices"
	"testing"
)

// recovers are the files that may recover from panics without letting a broken invariant through,
// since nothing that they call asserts one.
var recovers = []string{
	"engine/policy/syntax.go",   // the parser of YAML
	"engine/cli/config_yaml.go", // the same
}

// TestRecoveringLetsFailuresThrough: whoever recovers from panics calls invariant.Pass, or panics
// again with what it does not know. A broken invariant would be swallowed otherwise.
func TestRecoveringLetsFailuresThrough(t *testing.T) {
	found, spared := 0, 0
	for _, s := range sources(t) {
		if s.test || s.generated {
			continue
		}
		for _, d := range s.syntax.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok {
				continue
			}
			var recovering ast.Node
			passes := false
			ast.Inspect(f, func(n ast.Node) bool {
				call, ok := n.(*ast.CallExpr)
				if !ok {
					return true
				}
				switch fun := call.Fun.(type) {
				case *ast.Ident:
					if fun.Name == "recover" {
						recovering = call
					}
					passes = passes || fun.Name == "panic"
				case *ast.SelectorExpr:
					passes = passes || fun.Sel.Name == "Pass"
				}
				return true
			})
			if recovering == nil {
				continue
			}
			if slices.Contains(recovers, s.file) {
				spared++
				continue
			}
			if found++; !passes {
				t.Errorf("%s: %s recovers from every panic, also from that of a broken invariant; "+
					"call invariant.Pass with what was recovered", s.at(recovering), f.Name.Name)
			}
		}
	}
	if found == 0 || spared != len(recovers) {
		t.Errorf("%d functions recover from panics, %d of them in the files listed here; "+
			"bring the list up to date", found+spared, spared)
	}
}
