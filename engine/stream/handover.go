package stream

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"tilsyn/engine/duty"
)

// joins is what is known of links and cards over all partitions. It may be ahead
// of the task's snapshot.
func (t *Task) joins() *register { return t.centres.Snapshot().joins }

// cardOf is the card that a fact speaks of, hashed; zero for none. A registration
// that cannot be read may be one of a card: its key says which.
func (f *fact) cardOf() uint64 {
	switch v := f.record.(type) {
	case *duty.CardEvent:
		return cardHash(v.CardID)
	case *duty.CardAssignment:
		return cardHash(v.CardID)
	}
	if f.bad != nil && f.bad.Topic == topicCardEvents {
		return cardHash(f.bad.Key)
	}
	return 0
}

// spread gives a fact, which was just filed under a person, to the others whom
// it concerns, and remembers the card. Those of other partitions get it through
// the hand-over topic, but for facts that the predecessor has handed over.
func (t *Task) spread(p *person, f *fact, live bool) error {
	card := f.cardOf()
	if card != 0 && p.header.addCard(card) {
		p.changed = true
	}
	of := p.id
	if strings.HasPrefix(of, parkedKey) {
		of = ""
	}
	to, err := t.joins().audienceOf(f, of)
	if err != nil || len(to) == 0 && (card == 0 || !t.joins().othersHold(card, of)) {
		return err
	}
	p.join()
	if err := t.noteWithheld(p, f, live); err != nil || len(to) == 0 {
		return err
	}
	return t.handOver([]fact{*f}, to, live)
}

// join marks a person whose facts concern others, or whom others' facts concern.
func (p *person) join() {
	if !p.header.joined || p.header.routine.Centre() != "" {
		p.header.joined, p.changed = true, true
		p.header.endRoutine()
	}
}

// handOver gives facts to persons: files them here, and writes them for the
// tasks of the others.
func (t *Task) handOver(facts []fact, to []string, live bool) error {
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
	t.cycle.moved = true
	for i := range facts {
		if err := t.withValue(&facts[i]); err != nil {
			return err
		}
		for _, part := range slices.Sorted(maps.Keys(away)) {
			ids := away[part]
			t.cycle.outs = append(t.cycle.outs, Out{Partition: Partition{Topic: topicHandOver, Index: part},
				Key: []byte(ids[0]), Value: encodeHanded(&facts[i], ids)}) //nolint:gosec // every list has somebody in it
			t.stats.HandedOver.Add(1)
		}
	}
	return nil
}

// withValue makes sure of the bytes of a fact; a packed row has none.
func (t *Task) withValue(f *fact) (err error) {
	if f.bad == nil && f.value == nil {
		f.value, err = t.codec.Encode(f.topic, f.record)
	}
	return err
}

// receive files a fact of somebody else under a person. Facts are sets: one that
// comes twice changes nothing. Live is as for apply.
func (t *Task) receive(id string, f *fact, live bool) error {
	g, a := *f, about{}
	if f.bad == nil {
		a.centre = aboutRecord(f.record).centre
		if err := t.withValue(&g); err != nil {
			return err
		}
	}
	p, err := t.person(id)
	if err != nil {
		return err
	}
	p.join()
	if !live {
		p.header.doubtLedger()
	}
	return t.fileUnder(id, &g, a)
}

// applyHanded files what another task has handed over.
func (t *Task) applyHanded(rec *Record, live bool) (err error) {
	t.cycle.moved = true
	defer func() {
		if err != nil {
			err = fmt.Errorf("%s partition %d offset %d: %w", rec.Topic, rec.Index, rec.Offset, err)
		}
	}()
	if len(rec.Value) > 0 {
		switch rest := rec.Value[1:]; rec.Value[0] {
		case handedClaims:
			return t.applyClaims(rest)
		case handedContest:
			return t.applyContest(rest)
		}
	}
	f, to, err := t.decodeHanded(rec.Value)
	if err != nil {
		return err
	}
	t.newest.raise(rec.Partition, f.known)
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

// adoptJoin takes in that a link or assignment is newly known: persons of a link
// are joined at once, users of cards by a walk over all.
func (t *Task) adoptJoin(x *touch) error {
	t.cycle.moved = true
	t.at.addCards(x.known)
	t.newest.raise(Partition{Topic: topicHandOver, Index: t.at.Task}, x.known)
	if x.person == "" {
		return nil
	}
	members := t.joins().members(x.person)
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
		if err := t.handPast(p, x.known); err != nil {
			return err
		}
	}
	return nil
}

// handPast hands over what is known of a person to all whom it concerns and who
// have not got it, and makes the person due. It may be repeated.
func (t *Task) handPast(p *person, at duty.Instant) error {
	p.join()
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
		var facts []fact
		for card, list := range byCard {
			if w.card == 0 || w.card == card {
				facts = append(facts, list...)
			}
		}
		if w.lost {
			facts = slices.DeleteFunc(facts, func(f fact) bool { return f.bad == nil })
		}
		slices.SortFunc(facts, compareFacts)
		if err := t.handOver(facts, []string{w.to}, true); err != nil {
			return err
		}
		p.header.addHanded(w.hash())
	}
	p.changed = true
	return t.giveWithheld(p)
}

