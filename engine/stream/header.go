package stream

import (
	"slices"

	"tilsyn/engine/duty"
)

// header is what the engine keeps of a person beside facts and said units; it
// answers whether a sweep concerns the person without reading days.
type header struct {
	// joined is true for a person whose facts concern others, or whom others'
	// facts concern (see handover.go).
	joined bool
	// told is true once a revision was written for any unit of the person.
	told bool
	// routine is what is carried of a person whose facts are ordinary; its zero
	// value for all others. It stands in front, so that it can be replaced alone.
	routine routine
	// centres are those that the person's facts name, sorted.
	centres []string
	// ledger are hashes of the months last written to outcomes.
	ledger []monthHash
	// openRows are hashes of the lines that show rows of a card without a person,
	// sorted (parked.go).
	openRows []uint64
	// awaited is true where an observation is open that the next registration may
	// end, or a row without a person was shown and is not any more.
	awaited bool
	// cards are hashes of the cards that the person used or was given, handed
	// those of whom got what is known of the person; sorted.
	cards, handed []uint64
}

// monthHash is the hash of one person's month in the ledger.
type monthHash struct {
	month int32 // year*12 + month-1
	hash  uint64
}

const headerVersion = 4

// Flags of a stored header, behind its version.
const (
	headerJoined = 1 << iota
	headerTold
	headerAwaited
)

// headerSpecial are the flags of a person whose rows concern others, wait for what
// others know, or may end an observation.
const headerSpecial = headerJoined | headerAwaited

// flags are those of the stored form.
func (h *header) flags() byte {
	var flags byte
	if h.joined {
		flags |= headerJoined
	}
	if h.told {
		flags |= headerTold
	}
	if h.awaited {
		flags |= headerAwaited
	}
	return flags
}

// residentFlags are what the roster keeps of it.
func (f *headerFront) residentFlags() residentFlags {
	flags := isKnown
	if f.flags&headerTold != 0 {
		flags |= wasTold
	}
	if f.flags&headerSpecial != 0 {
		flags |= isSpecial
	}
	if len(f.routine) > 0 {
		flags |= hasRoutine
	}
	return flags
}

func (h *header) residentFlags() residentFlags {
	f := headerFront{flags: h.flags()}
	flags := f.residentFlags()
	if h.routine.Centre() != "" {
		flags |= hasRoutine
	}
	return flags
}

// endRoutine takes the routine away. What the ledger last said of its month is
// not known then.
func (h *header) endRoutine() {
	if h.routine.month.number != 0 {
		h.setLedger(h.routine.month.number, 0)
	}
	h.routine = routine{}
}

// encode returns the stored form.
func (h *header) encode() []byte {
	var w writer
	w.byte(headerVersion)
	w.byte(h.flags())
	if h.routine.Centre() == "" {
		w.uint(0)
	} else {
		b := h.routine.appendTo(nil)
		w.uint(uint64(len(b)))
		w.b = append(w.b, b...)
	}
	w.strings(h.centres)
	w.uint(uint64(len(h.ledger)))
	for _, m := range h.ledger {
		w.int(int64(m.month))
		w.fixed(m.hash)
	}
	for _, list := range [...][]uint64{h.openRows, h.cards, h.handed} {
		w.uint(uint64(len(list)))
		for _, s := range list {
			w.fixed(s)
		}
	}
	return w.b
}

// decodeHeader reads the stored form; no bytes are an empty header.
func decodeHeader(b []byte) (header, error) {
	var h header
	if len(b) == 0 {
		return h, nil
	}
	front, rest, err := splitHeader(b)
	if err != nil {
		return h, err
	}
	h.joined, h.told, h.awaited = front.flags&headerJoined != 0, front.flags&headerTold != 0, front.flags&headerAwaited != 0
	if len(front.routine) > 0 {
		if h.routine, err = readRoutine(front.routine); err != nil {
			return h, err
		}
	}
	r := reader{b: rest}
	h.centres = r.strings()
	if n := r.count(9); n > 0 {
		h.ledger = make([]monthHash, n)
		for i := range h.ledger {
			h.ledger[i] = monthHash{month: int32(r.int()), hash: r.fixed()}
		}
	}
	for _, list := range [...]*[]uint64{&h.openRows, &h.cards, &h.handed} {
		if n := r.count(8); n > 0 {
			*list = make([]uint64, n)
			for i := range *list {
				(*list)[i] = r.fixed()
			}
		}
	}
	return h, r.end()
}

// headerFront is what stands in front of a stored header.
type headerFront struct {
	flags   byte
	routine []byte
}

// splitHeader reads the front of a stored header and returns what follows it.
func splitHeader(b []byte) (headerFront, []byte, error) {
	r := reader{b: b}
	if r.byte() != headerVersion {
		return headerFront{}, nil, errCut
	}
	f := headerFront{flags: r.byte()}
	f.routine = r.bytes(r.uint())
	return f, r.b, r.err
}

