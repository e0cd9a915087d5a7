package house

import (
	"bytes"
	"flag"
	"fmt"
	"go/ast"
	"go/token"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var rewrite = flag.Bool("rewrite", false, "write engine/duty/law/INDEX.md anew")

const (
	indexFile   = lawDir + "/INDEX.md"
	uncitedFile = lawDir + "/uncited.txt"
)

// places says where the ids of the law are cited: for each id the places in
// code and those in tests, sorted, each once.
type places struct{ code, tests map[string][]string }

func (p *places) add(m map[string][]string, id, place string) {
	if i, found := slices.BinarySearch(m[id], place); !found {
		m[id] = slices.Insert(m[id], i, place)
	}
}

// asTest reports whether a file only tests: test files and their data, the
// second evaluator of the core, and the simulator, which plays people.
func asTest(file string) bool {
	return strings.HasSuffix(file, "_test.go") || strings.Contains(file, "/testdata/") ||
		strings.Contains(file, "/internal/oracle/") ||
		strings.HasPrefix(file, "integration/") || strings.HasPrefix(file, "bench/") ||
		strings.HasPrefix(file, "engine/simulate/")
}

// citedPlaces collects them from Go files, schemas and scripts. A package's
// comment lists files and carries nothing out, so it is left out, as is what is
// generated and what belongs to the house itself.
func citedPlaces(t *testing.T) *places {
	t.Helper()
	if cited != nil {
		return cited
	}
	p := &places{map[string][]string{}, map[string][]string{}}
	put := func(file, id, declared string) {
		place := strings.TrimPrefix(file, "engine/")
		if declared != "" {
			place += ": " + declared
		}
		if asTest(file) {
			p.add(p.tests, id, place)
		} else {
			p.add(p.code, id, place)
		}
	}
	for _, s := range sources(t) {
		if s.generated || s.dir == "engine/internal/house" {
			continue
		}
		for _, c := range idsIn(string(s.text)) {
			if d, ok := s.declaredAt(c.at); ok {
				put(s.file, c.what, d)
			}
		}
	}
	for _, f := range files(t) {
		if script := strings.HasPrefix(f, "engine/duty/dutytest/testdata/scripts/") && path.Ext(f) == ".txt"; script ||
			path.Dir(f) == "schemas" && path.Ext(f) == ".avsc" {
			text := string(read(t, f))
			for _, c := range idsIn(text) {
				put(f, c.what, caseAt(text, c.at))
			}
		}
	}
	cited = p
	return p
}

// cited are the places, once a test has asked for them.
var cited *places

// declaredAt names the declaration that an offset lies in, with its comment:
// Function, Type.method, or what a group declares there; "" between
// declarations. False in a package's comment.
func (s *source) declaredAt(offset int) (string, bool) {
	at := func(p token.Pos) int { return s.fset.Position(p).Offset }
	if offset < at(s.syntax.Name.Pos()) {
		return "", false
	}
	for _, d := range s.syntax.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if in(offset, at, d, d.Doc) {
				if r := receiver(d); d.Recv != nil {
					return r + "." + d.Name.Name, true
				}
				return d.Name.Name, true
			}
		case *ast.GenDecl:
			if in(offset, at, d, d.Doc) && len(d.Specs) > 0 {
				return groupAt(d, offset, at), true
			}
		}
	}
	return "", true
}

// scriptCase is the line that begins a case of a script.
var scriptCase = regexp.MustCompile(`(?m)^# ((?:[A-Z]{2,3}-[0-9]{2,3})?)[^\n]*$`)

// caseAt names the case of a script that an offset lies in: its id, or "".
func caseAt(text string, offset int) string {
	name := ""
	for _, m := range scriptCase.FindAllStringSubmatchIndex(text, -1) {
		if m[0] <= offset {
			name = text[m[2]:m[3]]
		}
	}
	return name
}

// in reports whether an offset lies in a node or its comment.
func in(offset int, at func(token.Pos) int, n ast.Node, doc *ast.CommentGroup) bool {
	from := n.Pos()
	if doc != nil {
		from = doc.Pos()
	}
	return at(from) <= offset && offset <= at(n.End())
}

