package replay

import (
	"bytes"
	"maps"
	"slices"
	"sync"

	"tilsyn/engine/duty"
	"tilsyn/engine/replay/extsort"
	"tilsyn/schemas"
)

// cardGroup is all that the input says of one card, but for the rows that name
// a person.
type cardGroup struct {
	card    string
	holders []string // persons whom rows or assignments name with it
	// assigned, rows and named are payloads; see the kinds of values.
	assigned, rows, named [][]byte
}

// eachCard reads the card sorter card by card. f must not keep the group, of which the payloads stay as they
// are until something is added to the sorter.
func eachCard(s *extsort.Sorter, f func(*cardGroup) error) error {
	it, err := s.Iter()
	if err != nil {
		return err
	}
	defer it.Close()
	g := &cardGroup{}
	for some := it.Next(); some; {
		card := it.Key()
		*g = cardGroup{string(card), g.holders[:0], g.assigned[:0], g.rows[:0], g.named[:0]}
		for ; some && bytes.Equal(it.Key(), card); some = it.Next() {
			kind, value := it.Value()[0], it.Value()[1:]
			switch kind {
			case cardHolder:
				g.holders = append(g.holders, string(value))
			case cardAssigned:
				g.assigned = append(g.assigned, value)
			case cardRow:
				g.rows = append(g.rows, value)
			case cardNamed:
				g.named = append(g.named, value)
			}
		}
		if err := it.Err(); err != nil {
			return err
		}
		if err := f(g); err != nil {
			return err
		}
	}
	return it.Err()
}

// sharedCard is whom the facts of a card concern besides the person that they name;
// both lists are sorted and hold everybody who was ever linked with one of them.
type sharedCard struct {
	// users used the card or were given it: an assignment of it may contradict their
	// rows.
	users []string
	// holders were given it, if only once and by a version that no longer counts: its
	// rows may be theirs, or contradict that they held it. Whoever only used it has
	// nothing to do with rows of others, so that one id for everybody's card
	// costs nobody anything (IDN-08).
	holders []string
	// crowd is set where the card is everybody's at every as-of: only what cannot be
	// read concerns all of them (duty.NewCrowd).
	crowd bool
}

// concern returns whom a record that speaks of the card concerns.
func (c *sharedCard) concern(t *topicTable, p *payload) []string {
	switch {
	case c == nil, c.crowd && p.code != codeUnreadable:
		return nil
	case t.is(p.code, duty.TopicCardEvents):
		return c.holders
	}
	return c.users
}

// share returns whom the facts of the card concern.
func (r *run) share(g *cardGroup) (*sharedCard, error) {
	links := r.links
	withLinked := func(persons []string) []string {
		all := map[string]struct{}{}
		for _, h := range persons {
			for _, p := range links.members(h) {
				all[p] = struct{}{}
			}
		}
		return slices.Sorted(maps.Keys(all))
	}
	given, err := decodeAll[duty.CardAssignment](r.topics, g.assigned)
	if err != nil {
		return nil, err
	}
	var holders []string
	for _, a := range given {
		holders = append(holders, a.v.PersonID)
	}
	return &sharedCard{users: withLinked(g.holders), holders: withLinked(holders), crowd: r.noteCrowd(g.card, given)}, nil
}

