package task

import (
	"context"
	"fmt"
	"slices"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/broker"
	"tilsyn/engine/stream/stored"
	"tilsyn/engine/stream/wire"
	"tilsyn/state"
)

// cycle is what one step gathers until its commit.
type cycle struct {
	persons map[string]*person
	order   []*person
	outs    []broker.Out
	// moved is true once the progress must be written: records were taken, or a
	// sweep went on.
	moved bool
	// decided and most count evaluations.
	decided, most int
	batch         state.Batch
	budget        budget
	// routines counts persons that their routines decided.
	routines int
	// stack are the rows that were filed without their persons, kept the stored
	// forms of all other facts.
	stack rowStack
	kept  []byte
	// spare are persons of earlier cycles, whose memory is used again.
	spare []*person
}

// person is somebody whom the cycle has to do with.
type person struct {
	id     string
	header stored.Header
	next   duty.Instant
	// known is true where the store has a header of the person.
	known bool
	// resident is the person's entry in memory.
	resident uint32
	// fresh are facts of this cycle, told what was told in it.
	fresh []stored.Fact
	told  []duty.Said
	// sides are its open lines of data quality and observations.
	sides sides
	// urgent is true where the person waits to be evaluated at once.
	urgent bool
	// changed is true where the header must be written.
	changed bool
	// judged is with how many fresh facts the person was last evaluated in this
	// cycle, at which caught_up; -1 before.
	judged   int
	judgedAt duty.Instant
	// view is what a walk shows of the person while it is there.
	view *state.View
	// tail is where the rows of the person end, where tailed: all that there were
	// when the person was last evaluated.
	tail   duty.RoutineTail
	tailed bool
}

// ResetCycle begins a cycle of at most so many evaluations.
func (t *Task) ResetCycle(most int) {
	c := &t.cycle
	c.stack.reset(&t.roster)
	for _, p := range c.order {
		t.roster.entries[p.resident].flags &^= inCycle
		clear(p.fresh) // what they held is garbage
		p.header = stored.Header{}
	}
	if room := maxSpare - len(c.spare); room > 0 {
		c.spare = append(c.spare, c.order[:min(room, len(c.order))]...)
	}
	clear(c.order)
	c.kept = c.kept[:0]
	clear(c.persons)
	if c.persons == nil {
		c.persons = map[string]*person{}
	}
	c.order, c.outs, c.moved, c.decided, c.routines, c.most = c.order[:0], nil, false, 0, 0, most
	c.batch.Reset()
	c.budget.reset()
	t.Claims.reset()
	t.Contested.reset()
}

// maxMet is with how many persons in it a cycle reads no more, maxPersons with how
// many it decides no more; in between, those about whom something was read are
// decided. maxSpare bounds the memory that is kept for persons of later cycles.
const (
	maxMet        = 3_000
	maxPersons    = 4_000
	maxSpare      = maxPersons
	maxSpareFacts = 16
)

// newPerson returns an empty person.
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

// routineShare is how many persons decided by routine take the time of one full
// evaluation.
const routineShare = 64

// full reports whether no more should be read.
func (c *cycle) full() bool { return c.budget.full() || len(c.order) >= maxMet }

// room reports whether more may be decided.
func (c *cycle) room() bool {
	return c.decided+c.routines/routineShare < c.most && len(c.order) < maxPersons && !c.budget.spent(c.outs)
}

// person returns the person in the cycle, with its header.
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

// shown is person for one whom a walk over the store shows.
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

// takePart lets a person take part in the cycle.
func (t *Task) takePart(id string, who uint32, h *state.Header) (*person, error) {
	p := t.cycle.newPerson()
	p.id, p.resident, p.next, p.judged, p.known = id, who, duty.Forever, -1, h.Known
	if h.Known {
		p.next = fromStored(h.Next)
		var err error
		if p.header, err = stored.DecodeHeader(h.Data); err != nil {
			return nil, fmt.Errorf("task %d: header of a person: %w", t.At.Task, err)
		}
	}
	t.roster.entries[who].flags |= inCycle
	t.cycle.persons[id] = p
	t.cycle.order = append(t.cycle.order, p)
	return p, nil
}

// forget takes a person that nothing happened to out of the cycle; it must be
// the one that came in last.
func (t *Task) forget(p *person) {
	last := len(t.cycle.order) - 1
	if p.changed || len(p.fresh) > 0 || len(p.told) > 0 || last < 0 || t.cycle.order[last] != p {
		return
	}
	delete(t.cycle.persons, p.id)
	t.roster.entries[p.resident].flags &^= inCycle
	t.cycle.order = t.cycle.order[:last]
}

func fromStored(next int64) duty.Instant {
	return min(duty.Instant(next), duty.Forever)
}

func toStored(next duty.Instant) int64 {
	if next >= duty.Forever {
		return state.Never
	}
	return int64(next)
}

