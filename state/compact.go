package state

import (
	"slices"

	badger "github.com/dgraph-io/badger/v4"
)

// compactAt is the number of merges after which the segments of a page's days are combined.
const compactAt = 16

// storedSegment is one segment that a compaction may replace. Its sealed bytes are in merger.old:
// finding it is expensive, reading it is not.
type storedSegment struct {
	segmentKey
	key  []byte // in Badger
	at   int    // where it begins in merger.old
	size int    // in bytes
}

// compact combines the segments that merges since the last compaction added to a page with the
// records of this merge. A day then takes few values to read, and duplicates disappear. What is
// replaced is deleted only when the replacement is safe.
func (m *merger) compact(page uint32) error {
	if err := m.find(page); err != nil {
		return err
	}
	stored, fresh := m.stored, m.days
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

// find lists the segments of the undated facts and of the days touched since the last compaction,
// without what is folded (see fold).
// Segments with the sequence of this merge are left from an interrupted attempt and hold nothing
// of their own.
func (m *merger) find(page uint32) error {
	m.stored, m.old = m.stored[:0], m.old[:0]
	want := m.sums.want(page, max(m.sums.low[page], m.sums.folded[page], orderedDay(Undated)+1))
	want.aside = true
	return m.scan.segments([]wantedPage{want}, func(_ int, item *badger.Item, key segmentKey) error {
		if key.seq >= m.p.last || key.month {
			return nil
		}
		return m.store(item, key)
	})
}

// store appends a segment to m.stored.
func (m *merger) store(item *badger.Item, key segmentKey) error {
	return item.Value(func(sealed []byte) error {
		m.stored = append(m.stored, storedSegment{key, item.KeyCopy(nil), len(m.old), len(sealed)})
		m.old = append(m.old, sealed...)
		return nil
	})
}

// compactDay combines the newest segments of a day with the records of this merge, going back as
// long as the older one is not much larger than all newer ones together: every byte is then
// rewritten only a logarithmic number of times.
func (m *merger) compactDay(page, day uint32, segments []storedSegment, fresh bool) error {
	size := 0
	if fresh {
		size = m.freshBytes(day, day)
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
	older, err := m.open(segments)
	if err != nil {
		return err
	}
	return m.writeDay(page, day, older)
}

// open unpacks segments that are to be replaced.
func (m *merger) open(segments []storedSegment) ([]cursor, error) {
	m.cursors, m.unpacked = m.cursors[:0], m.unpacked[:0]
	for i := range segments {
		s := &segments[i]
		m.replaced = append(m.replaced, s.key)
		from := len(m.unpacked)
		var err error
		if m.unpacked, err = s.unpackSealed(m.old[s.at:s.at+s.size], m.unpacked); err != nil {
			return nil, err
		}
		m.cursors = append(m.cursors, cursor{day: s.day, seq: s.seq, rest: m.unpacked[from:]})
	}
	// The buffer moved as it grew, but the old memory that cursors refer to is unchanged.
	for i := range m.cursors {
		if err := m.cursors[i].next(); err != nil {
			return nil, err
		}
	}
	return m.cursors, nil
}
