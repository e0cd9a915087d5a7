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
	return t.loadPart(p, from, how, at, nil)
}

// loadRest is load with the rows and the paper that a verdict on the rest needs.
func (t *Task) loadRest(p *person, over *carried) (*knowledge, error) {
	return t.loadPart(p, over.from(), stored.WholeRow, t.at.CaughtUp, over.Carried)
}

// loadPart is loadAt, without the stored paper that what is carried does not need; nil needs all of it.
func (t *Task) loadPart(p *person, from int32, how stored.RowReading, at duty.Instant,
	of *duty.Carried) (*knowledge, error) {
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
	f := t.filing(p.id, &k.facts, how, note)
	for i, b := range kept.Facts {
		if p.view != nil && shownAgain(kept.Facts, i) {
			continue
		}
		if of != nil {
			if known, ok := stored.PaperKnown(b); ok && !of.Needs(known) {
				continue
			}
		}
		if err := f.stored(b); err != nil {
			return nil, fmt.Errorf("task %d: %w", t.at.Task, err)
		}
	}
	if err := t.cycle.stack.each(&t.roster.entries[p.resident], f.stored); err != nil {
		return nil, fmt.Errorf("task %d: a row of this cycle: %w", t.at.Task, err)
	}
	for i := range p.fresh {
		f.take(&p.fresh[i])
	}
	moved, err := f.others(at)
	if err != nil {
		return nil, err
	}
	if moved {
		p.connect()
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
	p.sides.read = true // undated, as open lines are, is shown from whatever day on
	k.said = append(k.said, p.told...)
	return k, nil
}

// filing puts the facts of one person together.
type filing struct {
	t   *Task
	id  string
	to  *duty.Facts
	how stored.RowReading
	// note is called with the time of each.
	note func(known duty.Instant)
	// names are the versions that the person has; they are gathered only where some fact has moved.
	names []stored.VersionName
}

// filing begins with no facts.
func (t *Task) filing(id string, to *duty.Facts, how stored.RowReading, note func(duty.Instant)) filing {
	if !t.moved.empty() {
		how = stored.WholeRow // the ids are compared with those of other records
	}
	return filing{t: t, id: id, to: to, how: how, note: note}
}

// take adds a fact.
func (f *filing) take(x *stored.Fact) {
	x.FileUnder(f.to)
	f.note(x.Known)
	if !f.t.moved.empty() && x.Record != nil {
		f.names = append(f.names, x.VersionName())
	}
}

// stored adds a fact in its stored form.
func (f *filing) stored(b []byte) error {
	if len(b) > 0 && b[0] == stored.PackedRow {
		row, err := f.t.roster.shapes.AppendRow(f.to, b, f.id, f.t.at.Task, f.how)
		if err == nil {
			f.note(row.At)
			if !f.t.moved.empty() {
				f.names = append(f.names, stored.VersionName{Name: casefile.FactName(stored.RowCode, row.Fact.ID),
					Version: row.Fact.Version})
			}
		}
		return err
	}
	x, err := f.t.decodeFact(b, f.id)
	if err == nil {
		f.take(&x)
	}
	return err
}

// others adds what lies elsewhere and belongs to the person, with the cards that are everybody's at a
// clock. It reports whether versions of facts came that have moved.
func (f *filing) others(at duty.Instant) (moved bool, err error) {
	if err := AddHolders(f.t.register(), f.id, at, f.to, f.take); err != nil {
		return false, err
	}
	f.t.eachMoved(f.names, func(x *stored.Fact) {
		moved = true
		x.FileUnder(f.to)
		f.note(x.Known)
	})
	for _, u := range f.t.picture.Misplaced.Of(f.id) {
		f.take(&stored.Fact{Topic: u.Topic, Known: u.At.V, Bad: &u})
	}
	return moved, nil
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
	if v := p.view; v != nil && from == v.From {
		return state.Person{Header: v.Header, Facts: v.Facts, Said: v.Said}, nil
	}
	return t.store.Person(p.id, from)
}

// decodeFact decodes the stored form of a fact of a person of this task.
func (t *Task) decodeFact(b []byte, person string) (stored.Fact, error) {
	return stored.ReadFact(b, person, t.at.Task, t.codec, &t.roster.shapes)
}
