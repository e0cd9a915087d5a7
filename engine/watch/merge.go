package watch

import (
	"cmp"
	"slices"

	"tilsyn/engine/duty"
)

// merger reads leaves of rows, and several of them as one. It keeps the buffers for that.
type merger struct {
	cursors []cursor
	free    [][]record
}

// cursor is how far a leaf is read: rest is what is left of all.
type cursor struct {
	at        duty.Instant // of the first of rest
	rest, all []record
}

// mergedLeaves is how many leaves are read as one at most.
const mergedLeaves = 64

// each calls do for the records of some leaves, each of which is in order of time, all together in order of time.
// Where more than mergedLeaves overlap, some records come out of order. UUIDs stay packed, and a record must not be
// kept. The list of leaves is sorted, and emptied while they are read.
func (m *merger) each(leaves []*leaf, do func(*record)) {
	slices.SortFunc(leaves, func(a, b *leaf) int { return cmp.Compare(a.low, b.low) })
	for len(leaves) > 0 || len(m.cursors) > 0 {
		// best is the cursor to read from, until the next record of another one or the next leaf.
		best, until := -1, duty.Forever
		if len(leaves) > 0 {
			until = leaves[0].low
		}
		for i := range m.cursors {
			switch at := m.cursors[i].at; {
			case best < 0:
				best = i
			case at < m.cursors[best].at:
				best, until = i, min(until, m.cursors[best].at)
			default:
				until = min(until, at)
			}
		}
		if best < 0 || m.cursors[best].at > until {
			m.begin(leaves[0], do)
			leaves[0], leaves = nil, leaves[1:]
			continue
		}
		c := &m.cursors[best]
		for len(c.rest) > 0 && c.at <= until {
			do(&c.rest[0])
			if c.rest = c.rest[1:]; len(c.rest) > 0 {
				c.at = c.rest[0].at()
			}
		}
		if len(c.rest) == 0 {
			m.release(c.all)
			m.cursors = slices.Delete(m.cursors, best, best+1)
		}
	}
}

// begin reads one more leaf.
func (m *merger) begin(x *leaf, do func(*record)) {
	if len(m.cursors) == mergedLeaves {
		m.all(x, do)
		return
	}
	if list := m.read(x); len(list) > 0 {
		m.cursors = append(m.cursors, cursor{list[0].at(), list, list})
	}
}

// all calls do for the records of a leaf.
func (m *merger) all(x *leaf, do func(*record)) {
	list := m.read(x)
	for i := range list {
		do(&list[i])
	}
	m.release(list)
}

// read returns the records of a leaf in a buffer to be released.
func (m *merger) read(x *leaf) []record {
	var buf []record
	if n := len(m.free); n > 0 {
		buf, m.free = m.free[n-1], m.free[:n-1]
	}
	return x.raw(buf[:0], true)
}

// release takes a buffer back; the texts that it has go.
func (m *merger) release(buf []record) {
	clear(buf)
	m.free = append(m.free, buf)
}
