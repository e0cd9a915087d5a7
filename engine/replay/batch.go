package replay

import (
	"fmt"
	"slices"
	"strings"

	"tilsyn/engine/casefile"
	"tilsyn/engine/duty"
	"tilsyn/engine/policy"
	"tilsyn/schemas"
)

// batch is what one worker made of one piece of the input.
//
// Many fields: one for each kind of thing that a worker hands on.
type batch struct {
	// bytes of input that it was made of.
	bytes   int64
	records int64
	// unknown counts the members that no schema has, by topic and name.
	unknown map[string]int64
	// persons, cards and centres are records for the sorters.
	persons, cards, centres pack
	// parked is set where cards has rows.
	parked bool
	links  [][2]string
	// counted are the devices of whose rows something says that they may be counted.
	counted map[string]struct{}
	// unnamed are the ids of paper entries without person.
	unnamed []string
	// corrected names the facts with a version that is not the first, or takes
	// them away; moved are those of them that lie with no person (moved.go).
	corrected []uint64
	moved     pack
	// facts are those of persons, in the order of their lines.
	facts    []uint64
	policies []duty.Activation
	// last is the latest instant in the piece, Beginning where there is none.
	last duty.Instant
	// bad are the lines that could not be read, in order.
	bad []badLine
	// err ends the reading.
	err error
}

// badLine is a line that could not be read.
type badLine struct {
	line   int64 // from 1; of a record its number in the container
	record bool  // of a container, and not a line
	text   []byte
	err    error
}

// pack holds keys and values one after the other in one piece of memory.
type pack struct {
	bytes []byte
	ends  []int // of keys and values in turn
}

func (p *pack) add(key string, value []byte) {
	p.bytes = append(p.bytes, key...)
	p.ends = append(p.ends, len(p.bytes))
	p.bytes = append(p.bytes, value...)
	p.ends = append(p.ends, len(p.bytes))
}

func (p *pack) each(f func(key, value []byte) error) error {
	from := 0
	for i := 0; i < len(p.ends); i += 2 {
		if err := f(p.bytes[from:p.ends[i]], p.bytes[p.ends[i]:p.ends[i+1]]); err != nil {
			return err
		}
		from = p.ends[i+1]
	}
	return nil
}

// Kinds of values in the card sorter, in the order in which a card's are read.
const (
	cardHolder = iota // a person that used or held the card
	cardAssigned
	cardRow   // a row without person, or an unreadable one
	cardNamed // another version of a row: a later one with a person, or of another card
)

// park files a row that names no person, or one that cannot be read, under its card.
func (b *batch) park(card string, record []byte) {
	b.parked = true
	b.cards.add(card, prefixed(cardRow, record))
}

// clear empties the batch to be used again. Whoever took it in has copied the rest.
func (b *batch) clear() {
	*b = batch{
		last: duty.Beginning, persons: b.persons.empty(), cards: b.cards.empty(), centres: b.centres.empty(),
		moved: b.moved.empty(), corrected: b.corrected[:0], facts: b.facts[:0],
	}
}

func (p *pack) empty() pack { return pack{p.bytes[:0], p.ends[:0]} }

// room makes room for what a block of records of a topic will hold, size bytes in all. It does not
// trust the number that the block says.
func (b *batch) room(records, size int, t *topic) {
	const most = 1 << 16
	records = min(records, most)
	to := &b.centres
	if t.person {
		to = &b.persons
		b.facts = slices.Grow(b.facts, records)
	}
	// A record on disk has a key, a head and a card beside its bytes.
	to.bytes = slices.Grow(to.bytes, min(size, most<<4)+48*records)
	to.ends = slices.Grow(to.ends, 2*records)
}

// decoder turns lines into batches. It belongs to one worker.
type decoder struct {
	topics *topicTable
	// values are the records that containers are read into, by the code of their topic.
	values  []any
	scratch []byte
	// room is that of the block before, of which nothing is used any more.
	room []byte
}

func newDecoder(t *topicTable) *decoder {
	return &decoder{topics: t, values: make([]any, len(t.byCode))}
}

// value returns a record to read the topic into.
func (d *decoder) value(t *topic) any {
	if d.values[t.code] == nil {
		d.values[t.code] = t.New()
	}
	return d.values[t.code]
}

// line takes in one line. An error means that it is unreadable, and that the
// batch holds in its place what is known of it.
func (d *decoder) line(b *batch, text []byte) error {
	l, err := schemas.DecodeLine(text)
	if err != nil {
		d.lost(b, text)
		return err
	}
	t, ok := d.topics.byName[l.Topic]
	if !ok {
		d.lost(b, text)
		return fmt.Errorf("topic %q is an output and no input: use %s", l.Topic, d.topics.names())
	}
	return d.fact(b, t, &l)
}

