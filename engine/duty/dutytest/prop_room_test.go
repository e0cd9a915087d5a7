package dutytest

import (
	"reflect"
	"slices"
	"testing"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/seeds"
)

// TestRoomChangesNothing: what is judged in memory that others were judged in before is what Evaluate finds, the
// revisions that follow included, which last.
func TestRoomChangesNothing(t *testing.T) {
	room := &duty.Room{}
	units, told, pairs := 0, 0, 0
	forCases(t, 600, func(t *testing.T, seed uint64, g *gen) {
		var before, kept [][]duty.Violation
		for _, at := range g.clocks() {
			in := g.c.coreAt(at)
			want := duty.Evaluate(in, at)
			revisions, err := duty.Revise(in, want, nil)
			if err != nil {
				t.Fatalf("seed %d at %s: %v", seed, clockText(at), err)
			}
			wantPairs := duty.Pairs(in, in.Policies[0].Policy, at)
			in.Room = room
			if got := duty.Pairs(in, in.Policies[0].Policy, at); !slices.Equal(got, wantPairs) {
				t.Errorf("seed %d at %s: pairs %v, in memory of its own %v", seed, clockText(at), got, wantPairs)
			}
			got := duty.Verdicts(in, at)
			if len(got.Units) != len(want.Units) {
				t.Fatalf("seed %d at %s: %d units, by Evaluate %d", seed, clockText(at), len(got.Units), len(want.Units))
			}
			for i := range got.Units {
				if a, b := shown(&got.Units[i]), shown(&want.Units[i]); a != b {
					t.Errorf("seed %d at %s: unit %+v, by Evaluate %+v\n%s", seed, clockText(at), a, b, g.c.describe())
				}
			}
			again, err := duty.Revise(in, got, nil)
			if err != nil {
				t.Fatalf("seed %d at %s: %v", seed, clockText(at), err)
			}
			before, kept = append(before, revisions), append(kept, again)
			units, told, pairs = units+len(got.Units), told+len(again), pairs+len(wantPairs)
		}
		if !reflect.DeepEqual(kept, before) {
			t.Errorf("seed %d: other revisions than in memory of their own, or they did not last\n%s", seed, g.c.describe())
		}
	})
	t.Logf("%d units, %d revisions, %d pairs", units, told, pairs)
	seeds.Expect(t, units > 0 && told > 0 && pairs > 0, "the test tests little")
}