// spreadCards gives the rows that name no person to all who may have used the
// card, and remembers the cards of several persons.
func (r *run) spreadCards() error {
	return eachCard(r.cards, func(g *cardGroup) error {
		if len(g.holders) < 2 && len(g.rows) == 0 && len(g.assigned) <= duty.CrowdAtOnce {
			return nil // it concerns nobody but its holder
		}
		share, err := r.share(g)
		if err != nil {
			return err
		}
		if len(g.holders) > 1 {
			r.shared[g.card] = share
		}
		if err := r.showReadable(g); err != nil {
			return err
		}
		for _, raw := range g.rows {
			p, err := parsePayload(raw)
			if err != nil {
				return err
			}
			audience := share.concern(r.topics, &p)
			if r.corrected.Has(p.fact) {
				if err := r.moved.Add(movedVersion(p.fact, audience, raw)); err != nil {
					return err
				}
			}
			for _, person := range audience {
				if err := r.extra.Add([]byte(person), raw); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// nameOrphans reports the rows of nobody.
func (r *run) nameOrphans() error {
	if !r.parked {
		return nil
	}
	return eachCard(r.cards, r.orphans)
}

// showReadable gives the rows of a card that could be read to the case file of its
// key, where one that could not be read is named: such a row may have come again.
func (r *run) showReadable(g *cardGroup) error {
	var readable [][]byte
	for _, raw := range g.rows {
		if p, err := parsePayload(raw); err != nil {
			return err
		} else if p.code != codeUnreadable {
			readable = append(readable, raw)
		}
	}
	if len(readable) == len(g.rows) {
		return nil
	}
	for _, raw := range readable {
		if err := r.extra.Add([]byte(g.card), raw); err != nil {
			return err
		}
	}
	return nil
}

// spreadPersons gives the facts of linked persons, and the rows and assignments
// of cards of several persons, to the others concerned, and to the centres the
// versions that name the person of a paper entry which another version leaves
// without (RD-47).
func (r *run) spreadPersons() error {
	if len(r.links.groups) == 0 && len(r.shared) == 0 && len(r.unnamed) == 0 && r.corrected.Empty() {
		return nil
	}
	var mu sync.Mutex // what is found goes to sorters, one at a time
	return r.eachPart(r.persons, func(p extsort.Part) error {
		return p.Each(func(person, record []byte) error {
			bare, card, err := parseBare(record)
			if err != nil {
				return err
			}
			linked := r.links.linked(string(person))
			if bare.code == codeSaid || !linked && !r.corrected.Has(bare.fact) && r.shared[string(card)] == nil &&
				(len(r.unnamed) == 0 || !r.topics.is(bare.code, duty.TopicManualEntries)) {
				return nil
			}
			mu.Lock()
			defer mu.Unlock()
			return r.spreadRecord(string(person), linked, record)
		})
	})
}

// spreadRecord gives one record of a person to all others whom it concerns.
func (r *run) spreadRecord(person string, linked bool, record []byte) error {
	p, err := parsePayload(record)
	if err != nil {
		return err
	}
	if err := r.tellCentres(&p, record); err != nil {
		return err
	}
	if r.corrected.Has(p.fact) {
		if err := r.moved.Add(movedVersion(p.fact, []string{person}, record)); err != nil {
			return err
		}
	}
	if linked {
		if err := r.copyTo(r.links.members(person), person, record); err != nil {
			return err
		}
	}
	if p.card == "" {
		return nil
	}
	return r.copyTo(r.shared[p.card].concern(r.topics, &p), person, record)
}

// tellCentres adds a version of a paper entry to the facts of the centres, where
// another version of it names no person.
func (r *run) tellCentres(p *payload, record []byte) error {
	if len(r.unnamed) == 0 || !r.topics.is(p.code, duty.TopicManualEntries) {
		return nil
	}
	v, err := r.topics.byCode[p.code].Decode(p.body)
	if err != nil {
		return err
	}
	if head, _ := schemas.HeadOf(v); !has(r.unnamed, head.ID) {
		return nil
	}
	return r.centres.Add(nil, record)
}

func has(set map[string]struct{}, s string) bool {
	_, ok := set[s]
	return ok
}

// copyTo adds a record to the case files of others.
func (r *run) copyTo(persons []string, from string, record []byte) error {
	for _, p := range persons {
		if p != from {
			if err := r.extra.Add([]byte(p), record); err != nil {
				return err
			}
		}
	}
	return nil
}

// orphans reports, for each as-of, the rows without person of a card that
// nobody held at their time (IDN-06): they wait for an assignment or a link.
func (r *run) orphans(g *cardGroup) error {
	if len(g.rows) == 0 {
		return nil
	}
	rows, err := decodeAll[duty.CardEvent](r.topics, append(slices.Clone(g.rows), g.named...))
	if err != nil {
		return err
	}
	assigned, err := decodeAll[duty.CardAssignment](r.topics, g.assigned)
	if err != nil {
		return err
	}
	all := newQualities()
	for i, at := range r.asOf {
		var list []duty.DataQuality
		held := heldTimes(g.card, newest(assigned, at))
		for _, e := range newest(rows, at) {
			if !e.PersonID.OK && e.CardID == g.card && !held.at(e.OccurredAt) {
				list = append(list, unknownPerson(e))
				r.tallies[i].AddUnlinked(e.CentreID, e.DeviceID, e.OccurredAt)
			}
		}
		for _, q := range all.at(at, list) {
			if err := r.addQuality(i, &q); err != nil {
				return err
			}
		}
	}
	return nil
}

// known is one version of a record and when it was known.
type known[T any] struct {
	v  *T
	at duty.Instant
}

func decodeAll[T any](topics *topicTable, payloads [][]byte) ([]known[T], error) {
	var out []known[T]
	for _, raw := range payloads {
		p, err := parsePayload(raw)
		if err != nil {
			return nil, err
		}
		if p.code == codeUnreadable {
			continue
		}
		v, err := topics.byCode[p.code].Decode(p.body)
		if err != nil {
			return nil, err
		}
		if t, ok := v.(*T); ok {
			out = append(out, known[T]{t, p.at.V})
		}
	}
	return out, nil
}

// newest returns the version of each record that counts at t (contract §1),
// but for retracted ones, sorted by id.
func newest[T any](list []known[T], t duty.Instant) []*T {
	best := map[string]*T{}
	for _, k := range list {
		if k.at > t {
			continue
		}
		h, _ := schemas.HeadOf(k.v)
		old, ok := best[h.Identity]
		if ok {
			o, _ := schemas.HeadOf(old)
			if h.Version < o.Version || h.Version == o.Version && bytes.Compare(canonical(k.v), canonical(old)) >= 0 {
				continue
			}
		}
		best[h.Identity] = k.v
	}
	var out []*T
	for _, id := range slices.Sorted(maps.Keys(best)) {
		if h, _ := schemas.HeadOf(best[id]); !h.Retracted {
			out = append(out, best[id])
		}
	}
	return out
}

func canonical(v any) []byte {
	s, _ := schemas.Of(v)
	return s.AppendJSON(nil, v)
}