// groupAt names the one of a group of constants, variables or types that an
// offset belongs to, or the first.
func groupAt(d *ast.GenDecl, offset int, at func(token.Pos) int) string {
	name := ""
	for _, s := range d.Specs {
		own, from := "", s.Pos()
		var doc *ast.CommentGroup
		switch s := s.(type) {
		case *ast.TypeSpec:
			own, doc = s.Name.Name, s.Doc
		case *ast.ValueSpec:
			own, doc = s.Names[0].Name, s.Doc
		}
		if doc != nil {
			from = doc.Pos()
		}
		if name == "" || own != "" && at(from) <= offset {
			name = own
		}
	}
	return name
}

// excuse is a line of uncited.txt.
type excuse struct{ kind, reason string }

// excuses are the kinds of reasons for which no code need cite a rule.
var excuses = map[string]string{
	"describes": "says what the world is like, or what people do; there is nothing to compute",
	"through":   "is carried out by other rules, or by the form of the data",
	"pending":   "is not carried out yet, or not wholly",
}

var excuseLine = regexp.MustCompile(`^((?:[A-Z]{2,3}-[0-9]{2,3} )+)([a-z]+): (.+)$`)

// readExcuses reads uncited.txt: ids, the kind of the reason, the reason.
func readExcuses(t *testing.T) map[string]excuse {
	t.Helper()
	out := map[string]excuse{}
	for n, line := range strings.Split(string(read(t, uncitedFile)), "\n") {
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		m := excuseLine.FindStringSubmatch(line)
		if m == nil || excuses[m[2]] == "" || len(m[3]) < 20 {
			t.Errorf("%s:%d: write the ids, one of describes, through, pending, a colon and the reason: %q",
				uncitedFile, n+1, line)
			continue
		}
		for _, id := range strings.Fields(m[1]) {
			if out[id].kind != "" {
				t.Errorf("%s:%d: %s has a reason already", uncitedFile, n+1, id)
			}
			out[id] = excuse{m[2], m[3]}
		}
	}
	return out
}

// TestTheLawIsCited finds the rules that no code cites and nothing excuses.
func TestTheLawIsCited(t *testing.T) {
	l, p, why := readLaw(t), citedPlaces(t), readExcuses(t)
	for _, id := range l.order {
		r, e := l.rules[id], why[id]
		switch {
		case isVector(id):
			if len(p.tests[id]) == 0 && e.kind == "" && !hasVector(t, id) {
				t.Errorf("%s (%s): no test runs this vector; name it in the test that does, "+
					"or say in %s what is missing", id, r.title, uncitedFile)
			}
		case !carriedOut(p.code[id]) && e.kind == "":
			t.Errorf("%s (%s): no code cites this rule; cite it where it is carried out, "+
				"or say in %s why nothing need carry it out", id, r.title, uncitedFile)
		case carriedOut(p.code[id]) && e.kind != "" && e.kind != "pending":
			t.Errorf("%s is cited by %s and has a reason in %s why it is not; take the reason out", id,
				p.code[id][0], uncitedFile)
		}
	}
	for id := range why { //house:order-free each is reported by itself
		if l.rules[id] == nil {
			t.Errorf("%s: the law has no rule %s", uncitedFile, id)
		}
	}
}

// carriedOut reports whether code is among the places; the comment of a field in a
// schema carries nothing out.
func carriedOut(list []string) bool {
	return slices.ContainsFunc(list, func(place string) bool { return !strings.HasSuffix(place, ".avsc") })
}

// hasVector reports whether a vector is one of those that tests run from a file
// of the law.
func hasVector(t *testing.T, id string) bool {
	return strings.HasPrefix(id, "TV-") && bytes.Contains(read(t, lawDir+"/vectors/vectors.json"), []byte(`"`+id+`"`))
}

// TestTheLawHasItsIndex compares INDEX.md with what the comments say now.
func TestTheLawHasItsIndex(t *testing.T) {
	want := lawIndex(readLaw(t), citedPlaces(t), readExcuses(t))
	if *rewrite {
		put(t, indexFile, want)
	}
	if !bytes.Equal(read(t, indexFile), want) {
		t.Errorf("%s is stale: citations, names or files have changed. "+
			"Write it anew with\n\tgo test ./engine/internal/house -run TestTheLaw -rewrite", indexFile)
	}
}

