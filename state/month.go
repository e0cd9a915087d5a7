package state

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"

	badger "github.com/dgraph-io/badger/v4"
)

// monthDays is how many days a month has here: days are numbers, and the last of a month is one below a
// multiple.
const monthDays = 32

// monthPart is set in the part of a month's segments.
const monthPart = 1 << 15

// foldAfter is how many days back the last day of a month must lie, seen from the newest day of a
// page, until its segments are put together: nearly all facts are there by then, and walks of the
// last days read no months.
const foldAfter = 14

// foldAtOnce is how much a merge takes up to put it together, in bytes as it is stored. What is left is for
// the next merges.
const foldAtOnce = 4 << 20

// guardPage is a page that no person is on. Behind the undated facts and behind each month stay keys
// with it, so that who looks there in vain does not pass what was deleted (see scan.segments): guards of
// them, since an iterator reads one key ahead.
const (
	guardPage = math.MaxUint32
	guards    = 2
)

// lastOf returns the last day of the month of a day.
func lastOf(day uint32) uint32 { return day | (monthDays - 1) }

// firstMonth is the first ordered day that may be in a month: undated facts are in none.
const firstMonth = monthDays

// foldable returns the first day that is too near to be folded, seen from the days of a merge; 0
// where they do not say.
func foldable(days []uint32, after uint32) uint32 {
	for i := len(days) - 1; i >= 0 && days[i] > firstMonth+after; i-- {
		if days[i] < orderedDay(Aside) {
			return (days[i] - after) &^ (monthDays - 1)
		}
	}
	return 0
}

// errEnough ends a scan.
var errEnough = errors.New("enough")

// fold writes those records of this merge whose days lie far back into months, and leaves the others in
// m.days. When further days have come to lie that far back, their segments are put together with them;
// from then on readers look for months alone. When the page is compacted, so are months that
// had late facts since. What is replaced is deleted as compact's segments are.
func (m *merger) fold(page uint32, compacts bool) error {
	limit := foldable(m.days, uint32(m.t.db.opt.foldAfter))
	if limit > 0 {
		m.limits = append(m.limits, limit)
	}
	further := limit > m.sums.folded[page] && m.unfolded < foldAtOnce
	limit = max(limit, m.sums.folded[page])
	from, _ := slices.BinarySearch(m.days, firstMonth)
	to, _ := slices.BinarySearch(m.days, limit)
	m.late = append(m.late[:0], m.days[from:max(from, to)]...)
	m.days = slices.Delete(m.days, from, max(from, to))
	m.stored, m.old = m.stored[:0], m.old[:0]
	if further || compacts && m.sums.low[page] < limit {
		first := m.sums.folded[page]
		if compacts {
			first = min(first, m.sums.low[page]&^(monthDays-1))
		}
		return m.foldStored(page, first, limit)
	}
	return m.foldUntil(page, math.MaxUint32)
}

// foldIdle folds pages of which this merge has nothing, as far as most of the others are.
func (m *merger) foldIdle() error {
	if len(m.limits) == 0 {
		return nil
	}
	slices.Sort(m.limits)
	limit := m.limits[len(m.limits)/2] // one wrong date changes little
	m.fresh, m.late, m.stored, m.old = m.fresh[:0], m.late[:0], m.stored[:0], m.old[:0]
	for page, folded := range m.sums.folded {
		if folded >= limit || m.sums.persons[page] == 0 || m.p.first(uint32(page)) != 0 {
			continue
		}
		if m.unfolded >= foldAtOnce {
			return nil
		}
		if m.t.db.closing() {
			return ErrClosed
		}
		if err := m.foldStored(uint32(page), folded, limit); err != nil {
			return err
		}
	}
	return nil
}

// foldStored folds the months from first on that have segments or late facts, up to limit.
func (m *merger) foldStored(page, first, limit uint32) error {
	if m.sums.merged > 0 { // else nothing is stored that this merge does not have as well
		if err := m.foldScanned(page, max(first, firstMonth), limit); err != nil {
			return err
		}
	}
	if err := m.foldUntil(page, math.MaxUint32); err != nil {
		return err
	}
	m.sums.folded[page] = limit
	return nil
}

