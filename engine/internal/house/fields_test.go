package house

import (
	"go/ast"
	"strings"
	"testing"
)

// maxFields is how many fields a struct may have. One with more usually holds two ideas: give
// each a type with the methods that use it.
const maxFields = 15

// manyFields begins the sentence of a struct's comment that says why it has more.
const manyFields = "Many fields: "

// TestFields looks at every struct of the engine's rooms, of the core, of replay and of what
// they stand on. Generated records have the fields that the contract gives them.
func TestFields(t *testing.T) {
	for _, s := range sources(t) {
		if s.test || s.generated || !fieldsCount(s.dir) {
			continue
		}
		for _, d := range s.syntax.Decls {
			g, ok := d.(*ast.GenDecl)
			if !ok {
				continue
			}
			for _, spec := range g.Specs {
				ts, ok := spec.(*ast.TypeSpec)
				if !ok {
					continue
				}
				st, ok := ts.Type.(*ast.StructType)
				if !ok {
					continue
				}
				n := 0
				for _, f := range st.Fields.List {
					n += max(1, len(f.Names))
				}
				said := strings.Contains(g.Doc.Text()+ts.Doc.Text(), manyFields)
				switch {
				case n > maxFields && !said:
					t.Errorf("%s: %s has %d fields, more than %d; give each idea in it a type, or say in its comment after %q why not",
						s.at(ts), ts.Name.Name, n, maxFields, manyFields)
				case n <= maxFields && said:
					t.Errorf("%s: %s has %d fields, and its comment says why it has many; take that out", s.at(ts), ts.Name.Name, n)
				}
			}
		}
	}
}

// fieldsCount reports whether the structs of a directory are counted.
func fieldsCount(dir string) bool {
	for _, room := range []string{"engine/stream", "engine/duty", "engine/replay", "topics", "state"} {
		if dir == room || strings.HasPrefix(dir, room+"/") {
			return !strings.HasPrefix(dir, "engine/duty/internal/")
		}
	}
	return false
}
