package state

import badger "github.com/dgraph-io/badger/v4"

// scan reads segments in one transaction, with one iterator however many pages.
type scan struct {
	txn  *badger.Txn
	keys keys
	it   *badger.Iterator
}

// close must come before the transaction's end.
func (s *scan) close() {
	if s.it != nil {
		s.it.Close()
	}
}

// segments calls fn for every segment of a page that is undated or of an
// ordered day from from on, by day and age.
func (s *scan) segments(page, from uint32, fn func(item *badger.Item, day uint32, seq uint64) error) error {
	if s.it == nil {
		s.it = s.txn.NewIterator(badger.IteratorOptions{Prefix: s.keys.kind(kindPage, 0)})
	}
	it, k, day := s.it, s.keys, orderedDay(Undated)
	for it.Seek(k.day(day, page)); it.Valid(); it.Seek(k.day(day, page)) {
		at, which, _ := splitSegment(it.Item().Key())
		for at == day && which == page {
			item := it.Item()
			_, _, seq := splitSegment(item.Key())
			if err := fn(item, day, seq); err != nil {
				return err
			}
			if it.Next(); !it.Valid() {
				return nil
			}
			at, which, _ = splitSegment(it.Item().Key())
		}
		// The next day that has any segments, or the one after.
		switch {
		case at > day:
			day = at
		case day == ^uint32(0):
			return nil
		default:
			day++
		}
		day = max(day, from)
	}
	return nil
}
