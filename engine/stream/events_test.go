package stream

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"tilsyn/engine/observe"
)

// said is one log line in the source.
type said struct {
	level, text, event, where string
	fields                    []string
}

// Every log line of the program is an event with a name, and the page of events is what the sources say. After a
// change run with -rewrite and read the difference.
func TestEvents(t *testing.T) {
	var lines []said
	for _, pattern := range []string{"*.go", "*/*.go", "../cli/*.go", "../console/*.go", "../../topics/*.go",
		"../../state/*.go", "../../schemas/*.go", "../../schemas/registry/*.go"} {
		files, err := filepath.Glob(filepath.FromSlash(pattern))
		must(t, err)
		for _, name := range files {
			if !strings.HasSuffix(name, "_test.go") {
				lines = append(lines, linesOf(t, name)...)
			}
		}
	}
	byText, byID := map[string]string{}, map[string][]said{}
	for _, e := range observe.Events() {
		if _, twice := byID[e.ID]; twice || byText[e.Says] != "" && !strings.Contains(e.Says, "…") {
			t.Errorf("%s is in the list twice, or its message is", e.ID)
		}
		if !regexp.MustCompile(`^[a-z]+(-[a-z]+)*$`).MatchString(e.ID) || len(e.Means) < 10 || len(e.Do) < 8 {
			t.Errorf("%s: name, meaning or what to do is missing", e.ID)
		}
		byText[e.Says], byID[e.ID] = e.ID, nil
	}
	for _, l := range lines {
		id := cmp.Or(l.event, byText[l.text])
		if _, ok := byID[id]; !ok {
			t.Errorf("%s: %q is no event: add it to engine/observe/eventlist.go; a message that differs from time to "+
				"time needs a field %q of its own", l.where, l.text, observe.EventKey)
		}
		byID[id] = append(byID[id], l)
	}
	if len(lines) < 70 {
		t.Errorf("%d log lines in the sources", len(lines))
	}
	page := eventPage(t, byID)
	golden := filepath.Join("..", "observe", "events.md")
	if *rewrite {
		must(t, os.WriteFile(golden, []byte(page), 0o600))
		return
	}
	if page != observe.EventPage {
		t.Errorf("%s is not what the program says now: run `go test ./engine/stream -run TestEvents -rewrite` and "+
			"read the difference as an operator would", golden)
	}
	cited := regexp.MustCompile("\\(`([a-z][a-z-]+)`|, `([a-z][a-z-]+)`\\)|says `([a-z][a-z-]+)`")
	for _, m := range cited.FindAllStringSubmatch(observe.Runbook, -1) {
		if id := cmp.Or(m[1], m[2], m[3]); byID[id] == nil {
			t.Errorf("the runbook names the event %s, which there is not", id)
		}
	}
}

// eventPage is the page of all events.
func eventPage(t *testing.T, from map[string][]said) string {
	t.Helper()
	var out strings.Builder
	out.WriteString("<!-- Generated: go test ./engine/stream -run TestEvents -rewrite -->\n# What the log says\n\n" +
		"Each line has `level`, `time`, `message` and, here, `event`, which stays when the words change. " +
		"Lines are JSON where standard\nerror is no terminal. No line names a person.\n\n")
	list := slices.Clone(observe.Events())
	slices.SortFunc(list, func(a, b observe.Event) int { return cmp.Compare(a.ID, b.ID) })
	for _, e := range list {
		var levels, fields []string
		for _, l := range from[e.ID] {
			levels, fields = append(levels, l.level), append(fields, l.fields...)
		}
		if levels == nil {
			t.Errorf("nothing says %s: take it out of engine/observe/eventlist.go", e.ID)
		}
		slices.Sort(levels)
		slices.Sort(fields)
		fmt.Fprintf(&out, "## %s\n\n%s", e.ID, strings.Join(slices.Compact(levels), ", "))
		if fields = slices.Compact(fields); len(fields) > 0 {
			fmt.Fprintf(&out, ", with `%s`", strings.Join(fields, "`, `"))
		}
		if e.Says != "…" {
			fmt.Fprintf(&out, ": *%s*", e.Says)
		}
		fmt.Fprintf(&out, "\n\n- %s\n- To do: %s\n\n", e.Means, e.Do)
	}
	return strings.TrimRight(out.String(), "\n") + "\n"
}

// linesOf are the log lines of a file.
func linesOf(t *testing.T, name string) (out []said) {
	t.Helper()
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, name, nil, 0)
	must(t, err)
	begun := map[string]said{} // lines that are begun in one place and told in another
	ast.Inspect(file, func(n ast.Node) bool {
		if a, ok := n.(*ast.AssignStmt); ok && len(a.Lhs) == 1 {
			if to, ok := a.Lhs[0].(*ast.Ident); ok {
				if l := chain(a.Rhs[0], begun); l.level != "" || l.event != "" {
					begun[to.Name] = l
				}
			}
		}
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		sel, ok := call.Fun.(*ast.SelectorExpr)
		if !ok || sel.Sel.Name != "Logger" && (sel.Sel.Name != "Msg" || len(call.Args) != 1) {
			return true
		}
		l := chain(sel.X, begun)
		if l.where = set.Position(call.Pos()).String(); sel.Sel.Name == "Msg" {
			l.text, _ = literal(call.Args[0])
		}
		if sel.Sel.Name == "Msg" || l.event != "" {
			l.level = cmp.Or(l.level, "no level")
			out = append(out, l)
		}
		return true
	})
	return out
}

// chain is what a chain of calls says of a log line: level, fields, and the event if it names one.
func chain(e ast.Expr, begun map[string]said) (out said) {
	for {
		switch x := e.(type) {
		case *ast.CallExpr:
			sel, ok := x.Fun.(*ast.SelectorExpr)
			if !ok {
				return out
			}
			key := ""
			if len(x.Args) > 0 {
				key, _ = literal(x.Args[0])
			}
			switch name := sel.Sel.Name; name {
			case "Debug", "Info", "Warn", "Error":
				if len(x.Args) == 0 {
					out.level = strings.ToLower(name)
				}
			case "Err":
				out.fields = append(out.fields, "error")
			case "Str", "Strs", "Int", "Int32", "Int64", "Ints32", "Uint64", "Bool", "Dur", "Time":
				if key == observe.EventKey && len(x.Args) == 2 {
					out.event, _ = literal(x.Args[1])
				} else if key != "" {
					out.fields = append(out.fields, key)
				}
			}
			e = sel.X
		case *ast.SelectorExpr:
			e = x.X
		case *ast.Ident:
			b := begun[x.Name]
			out.level, out.event = cmp.Or(out.level, b.level), cmp.Or(out.event, b.event)
			out.fields = append(out.fields, b.fields...)
			return out
		default:
			return out
		}
	}
}
