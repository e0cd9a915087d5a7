package house

import (
	"bytes"
	"cmp"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// The last tables of INDEX.md: what is not carried out, and the way from a paragraph of an act to the
// rules that name it.

// notCarriedOut is the table of the rules that are pending.
func notCarriedOut(l *law, why map[string]excuse) []byte {
	var b bytes.Buffer
	b.WriteString("\n## Not carried out, or not wholly\n\nRules that ask something of the engine which it does not do.\n")
	b.WriteString("\n| Rule | | What is missing, and why |\n|---|---|---|\n")
	for _, id := range l.order {
		if e := why[id]; e.kind == "pending" {
			fmt.Fprintf(&b, "| %s | %s | %s |\n", id, strings.ReplaceAll(l.rules[id].title, "|", "\\|"), e.reason)
		}
	}
	return b.Bytes()
}

// paragraph is one of an act, with what stands before it.
var paragraph = regexp.MustCompile(`((?:Return Act|Aliens Act|Penal Code|Return Order|Administration of Justice Act)?)` +
	` ?§§? ?([0-9]+[a-z]?)((?:\([0-9]+\))*)`)

// paragraphsIn finds the paragraphs of acts that a rule's text names, without those of the originals
// (`001 §5.7`) and of this specification, which all carry a number with a point or follow the name of a
// document: "Return Act §14(1)(1)", or "§13(2)" where the rule leaves the act out.
func paragraphsIn(text string) []string {
	var out []string
	for _, m := range paragraph.FindAllStringSubmatchIndex(text, -1) {
		act, number, rest := text[m[2]:m[3]], text[m[4]:m[5]], text[m[6]:m[7]]
		before := strings.TrimRight(text[:m[0]], " ,–…")
		if act == "" && (ofADocument.MatchString(before) || subsection.MatchString(text[m[1]:])) {
			continue
		}
		if act != "" {
			act += " "
		}
		out = append(out, act+"§"+number+rest)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// subsection is what follows the first number of a section of a document.
var subsection = regexp.MustCompile(`^\.[0-9]`)

// ofADocument is what stands before a section of a document: `001 §5.7, §6`, `contract §5`, `domain §9.3`.
var ofADocument = regexp.MustCompile(`(?:\b00[0-4]|contract|contract-case|contract-watch|domain|design)(?:[ ,]*§+ ?[0-9]+(?:\.[0-9]+)*)*$`)

// byParagraph is the table from paragraphs of acts to the rules that name them.
func byParagraph(l *law) []byte {
	rules := map[string][]string{}
	for _, id := range l.order {
		if isVector(id) {
			continue
		}
		for _, p := range l.rules[id].paragraphs {
			rules[p] = append(rules[p], fmt.Sprintf("[%s](%s)", id, l.rules[id].file))
		}
	}
	var b bytes.Buffer
	b.WriteString("\n## Paragraphs of the acts\n\nWhich rules name a paragraph, as they write it: " +
		"without an act where the rule leaves it\n" +
		"out. Code and tests of a rule stand in its row above.\n\n| Paragraph | Rules |\n|---|---|\n")
	list := slices.Collect(maps.Keys(rules)) //house:order-free sorted below
	slices.SortFunc(list, func(a, b string) int {
		return cmp.Or(strings.Compare(actOf(a), actOf(b)), cmp.Compare(numberOf(a), numberOf(b)), strings.Compare(a, b))
	})
	for _, p := range list {
		fmt.Fprintf(&b, "| %s | %s |\n", p, strings.Join(rules[p], " "))
	}
	return b.Bytes()
}

func actOf(p string) string {
	act, _, _ := strings.Cut(p, "§")
	return act
}

func numberOf(p string) int {
	_, rest, _ := strings.Cut(p, "§")
	end := strings.IndexFunc(rest, func(r rune) bool { return r < '0' || r > '9' })
	if end < 0 {
		end = len(rest)
	}
	n, _ := strconv.Atoi(rest[:end])
	return n
}

// TestParagraphsAreFound pins what counts as a paragraph of an act.
func TestParagraphsAreFound(t *testing.T) {
	const text = "STAY §13(2) under Return Act §14(1)(1), or §16 | 001 §5.7, §6; contract §5, 000 §2"
	if got, want := paragraphsIn(text), []string{"Return Act §14(1)(1)", "§13(2)", "§16"}; !slices.Equal(got, want) {
		t.Errorf("found %q, want %q", got, want)
	}
}
