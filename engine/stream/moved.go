package stream

import (
	"encoding/hex"
	"math"
	"slices"
	"strings"

	"github.com/cespare/xxhash/v2"

	"tilsyn/engine/duty"
	"tilsyn/schemas"
	"tilsyn/state"
)

// The highest version of a fact counts everywhere, whomever the others name and
// whatever partition they lie in (contract §1, decision 0015). A task that reads a
// version whose earlier ones it has not under the same key gives it to all tasks;
// each keeps it with its state and adds it to the facts of whoever has another
// version of the same fact, whenever those are looked at: what came first does not
// matter. Who has one already is found by a walk. First versions travel only where
// two keys have the same one (contested.go).

// movedKey is under whom versions are kept that may be of anybody's facts, by the
// fact's name. No PersonID begins like this.
const movedKey = "\x00moved:"

// movedShelves is over how many keys they are spread, so that none grows large.
const movedShelves = 64

// pseudo reports whether an entry of the state is no person.
func pseudo(id string) bool { return id != "" && id[0] == 0 }

// factName names a fact of a topic over its versions. Two of one name are given to
// more persons than they concern, which changes nothing.
func factName(topic byte, identity string) uint64 {
	return xxhash.Sum64String(identity) ^ (uint64(topic)+1)*0x9e3779b97f4a7c15
}

// rowCode stands for card-events (topicCodes).
const rowCode = 0

// name is the name of a fact; 0 for what has none.
func (f *fact) name() uint64 {
	if f.record == nil {
		return 0
	}
	head, ok := schemas.HeadOf(f.record)
	if !ok {
		return 0
	}
	return factName(topicCodes[f.topic], head.Identity)
}

// nameStored is name for a stored form; 0 for one that could not be read.
func (t *Task) nameStored(b []byte) (uint64, error) {
	name, _, err := t.versionStored(b)
	return name, err
}

// versionStored is nameStored with the version.
func (t *Task) versionStored(b []byte) (name uint64, version int64, err error) {
	if len(b) == 0 || b[0] == badTopic {
		return 0, 0, nil
	}
	if b[0] != packedRow {
		f, err := t.decodeFact(b, "")
		if err != nil || f.record == nil {
			return 0, 0, err
		}
		v := f.versionName()
		return v.name, v.version, nil
	}
	r := reader{b: b[1:]}
	r.uint() // shape
	for range 4 {
		r.int() // offset and times
	}
	if r.byte()&rowUUID == 0 {
		id := r.bytes(r.uint())
		return factName(rowCode, viewOf(id)), 1, r.err
	}
	id := r.bytes(uuidBytes)
	if r.err != nil {
		return 0, 0, r.err
	}
	var text [uuidText]byte
	return factName(rowCode, viewOf(uuidAppend(text[:0], id))), 1, nil
}

// uuidAppend appends the text form of a packed UUID.
func uuidAppend(to, b []byte) []byte {
	for i, part := range [...][]byte{b[0:4], b[4:6], b[6:8], b[8:10], b[10:16]} {
		if i > 0 {
			to = append(to, '-')
		}
		to = hex.AppendEncode(to, part)
	}
	return to
}

// moved are the versions of facts that may be anybody's, by name of the fact.
type moved struct {
	of map[uint64][]fact
	// unnamed are the paper entries of which some version names nobody; paper is
	// made of them (paper.go).
	unnamed map[uint64]bool
	paper   paper
}

func (m *moved) empty() bool { return len(m.of) == 0 }

func (m *moved) has(name uint64) bool {
	_, ok := m.of[name]
	return ok
}

// add takes in a version; false for one that is there.
func (m *moved) add(name uint64, f fact) bool {
	if slices.ContainsFunc(m.of[name], func(g fact) bool { return compareFacts(f, g) == 0 }) {
		return false
	}
	if m.of == nil {
		m.of = map[uint64][]fact{}
	}
	f.value, f.stored = nil, nil
	m.of[name] = append(m.of[name], f)
	m.notePaper(name, &f)
	return true
}

func shelf(name uint64) string { return movedKey + string(rune('0'+name%movedShelves)) }

// loadMoved reads what the state has of them.
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
			t.moved.add(f.name(), f)
		}
	}
	return nil
}

