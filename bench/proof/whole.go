package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"tilsyn/engine/duty"
	"tilsyn/engine/simulate"
)

// column is one simulation without faults, and what came of it.
type column struct {
	name  string
	cfg   simulate.Config
	facts int
	took  time.Duration
	score simulate.Score
}

// whole compares what is said without faults with the truth. Without heartbeats only the
// simulation that has none is played.
func (p *proof) whole(ctx context.Context, persons, days int) error {
	base := simulate.Config{Seed: p.seed, Start: duty.DateOf(2026, 1, 5), Days: days, Persons: persons}
	list := []*column{{name: "outages, a loss, an exclusion", cfg: base}}
	if p.beats > 0 {
		watched := base
		watched.Undisturbed, watched.Numbered, watched.Heartbeats, watched.Reconciled = true, true, p.beats, true
		list = append(list, &column{name: "heartbeats, numbers, counts", cfg: watched})
	}
	for _, c := range list {
		fmt.Fprintf(p.progress, "without faults, with %s\n", c.name)
		w, err := play(p.dir, c.cfg)
		if err != nil {
			return err
		}
		began := time.Now()
		said, err := w.judge(ctx, []duty.Instant{w.truth.Until}, "")
		w.close()
		if err != nil {
			return err
		}
		c.facts, c.took = w.facts, time.Since(began)
		c.score = w.truth.Compare(newest(said), duty.KindUnknown)
		p.compare(c)
	}
	fmt.Fprintf(&p.out, "\nWithout faults, %d residents, %d days:\n\n", persons, days)
	p.columns(list)
	return nil
}

// columns writes the table.
func (p *proof) columns(list []*column) {
	row := func(name string, of func(*column) any) {
		fmt.Fprintf(&p.out, "| %s |", name)
		for _, c := range list {
			fmt.Fprintf(&p.out, " %v |", of(c))
		}
		fmt.Fprintln(&p.out)
	}
	row("", func(c *column) any { return c.name })
	fmt.Fprintln(&p.out, "|---|"+strings.Repeat("---|", len(list)))
	row("facts", func(c *column) any { return c.facts })
	row("units", func(c *column) any { return c.score.Units })
	row("breaches", func(c *column) any { return c.score.Breaches })
	row("of these, the facts can carry", func(c *column) any { return c.score.Expected })
	row("of these, INDICATED", func(c *column) any { return c.score.Found })
	row("INDICATED though complied", func(c *column) any { return c.score.Wrong })
	row("NEEDS_REVIEW", func(c *column) any { return c.score.Review })
	row("precision", func(c *column) any { return fmt.Sprintf("%.6f", c.score.Precision()) })
	row("recall", func(c *column) any { return fmt.Sprintf("%.6f", c.score.Recall()) })
	row("judged in", func(c *column) any { return fmt.Sprintf("%.1f s", c.took.Seconds()) })
}

// compare names every difference between what was said and what ought to be.
func (p *proof) compare(c *column) {
	for _, d := range c.score.Differences {
		p.fail("without faults, with %s: %s is %s; truth %s, INDICATED expected %v %s", c.name, unitText(unitOf(&d.Unit)),
			d.Status, d.Unit.What, d.Unit.Indicated, d.Unit.Why)
	}
	if c.score.Expected == 0 {
		p.fail("without faults, with %s: nobody was expected to be INDICATED: the comparison says nothing", c.name)
	}
}

// newest gives the last status of each unit.
func newest(list []duty.Violation) map[simulate.Key]duty.Status {
	said := map[simulate.Key]duty.Status{}
	for i := range list {
		said[keyOf(&list[i])] = list[i].Status
	}
	return said
}
