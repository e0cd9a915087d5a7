package main

import (
	"io"
	"slices"
	"strings"
	"testing"

	"tilsyn/engine/duty"
	"tilsyn/engine/simulate"
	"tilsyn/engine/stream/seeds"
)

func small(t *testing.T) *proof {
	t.Helper()
	return &proof{dir: t.TempDir(), seed: 3, progress: io.Discard}
}

// Every part runs at a small size, and what it says is in a table.
func TestParts(t *testing.T) {
	p := small(t)
	if err := p.whole(t.Context(), 40, 30); err != nil {
		t.Fatal(err)
	}
	n := sizes{seeds: 2, faultPersons: 40, faultDays: 12}
	plans := []simulate.Plan{simulate.OverTheFence, simulate.DuplicatedRows, simulate.ReorderedRows}
	if err := p.faults(t.Context(), plans, n); err != nil {
		t.Fatal(err)
	}
	for _, f := range p.failed {
		t.Error(f)
	}
	for _, want := range []string{"| precision | 1.000000 |", "| recall | 1.000000 |",
		"| over-the-fence | 2 | no |", "| duplicated-rows | 2 | yes | 0 | 0 (0) | 0 |"} {
		if !strings.Contains(p.out.String(), want) {
			t.Errorf("no %s in\n%s", want, p.out.String())
		}
	}
}

// Somebody who complied and is INDICATED fails the proof where the data show the
// fault, and is counted with the caveats where they do not; withdrawn later or not.
func TestWrongAccusationsAreFound(t *testing.T) {
	date := duty.DateOf(2026, 2, 5)
	unit := func(person string, what simulate.What) simulate.Unit {
		return simulate.Unit{PersonID: person, Kind: duty.KindStay, Date: date, What: what}
	}
	w := &world{truth: &simulate.Truth{
		Units: []simulate.Unit{
			unit("A", simulate.Met), unit("B", simulate.Breach), unit("C", simulate.Met), unit("D", simulate.Grey),
		},
		Faults: []*simulate.Fault{{Plan: simulate.LostRows}},
	}}
	revision := func(person string, s duty.Status, caveats ...string) duty.Violation {
		return duty.Violation{PersonID: person, Kind: duty.KindStay, UnitDate: date, Status: s, Caveats: caveats}
	}
	list := []duty.Violation{
		revision("A", duty.StatusIndicated, "OPEN_INTERVAL"), revision("A", duty.StatusWithdrawn, "OPEN_INTERVAL"),
		revision("B", duty.StatusIndicated), revision("C", duty.StatusNeedsReview), revision("C", duty.StatusIndicated),
		revision("D", duty.StatusIndicated),
	}
	for plan, failures := range map[simulate.Plan]int{simulate.LostRows: 2, simulate.OverTheFence: 0} {
		p, tally := small(t), &tally{plan: plan, caveats: map[string]int{}}
		tally.wrong(p, w, list, newest(list))
		if len(p.failed) != failures {
			t.Errorf("%s: %d failures, want %d: %v", plan, len(p.failed), failures, p.failed)
		}
		if tally.persons != 2 || tally.units != 2 || tally.late != 1 || tally.grey != 1 ||
			tally.caveats["OPEN_INTERVAL"] != 1 || tally.caveats["none"] != 1 {
			t.Errorf("%s: %+v", plan, tally)
		}
	}
}

// What accuses waits while a feed of the centre is silent, as in run; what ended meanwhile is never told.
func TestSilentFeedsAccuseNobody(t *testing.T) {
	at := func(hour int) duty.Instant { return duty.DateOf(2026, 2, 5).Clock(hour, 0) }
	w := &world{cfg: simulate.Config{Heartbeats: duty.Hour}}
	for _, hour := range []int{6, 7, 13, 14} {
		w.beats = append(w.beats, duty.Known[duty.Heartbeat]{At: at(hour), Fact: duty.Heartbeat{
			ID: "h" + at(hour).String(), Version: 1, ReceivedAt: at(hour), SourceID: duty.Feeds()[0], At: at(hour),
		}})
	}
	revision := func(person string, hour int, s duty.Status) duty.Violation {
		return duty.Violation{PersonID: person, Kind: duty.KindStay, Status: s, CentreID: "KH", EvaluatedAt: at(hour)}
	}
	told, err := w.told([]duty.Violation{
		revision("A", 8, duty.StatusIndicated), revision("B", 12, duty.StatusIndicated),
		revision("C", 12, duty.StatusIndicated), revision("C", 14, duty.StatusWithdrawn),
	}, []duty.Instant{at(8), at(12), at(14)})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for i := range told {
		got = append(got, told[i].PersonID+" "+told[i].Status.String())
	}
	if want := []string{"A INDICATED", "C WITHDRAWN", "B INDICATED"}; !slices.Equal(got, want) {
		t.Errorf("told %v, want %v", got, want)
	}
}

// The summer of 2020 is told as it was: people who complied were told of, and
// every record of these days ends at the instant of the declaration.
func TestSummer(t *testing.T) {
	seeds.Large(t, "a summer of residents")
	p := small(t)
	if err := p.summer(t.Context(), seeds.AtLeast(t, 50, 7)); err != nil {
		t.Fatal(err)
	}
	for _, f := range p.failed {
		t.Error(f)
	}
	if !strings.Contains(p.out.String(), "| in the days of the exclusion, complied |") {
		t.Errorf("no table in\n%s", p.out.String())
	}
}
