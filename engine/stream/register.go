package stream

import (
	"slices"
	"sync"

	"github.com/cespare/xxhash/v2"

	"tilsyn/engine/duty"
)

// register is who is linked with whom, and who was ever given which card, over
// all partitions. Every instance reads it whole: it is what says whom a fact of
// one person concerns besides (IDN-06, IDN-07). It only grows, like the facts it
// is made of; what a link or an assignment means at a clock is the core's to
// judge. A reader may see more in it than its snapshot has positions for, which
// is as if a record had been read a moment early.
//
// An assignment takes about 130 bytes. They lie packed and without pointers,
// since there is one for nearly every person.
type register struct {
	mu    sync.RWMutex
	codec Codec
	// newest has the index plus one of the newest assignment of a card, by hash.
	newest map[uint64]uint32
	list   []assignment
	chunks [][]byte
	// groups are all persons that any link ever joined, by person; sorted, and
	// replaced rather than changed.
	groups map[string][]string
}

// assignment is one version of a card assignment.
type assignment struct {
	// holder is the hash of the PersonID.
	holder uint64
	known  duty.Instant
	offset int64
	// chunk and from say where the record lies, before is one more than the
	// assignment before of the same card.
	chunk, from, size, before uint32
	partition                 int32
}

// assignmentChunk is how many bytes of records lie together.
const assignmentChunk = 1 << 20

func newRegister(codec Codec) *register {
	return &register{codec: codec, newest: map[uint64]uint32{}, groups: map[string][]string{}}
}

// cardHash and personHash name a card and a person in headers and register.
func cardHash(card string) uint64     { return xxhash.Sum64String(card) }
func personHash(person string) uint64 { return xxhash.Sum64String(person) }

// empty reports whether there is no link and no assignment.
func (g *register) empty() bool {
	g.mu.RLock()
	defer g.mu.RUnlock()
	return len(g.list) == 0 && len(g.groups) == 0
}

// link joins the persons of a link and all that each of them is joined with.
func (g *register) link(l *duty.IdentityLink) {
	g.mu.Lock()
	defer g.mu.Unlock()
	all := []string{l.PersonID, l.AliasPersonID}
	all = append(append(all, g.groups[l.PersonID]...), g.groups[l.AliasPersonID]...)
	slices.Sort(all)
	all = slices.Compact(all)
	for _, p := range all {
		g.groups[p] = all
	}
}

// assign takes in an assignment.
func (g *register) assign(a *duty.CardAssignment, known duty.Instant, pos duty.Position) error {
	value, err := g.codec.Encode(topicCardAssignments, a)
	if err != nil {
		return err
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	last := len(g.chunks) - 1
	if last < 0 || len(g.chunks[last])+len(value) > cap(g.chunks[last]) {
		g.chunks = append(g.chunks, make([]byte, 0, max(assignmentChunk, len(value))))
		last++
	}
	from, card := len(g.chunks[last]), cardHash(a.CardID)
	g.chunks[last] = append(g.chunks[last], value...)
	g.list = append(g.list, assignment{holder: personHash(a.PersonID), known: known, offset: pos.Offset, partition: pos.Partition,
		chunk: uint32(last), from: uint32(from), size: uint32(len(value)), before: g.newest[card]})
	g.newest[card] = uint32(len(g.list))
	return nil
}

// members are all persons that any link ever joined with the person, the person
// included; nil without any link.
func (g *register) members(person string) []string {
	g.mu.RLock()
	defer g.mu.RUnlock()
	return g.groups[person]
}

// othersHold reports whether a card was ever given to somebody else.
func (g *register) othersHold(card uint64, person string) bool {
	own := personHash(person)
	g.mu.RLock()
	defer g.mu.RUnlock()
	for n := g.newest[card]; n != 0; n = g.list[n-1].before {
		if g.list[n-1].holder != own {
			return true
		}
	}
	return false
}

// assignments are all versions of all assignments of a card, oldest first.
func (g *register) assignments(card uint64) ([]duty.Known[duty.CardAssignment], error) {
	var out []duty.Known[duty.CardAssignment]
	g.mu.RLock()
	defer g.mu.RUnlock()
	for n := g.newest[card]; n != 0; {
		a := &g.list[n-1]
		record, err := g.codec.Decode(topicCardAssignments, g.chunks[a.chunk][a.from:a.from+a.size])
		if err != nil {
			return nil, err
		}
		f := fact{known: a.known, pos: duty.Position{Partition: a.partition, Offset: a.offset}}
		out = append(out, known(&f, record.(*duty.CardAssignment)))
		n = a.before
	}
	slices.Reverse(out)
	return out, nil
}

// heldAt reports whether somebody was ever said to hold the card of a row at its
// time.
func (g *register) heldAt(e *duty.CardEvent) (bool, error) {
	list, err := g.assignments(cardHash(e.CardID))
	return slices.ContainsFunc(list, func(k duty.Known[duty.CardAssignment]) bool {
		a := &k.Fact
		return a.CardID == e.CardID && a.ValidFrom <= e.OccurredAt && e.OccurredAt < a.ValidTo.Or(duty.Forever)
	}), err
}

// audience are the others whom a fact of a person concerns: all that a link
// ever joined with the person, and where it speaks of a card, whoever was ever
// given that card with all that are joined with them. Sorted; the person may be
// empty, the card zero for none.
func (g *register) audience(person string, card uint64) ([]string, error) {
	all := slices.Clone(g.members(person))
	if card != 0 && g.othersHold(card, person) {
		list, err := g.assignments(card)
		if err != nil {
			return nil, err
		}
		for i := range list {
			holder := list[i].Fact.PersonID
			all = append(append(all, holder), g.members(holder)...)
		}
	}
	slices.Sort(all)
	all = slices.Compact(all)
	return slices.DeleteFunc(all, func(p string) bool { return p == person }), nil
}
