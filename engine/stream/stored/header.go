package stored

import (
	"slices"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/wire"
)

// Header is what the engine keeps of a person besides facts and told units. It answers whether a
// sweep concerns the person without reading any facts.
type Header struct {
	// Connected is true if the person's facts concern others, or others' facts concern the person (see
	// task/handover.go).
	Connected bool
	// Told is true once a revision was written for any unit of the person.
	Told bool
	// Routine is kept for a person whose facts are ordinary; its zero value for all others. It is
	// stored in front, so that it can be replaced alone.
	Routine Routine
	// Centres are the centres that the person's facts name, sorted.
	Centres []string
	// Ledger are hashes of the months as last written to outcomes.
	Ledger []monthHash
	// OpenRows are hashes of the open lines about rows of a card without a person, sorted
	// (task/parked.go).
	OpenRows []uint64
	// Awaited is true if an observation is open that the next registration may close, or if a row
	// without a person was reported and no longer is.
	Awaited bool
	// Guarded is true once a fact of the person says that a biometric card has anti-passback; without
	// one, and not Connected, the person has no inconsistent pairs (task/pairs.go).
	Guarded bool
	// Paired is what was last forwarded of the person's pairs.
	Paired Paired
	// Cards are hashes of the cards that the person used or was given; handed are hashes of those who
	// were already given what is known of the person. Both are sorted.
	Cards, handed []uint64
	// Summary is the hash of the case summary last written of the person; 0 if none was.
	Summary uint64
}

// Paired says what was forwarded of a person's inconsistent pairs to the owner of the watch: from a
// clock on, pairs with this hash; 0 for none. Doubtful means that a commit missing from the state
// may have forwarded something else. Its zero value says that nothing was forwarded.
type Paired struct {
	Since    duty.Instant
	Hash     uint64
	Doubtful bool
}

// monthHash is the hash of one person's month in the ledger.
type monthHash struct {
	Month int32 // year*12 + month-1
	Hash  uint64
}

// headerVersion is the version of the stored form.
const headerVersion = 5

// Flags of a stored header, behind its version byte.
const (
	headerConnected = 1 << iota
	HeaderTold
	headerAwaited
	headerSummed
	HeaderGuarded
	headerPaired
)

// HeaderPairing are the flags of persons who may have inconsistent pairs.
const HeaderPairing = headerConnected | HeaderGuarded

// HeaderSpecial are the flags that exclude the short way: the person's rows concern others, depend
// on what others know, or may close an observation.
const HeaderSpecial = headerConnected | headerAwaited

// Flags returns the flags of the stored form.
func (h *Header) Flags() byte {
	var flags byte
	if h.Connected {
		flags |= headerConnected
	}
	if h.Told {
		flags |= HeaderTold
	}
	if h.Awaited {
		flags |= headerAwaited
	}
	if h.Summary != 0 {
		flags |= headerSummed
	}
	if h.Guarded {
		flags |= HeaderGuarded
	}
	if h.Paired != (Paired{}) {
		flags |= headerPaired
	}
	return flags
}

// EndRoutine clears the routine. What the ledger last said of its month is then unknown, so the
// month is written again.
func (h *Header) EndRoutine() {
	if h.Routine.Month.Number != 0 {
		h.SetLedger(h.Routine.Month.Number, 0)
	}
	h.Routine = Routine{}
}

// Encode returns the stored form.
func (h *Header) Encode() []byte {
	var w wire.Writer
	w.Byte(headerVersion)
	w.Byte(h.Flags())
	if h.Routine.Centre() == "" {
		w.Uint(0)
	} else {
		b := h.Routine.Append(nil)
		w.Uint(uint64(len(b)))
		w.Bytes = append(w.Bytes, b...)
	}
	w.Texts(h.Centres)
	w.Uint(uint64(len(h.Ledger)))
	for _, m := range h.Ledger {
		w.Int(int64(m.Month))
		w.Fixed(m.Hash)
	}
	for _, list := range [...][]uint64{h.OpenRows, h.Cards, h.handed} {
		w.Uint(uint64(len(list)))
		for _, s := range list {
			w.Fixed(s)
		}
	}
	if h.Summary != 0 {
		w.Fixed(h.Summary)
	}
	if p := &h.Paired; *p != (Paired{}) {
		w.Int(int64(p.Since))
		w.Fixed(p.Hash)
		w.Bool(p.Doubtful)
	}
	return w.Bytes
}

