package treelog

import "fmt"

// Kind says what is wrong.
type Kind uint8

// Kinds of differences.
const (
	// Changed is a revision in the place of one that was logged.
	Changed Kind = iota + 1
	// LeftOut is an entry whose revision is not there.
	LeftOut
	// Added is a revision that was never logged.
	Added
	// Moved is a revision that stands elsewhere than it was logged.
	Moved
)

// Difference is one difference between a log and the revisions.
type Difference struct {
	Kind Kind
	// Entry is the number of the entry; -1 for a revision that was added.
	Entry int64
	// Revision is the one that is there; of one that was left out it names the unit and number where
	// the revision after it tells them, and is nil otherwise.
	Revision *Revision
	// After is the revision before the place; nil at the beginning.
	After *Revision
}

// String says it in a line.
func (d Difference) String() string {
	switch d.Kind {
	case Changed:
		return fmt.Sprintf("%s at offset %d is not what was logged as entry %d: it was changed",
			d.Revision, d.Revision.Offset, d.Entry)
	case Added:
		return fmt.Sprintf("%s at offset %d was never logged: it was added", d.Revision, d.Revision.Offset)
	case Moved:
		return fmt.Sprintf("%s at offset %d was logged as entry %d: it was put elsewhere",
			d.Revision, d.Revision.Offset, d.Entry)
	}
	which, after := "its revision", "at the beginning"
	if d.Revision != nil {
		which = d.Revision.String()
	}
	if d.After != nil {
		after = fmt.Sprintf("after offset %d (%s)", d.After.Offset, d.After)
	}
	return fmt.Sprintf("entry %d is not there: %s was left out, %s", d.Entry, which, after)
}

// String names the revision.
func (r *Revision) String() string { return fmt.Sprintf("unit %s revision %d", r.UnitID, r.Number) }

// explain turns gaps into differences. As many entries as revisions in a gap are revisions that were
// changed.
func (c *comparison) explain() {
	orphans := c.orphans()
	for g := range c.gaps {
		gap := &c.gaps[g]
		var there []int
		for _, k := range gap.revisions {
			if i, ok := gap.moved[k]; ok {
				c.found(Difference{Kind: Moved, Entry: int64(i), Revision: &c.revisions[k]})
			} else {
				there = append(there, k)
			}
		}
		changed := len(gap.leaves) == len(there)
		for n, i := range gap.leaves {
			if changed {
				c.found(Difference{Kind: Changed, Entry: int64(i), Revision: &c.revisions[there[n]]})
				continue
			}
			c.found(Difference{Kind: LeftOut, Entry: int64(i), Revision: c.named(i, orphans), After: c.before(gap)})
		}
		for _, k := range there {
			if !changed {
				c.found(Difference{Kind: Added, Entry: -1, Revision: &c.revisions[k]})
			}
		}
	}
}

func (c *comparison) found(d Difference) { c.Differences = append(c.Differences, d) }

// orphans are revisions whose predecessors are not there: they name these by their digests.
func (c *comparison) orphans() []*Revision {
	if len(c.gaps) == 0 {
		return nil
	}
	there := make(map[Digest]bool, len(c.revisions))
	for k := range c.revisions {
		there[c.revisions[k].Digest] = true
	}
	var orphans []*Revision
	for k := range c.revisions {
		if r := &c.revisions[k]; r.Previous != (Digest{}) && !there[r.Previous] {
			orphans = append(orphans, r)
		}
	}
	return orphans
}

// named finds out by a revision that follows it which one an entry stands for; nil where none does.
func (c *comparison) named(i int, orphans []*Revision) *Revision {
	for _, r := range orphans {
		if c.tries--; c.tries <= 0 {
			return nil
		}
		if c.leaves[i].Of(r.Previous) {
			return &Revision{UnitID: r.UnitID, Number: r.Number - 1, Digest: r.Previous}
		}
	}
	return nil
}

// before is the revision before a gap; nil at the beginning.
func (c *comparison) before(g *gap) *Revision {
	if g.before == 0 {
		return nil
	}
	return &c.revisions[g.before-1]
}
