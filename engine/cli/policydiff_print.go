package cli

import (
	"bufio"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"

	"tilsyn/engine/affected/lines"
	"tilsyn/engine/duty"
	"tilsyn/engine/policy"
	"tilsyn/engine/replay"
)

// diffLines gathers the units on which two policies differ, and prints them behind what they come to.
type diffLines struct {
	json bool
	dir  string
	// units are the lines of each weight, on disk.
	units  [3]*os.File
	bufs   [3]*bufio.Writer
	listed [3]int
	groups map[diffGroup]int
	// differences are those of the policies themselves.
	differences []policy.Difference
}

// diffGroup is a way in which units change: what becomes of which kind, and which rules make the difference.
// The lists are joined by blanks.
type diffGroup struct {
	weight     replay.Weight
	kind       string
	now, other string
	gone, new  string
	// instant is true where only the legal instant or a caveat is another.
	instant, caveats bool
}

// textUnits is how many units of each weight the text names; json has all.
const textUnits = 40

func newDiffLines(tempDir string, asJSON bool) (*diffLines, error) {
	dir, err := os.MkdirTemp(tempDir, "tilsyn-diff-")
	if err != nil {
		return nil, fmt.Errorf("no directory for the units that differ: %w", err)
	}
	d := &diffLines{json: asJSON, dir: dir, groups: map[diffGroup]int{}}
	for i := range d.units {
		if d.units[i], err = os.CreateTemp(dir, "units"); err != nil {
			d.close()
			return nil, fmt.Errorf("cannot write to the temporary directory: %w", err)
		}
		d.bufs[i] = bufio.NewWriterSize(d.units[i], 64<<10)
	}
	return d, nil
}

// close removes what lies on disk.
func (d *diffLines) close() {
	for _, f := range d.units {
		if f != nil {
			_ = f.Close() // only read from here on
		}
	}
	_ = os.RemoveAll(d.dir)
}

// add takes in a unit.
func (d *diffLines) add(u *replay.UnitDiff) error {
	g := diffGroup{weight: u.Weight, kind: u.Kind.String(), now: u.Now.Outcome, other: u.Other.Outcome,
		gone: without(u.Now.Rules, u.Other.Rules), new: without(u.Other.Rules, u.Now.Rules),
		instant: u.Now.Instant != u.Other.Instant, caveats: !slices.Equal(u.Now.Caveats, u.Other.Caveats)}
	if g.now != g.other {
		g.instant, g.caveats = false, false
	}
	d.groups[g]++
	out := d.bufs[u.Weight]
	if !d.json {
		if d.listed[u.Weight]++; d.listed[u.Weight] > textUnits {
			return nil
		}
		_, err := fmt.Fprintf(out, "  %s %s %s: %s -> %s\n", u.Kind, u.Date, u.PersonID, verdictText(&u.Now),
			verdictText(&u.Other))
		return err
	}
	e := json.NewEncoder(out)
	e.SetEscapeHTML(false)
	return e.Encode(diffUnitLine{"unit", u.Weight.String(), u.UnitID, u.PersonID, u.Kind.String(), u.Date.String(),
		diffVerdictOf(&u.Now), diffVerdictOf(&u.Other), diffVerdictOf(&u.Activated), strings.Fields(g.gone),
		strings.Fields(g.new)})
}

// without are the rules of a list that another does not have.
func without(list, other []string) string {
	var out []string
	for _, r := range list {
		if !slices.Contains(other, r) {
			out = append(out, r)
		}
	}
	return strings.Join(out, " ")
}

// verdictText is a verdict in one line.
func verdictText(v *replay.DiffVerdict) string {
	text := v.Outcome
	if v.Instant.OK {
		text += " at " + localMinute(v.Instant.V.String())
	}
	if len(v.Caveats) > 0 {
		text += " (" + strings.Join(v.Caveats, ", ") + ")"
	}
	return text
}

