package state_test

import (
	"errors"
	"slices"
	"testing"

	"tilsyn/state"
)

// TestInspectCountsEverybody: persons are counted by their newest header, whether it is in the
// pages, in deltas that wait for a merge, or in both. That holds at any moment, while tasks are in
// use, and after a discard. Keys that the caller does not count as persons are left out.
func TestInspectCountsEverybody(t *testing.T) {
	seed := seedOf(t)
	p := newPair(t, seed)
	defer func() { p.db.Close() }()
	check := func() {
		t.Helper()
		now := int64(p.r.IntN(1000))
		infos, err := p.db.InspectWith(state.InspectOptions{Now: now})
		if err != nil || len(infos) != len(p.tasks) {
			t.Fatalf("seed %d: %v, %v", seed, infos, err)
		}
		for i, info := range infos {
			all, due := collect(t, p.tasks[i].model, state.Never, 9), collect(t, p.tasks[i].model, now, 9)
			if info.Persons != len(all) || info.Due != len(due) || info.Next != p.tasks[i].model.NextDue() {
				t.Errorf("seed %d: task %d: %d persons, %d due at %d, next %d; want %d, %d, %d",
					seed, i, info.Persons, info.Due, now, info.Next, len(all), len(due), p.tasks[i].model.NextDue())
			}
		}
		odd := func(person string) bool { return person[len(person)-1]%2 == 1 }
		infos, err = p.db.InspectWith(state.InspectOptions{Now: now, Pseudo: odd})
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		for i, info := range infos {
			even := func(until int64) int {
				return len(slices.DeleteFunc(collect(t, p.tasks[i].model, until, 9), odd))
			}
			if info.Persons != even(state.Never) || info.Due != even(now) ||
				info.Persons > 0 && even(info.Next) == 0 || even(info.Next-1) > 0 {
				t.Errorf("seed %d: task %d without the odd ones: %d persons, %d due at %d, next %d", seed,
					i, info.Persons, info.Due, now, info.Next)
			}
		}
	}
	check()
	for n := range 40 {
		p.commits(1 + p.r.IntN(size(60)))
		check()
		switch n {
		case 10, 25:
			p.reopen()
			check()
		case 20:
			if err := errors.Join(p.tasks[0].real.Discard(), p.tasks[0].model.Discard()); err != nil {
				t.Fatal(err)
			}
			check()
		}
	}
}
