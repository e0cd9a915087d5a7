package verify

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"tilsyn/engine/duty"
)

// OutcomeDifference is a unit that two engines, which read the same facts, let come out otherwise (REL-09).
type OutcomeDifference struct {
	UnitID string
	Kind   duty.Kind
	// Here and There are the outcomes of both: what was last told, or else the ledger's; UNKNOWN where a unit
	// is neither told nor in the ledger nor open there.
	Here, There duty.Outcome
}

// Harsher reports whether the unit weighs more there than here.
func (d OutcomeDifference) Harsher() bool { return d.There.Severity() > d.Here.Severity() }

// LedgerComparison is the result of CompareLedgers.
type LedgerComparison struct {
	// Units are those that both have an outcome of.
	Units int
	// Differences are sorted by kind, outcomes and unit.
	Differences []OutcomeDifference
}

// CompareLedgers compares the outcomes of all units under two prefixes, one partition after the other; both must
// have the same number of partitions. A unit that is open in one of them is left out. It joins no group and writes
// nothing. The newest outcomes may be missing from a ledger for as long as `ledger.lag` says (contract §3): what
// differs in two comparisons that lie further apart is a difference ([Lasting]).
func CompareLedgers(ctx context.Context, here, there VerifyConfig) (LedgerComparison, error) {
	var out LedgerComparison
	a, doneA, err := connect(ctx, here)
	if err != nil {
		return out, err
	}
	defer doneA()
	b, doneB, err := connect(ctx, there)
	if err != nil {
		return out, err
	}
	defer doneB()
	if a.parts != b.parts {
		return out, fmt.Errorf("the prefixes have %d and %d partitions", a.parts, b.parts)
	}
	for part := range a.parts {
		x, err := a.standings(ctx, part)
		if err != nil {
			return out, fmt.Errorf("partition %d: %w", part, err)
		}
		y, err := b.standings(ctx, part)
		if err != nil {
			return out, fmt.Errorf("partition %d of the other prefix: %w", part, err)
		}
		out.add(x, y)
	}
	slices.SortFunc(out.Differences, func(a, b OutcomeDifference) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Here, b.Here), cmp.Compare(a.There, b.There),
			cmp.Compare(a.UnitID, b.UnitID))
	})
	return out, nil
}

// add compares two partitions.
func (c *LedgerComparison) add(here, there map[standingUnit]duty.Outcome) {
	for u, x := range here { //house:order-free sorted by CompareLedgers
		y, found := there[u]
		if found && x != duty.OutcomeProvisional && y != duty.OutcomeProvisional {
			c.Units++
		}
		c.compare(u, x, y)
	}
	for u, y := range there { //house:order-free sorted by CompareLedgers
		if _, found := here[u]; !found {
			c.compare(u, duty.OutcomeUnknown, y)
		}
	}
}

func (c *LedgerComparison) compare(u standingUnit, x, y duty.Outcome) {
	if x != y && x != duty.OutcomeProvisional && y != duty.OutcomeProvisional {
		c.Differences = append(c.Differences,
			OutcomeDifference{UnitID: duty.UnitID(u.kind, u.date, u.person), Kind: u.kind, Here: x, There: y})
	}
}

// standingUnit is a unit of a person.
type standingUnit struct {
	person string
	unit
}

// standings are the outcomes of all units of a partition; of an open one PROVISIONAL. What was told comes first,
// since the ledger may be behind.
func (v *verifier) standings(ctx context.Context, part int32) (map[standingUnit]duty.Outcome, error) {
	out := map[standingUnit]duty.Outcome{}
	book, err := v.ledger(ctx, part)
	if err != nil {
		return nil, err
	}
	for person, b := range book { //house:order-free a unit stands in one book
		for u := range b.open { //house:order-free
			out[standingUnit{person, u}] = duty.OutcomeProvisional
		}
		for u, o := range b.outcome { //house:order-free
			out[standingUnit{person, u}] = o
		}
	}
	told, err := v.histories(ctx, part)
	if err != nil {
		return nil, err
	}
	for person, said := range told { //house:order-free a unit was told of once
		for i := range said {
			u := standingUnit{person, unit{said[i].Kind, said[i].Date}}
			switch said[i].Status {
			case duty.StatusIndicated:
				out[u] = duty.OutcomeIndicated
			case duty.StatusNeedsReview:
				out[u] = duty.OutcomeNeedsReview
			}
		}
	}
	return out, nil
}

// Lasting returns the differences that stand in both of two comparisons.
func Lasting(before, now LedgerComparison) []OutcomeDifference {
	stood := make(map[OutcomeDifference]bool, len(before.Differences))
	for _, d := range before.Differences {
		stood[d] = true
	}
	var out []OutcomeDifference
	for _, d := range now.Differences {
		if stood[d] {
			out = append(out, d)
		}
	}
	return out
}
