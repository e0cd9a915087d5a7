package house

import (
	"go/ast"
	"go/token"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// maxColumns is how long a line may be. A tab counts as one.
const maxColumns = 120

// TestLineLength: what lies to the right of the screen is not read. Rows of tables
// stay whole, since they are read from top to bottom, and so do struct tags and texts
// in backquotes, which cannot be broken.
func TestLineLength(t *testing.T) {
	for _, s := range sources(t) {
		if s.generated {
			continue
		}
		for i, line := range strings.Split(string(s.text), "\n") {
			n := utf8.RuneCountInString(line)
			if n > maxColumns && !strings.HasPrefix(line, "//go:") && !whole(s, i+1, line) {
				t.Errorf("%s:%d has %d columns, more than %d; break it after an operator, an argument or a clause, "+
					"or give a part of it a name", s.file, i+1, n, maxColumns)
			}
		}
	}
}

// whole reports whether a line has what is not broken: a row of a table, a struct tag, or
// text in backquotes.
func whole(s *source, number int, line string) bool {
	file := s.fset.File(s.syntax.Pos())
	start := file.LineStart(number)
	first := start + token.Pos(len(line)-len(strings.TrimLeft(line, "\t ")))
	last := start + token.Pos(len(strings.TrimRight(line, ", ")))
	found := false
	ast.Inspect(s.syntax, func(n ast.Node) bool {
		if n == nil || found || n.End() < first || n.Pos() > last {
			return false
		}
		switch n := n.(type) {
		case *ast.Field:
			found = n.Tag != nil && file.Line(n.Tag.Pos()) == number
		case *ast.BasicLit:
			found = n.Kind == token.STRING && n.Value[0] == '`'
		case *ast.CompositeLit:
			switch n.Type.(type) {
			case *ast.ArrayType, *ast.MapType, nil:
				found = slices.ContainsFunc(n.Elts, func(e ast.Expr) bool { return e.Pos() == first && e.End() == last })
			}
		}
		return !found
	})
	return found
}

// TestImportGroups: packages of the project stand in a group of their own.
func TestImportGroups(t *testing.T) {
	for _, s := range sources(t) {
		file := s.fset.File(s.syntax.Pos())
		for i, x := range s.syntax.Imports {
			if i == 0 {
				continue
			}
			before := s.syntax.Imports[i-1]
			adjacent := file.Line(x.Pos()) == file.Line(before.End())+1
			own := func(x *ast.ImportSpec) bool { return strings.HasPrefix(x.Path.Value, `"tilsyn/`) }
			if adjacent && own(x) != own(before) {
				t.Errorf("%s:%d: leave a line between packages of the project and others", s.file, file.Line(x.Pos()))
			}
		}
	}
}