// handing is that somebody gets all facts of a person, or all that speak of a
// card.
type handing struct {
	card uint64
	to   string
	// lost is set where only what cannot be read is given (crowds.go).
	lost bool
}

func (h handing) hash() uint64 {
	var w writer
	w.fixed(h.card)
	w.string(h.to)
	if h.lost { // it leaves the others to be given once the card is no longer everybody's
		w.bool(true)
	}
	return hashOf(&w)
}

// wanted are the handings that are due to a person's facts and not made.
func (t *Task) wanted(p *person) ([]handing, error) {
	reg := t.joins()
	var out []handing
	want := func(h handing) {
		if h.to != p.id && !p.header.handedTo(h.hash()) {
			out = append(out, h)
		}
	}
	members := reg.members(p.id)
	for _, m := range members {
		want(handing{to: m})
	}
	for _, card := range p.header.cards {
		to, lost, err := reg.owed(p.id, card)
		if err != nil {
			return nil, err
		}
		again := !lost && p.header.handedTo(withheld(card).hash())
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

// ownFacts are the facts that were read under the person's own key, by card.
func (t *Task) ownFacts(p *person) (map[uint64][]fact, error) {
	stored, err := t.store.Person(p.id, math.MinInt32)
	if err != nil {
		return nil, err
	}
	out := map[uint64][]fact{}
	take := func(b []byte) error {
		f, err := t.decodeFact(b, p.id)
		if err == nil && f.ownOf(p.id, t.at.Task) {
			out[f.cardOf()] = append(out[f.cardOf()], f)
		}
		return err
	}
	for _, b := range stored.Facts {
		if err := take(slices.Clone(b)); err != nil {
			return nil, fmt.Errorf("task %d: %w", t.at.Task, err)
		}
	}
	if err := t.cycle.stack.each(&t.roster.entries[p.resident], take); err != nil {
		return nil, fmt.Errorf("task %d: a row of this cycle: %w", t.at.Task, err)
	}
	for i := range p.fresh {
		if f := &p.fresh[i]; f.ownOf(p.id, t.at.Task) {
			out[f.cardOf()] = append(out[f.cardOf()], *f)
		}
	}
	return out, nil
}

// ownOf reports whether a fact that is filed under a person was read under the
// person's key, and not handed over.
func (f *fact) ownOf(id string, task int32) bool {
	switch {
	case f.pos.Partition != task:
		return false
	case f.bad != nil:
		return f.bad.Key == id
	}
	return aboutRecord(f.record).person == strings.TrimPrefix(id, parkedKey) || strings.HasPrefix(id, parkedKey)
}

// compareFacts orders facts by where they were read.
func compareFacts(a, b fact) int {
	return comparePlaces(a.topic, a.pos, b.topic, b.pos)
}

func comparePlaces(topic string, pos duty.Position, topic2 string, pos2 duty.Position) int {
	if c := strings.Compare(topic, topic2); c != 0 {
		return c
	}
	if pos.Partition != pos2.Partition {
		return int(pos.Partition) - int(pos2.Partition)
	}
	return int(max(-1, min(1, pos.Offset-pos2.Offset)))
}

// walkCards goes on with a walk over all persons and parked rows: who used a card
// that was given to others, or has a row of it, hands over what is known.
func (t *Task) walkCards(s *sweep) (bool, error) {
	ids, next, err := t.store.Persons(s.Cursor, t.limits.WalkStep)
	if err != nil {
		return false, err
	}
	for _, id := range ids {
		if strings.HasPrefix(id, movedKey) {
			continue
		}
		p, err := t.person(id)
		if err != nil {
			return false, err
		}
		of := id
		if strings.HasPrefix(id, parkedKey) {
			of = ""
		}
		if !slices.ContainsFunc(p.header.cards, func(card uint64) bool { return t.joins().othersHold(card, of) }) {
			t.forget(p)
			continue
		}
		t.cycle.decided++
		if err := t.handPast(p, s.Known); err != nil {
			return false, err
		}
		if of == "" {
			p.next = duty.Forever // a row of nobody is judged under its holder
			if err := t.reviewParked(p); err != nil {
				return false, err
			}
		}
	}
	s.Cursor = next
	t.cycle.moved = true
	return len(next) == 0, nil
}

// addCards takes in that an assignment is newly known. It joins a walk that has
// not begun.
func (p *progress) addCards(at duty.Instant) {
	for i := range p.Sweeps {
		if s := &p.Sweeps[i]; s.Cards && len(s.Cursor) == 0 {
			s.Known = max(s.Known, at)
			return
		}
	}
	p.Sweeps = append(p.Sweeps, sweep{Cards: true, Known: at})
}

// handing reports whether a walk is not over that gives other tasks something.
func (p *progress) handing() bool {
	return slices.ContainsFunc(p.Sweeps, func(s sweep) bool { return s.gives() })
}