// lawIndex writes the table of rules, one row each.
func lawIndex(l *law, p *places, why map[string]excuse) []byte {
	var b bytes.Buffer
	b.WriteString(`# From a rule to its code and its tests

Made from the ids in code, schemas, tests and scripts; a test fails when it is
stale. Write it anew with ` + "`go test ./engine/internal/house -run TestTheLaw -rewrite`" + `.

Paths are those below engine/, if they do not begin with schemas, topics, state or
integration. TV-, TX- and TC- are vectors: the core, the command and the second
evaluator judge all TV- ones; the others stand in the tests that name them.
"Second evaluator" is duty/internal/oracle, which the core is compared with on
random persons. What *describes*, *through* and *pending* mean says [uncited.txt](uncited.txt).

Below the rules: [what is not carried out](#not-carried-out-or-not-wholly),
[rules by paragraph of an act](#paragraphs-of-the-acts), [rules by section of the originals](#sources).
`)
	file := ""
	for _, id := range l.order {
		r := l.rules[id]
		if isVector(id) {
			continue
		}
		if r.file != file {
			file = r.file
			fmt.Fprintf(&b, "\n## [%s](%s)\n\n| Rule | | Code | Tests |\n|---|---|---|---|\n",
				strings.TrimSuffix(file, ".md"), file)
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", id, strings.ReplaceAll(r.title, "|", "\\|"),
			codeCell(id, p, why), testCell(r, p))
	}
	b.WriteString("\n## Vectors that are no detection vectors\n\n| Vector | | Tests |\n|---|---|---|\n")
	for _, id := range l.order {
		if r := l.rules[id]; isVector(id) && !strings.HasPrefix(id, "TV-") {
			cell := strings.ReplaceAll(byFile(p.tests[id]), " "+id, "")
			if e := why[id]; e.kind != "" {
				cell = strings.Trim(cell+"; *"+e.kind+"*: "+e.reason, "; ")
			}
			fmt.Fprintf(&b, "| %s | %s | %s |\n", id, strings.ReplaceAll(r.title, "|", "\\|"), cell)
		}
	}
	b.Write(notCarriedOut(l, why))
	b.Write(byParagraph(l))
	b.WriteString("\n## Sources\n\nWhich rules take something from a section of the originals " +
		"([00.2](00.2-provenance-tags.md)).\n\n| Source | Rules |\n|---|---|\n")
	for _, s := range slices.Sorted(maps.Keys(l.sources)) {
		if of := l.from(s); len(of) > 0 {
			fmt.Fprintf(&b, "| %s | %s |\n", s, strings.Join(of, " "))
		}
	}
	return b.Bytes()
}

// from lists the rules that name a source.
func (l *law) from(source string) []string {
	var out []string
	for _, id := range l.order {
		if slices.Contains(l.rules[id].sources, source) {
			out = append(out, id)
		}
	}
	return out
}

func codeCell(id string, p *places, why map[string]excuse) string {
	var parts []string
	if len(p.code[id]) > 0 {
		parts = append(parts, byFile(p.code[id]))
	}
	if e := why[id]; e.kind != "" {
		parts = append(parts, "*"+e.kind+"*: "+e.reason)
	}
	return strings.Join(parts, "; ")
}

func testCell(r *rule, p *places) string {
	vectors := slices.Clone(r.vectors)
	var files []string
	second := false
	for _, place := range p.tests[r.id] {
		file, declared, _ := strings.Cut(place, ": ")
		switch {
		case strings.Contains(place, "/internal/oracle/"):
			second = true
		case strings.HasPrefix(place, "simulate/") && !strings.HasSuffix(file, "_test.go"):
		case path.Ext(file) == ".txt" && isVector(declared):
			vectors = append(vectors, declared)
		default:
			files = append(files, place)
		}
	}
	slices.Sort(vectors)
	parts := []string{strings.Join(slices.Compact(vectors), " "), byFile(files)}
	if second {
		parts = append(parts, "second evaluator")
	}
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), "; ")
}

// byFile writes places with each file named once: `duty/stay.go`: a, b.
func byFile(list []string) string {
	var b strings.Builder
	last := ""
	for _, place := range list {
		file, declared, _ := strings.Cut(place, ": ")
		switch {
		case file == last && declared != "":
			b.WriteString(", " + declared)
		case file != last:
			if last != "" {
				b.WriteString("; ")
			}
			b.WriteString("`" + file + "`")
			if declared != "" {
				b.WriteString(" " + declared)
			}
		}
		last = file
	}
	return b.String()
}