// keepMoved keeps a version that may be of anybody's fact, and looks for who has
// another one.
func (t *Task) keepMoved(f *fact) error {
	name := f.name()
	g := *f
	if err := t.withValue(&g); err != nil {
		return err
	}
	if !t.moved.add(name, g) {
		return nil
	}
	p, err := t.person(shelf(name))
	if err != nil {
		return err
	}
	t.cycle.moved = true
	if head, _ := schemas.HeadOf(f.record); head.Version > 1 || head.Retracted || t.contested.has(claimName(name, head.Version)) {
		t.stats.Moved.Add(1)
		t.at.addMoved(name, f.known)
	}
	t.sweepPaper(name, f.known)
	return t.keep(p, &g)
}

// noteVersion looks at the version of a fact that was just filed under its own
// key, and claims it: a first one may be of a fact that has moved, and a later one,
// whose earlier ones are elsewhere, is given to all tasks; so is one that is claimed
// for somebody else too, and what comes after it.
func (t *Task) noteVersion(p *person, f *fact, live bool) error {
	head, ok := schemas.HeadOf(f.record)
	if !ok {
		return nil
	}
	name := f.name()
	claimed, moved := claimName(name, head.Version), t.moved.has(name)
	t.claimFor(claimed, f.claimKey(), live)
	if moved {
		p.join()
	}
	if !t.contested.has(claimed) {
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
	p.join()
	if err := t.keepMoved(f); err != nil || !live {
		return err
	}
	return t.giveToAll(f)
}

// giveToAll writes a version for all other tasks.
func (t *Task) giveToAll(f *fact) error {
	g := *f
	if err := t.withValue(&g); err != nil {
		return err
	}
	value, key := encodeHanded(&g, nil), []byte(aboutRecord(f.record).id)
	t.cycle.moved = true
	for part := range t.parts {
		if part != t.at.Task {
			t.cycle.outs = append(t.cycle.outs, Out{Partition: Partition{Topic: topicHandOver, Index: part}, Key: key, Value: value})
			t.stats.HandedOver.Add(1)
		}
	}
	return nil
}

// maxSought is how many facts a walk looks for by name; with more it looks for all
// that have moved.
const maxSought = 256

// addMoved takes in that a version of a fact is newly known that may be anybody's.
// It joins a walk that has not begun.
func (p *progress) addMoved(name uint64, at duty.Instant) {
	for i := range p.Sweeps {
		if s := &p.Sweeps[i]; s.Moved && !s.Cleared && len(s.Cursor) == 0 {
			s.seekAlso(&sweep{Facts: []uint64{name}, Known: at})
			return
		}
	}
	p.Sweeps = append(p.Sweeps, sweep{Moved: true, Facts: []uint64{name}, Known: at})
}

// seekAlso lets a walk look for what another one looks for as well.
func (s *sweep) seekAlso(o *sweep) {
	s.Known = max(s.Known, o.Known)
	if len(s.Facts) == 0 || len(o.Facts) == 0 || len(s.Facts)+len(o.Facts) > maxSought {
		s.Facts = nil
		return
	}
	for _, name := range o.Facts {
		if !slices.Contains(s.Facts, name) {
			s.Facts = append(s.Facts, name)
		}
	}
}

// seeks reports whether a walk looks for a fact.
func (s *sweep) seeks(name uint64, m *moved) bool {
	if len(s.Facts) == 0 {
		return m.has(name)
	}
	return slices.Contains(s.Facts, name)
}

// walkMoved goes on with a walk over all persons, or those of whom something was
// told, and makes due who has a version of the facts sought.
func (t *Task) walkMoved(s *sweep, onlyTold bool) (bool, error) {
	days := func(header []byte) int32 {
		front, _, err := splitHeader(header)
		if err != nil || onlyTold && front.flags&headerTold == 0 {
			return state.OnlyHeader
		}
		return state.Undated
	}
	var found []string
	next, err := t.store.WalkDue(math.MaxInt64, s.Cursor, t.limits.WalkStep, days, func(v *state.View) error {
		if strings.HasPrefix(viewOf(v.Person), movedKey) {
			return nil
		}
		for _, b := range v.Facts {
			name, err := t.nameStored(b)
			if err != nil {
				return err
			}
			if name != 0 && s.seeks(name, &t.moved) {
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
		if pseudo(id) {
			if err := t.reviewParked(p); err != nil {
				return false, err
			}
			continue
		}
		p.join()
		p.judged = -1
		t.wake(p, s.Known)
	}
	t.cycle.decided++
	t.cycle.budget.timed(t.wall())
	s.Cursor = next
	t.cycle.moved = true
	return len(next) == 0, nil
}
