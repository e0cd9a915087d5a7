package duty

import "slices"

// track is what registrations show of a person through a lens, whatever is decided of the person.
// It is immutable once it is made, except for what is worked out when it is first asked for.
type track struct {
	id          *identity
	assignments []*Known[CardAssignment]
	entries     []*Known[ManualEntry]
	papers      *papersBy
	messages    []message
	rows        *rows
	moves       *movements
	// pieces are the positions where the assigned centre changes as moved says.
	pieces []piece
	moved  []transfer
	// reports are what presented returns, in the order of their times, once shown is set.
	reports []presented
	shown   bool
	// dates are what registered returns, once dated is set.
	dates []Date
	dated bool
}

// trackKey says what a track is made from, of facts of one person at one clock: the readings of
// ambiguous times, how rows with doubtful times are read, whether late rows are left out, and how many
// of the other facts that bear on it are seen.
type trackKey struct {
	reading                 uint
	timed, received, prompt bool
	seen                    int
}

// tracks are the tracks of one person at one clock under one policy. Lenses that differ only in what
// they see of decisions, or of incidents, share one.
type tracks struct {
	at Instant
	// known are the times at which the facts became known, other than registrations, that bear on a
	// track: assignments of cards, links, exclusions. Ascending.
	known []Instant
	// lateRow is set if leaving out what came late may leave out a registration.
	lateRow bool
	of      map[trackKey]*track
}

// newTracks returns no tracks yet.
func newTracks(src *source, centres *Centres, at Instant) *tracks {
	room := len(src.assignments) + len(src.links) + len(centres.facts.Exclusions) + len(src.policy.Exclusions)
	known := knownTimes(knownTimes(make([]Instant, 0, room), src.assignments), src.links)
	for i := range centres.facts.Exclusions {
		known = append(known, centres.facts.Exclusions[i].At)
	}
	for i := range src.policy.Exclusions {
		known = append(known, src.policy.Exclusions[i].At)
	}
	slices.Sort(known)
	return &tracks{at: at, known: known, lateRow: true, of: map[trackKey]*track{}}
}

// get returns the track of an evaluation, made by it if no other has. On nil, or at another clock,
// nothing is shared.
func (t *tracks) get(e *evaluation) *track {
	if t == nil || e.lens.at != t.at {
		return e.newTrack()
	}
	l := e.lens
	until := l.at
	if l.strict {
		until = min(until, l.due+l.late)
	}
	seen, _ := slices.BinarySearch(t.known, until+1)
	key := trackKey{e.reading, l.timed, l.received, l.strict && t.lateRow, seen}
	out := t.of[key]
	if out == nil {
		out = e.newTrack()
		t.of[key] = out
	}
	return out
}

// newTrack derives the track from the facts that the lens admits.
func (e *evaluation) newTrack() *track {
	src, l := e.src, e.lens
	t := &track{id: newIdentity(src.person, src.links, l)}
	e.track = t
	t.assignments = standing[CardAssignment](e, src.assignments, func(v *CardAssignment) string { return v.PersonID })
	t.entries = e.paperOf()
	t.papers = papersOf(t.entries, src.halfRead)
	t.messages = newMessages(slices.DeleteFunc(inForce[Notice](src.notices, func(k *Known[Notice]) bool {
		return e.admitsRow(k.Fact.PersonID, k.At, k.Fact.LocalTime)
	}), func(k *Known[Notice]) bool { return !e.owns(k.Fact.PersonID) }))
	t.rows = newRows(src, t.id, l)
	t.moves = newMovements(t.rows, t.entries, src.policy, e.par, e.excluded, e.time)
	return t
}

// positioned returns the positions where the assigned centre changes as moved says.
func (t *track) positioned(moved []transfer) []piece {
	if t.pieces == nil {
		t.pieces, t.moved = t.moves.positions(moved), moved
	}
	if slices.Equal(t.moved, moved) {
		return t.pieces
	}
	return t.moves.positions(moved)
}
