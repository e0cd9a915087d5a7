package task

import (
	"fmt"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/broker"
	"tilsyn/engine/stream/spare"
	"tilsyn/engine/stream/stored"
	"tilsyn/engine/stream/wire"
	"tilsyn/state"
)

// cycle is what one step gathers for its commit.
type cycle struct {
	persons map[string]*person
	order   []*person
	outs    []broker.Out
	// moved is true once the progress must be written (move).
	moved bool
	// decided counts full evaluations in this cycle, and most is their limit.
	decided, most int
	batch         state.Batch
	budget        budget
	// routines counts persons whom their routines decided.
	routines int
	// stack holds the rows filed without loading their persons, kept the stored forms of all
	// other facts.
	stack rowStack
	kept  []byte
	// clearing is true during a walk that may tell nothing harsher than before.
	clearing bool
	// knowledge is the buffer for what is known of the person being evaluated.
	knowledge knowledge
	// spare are person values of earlier cycles, kept to reuse their memory.
	spare []*person
	// uses say whether memory is worth keeping: of rows, their bytes, other facts, the batch, the records to write.
	uses struct{ rows, bytes, kept, batch, outs spare.Use }
}

// person is a person whom the cycle has met.
//
// Many fields: everything that happens to a person in a cycle.
type person struct {
	id     string
	header stored.Header
	next   duty.Instant
	// known is true if the store has a header of the person.
	known bool
	// resident is the index of the person's entry in the roster.
	resident uint32
	// fresh are the facts of this cycle, told the revisions told in it.
	fresh []stored.Fact
	told  []duty.Said
	// sums is what the cycle knows of the person's case summary.
	sums summing
	// sides are the person's open lines of data quality and observations.
	sides sides
	// urgent is true if the person waits in Task.urgent.
	urgent bool
	// changed is true if the header must be written.
	changed bool
	// judged is how many fresh facts the person's last evaluation in this cycle knew, or -1 if
	// it must be evaluated in any case; judgedAt is the caught_up of that evaluation.
	judged   int
	judgedAt duty.Instant
	// view is what the current walk over the store shows of the person; nil outside it.
	view *state.View
	// tail is where the person's rows end. It is valid if tailed is set, and covers all rows
	// known at the last evaluation.
	tail   duty.RoutineTail
	tailed bool
	// pairs is true if the person's pairs have to be looked for, from the clock pairsFrom on.
	pairs     bool
	pairsFrom duty.Instant
}

// resetCycle begins a new cycle with at most `most` full evaluations.
func (t *Task) resetCycle(most int) {
	c := &t.cycle
	c.stack.reset(&t.roster, &c.uses.rows, &c.uses.bytes)
	for _, p := range c.order {
		t.roster.entries[p.resident].flags &^= inCycle
		clear(p.fresh) // so that their memory can be freed
		p.header = stored.Header{}
	}
	c.keepSpare()
	clear(c.order)
	c.kept = spare.Slice(&c.uses.kept, c.kept)
	clear(c.outs) // the producer does not keep them either
	c.outs = spare.Slice(&c.uses.outs, c.outs)
	clear(c.persons)
	if c.persons == nil {
		c.persons = map[string]*person{}
	}
	c.order, c.moved, c.decided, c.routines, c.most = c.order[:0], false, 0, 0, most
	if c.uses.batch.Keep(c.batch.Size(), c.batch.Room()) {
		c.batch.Reset()
	} else {
		c.batch = state.Batch{}
	}
	c.budget.reset()
	t.claims.Reset()
	t.log.told = t.log.told[:0]
	t.forward.reset()
	t.must.reset()
}

// maxMet is the number of persons in a cycle at which it stops reading, and maxPersons the
// number at which it stops deciding; the gap leaves room to decide those about whom something
// was read. maxSpare and maxSpareFacts bound the memory kept for later cycles; of what a cycle has
// left over, one in spareLeft goes.
const (
	maxMet        = 3_000
	maxPersons    = 4_000
	maxSpare      = maxPersons
	maxSpareFacts = 16
	spareLeft     = 8
)

