package task

import (
	"context"
	"fmt"
	"testing"
	"time"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/seeds"
	"tilsyn/engine/stream/telling"
	"tilsyn/engine/stream/testkit"
	"tilsyn/state"
)

// excluded is a world in which one unit of every person was told; then an exclusion comes that
// covers them all, and as many others as compliant, of whom nothing was told.
func excluded(t *testing.T, w *world, persons, compliant int) {
	t.Helper()
	w.boot()
	oblige := func(who string) {
		w.send(&testkit.Feed{Topic: "obligation-changes", Key: who,
			Record: &duty.ObligationChange{ID: who, Version: 1, ReceivedAt: seeds.Start, DecisionID: "d" + who,
				PersonID: who, Kind: duty.KindStay, Action: duty.ActionImpose,
				LegalBasis: duty.LegalBasisReturnAct132, CentreID: "KH",
				ServedAt: duty.Some(seeds.Start), ValidFrom: seeds.Start, ValidTo: duty.Some(seeds.Start)}})
	}
	for i := range persons {
		oblige(fmt.Sprintf("Qperson%d", i))
	}
	for i := range compliant {
		who := fmt.Sprintf("Qcompliant%d", i)
		oblige(who)
		w.sendPassage(who, seeds.Start+duty.Hour, duty.DirectionIn)
	}
	w.now = seeds.Start + 6*duty.Day
	w.rest()
	if n := w.stats.NeedsReview.Load(); n != int64(persons) {
		t.Fatalf("%d of %d units were told", n, persons)
	}
	w.now += duty.Hour
	w.send(&testkit.Feed{Topic: "exclusions", Key: "KH",
		Record: &duty.Exclusion{ID: "e", Version: 1, ReceivedAt: w.now, ExclusionID: "e", CentreID: "KH",
			FromDate: testkit.DayOfInstant(seeds.Start), ToDate: testkit.DayOfInstant(seeds.Start),
			Status: duty.ExclusionStatusDeclared, DeclaredBy: "a", ApprovedBy: "b", DeclaredAt: w.now}})
}

// dieInEveryChunk kills the process in every cycle that tells something, each time at another of
// its effects: between the records, before and after the end of the transaction, before and after
// the checkpoint.
func (w *world) dieInEveryChunk() {
	places := []string{"before produce", "before end", "after end", "before checkpoint", "after checkpoint"}
	armed, place, records := true, 0, 0
	w.die = func(what string) bool {
		if what == "before produce" {
			records++
		}
		if what == "after end" {
			records = 0
		}
		among := place%len(places) == 0 && what == "before produce" && records > 1+place*37%(w.limits.Decisions/2)
		if !armed || !among && what != places[place%len(places)] {
			armed = armed || what == "after end"
			return false
		}
		if what == "before produce" && !among {
			return false
		}
		// A chunk that is not told yet must get through the next time.
		armed, records = what != "before produce" && what != "before end", 0
		place++
		return true
	}
}

// allWithdrawn checks that every person's unit was told and withdrawn, once.
func (w *world) allWithdrawn(persons int) {
	w.t.Helper()
	h := w.histories()
	if len(h) != persons {
		w.t.Errorf("%d units of %d persons", len(h), persons)
	}
	for id, revisions := range h {
		if bad := telling.CheckHistory(revisions); bad != "" {
			w.t.Fatalf("%s: %s", id, bad)
		}
		if n := len(revisions); n != 2 || revisions[1].Status != duty.StatusWithdrawn ||
			revisions[1].WithdrawnOutcome != duty.Some(duty.WithdrawnOutcomeExcluded) {
			w.t.Fatalf("%s has %d revisions, the last %s", id, n, revisions[n-1].Status)
		}
	}
}

// An exclusion that covers everybody withdraws every record once, though the process crashes at
// every chunk of the sweep, which goes on where it was. TILSYN_SIM_SWEPT is the number of persons,
// 100,000 for the full test.
func TestSweepOfAnExclusionDiesAtEveryChunk(t *testing.T) {
	t.Parallel()
	persons := seeds.EnvInt(t, "TILSYN_SIM_SWEPT", seeds.Size(t, 20_000))
	w := newWorld(t, 1, 1)
	w.limits = Limits{Poll: 1, Gather: -1, MarkEvery: 1, Time: time.Hour, Decisions: persons / 40,
		WalkStep: 250}.OrDefaults()
	excluded(t, w, persons, 0)
	w.dieInEveryChunk()
	before := w.stats.Evaluations.Load()
	w.rest()
	w.die = nil
	w.rest()
	w.allWithdrawn(persons)
	again := w.stats.Evaluations.Load() - before
	t.Logf("%d deaths, %d evaluations", w.died, again)
	if chunks := persons / w.limits.Decisions; w.died < chunks {
		t.Errorf("only %d deaths in %d chunks", w.died, chunks)
	}
	// Twice for the two walks, and a chunk again for every death.
	if most := int64(2*persons + w.died*(w.limits.Decisions+w.limits.WalkStep)); again > most {
		t.Errorf("%d evaluations, want at most %d: the sweep began again", again, most)
	}
}

