package stored

import (
	"reflect"
	"slices"
	"testing"

	"tilsyn/engine/duty"
)

// TestMonthPutTogether: a month put together from what it said of the units before a date, and a verdict on the others,
// is that of a verdict on all units, whatever the date; and so are the months after it.
func TestMonthPutTogether(t *testing.T) {
	p := &duty.Policy{Version: "1"}
	first := duty.DateOf(2026, 2, 25)
	all := duty.Result{PersonID: "P"}
	for d := first; d < first+8; d++ {
		for _, of := range []duty.LedgerUnit{duty.MetUnit(duty.KindNotify, d, p), duty.MetUnit(duty.KindReport, d, p),
			duty.RoutineUnit(d, d%3 > 0, p)} {
			u := duty.Unit{Kind: of.Kind, Date: d, Outcome: of.Outcome, Rules: of.Rules, PolicyVersion: of.PolicyVersion,
				Pending: of.Kind == duty.KindReport && d%4 == 0}
			if of.Kind == duty.KindStay && d%2 == 0 {
				u.Outcome, u.Caveats, u.Instant = duty.OutcomeIndicated, []string{"A", "B"}, duty.Some(d.Start())
			}
			all.Units = append(all.Units, u)
		}
	}
	want := LedgerOf("P", &all)
	if len(want) != 2 || len(want[0].Record.Open)+len(want[1].Record.Open) != 2 {
		t.Fatalf("the units are of %d months", len(want))
	}
	for from := first; from <= first+8; from++ {
		for again := from; again <= first+8; again++ {
			before := MonthBefore(LedgerOf("P", &all), from, p)
			later := MonthBefore(before.Complete("P", ledgerFrom(&all, from), p), again, p)
			got := later.Complete("P", ledgerFrom(&all, again), p)
			whole := want
			if MonthOf(again) > want[0].Number {
				whole = want[1:] // the months before are written
			}
			if !reflect.DeepEqual(got, whole) {
				t.Errorf("put together at %v and then at %v:\n%v\nwant\n%v", from, again, got, whole)
			}
		}
	}
	few, many := MonthBefore(want, first+1, p), MonthBefore(want, first+3, p)
	if few.Size() >= many.Size() {
		t.Errorf("a month takes %d bytes, and %d with more that is not ordinary", few.Size(), many.Size())
	}
	u := &many.others[len(many.others)-1]
	i := slices.IndexFunc(all.Units, func(v duty.Unit) bool { return v.Date == u.UnitDate && len(v.Caveats) > 0 })
	if all.Units[i].Caveats[0] = "C"; u.Caveats[0] != "A" {
		t.Error("a month lies in the memory of the verdict")
	}
}

// ledgerFrom is the ledger of the units of a verdict from a date on.
func ledgerFrom(all *duty.Result, from duty.Date) []LedgerMonth {
	rest := *all
	rest.Units = nil
	for i := range all.Units {
		if all.Units[i].Date >= from {
			rest.Units = append(rest.Units, all.Units[i])
		}
	}
	return LedgerOf("P", &rest)
}
