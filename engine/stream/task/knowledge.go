package task

import (
	"bytes"
	"fmt"
	"slices"

	"tilsyn/engine/casefile"
	"tilsyn/engine/duty"
	"tilsyn/engine/stream/stored"
	"tilsyn/engine/stream/telling"
	"tilsyn/state"
)

// knowledge is everything known of one person.
type knowledge struct {
	facts duty.Facts
	said  []duty.Said
	// before is what these units were before.
	before changes
	// newest is when the newest fact within the limit of the clock was known. ahead is when the
	// first fact after caught_up was or will be known; Forever for none.
	newest, ahead duty.Instant
}

// reset empties it and keeps its memory, which nothing may use after the verdict.
func (k *knowledge) reset() *knowledge {
	f := &k.facts
	*k = knowledge{newest: duty.Beginning, ahead: duty.Forever, said: k.said[:0], before: k.before[:0], facts: duty.Facts{
		CardEvents: f.CardEvents[:0], ObligationChanges: f.ObligationChanges[:0], GroupChanges: f.GroupChanges[:0],
		CardAssignments: f.CardAssignments[:0],
	}}
	return k
}

// load reads what is known of a person, with rows from a day on, including the facts and
// revisions of this cycle. With stored.SharedRow the rows are valid only as long as what the
// store shows.
func (t *Task) load(p *person, from int32, how stored.RowReading) (*knowledge, error) {
	return t.loadAt(p, from, how, t.at.CaughtUp)
}

// loadAt is load with the cards that are everybody's at a clock.
func (t *Task) loadAt(p *person, from int32, how stored.RowReading, at duty.Instant) (*knowledge, error) {
	kept, err := t.stored(p, from)
	if err != nil {
		return nil, err
	}
	k := t.cycle.knowledge.reset()
	limit := t.watermark.Limit()
	note := func(known duty.Instant) {
		if known > t.at.CaughtUp {
			k.ahead = min(k.ahead, known)
		}
		if known <= limit {
			k.newest = max(k.newest, known)
		}
	}
	var names []stored.VersionName
	if !t.moved.empty() {
		how = stored.WholeRow // the ids are compared with those of other records
	}
	take := func(f *stored.Fact) {
		f.FileUnder(&k.facts)
		note(f.Known)
		if !t.moved.empty() && f.Record != nil {
			names = append(names, f.VersionName())
		}
	}
	takeStored := func(b []byte) error {
		if len(b) > 0 && b[0] == stored.PackedRow {
			row, err := t.roster.shapes.AppendRow(&k.facts, b, p.id, t.at.Task, how)
			if err == nil {
				note(row.At)
				if !t.moved.empty() {
					names = append(names, stored.VersionName{Name: casefile.FactName(stored.RowCode, row.Fact.ID),
						Version: row.Fact.Version})
				}
			}
			return err
		}
		f, err := t.decodeFact(b, p.id)
		if err == nil {
			take(&f)
		}
		return err
	}
	for i, b := range kept.Facts {
		if p.view != nil && shownAgain(kept.Facts, i) {
			continue
		}
		if err := takeStored(b); err != nil {
			return nil, fmt.Errorf("task %d: %w", t.at.Task, err)
		}
	}
	if err := t.cycle.stack.each(&t.roster.entries[p.resident], takeStored); err != nil {
		return nil, fmt.Errorf("task %d: a row of this cycle: %w", t.at.Task, err)
	}
	for i := range p.fresh {
		take(&p.fresh[i])
	}
	if err := AddHolders(t.register(), p.id, at, &k.facts, take); err != nil {
		return nil, err
	}
	t.addMovedTo(p, names, func(f *stored.Fact) {
		f.FileUnder(&k.facts)
		note(f.Known)
	})
	for _, u := range t.picture.Misplaced.Of(p.id) {
		take(&stored.Fact{Topic: u.Topic, Known: u.At.V, Bad: &u})
	}
	for i := range kept.Said {
		u := &kept.Said[i]
		if u.Kind == sideKind {
			if err := p.sides.decode(u.Data); err != nil {
				return nil, fmt.Errorf("task %d: open lines: %w", t.at.Task, err)
			}
			continue
		}
		if telling.Told(p.told, duty.Kind(u.Kind), duty.Date(u.Day)) >= 0 {
			continue
		}
		if err := k.takeSaid(u); err != nil {
			return nil, fmt.Errorf("task %d: %w", t.at.Task, err)
		}
	}
	k.said = append(k.said, p.told...)
	return k, nil
}

// maxShownAgain is how many facts are compared with one another.
const maxShownAgain = 16

// shownAgain reports whether a walk has shown the same fact before, packed rows aside. That may
// happen during a merge of the store. Repetition changes no verdict, but is not ordinary.
func shownAgain(facts [][]byte, i int) bool {
	return i < maxShownAgain && len(facts[i]) > 0 && facts[i][0] != stored.PackedRow &&
		slices.ContainsFunc(facts[:i], func(b []byte) bool { return bytes.Equal(b, facts[i]) })
}

// stored returns what the store knows of a person, rows from a day on. If a walk shows the
// person and has read from that day, the store is not read again.
func (t *Task) stored(p *person, from int32) (state.Person, error) {
	if v := p.view; v != nil && from == t.daysOf(v.Header.Data) {
		return state.Person{Header: v.Header, Facts: v.Facts, Said: v.Said}, nil
	}
	return t.store.Person(p.id, from)
}

// decodeFact decodes the stored form of a fact of a person of this task.
func (t *Task) decodeFact(b []byte, person string) (stored.Fact, error) {
	return stored.ReadFact(b, person, t.at.Task, t.codec, &t.roster.shapes)
}
