package projection

import (
	"cmp"
	"encoding/binary"
	"encoding/json"
	"slices"

	badger "github.com/dgraph-io/badger/v4"

	"tilsyn/engine/duty"
	"tilsyn/schemas"
)

// mostListed bounds lists that have no pages.
const mostListed = 500

// Recalls are those of a centre, or all with an empty one: open ones first, then the newest.
func (s *Store) Recalls(centre string) ([]duty.Recall, error) {
	list, err := all[duty.Recall](s, duty.TopicRecalls, key(keyRecall), func(r *duty.Recall) bool {
		return centre == "" || r.CentreID.OK && r.CentreID.V == centre
	})
	slices.SortStableFunc(list, func(a, b duty.Recall) int {
		closed := func(r *duty.Recall) int {
			if r.ClosedAt.OK {
				return 1
			}
			return 0
		}
		return cmp.Or(closed(&a)-closed(&b), cmp.Compare(b.OpenedAt, a.OpenedAt), cmp.Compare(a.CauseID, b.CauseID))
	})
	return list[:min(len(list), mostListed)], err
}

// Report is the newest control report of a centre and period; nil without one.
func (s *Store) Report(name string) (*duty.ControlReport, error) {
	list, err := all[duty.ControlReport](s, duty.TopicControlReports, key(keyReport, name), nil)
	if len(list) == 0 {
		return nil, err
	}
	return &list[0], err
}

// Quality are the newest lines of a subject that are open.
func (s *Store) Quality(subject string) ([]duty.DataQuality, error) {
	list, err := all(s, duty.TopicDataQuality, key(keyQuality, subject), func(q *duty.DataQuality) bool {
		return q.State == duty.FindingStateOpen
	})
	slices.SortStableFunc(list, func(a, b duty.DataQuality) int { return cmp.Compare(b.From, a.From) })
	return list[:min(len(list), mostListed)], err
}

// all reads the values under a prefix that fit; nil fits all. A value that cannot be read is left out.
func all[T any](s *Store, topic string, prefix []byte, fits func(*T) bool) ([]T, error) {
	schema, _ := schemas.Lookup(topic)
	out := []T{}
	err := s.db.View(func(tx *badger.Txn) error {
		return each(tx, prefix, func(_, v []byte) error {
			if record, err := decoder().Decode(schema, v); err == nil {
				if t, ok := record.(*T); ok && (fits == nil || fits(t)) {
					out = append(out, *t)
				}
			}
			return nil
		})
	})
	return out, err
}

// Beats are the newest heartbeats, by source.
func (s *Store) Beats() (map[string]duty.Instant, error) {
	out := map[string]duty.Instant{}
	err := s.db.View(func(tx *badger.Txn) error {
		return each(tx, []byte{keyBeat}, func(k, v []byte) error {
			out[name(k, 0)] = duty.Instant(binary.BigEndian.Uint64(v))
			return nil
		})
	})
	return out, err
}

// Suggestions are the entries that wait for a second person, of a centre or of all with an empty one; the
// oldest first.
func (s *Store) Suggestions(centre string) ([]Suggestion, error) {
	out := []Suggestion{}
	err := s.db.View(func(tx *badger.Txn) error {
		return each(tx, key(keySuggestion), func(_, v []byte) error {
			var x Suggestion
			if json.Unmarshal(v, &x) == nil && (centre == "" || x.CentreID == centre) {
				out = append(out, x)
			}
			return nil
		})
	})
	slices.SortStableFunc(out, func(a, b Suggestion) int {
		return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(a.ID,
			b.ID))
	})
	return out[:min(len(out), mostListed)], err
}

// Suggestion is one of them; nil if there is none.
func (s *Store) Suggestion(id string) (*Suggestion, error) {
	var out *Suggestion
	err := s.db.View(func(tx *badger.Txn) error {
		v, err := get(tx, key(keySuggestion, id))
		if err != nil || v == nil {
			return err
		}
		out = &Suggestion{}
		return json.Unmarshal(v, out)
	})
	return out, err
}

