package task

import (
	"math"

	"github.com/cespare/xxhash/v2"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/broker"
	"tilsyn/engine/stream/stored"
	"tilsyn/state"
)

// roster is what a task keeps in memory of each of its persons that was met
// since the start: enough to file an ordinary row without reading the store.
// A page of the store is read when the first of its persons is met, so that
// nothing is read before the first record. It holds no pointers: about 80 bytes
// a person, whatever their history.
type roster struct {
	store  state.Task
	shapes *stored.Shapes
	// table has, by hash, the hash above the index of an entry plus one; its length
	// is a power of two. Most that is not asked for is told by the hash alone.
	table   []uint64
	entries []resident
	ids     []byte
	loaded  []bool
	// warmed is what came of warm and warmRows, so that they are not left out as useless.
	warmed uint32
}

// resident is one person in memory.
type resident struct {
	// next is the header's.
	next duty.Instant
	// card is the hash of the only card, where the header knows one.
	card uint64
	// tail is where the person's rows end, with isRoutine.
	tail duty.RoutineTail
	// rows is one more than the newest row of the cycle.
	rows uint32
	// size is the length of the PersonID; it is name, or lies at id where it is
	// longer. With it an entry is a line of the processor's cache.
	id   uint32
	size uint16
	// centre is the number of the centre that the header names, where it names
	// one.
	centre uint16
	flags  residentFlags
	name   [shortName]byte
}

// shortName is how long a PersonID may be that lies in the entry.
const shortName = 19

// residentFlags say what is known of a person.
type residentFlags uint8

const (
	// isKnown: the store has a header, or gets one with this cycle.
	isKnown residentFlags = 1 << iota
	// wasTold: a revision was written of some unit.
	wasTold
	// isSpecial: rows concern others too, or wait for what others know.
	isSpecial
	// hasRoutine: the header has a routine; isRoutine: the roster also knows where
	// its rows end.
	hasRoutine
	isRoutine
	// inCycle: the person itself is in the cycle.
	inCycle
)

// residentOf are the flags of a person with a header.
func residentOf(header byte, routine bool) residentFlags {
	flags := isKnown
	if header&stored.HeaderTold != 0 {
		flags |= wasTold
	}
	if header&stored.HeaderSpecial != 0 {
		flags |= isSpecial
	}
	if routine {
		flags |= hasRoutine
	}
	return flags
}

// noResident is the index of nobody.
const noResident = math.MaxUint32

// reset forgets everybody.
func (s *roster) reset(store state.Task, shapes *stored.Shapes) {
	*s = roster{store: store, shapes: shapes, table: make([]uint64, 1024), loaded: make([]bool, store.Pages())}
}

// find returns the entry of a person, noResident where the task has never met
// that person.
func (s *roster) find(id []byte) (uint32, error) {
	if i := s.lookup(id); i != noResident {
		return i, nil
	}
	page := s.store.Page(id)
	if s.loaded[page] {
		return noResident, nil
	}
	err := s.store.PageHeaders(page, func(person []byte, next int64, data []byte) error {
		if s.lookup(person) != noResident {
			return nil // met before the page was read, and newer
		}
		h, err := stored.DecodeHeader(data)
		if err == nil {
			s.take(s.add(person), &h, fromStored(next))
		}
		return err
	})
	if err != nil {
		return noResident, err
	}
	s.loaded[page] = true
	return s.lookup(id), nil
}

// meet returns the entry of a person, which it makes where there is none.
func (s *roster) meet(id []byte) (uint32, error) {
	n, err := s.find(id)
	if err == nil && n == noResident {
		n = s.add(id)
	}
	return n, err
}

// seen is meet for somebody whom a walk over the store shows: the page need not
// be read.
func (s *roster) seen(id []byte, h *stored.HeaderFront, next duty.Instant) uint32 {
	n := s.lookup(id)
	if n == noResident {
		n = s.add(id)
		s.entries[n].next, s.entries[n].flags = next, residentOf(h.Flags, len(h.Routine) > 0)
	}
	return n
}

// follow remembers where the rows of a person with a routine end.
func (e *resident) follow(tail duty.RoutineTail) {
	e.flags |= isRoutine
	e.tail = tail
}

// take sets what the header says. Where the rows end is not known by it: there
// may be newer ones.
func (s *roster) take(n uint32, h *stored.Header, next duty.Instant) {
	e := &s.entries[n]
	e.next, e.flags, e.centre = next, residentOf(h.Flags(), h.Routine.Centre() != "")|e.flags&inCycle, 0
	if len(h.Centres) == 1 {
		e.centre = s.shapes.Centre(h.Centres[0])
	}
	e.card = 0
	if len(h.Cards) == 1 {
		e.card = h.Cards[0]
	}
}

func (s *roster) lookup(id []byte) uint32 {
	mask := uint32(len(s.table) - 1)
	hash := uint32(xxhash.Sum64(id))
	for i := hash & mask; s.table[i] != 0; i = (i + 1) & mask {
		if uint32(s.table[i]>>32) != hash {
			continue
		}
		if n := uint32(s.table[i]) - 1; string(s.person(n)) == string(id) {
			return n
		}
	}
	return noResident
}

// warmAtOnce is how many records or rows are warmed together.
const warmAtOnce = 64

// warm touches what lookups of the keys of some records will read, so that the
// processor waits for many lines of memory at a time and not for two with each
// record: a backlog asks for persons in an order that looks like chance.
func (s *roster) warm(records []broker.Record) {
	var found [warmAtOnce]uint32
	mask := uint32(len(s.table) - 1)
	for i := range records {
		found[i] = uint32(s.table[uint32(xxhash.Sum64(records[i].Key))&mask])
	}
	for _, n := range found[:len(records)] {
		if n != 0 {
			s.warmed += s.entries[n-1].rows
		}
	}
}

// warmRows is warm for the entries of rows that are filed.
func (s *roster) warmRows(rows []stackedRow) {
	for i := range rows {
		s.warmed += s.entries[rows[i].who].rows
	}
}

// person is the PersonID of an entry, valid until the next is added.
func (s *roster) person(n uint32) []byte {
	e := &s.entries[n]
	if e.size <= shortName {
		return e.name[:e.size]
	}
	return s.ids[e.id : e.id+uint32(e.size)]
}

// add makes an entry for a person that has none.
func (s *roster) add(id []byte) uint32 {
	if 4*(len(s.entries)+1) > 3*len(s.table) {
		s.grow()
	}
	n := uint32(len(s.entries))
	s.entries = append(s.entries, resident{next: duty.Forever, id: uint32(len(s.ids)), size: uint16(len(id))})
	if copy(s.entries[n].name[:], id) < len(id) {
		s.ids = append(s.ids, id...)
	}
	s.enter(uint64(uint32(xxhash.Sum64(id)))<<32 | uint64(n+1))
	return n
}

// enter puts an element into the table.
func (s *roster) enter(x uint64) {
	mask := uint32(len(s.table) - 1)
	i := uint32(x>>32) & mask
	for s.table[i] != 0 {
		i = (i + 1) & mask
	}
	s.table[i] = x
}

func (s *roster) grow() {
	old := s.table
	s.table = make([]uint64, 2*len(old))
	for _, x := range old {
		if x != 0 {
			s.enter(x)
		}
	}
}
