package house

import (
	"go/ast"
	"go/token"
	"regexp"
	"strings"
	"testing"
)

// topicsFile is the one place that spells the names of topics.
const topicsFile = "engine/duty/topic.go"

// topicName is a constant of that file with its value.
var topicName = regexp.MustCompile(`(?m)^\t(Topic\w+) += "([a-z-]+)"$`)

// TestTopicsAreNamedOnce: whoever means a topic says so by its constant. Names of one word, such
// as holds, stand for other things as well; they are looked for where a topic is meant.
func TestTopicsAreNamedOnce(t *testing.T) {
	names, words := map[string]string{}, map[string]string{}
	for _, m := range topicName.FindAllStringSubmatch(string(read(t, topicsFile)), -1) {
		if strings.Contains(m[2], "-") {
			names[m[2]] = m[1]
		} else {
			words[m[2]] = m[1]
		}
	}
	if len(names) < 10 || len(words) < 10 {
		t.Fatalf("%s has %d topics of several words and %d of one; the test looks in the wrong place", topicsFile,
			len(names), len(words))
	}
	for _, s := range sources(t) {
		if s.test || s.generated || s.file == topicsFile {
			continue
		}
		wrong := func(n ast.Node, names map[string]string) {
			lit, ok := n.(*ast.BasicLit)
			if !ok || lit.Kind != token.STRING {
				return
			}
			if name := names[strings.Trim(lit.Value, "\"`")]; name != "" {
				t.Errorf("%s: write duty.%s in place of %s", s.at(lit), name, lit.Value)
			}
		}
		ast.Inspect(s.syntax, func(n ast.Node) bool {
			wrong(n, names)
			for _, v := range besideTopic(n) {
				wrong(v, words)
			}
			return true
		})
	}
}

// besideTopic are the values that a topic is given in a literal, or compared with.
func besideTopic(n ast.Node) (values []ast.Expr) {
	switch n := n.(type) {
	case *ast.KeyValueExpr:
		if isTopic(n.Key) {
			values = append(values, n.Value)
		}
	case *ast.BinaryExpr:
		if isTopic(n.X) {
			values = append(values, n.Y)
		}
		if isTopic(n.Y) {
			values = append(values, n.X)
		}
	case *ast.SwitchStmt:
		if n.Tag == nil || !isTopic(n.Tag) {
			break
		}
		for _, c := range n.Body.List {
			values = append(values, c.(*ast.CaseClause).List...)
		}
	}
	return values
}

// isTopic reports whether an expression is a variable or a field by the name of topic.
func isTopic(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.Ident:
		return strings.EqualFold(e.Name, "topic")
	case *ast.SelectorExpr:
		return strings.EqualFold(e.Sel.Name, "topic")
	}
	return false
}
