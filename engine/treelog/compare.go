package treelog

// Revision is a revision as it stands in violations.
type Revision struct {
	UnitID string
	// Number is the revision's number, Offset where it lies.
	Number int32
	Offset int64
	Digest Digest
	// Previous is the digest of the revision before; zero for the first.
	Previous Digest
}

// Compared is what came of setting a log and the revisions side by side.
type Compared struct {
	// Agree is how many revisions are the entries in their places, Erased how many entries stand for
	// revisions of which nothing can be found out any more.
	Agree, Erased int
	// Entries are the numbers of the entries that the revisions are, -1 for those that are none.
	Entries []int64
	// Differences say what is wrong, in the order of the log.
	Differences []Difference
}

// Compare sets the entries of a log and the revisions that lie in violations from its beginning on
// side by side, both in their order. An entry whose salt was erased matches none: it is passed over.
func Compare(leaves []Leaf, revisions []Revision) Compared {
	c := comparison{leaves: leaves, revisions: revisions, tries: tryBudget}
	c.compare()
	return c.Compared
}

// comparison walks over both.
type comparison struct {
	Compared
	leaves    []Leaf
	revisions []Revision
	// tries is how many hashes may still be made to find out what a difference is.
	tries int
	gaps  []gap
}

// gap is where both do not agree: entries and revisions between two places at which they do.
type gap struct {
	// leaves and revisions are numbers of entries and indexes of revisions.
	leaves, revisions []int
	// before is how many revisions lie before it.
	before int
	// moved are of the revisions those that are entries elsewhere, with the number of the entry.
	moved map[int]int
}

const (
	// tryBudget bounds the work of finding out what is different; beyond it a difference is still
	// found, and may be named less well. It is about ten seconds.
	tryBudget = 30_000_000
	// gapLength is how many entries and revisions in a row are looked through for the place from
	// which on both agree again.
	gapLength = 300
)

// compare does it all.
func (c *comparison) compare() {
	c.Entries = make([]int64, len(c.revisions))
	for k := range c.Entries {
		c.Entries[k] = -1
	}
	c.run()
	c.findMoved()
	c.explain()
}

// run walks over both, and gathers the gaps.
func (c *comparison) run() {
	i, k := 0, 0
	for i < len(c.leaves) || k < len(c.revisions) {
		switch {
		case i < len(c.leaves) && c.leaves[i].Erased():
			c.Erased++
			i++
		case c.agree(i, k):
			c.Agree++
			c.Entries[k] = int64(i)
			i, k = i+1, k+1
		default:
			skipLeaves, skipRevisions := c.resume(i, k)
			g := gap{before: k}
			for ; skipLeaves > 0; skipLeaves-- {
				if c.leaves[i].Erased() {
					c.Erased++
				} else {
					g.leaves = append(g.leaves, i)
				}
				i++
			}
			for ; skipRevisions > 0; skipRevisions-- {
				g.revisions = append(g.revisions, k)
				k++
			}
			c.gaps = append(c.gaps, g)
		}
	}
}

// agree reports whether an entry stands for a revision.
func (c *comparison) agree(i, k int) bool {
	if i >= len(c.leaves) || k >= len(c.revisions) {
		return false
	}
	c.tries--
	return c.leaves[i].Of(c.revisions[k].Digest)
}

// resume returns how many entries and revisions have to be passed over, as few as possible, so that
// both agree again; where that is not found soon, one of each.
func (c *comparison) resume(i, k int) (leaves, revisions int) {
	restLeaves, restRevisions := len(c.leaves)-i, len(c.revisions)-k
	if restLeaves == 0 || restRevisions == 0 {
		return restLeaves, restRevisions
	}
	for both := 1; both <= gapLength && c.tries > 0; both++ {
		// One of each first, since that is a revision that was changed; then more and more of one.
		for away := both % 2; away <= both; away += 2 {
			for _, leaves := range [2]int{(both - away) / 2, (both + away) / 2} {
				if revisions := both - leaves; c.agree(i+leaves, k+revisions) {
					return leaves, revisions
				}
			}
		}
	}
	return 1, 1
}

// findMoved looks for revisions of gaps among the entries of other gaps.
func (c *comparison) findMoved() {
	for r := range c.gaps {
		from := &c.gaps[r]
		from.moved = map[int]int{}
		for _, k := range from.revisions {
			for l := range c.gaps {
				if at := c.entryOf(&c.gaps[l], k); at >= 0 {
					from.moved[k], c.Entries[k] = c.gaps[l].leaves[at], int64(c.gaps[l].leaves[at])
					c.gaps[l].leaves = append(c.gaps[l].leaves[:at:at], c.gaps[l].leaves[at+1:]...)
					break
				}
			}
		}
	}
}

// entryOf returns which entry of a gap a revision is; negative for none.
func (c *comparison) entryOf(g *gap, k int) int {
	for at, i := range g.leaves {
		if c.tries <= 0 {
			break
		}
		if c.agree(i, k) {
			return at
		}
	}
	return -1
}