// Paper are the entries under centres that name no person, or are given to the one that they name (RD-47),
// and the number of changes of them so far.
func (s *Store) Paper() ([]duty.Known[duty.ManualEntry], int64, error) {
	n := s.papers.Load()
	schema, _ := schemas.Lookup(duty.TopicManualEntries)
	var out []duty.Known[duty.ManualEntry]
	err := s.db.View(func(tx *badger.Txn) error {
		return each(tx, []byte{keyPaper}, func(k, v []byte) error {
			got, err := known(decoder(), schema, v)
			if m, ok := got.record.(*duty.ManualEntry); err == nil && ok {
				out = append(out, duty.Known[duty.ManualEntry]{Fact: *m, At: got.at, Pos: positionIn(k)})
			}
			return nil
		})
	})
	return out, n, err
}

// PaperVersions are all versions of an entry that lie under its centre, ascending; a Resolution names one by its
// place in the log.
func (s *Store) PaperVersions(id string) ([]Version, error) {
	list, _, err := s.Paper()
	var out []Version
	for i := range list {
		if m := &list[i].Fact; m.ID == id {
			out = append(out, Version{Record: m, Version: m.Version, Retracted: m.Retracted, Known: list[i].At,
				Pos: list[i].Pos})
		}
	}
	slices.SortStableFunc(out, func(a, b Version) int { return cmp.Compare(a.Version, b.Version) })
	return out, err
}

// positionIn is the place in the log that a key ends with.
func positionIn(k []byte) duty.Opt[duty.Position] {
	if len(k) < 12 {
		return duty.None[duty.Position]()
	}
	rest := k[len(k)-12:]
	return duty.Some(duty.Position{Partition: int32(binary.BigEndian.Uint32(rest)),
		Offset: int64(binary.BigEndian.Uint64(rest[4:]))})
}

// PapersChanged is the number of changes that Paper gave, as of now.
func (s *Store) PapersChanged() int64 { return s.papers.Load() }

// Persons gives every person with facts or records, in order, until the function returns an error.
func (s *Store) Persons(f func(id string) error) error {
	return s.db.View(func(tx *badger.Txn) error {
		it := tx.NewIterator(badger.IteratorOptions{Prefix: []byte{keyFact}})
		defer it.Close()
		seek := []byte{keyFact}
		for it.Seek(seek); it.Valid(); it.Seek(seek) {
			id := name(it.Item().Key(), 0)
			if id != "" {
				if err := f(id); err != nil {
					return err
				}
			}
			seek = append(key(keyFact, id)[:len(id)+1], 1)
		}
		return nil
	})
}

// FactVersions are all versions of a fact with an id in an input topic keyed by person, with when each
// was known; persons says under whose key to look.
func (s *Store) FactVersions(topic, person, id string) ([]Version, error) {
	schema, ok := schemas.Lookup(topic)
	if !ok {
		return nil, nil
	}
	var out []Version
	err := s.db.View(func(tx *badger.Txn) error {
		return each(tx, append(key(keyFact, person), codeOf(topic)), func(_, v []byte) error {
			got, err := known(decoder(), schema, v)
			if err != nil || got.record == nil {
				return nil //nolint:nilerr // what cannot be read is no version of it
			}
			if h, ok := schemas.HeadOf(got.record); ok && h.Identity == id {
				out = append(out, Version{Record: got.record, Version: h.Version, Retracted: h.Retracted, Known: got.at})
			}
			return nil
		})
	})
	slices.SortStableFunc(out, func(a, b Version) int { return cmp.Compare(a.Version, b.Version) })
	return out, err
}

// Version is one version of a fact.
type Version struct {
	Record    any
	Version   int64
	Retracted bool
	Known     duty.Instant
	// Pos is where it lies in the log; none where that was not looked up.
	Pos duty.Opt[duty.Position]
}