// withRoutine appends a stored header with another routine.
func (f *headerFront) withRoutine(b []byte, routine, rest []byte) []byte {
	w := writer{b: append(b, headerVersion, f.flags)}
	w.uint(uint64(len(routine)))
	return append(append(w.b, routine...), rest...)
}

// addCentre remembers that a fact of the person names the centre; it reports
// whether that was new.
func (h *header) addCentre(id string) bool {
	i, found := slices.BinarySearch(h.centres, id)
	if found || id == "" {
		return false
	}
	h.centres = slices.Insert(h.centres, i, id)
	return true
}

// addCard remembers a card of the person; it reports whether that was new.
func (h *header) addCard(hash uint64) bool { return addHash(&h.cards, hash) }

// hasCard asks for it.
func (h *header) hasCard(hash uint64) bool {
	_, found := slices.BinarySearch(h.cards, hash)
	return found
}

// addHanded remembers that somebody got what is known of the person; handedTo
// asks for it.
func (h *header) addHanded(hash uint64) { addHash(&h.handed, hash) }

func (h *header) dropHanded(hash uint64) {
	if i, found := slices.BinarySearch(h.handed, hash); found {
		h.handed = slices.Delete(h.handed, i, i+1)
	}
}

func (h *header) handedTo(hash uint64) bool {
	_, found := slices.BinarySearch(h.handed, hash)
	return found
}

func addHash(to *[]uint64, hash uint64) bool {
	i, found := slices.BinarySearch(*to, hash)
	if !found {
		*to = slices.Insert(*to, i, hash)
	}
	return !found
}

// touches reports whether a change at the centre can concern the person; the
// empty centre stands for all of them. A person whose facts name no centre has
// no unit that a centre could change.
func (h *header) touches(centre string) bool {
	if centre == "" {
		return true
	}
	_, found := slices.BinarySearch(h.centres, centre)
	return found
}

// setLedger remembers the hash of a month; it reports whether it changed.
func (h *header) setLedger(month int32, hash uint64) bool {
	i, found := slices.BinarySearchFunc(h.ledger, month, func(m monthHash, month int32) int {
		return int(m.month - month)
	})
	if found {
		changed := h.ledger[i].hash != hash
		h.ledger[i].hash = hash
		return changed
	}
	h.ledger = slices.Insert(h.ledger, i, monthHash{month: month, hash: hash})
	return true
}

// doubtLedger forgets what the ledger last said of the person: a commit that the
// state has lost may have said something else. What is true is written again.
func (h *header) doubtLedger() {
	for i := range h.ledger {
		h.ledger[i].hash = 0
	}
}

const saidVersion = 1

// encodeSaid returns the stored form of what was last told of one unit; kind
// and date are the key it is stored under.
func encodeSaid(s *duty.Said) []byte {
	var w writer
	w.byte(saidVersion)
	w.int(int64(s.Revision))
	w.byte(byte(s.Status))
	w.bool(s.WithdrawnOutcome.OK)
	w.byte(byte(s.WithdrawnOutcome.V))
	w.int(int64(s.Instant))
	w.int(int64(s.PeriodFrom))
	w.int(int64(s.PeriodTo))
	w.string(s.CentreID)
	w.byte(byte(s.Group))
	w.strings(s.ObligationIDs)
	w.byte(byte(s.LegalBasis))
	w.byte(byte(s.Basis))
	w.bool(s.Shortfall.OK)
	w.int(int64(s.Shortfall.V))
	w.strings(s.Caveats)
	w.bool(s.Settled)
	w.string(s.PolicyDigest)
	w.int(int64(s.EvaluatedAt))
	w.string(s.Digest)
	return w.b
}

// decodeSaid reads the stored form.
func decodeSaid(kind uint8, day int32, b []byte) (duty.Said, error) {
	r := reader{b: b}
	if r.byte() != saidVersion {
		return duty.Said{}, errCut
	}
	s := duty.Said{Kind: duty.Kind(kind), Date: duty.Date(day)}
	s.Revision = int32(r.int())
	s.Status = duty.Status(r.byte())
	s.WithdrawnOutcome.OK = r.bool()
	s.WithdrawnOutcome.V = duty.WithdrawnOutcome(r.byte())
	s.Instant = duty.Instant(r.int())
	s.PeriodFrom = duty.Instant(r.int())
	s.PeriodTo = duty.Instant(r.int())
	s.CentreID = r.string()
	s.Group = duty.Group(r.byte())
	s.ObligationIDs = r.strings()
	s.LegalBasis = duty.LegalBasis(r.byte())
	s.Basis = duty.Basis(r.byte())
	s.Shortfall.OK = r.bool()
	s.Shortfall.V = int32(r.int())
	s.Caveats = r.strings()
	s.Settled = r.bool()
	s.PolicyDigest = r.string()
	s.EvaluatedAt = duty.Instant(r.int())
	s.Digest = r.string()
	return s, r.end()
}
