package recalls

import (
	"cmp"
	"maps"
	"slices"

	"tilsyn/engine/duty"
	"tilsyn/engine/recall"
)

// Line is how one recall stands at a clock.
type Line struct {
	Recall duty.Recall
	// Overdue is RECALL_OVERDUE with who has not acknowledged for too long; missing where nobody is.
	Overdue duty.Opt[duty.DataQuality]
	// Waits counts the units that have waited too long, each once for every consumer that has not
	// acknowledged it.
	Waits int
}

// LineOf returns how the recall of a whole part stands.
func LineOf(p *recall.Part) *Line {
	l := &Line{Recall: p.Recall()}
	l.Overdue.V, l.Overdue.OK = p.Overdue()
	for i := range p.Consumers {
		l.Waits += int(p.Consumers[i].Overdue)
	}
	l.Waits += int(p.Unowed.Overdue)
	return l
}

// book holds the recalls of all persons at a clock. Only what changed is counted again.
type book struct {
	told *Told
	// clock and consumers are those of the last count.
	clock     recall.Clock
	consumers recall.Consumers
	// changed are the persons of whom something came since then.
	changed map[string]bool
	shares  map[string]*share
	causes  map[string]*cause
	// at is when the clock alone changes something next.
	at duty.Instant
}

// share is what one person has of the recalls.
type share struct {
	parts []recall.Part
	// invalid are acknowledgements that count for nothing.
	invalid []duty.DataQuality
	// due is when the clock alone changes something next.
	due duty.Instant
}

// cause is one recall: the persons that have a share in it, and how it stands.
type cause struct {
	persons map[string]bool
	line    *Line
}

func newBook(told *Told) *book {
	return &book{told: told, changed: map[string]bool{}, shares: map[string]*share{}, causes: map[string]*cause{},
		at: duty.Forever, clock: recall.Clock{At: duty.Beginning}}
}

// due reports whether a count at a clock would say something else than the last one.
func (b *book) due(consumers recall.Consumers, clock recall.Clock) bool {
	return len(b.changed) > 0 || clock.At >= b.at || !b.sameTerms(consumers, clock)
}

// sameTerms reports whether the policy is as at the last count, as far as recalls go.
func (b *book) sameTerms(consumers recall.Consumers, clock recall.Clock) bool {
	return clock.Overdue == b.clock.Overdue && slices.Equal(consumers, b.consumers)
}

// count brings the recalls up to a clock, which never goes back.
func (b *book) count(consumers recall.Consumers, clock recall.Clock) {
	if !b.sameTerms(consumers, clock) {
		for id := range b.told.persons { //house:order-free all of them
			b.changed[id] = true
		}
	}
	for id, s := range b.shares { //house:order-free all that are due
		if s.due <= clock.At {
			b.changed[id] = true
		}
	}
	b.clock, b.consumers = clock, consumers
	again := map[string]bool{}
	for id := range b.changed { //house:order-free each person is for itself
		b.fold(id, again)
	}
	clear(b.changed)
	for id := range again { //house:order-free each cause is for itself
		b.sum(id)
	}
	b.at = duty.Forever
	for _, s := range b.shares { //house:order-free the earliest
		b.at = min(b.at, s.due)
	}
}

// fold counts one person again, and notes the causes of which the person has or had a share.
func (b *book) fold(id string, again map[string]bool) {
	p := b.told.persons[id]
	if s := b.shares[id]; s != nil {
		for i := range s.parts {
			again[s.parts[i].CauseID] = true
			delete(b.causes[s.parts[i].CauseID].persons, id)
		}
		delete(b.shares, id)
	}
	s := share{due: b.dueOf(p)}
	s.parts, s.invalid = recall.Fold(*p, b.consumers, b.clock)
	if len(s.parts) == 0 && len(s.invalid) == 0 && s.due == duty.Forever {
		return
	}
	b.shares[id] = &s
	for i := range s.parts {
		name := s.parts[i].CauseID
		if b.causes[name] == nil {
			b.causes[name] = &cause{persons: map[string]bool{}}
		}
		b.causes[name].persons[id], again[name] = true, true
	}
}

// dueOf returns when the clock alone may change a person's share next: something becomes known, or
// a take-back has waited too long.
func (b *book) dueOf(p *recall.Person) duty.Instant {
	due := duty.Forever
	later := func(at duty.Instant) {
		if at > b.clock.At {
			due = min(due, at)
		}
	}
	for i := range p.Units {
		for _, r := range p.Units[i].Revisions {
			later(r.At)
			if r.CauseID.OK {
				later(r.At + b.clock.Overdue + 1)
			}
		}
	}
	for i := range p.Acknowledgements {
		later(p.Acknowledgements[i].At)
	}
	for i := range p.Handlings {
		later(p.Handlings[i].At)
	}
	return due
}

// sum puts the shares of a cause together.
func (b *book) sum(name string) {
	c := b.causes[name]
	if len(c.persons) == 0 {
		delete(b.causes, name)
		return
	}
	var whole recall.Part
	first := true
	for id := range c.persons { //house:order-free adding gives the same in any order
		parts := b.shares[id].parts
		i, _ := slices.BinarySearchFunc(parts, name, func(p recall.Part, name string) int {
			return cmp.Compare(p.CauseID, name)
		})
		if first {
			whole, first = parts[i], false
			whole.Consumers = slices.Clone(whole.Consumers)
			continue
		}
		whole.Add(&parts[i])
	}
	c.line = LineOf(&whole)
}

// lines lists all recalls by cause_id. A line that has not changed is the same one as before.
func (b *book) lines() []*Line {
	out := make([]*Line, 0, len(b.causes))
	for _, name := range slices.Sorted(maps.Keys(b.causes)) {
		out = append(out, b.causes[name].line)
	}
	return out
}

// invalid lists the acknowledgements that count for nothing, by id of their line.
func (b *book) invalid() []duty.DataQuality {
	var out []duty.DataQuality
	for _, s := range b.shares { //house:order-free sorted below
		out = append(out, s.invalid...)
	}
	slices.SortFunc(out, func(x, y duty.DataQuality) int { return cmp.Compare(x.ID, y.ID) })
	return slices.CompactFunc(out, func(x, y duty.DataQuality) bool { return x.ID == y.ID })
}
