package state

import (
	"slices"

	badger "github.com/dgraph-io/badger/v4"
)

// compactAt is the number of merges after which the segments of a page's days
// are put together.
const compactAt = 16

// storedSegment is one segment that a compaction may replace.
type storedSegment struct {
	key  []byte
	day  uint32
	size int
}

// compact puts the segments together that merges since the last compaction
// added to a page, with this merge's records. Reading a day then costs few
// values, and duplicates go. What is replaced is deleted only when the
// replacement is safe.
func (m *merger) compact(page uint32) error {
	stored, err := m.stored(page)
	if err != nil {
		return err
	}
	fresh := m.days
	for len(stored) > 0 || len(fresh) > 0 {
		day := firstDay(stored, fresh)
		segments := stored[:countWhile(stored, func(s storedSegment) bool { return s.day == day })]
		stored = stored[len(segments):]
		isFresh := len(fresh) > 0 && fresh[0] == day
		if isFresh {
			fresh = fresh[1:]
		}
		if err := m.compactDay(page, day, segments, isFresh); err != nil {
			return err
		}
	}
	return nil
}

func firstDay(stored []storedSegment, fresh []uint32) uint32 {
	switch {
	case len(stored) == 0:
		return fresh[0]
	case len(fresh) == 0:
		return stored[0].day
	}
	return min(stored[0].day, fresh[0])
}

func countWhile[T any](list []T, ok func(T) bool) int {
	n := slices.IndexFunc(list, func(v T) bool { return !ok(v) })
	if n < 0 {
		return len(list)
	}
	return n
}

// stored lists the segments of the undated facts and of the days touched since
// the last compaction. Segments of this merge's own sequence are left over from
// an attempt that was cut off; they hold nothing of their own.
func (m *merger) stored(page uint32) (out []storedSegment, err error) {
	undated := orderedDay(Undated)
	from := max(m.sums.low[page], undated+1)
	err = m.scan.segments(page, from, func(item *badger.Item, day uint32, seq uint64) error {
		if seq < m.p.last {
			out = append(out, storedSegment{item.KeyCopy(nil), day, int(item.ValueSize())})
		}
		return nil
	})
	return out, err
}

// compactDay puts the newest segments of a day and this merge's records
// together, going back as long as the older one is not much larger than all
// newer ones: every byte is then rewritten a logarithmic number of times
// however long a day grows.
func (m *merger) compactDay(page, day uint32, segments []storedSegment, fresh bool) error {
	size := 0
	if fresh {
		for _, at := range m.refs {
			r, err := m.p.record(at)
			if err != nil {
				return err
			}
			if r.op != opHeader && r.day == day {
				size += len(r.data)
			}
		}
	}
	first := len(segments)
	for first > 0 && (size == 0 || segments[first-1].size <= 2*size) {
		first--
		size += segments[first].size
	}
	segments = segments[first:]
	if !fresh && len(segments) < 2 {
		return nil
	}
	older, err := m.open(day, segments)
	if err != nil {
		return err
	}
	return m.writeDay(page, day, older)
}

// open reads segments that will be replaced.
func (m *merger) open(day uint32, segments []storedSegment) ([]cursor, error) {
	m.cursors = m.cursors[:0]
	for _, s := range segments {
		// Each into memory of its own: the cursors need all of them at once.
		if err := m.read(s.key, "segment"); err != nil {
			return nil, err
		}
		c, err := openSegment(day, slices.Clone(m.unpacked))
		if err != nil {
			return nil, err
		}
		m.cursors = append(m.cursors, c)
		m.replaced = append(m.replaced, s.key)
	}
	return m.cursors, nil
}
