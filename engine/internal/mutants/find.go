package main

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"regexp"
	"slices"
	"strings"
)

// site is an expression with its mutants.
type site struct {
	file     *file
	from, to int // bytes of the file
	// typ is the type of a value; empty for a condition, which is not evaluated
	// where its mutant acts.
	typ  string
	alts []*mutant
}

// mutant is one change: the expression of a site replaced by text.
type mutant struct {
	number int
	// name tells it from all others of the package and survives other changes.
	name string
	text string
	line int
}

// finder collects the sites of one package.
type finder struct {
	u     *unit
	sites []*site
	seen  map[string]int
	// of the function that is being looked at
	file     *file
	function string
}

// find lists the sites of a package in the order of its files.
func find(u *unit) []*site {
	f := &finder{u: u, seen: map[string]int{}}
	for _, f.file = range u.files {
		for _, d := range f.file.syntax.Decls {
			if d, ok := d.(*ast.FuncDecl); ok && d.Body != nil {
				f.function = functionName(d)
				ast.PreorderStack(d.Body, []ast.Node{d}, f.visit)
			}
		}
	}
	n := 0
	for _, s := range f.sites {
		for _, m := range s.alts {
			n++
			m.number = n
		}
	}
	return f.sites
}

func functionName(d *ast.FuncDecl) string {
	if d.Recv == nil {
		return d.Name.Name
	}
	return strings.TrimLeft(strings.Split(types.ExprString(d.Recv.List[0].Type), "[")[0], "*") + "." + d.Name.Name
}

// visit looks at one node; false where nothing below it is to be changed.
func (f *finder) visit(n ast.Node, stack []ast.Node) bool {
	parent := stack[len(stack)-1]
	switch n := n.(type) {
	case *ast.GenDecl:
		return n.Tok == token.VAR
	case *ast.ArrayType:
		return false // the language wants constants there
	case *ast.KeyValueExpr:
		if _, ok := n.Key.(*ast.Ident); !ok {
			ast.PreorderStack(n.Value, append(slices.Clone(stack), n), f.visit)
			return false
		}
	case ast.Expr:
		if p, ok := parent.(*ast.KeyValueExpr); ok && p.Key == n {
			return false
		}
		tv, ok := f.u.info.Types[n]
		if !ok || !tv.IsValue() {
			return true
		}
		if tv.Value != nil {
			f.constant(n, tv, parent)
			return false
		}
		if b, ok := tv.Type.Underlying().(*types.Basic); ok && b.Info()&types.IsBoolean != 0 {
			f.condition(n, stack)
		}
		if c, ok := n.(*ast.CallExpr); ok {
			return f.call(c, tv, parent)
		}
	}
	return true
}

// call exchanges min and max, leaves out a length of a sum, and passes over sizes
// that are only hints.
func (f *finder) call(c *ast.CallExpr, tv types.TypeAndValue, parent ast.Node) bool {
	name := types.ExprString(c.Fun)
	if name == "make" || name == "slices.Grow" {
		return false
	}
	if name == "min" || name == "max" {
		other := map[string]string{"min": "max", "max": "min"}[name]
		f.add(c, c, f.typeName(tv.Type), other+f.source(c)[len(name):])
	}
	if sum, ok := parent.(*ast.BinaryExpr); ok && sum.Op == token.ADD && name == "len" {
		f.add(c, c, "int", "0")
	}
	return true
}

// condition changes a comparison, a call or a variable that something is decided
// by; what is put together by && and || is changed part by part.
func (f *finder) condition(n ast.Expr, stack []ast.Node) {
	if is[*ast.ParenExpr](n) {
		return
	}
	i := len(stack) - 1
	for is[*ast.ParenExpr](stack[i]) {
		i--
	}
	parent := stack[i]
	b, binary := n.(*ast.BinaryExpr)
	if binary && (b.Op == token.LAND || b.Op == token.LOR) {
		return
	}
	var alts []string
	if binary {
		if op, ok := otherBound[b.Op]; ok {
			alts = append(alts, f.source(b.X)+" "+op+" "+f.source(b.Y))
		}
	}
	switch p := parent.(type) {
	case *ast.BinaryExpr:
		switch p.Op {
		case token.LAND:
			alts = append(alts, "true")
		case token.LOR:
			alts = append(alts, "false")
		}
	case *ast.ForStmt:
		alts = append(alts, "false")
	case *ast.IfStmt, *ast.CaseClause, *ast.ReturnStmt:
		alts = append(alts, "true", "false")
	case *ast.AssignStmt:
		if slices.Contains(p.Rhs, n) {
			alts = append(alts, "true", "false")
		}
	}
	f.add(n, parent, "", alts...)
}

func is[T ast.Node](n ast.Node) bool {
	_, ok := n.(T)
	return ok
}

var otherBound = map[token.Token]string{token.LSS: "<=", token.LEQ: "<", token.GTR: ">=", token.GEQ: ">"}

// code is what rules, caveats and symbols look like.
var code = regexp.MustCompile(`^"[A-Z][A-Z0-9_]*(-[0-9]+)?"$`)

