package house

import (
	"go/ast"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// number is a section: "3", "3.4", "Annex A.2".
const number = `(?:Annex ?[A-C](?:\.[12])?|[0-9]+(?:\.[0-9]+)?)`

var (
	sectionCite = regexp.MustCompile(`(?i)\b(contract(?:-watch|-case)?|domain)(?:\.md)?` + blank +
		`(?:(§+|sections?\b|chapters?\b)(?:` + blank + `)?)?(` + number + `)((?:(?:,` + blank + `(?:and` + blank +
		`)?|` + blank + `and` + blank + `|–)§?` + number + `\b)*)`)
	sectionMore  = regexp.MustCompile(`§?` + number)
	decisionCite = regexp.MustCompile(`(?i)\bdecisions?(?:` + blank + `|/)([0-9]{4})\b`)
	designCite   = regexp.MustCompile(`\bdesign\.md,` + blank + `"([^"]*)"`)
	bareCite     = regexp.MustCompile(`\(§ ?[0-9]+(?:\.[0-9]+)*[,;)]`)
	kipCite      = regexp.MustCompile(`\bKIP-[0-9]+\b`)
	spaces       = regexp.MustCompile(blank)
)

// kips lists the proposals that comments cite.
const kips = "topics/KIPS.md"

// TestCitationsLeadSomewhere looks at every citation of the specification, of a
// decision and of a Kafka proposal: what it names must be in the repository.
func TestCitationsLeadSomewhere(t *testing.T) {
	l := readLaw(t)
	design, proposals := string(read(t, "engine/DESIGN.md")), string(read(t, kips))
	records := strings.Join(files(t), "\n")
	for _, f := range citing(t) {
		text := string(read(t, f))
		bad := func(at int, what, why string) {
			t.Errorf("%s:%d: %q leads nowhere: %s", f, 1+strings.Count(text[:at], "\n"), what, why)
		}
		for _, c := range sectionsIn(text) {
			book, n, _ := strings.Cut(c.what, " ")
			if !l.sections[book][n] {
				bad(c.at, c.what, "no such heading in "+lawDir+" or "+contractDir+"; name the section that says it")
			}
		}
		for _, m := range citesIn(decisionCite, "ecision", text) {
			if n := text[m[2]:m[3]]; !strings.Contains(records, "\n"+decisions+n+"-") {
				bad(m[0], "decision "+n, "no such record in "+decisions)
			}
		}
		for _, m := range citesIn(designCite, "design.md", text) {
			if title := spaces.ReplaceAllString(text[m[2]:m[3]], " "); !hasHeading(design, title) {
				bad(m[0], title, "engine/DESIGN.md has no such heading, nor a paragraph that begins so")
			}
		}
		for _, c := range sourcesIn(text) {
			if !l.sources[c.what] {
				bad(c.at, c.what, "no rule of the law takes anything from there; cite the rule")
			}
		}
		for _, m := range citesIn(kipCite, "KIP-", text) {
			if !strings.Contains(proposals, "| "+text[m[0]:m[1]]+" |") {
				bad(m[0], text[m[0]:m[1]], "add its title and what is relied on to "+kips)
			}
		}
		for _, m := range citesIn(bareCite, "(§", text) {
			if path.Ext(f) == ".go" {
				bad(m[0], text[m[0]+1:m[1]], "say which document it is a section of: contract, domain, or 001 for the guideline")
			}
		}
		for _, c := range idsIn(text) {
			if l.rules[c.what] == nil && !slices.Contains(noRules, c.what) {
				bad(c.at, c.what, "the law has no such rule")
			}
		}
	}
}

// citesIn finds citations of one kind. word stands in each of them: most files have none and need not be searched.
func citesIn(cite *regexp.Regexp, word, text string) [][]int {
	if !strings.Contains(text, word) {
		return nil
	}
	return cite.FindAllStringSubmatchIndex(text, -1)
}

// noRules look like ids of the law and are meant to be none: tests use them.
var noRules = []string{"TV-" + "999"}

// TestReadingsOfTheContractExist looks at the numbers of single sentences, such
// as C-46, in comments only: ids of cards look the same in test data.
func TestReadingsOfTheContractExist(t *testing.T) {
	l := readLaw(t)
	for _, s := range sources(t) {
		ast.Inspect(s.syntax, func(n ast.Node) bool {
			if c, ok := n.(*ast.Comment); ok {
				for _, m := range readingID.FindAllStringSubmatch(c.Text, -1) {
					if id := m[1] + "-" + m[2]; !l.readings[id] {
						t.Errorf("%s: %s is no number of a sentence in %s", s.at(c), id, contractDir)
					}
				}
			}
			return true
		})
	}
}

// citing lists the files in which citations are looked for: all text that is
// ours, without what is generated, the specification itself and old schemas.
func citing(t *testing.T) []string {
	t.Helper()
	var out []string
	for _, f := range files(t) {
		switch path.Ext(f) {
		case ".go", ".avsc", ".md", ".txt", ".yml", ".py", "":
		default:
			continue
		}
		if path.Dir(f) == "schemas/past" || specification(f) || f == editionFile {
			continue
		}
		if text := read(t, f); isText(text) && !generatedMark.Match(text) {
			out = append(out, f)
		}
	}
	return out
}

// specification reports whether a file is a document of the specification.
func specification(file string) bool {
	return slices.ContainsFunc(documents, func(d document) bool {
		return d.file == file || d.dir != "" && d.dir == path.Dir(file) && d.mine.MatchString(path.Base(file)) ||
			slices.ContainsFunc(d.parts, func(p part) bool { return p.file == file })
	})
}

// sectionsIn finds sections of domain and contract: "domain 3.4".
func sectionsIn(text string) []found {
	if lower := strings.ToLower(text); !strings.Contains(lower, "contract") && !strings.Contains(lower, "domain") {
		return nil
	}
	var out []found
	for _, m := range sectionCite.FindAllStringSubmatchIndex(text, -1) {
		book := strings.ToLower(text[m[2]:m[3]])
		listed := m[4] >= 0 && strings.HasSuffix(strings.ToLower(text[m[4]:m[5]]), "s")
		add := func(n string) {
			n = strings.TrimPrefix(strings.TrimPrefix(strings.TrimLeft(n, "§"), "Annex"), " ")
			out = append(out, found{strings.TrimSuffix(strings.TrimSuffix(book, "-watch"), "-case") + " " + n, m[0]})
		}
		add(text[m[6]:m[7]])
		for _, n := range sectionMore.FindAllString(text[m[8]:m[9]], -1) {
			// A bare whole number behind a comma may be anything.
			if listed || strings.ContainsAny(n, "§.A") {
				add(n)
			}
		}
	}
	return out
}

// hasHeading reports whether a document has a heading, or a paragraph that
// begins in bold, with this title.
func hasHeading(text, title string) bool {
	for _, line := range strings.Split(text, "\n") {
		for _, lead := range []string{"## " + title, "**" + title + "**", "**" + title + ".**", "**" + title + ","} {
			if strings.HasPrefix(line, lead) {
				return true
			}
		}
	}
	return false
}

func TestCitationsAreFound(t *testing.T) {
	text := "(contract §1, RFC 8785), domain.md 2.6; domain\n\t// §10.1, contract sections 1, 2 and 6, " +
		"contract-case\n// 7.5, 7.6, §8; domain Annex A.2, contract §3, 14 days"
	var got []string
	for _, c := range sectionsIn(text) {
		got = append(got, c.what)
	}
	want := []string{
		"contract 1", "domain 2.6", "domain 10.1", "contract 1", "contract 2", "contract 6",
		"contract 7.5", "contract 7.6", "contract 8", "domain A.2", "contract 3",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if !hasHeading(string(read(t, "engine/DESIGN.md")), "Floor") || hasHeading("a floor", "floor") {
		t.Error("headings of the design are not found")
	}
}
