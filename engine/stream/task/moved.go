package task

import (
	"math"
	"slices"
	"strings"

	"tilsyn/engine/casefile"
	"tilsyn/engine/duty"
	"tilsyn/engine/stream/broker"
	"tilsyn/engine/stream/claims"
	"tilsyn/engine/stream/stored"
	"tilsyn/engine/stream/wire"
	"tilsyn/engine/uuid"
	"tilsyn/schemas"
	"tilsyn/state"
)

// The highest version of a fact counts everywhere, whomever the other versions name and
// whatever partition they lie in (contract §1, decision 0015). A task that reads a version
// without having the earlier ones under the same key gives it to all tasks. Each keeps it in
// its state and, at every evaluation, adds it to the facts of whoever has another version of
// the same fact; the order of arrival does not matter. A walk finds those who have one already.
// First versions travel only if two keys have the same one (contested.go).

// movedShelves is how many keys of the store the moved versions are spread over, so that none
// grows large.
const movedShelves = 64

// nameStored is the name of the fact in a stored form; 0 for a record that could not be read.
func (t *Task) nameStored(b []byte) (uint64, error) {
	name, _, err := t.versionStored(b)
	return name, err
}

// versionStored is like nameStored, with the version. A packed row is not decoded as a whole,
// and is always version 1.
func (t *Task) versionStored(b []byte) (name uint64, version int64, err error) {
	if len(b) == 0 || b[0] == stored.BadTopic {
		return 0, 0, nil
	}
	if b[0] != stored.PackedRow {
		f, err := t.decodeFact(b, "")
		if err != nil || f.Record == nil {
			return 0, 0, err
		}
		v := f.VersionName()
		return v.Name, v.Version, nil
	}
	r := wire.Reader{Rest: b[1:]}
	r.Uint() // shape
	for range 4 {
		r.Int() // offset and times
	}
	if r.Byte()&stored.RowUUID == 0 {
		id := r.Bytes(r.Uint())
		return casefile.FactName(stored.RowCode, wire.View(id)), 1, r.Err
	}
	id := r.Bytes(uuid.Bytes)
	if r.Err != nil {
		return 0, 0, r.Err
	}
	var text [uuid.Text]byte
	return casefile.FactName(stored.RowCode, wire.View(uuid.Append(text[:0], id))), 1, nil
}

// moved holds the versions of facts that may belong to anybody, by name of the fact.
type moved struct {
	of map[uint64][]stored.Fact
	// unnamed are the paper entries of which some version names nobody; paper is what is made
	// of them (paper.go).
	unnamed map[uint64]bool
	paper   paper
	// again are those still to be handed over again; nil until they are looked up (again.go).
	again []given
}

func (m *moved) empty() bool { return len(m.of) == 0 }

func (m *moved) has(name uint64) bool {
	_, ok := m.of[name]
	return ok
}

// add adds a version; false if it is there already.
func (m *moved) add(name uint64, f stored.Fact) bool {
	if slices.ContainsFunc(m.of[name], func(g stored.Fact) bool { return compareFacts(f, g) == 0 }) {
		return false
	}
	if m.of == nil {
		m.of = map[uint64][]stored.Fact{}
	}
	f.Value, f.Stored = nil, nil
	m.of[name] = append(m.of[name], f)
	m.notePaper(name, &f)
	return true
}

// shelf is the key of the store under which the versions of a fact are kept.
func shelf(name uint64) string { return casefile.MovedKey + string(rune('0'+name%movedShelves)) }

// loadMoved reads the moved versions from the state.
func (t *Task) loadMoved() error {
	t.moved = moved{}
	for i := range uint64(movedShelves) {
		key := shelf(i)
		stored, err := t.store.Person(key, state.Undated)
		if err != nil {
			return err
		}
		for _, b := range stored.Facts {
			f, err := t.decodeFact(slices.Clone(b), key)
			if err != nil {
				return err
			}
			t.addMoved(f.Name(), f)
		}
	}
	return nil
}

// addMoved adds a version to those that have moved; false if it is there already.
func (t *Task) addMoved(name uint64, f stored.Fact) bool {
	if !t.moved.add(name, f) {
		return false
	}
	t.carried.moved(&f, t.moved.unnamed[name], len(t.moved.of[name]) == 1, t.at.CaughtUp)
	return true
}

