package projection

import (
	"bytes"
	"encoding/hex"
	"errors"
	"slices"

	badger "github.com/dgraph-io/badger/v4"
)

// Filter says which rows of a queue are wanted; empty fields want all.
type Filter struct {
	Queue                          Queue
	CentreID, Kind, Status, Caveat string
	// From and To bound the unit's date, both included, YYYY-MM-DD.
	From, To string
	// PersonID wants the units of one person.
	PersonID string
	// After is where the page before ended.
	After string
	// Limit is how many rows at most.
	Limit int
}

// mostLooked bounds how many rows one request looks at: a filter that fits few gives a page that is not
// full, and where to go on.
const mostLooked = 20_000

// Page is a page of rows.
type Page struct {
	Rows []Row
	// Next is where the next page begins; empty at the end.
	Next string
	// Looked is how many rows were looked at.
	Looked int
}

// ErrAfter says that Filter.After is no place that a page gave.
var ErrAfter = errors.New("the place to go on from is none that a page gave; begin with the first page")

// List returns a page of a queue.
func (s *Store) List(f Filter) (Page, error) {
	page := Page{Rows: []Row{}}
	prefix := []byte{keyQueue, byte(f.Queue)}
	seek := prefix
	if f.After != "" {
		k, err := hex.DecodeString(f.After)
		if err != nil || !bytes.HasPrefix(k, prefix) {
			return page, ErrAfter
		}
		seek = append(k, 0)
	}
	if f.PersonID != "" {
		return s.ofPerson(f)
	}
	err := s.db.View(func(tx *badger.Txn) error {
		it := tx.NewIterator(badger.IteratorOptions{PrefetchValues: true, PrefetchSize: min(f.Limit+1, 100), Prefix: prefix})
		defer it.Close()
		last := ""
		for it.Seek(seek); it.Valid(); it.Next() {
			if len(page.Rows) == f.Limit || page.Looked == mostLooked {
				page.Next = last
				return nil
			}
			item := it.Item()
			v, err := item.ValueCopy(nil)
			if err != nil {
				return err
			}
			row, err := decodeRow(v)
			if err != nil {
				return err
			}
			page.Looked++
			last = hex.EncodeToString(item.Key())
			if !f.fits(row) || !s.stands(tx, row, item.Key()) {
				continue
			}
			page.Rows = append(page.Rows, *row)
		}
		return nil
	})
	return page, err
}

// stands reports whether the row is still there: a crash may have left an older one in another queue.
func (s *Store) stands(tx *badger.Txn, row *Row, at []byte) bool {
	v, err := get(tx, key(keyUnit, row.PersonID, row.UnitID))
	if err != nil || v == nil {
		return false
	}
	now, err := decodeRow(v)
	return err == nil && bytes.Equal(now.queueKey(), at)
}

// ofPerson lists the units of one person in a queue.
func (s *Store) ofPerson(f Filter) (Page, error) {
	page := Page{Rows: []Row{}}
	rows, err := s.Units(f.PersonID)
	for i := range rows {
		if page.Looked++; rows[i].queue() == f.Queue && f.fits(&rows[i]) {
			page.Rows = append(page.Rows, rows[i])
		}
	}
	return page, err
}

// fits reports whether a row is wanted.
func (f *Filter) fits(r *Row) bool {
	is := func(want, have string) bool { return want == "" || want == have }
	return is(f.CentreID, r.CentreID) && is(f.Kind, r.Kind) && is(f.Status, r.Status) &&
		(f.From == "" || r.Date >= f.From) && (f.To == "" || r.Date <= f.To) &&
		(f.Caveat == "" || slices.Contains(r.Caveats, f.Caveat))
}

// Units are all told units of a person, by the order of their ids.
func (s *Store) Units(person string) ([]Row, error) {
	out := []Row{}
	err := s.db.View(func(tx *badger.Txn) error {
		return each(tx, key(keyUnit, person), func(_, v []byte) error {
			row, err := decodeRow(v)
			if err == nil {
				out = append(out, *row)
			}
			return err
		})
	})
	return out, err
}

// Unit finds a told unit by its id; nil if there is none.
func (s *Store) Unit(id string) (row *Row, err error) {
	err = s.db.View(func(tx *badger.Txn) error {
		person, err := get(tx, key(keyOwner, id))
		if err != nil || person == nil {
			return err
		}
		v, err := get(tx, key(keyUnit, string(person), id))
		if err != nil || v == nil {
			return err
		}
		row, err = decodeRow(v)
		return err
	})
	return row, err
}