// foldScanned reads the segments of some days, and folds each month when it has come to the next.
func (m *merger) foldScanned(page, first, limit uint32) error {
	want := []wantedPage{m.sums.want(page, first)}
	err := m.scan.segments(want, func(_ int, item *badger.Item, key segmentKey) error {
		switch {
		case key.day < first || key.seq >= m.p.last:
			return nil // undated, or left from an interrupted attempt (see find)
		case key.day >= limit:
			return errEnough
		}
		if err := m.foldUntil(page, lastOf(key.day)); err != nil {
			return err
		}
		m.unfolded += int(item.EstimatedSize())
		return m.store(item, key)
	})
	if errors.Is(err, errEnough) {
		return nil
	}
	return err
}

// foldUntil folds the months before one, of what is in m.stored and m.late. The segments in m.stored
// are all of one month.
func (m *merger) foldUntil(page, month uint32) error {
	for len(m.stored) > 0 || len(m.late) > 0 {
		next := lastOf(math.MaxUint32)
		if len(m.stored) > 0 {
			next = lastOf(m.stored[0].day)
		}
		if len(m.late) > 0 {
			next = min(next, lastOf(m.late[0]))
		}
		if next >= month {
			return nil
		}
		var segments []storedSegment
		if len(m.stored) > 0 && lastOf(m.stored[0].day) == next {
			segments = m.stored
		}
		n := countWhile(m.late, func(day uint32) bool { return day <= next })
		if err := m.foldMonth(page, next, segments, n > 0); err != nil {
			return err
		}
		m.late = m.late[n:]
		if segments != nil {
			m.stored, m.old = m.stored[:0], m.old[:0]
		}
	}
	return nil
}

// foldMonth puts segments of a month together with the records that this merge has of it. It takes all
// segments of days, and goes back to the last segment of the month that is not much larger than all
// that is newer: a few late facts do not rewrite a month. What it takes is newer than what it leaves,
// so that the newest said still has the highest sequence.
func (m *merger) foldMonth(page, month uint32, segments []storedSegment, fresh bool) error {
	slices.SortStableFunc(segments, func(a, b storedSegment) int { return cmp.Compare(a.seq, b.seq) })
	size := 0
	if fresh {
		size = m.freshBytes(month&^(monthDays-1), month)
	}
	first := len(segments)
	for end := first; end > 0; {
		begin, of := end, 0 // segments of one merge, which may have written several
		for ; begin > 0 && segments[begin-1].seq == segments[end-1].seq; begin-- {
			of += segments[begin-1].size
		}
		if of <= 2*size || size == 0 || slices.ContainsFunc(segments[begin:end], ofDay) {
			first = begin
		}
		end, size = begin, size+of
	}
	segments = segments[first:]
	several := len(segments) > 0 && segments[0].seq != segments[len(segments)-1].seq
	if !fresh && !several && !slices.ContainsFunc(segments, ofDay) {
		return nil
	}
	older, err := m.open(segments)
	if err != nil {
		return err
	}
	return m.writeMonth(page, month, older)
}

// ofDay reports whether a segment holds a day.
func ofDay(s storedSegment) bool { return !s.month }

// freshBytes returns the size of the records of this merge of some days.
func (m *merger) freshBytes(from, to uint32) (size int) {
	for i := range m.fresh {
		if day := m.fresh[i].day; day >= from && day <= to {
			size += len(m.fresh[i].data)
		}
	}
	return size
}

// writeMonth writes the records of a page and month, as writeDay does.
func (m *merger) writeMonth(page, month uint32, older []cursor) error {
	part := 0
	m.seg.month = true
	defer func() { m.seg.month = false }()
	m.seg.emit = func(segment []byte) error {
		if part >= monthPart {
			return fmt.Errorf("%w: a month of a page has more than %d segments", ErrBounds, part)
		}
		part++
		return m.out.setMonth(m.t.keys.segment(month, page, m.p.last, uint16(part-1)|monthPart), segment)
	}
	m.sums.oldest[page] = min(m.sums.oldest[page], month)
	if i, found := slices.BinarySearch(m.months, month); !found {
		m.months = slices.Insert(m.months, i, month)
	}
	return m.writeDays(month&^(monthDays-1), month, older)
}

// guard writes the keys that stay behind what was folded.
func (m *merger) guard() error {
	if len(m.months) == 0 {
		return nil
	}
	for _, day := range append(m.months, firstMonth-1) {
		for part := range uint16(guards) {
			if err := m.out.set(m.t.keys.segment(day, guardPage, 0, part), nil); err != nil {
				return err
			}
		}
	}
	return nil
}