// constant changes a number, a truth value, a symbol or a code.
func (f *finder) constant(n ast.Expr, tv types.TypeAndValue, parent ast.Node) {
	typ := f.typeName(tv.Type)
	b, basic := tv.Type.Underlying().(*types.Basic)
	if !basic || tv.IsNil() {
		return
	}
	compared := false
	switch p := parent.(type) {
	case *ast.BinaryExpr:
		compared = p.Op == token.EQL || p.Op == token.NEQ
		if p.Op == token.SHL || p.Op == token.SHR {
			return
		}
	case *ast.CaseClause:
		if b.Info()&types.IsInteger != 0 {
			f.add(n, parent, typ, fmt.Sprintf("^%s(0)", typ))
		} else if b.Info()&types.IsString != 0 {
			f.add(n, parent, typ, `"never"`)
		}
		return
	}
	switch {
	case b.Info()&types.IsBoolean != 0:
		f.add(n, parent, typ, map[bool]string{true: "false", false: "true"}[constant.BoolVal(tv.Value)])
	case b.Info()&types.IsString != 0:
		if !compared && code.MatchString(tv.Value.ExactString()) {
			f.add(n, parent, typ, `"OTHER"`)
		}
	case b.Info()&types.IsInteger != 0:
		if symbols := f.symbols(tv.Type); len(symbols) > 2 {
			if i := slices.IndexFunc(symbols, func(c *types.Const) bool {
				return constant.Compare(c.Val(), token.EQL, tv.Value)
			}); i >= 0 && !compared {
				f.add(n, parent, typ, f.qualified(symbols[(i+1)%len(symbols)]))
			}
			return
		}
		if v, exact := constant.Int64Val(tv.Value); exact && v < 1<<62 && v > -1<<62 {
			f.add(n, parent, typ, "("+f.source(n)+" + 1)")
		}
	}
}

// symbols are the constants of a type that is a list of them; none for a type
// that counts or measures.
func (f *finder) symbols(t types.Type) []*types.Const {
	named, ok := t.(*types.Named)
	if !ok || named.Obj().Pkg() == nil || types.Unalias(t).Underlying().(*types.Basic).Kind() != types.Uint8 {
		return nil
	}
	scope := named.Obj().Pkg().Scope()
	var list []*types.Const
	for _, name := range scope.Names() {
		if c, ok := scope.Lookup(name).(*types.Const); ok && types.Identical(c.Type(), t) {
			list = append(list, c)
		}
	}
	slices.SortStableFunc(list, func(a, b *types.Const) int {
		switch {
		case constant.Compare(a.Val(), token.LSS, b.Val()):
			return -1
		case constant.Compare(b.Val(), token.LSS, a.Val()):
			return 1
		}
		return 0
	})
	return list
}

func (f *finder) qualified(c *types.Const) string {
	if c.Pkg().Path() == f.u.name {
		return c.Name()
	}
	return c.Pkg().Name() + "." + c.Name()
}

func (f *finder) typeName(t types.Type) string {
	return types.TypeString(t, func(p *types.Package) string {
		if p.Path() == f.u.name {
			return ""
		}
		return p.Name()
	})
}

// add notes the mutants of an expression. Their names show the change within
// around, the node that the expression stands in.
func (f *finder) add(n ast.Expr, around ast.Node, typ string, alts ...string) {
	if len(alts) == 0 {
		return
	}
	s := &site{file: f.file, from: f.offset(n.Pos()), to: f.offset(n.End()), typ: typ}
	for _, alt := range alts {
		before, after := f.shown(n, around)
		name := fmt.Sprintf("%s/%s %s: %s -> %s", f.u.name, f.file.name, f.function,
			oneLine(before+f.source(n)+after), oneLine(before+alt+after))
		f.seen[name]++
		if k := f.seen[name]; k > 1 {
			name += fmt.Sprintf(" (%d)", k)
		}
		s.alts = append(s.alts, &mutant{name: name, text: alt, line: f.u.fset.Position(n.Pos()).Line})
	}
	f.sites = append(f.sites, s)
}

// shown is what stands before and after an expression in the node around it,
// where that is short.
func (f *finder) shown(n ast.Expr, around ast.Node) (before, after string) {
	switch around := around.(type) {
	case *ast.BinaryExpr:
		if around.Op == token.LAND || around.Op == token.LOR {
			return "", ""
		}
	case *ast.CallExpr, *ast.ReturnStmt, *ast.AssignStmt, *ast.KeyValueExpr, *ast.IndexExpr, *ast.SliceExpr:
	default:
		return "", ""
	}
	from, to := f.offset(around.Pos()), f.offset(around.End())
	if to-from > 100 {
		return "", ""
	}
	return string(f.file.text[from:f.offset(n.Pos())]), string(f.file.text[f.offset(n.End()):to])
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

func (f *finder) offset(p token.Pos) int { return f.u.fset.Position(p).Offset }

func (f *finder) source(n ast.Node) string {
	return string(f.file.text[f.offset(n.Pos()):f.offset(n.End())])
}
