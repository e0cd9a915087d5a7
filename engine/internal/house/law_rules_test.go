package house

import (
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// rule is one row of a table of the law that has an id.
type rule struct {
	id   string
	file string // the piece of the law that it stands in, without the directory
	tag  string // S, D, P or a mixture; empty where the table has none
	// title begins the rule's text, for whoever looks for it.
	title string
	// sources are the sections of the originals that it names: "001 §5.7".
	sources []string
	// paragraphs are those of acts that it names: "Return Act §14(1)(1)".
	paragraphs []string
	// vectors show the rule: those that name it, and those that it names.
	vectors []string
}

// law is the specification as the house tests need it.
type law struct {
	rules map[string]*rule
	order []string // ids in the order of the law
	// sections of "domain" and of "contract" by number: "3.4", "A.2".
	sections map[string]map[string]bool
	// readings are the numbers of sentences in the contract: W-08, C-46.
	readings map[string]bool
	// sources are the sections of the originals that the law names: "001 §5.7".
	sources map[string]bool
}

var (
	ruleRow   = regexp.MustCompile(`^\| ([A-Z]{2,3}-[0-9]{2,3})(?: ★)? \| (.*) \|$`)
	kpiRule   = regexp.MustCompile(`(?m)^(KPI-[0-9]{2}) \(([SDP])\): (.*)$`)
	tagCell   = regexp.MustCompile(`^[SDP](/[SDP])?$`)
	readingID = regexp.MustCompile(`\b([WACD])-([0-9]{2})[a-z]?(?:…(?:[WACD]-)?([0-9]{2}))?\b`)
)

// isVector reports whether an id is one of a vector and not of a rule.
func isVector(id string) bool {
	return strings.HasPrefix(id, "TV-") || strings.HasPrefix(id, "TX-") || strings.HasPrefix(id, "TC-")
}

// readLaw parses the copies of the specification.
func readLaw(t *testing.T) *law {
	t.Helper()
	l := &law{
		rules:    map[string]*rule{},
		sections: map[string]map[string]bool{"domain": {}, "contract": {}},
		readings: map[string]bool{}, sources: map[string]bool{},
	}
	for _, d := range documents {
		if d.dir == "" {
			continue
		}
		for _, name := range d.pieces(t) {
			text := string(read(t, d.dir+"/"+name))
			if d.dir == lawDir {
				l.addRules(t, name, text)
				l.addSections("domain", text)
			} else {
				l.addSections("contract", text)
				l.addReadings(text)
			}
			for _, s := range sourcesIn(text) {
				l.sources[s.what] = true
			}
		}
	}
	l.joinVectors()
	if len(l.order) < 600 || len(l.readings) < 100 {
		t.Fatalf("%d rules and %d readings found; the tables of the law are read wrongly", len(l.order), len(l.readings))
	}
	return l
}

func (l *law) addRules(t *testing.T, file, text string) {
	t.Helper()
	add := func(id, tag, words string, cells []string) {
		if l.rules[id] != nil {
			t.Fatalf("%s has rule %s, which %s has as well", file, id, l.rules[id].file)
		}
		r := &rule{id: id, file: file, tag: tag, title: titleOf(words),
			paragraphs: paragraphsIn(strings.Join(cells, " | "))}
		for _, s := range sourcesIn(strings.Join(cells, " | ")) {
			r.sources = append(r.sources, s.what)
		}
		last := cells[len(cells)-1]
		for _, c := range idsIn(last) {
			// A vector's last cell names rules, a reading's names vectors.
			if isVector(id) != isVector(c.what) {
				r.vectors = append(r.vectors, c.what)
			}
		}
		l.rules[id], l.order = r, append(l.order, id)
	}
	for _, line := range strings.Split(text, "\n") {
		m := ruleRow.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		cells := strings.Split(m[2], " | ")
		tag, words := "", cells[0]
		if tagCell.MatchString(cells[0]) {
			tag, words = cells[0], cells[1]
		}
		add(m[1], tag, words, cells)
	}
	for _, m := range kpiRule.FindAllStringSubmatch(text, -1) {
		add(m[1], m[2], m[3], []string{""})
	}
}

// sentenceEnd is a full stop before another sentence.
var sentenceEnd = regexp.MustCompile(`\. [A-Z"]`)

// titleOf shortens a rule's text to what fits into a row.
func titleOf(words string) string {
	words = strings.ReplaceAll(strings.ReplaceAll(words, "**", ""), "<br>", "; ")
	const most = 72
	if m := sentenceEnd.FindStringIndex(words); m != nil && m[0] > 12 && m[0] < most {
		return words[:m[0]]
	}
	runes := []rune(strings.TrimSuffix(words, "."))
	if len(runes) <= most {
		return string(runes)
	}
	cut := string(runes[:most])
	return cut[:max(strings.LastIndexByte(cut, ' '), 1)] + " …"
}

// joinVectors gives each rule the vectors that name it, in order.
func (l *law) joinVectors() {
	for _, id := range l.order {
		if !isVector(id) {
			continue
		}
		for _, named := range l.rules[id].vectors {
			if r := l.rules[named]; r != nil && !slices.Contains(r.vectors, id) {
				r.vectors = append(r.vectors, id)
			}
		}
	}
	for _, r := range l.rules { //house:order-free each rule is sorted by itself
		slices.Sort(r.vectors)
	}
}

func (l *law) addSections(book, text string) {
	for _, line := range strings.Split(text, "\n") {
		if m := numbered.FindStringSubmatch(line); m != nil {
			l.sections[book][m[3]] = true
		}
	}
}

func (l *law) addReadings(text string) {
	for _, m := range readingID.FindAllStringSubmatch(text, -1) {
		from, _ := strconv.Atoi(m[2])
		to := from
		if m[3] != "" {
			to, _ = strconv.Atoi(m[3])
		}
		for n := from; n <= to; n++ {
			l.readings[m[1]+"-"+twoDigits(n)] = true
		}
	}
}

func twoDigits(n int) string {
	if n < 10 {
		return "0" + itoa(n)
	}
	return itoa(n)
}

// found is something cited, and where in the text.
type found struct {
	what string
	at   int
}

var (
	lawID = regexp.MustCompile(`\b([A-Z]{2,3})-([0-9]{2,3})\b`)
	// andMore is what may follow an id: "RD-35 to RD-38", "PRS-03…09",
	// "OBL-06/07", "CRD-05…07".
	andMore = regexp.MustCompile(`^(?:(?: to |…|–)(?:[A-Z]{2,3}-)?([0-9]{2,3})|((?:/[0-9]{2,3})+))\b`)
)

// families are the prefixes of ids that the law gives.
var families = strings.Fields("ACT AMB CNT CRD DAT DET DEV EVD EXC GRP IDN INC INT KPI LIF NTC OBL PAS " +
	"PRM PRS RD REL RPT SAN STY SYS TC TIM TV TX")

// idsIn finds the ids of the law in a text, each of a range by itself.
func idsIn(text string) []found {
	var out []found
	next := 0 // behind the range that was read last
	for _, m := range lawID.FindAllStringSubmatchIndex(text, -1) {
		family, digits := text[m[2]:m[3]], text[m[4]:m[5]]
		if m[0] < next || !slices.Contains(families, family) {
			continue
		}
		out = append(out, found{family + "-" + digits, m[0]})
		more := andMore.FindStringSubmatch(text[m[1]:])
		if more == nil {
			continue
		}
		next = m[1] + len(more[0])
		if more[1] != "" && len(more[1]) == len(digits) {
			from, _ := strconv.Atoi(digits)
			to, _ := strconv.Atoi(more[1])
			for n := from + 1; n <= to; n++ {
				s := strconv.Itoa(n)
				out = append(out, found{family + "-" + strings.Repeat("0", len(digits)-len(s)) + s, m[0]})
			}
		}
		for _, n := range strings.FieldsFunc(more[2], func(r rune) bool { return r == '/' }) {
			out = append(out, found{family + "-" + n, m[0]})
		}
	}
	return out
}

// blank is a space in running text, or the end of a line of a comment.
const blank = `(?:[ \t]|\n[ \t]*(?://|#)?[ \t]*)+`

var (
	sourceFile = regexp.MustCompile(`\b(00[0-4])` + blank + `§+ ?([0-9]+(?:\.[0-9]+)*)((?:(?:, ?§?|–|…)[0-9]+(?:\.[0-9]+)*)*)`)
	sourceMore = regexp.MustCompile(`[0-9]+(?:\.[0-9]+)*`)
)

// sourcesIn finds sections of the originals: "001 §5.7".
func sourcesIn(text string) []found {
	var out []found
	for _, m := range citesIn(sourceFile, "§", text) {
		file := text[m[2]:m[3]]
		out = append(out, found{file + " §" + text[m[4]:m[5]], m[0]})
		for _, n := range sourceMore.FindAllString(text[m[6]:m[7]], -1) {
			out = append(out, found{file + " §" + n, m[0]})
		}
	}
	return out
}

// TestRulesAreRead pins what the parsers make of the law.
func TestRulesAreRead(t *testing.T) {
	l := readLaw(t)
	r := l.rules["PRM-04"]
	if r == nil || r.tag != "S" || path.Base(r.file) != "03.6-permissions.md" ||
		!slices.Equal(r.vectors, []string{"TV-050", "TV-051"}) {
		t.Errorf("PRM-04 is read as %+v", r)
	}
	if !l.sections["domain"]["A.2"] || !l.sections["contract"]["6.4"] || !l.sections["contract"]["9"] ||
		!l.readings["W-25"] || !l.sources["001 §5.7"] {
		t.Error("sections, readings or sources of the law are not found")
	}
	var got []string
	for _, f := range idsIn("RD-35 to RD-37, OBL-06/07; PRS-07…09, UTF-16") {
		got = append(got, f.what)
	}
	if want := strings.Fields("RD-35 RD-36 RD-37 OBL-06 OBL-07 PRS-07 PRS-08 PRS-09"); !slices.Equal(got, want) {
		t.Errorf("ids %q, want %q", got, want)
	}
}