// diffUnitLine is the JSON form of a unit.
type diffUnitLine struct {
	Line     string      `json:"line"`
	Weight   string      `json:"weight"`
	UnitID   string      `json:"unit_id"`
	PersonID string      `json:"person_id"`
	Kind     string      `json:"kind"`
	UnitDate string      `json:"unit_date"`
	Now      diffVerdict `json:"in_force"`
	Other    diffVerdict `json:"other"`
	// Activated is what would be published if the other policy were activated at the clock.
	Activated diffVerdict `json:"if_activated"`
	Gone      []string    `json:"rules_gone"`
	New       []string    `json:"rules_new"`
}

// diffVerdict is the JSON form of a verdict.
type diffVerdict struct {
	Outcome string   `json:"outcome"`
	Instant *string  `json:"instant"`
	Caveats []string `json:"caveats"`
	Rules   []string `json:"rules"`
	Policy  string   `json:"policy_version"`
}

func diffVerdictOf(v *replay.DiffVerdict) diffVerdict {
	return diffVerdict{v.Outcome, lines.OrNull(v.Instant), append([]string{}, v.Caveats...),
		append([]string{}, v.Rules...), v.PolicyVersion}
}

// sorted are the groups, by weight, most units first.
func (d *diffLines) sorted() []diffGroup {
	return slices.SortedFunc(maps.Keys(d.groups), func(a, b diffGroup) int {
		return cmp.Or(cmp.Compare(a.weight, b.weight), cmp.Compare(d.groups[b], d.groups[a]),
			cmp.Compare(a.kind, b.kind), cmp.Compare(a.now, b.now), cmp.Compare(a.other, b.other),
			cmp.Compare(a.gone, b.gone), cmp.Compare(a.new, b.new), cmp.Compare(a.why(), b.why()))
	})
}

// why says which rules make the difference.
func (g *diffGroup) why() string {
	var parts []string
	if g.gone != "" {
		parts = append(parts, "no longer "+strings.ReplaceAll(g.gone, " ", ", "))
	}
	if g.new != "" {
		parts = append(parts, "now "+strings.ReplaceAll(g.new, " ", ", "))
	}
	if g.instant {
		parts = append(parts, "another instant")
	}
	if g.caveats {
		parts = append(parts, "other caveats")
	}
	if len(parts) == 0 {
		return "by the same rules"
	}
	return strings.Join(parts, "; ")
}

// print prints what was found.
func (d *diffLines) print(w io.Writer, q *replay.DiffOptions, t *replay.DiffTotals, note string) error {
	for _, b := range d.bufs {
		if err := b.Flush(); err != nil {
			return fmt.Errorf("cannot write to the temporary directory: %w", err)
		}
	}
	out := bufio.NewWriter(w)
	if d.json {
		if err := d.printJSON(out, q, t, note); err != nil {
			return err
		}
		return out.Flush()
	}
	fmt.Fprintf(out, "Nights and reporting days from %s to %s, as of %s\n", q.From, q.To, localMinute(t.AsOf.String()))
	for i, p := range t.InForce {
		if i+1 < len(t.InForce) {
			fmt.Fprintf(out, "before:   %s\n", compared(p.Policy))
			continue
		}
		fmt.Fprintf(out, "in force: %s\n", compared(p.Policy))
	}
	fmt.Fprintf(out, "other:    %s, judged as if it had always been in force\n", compared(q.Other))
	for _, x := range d.differences {
		fmt.Fprintf(out, "  %s: %s -> %s\n", x.What, cmp.Or(x.Was, "nothing"), cmp.Or(x.Is, "nothing"))
	}
	same := t.Units
	for _, n := range t.Changed {
		same -= n
	}
	fmt.Fprintf(out, "%s: %d the same, %d milder, %d harsher, %d other of the same weight\n", counted(t.Units, "unit"),
		same, t.Changed[replay.WeightMilder], t.Changed[replay.WeightHarsher], t.Changed[replay.WeightAside])
	if note != "" {
		fmt.Fprintln(out, note)
	}
	for _, weight := range replay.Weights() {
		if err := d.printWeight(out, weight, t); err != nil {
			return err
		}
	}
	return out.Flush()
}

// diffMeaning says what a weight means for those concerned.
func diffMeaning(w replay.Weight) string {
	switch w {
	case replay.WeightMilder:
		return "Activating the other policy changes these at once; what was told is taken back or lowered."
	case replay.WeightHarsher:
		return "A harsher result is never published of a unit that fell due before the policy was activated (TX-22): " +
			"these stay as they are. Units that fall due afterwards are judged by it alone."
	}
	return "As much is held against the person as before. Activating the other policy leaves these as they are (TX-22)."
}

