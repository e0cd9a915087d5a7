package house

import (
	"bytes"
	"go/ast"
	"path"
	"slices"
	"strings"
	"testing"
)

// topLevel is all that may stand in the root, besides hidden files.
var topLevel = []string{
	"engine", "topics", "schemas", "state", "bench", "integration",
	"go.mod", "go.sum", "Dockerfile", "README.md", "main.go",
}

func TestTopLevel(t *testing.T) {
	seen := map[string]bool{}
	for _, f := range files(t) {
		top, _, _ := strings.Cut(f, "/")
		if seen[top] {
			continue
		}
		seen[top] = true
		if !strings.HasPrefix(top, ".") && !slices.Contains(topLevel, top) {
			t.Errorf("%s stands in the root; the root holds only %s and hidden files. "+
				"Move it to the room that it belongs to", top, strings.Join(topLevel, ", "))
		}
	}
}

// maxLines is how long a file may be; when one grows, it usually holds two
// ideas.
const maxLines = 400

func TestFileLength(t *testing.T) {
	for _, s := range sources(t) {
		if n := bytes.Count(s.text, []byte("\n")); !s.generated && n > maxLines {
			t.Errorf("%s has %d lines, more than %d; it usually holds two ideas, give each a file", s.file, n, maxLines)
		}
	}
}

func TestEveryPackageSaysWhatItIs(t *testing.T) {
	type pkg struct{ name, doc string }
	dirs := map[string]pkg{}
	for _, s := range sources(t) {
		p := dirs[s.dir]
		if !s.test {
			p.name = s.syntax.Name.Name
		}
		home := path.Base(s.file) == "doc.go" || s.dir == "." && path.Base(s.file) == "main.go"
		if home && s.syntax.Doc != nil {
			p.doc = s.syntax.Doc.Text()
		}
		dirs[s.dir] = p
	}
	for dir, p := range dirs {
		switch {
		case p.doc == "":
			t.Errorf("%s has no doc.go with a package comment; write one that says what the package guarantees, "+
				"what it never does, and which files it has", dir)
		case p.name != "main" && !strings.HasPrefix(p.doc, "Package "+p.name+" "):
			t.Errorf("%s/doc.go begins with %q; begin with %q", dir, firstWords(p.doc), "Package "+p.name)
		}
	}
}

func firstWords(s string) string {
	f := strings.Fields(s)
	return strings.Join(f[:min(len(f), 4)], " ")
}

// TestNamesAreDocumented: every type says what it is, and every name that another
// package can use says what it does.
func TestNamesAreDocumented(t *testing.T) {
	for _, s := range sources(t) {
		used := !s.test && s.syntax.Name.Name != "main"
		for _, d := range s.syntax.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				if used && d.Name.IsExported() && ast.IsExported(receiver(d)) && d.Doc.Text() == "" {
					undocumented(t, s, d, d.Name.Name)
				}
			case *ast.GenDecl:
				checkTypes(t, s, d)
				if used {
					checkValues(t, s, d)
				}
			}
		}
	}
}

// checkTypes wants a comment on every type.
func checkTypes(t *testing.T, s *source, d *ast.GenDecl) {
	for _, spec := range d.Specs {
		spec, ok := spec.(*ast.TypeSpec)
		if ok && spec.Doc.Text() == "" && (len(d.Specs) > 1 || d.Doc.Text() == "") {
			undocumented(t, s, spec, spec.Name.Name)
		}
	}
}

// checkValues wants a comment on every exported constant or variable, or on the group
// that it stands in.
func checkValues(t *testing.T, s *source, d *ast.GenDecl) {
	for _, spec := range d.Specs {
		spec, ok := spec.(*ast.ValueSpec)
		if !ok || d.Doc.Text()+spec.Doc.Text()+spec.Comment.Text() != "" {
			continue
		}
		for _, n := range spec.Names {
			if n.IsExported() {
				undocumented(t, s, spec, n.Name)
			}
		}
	}
}

func undocumented(t *testing.T, s *source, n ast.Node, name string) {
	t.Helper()
	t.Errorf("%s: %s has no comment; say what it is or does, with units, errors and defaults", s.at(n), name)
}

// receiver names the type of a method; for a function it returns an exported
// name, so that the function's own name decides.
func receiver(d *ast.FuncDecl) string {
	if d.Recv == nil || len(d.Recv.List) == 0 {
		return "Function"
	}
	x := d.Recv.List[0].Type
	for {
		switch y := x.(type) {
		case *ast.StarExpr:
			x = y.X
		case *ast.IndexExpr:
			x = y.X
		case *ast.IndexListExpr:
			x = y.X
		case *ast.Ident:
			return y.Name
		default:
			return "Function"
		}
	}
}

// decisions is where decision records stand (decision 0001).
const decisions = ".github/decisions/"

func TestDecisionsAreIndexed(t *testing.T) {
	index := string(read(t, decisions+"README.md"))
	numbers := map[string]string{}
	for _, f := range files(t) {
		name, ok := strings.CutPrefix(f, decisions)
		if !ok || name == "README.md" {
			continue
		}
		number, _, _ := strings.Cut(name, "-")
		if len(number) != 4 || strings.Trim(number, "0123456789") != "" {
			t.Errorf("%s: a decision record is named NNNN-short-title.md", f)
		}
		if other, taken := numbers[number]; taken {
			t.Errorf("%s and %s have one number; give the newer one the next free number", f, other)
		}
		numbers[number] = f
		if !strings.Contains(index, "]("+name+")") {
			t.Errorf("%s is not in the index; add a line to %sREADME.md", f, decisions)
		}
	}
}
