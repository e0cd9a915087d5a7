package house

import (
	"go/ast"
	"slices"
	"strings"
	"testing"
)

// unread are the parameters that nothing reads yet, with what will.
var unread = map[string]string{}

// TestEveryParameterIsRead: a parameter of the policy that nothing reads promises
// what the engine does not do.
func TestEveryParameterIsRead(t *testing.T) {
	fields := map[string]bool{}
	read := map[string]bool{}
	for _, s := range sources(t) {
		if s.test {
			continue
		}
		if s.file == "engine/duty/policy.go" {
			for _, name := range fieldsOf(s.syntax, "Params") {
				fields[name] = true
			}
		}
		// Package policy fills them in; the second evaluator checks, and decides nothing.
		if s.dir == "engine/policy" || strings.HasPrefix(s.dir, "engine/duty/internal/") {
			continue
		}
		ast.Inspect(s.syntax, func(n ast.Node) bool {
			if x, ok := n.(*ast.SelectorExpr); ok {
				read[x.Sel.Name] = true
			}
			return true
		})
	}
	if len(fields) < 30 {
		t.Fatalf("engine/duty/policy.go has %d parameters; the test looks in the wrong place", len(fields))
	}
	for name := range fields {
		switch why, listed := unread[name]; {
		case !read[name] && !listed:
			t.Errorf("nothing reads the parameter %s of engine/duty/policy.go; read it where its rule is, or take it away", name)
		case read[name] && listed:
			t.Errorf("the parameter %s is read now; take it off the list of parameters_test.go (%s)", name, why)
		}
	}
}

// fieldsOf lists the fields of a struct type.
func fieldsOf(file *ast.File, name string) []string {
	var out []string
	ast.Inspect(file, func(n ast.Node) bool {
		s, ok := n.(*ast.TypeSpec)
		if !ok || s.Name.Name != name {
			return true
		}
		if x, ok := s.Type.(*ast.StructType); ok {
			for _, f := range x.Fields.List {
				for _, n := range f.Names {
					out = append(out, n.Name)
				}
			}
		}
		return false
	})
	return slices.Clip(out)
}