// commit makes the cycle visible: the transaction first, then the checkpoint,
// which may get lost with the machine. A cycle that only moved what people are
// due next is local: no other process could tell the difference.
func (t *Task) commit(ctx context.Context) (bool, error) {
	t.sendAllClaims()
	t.settle()
	t.askBrokers()
	t.showPositions()
	t.showAlive()
	visible := t.cycle.moved || len(t.cycle.outs) > 0
	changed := visible || t.cycle.routines > 0
	for _, p := range t.cycle.order {
		changed = changed || p.changed || len(p.fresh) > 0
	}
	if !changed {
		return false, nil
	}
	if visible {
		if err := t.publish(ctx); err != nil {
			return false, err
		}
	}
	// The ledger that waits is part of the progress.
	return true, t.Save(visible || t.cycle.routines > 0)
}

// settle writes the progress once more when everything that was read is judged
// at a clock behind all of it: `verify` can then compare without waiting for
// the next fact. A task that stays idle writes nothing more.
func (t *Task) settle() {
	if t.restless && !t.cycle.moved && t.At.CaughtUp >= t.newestKnown() && t.Quiet() {
		t.cycle.moved = true
	}
}

// newestKnown is when the newest fact that was read was known.
func (t *Task) newestKnown() duty.Instant {
	at := t.snap.Newest
	for _, n := range t.newest.of {
		at = max(at, *n)
	}
	return at
}

// publish writes the transaction of the cycle.
func (t *Task) publish(ctx context.Context) error {
	if err := t.checkRebuild(); err != nil {
		return err
	}
	t.At.Seq++
	record, err := t.encoded()
	if err != nil {
		return err
	}
	outs := append(t.cycle.outs, broker.Out{Partition: stored.CommitPartition(t.At.Task), Key: stored.CommitKey(t.At.Task), Value: record, At: unstamped})
	written, err := t.producer.Commit(ctx, broker.Transaction{Records: outs, Group: t.At.Inputs, Check: func(ctx context.Context, written broker.Offsets) error {
		if err := t.tookBack(outs, written); err != nil {
			return err
		}
		return t.follows(ctx, written)
	}})
	if err != nil {
		return err
	}
	for p, n := range written {
		if p.Topic == broker.TopicHandOver {
			t.handed[p.Index] = n
		}
		if _, own := t.At.Outputs[p]; own {
			t.At.Outputs[p] = max(t.At.Outputs[p], n)
		}
	}
	t.noteFollowed(written)
	t.awaitStamp(written)
	t.restless = t.At.CaughtUp < t.newestKnown()
	t.committedAt = t.positions()
	t.published = t.At.Shown()
	t.stats.Commits.Add(1)
	return nil
}

// encoded is the progress as it is written. Persons who wait to be evaluated at once
// are known to this process alone; to whoever reads it they are a walk over all of
// whom something was told.
func (t *Task) encoded() ([]byte, error) {
	at := t.At
	at.Group, at.Instance = t.group, t.instance
	if len(t.urgent) > 0 {
		at.Sweeps = slices.Clone(at.Sweeps)
		at.AddTold(t.urgentAt)
	}
	return at.Encode()
}

// Save writes what the cycle changed to the local state, with the checkpoint
// where the progress moved.
func (t *Task) Save(checkpoint bool) error {
	b := &t.cycle.batch
	stack := &t.cycle.stack
	for i := range stack.rows {
		if i%warmAtOnce == 0 {
			t.roster.warmRows(stack.rows[i:min(i+warmAtOnce, len(stack.rows))])
		}
		r := &stack.rows[i]
		b.AddFactBytes(t.roster.person(r.who), r.day, stack.bytes[r.from:r.to])
	}
	for _, p := range t.cycle.order {
		for i := range p.fresh {
			b.AddFact(p.id, p.fresh[i].Day(), p.fresh[i].Stored)
		}
		for i := range p.told {
			s := &p.told[i]
			b.SetSaid(p.id, uint8(s.Kind), int32(s.Date), stored.EncodeSaid(s))
		}
		if p.sides.changed {
			b.SetSaid(p.id, sideKind, state.Undated, p.sides.encode())
			p.sides.changed = false
		}
		if p.changed || !p.known && len(p.fresh) > 0 {
			b.SetHeader(p.id, toStored(p.next), p.header.Encode())
			t.roster.take(p.resident, &p.header, p.next)
			if p.tailed && p.judged == len(p.fresh) {
				t.roster.entries[p.resident].follow(p.tail)
			}
		}
	}
	t.shapes.Save(b)
	t.Claims.save(b)
	t.Contested.save(b)
	if checkpoint {
		data, err := t.encoded()
		if err != nil {
			return err
		}
		b.SetCheckpoint(data)
	}
	return t.store.Commit(b)
}
