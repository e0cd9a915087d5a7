package task

import (
	"math"

	"github.com/cespare/xxhash/v2"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/broker"
	"tilsyn/engine/stream/stored"
	"tilsyn/state"
)

// roster holds in memory what a task needs of each person to file an ordinary row without
// reading the store. A page of the store is loaded when the first of its persons is met, so a
// start loads nothing before the first record. An entry holds no pointers; with its share of
// the table a person takes about 80 bytes, however long the history.
type roster struct {
	store state.Task
	// shapes numbers the shapes of packed rows.
	shapes stored.Shapes
	// table is an open-addressing hash table whose length is a power of two. An element has the
	// hash in its upper half and the entry's index plus one in its lower; most misses are
	// settled by the hash alone.
	table   []uint64
	entries []resident
	ids     []byte
	loaded  []bool
	// warmed sums what warm and warmRows read, so that the compiler keeps the reads.
	warmed uint32
}

// resident is the entry of one person.
type resident struct {
	// next is when the person is due, as in the header.
	next duty.Instant
	// card is the hash of the person's only card; 0 if the header names none or several.
	card uint64
	// tail is where the person's rows end; valid with isRoutine.
	tail duty.RoutineTail
	// rows is one more than the index of the person's newest row in the cycle's stack; 0 for
	// none.
	rows uint32
	// size is the length of the PersonID. A short one is stored in name, a longer one in
	// roster.ids at id. That makes an entry 64 bytes, one line of the processor's cache.
	id uint32
	// end is where the person's passages end.
	end  rowEnd
	size uint16
	// centre is the number of the person's only centre; 0 if the header names none or several.
	centre uint16
	flags  residentFlags
	name   [shortName]byte
}

// shortName is the longest PersonID that is stored in the entry itself.
const shortName = 15

// residentFlags are the flags of a person in memory.
type residentFlags uint8

const (
	// isKnown: the store has a header of the person, or gets one with this cycle.
	isKnown residentFlags = 1 << iota
	// wasTold: something was told of the person.
	wasTold
	// isSpecial: the person is joined with others (person.join), or the next row may close an
	// open observation.
	isSpecial
	// hasRoutine: the header has a routine. isRoutine: the roster also knows where its rows
	// end.
	hasRoutine
	isRoutine
	// inCycle: the person takes part in the cycle.
	inCycle
	// isGuarded: an assignment says that a biometric card has anti-passback.
	isGuarded
)

// residentOf returns the flags for a person with this header.
func residentOf(header byte, routine bool) residentFlags {
	flags := isKnown
	if header&stored.HeaderTold != 0 {
		flags |= wasTold
	}
	if header&stored.HeaderSpecial != 0 {
		flags |= isSpecial
	}
	if header&stored.HeaderGuarded != 0 {
		flags |= isGuarded
	}
	if routine {
		flags |= hasRoutine
	}
	return flags
}

// noResident is the index that stands for nobody.
const noResident = math.MaxUint32

// load removes all entries, and reads the shapes of packed rows.
func (s *roster) load(store state.Task) error {
	*s = roster{store: store, shapes: s.shapes, table: make([]uint64, 1024), loaded: make([]bool, store.Pages())}
	return s.shapes.Load(store)
}

// find returns the index of a person's entry, noResident if the task has never met the person.
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

// meet returns the index of a person's entry, and makes one if there is none.
func (s *roster) meet(id []byte) (uint32, error) {
	n, err := s.find(id)
	if err == nil && n == noResident {
		n = s.add(id)
		s.entries[n].end = noPassage
	}
	return n, err
}

// forgetEnds forgets where the passages of all persons end.
func (s *roster) forgetEnds() {
	for i := range s.entries {
		s.entries[i].end = endUnknown
	}
}

// seen is meet for a person whose header a walk shows, so that the page need not be loaded.
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

// take copies what the header says. The header does not say where the rows end, since newer
// ones may have come.
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

// lookup returns the index of an entry in memory, noResident if there is none.
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

// warmAtOnce is how many records or rows are prefetched together.
const warmAtOnce = 64

// warm prefetches the memory that lookups of these records' keys will read. A backlog asks for
// persons in no order; this way the processor waits for many cache lines at once instead of two
// per record.
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

// warmRows is warm for the entries of rows about to be saved.
func (s *roster) warmRows(rows []stackedRow) {
	for i := range rows {
		s.warmed += s.entries[rows[i].who].rows
	}
}

// person returns the PersonID of an entry. The slice is valid until the next entry is added.
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

// enter puts an element into the table, which must have room.
func (s *roster) enter(x uint64) {
	mask := uint32(len(s.table) - 1)
	i := uint32(x>>32) & mask
	for s.table[i] != 0 {
		i = (i + 1) & mask
	}
	s.table[i] = x
}

// grow doubles the table.
func (s *roster) grow() {
	old := s.table
	s.table = make([]uint64, 2*len(old))
	for _, x := range old {
		if x != 0 {
			s.enter(x)
		}
	}
}
