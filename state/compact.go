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
// added to a page, with this merge's records, which are sorted by day. Reading
// a day then costs few values, and duplicates go. What is replaced is deleted
// only when the replacement is safe.
func (m *merger) compact(page uint32) error {
	stored, err := m.stored(page)
	if err != nil {
		return err
	}
	fresh := m.records
	for len(stored) > 0 || len(fresh) > 0 {
		day := firstDay(stored, fresh)
		segments := stored[:countWhile(stored, func(s storedSegment) bool { return s.day == day })]
		records := fresh[:countWhile(fresh, func(r record) bool { return r.day == day })]
		stored, fresh = stored[len(segments):], fresh[len(records):]
		if err := m.compactDay(page, day, segments, records); err != nil {
			return err
		}
	}
	return nil
}

func firstDay(stored []storedSegment, fresh []record) uint32 {
	switch {
	case len(stored) == 0:
		return fresh[0].day
	case len(fresh) == 0:
		return stored[0].day
	}
	return min(stored[0].day, fresh[0].day)
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
func (m *merger) stored(page uint32) ([]storedSegment, error) {
	it := m.txn.NewIterator(badger.IteratorOptions{Prefix: m.t.keys.page(page)})
	defer it.Close()
	undated := orderedDay(Undated)
	var out []storedSegment
	walk := func(from, to uint32) {
		for it.Seek(m.t.keys.day(page, from)); it.Valid(); it.Next() {
			item := it.Item()
			day, seq := splitSegment(item.Key())
			if day > to {
				return
			}
			if seq < m.p.last {
				out = append(out, storedSegment{item.KeyCopy(nil), day, int(item.ValueSize())})
			}
		}
	}
	walk(undated, undated)
	walk(max(m.sums.low[page], undated+1), ^uint32(0))
	return out, nil
}

// compactDay puts the newest segments of a day and this merge's records
// together, going back as long as the older one is not much larger than all
// newer ones: every byte is then rewritten a logarithmic number of times
// however long a day grows.
func (m *merger) compactDay(page, day uint32, segments []storedSegment, fresh []record) error {
	size := 0
	for i := range fresh {
		size += len(fresh[i].data)
	}
	first := len(segments)
	for first > 0 && (size == 0 || segments[first-1].size <= 2*size) {
		first--
		size += segments[first].size
	}
	segments = segments[first:]
	if len(fresh) == 0 && len(segments) < 2 {
		return nil
	}
	var records []record
	for _, s := range segments {
		var err error
		if records, err = m.readSegment(s.key, day, records); err != nil {
			return err
		}
		m.replaced = append(m.replaced, s.key)
	}
	return m.writeDay(page, day, append(records, fresh...))
}

func (m *merger) readSegment(key []byte, day uint32, into []record) ([]record, error) {
	packed, err := get(m.txn, key, "segment")
	if err != nil {
		return nil, err
	}
	buf, err := unpack("segment", packed, nil)
	if err != nil {
		return nil, err
	}
	for len(buf) > 0 {
		person, entries, rest, err := readPerson(buf)
		if err != nil {
			return nil, err
		}
		for len(entries) > 0 {
			r := record{person: person, day: day}
			if entries, err = readEntry(entries, &r); err != nil {
				return nil, err
			}
			into = append(into, r)
		}
		buf = rest
	}
	return into, nil
}