// printWeight prints what becomes milder, what harsher, or what stays as heavy.
func (d *diffLines) printWeight(out io.Writer, weight replay.Weight, t *replay.DiffTotals) error {
	n := t.Changed[weight]
	if n == 0 {
		return nil
	}
	fmt.Fprintf(out, "\n%s: %s. %s\n", weight, counted(n, "unit"), diffMeaning(weight))
	for _, g := range d.sorted() {
		if g.weight == weight {
			fmt.Fprintf(out, "  %d %s: %s -> %s, %s\n", d.groups[g], g.kind, g.now, g.other, g.why())
		}
	}
	fmt.Fprintln(out)
	if err := d.copyUnits(out, weight); err != nil {
		return err
	}
	if more := n - textUnits; more > 0 {
		fmt.Fprintf(out, "  and %d more: --format json names all\n", more)
	}
	return nil
}

// copyUnits copies the lines of one weight.
func (d *diffLines) copyUnits(out io.Writer, weight replay.Weight) error {
	if _, err := d.units[weight].Seek(0, io.SeekStart); err != nil {
		return fmt.Errorf("cannot read the temporary directory: %w", err)
	}
	_, err := io.Copy(out, d.units[weight])
	return err
}

// printJSON prints JSON Lines: the header, the groups, and every unit.
func (d *diffLines) printJSON(out io.Writer, q *replay.DiffOptions, t *replay.DiffTotals, note string) error {
	type named struct {
		Version string `json:"policy_version"`
		Digest  string `json:"policy_digest"`
	}
	name := func(p *duty.Policy) named { return named{p.Version, p.Digest} }
	var inForce []named
	for _, p := range t.InForce {
		inForce = append(inForce, name(p.Policy))
	}
	notes := []string{}
	if note != "" {
		notes = append(notes, note)
	}
	for _, w := range replay.Weights() {
		if t.Changed[w] > 0 {
			notes = append(notes, w.String()+": "+diffMeaning(w))
		}
	}
	type differ struct {
		What string `json:"what"`
		Was  string `json:"in_force"`
		Is   string `json:"other"`
	}
	differs := []differ{}
	for _, x := range d.differences {
		differs = append(differs, differ(x))
	}
	e := json.NewEncoder(out)
	e.SetEscapeHTML(false)
	err := e.Encode(struct {
		Line    string   `json:"line"`
		AsOf    string   `json:"as_of"`
		From    string   `json:"from"`
		To      string   `json:"to"`
		InForce []named  `json:"in_force"`
		Other   named    `json:"other"`
		Persons int64    `json:"persons"`
		Units   int64    `json:"units"`
		Milder  int64    `json:"milder"`
		Harsher int64    `json:"harsher"`
		Aside   int64    `json:"same_weight"`
		Notes   []string `json:"notes"`
		Differ  []differ `json:"differences"`
	}{"header", t.AsOf.String(), q.From.String(), q.To.String(), inForce, name(q.Other), t.Persons, t.Units,
		t.Changed[replay.WeightMilder], t.Changed[replay.WeightHarsher], t.Changed[replay.WeightAside], notes, differs})
	if err != nil {
		return err
	}
	for _, g := range d.sorted() {
		err := e.Encode(struct {
			Line   string   `json:"line"`
			Weight string   `json:"weight"`
			Kind   string   `json:"kind"`
			Now    string   `json:"in_force"`
			Other  string   `json:"other"`
			Gone   []string `json:"rules_gone"`
			New    []string `json:"rules_new"`
			Units  int      `json:"units"`
		}{"group", g.weight.String(), g.kind, g.now, g.other, strings.Fields(g.gone), strings.Fields(g.new), d.groups[g]})
		if err != nil {
			return err
		}
	}
	for _, w := range replay.Weights() {
		if err := d.copyUnits(out, w); err != nil {
			return err
		}
	}
	return nil
}

// counted is a number of things.
func counted(n int64, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
