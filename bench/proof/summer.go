package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"tilsyn/engine/duty"
	"tilsyn/engine/simulate"
	"tilsyn/schemas"
)

// lossPercent is how many of a hundred passages of the days of 2020 are lost: a
// part, which nobody ever stated.
const lossPercent = 40

// When the loss was declared is stated nowhere: the notice says only that reports
// already filed were recalled. Everything happens between start and end.
var (
	summerStart    = duty.DateOf(2020, 5, 11)
	summerDeclared = duty.DateOf(2020, 9, 1).Clock(10, 0)
	summerEnd      = duty.DateOf(2020, 9, 20)
)

// period is one loss of 2020 with its dates, both included.
type period struct {
	centre   string
	from, to duty.Date
}

// losses are those of the notice of 26 August 2021 (EXC-01).
var losses = []period{
	{"KH", duty.DateOf(2020, 6, 9), duty.DateOf(2020, 6, 10)},
	{"KH", duty.DateOf(2020, 7, 2), duty.DateOf(2020, 7, 3)},
	{"SJ", duty.DateOf(2020, 7, 2), duty.DateOf(2020, 7, 3)},
	{"KH", duty.DateOf(2020, 7, 17), duty.DateOf(2020, 7, 17)},
	{"SJ", duty.DateOf(2020, 7, 17), duty.DateOf(2020, 7, 17)},
}

// holds reports whether an exclusion of the period covers a unit (EXC-02): a
// night that touches its dates, or a reporting day of them.
func (x *period) holds(v *duty.Violation) bool {
	first := x.from
	if v.Kind != duty.KindReport {
		first--
	}
	return v.CentreID == x.centre && first <= v.UnitDate && v.UnitDate <= x.to
}

// summer plays the losses of 2020: as they were, and as they would be on devices that
// number their rows.
func (p *proof) summer(ctx context.Context, persons int) error {
	for _, numbered := range []bool{false, true} {
		fmt.Fprintf(p.progress, "the summer of 2020, rows numbered: %v\n", numbered)
		if err := p.summerOnce(ctx, persons, numbered); err != nil {
			return err
		}
	}
	return nil
}

func (p *proof) summerOnce(ctx context.Context, persons int, numbered bool) error {
	cfg := simulate.Config{
		Seed: p.seed, Start: summerStart, Days: int(summerEnd - summerStart), Persons: persons, Ordinary: true,
		Numbered: numbered,
	}
	for _, x := range losses {
		cfg.Faults.Lose = append(cfg.Faults.Lose, simulate.Lose{
			Centre: x.centre, From: x.from.Clock(0, 0), To: (x.to + 1).Clock(0, 0), Percent: lossPercent,
			Excluded: summerDeclared,
		})
	}
	w, err := play(p.dir, cfg)
	if err != nil {
		return err
	}
	defer w.close()
	s := &story{proof: p, w: w, units: map[simulate.Key]*course{}, said: filepath.Join(w.dir, "said.jsonl")}
	for i := range w.truth.Units {
		u := &w.truth.Units[i]
		s.units[simulate.Key{PersonID: u.PersonID, Kind: u.Kind, Date: u.Date}] = &course{breach: u.What == simulate.Breach}
	}
	steps := summerSteps(w.truth.Until)
	if numbered {
		steps = [][]duty.Instant{afterLosses()}
	}
	for _, step := range steps {
		if err := s.step(ctx, step); err != nil {
			return err
		}
	}
	s.table(persons)
	return nil
}

// summerSteps are the times at which the summer is judged, one step a call of replay: noon of each
// day, month by month; then just before the declaration, at its instant, and at
// the end.
func summerSteps(end duty.Instant) [][]duty.Instant {
	var steps [][]duty.Instant
	var month []duty.Instant
	for d := summerStart + 1; d.Clock(12, 0) < summerDeclared; d++ {
		if month = append(month, d.Clock(12, 0)); len(month) == 30 {
			steps, month = append(steps, month), nil
		}
	}
	if len(month) > 0 {
		steps = append(steps, month)
	}
	return append(steps, []duty.Instant{summerDeclared - 1}, []duty.Instant{summerDeclared}, []duty.Instant{end})
}

// afterLosses are times some days after each loss, and just before and at the declaration.
func afterLosses() []duty.Instant {
	var out []duty.Instant
	for _, x := range losses {
		if t := (x.to + 4).Clock(12, 0); len(out) == 0 || out[len(out)-1] != t {
			out = append(out, t)
		}
	}
	return append(out, summerDeclared-1, summerDeclared)
}

// course is what was said of a unit in the course of the summer.
type course struct {
	breach bool
	last   duty.Violation
	// told is when it was INDICATED first, ended when it no longer was; zero: never.
	told, ended duty.Instant
}

