package house

import (
	"go/ast"
	"testing"
)

// moves are the files that rename, and what: all but one move directories.
var moves = map[string]string{
	"engine/outfile/outfile.go":     "files, whole and durable",
	"engine/stream/backup.go":       "a restored state into its place",
	"engine/stream/openstate.go":    "a damaged state aside",
	"engine/stream/centres/keep.go": "a damaged register aside",
}

// TestRenames: files are written by one package, so that none is half there or
// gone after a power cut.
func TestRenames(t *testing.T) {
	found := map[string]bool{}
	for _, s := range sources(t) {
		if s.test {
			continue
		}
		ast.Inspect(s.syntax, func(n ast.Node) bool {
			f, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			if p, ok := f.X.(*ast.Ident); !ok || p.Name != "os" || f.Sel.Name != "Rename" {
				return true
			}
			found[s.file] = true
			if moves[s.file] == "" {
				t.Errorf("%s: write files with engine/outfile (Create, or Replace where this process alone writes "+
					"it), which makes them durable; a directory that is moved is listed in renames_test.go", s.at(n))
			}
			return true
		})
	}
	for file := range moves {
		if !found[file] {
			t.Errorf("%s renames nothing: take it out of renames_test.go", file)
		}
	}
}
