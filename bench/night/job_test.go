package main

import (
	"testing"

	"tilsyn/engine/duty"
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
