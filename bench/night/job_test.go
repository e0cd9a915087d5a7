package main

import (
	"testing"

	"tilsyn/engine/duty"
	"tilsyn/topics"
)

// TestJob: everybody passes in every slot but those who are out, in order of
// time, each in and out in turn, and the truth names who is out.
func TestJob(t *testing.T) {
	for _, persons := range []int{1, 7, 1000, 2441} {
		j := &job{Persons: persons, Nights: 3, Missing: 50, Seed: uint64(persons), Slots: wholeDay}
		last := duty.Beginning
		inside := make([]bool, persons)
		moves := make([]bool, persons)
		events, out := 0, 0
		for x := range j.passages() {
			if x.at < last {
				t.Fatalf("%d persons: a passage at %s after one at %s", persons, x.at, last)
			}
			last = x.at
			in := j.Slots[x.slot].Direction == duty.DirectionIn
			if moves[x.person] && in == inside[x.person] {
				t.Fatalf("%d persons: two passages of one direction of %s", persons, person(x.person))
			}
			inside[x.person], moves[x.person] = in, true
			events++
		}
		for n := range j.Nights {
			for p := range persons {
				if j.missed(p, n) {
					out++
				}
			}
		}
		if want := persons*18 - 2*out; events != want {
			t.Errorf("%d persons: %d events, want %d", persons, events, want)
		}
		if got := len(j.truth()); got != out {
			t.Errorf("%d persons: the truth has %d units, %d nights were missed", persons, got, out)
		}
		if persons == 1000 && (out < 100 || out > 200) {
			t.Errorf("%d of 3,000 nights missed, want about 150", out)
		}
	}
}

// TestThreeDuties: everybody has a decision of each duty, reports once unless out at night, and who is out breaches
// all three. The flag goes with what can be measured so.
func TestThreeDuties(t *testing.T) {
	j := &job{Persons: 1000, Nights: 1, Missing: 50, Seed: 3, Slots: underThree}
	for _, x := range []struct {
		duties int
		alone  bool
		ok     bool
	}{{1, false, true}, {1, true, true}, {3, false, false}, {2, true, false}, {3, true, true}} {
		if err := j.under(x.duties, x.alone); (err == nil) != x.ok {
			t.Errorf("%d duties, nobody else measured %t: %v", x.duties, x.alone, err)
		}
	}
	missed, reports := 0, 0
	names := make([]string, j.Persons)
	for p := range j.Persons {
		names[p] = person(p)
		if j.missed(p, 0) {
			missed++
		}
	}
	var w writer
	for x := range j.passages() {
		w.record(j, x, names)
		if w.event.Kind == duty.CardEventKindReport {
			reports++
		}
	}
	if truth := len(j.truth()); missed == 0 || truth != 3*missed || reports != j.Persons-missed {
		t.Errorf("%d persons are out, %d units told, %d reports", missed, truth, reports)
	}
	kinds := map[string]int{}
	if err := w.master(0, names[0], j.kinds(), func(o topics.Out) error { kinds[o.Topic]++; return nil }); err != nil {
		t.Fatal(err)
	}
	if kinds[topics.ObligationChanges] != 3 {
		t.Errorf("%d decisions of a person, want three", kinds[topics.ObligationChanges])
	}
}
