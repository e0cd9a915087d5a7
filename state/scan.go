package state

import (
	"encoding/binary"
	"errors"

	badger "github.com/dgraph-io/badger/v4"
)

// scan reads segments and header pages in one transaction, with one iterator for each kind.
// Seeking costs much more than moving to the next key, and Badger copies what it passes into new
// memory.
type scan struct {
	txn  *badger.Txn
	keys keys // of the task that is read
	it   *badger.Iterator
	// headers is at or behind the page asked for last.
	headers *badger.Iterator
	asked   uint32
	// once is for reading the headers of a single page, which needs no iterator.
	once bool
}

// close must be called before the transaction ends.
func (s *scan) close() {
	for _, it := range []*badger.Iterator{s.it, s.headers} {
		if it != nil {
			it.Close()
		}
	}
}

// wantedPage is a page with the ordered day from which its segments are wanted (see wanted). With
// aside, those of [Aside] are wanted as well as all others. Before folded there are only months, the
// first of which ends at oldest.
type wantedPage struct {
	page, from     uint32
	folded, oldest uint32
	aside          bool
}

// next returns the first day, not before the given one, that may have a wanted segment. A month is at its
// last day.
func (p *wantedPage) next(day uint32) (_ uint32, found bool) {
	aside := orderedDay(Aside)
	switch {
	case p.from == aside && !p.aside:
		return aside, day <= aside
	case day == orderedDay(Undated):
		return day, true
	}
	if day = max(day, p.from); day == aside && !p.aside {
		day++
	}
	if day >= firstMonth && day < p.folded {
		day = min(max(lastOf(day), p.oldest), p.folded)
	}
	return day, true
}

// nextWanted returns the first place, not before the given one, that may have a wanted segment: its day
// and the index of its page.
func nextWanted(pages []wantedPage, day, page uint32) (next uint32, i int, found bool) {
	for at := range pages {
		p, from := &pages[at], day
		if p.page < page {
			if from++; from == 0 {
				continue
			}
		}
		if d, ok := p.next(from); ok && (!found || d < next) {
			next, i, found = d, at, true
		}
	}
	return next, i, found
}

// segments calls fn for every wanted segment of some pages, ascending by day, page and age, with
// the index of its page in the list. A month comes with its last day, if that is wanted; what it
// holds of earlier days may not be.
//
// It seeks only where there may be a segment. To come to the next key, Badger passes every key on the
// way that was deleted and is in its tables still; of days that are folded these are very many.
func (s *scan) segments(pages []wantedPage, fn func(i int, item *badger.Item, key segmentKey) error) error {
	if s.it == nil {
		s.it = s.txn.NewIterator(badger.IteratorOptions{Prefix: s.keys.kind(kindPage, 0)})
	}
	day, i, found := nextWanted(pages, orderedDay(Undated), 0)
	if !found {
		return nil
	}
	it := s.it
	for it.Seek(s.keys.day(day, pages[i].page)); it.Valid(); {
		key := splitSegment(it.Item().Key())
		if day, i, found = nextWanted(pages, key.day, key.page); !found {
			return nil
		}
		if day != key.day || pages[i].page != key.page {
			it.Seek(s.keys.day(day, pages[i].page))
			continue
		}
		if err := fn(i, it.Item(), key); err != nil {
			return err
		}
		it.Next()
	}
	return nil
}

// nearPages is how many header pages are skipped one by one before seeking.
const nearPages = 4

// header calls fn with a stored header page, unless there is none. Asking for pages in ascending
// order is cheapest.
func (s *scan) header(page uint32, fn func(sealed []byte) error) error {
	key := s.keys.header(page)
	if s.once {
		item, err := s.txn.Get(key)
		if errors.Is(err, badger.ErrKeyNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		return item.Value(fn)
	}
	if s.headers == nil {
		s.headers = s.txn.NewIterator(badger.IteratorOptions{Prefix: s.keys.kind(kindHeader, 0)})
		s.headers.Seek(key)
	} else if page <= s.asked {
		s.headers.Seek(key)
	}
	s.asked = page
	it := s.headers
	for n := 0; it.Valid() && headerPage(it.Item().Key()) < page; n++ {
		if n == nearPages {
			it.Seek(key)
			break
		}
		it.Next()
	}
	if !it.Valid() || headerPage(it.Item().Key()) != page {
		return nil
	}
	return it.Item().Value(fn)
}

// headerPage parses the page in a header page's key.
func headerPage(key []byte) uint32 { return binary.BigEndian.Uint32(key[prefixLen+1:]) }

// storedHeaders unpacks a header page into buf and decodes it into entries.
func (s *scan) storedHeaders(page uint32, sums *summaries, buf []byte,
	entries []headerEntry) ([]byte, []headerEntry, error) {
	err := s.header(page, func(sealed []byte) error {
		packed, err := unseal("header page", sealed)
		if err == nil {
			buf, err = unpack("header page", packed, buf)
		}
		return err
	})
	if err == nil {
		entries, err = readHeaders(buf, entries)
	}
	if err == nil {
		err = sums.complete(page, entries)
	}
	return buf, entries, err
}