// keepMoved keeps a version that may belong to anybody, and begins a walk for those who have
// another version of the fact.
func (t *Task) keepMoved(f *stored.Fact) error {
	name := f.Name()
	g := *f
	if err := t.withValue(&g); err != nil {
		return err
	}
	if !t.addMoved(name, g) {
		return nil
	}
	p, err := t.person(shelf(name))
	if err != nil {
		return err
	}
	t.cycle.move()
	if head, _ := schemas.HeadOf(f.Record); head.Version > 1 || head.Retracted ||
		t.claims.Contested.Has(claims.Name(name, head.Version)) {
		t.stats.Moved.Add(1)
		t.at.AddMoved(name, f.Known)
		t.at.AddWatch(stored.Sweep{Facts: []uint64{name}, Doubt: t.forward.silent})
	}
	t.sweepPaper(name, f.Known)
	return t.keep(p, &g)
}

// noteVersion claims a fact that was just filed under its own key, and decides whether it must
// travel. It is given to all tasks if its name is contested, or if it is a later version or a
// retraction and either the fact has moved already or the earlier versions are not under the
// same key. A first version of a fact that has moved stays where it is, and its person is
// marked as joined.
func (t *Task) noteVersion(p *person, f *stored.Fact, live bool) error {
	head, ok := schemas.HeadOf(f.Record)
	if !ok {
		return nil
	}
	name := f.Name()
	claimed, moved := claims.Name(name, head.Version), t.moved.has(name)
	t.claims.Claim(claimed, claimKey(f), live)
	if moved {
		p.connect()
		t.recheck(p, f.Known)
	}
	if !t.claims.Contested.Has(claimed) {
		if head.Version <= 1 && !head.Retracted {
			return nil
		}
		if !moved {
			whole, err := t.hasEarlier(p, f, &head)
			if whole || err != nil {
				return err
			}
		}
	}
	p.connect()
	if err := t.keepMoved(f); err != nil || !live {
		return err
	}
	return t.giveToAll(f)
}

// giveToAll writes a version to the hand-over partitions of all other tasks.
func (t *Task) giveToAll(f *stored.Fact) error {
	g := *f
	if err := t.withValue(&g); err != nil {
		return err
	}
	value, key := EncodeHanded(&g, nil), []byte(casefile.AboutRecord(f.Record).ID)
	t.cycle.move()
	for part := range t.parts {
		if part != t.at.Task {
			t.cycle.write(broker.Out{Partition: broker.Partition{Topic: duty.TopicHandOver, Index: part},
				Key: key, Value: value})
			t.stats.HandedOver.Add(1)
		}
	}
	return nil
}

// seeks reports whether a sweep looks for a fact: one of those it names, or any that has moved.
func seeks(s *stored.Sweep, name uint64, m *moved) bool {
	if len(s.Facts) == 0 {
		return m.has(name)
	}
	return slices.Contains(s.Facts, name)
}

// walkMoved advances a walk over all persons, or over those of whom something was told, and
// makes due everybody who has a version of the facts sought. It reports whether the walk is
// over.
func (t *Task) walkMoved(s *stored.Sweep, onlyTold bool) (bool, error) {
	days := func(_, header []byte) int32 {
		front, _, err := stored.SplitHeader(header)
		if err != nil || onlyTold && front.Flags&stored.HeaderTold == 0 {
			return state.OnlyHeader
		}
		return state.Undated
	}
	var found []string
	next, err := t.store.WalkDue(math.MaxInt64, s.Cursor, t.limits.WalkStep, days, func(v *state.View) error {
		if strings.HasPrefix(wire.View(v.Person), casefile.MovedKey) {
			return nil
		}
		for _, b := range v.Facts {
			name, err := t.nameStored(b)
			if err != nil {
				return err
			}
			if name != 0 && seeks(s, name, &t.moved) {
				found = append(found, string(v.Person))
				break
			}
		}
		return nil
	})
	if err != nil {
		return false, err
	}
	for _, id := range found {
		p, err := t.person(id)
		if err != nil {
			return false, err
		}
		if casefile.Pseudo(id) {
			if err := t.reviewParked(p); err != nil {
				return false, err
			}
			continue
		}
		p.connect()
		t.recheck(p, s.Known)
		p.judged = -1
		t.wake(p, s.Known)
	}
	t.cycle.decided++
	s.Cursor = next
	t.cycle.move()
	return len(next) == 0, nil
}
