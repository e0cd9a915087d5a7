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
// aside, those of [Aside] are wanted as well as all others.
type wantedPage struct {
	page, from uint32
	aside      bool
}

func (p *wantedPage) wants(day uint32) bool {
	return wanted(day, p.from) || p.aside && (day >= p.from || day == orderedDay(Undated))
}

// segments calls fn for every wanted segment of some pages, ascending by day, page and age, with
// the index of its page in the list.
func (s *scan) segments(pages []wantedPage, fn func(i int, item *badger.Item, day uint32, seq uint64) error) error {
	if s.it == nil {
		s.it = s.txn.NewIterator(badger.IteratorOptions{Prefix: s.keys.kind(kindPage, 0)})
	}
	it, day, least := s.it, orderedDay(Undated), pages[0].from
	i := nextWanted(pages, 0, day)
	for _, p := range pages {
		least = min(least, p.from)
	}
	for it.Seek(s.keys.day(day, pages[0].page)); it.Valid(); {
		at, page, seq := splitSegment(it.Item().Key())
		if at > day {
			day = max(at, least)
			i = nextWanted(pages, 0, day)
		}
		for at == day && i < len(pages) && pages[i].page < page {
			i = nextWanted(pages, i+1, day)
		}
		switch {
		case i == len(pages) && day == ^uint32(0):
			return nil
		case i == len(pages): // the next day that has any segments, or the one after
			day = max(day+1, least)
			if i = nextWanted(pages, 0, day); i == len(pages) {
				day++ // Aside, or what is behind it
				i = nextWanted(pages, 0, day)
			}
			if i == len(pages) {
				return nil
			}
			it.Seek(s.keys.day(day, pages[i].page))
		case at == day && page == pages[i].page:
			if err := fn(i, it.Item(), day, seq); err != nil {
				return err
			}
			it.Next()
		default:
			it.Seek(s.keys.day(day, pages[i].page))
		}
	}
	return nil
}

// nextWanted returns the index of the first page, from i on, of which a day is wanted.
func nextWanted(pages []wantedPage, i int, day uint32) int {
	for i < len(pages) && !pages[i].wants(day) {
		i++
	}
	return i
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
