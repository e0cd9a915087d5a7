package task

import (
	"cmp"
	"slices"

	"tilsyn/engine/casefile"
	"tilsyn/engine/duty"
	"tilsyn/engine/stream/stored"
	"tilsyn/engine/stream/telling"
)

// A program with another state layout rebuilds the state of a task. It also gives the other
// tasks what the old program read but did not hand over, because it did not know it had to.
// This is done in bounded steps, each part of a transaction. The position is part of the
// progress, so a crash loses nothing and repeats only a step. An older program to which somebody
// goes back does the same: what the newer one gave is read as it is, and may be given twice.
//
// caught_up goes on from where the old program was: what was told stands, and is not judged at
// an earlier clock. But the facts that the other tasks have to give are not here yet. Until
// they all have given theirs and these are read (reach), only what is milder than before is
// told, of persons of whom something was told and about whom there is something new. Everybody
// else is judged then.

// resumeAgain takes from the last commit what is still to be handed over again, and whether the
// other tasks have done so. After a commit of another layout both begin from the start.
func (t *Task) resumeAgain(last *stored.Progress) {
	t.moved.again = nil
	t.at.Again, t.at.After, t.at.Unheard = last.Again, last.After, last.Unheard
	t.rebuild.newer = 0
	if last.Seq > 0 && last.Layout != stored.StateLayout {
		t.at.Again, t.at.After, t.at.Unheard = true, stored.AgainAfter{}, !t.watermark.Alone()
	}
	if last.Layout > stored.StateLayout {
		t.rebuild.newer = last.Layout
	}
}

// given is a version of a fact on its way to all tasks. They are ordered by name and offset.
type given struct {
	stored.AgainAfter
	fact *stored.Fact
}

// compareGiven orders versions by name and offset.
func compareGiven(a, b stored.AgainAfter) int {
	return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Offset, b.Offset))
}

// toGive returns the moved versions that this task has read and must still give, in order. What
// is read from now on is given as it is read.
func (t *Task) toGive() []given {
	list := []given{}
	for name, versions := range t.moved.of {
		for i := range versions {
			f := &versions[i]
			g := given{stored.AgainAfter{Name: name, Offset: f.Pos.Offset}, f}
			if f.Pos.Partition == t.at.Task &&
				(t.at.After == stored.AgainAfter{} || compareGiven(g.AgainAfter, t.at.After) > 0) {
				list = append(list, g)
			}
		}
	}
	slices.SortFunc(list, func(a, b given) int { return compareGiven(a.AgainAfter, b.AgainAfter) })
	return list
}

// giveAgain hands over again as much as fits into the cycle.
func (t *Task) giveAgain() error {
	if !t.at.Again {
		return nil
	}
	t.cycle.move() // others wait for a commit of this program even if there is nothing to give
	if t.moved.again == nil {
		t.moved.again = t.toGive()
	}
	for ; len(t.moved.again) > 0 && t.cycle.room(); t.moved.again = t.moved.again[1:] {
		g := &t.moved.again[0]
		t.cycle.decided++
		if err := t.giveToAll(g.fact); err != nil {
			return err
		}
		if casefile.AboutRecord(g.fact.Record).Paper {
			if err := t.handPaper(g.fact, true); err != nil {
				return err
			}
		}
		t.at.After = g.AgainAfter
	}
	if len(t.moved.again) == 0 {
		t.moved.again, t.at.Again, t.at.After = nil, false, stored.AgainAfter{}
	}
	return nil
}

// heardOthers notes that everything the other tasks handed over again is read.
func (t *Task) heardOthers() {
	if t.at.Unheard {
		t.at.Unheard = false
		t.cycle.move()
	}
}

// heldUnheard keeps, until the other tasks have handed over again, only revisions that are
// milder than what was last told.
func (t *Task) heldUnheard(revisions []duty.Violation, said []duty.Said) []duty.Violation {
	if !t.at.Unheard {
		return revisions
	}
	return slices.DeleteFunc(revisions, func(v duty.Violation) bool {
		held := telling.RankOfSaid([]duty.Said{duty.SaidOf(&v)}, v.Kind, v.UnitDate) >= telling.RankOfSaid(said,
			v.Kind, v.UnitDate)
		if held {
			t.stats.Held.Add(1)
		}
		return held
	})
}

// WaitsForOthers explains to an operator why a task does not accuse while Unheard is set.
const WaitsForOthers = "the other tasks, whose state has to be built again for this version as this task's was: " +
	"accusing waits until every instance runs this version"
