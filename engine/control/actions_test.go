package control_test

import (
	"slices"
	"testing"

	"tilsyn/engine/control"
	"tilsyn/engine/duty"
)

// TestActions: what was done about controls stands in the report of its centre and period; drills and
// tests that nobody told of are not measured (C-62).
func TestActions(t *testing.T) {
	day := func(d int) duty.Instant { return duty.DateOf(2026, 1, 1).Start() + duty.Instant(d)*duty.Day }
	var f duty.CentreFacts
	add := func(id, centre string, control duty.ControlName, kind duty.ControlActionKind, at, known duty.Instant,
		ok bool) {
		f.ControlActions = append(f.ControlActions, duty.Known[duty.ControlActionTaken]{At: known,
			Fact: duty.ControlActionTaken{ID: id, Version: 1, CentreID: centre, Control: control, Kind: kind, At: at, Ok: ok}})
	}
	restore, drill, follow := duty.ControlActionKindRestoreTest, duty.ControlActionKindRecallDrill,
		duty.ControlActionKindFollowUp
	if r := reportOf(f, nil); !notMeasured(&r, "controls RECALL_DRILL") || !notMeasured(&r, "controls BACKUP") {
		t.Errorf("nobody told of anything: %+v", r.Quality)
	}
	add("d1", "KH", duty.ControlNameRecallDrill, drill, day(5), day(5), true)
	add("d2", "KH", duty.ControlNameRecallDrill, drill, day(6), day(6), false)
	add("d3", "KH", duty.ControlNameRecallDrill, follow, day(7), day(40), true)
	add("before", "KH", duty.ControlNameRestoreTest, restore, day(-1), day(5), true)
	add("late", "KH", duty.ControlNameRestoreTest, restore, day(5), day(80), true)
	add("other", "SJ", duty.ControlNameRestoreTest, restore, day(5), day(5), true)
	add("all", duty.AllCentres, duty.ControlNameRestoreTest, restore, day(5), day(5), true)
	add("p", "KH", duty.ControlNamePlausibility, follow, day(8), day(8), true)
	f.ControlActions = append(f.ControlActions, f.ControlActions[0]) // told twice
	add("gone", "KH", duty.ControlNameBackup, restore, day(5), day(5), true)
	gone := f.ControlActions[len(f.ControlActions)-1]
	gone.Fact.Version, gone.Fact.Retracted = 2, true
	f.ControlActions = append(f.ControlActions, gone)
	r := reportOf(f, nil)
	if len(r.Actions) != 4 || !notMeasured(&r, "controls RESTORE_TEST") || !notMeasured(&r, "controls BACKUP") ||
		notMeasured(&r, "controls RECALL_DRILL") {
		t.Errorf("%+v\n%+v", r.Actions, r.Quality)
	}
	for _, l := range r.Controls {
		switch want := (duty.ControlLine{Control: l.Control, Done: duty.Some[int32](2), Findings: duty.Some[int32](1),
			FollowedUp: duty.Some[int32](1), Open: duty.Some[int32](0)}); l.Control {
		case duty.ControlNameRecallDrill:
			if l != want {
				t.Errorf("%+v, want %+v", l, want)
			}
		case duty.ControlNamePlausibility:
			if l.FollowedUp != duty.Some[int32](1) {
				t.Errorf("%+v", l)
			}
		}
	}
	p, _ := control.ParsePeriod("2026-01")
	book := control.NewBook(world(f), duty.DateOf(2026, 2, 20).Start(), control.All, p, nil)
	all := book.Report(common(world(f), duty.DateOf(2026, 2, 20).Start()), nil, nil)
	if len(all.Actions) != 6 || notMeasured(&all, "controls RESTORE_TEST") {
		t.Errorf("of all centres: %+v", all.Actions)
	}
}

// notMeasured reports whether a report names a field as not measured.
func notMeasured(r *duty.ControlReport, field string) bool {
	return slices.ContainsFunc(r.Quality, func(q duty.ControlQuality) bool {
		return q.Code == control.NotMeasured && q.Field == duty.Some(field)
	})
}
