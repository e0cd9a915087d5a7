package house

import (
	"go/ast"
	"go/importer"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// pure are the packages whose results depend on their arguments alone. All of
// them get time as an argument; duty has its own calendar and needs no package
// time at all.
var pure = []string{
	"engine/duty", "engine/watch", "engine/sanction", "engine/recall", "engine/affected", "engine/control",
	"engine/explain", "engine/evidence", "engine/glossary",
}

// harmless are the packages of the standard library that neither read the
// outside nor depend on scheduling or chance.
var harmless = []string{
	"bytes", "cmp", "container/heap", "container/list", "crypto/md5", "crypto/sha1", "crypto/sha256",
	"encoding/base64", "encoding/binary", "encoding/hex", "errors", "fmt", "hash", "hash/crc32", "hash/fnv",
	"iter", "maps", "math", "math/big", "math/bits", "slices", "sort", "strconv", "strings",
	"unicode", "unicode/utf16", "unicode/utf8",
}

// orderFree marks a range over a map whose order does not matter.
const orderFree = "//house:order-free "

func TestPurity(t *testing.T) {
	var list []*source
	for _, s := range sources(t) {
		// Generators in subdirectories run at build time, not in the core.
		if slices.Contains(pure, s.dir) && !s.test {
			list = append(list, s)
		}
	}
	if len(list) == 0 {
		t.Fatal("no files of the pure packages found; the list in this test is out of date")
	}
	for _, s := range list {
		checkImports(t, s)
		checkStatements(t, s)
	}
}

func checkImports(t *testing.T, s *source) {
	for _, i := range s.syntax.Imports {
		p, err := strconv.Unquote(i.Path.Value)
		if err != nil || p == module || strings.HasPrefix(p, module+"/") {
			continue
		}
		if !slices.Contains(harmless, p) {
			t.Errorf("%s: a pure package must not import %q (no I/O, no clock, no chance, no locks, "+
				"no logging in the core); pass what you need as an argument, or do this in stream or replay", s.at(i), p)
		}
	}
}

func checkStatements(t *testing.T, s *source) {
	ast.Inspect(s.syntax, func(n ast.Node) bool {
		what := ""
		switch n := n.(type) {
		case *ast.GoStmt:
			what = "start a goroutine"
		case *ast.SelectStmt:
			what = "select over channels"
		case *ast.SendStmt:
			what = "send on a channel"
		case *ast.ChanType:
			what = "use channels"
		case *ast.CallExpr:
			if f, ok := n.Fun.(*ast.Ident); ok && (f.Name == "print" || f.Name == "println") {
				what = "print"
			}
			if f, ok := n.Fun.(*ast.SelectorExpr); ok && strings.HasPrefix(f.Sel.Name, "Print") {
				if p, ok := f.X.(*ast.Ident); ok && p.Name == "fmt" {
					what = "print"
				}
			}
		}
		if what != "" {
			t.Errorf("%s: a pure package must not %s; return the value and let the caller do it", s.at(n), what)
		}
		return true
	})
}

// TestMapOrder type-checks the pure packages and looks at every range over a
// map: Go's map order is random, and the same facts must give the same bytes.
func TestMapOrder(t *testing.T) {
	c := newChecker(t)
	for _, dir := range pure {
		if _, err := c.Import(module + "/" + dir); err != nil {
			t.Fatalf("%s does not type-check: %v; mend it first", dir, err)
		}
		for _, s := range c.dirs[dir] {
			checkMapOrder(t, s, c.info)
		}
	}
}

// checker type-checks packages of this module from their text. What they import is read from its
// text as well: nothing is compiled for it, which on an empty cache would be done twice.
type checker struct {
	t       *testing.T
	fset    *token.FileSet
	dirs    map[string][]*source // without tests
	info    *types.Info
	done    map[string]*types.Package
	outside types.Importer // of packages outside the module
}

func newChecker(t *testing.T) *checker {
	fset := token.NewFileSet()
	c := &checker{t: t, fset: fset, dirs: map[string][]*source{}, done: map[string]*types.Package{},
		info:    &types.Info{Types: map[ast.Expr]types.TypeAndValue{}},
		outside: importer.ForCompiler(fset, "gc", compiled(t))}
	for _, s := range sources(t) {
		if !s.test {
			c.dirs[s.dir] = append(c.dirs[s.dir], s)
		}
	}
	return c
}

// compiled returns where the compiler left the types of what the pure packages import from outside of the module.
// Checking that from its sources takes several times as long.
func compiled(t *testing.T) importer.Lookup {
	args := []string{"list", "-export", "-deps", "-f", "{{.ImportPath}}={{.Export}}"}
	for _, dir := range pure {
		args = append(args, module+"/"+dir)
	}
	out, err := exec.CommandContext(t.Context(), "go", args...).Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	exports := map[string]string{}
	for line := range strings.Lines(string(out)) {
		if p, path, ok := strings.Cut(strings.TrimSpace(line), "="); ok {
			exports[p] = path
		}
	}
	return func(p string) (io.ReadCloser, error) { return os.Open(exports[p]) }
}

// Import returns the types of a package.
func (c *checker) Import(p string) (*types.Package, error) {
	dir, ours := strings.CutPrefix(p, module+"/")
	if !ours {
		return c.outside.Import(p)
	}
	if c.done[dir] != nil {
		return c.done[dir], nil
	}
	var parsed []*ast.File
	for _, s := range c.dirs[dir] {
		s.reparse(c.t, c.fset)
		parsed = append(parsed, s.syntax)
	}
	conf := types.Config{Importer: c, IgnoreFuncBodies: !slices.Contains(pure, dir)}
	checked, err := conf.Check(p, c.fset, parsed, c.info)
	c.done[dir] = checked
	return checked, err
}

func checkMapOrder(t *testing.T, s *source, info *types.Info) {
	// sorted are the calls whose order is put right at once.
	sorted := map[ast.Expr]bool{}
	ast.Inspect(s.syntax, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			if strings.HasPrefix(callee(n), "slices.Sorted") && len(n.Args) > 0 {
				sorted[n.Args[0]] = true
			}
			if f := callee(n); f == "maps.Keys" || f == "maps.Values" || f == "maps.All" {
				if !sorted[n] && !s.isOrderFree(n) {
					t.Errorf("%s: %s comes in random order; put slices.Sorted around it, "+
						"or write %s and why the order does not matter", s.at(n), f, strings.TrimSpace(orderFree))
				}
			}
		case *ast.RangeStmt:
			tv, ok := info.Types[n.X]
			if !ok || tv.Type == nil {
				return true
			}
			if _, isMap := tv.Type.Underlying().(*types.Map); isMap && !s.isOrderFree(n) {
				t.Errorf("%s: a range over a map comes in random order; range over slices.Sorted(maps.Keys(m)), "+
					"or write %s and why the order does not matter", s.at(n), strings.TrimSpace(orderFree))
			}
		}
		return true
	})
}

// callee names a function called as package.Name.
func callee(c *ast.CallExpr) string {
	f, ok := c.Fun.(*ast.SelectorExpr)
	if !ok {
		return ""
	}
	p, ok := f.X.(*ast.Ident)
	if !ok {
		return ""
	}
	return p.Name + "." + f.Sel.Name
}

// isOrderFree reports whether the mark with a reason stands on the node's line
// or the one above.
func (s *source) isOrderFree(n ast.Node) bool {
	line := s.fset.Position(n.Pos()).Line
	for _, g := range s.syntax.Comments {
		for _, c := range g.List {
			at := s.fset.Position(c.Pos()).Line
			if (at == line || at == line-1) && strings.HasPrefix(c.Text, orderFree) && len(c.Text) > len(orderFree)+5 {
				return true
			}
		}
	}
	return false
}