// DecodeHeader reads the stored form; no bytes give an empty header.
func DecodeHeader(b []byte) (Header, error) {
	var h Header
	if len(b) == 0 {
		return h, nil
	}
	front, rest, err := SplitHeader(b)
	if err != nil {
		return h, err
	}
	h.Connected, h.Told, h.Awaited = front.Flags&headerConnected != 0, front.Flags&HeaderTold != 0,
		front.Flags&headerAwaited != 0
	h.Guarded = front.Flags&HeaderGuarded != 0
	if len(front.Routine) > 0 {
		if h.Routine, err = ReadRoutine(front.Routine); err != nil {
			return h, err
		}
	}
	r := wire.Reader{Rest: rest}
	h.Centres = r.Texts()
	if n := r.Count(9); n > 0 {
		h.Ledger = make([]monthHash, n)
		for i := range h.Ledger {
			h.Ledger[i] = monthHash{Month: int32(r.Int()), Hash: r.Fixed()}
		}
	}
	for _, list := range [...]*[]uint64{&h.OpenRows, &h.Cards, &h.handed} {
		if n := r.Count(8); n > 0 {
			*list = make([]uint64, n)
			for i := range *list {
				(*list)[i] = r.Fixed()
			}
		}
	}
	if front.Flags&headerSummed != 0 {
		h.Summary = r.Fixed()
	}
	if front.Flags&headerPaired != 0 {
		h.Paired = Paired{Since: duty.Instant(r.Int()), Hash: r.Fixed(), Doubtful: r.Bool()}
	}
	return h, r.End()
}

// HeaderFront is the front part of a stored header.
type HeaderFront struct {
	Flags   byte
	Routine []byte
}

// SplitHeader reads the front of a stored header and returns what follows it.
func SplitHeader(b []byte) (HeaderFront, []byte, error) {
	r := wire.Reader{Rest: b}
	if r.Byte() != headerVersion {
		return HeaderFront{}, nil, wire.ErrCut
	}
	f := HeaderFront{Flags: r.Byte()}
	f.Routine = r.Bytes(r.Uint())
	return f, r.Rest, r.Err
}

// WithRoutine appends the stored header with its routine replaced.
func (f *HeaderFront) WithRoutine(b []byte, routine, rest []byte) []byte {
	w := wire.Writer{Bytes: append(b, headerVersion, f.Flags)}
	w.Uint(uint64(len(routine)))
	return append(append(w.Bytes, routine...), rest...)
}

// AddCentre notes that a fact of the person names the centre. It returns true if that was new.
func (h *Header) AddCentre(id string) bool {
	i, found := slices.BinarySearch(h.Centres, id)
	if found || id == "" {
		return false
	}
	h.Centres = slices.Insert(h.Centres, i, id)
	return true
}

// AddCard notes a card of the person. It returns true if that was new.
func (h *Header) AddCard(hash uint64) bool { return addHash(&h.Cards, hash) }

// HasCard reports whether AddCard noted the card.
func (h *Header) HasCard(hash uint64) bool {
	_, found := slices.BinarySearch(h.Cards, hash)
	return found
}

// AddHanded notes that somebody was given what is known of the person.
func (h *Header) AddHanded(hash uint64) { addHash(&h.handed, hash) }

// DropHanded removes what AddHanded noted.
func (h *Header) DropHanded(hash uint64) {
	if i, found := slices.BinarySearch(h.handed, hash); found {
		h.handed = slices.Delete(h.handed, i, i+1)
	}
}

// HandedTo reports whether AddHanded noted somebody.
func (h *Header) HandedTo(hash uint64) bool {
	_, found := slices.BinarySearch(h.handed, hash)
	return found
}

// addHash inserts a hash into a sorted list. It returns true if it was new.
func addHash(to *[]uint64, hash uint64) bool {
	i, found := slices.BinarySearch(*to, hash)
	if !found {
		*to = slices.Insert(*to, i, hash)
	}
	return !found
}

// TouchesStored is [Header.Touches] for a stored header; true for one that cannot be read.
func TouchesStored(b []byte, centre string) bool {
	_, rest, err := SplitHeader(b)
	if err != nil || centre == "" {
		return true
	}
	r := wire.Reader{Rest: rest}
	for n := r.Count(1); n > 0; n-- {
		if wire.View(r.Bytes(r.Uint())) == centre {
			return true
		}
	}
	return r.Err != nil
}

// Touches reports whether a change at the centre can concern the person; the empty centre stands
// for all. If the person's facts name no centre, no change at a centre can alter a unit.
func (h *Header) Touches(centre string) bool {
	if centre == "" {
		return true
	}
	_, found := slices.BinarySearch(h.Centres, centre)
	return found
}

// SetLedger notes the hash of a month. It returns true if it changed.
func (h *Header) SetLedger(month int32, hash uint64) bool {
	i, found := slices.BinarySearchFunc(h.Ledger, month, func(m monthHash, month int32) int {
		return int(m.Month - month)
	})
	if found {
		changed := h.Ledger[i].Hash != hash
		h.Ledger[i].Hash = hash
		return changed
	}
	h.Ledger = slices.Insert(h.Ledger, i, monthHash{Month: month, Hash: hash})
	return true
}

// DoubtLedger forgets what the ledger last said of the person, since a commit missing from the
// state may have said something else. Every month is then written again.
func (h *Header) DoubtLedger() {
	for i := range h.Ledger {
		h.Ledger[i].Hash = 0
	}
}
