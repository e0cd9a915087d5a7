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
// as holds, stand for other things as well and are not looked for.
func TestTopicsAreNamedOnce(t *testing.T) {
	names := map[string]string{}
	for _, m := range topicName.FindAllStringSubmatch(string(read(t, topicsFile)), -1) {
		if strings.Contains(m[2], "-") {
			names[m[2]] = m[1]
		}
	}
	if len(names) < 10 {
		t.Fatalf("%s has %d topics of several words; the test looks in the wrong place", topicsFile, len(names))
	}
	for _, s := range sources(t) {
		if s.test || s.generated || s.file == topicsFile {
			continue
		}
		ast.Inspect(s.syntax, func(n ast.Node) bool {
			lit, ok := n.(*ast.BasicLit)
			if !ok || lit.Kind != token.STRING {
				return true
			}
			if name := names[strings.Trim(lit.Value, "\"`")]; name != "" {
				t.Errorf("%s: write duty.%s in place of %s", s.at(lit), name, lit.Value)
			}
			return true
		})
	}
}
