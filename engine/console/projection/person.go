package projection

import (
	"encoding/binary"
	"maps"
	"slices"
	"strings"

	badger "github.com/dgraph-io/badger/v4"

	"tilsyn/engine/casefile"
	"tilsyn/engine/duty"
	"tilsyn/schemas"
)

// Person is everything that the topics say of one person.
type Person struct {
	// ID is the person; Others are those who were ever linked with it.
	ID     string
	Others []string
	// Facts are those of the person, of who is linked with it, and of the cards that they had, as the
	// core wants them (IDN-07, IDN-08).
	Facts duty.Facts
	// Own is how many facts lie under the person's own key.
	Own int
	// Told are all revisions of the person's units, by unit and revision.
	Told []duty.Violation
	// Units are the rows of the told units.
	Units []Row
	// Ledger are the months of the ledger, ascending.
	Ledger []duty.OutcomeMonth
	// Summary is the newest case summary; nil without one.
	Summary *duty.CaseSummary
	// Observed and Quality are the newest lines about the person.
	Observed []duty.Observation
	Quality  []duty.DataQuality
}

// Known reports whether the topics say anything of the person.
func (p *Person) Known() bool { return p.Own > 0 || len(p.Others) > 0 || len(p.Told) > 0 }

// Person reads everything of a person; at is the clock, by which a card is everybody's or not.
func (s *Store) Person(id string, at duty.Instant) (*Person, error) {
	p := &Person{ID: id}
	err := s.db.View(func(tx *badger.Txn) error {
		l := loader{tx: tx, p: p, files: map[string]bool{}}
		if err := l.facts(at); err != nil {
			return err
		}
		return l.outputs()
	})
	return p, err
}

// loader reads one person.
type loader struct {
	tx *badger.Txn
	p  *Person
	// files are the keys whose facts were read.
	files map[string]bool
}

// facts reads the facts.
func (l *loader) facts(at duty.Instant) error {
	members, err := l.members(l.p.ID)
	if err != nil {
		return err
	}
	for _, m := range members {
		if m != l.p.ID {
			l.p.Others = append(l.p.Others, m)
		}
		n, err := l.file(m, nil)
		if err != nil {
			return err
		}
		if m == l.p.ID {
			l.p.Own = n
		}
	}
	return l.cards(at)
}

