package main

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"tilsyn/engine/duty"
	"tilsyn/engine/simulate"
)

// tally is what came of the simulations of one plan.
type tally struct {
	plan simulate.Plan
	// played is how many simulations there were, harms how many registrations they concerned.
	played, harms int
	// persons and units were INDICATED at some noon although they complied; late
	// of the units still are at the end.
	persons, units, late int
	// grey are units that the rules leave to people whatever happened (a return between
	// 06:00 and 08:00, for one) and that were INDICATED at some noon.
	grey int
	// caveats are those of these records.
	caveats map[string]int
	// with and without are what became of the breaches in the days of the faults.
	with, without ending
}

// ending counts breaches by what is said of them at the end.
type ending struct{ breaches, indicated, review int }

// faults plays every plan with every seed. Stopped, it tells of the seeds that it has played.
func (p *proof) faults(ctx context.Context, plans []simulate.Plan, n sizes) error {
	var list []*tally
	for _, plan := range plans {
		list = append(list, &tally{plan: plan, caveats: map[string]int{}})
	}
	defer func() { p.table(list, n) }()
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i := range n.seeds {
		seed := p.seed + uint64(i)
		group.Go(func() error { return p.faultsOf(ctx, list, n, seed) })
	}
	return group.Wait()
}

// faultsOf plays every plan with one seed.
func (p *proof) faultsOf(ctx context.Context, list []*tally, n sizes, seed uint64) error {
	cfg := simulate.Config{
		Seed: seed, Start: duty.DateOf(2026, 2, 2) + duty.Date((seed-1)%7), Days: n.faultDays,
		Persons: n.faultPersons, Ordinary: true, Numbered: true, Heartbeats: p.beats, Reconciled: true,
	}
	without, err := p.ending(ctx, cfg)
	if err != nil {
		return err
	}
	for _, t := range list {
		cfg.Faults.Plans = []simulate.Plan{t.plan}
		if err := p.fault(ctx, cfg, t, without); err != nil {
			return err
		}
	}
	p.turn.Lock()
	defer p.turn.Unlock()
	fmt.Fprintf(p.progress, "faults, seed %d played\n", seed)
	return nil
}

// ending gives what is said at the end without a fault.
func (p *proof) ending(ctx context.Context, cfg simulate.Config) (map[simulate.Key]duty.Status, error) {
	w, err := play(p.dir, cfg)
	if err != nil {
		return nil, err
	}
	defer w.close()
	list, err := w.judge(ctx, []duty.Instant{w.truth.Until}, "")
	return newest(list), err
}

// fault plays a plan once and adds what came of it.
func (p *proof) fault(ctx context.Context, cfg simulate.Config, t *tally, without map[simulate.Key]duty.Status) error {
	w, err := play(p.dir, cfg)
	if err != nil {
		return err
	}
	defer w.close()
	first, last, harms := simulate.Today(w.truth.Until), duty.Date(0), 0
	for _, f := range w.truth.Faults {
		harms += f.Total
		first, last = min(first, simulate.Today(f.From)), max(last, simulate.Today(f.To))
	}
	var asOf []duty.Instant
	for d := first; d <= simulate.Today(w.truth.Until); d++ {
		asOf = append(asOf, d.Clock(12, 0))
	}
	list, err := w.judge(ctx, asOf, "")
	if err != nil {
		return err
	}
	told, err := w.told(list, asOf)
	if err != nil {
		return err
	}
	said := newest(list)
	p.turn.Lock()
	defer p.turn.Unlock()
	t.played, t.harms = t.played+1, t.harms+harms
	t.wrong(p, w, told, said)
	for i := range w.truth.Units {
		u := &w.truth.Units[i]
		if u.What == simulate.Breach && first-1 <= u.Date && u.Date <= last+1 {
			t.with.add(said[unitOf(u)])
			t.without.add(without[unitOf(u)])
		}
	}
	return nil
}

// unitOf is the key of a unit of the truth.
func unitOf(u *simulate.Unit) simulate.Key {
	return simulate.Key{PersonID: u.PersonID, Kind: u.Kind, Date: u.Date}
}

func (e *ending) add(s duty.Status) {
	e.breaches++
	switch s {
	case duty.StatusIndicated:
		e.indicated++
	case duty.StatusNeedsReview:
		e.review++
	}
}

