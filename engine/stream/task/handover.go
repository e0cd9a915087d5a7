package task

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"tilsyn/engine/casefile"
	"tilsyn/engine/duty"
	"tilsyn/engine/stream/broker"
	"tilsyn/engine/stream/centres"
	"tilsyn/engine/stream/claims"
	"tilsyn/engine/stream/register"
	"tilsyn/engine/stream/stored"
	"tilsyn/engine/stream/watching"
	"tilsyn/engine/stream/wire"
)

// register is what is known of links and cards over all partitions. It may be ahead of the task's
// picture.
func (t *Task) register() *register.Register { return t.centres.Picture().Register }

// spread gives a fact that was just filed under a person to the others whom it concerns, and
// adds its card to the header. Those of other partitions get it through the hand-over topic,
// unless the predecessor has handed it over already (live is false).
func (t *Task) spread(p *person, f *stored.Fact, live bool) error {
	card := f.CardOf()
	if card != 0 && p.header.AddCard(card) {
		p.changed = true
	}
	of := p.id
	if strings.HasPrefix(of, casefile.ParkedKey) {
		of = ""
	}
	to, err := t.register().AudienceOf(f, of)
	if err != nil || len(to) == 0 && (card == 0 || !t.register().OthersHold(card, of)) {
		return err
	}
	p.connect()
	t.recheck(p, f.Known)
	if err := t.noteWithheld(p, f, live); err != nil || len(to) == 0 {
		return err
	}
	return t.handOver([]stored.Fact{*f}, to, live)
}

// connect marks a person whose facts concern others, or who is concerned by facts of others. Such
// a person has no routine.
func (p *person) connect() {
	if !p.header.Connected || p.header.Routine.Centre() != "" {
		p.header.Connected, p.changed = true, true
		p.header.EndRoutine()
	}
}

// handOver gives facts to persons: it files them here, or writes them to the hand-over
// partitions of the tasks that have the persons.
func (t *Task) handOver(facts []stored.Fact, to []string, live bool) error {
	away := map[int32][]string{}
	for _, id := range to {
		if part := t.partitionOf(id); part != t.at.Task {
			away[part] = append(away[part], id)
			continue
		}
		for i := range facts {
			if err := t.receive(id, &facts[i], live); err != nil {
				return err
			}
		}
	}
	if !live || len(away) == 0 {
		return nil
	}
	t.cycle.move()
	for i := range facts {
		if err := t.withValue(&facts[i]); err != nil {
			return err
		}
		for _, part := range slices.Sorted(maps.Keys(away)) {
			ids := away[part]
			t.cycle.write(broker.Out{Partition: broker.Partition{Topic: duty.TopicHandOver, Index: part},
				Key: []byte(ids[0]), Value: EncodeHanded(&facts[i], ids)}) //nolint:gosec // every list has somebody in it
			t.stats.HandedOver.Add(1)
		}
	}
	return nil
}

// withValue encodes the record of a fact that has no bytes, as one from a packed row.
func (t *Task) withValue(f *stored.Fact) (err error) {
	if f.Bad == nil && f.Value == nil {
		f.Value, err = t.codec.Encode(f.Topic, f.Record)
	}
	return err
}

// receive files a fact of somebody else under a person. A person's facts are a set, so one that
// comes twice changes nothing. Live is as for apply.
func (t *Task) receive(id string, f *stored.Fact, live bool) error {
	g, a := *f, casefile.About{}
	if f.Bad == nil {
		a.Centre = casefile.AboutRecord(f.Record).Centre
		if err := t.withValue(&g); err != nil {
			return err
		}
	}
	p, err := t.person(id)
	if err != nil {
		return err
	}
	p.connect()
	if !live {
		p.header.DoubtLedger()
	}
	return t.fileUnder(id, &g, a)
}

// applyHanded takes in a record of the hand-over topic: claims, a contested name, or a fact.
func (t *Task) applyHanded(rec *broker.Record, live bool) (err error) {
	t.cycle.move()
	defer func() {
		if err != nil {
			err = fmt.Errorf("%s partition %d offset %d: %w", rec.Topic, rec.Index, rec.Offset, err)
		}
	}()
	if len(rec.Value) > 0 {
		switch rest := rec.Value[1:]; rec.Value[0] {
		case claims.RecordClaims:
			return t.claims.Receive(rest)
		case claims.RecordContest:
			return t.applyContest(rest)
		case watching.Record:
			return t.receiveForwarded(rec)
		}
	}
	f, to, err := DecodeHanded(rec.Value, t.codec)
	if err != nil {
		return err
	}
	t.watermark.Raise(rec.Partition, f.Known)
	if len(to) == 0 {
		return t.keepMoved(&f)
	}
	for _, id := range to {
		if err := t.receive(id, &f, live); err != nil {
			return err
		}
	}
	return nil
}

// adoptIdentity takes in a newly known link or assignment: members of a link hand over their facts
// at once, users of cards in a walk over everybody.
func (t *Task) adoptIdentity(x *centres.Touch) error {
	t.cycle.move()
	doubt := x.Offset < t.writer.centres[x.At] // the predecessor has adopted it
	t.at.AddCards(x.Known, doubt)
	t.watermark.Raise(broker.Partition{Topic: duty.TopicHandOver, Index: t.at.Task}, x.Known)
	if x.Person == "" {
		return nil
	}
	members := t.register().Members(x.Person)
	if err := t.handPaperOf(members); err != nil {
		return err
	}
	for _, id := range members {
		if t.partitionOf(id) != t.at.Task {
			continue
		}
		p, err := t.person(id)
		if err != nil {
			return err
		}
		if doubt {
			t.doubtPaired(p)
		}
		if err := t.handPast(p, x.Known); err != nil {
			return err
		}
	}
	return nil
}