// story is the course of the summer.
type story struct {
	*proof
	w     *world
	units map[simulate.Key]*course
	// said is the file of what was said so far.
	said string
}

// step judges with what was said before, and adds to it.
func (s *story) step(ctx context.Context, asOf []duty.Instant) error {
	said := s.said
	if _, err := os.Stat(said); err != nil {
		said = ""
	}
	list, err := s.w.judge(ctx, asOf, said)
	if err != nil {
		return err
	}
	schema, _ := schemas.Lookup(duty.TopicViolations)
	var lines []byte
	for i := range list {
		v := &list[i]
		lines = append(schema.AppendJSON(lines, v), '\n')
		c := s.units[keyOf(v)]
		if c == nil {
			c = &course{}
			s.units[keyOf(v)] = c
		}
		c.last = *v
		if v.Status == duty.StatusIndicated && c.told == 0 {
			c.told = v.EvaluatedAt
		} else if v.Status != duty.StatusIndicated && c.told != 0 && c.ended == 0 {
			c.ended = v.EvaluatedAt
		}
	}
	return appendTo(s.said, string(lines))
}

// count is one row of the table: units INDICATED at some time, and what became of them.
type count struct {
	name      string
	units     int
	withdrawn int
	lowered   int
	still     int
	days      []int
}

// table says who was told of wrongly, and when that ended.
func (s *story) table(persons int) {
	inside := count{name: "in the days of the exclusion, complied"}
	outside := count{name: "on other days, complied"}
	breaches := count{name: "in the days of the exclusion, did not comply"}
	seen := map[*count]map[string]bool{&inside: {}, &outside: {}, &breaches: {}}
	for key, c := range s.units {
		covered := slices.ContainsFunc(losses, func(x period) bool { return x.holds(&c.last) })
		if st := c.last.Status; covered && (st == duty.StatusIndicated || st == duty.StatusNeedsReview) {
			s.fail("2020: %s lies in the days of the exclusion and is %s", unitText(key), st)
		}
		var row *count
		switch {
		case c.told == 0 || c.breach && !covered:
			continue
		case !covered:
			row = &outside
		case c.breach:
			row = &breaches
		default:
			row = &inside
		}
		seen[row][key.PersonID] = true
		s.add(row, key, c)
	}
	switch numbered := s.w.cfg.Numbered; {
	case !numbered && inside.units == 0:
		s.fail("2020: nobody was told of wrongly: the loss says nothing")
	case numbered && inside.units+outside.units > 0:
		s.fail("2020, rows numbered: %d units were told of wrongly", inside.units+outside.units)
	}
	rows := map[bool]string{false: "as it was", true: "had the devices numbered their rows"}[s.w.cfg.Numbered]
	fmt.Fprintf(&s.out, "\nThe summer of 2020, %s: %d residents, %d %% of the passages lost, exclusion declared %s.\n"+
		"INDICATED before that, and what became of it at that instant or before:\n\n",
		rows, persons, lossPercent, simulate.LocalTime(summerDeclared))
	s.rows([]*count{&inside, &outside, &breaches}, seen)
}

// add adds a unit that was told of to a row.
func (s *story) add(row *count, key simulate.Key, c *course) {
	row.units++
	switch c.last.Status {
	case duty.StatusWithdrawn:
		row.withdrawn++
	case duty.StatusIndicated:
		row.still++
		s.fail("2020: %s was told of wrongly and still is", unitText(key))
	default:
		row.lowered++
	}
	if c.ended == 0 {
		return
	}
	row.days = append(row.days, int((c.ended-c.told)/duty.Day))
	if c.ended > summerDeclared {
		s.fail("2020: %s was corrected %s, after the declaration", unitText(key), c.ended)
	}
}

// unitText names a unit in a message.
func unitText(k simulate.Key) string {
	return fmt.Sprintf("%s %s %s", k.PersonID, k.Kind, simulate.DateString(k.Date))
}

// rows writes the rows of the table.
func (s *story) rows(list []*count, seen map[*count]map[string]bool) {
	fmt.Fprintln(&s.out, "| | persons | units | withdrawn | NEEDS_REVIEW | still INDICATED "+
		"| told for, days: median (most) |\n|---|---|---|---|---|---|---|")
	for _, row := range list {
		slices.Sort(row.days)
		days := "-"
		if n := len(row.days); n > 0 {
			days = fmt.Sprintf("%d (%d)", row.days[n/2], row.days[n-1])
		}
		fmt.Fprintf(&s.out, "| %s | %d | %d | %d | %d | %d | %s |\n",
			row.name, len(seen[row]), row.units, row.withdrawn, row.lowered, row.still, days)
	}
}