// fact takes in a record that could be read. An error means that it is a policy
// that cannot be used, or a record whose logged_at is none. Nothing of the batch shares
// memory with the record.
func (d *decoder) fact(b *batch, t *topic, l *schemas.Line) error {
	if l.LoggedAt.OK && !l.LoggedAt.V.Plausible() {
		return d.untimed(b, t, l)
	}
	b.records++
	for _, name := range l.Unknown {
		if b.unknown == nil {
			b.unknown = map[string]int64{}
		}
		b.unknown[l.Topic+"."+name]++
	}
	head, _ := schemas.HeadOf(l.Value)
	known := l.LoggedAt.Or(head.ReceivedAt)
	if i, ok := l.Value.(*duty.Incident); ok && i.Origin == duty.OriginAutomatic {
		return nil // computed again, never taken from the input
	}
	a := casefile.AboutRecord(l.Value)
	if _, ok := l.Value.(*duty.PolicyActivation); ok {
		if err := d.activation(b, t, l, known); err != nil {
			return err
		}
	}
	b.see(known, head.ReceivedAt)
	if e, ok := l.Value.(*duty.CardEvent); ok {
		b.count(e, known)
	}
	p := payload{code: t.code, at: duty.Some(known), pos: position(l.Partition, l.Offset), card: a.Card,
		centre: centreCode(a.Centre)}
	if t.person {
		p.fact = factHash(t.code, head.Identity)
		b.facts = append(b.facts, p.fact)
		if head.Version > 1 || head.Retracted {
			b.corrected = append(b.corrected, p.fact)
		}
	}
	d.scratch = t.Append(p.appendTo(d.scratch[:0]), l.Value)
	if !t.person {
		b.centres.add("", d.scratch)
		return nil
	}
	d.place(b, t, &a, head, &p)
	return nil
}

// activation takes in a policy.
func (d *decoder) activation(b *batch, t *topic, l *schemas.Line, known duty.Instant) error {
	v, err := t.Decode(t.Append(nil, l.Value))
	p, ok := v.(*duty.PolicyActivation)
	if err != nil || !ok {
		return errPayload
	}
	active, err := casefile.PolicyOf(p, parsePolicy)
	if err != nil {
		return fmt.Errorf("the policy cannot be used: %w", err)
	}
	b.policies = append(b.policies,
		duty.Activation{Record: duty.Known[duty.PolicyActivation]{Fact: *p, At: known}, Policy: active})
	return nil
}

// parsePolicy reads the text of a policy.
func parsePolicy(text string) (*duty.Policy, error) { return policy.Load("text", []byte(text)) }

// position returns the place in the log; it takes both numbers to name one.
func position(partition duty.Opt[int32], offset duty.Opt[int64]) duty.Opt[duty.Position] {
	if !partition.OK || !offset.OK {
		return duty.None[duty.Position]()
	}
	return duty.Some(duty.Position{Partition: partition.V, Offset: offset.V})
}

// place files the record in d.scratch under its person or its card. A fact
// whose key is not usable makes no sense and holds every unit (contract §1).
func (d *decoder) place(b *batch, t *topic, a *casefile.About, head schemas.Head, p *payload) {
	key, field := a.RecordKey()
	if !duty.UsableKey(key) {
		u := payload{code: codeUnreadable, fault: duty.FaultOfKey(field, key), topic: t.Topic(), id: head.ID,
			at: p.at, pos: p.pos}
		b.centres.add("", u.appendTo(nil))
		return
	}
	if duty.UsableKey(a.Alias) {
		b.links = append(b.links, [2]string{strings.Clone(a.Person), strings.Clone(a.Alias)})
	}
	switch {
	case a.Parked:
		b.park(a.Card, d.scratch)
		return
	case a.Nameless:
		b.unnamed = append(b.unnamed, strings.Clone(head.ID))
		b.centres.add("", d.scratch)
		key, value := movedVersion(p.fact, nil, d.scratch)
		b.moved.add(string(key), value)
		return
	}
	b.persons.add(a.Person, d.scratch)
	if !duty.UsableKey(a.Card) {
		return
	}
	switch {
	case t.Topic() == duty.TopicCardAssignments:
		b.cards.add(a.Card, prefixed(cardAssigned, d.scratch))
	case head.Version > 1:
		b.cards.add(a.Card, prefixed(cardNamed, d.scratch))
	}
}

func prefixed(kind byte, b []byte) []byte { return append([]byte{kind}, b...) }

// lost files what is known of a line that cannot be read (contract §1).
func (d *decoder) lost(b *batch, text []byte) {
	known := schemas.SalvageLine(text)
	u := payload{
		code: codeUnreadable, topic: known.Topic, key: known.Key, id: known.ID,
		at: known.At, pos: position(known.Partition, known.Offset),
	}
	if u.topic == duty.TopicPolicies {
		u.key = casefile.PolicyKey
	}
	t := d.topics.byName[u.topic]
	if u.key != "" && (t.person || casefile.MayBeOfCentre(u.topic)) {
		d.lostOfPerson(b, known.Field, &u)
		return
	}
	d.hold(b, &u)
}

// hold files an unreadable record that holds a centre, or every unit.
func (d *decoder) hold(b *batch, u *payload) {
	if u.at.OK {
		b.see(u.at.V)
	}
	b.centres.add("", u.appendTo(nil))
}

// lostOfPerson files an unreadable record under its key, taken from a field. That
// of a row is the card where it names no person, that of a paper entry the
// centre; and where the line was taken from the log nothing tells which: then it
// holds the person of that name, and whoever has the card or the centre's units. The
// case file of the key names it, be it that of a card.
func (d *decoder) lostOfPerson(b *batch, field string, u *payload) {
	if u.at.OK {
		b.see(u.at.V)
	}
	if casefile.MayBeOfCentre(u.topic) && field != casefile.FieldPerson {
		b.centres.add("", u.appendTo(nil))
	}
	b.persons.add(u.key, u.appendTo(nil))
	if casefile.MayBeOfCard(u.topic) {
		u.card = u.key
		b.park(u.key, u.appendTo(nil))
	}
}

// see takes note of instants for the default as-of: when the broker or the source
// had a record, never a time of its own, so that one bad clock does not move it
// (contract §4). An instant that no fact can have says nothing of when the input ends.
func (b *batch) see(times ...duty.Instant) {
	for _, t := range times {
		if t > b.last && t.Plausible() {
			b.last = t
		}
	}
}