// told returns the revisions of a list that `run` would tell at one of the instants, in order. One that
// accuses waits while a feed that covers its centre is silent, and is told at the first instant
// at which none is and it still stands.
func (w *world) told(list []duty.Violation, asOf []duty.Instant) ([]duty.Violation, error) {
	policies, err := w.policies()
	if err != nil {
		return nil, err
	}
	list = slices.Clone(list)
	slices.SortStableFunc(list, func(a, b duty.Violation) int { return cmp.Compare(a.EvaluatedAt, b.EvaluatedAt) })
	var out []duty.Violation
	waits := map[simulate.Key]duty.Violation{}
	for _, at := range asOf {
		n := 0
		for ; n < len(list) && list[n].EvaluatedAt <= at; n++ {
			delete(waits, keyOf(&list[n]))
			if list[n].Status == duty.StatusIndicated {
				waits[keyOf(&list[n])] = list[n]
				continue
			}
			out = append(out, list[n])
		}
		list = list[n:]
		silent := w.silent(policies[0].Policy, at)
		for key, v := range waits {
			if !slices.ContainsFunc(silent, func(b duty.FeedBeat) bool { return b.Covers(v.CentreID) }) {
				out = append(out, v)
				delete(waits, key)
			}
		}
	}
	return out, nil
}

// wrong counts who was INDICATED although they complied, at any time and at the
// end.
func (t *tally) wrong(p *proof, w *world, list []duty.Violation, said map[simulate.Key]duty.Status) {
	what := map[simulate.Key]simulate.What{}
	for i := range w.truth.Units {
		what[unitOf(&w.truth.Units[i])] = w.truth.Units[i].What
	}
	units, persons := map[simulate.Key]bool{}, map[string]bool{}
	for i := range list {
		v := &list[i]
		key := keyOf(v)
		if v.Status != duty.StatusIndicated || what[key] == simulate.Breach || units[key] {
			continue
		}
		units[key] = true
		if what[key] == simulate.Grey {
			t.grey++
			continue
		}
		persons[key.PersonID] = true
		t.units++
		for _, c := range v.Caveats {
			t.caveats[c]++
		}
		if len(v.Caveats) == 0 {
			t.caveats["none"]++
		}
		if t.plan.Visible() {
			f := w.truth.Faults[0]
			p.fail("%s, seed %d: %s is INDICATED as of %s, and complied (%s to %s at %s %v, %s)", t.plan, w.cfg.Seed,
				unitText(key), v.EvaluatedAt, f.From, f.To, f.CentreID, f.Sources, f.Note)
		}
		if said[key] == duty.StatusIndicated {
			t.late++
		}
	}
	t.persons += len(persons)
}

// table writes what came of all plans.
func (p *proof) table(list []*tally, n sizes) {
	fmt.Fprintf(&p.out, "\nEach plan with %d residents, %d days, judged at noon of each day, heartbeats every %s:\n\n",
		n.faultPersons, n.faultDays, n.heartbeats)
	fmt.Fprintln(&p.out, "| plan | simulations | the data show it | registrations concerned "+
		"| complied and INDICATED at some time: persons (units) | units at the end | caveats of these records "+
		"| left to people and INDICATED at some time "+
		"| breaches in the days of the fault | INDICATED, NEEDS_REVIEW | the same without the fault |")
	fmt.Fprintln(&p.out, "|---|---|---|---|---|---|---|---|---|---|---|")
	for _, t := range list {
		seen := "no"
		if t.plan.Visible() {
			seen = "yes"
		}
		var caveats []string
		for _, c := range slices.Sorted(maps.Keys(t.caveats)) {
			caveats = append(caveats, fmt.Sprintf("%s %d", c, t.caveats[c]))
		}
		fmt.Fprintf(&p.out, "| %s | %d | %s | %d | %d (%d) | %d | %s | %d | %d | %s | %s |\n",
			t.plan, t.played, seen, t.harms, t.persons, t.units, t.late, strings.Join(caveats, ", "), t.grey,
			t.with.breaches, t.with.share(), t.without.share())
	}
}

func (e *ending) share() string {
	if e.breaches == 0 {
		return "-"
	}
	return fmt.Sprintf("%d, %d (%.1f %%)", e.indicated, e.review, 100*float64(e.indicated+e.review)/float64(e.breaches))
}
