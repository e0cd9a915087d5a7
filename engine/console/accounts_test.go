package console_test

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"testing"
	"time"

	"tilsyn/engine/console"
	"tilsyn/engine/console/access"
	"tilsyn/engine/duty"
	"tilsyn/engine/stream/seeds"
)

// TestAccountsAreThoseOfAWalk does random things to persons, their units and the clock, and holds the accounts that
// are kept as records change against those of a walk from person to person.
func TestAccountsAreThoseOfAWalk(t *testing.T) {
	t.Parallel()
	seeds.Large(t, "an engine, and a walk from person to person after each of its steps")
	seeds.ForEach(t, 8, func(t *testing.T, seed uint64) {
		// Nothing falls due at twenty past: what time alone changes is shown after twice ledger.lag.
		r := start(t, &access.Guard{Local: true}, "2026-02-05T12:20", map[string]string{"P-0": away, "P-1": home})
		w := &walker{rig: r, rng: rand.New(rand.NewPCG(seed, 1)), persons: 2}
		w.same("at first")
		for step := range 12 {
			w.same(fmt.Sprintf("step %d: %s", step, w.step()))
		}
		if a := r.pages.Kept(); a.All.Withdrawn+a.All.Handled+a.All.Unhandled == 0 || a.All.Compliant == 0 {
			t.Errorf("the steps came to nothing: %+v", a.All)
		}
	})
}

// walker does random things.
type walker struct {
	*rig
	rng     *rand.Rand
	persons int
	n       int
}

// first are the steps that every walk begins with, so that none is left out by chance.
var first = []int{4, 0, 6, 2, 3, 5}

// step does one thing and says what.
func (w *walker) step() string {
	what := w.rng.IntN(7)
	if w.n < len(first) {
		what = first[w.n]
	}
	w.n++
	id := fmt.Sprintf("P-%d", w.rng.IntN(w.persons))
	now := duty.Instant(w.clock.Load())
	switch what {
	case 0, 1:
		id = fmt.Sprintf("P-%d", w.persons)
		w.persons++
		w.load(id, []string{away, home, "RP\nREP 2026-02-02T10:00\nREP 2026-02-03T10:00"}[w.rng.IntN(3)])
		return "a new person"
	case 2:
		w.put(&duty.Hold{ID: fmt.Sprint("h", w.n), HoldID: fmt.Sprint("h", w.n), Version: 1, ReceivedAt: now, PersonID: id,
			Kind: duty.HoldKindHospital, ValidFrom: now - 3*duty.Day, ValidTo: duty.Some(now)}, now)
		return "somebody was in hospital"
	case 3:
		w.put(&duty.ManualEntry{ID: fmt.Sprint("m", w.n), Version: 1, ReceivedAt: now, PersonID: duty.Some(id),
			CentreID: "KH", Form: duty.FormPresenceCheck, Result: duty.Some(duty.CheckResultPresent),
			LocalTime: "2026-02-04T00:30"}, now)
		return "somebody was seen"
	case 4:
		rows := w.browser().list("").Rows
		if len(rows) == 0 {
			return "nothing"
		}
		row := rows[w.rng.IntN(len(rows))]
		w.put(&duty.Handling{ID: fmt.Sprint("b", w.n), HandlingID: fmt.Sprint("b", w.n), Version: 1, ReceivedAt: now,
			PersonID: row.PersonID, UnitID: row.UnitID, Revision: 1, Kind: duty.HandlingKindReportFiled, ByRole: "officer",
			At: now}, now)
		return "a report was filed"
	case 5:
		other := fmt.Sprintf("P-%d", w.rng.IntN(w.persons))
		if other == id {
			return "nothing"
		}
		w.put(&duty.IdentityLink{ID: fmt.Sprint("l", w.n), Version: 1, ReceivedAt: now, PersonID: id, AliasPersonID: other,
			Action: duty.LinkActionMerge, At: now}, now)
		return "two persons are one"
	}
	w.clock.Add(int64(w.rng.IntN(30)) * int64(duty.Hour))
	return "time passes"
}

// same waits until the kept accounts are those of a walk, with all records read and nobody left to be looked at.
func (w *walker) same(when string) {
	w.t.Helper()
	var kept, walked *console.Accounts
	equal := 0
	for begin := time.Now(); time.Since(begin) < within; time.Sleep(50 * time.Millisecond) {
		var ok bool
		var err error
		if walked, ok, err = w.pages.Walked(); err != nil {
			w.t.Fatal(err)
		}
		kept = w.pages.Kept()
		if !ok || kept == nil || !kept.Whole || !reflect.DeepEqual(kept.All, walked.All) ||
			!reflect.DeepEqual(kept.Lines, walked.Lines) || !reflect.DeepEqual(kept.Controlled, walked.Controlled) {
			equal = 0
			continue
		}
		if equal++; equal == 3 {
			return
		}
	}
	w.t.Fatalf("%s: kept\n%+v\nwalked\n%+v", when, kept, walked)
}