// The same on a real store, which each death closes and opens again.
func TestSweepOnDiskDiesAtEveryChunk(t *testing.T) {
	t.Parallel()
	seeds.Large(t, "a store on disk is opened anew for each death")
	persons, compliant := 1500, 500
	if !seeds.Full() {
		persons, compliant = 600, 200
	}
	w := newWorld(t, 2, 1)
	w.onDisk(state.Options{})
	w.limits = Limits{Poll: 1, Gather: -1, MarkEvery: 1, Time: time.Hour, Decisions: 60, WalkStep: 25}
	excluded(t, w, persons, compliant)
	w.dieInEveryChunk()
	w.rest()
	w.die = nil
	w.rest()
	w.allWithdrawn(persons)
	if w.died < persons/60 {
		t.Errorf("only %d deaths", w.died)
	}
}

// A sweep visits persons of whom something was told before the cycle reads. It must not accuse
// anew there: the next record of the log may clear (found by the simulation, episode 2).
func TestSweepAccusesNobodyBeforeReading(t *testing.T) {
	w := newWorld(t, 1, 1)
	w.limits.Decisions, w.limits.WalkStep = 1, 1
	w.boot()
	task, ctx := w.tasks[0], context.Background()
	const day = duty.Day
	whos := []string{"Qperson0", "Qperson1"}
	for _, who := range whos {
		w.send(&testkit.Feed{Topic: "obligation-changes", Key: who,
			Record: &duty.ObligationChange{ID: who, Version: 1, ReceivedAt: seeds.Start, DecisionID: "d" + who,
				PersonID: who, Kind: duty.KindStay, Action: duty.ActionImpose,
				LegalBasis: duty.LegalBasisReturnAct132, CentreID: "KH",
				ServedAt: duty.Some(seeds.Start), ValidFrom: seeds.Start, ValidTo: duty.Some(seeds.Start + day)}})
	}
	settle := func(d duty.Date) {
		w.send(&testkit.Feed{Topic: "settlements", Key: "KH",
			Record: &duty.Settlement{ID: d.String(), Version: 1, ReceivedAt: w.now, CentreID: "KH",
				LocalDate: d, LogType: duty.LogTypeNoticeLog, Complete: true}})
	}
	w.now = seeds.Start + 2*day + 12*duty.Hour
	settle(testkit.DayOfInstant(seeds.Start))
	w.rest()
	if n := len(w.histories()); n != 2 {
		t.Fatalf("%d units were told, want the first night of both", n)
	}
	w.now += duty.Hour
	settle(testkit.DayOfInstant(seeds.Start) + 1)
	w.must(w.reader.Poll(ctx, 0))
	for range 8 {
		// While the sweep goes over both, the second one's permission comes in.
		if len(task.at.Sweeps) > 0 && len(task.at.Sweeps[0].Cursor) > 0 && task.at.Sweeps[0].Known <= task.at.CaughtUp {
			break
		}
		_, err := task.Step(ctx)
		w.must(err)
	}
	w.now++
	who := whos[1]
	w.send(&testkit.Feed{Topic: "permissions", Key: who,
		Record: &duty.Permission{ID: "p", Version: 1, ReceivedAt: w.now, PermissionID: "p", PersonID: who,
			Status: duty.PermissionStatusGranted, ValidFrom: seeds.Start + day, ValidTo: seeds.Start + 3*day,
			DecidedAt: w.now, ReportEffect: duty.ReportEffectExcused}})
	w.rest()
	w.check()
	h := w.histories()
	for id, revisions := range h {
		if revisions[0].PersonID == who && revisions[0].UnitDate > testkit.DayOfInstant(seeds.Start) {
			t.Errorf("%s was told, though what clears it was in the log", id)
		}
	}
	if len(h) != 3 {
		t.Errorf("%d units told, want 3", len(h))
	}
}
