package main

import (
	"context"
	"fmt"
	"time"

	"tilsyn/engine/duty"
	"tilsyn/engine/simulate"
)

// whole compares what is said without faults with the truth.
func (p *proof) whole(ctx context.Context, persons, days int) error {
	fmt.Fprintf(&p.out, "\nWithout faults, %d residents, %d days:\n\n", persons, days)
	fmt.Fprintln(&p.out, "| | heartbeats, numbers, counts | outages, a loss, an exclusion |\n|---|---|---|")
	start := duty.DateOf(2026, 1, 5)
	quiet := simulate.Config{
		Seed: p.seed, Start: start, Days: days, Persons: persons,
		Undisturbed: true, Numbered: true, Heartbeats: p.beats, Reconciled: true,
	}
	eventful := simulate.Config{Seed: p.seed, Start: start, Days: days, Persons: persons}
	var scores [2]simulate.Score
	var facts [2]int
	var took [2]time.Duration
	for i, cfg := range []simulate.Config{quiet, eventful} {
		fmt.Fprintf(p.progress, "without faults, %d of 2\n", i+1)
		w, err := play(p.dir, cfg)
		if err != nil {
			return err
		}
		began := time.Now()
		list, err := w.judge(ctx, []duty.Instant{w.truth.Until}, "")
		w.close()
		if err != nil {
			return err
		}
		facts[i], took[i] = w.facts, time.Since(began)
		scores[i] = w.truth.Compare(newest(list), duty.KindUnknown)
		p.compare([]string{"with heartbeats", "with outages"}[i], &scores[i])
	}
	row := func(name string, of func(*simulate.Score) any) {
		fmt.Fprintf(&p.out, "| %s | %v | %v |\n", name, of(&scores[0]), of(&scores[1]))
	}
	fmt.Fprintf(&p.out, "| facts | %d | %d |\n", facts[0], facts[1])
	row("units", func(s *simulate.Score) any { return s.Units })
	row("breaches", func(s *simulate.Score) any { return s.Breaches })
	row("of these, the facts can carry", func(s *simulate.Score) any { return s.Expected })
	row("of these, INDICATED", func(s *simulate.Score) any { return s.Found })
	row("INDICATED though complied", func(s *simulate.Score) any { return s.Wrong })
	row("NEEDS_REVIEW", func(s *simulate.Score) any { return s.Review })
	row("precision", func(s *simulate.Score) any { return fmt.Sprintf("%.6f", s.Precision()) })
	row("recall", func(s *simulate.Score) any { return fmt.Sprintf("%.6f", s.Recall()) })
	fmt.Fprintf(&p.out, "| judged in | %.1f s | %.1f s |\n", took[0].Seconds(), took[1].Seconds())
	return nil
}

// compare names every difference between what was said and what ought to be.
func (p *proof) compare(name string, s *simulate.Score) {
	for _, d := range s.Differences {
		p.fail("without faults, %s: %s %s %s is %s; truth %s, INDICATED expected %v %s", name, d.Unit.PersonID, d.Unit.Kind,
			simulate.DateString(d.Unit.Date), d.Status, d.Unit.What, d.Unit.Indicated, d.Unit.Why)
	}
	if s.Expected == 0 {
		p.fail("without faults, %s: nobody was expected to be INDICATED: the comparison says nothing", name)
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
