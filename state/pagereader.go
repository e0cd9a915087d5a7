package state

import (
	"bytes"
	"cmp"
	"math"
	"slices"
)

// pageReader reads one page at a time, all its persons in one pass: its segments are read in
// parallel in the order of persons. Its memory is reused for every page.
type pageReader struct {
	cursors []cursor      // of the page's segments
	waiting []waitingPart // records that wait for a merge
	used    int           // of waiting
	warmed  byte          // keeps the compiler from leaving out what only prefetches

	view  View
	dated []datedFact
	mixed bool // dated is not in the order of days
	said  []saidAt
}

// waitingPart iterates over the page's records of one pending part.
type waitingPart struct {
	p    *pending
	refs []ref // by person and age, not reached yet
	all  []ref // memory of refs
}

// datedFact is a fact with its ordered day.
type datedFact struct {
	day  uint32 // ordered
	data []byte
}

// saidAt is a said; the newest has the highest seq, and among those that wait for a merge comes last.
type saidAt struct {
	day  uint32 // ordered
	kind uint8
	data []byte
	seq  uint64 // of the segment
}

// waitsForMerge is the seq of a said that is in no segment yet; none is newer.
const waitsForMerge = math.MaxUint64

// reset drops the previous page.
func (r *pageReader) reset() { r.cursors, r.used = r.cursors[:0], 0 }

// wait adds the records of the page that wait in p for a merge.
func (r *pageReader) wait(p *pending, page uint32) {
	if p.first(page) == 0 {
		return
	}
	if r.used == len(r.waiting) {
		r.waiting = append(r.waiting, waitingPart{})
	}
	w := &r.waiting[r.used]
	w.all = p.sorted(page, w.all[:0])
	w.p, w.refs = p, w.all
	for i := 0; i < len(w.all); i += warmAtOnce {
		r.warmed += p.warm(w.all[i:])
	}
	r.used++
}

// open adds a cursor at the start of a segment.
func (r *pageReader) open(key segmentKey, segment []byte) error {
	c, err := openSegment(key.day, key.seq, segment)
	r.cursors = append(r.cursors, c)
	return err
}

// read fills the view with a person. Persons must come in order.
func (r *pageReader) read(h *headerEntry, from int32) error {
	v := &r.view
	v.Person, v.Header = h.person, Header{Next: h.next, Data: h.data, Known: true}
	v.Facts, v.Said, v.Undated, v.From = v.Facts[:0], v.Said[:0], 0, from
	if from == OnlyHeader {
		return nil
	}
	r.dated, r.said, r.mixed = r.dated[:0], r.said[:0], false
	first := orderedDay(from)
	for i := range r.cursors {
		c := &r.cursors[i]
		if !wanted(c.day, first) {
			continue // it is here for somebody else of the page
		}
		found, err := c.seek(h.rank, h.person)
		if err != nil {
			return err
		}
		if found {
			if err := r.take(c, first); err != nil {
				return err
			}
		}
	}
	for i := range r.used {
		if err := r.takeWaiting(&r.waiting[i], h, first); err != nil {
			return err
		}
	}
	if r.mixed {
		slices.SortStableFunc(r.dated, func(a, b datedFact) int { return cmp.Compare(a.day, b.day) })
	}
	for i := range r.dated {
		if r.dated[i].day == 0 {
			v.Undated++
		}
		v.Facts = append(v.Facts, r.dated[i].data)
	}
	r.putNewest()
	return nil
}

// take adds what a segment has of its current person from a day on.
func (r *pageReader) take(c *cursor, from uint32) (err error) {
	person := c.person
	for c.person != nil && bytes.Equal(c.person, person) {
		e := record{day: c.day}
		for entries := c.entries; len(entries) > 0; {
			if entries, err = readEntry(entries, &e); err != nil {
				return err
			}
			if wanted(e.day, from) {
				r.add(&e, c.seq)
			}
		}
		if err := c.next(); err != nil {
			return err
		}
	}
	return nil
}

// takeWaiting adds the waiting records of a person, oldest first.
func (r *pageReader) takeWaiting(w *waitingPart, h *headerEntry, from uint32) error {
	for len(w.refs) > 0 && w.refs[0].rank() < h.rank {
		w.refs = w.refs[1:]
	}
	// Records of the same rank stay: another person may have that rank too.
	for i := 0; i < len(w.refs) && w.refs[i].rank() == h.rank; i++ {
		e, err := w.p.record(w.refs[i])
		if err != nil {
			return err
		}
		if e.op != opHeader && wanted(e.day, from) && bytes.Equal(e.person, h.person) {
			r.add(&e, waitsForMerge)
		}
	}
	return nil
}

func (r *pageReader) add(e *record, seq uint64) {
	if e.op == opSaid {
		r.said = append(r.said, saidAt{e.day, e.kind, e.data, seq})
		return
	}
	r.mixed = r.mixed || len(r.dated) > 0 && r.dated[len(r.dated)-1].day > e.day
	r.dated = append(r.dated, datedFact{e.day, e.data})
}

// putNewest puts the newest said of each unit into the view.
func (r *pageReader) putNewest() {
	if len(r.said) == 0 {
		return
	}
	slices.SortStableFunc(r.said, func(a, b saidAt) int {
		return cmp.Or(cmp.Compare(a.day, b.day), cmp.Compare(a.kind, b.kind), cmp.Compare(a.seq, b.seq))
	})
	for i := range r.said {
		s := &r.said[i]
		if i+1 < len(r.said) && r.said[i+1].day == s.day && r.said[i+1].kind == s.kind || len(s.data) == 0 {
			continue
		}
		r.view.Said = append(r.view.Said, Said{Day: dayOf(s.day), Kind: s.kind, Data: s.data})
	}
}
