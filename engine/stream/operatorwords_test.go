package stream

import (
	"cmp"
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

var rewrite = flag.Bool("rewrite", false, "rewrite testdata/operator.txt with what the program says now")

// operatorErrors are the files whose errors speak of groups, transactions, recovery and
// fencing; of all others only the log is listed.
var operatorErrors = map[string]bool{}

func init() {
	for _, name := range strings.Fields(`broker/broker centres/epochs errors_hanging loop member openstate prefixgroup taken
		task/divergence task/errors_logs task/rebuild task/recover task/recover_read task/recover_state task/taskgroup task/taskpolicy task/topicwatch task/writer ../../topics/client ../../topics/coordinator ../../topics/errors
		../../topics/member ../../topics/member_leave ../../topics/member_table ../../topics/member_wire ../../topics/txn`) {
		operatorErrors[filepath.FromSlash(name)+".go"] = true
	}
}

// All log lines and errors that an operator can meet are listed in testdata/operator.txt, so that
// they can be read without the code around them: what happened, what it means, what to do. After a
// change of wording run with -rewrite and read the difference.
func TestOperatorWords(t *testing.T) {
	const golden = "testdata/operator.txt"
	files, err := filepath.Glob("*.go")
	must(t, err)
	rooms, err := filepath.Glob(filepath.Join("*", "*.go"))
	must(t, err)
	more, err := filepath.Glob(filepath.Join("..", "..", "topics", "*.go"))
	must(t, err)
	var out strings.Builder
	for _, name := range slices.Concat(files, rooms, more) {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		said := wordsOf(t, name)
		if len(said) > 0 {
			fmt.Fprintf(&out, "%s\n%s\n", strings.TrimPrefix(filepath.ToSlash(name), "../../"), strings.Join(said, ""))
		}
	}
	if *rewrite {
		must(t, os.WriteFile(golden, []byte(out.String()), 0o600))
		return
	}
	want, err := os.ReadFile(golden)
	must(t, err)
	if out.String() != string(want) {
		t.Errorf("%s is not what the program says now: run `go test ./engine/stream -run TestOperatorWords "+
			"-rewrite` and read the difference as an operator would", golden)
	}
}

// wordsOf are the log lines of a file, and its errors where they are listed, in order.
func wordsOf(t *testing.T, name string) (said []string) {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
	must(t, err)
	levels := map[string]string{} // of lines that are begun in one place and told in another
	ast.Inspect(file, func(n ast.Node) bool {
		if a, ok := n.(*ast.AssignStmt); ok && len(a.Lhs) == 1 {
			if to, ok := a.Lhs[0].(*ast.Ident); ok {
				if l := level(a.Rhs[0], nil); l != "-" {
					levels[to.Name] = l
				}
			}
		}
		call, ok := n.(*ast.CallExpr)
		if !ok || len(call.Args) == 0 {
			return true
		}
		sel, ok := call.Fun.(*ast.SelectorExpr)
		text, is := literal(call.Args[0])
		if !ok || !is {
			return true
		}
		of, _ := sel.X.(*ast.Ident)
		switch {
		case sel.Sel.Name == "Msg":
			said = append(said, fmt.Sprintf("  %-6s%s\n", level(sel.X, levels), text))
		case operatorErrors[name] && of != nil &&
			(of.Name == "errors" && sel.Sel.Name == "New" || of.Name == "fmt" && sel.Sel.Name == "Errorf"):
			said = append(said, fmt.Sprintf("  (%s)\n", text))
		}
		return true
	})
	return said
}

// literal is the value of a text in the source, also of one in pieces.
func literal(e ast.Expr) (string, bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		s, err := strconv.Unquote(e.Value)
		return s, err == nil && e.Kind == token.STRING
	case *ast.BinaryExpr:
		a, ok1 := literal(e.X)
		b, ok2 := literal(e.Y)
		return a + b, ok1 && ok2
	}
	return "", false
}

// level is that of a log line, by its own chain of calls or that of what it begins with.
func level(e ast.Expr, begun map[string]string) string {
	for {
		switch x := e.(type) {
		case *ast.CallExpr:
			e = x.Fun
		case *ast.SelectorExpr:
			switch x.Sel.Name {
			case "Debug", "Info", "Warn", "Error":
				if _, chained := x.X.(*ast.SelectorExpr); chained {
					return strings.ToLower(x.Sel.Name)
				}
			}
			e = x.X
		case *ast.Ident:
			return cmp.Or(begun[x.Name], "-")
		default:
			return "-"
		}
	}
}
