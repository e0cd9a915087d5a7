package task

import (
	"cmp"
	"slices"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/casefile"
	"tilsyn/engine/stream/stored"
	"tilsyn/engine/stream/telling"
)

// A program with another layout of the state builds the state of a task again, and
// the task gives all others what the old program, which did not know of it, has read
// before and not handed over. It does so in steps, each of which is bounded and part of
// a transaction; where it stands is part of the progress, so that a crash neither loses
// nor repeats all of it.
//
// caught_up goes on from where the old program was: what it told stands, and is not
// judged at a clock before. But the facts that the other tasks have to give are not
// here yet. So until all of them have given theirs and these are read (reach), only what
// clears is told: milder than before of whom something was told and about whom there is
// something new. Everybody else is judged then.

// rejoin takes from the last commit what is still to be handed over again and whether
// the others have been heard; after a commit of another layout all of it begins.
func (t *Task) rejoin(last *stored.Progress) {
	t.again = nil
	t.At.Again, t.At.After, t.At.Unheard = last.Again, last.After, last.Unheard
	if last.Seq > 0 && last.Layout != stored.StateLayout {
		t.At.Again, t.At.After, t.At.Unheard = true, stored.AgainAfter{}, !t.alone()
	}
}

// given is a version of a fact on its way to all tasks; they go by name and offset.
type given struct {
	stored.AgainAfter
	fact *stored.Fact
}

func compareGiven(a, b stored.AgainAfter) int {
	return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Offset, b.Offset))
}

// toGive are the versions that this task has read and has still to give, in order.
// What is read from now on is given as it is read.
func (t *Task) toGive() []given {
	list := []given{}
	for name, versions := range t.moved.of {
		for i := range versions {
			f := &versions[i]
			g := given{stored.AgainAfter{Name: name, Offset: f.Pos.Offset}, f}
			if f.Pos.Partition == t.At.Task && (t.At.After == stored.AgainAfter{} || compareGiven(g.AgainAfter, t.At.After) > 0) {
				list = append(list, g)
			}
		}
	}
	slices.SortFunc(list, func(a, b given) int { return compareGiven(a.AgainAfter, b.AgainAfter) })
	return list
}

// giveAgain goes on with handing over again, as far as the cycle has room.
func (t *Task) giveAgain() error {
	if !t.At.Again {
		return nil
	}
	t.cycle.moved = true // others wait for a commit of this program, if nothing is given too
	if t.again == nil {
		t.again = t.toGive()
	}
	for ; len(t.again) > 0 && t.cycle.room(); t.again = t.again[1:] {
		g := &t.again[0]
		t.cycle.decided++
		if err := t.giveToAll(g.fact); err != nil {
			return err
		}
		if casefile.AboutRecord(g.fact.Record).Paper {
			if err := t.handPaper(g.fact, true); err != nil {
				return err
			}
		}
		t.At.After = g.AgainAfter
	}
	if len(t.again) == 0 {
		t.again, t.At.Again, t.At.After = nil, false, stored.AgainAfter{}
	}
	return nil
}

// heardOthers takes in that everything is read that the other tasks have handed over
// again.
func (t *Task) heardOthers() {
	if t.At.Unheard {
		t.At.Unheard, t.cycle.moved = false, true
	}
}

// heldUnheard leaves of revisions those that are milder than what was said, where not
// all that the other tasks have to give is known.
func (t *Task) heldUnheard(revisions []duty.Violation, said []duty.Said) []duty.Violation {
	if !t.At.Unheard {
		return revisions
	}
	return slices.DeleteFunc(revisions, func(v duty.Violation) bool {
		held := telling.RankOfSaid([]duty.Said{duty.SaidOf(&v)}, v.Kind, v.UnitDate) >= telling.RankOfSaid(said, v.Kind, v.UnitDate)
		if held {
			t.stats.Held.Add(1)
		}
		return held
	})
}

// WaitsForOthers says what a task waits for that has not heard the others.
const WaitsForOthers = "the other tasks, whose state has to be built again for this version as this task's was: accusing waits until every instance runs this version"