// keepSpare keeps the memory of the persons of a cycle for later ones. What cycles do not need any more goes bit by
// bit: the collector would look through it again and again.
func (c *cycle) keepSpare() {
	room := maxSpare - len(c.spare)
	c.spare = append(c.spare, c.order[:min(max(0, room), len(c.order))]...)
	if most := max(len(c.order), len(c.spare)-len(c.spare)/spareLeft); most < len(c.spare) {
		clear(c.spare[most:])
		c.spare = c.spare[:most]
	}
}

// newPerson returns an empty person, in reused memory if there is some.
func (c *cycle) newPerson() *person {
	last := len(c.spare) - 1
	if last < 0 {
		return &person{}
	}
	p := c.spare[last]
	c.spare = c.spare[:last]
	fresh := p.fresh[:0]
	if cap(fresh) > maxSpareFacts {
		fresh = nil
	}
	*p = person{fresh: fresh, told: p.told[:0]}
	return p
}

// routineShare is how many decisions by routine cost as much as one full evaluation.
const routineShare = 64

// full reports whether the cycle should read no more.
func (c *cycle) full() bool { return c.budget.full() || len(c.order) >= maxMet }

// judged is how many persons were decided.
func (c *cycle) judged() int { return c.decided + c.routines }

// move notes that the progress must be written: a record was taken in, a sweep has gone on, or
// others wait for a commit.
func (c *cycle) move() { c.moved = true }

// write adds a record to the transaction.
func (c *cycle) write(out broker.Out) { c.outs = append(c.outs, out) }

// visible reports whether the cycle needs a transaction.
func (c *cycle) visible() bool { return c.moved || len(c.outs) > 0 }

// room reports whether the cycle may decide more.
func (c *cycle) room() bool {
	return c.decided+c.routines/routineShare < c.most && len(c.order) < maxPersons && !c.budget.spent(c.outs)
}

// person returns a person as part of the cycle, reading the header on first use.
func (t *Task) person(id string) (*person, error) {
	if p := t.cycle.persons[id]; p != nil {
		return p, nil
	}
	who, err := t.roster.meet([]byte(id))
	if err != nil {
		return nil, err
	}
	var h state.Header
	if t.roster.entries[who].flags&isKnown != 0 {
		if h, err = t.store.Header(id); err != nil {
			return nil, err
		}
	}
	return t.takePart(id, who, &h)
}

// shown is like person, for somebody whose header a walk over the store shows.
func (t *Task) shown(v *state.View) (*person, error) {
	if p := t.cycle.persons[wire.View(v.Person)]; p != nil {
		return p, nil
	}
	front, _, err := stored.SplitHeader(v.Header.Data)
	if err != nil {
		return nil, err
	}
	return t.takePart(string(v.Person), t.roster.seen(v.Person, &front, fromStored(v.Header.Next)), &v.Header)
}

// takePart adds a person to the cycle.
func (t *Task) takePart(id string, who uint32, h *state.Header) (*person, error) {
	p := t.cycle.newPerson()
	p.id, p.resident, p.next, p.judged, p.known = id, who, duty.Forever, -1, h.Known
	p.sums.forget()
	if h.Known {
		p.next = fromStored(h.Next)
		var err error
		if p.header, err = stored.DecodeHeader(h.Data); err != nil {
			return nil, fmt.Errorf("task %d: header of a person: %w", t.at.Task, err)
		}
	}
	t.roster.entries[who].flags |= inCycle
	t.cycle.persons[id] = p
	t.cycle.order = append(t.cycle.order, p)
	return p, nil
}

// forget removes a person to whom nothing happened from the cycle. It does nothing unless the
// person was the last one added.
func (t *Task) forget(p *person) {
	last := len(t.cycle.order) - 1
	if p.changed || p.pairs || len(p.fresh) > 0 || len(p.told) > 0 || last < 0 || t.cycle.order[last] != p {
		return
	}
	delete(t.cycle.persons, p.id)
	t.roster.entries[p.resident].flags &^= inCycle
	t.cycle.order = t.cycle.order[:last]
}

// fromStored converts a due time of the store, where later than Forever is Forever.
func fromStored(next int64) duty.Instant {
	return min(duty.Instant(next), duty.Forever)
}

// toStored is the inverse of fromStored: Forever is stored as Never.
func toStored(next duty.Instant) int64 {
	if next >= duty.Forever {
		return state.Never
	}
	return int64(next)
}