// members are the person and everybody who was ever linked with it, over any number of links.
func (l *loader) members(id string) ([]string, error) {
	seen := map[string]bool{id: true}
	for list := []string{id}; len(list) > 0; list = list[1:] {
		err := each(l.tx, key(keyLink, list[0]), func(k, _ []byte) error {
			other := name(k, 1)
			if !seen[other] {
				seen[other] = true
				list = append(list, other)
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return slices.Sorted(maps.Keys(seen)), nil
}

// name is the nth name in a key.
func name(k []byte, n int) string {
	parts := strings.SplitN(string(k[1:]), "\x00", n+2)
	return parts[min(n, len(parts)-1)]
}

// file adds the facts under a key that a function admits; nil admits all. It returns how many there were.
func (l *loader) file(under string, admits func(record any) bool) (int, error) {
	n := 0
	prefix := key(keyFact, under)
	err := each(l.tx, prefix, func(k, v []byte) error {
		rest := k[len(prefix):]
		if len(rest) != 13 {
			return nil // a longer name that begins alike
		}
		topic := topicOfCode(rest[0])
		pos := duty.Position{Partition: int32(binary.BigEndian.Uint32(rest[1:])),
			Offset: int64(binary.BigEndian.Uint64(rest[5:]))}
		schema, _ := schemas.Lookup(topic)
		got, err := known(decoder(), schema, v)
		if err != nil || got.record == nil {
			if admits == nil {
				l.p.Facts.Unreadable = append(l.p.Facts.Unreadable, duty.Unreadable{Topic: topic,
					Key: strings.TrimPrefix(under, casefile.ParkedKey), At: duty.Some(got.at), Pos: duty.Some(pos)})
			}
			return nil // what cannot be read holds the person
		}
		if admits == nil || admits(got.record) {
			casefile.File(&l.p.Facts, got.record, got.at, duty.Some(pos))
			n++
		}
		return nil
	})
	l.files[under] = true
	return n, err
}

// cards adds rows without a person of the cards that the persons were given, and what others did with
// these cards.
func (l *loader) cards(at duty.Instant) error {
	given, used := map[string]bool{}, map[string]bool{}
	for i := range l.p.Facts.CardAssignments {
		given[l.p.Facts.CardAssignments[i].Fact.CardID] = true
	}
	for i := range l.p.Facts.CardEvents {
		used[l.p.Facts.CardEvents[i].Fact.CardID] = true
	}
	maps.Copy(used, given)
	for _, card := range slices.Sorted(maps.Keys(used)) {
		if err := l.card(card, given[card], at); err != nil {
			return err
		}
	}
	return nil
}

// card adds what others say of one card.
func (l *loader) card(card string, given bool, at duty.Instant) error {
	var users []string
	err := each(l.tx, key(keyCard, card), func(k, _ []byte) error {
		users = append(users, name(k, 1))
		return nil
	})
	if err != nil {
		return err
	}
	own := l.files
	others := slices.DeleteFunc(users, func(u string) bool { return own[u] })
	before := len(l.p.Facts.CardAssignments)
	for _, u := range others {
		_, err := l.file(u, func(record any) bool {
			a, ok := record.(*duty.CardAssignment)
			return ok && a.CardID == card
		})
		if delete(l.files, u); err != nil {
			return err
		}
	}
	if c, ok := duty.NewCrowd(card, l.p.Facts.CardAssignments, at); ok {
		l.p.Facts.CardAssignments = l.p.Facts.CardAssignments[:before]
		l.p.Facts.AddCrowd(c)
		return nil
	}
	if !given {
		return nil
	}
	if _, err := l.file(casefile.ParkedKey+card, nil); err != nil {
		return err
	}
	for _, u := range others {
		_, err := l.file(u, func(record any) bool {
			e, ok := record.(*duty.CardEvent)
			return ok && e.CardID == card
		})
		if delete(l.files, u); err != nil {
			return err
		}
	}
	return nil
}

// outputs reads what the engine says of the person.
func (l *loader) outputs() error {
	id := l.p.ID
	if err := each(l.tx, key(keyRevision, id), func(_, v []byte) error {
		return take(duty.TopicViolations, v, &l.p.Told)
	}); err != nil {
		return err
	}
	if err := each(l.tx, key(keyLedger, id), func(_, v []byte) error {
		return take(duty.TopicOutcomes, v, &l.p.Ledger)
	}); err != nil {
		return err
	}
	if err := each(l.tx, key(keyObserved, id), func(_, v []byte) error {
		return take(duty.TopicObservations, v, &l.p.Observed)
	}); err != nil {
		return err
	}
	if err := each(l.tx, key(keyQuality, id), func(_, v []byte) error {
		return take(duty.TopicDataQuality, v, &l.p.Quality)
	}); err != nil {
		return err
	}
	l.p.Units = []Row{}
	if err := each(l.tx, key(keyUnit, id), func(_, v []byte) error {
		row, err := decodeRow(v)
		if err == nil {
			l.p.Units = append(l.p.Units, *row)
		}
		return err
	}); err != nil {
		return err
	}
	var list []duty.CaseSummary
	v, err := get(l.tx, key(keySummary, id))
	if err == nil && v != nil {
		err = take(duty.TopicCaseSummaries, v, &list)
	}
	if len(list) == 1 {
		l.p.Summary = &list[0]
	}
	return err
}

// take decodes a value of an output topic and appends it.
func take[T any](topic string, v []byte, list *[]T) error {
	schema, _ := schemas.Lookup(topic)
	record, err := decoder().Decode(schema, v)
	if err != nil {
		return err
	}
	if t, ok := record.(*T); ok {
		*list = append(*list, *t)
	}
	return nil
}