// handPast hands over what is known of a person to everybody whom it concerns and who does not
// have it, and makes the person due. It may be repeated.
func (t *Task) handPast(p *person, at duty.Instant) error {
	p.connect()
	t.recheck(p, at)
	t.wake(p, at)
	wanted, err := t.wanted(p)
	if err != nil || len(wanted) == 0 {
		return err
	}
	byCard, err := t.ownFacts(p)
	if err != nil {
		return err
	}
	for _, w := range wanted {
		var facts []stored.Fact
		for card, list := range byCard {
			if w.card == 0 || w.card == card {
				facts = append(facts, list...)
			}
		}
		if w.lost {
			facts = slices.DeleteFunc(facts, func(f stored.Fact) bool { return f.Bad == nil })
		}
		slices.SortFunc(facts, compareFacts)
		if err := t.handOver(facts, []string{w.to}, true); err != nil {
			return err
		}
		p.header.AddHanded(w.hash())
	}
	p.changed = true
	return t.giveWithheld(p)
}

// handing says that somebody gets all facts of a person, or all that name one card (0: any).
type handing struct {
	card uint64
	to   string
	// lost is set if only unreadable records are given (register/crowds.go).
	lost bool
}

// hash is what the person's header keeps of a handing that was made.
func (h handing) hash() uint64 {
	var w wire.Writer
	w.Fixed(h.card)
	w.Text(h.to)
	if h.lost { // another hash, so that the other facts are given once the card is no longer everybody's
		w.Bool(true)
	}
	return wire.Hash(&w)
}

// wanted returns the handings that are due for a person's facts and not made yet.
func (t *Task) wanted(p *person) ([]handing, error) {
	reg := t.register()
	var out []handing
	want := func(h handing) {
		if h.to != p.id && !p.header.HandedTo(h.hash()) {
			out = append(out, h)
		}
	}
	members := reg.Members(p.id)
	for _, m := range members {
		want(handing{to: m})
	}
	for _, card := range p.header.Cards {
		to, lost, err := reg.Owed(p.id, card)
		if err != nil {
			return nil, err
		}
		again := !lost && p.header.HandedTo(withheld(card).hash())
		for _, id := range to {
			h := handing{card, id, lost}
			if _, member := slices.BinarySearch(members, id); member {
				continue
			}
			if again && id != p.id {
				out = append(out, h)
			} else {
				want(h)
			}
		}
	}
	return out, nil
}

// ownFacts returns the facts that were read under the person's own key, by card.
func (t *Task) ownFacts(p *person) (map[uint64][]stored.Fact, error) {
	kept, err := t.store.Person(p.id, math.MinInt32)
	if err != nil {
		return nil, err
	}
	out := map[uint64][]stored.Fact{}
	take := func(b []byte) error {
		f, err := t.decodeFact(b, p.id)
		if err == nil && f.OwnOf(p.id, t.at.Task) {
			out[f.CardOf()] = append(out[f.CardOf()], f)
		}
		return err
	}
	for _, b := range kept.Facts {
		if err := take(slices.Clone(b)); err != nil {
			return nil, fmt.Errorf("task %d: %w", t.at.Task, err)
		}
	}
	if err := t.cycle.stack.each(&t.roster.entries[p.resident], take); err != nil {
		return nil, fmt.Errorf("task %d: a row of this cycle: %w", t.at.Task, err)
	}
	for i := range p.fresh {
		if f := &p.fresh[i]; f.OwnOf(p.id, t.at.Task) {
			out[f.CardOf()] = append(out[f.CardOf()], *f)
		}
	}
	return out, nil
}

// compareFacts orders facts by where they were read.
func compareFacts(a, b stored.Fact) int {
	return comparePlaces(a.Topic, a.Pos, b.Topic, b.Pos)
}

// comparePlaces orders by topic, then partition, then offset.
func comparePlaces(topic string, pos duty.Position, topic2 string, pos2 duty.Position) int {
	if c := strings.Compare(topic, topic2); c != 0 {
		return c
	}
	if pos.Partition != pos2.Partition {
		return int(pos.Partition) - int(pos2.Partition)
	}
	return int(max(-1, min(1, pos.Offset-pos2.Offset)))
}

// walkCards advances a walk over all persons and parked rows: whoever used a card that others
// hold hands over what is known. It reports whether the walk is over.
func (t *Task) walkCards(s *stored.Sweep) (bool, error) {
	ids, next, err := t.store.Persons(s.Cursor, t.limits.WalkStep)
	if err != nil {
		return false, err
	}
	for _, id := range ids {
		if strings.HasPrefix(id, casefile.MovedKey) {
			continue
		}
		p, err := t.person(id)
		if err != nil {
			return false, err
		}
		of := id
		if strings.HasPrefix(id, casefile.ParkedKey) {
			of = ""
		}
		if !slices.ContainsFunc(p.header.Cards, func(card uint64) bool { return t.register().OthersHold(card, of) }) {
			t.forget(p)
			continue
		}
		t.cycle.decided++
		if s.Doubt {
			t.doubtPaired(p)
		}
		if err := t.handPast(p, s.Known); err != nil {
			return false, err
		}
		if of == "" {
			p.next = duty.Forever // such a row is judged with its holder's facts
			if err := t.reviewParked(p); err != nil {
				return false, err
			}
		}
	}
	s.Cursor = next
	t.cycle.move()
	return len(next) == 0, nil
}
