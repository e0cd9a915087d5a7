package stored

import (
	"slices"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/casefile"
)

// Sweep is a walk over the persons of the task that one or more centre-keyed
// facts concern, in the order of the store's keys. It is part of the progress,
// so that a crash neither loses nor repeats it. It goes twice over them: at
// once over persons of whom something was told, since what clears never waits;
// and when everything up to the fact was read, over all.
type Sweep struct {
	// Centre is the centre concerned; empty for all.
	Centre string `json:"centre"`
	// Known is when the newest of its facts was known.
	Known duty.Instant `json:"known"`
	// Told is true for a sweep of another kind: one walk over persons of whom
	// something was told and about whom a fact arrived that is not judged yet.
	Told bool `json:"told,omitempty"`
	// Cards is true for a walk over users of cards and rows without a person, who
	// may have something to hand over (see task/handover.go).
	Cards bool `json:"cards,omitempty"`
	// Contested is true for a walk over persons who may have a fact that is claimed
	// for somebody else too, by name of the claim in Facts (see task/contested.go); without
	// Facts, any. Claims is true for one that claims all that was read.
	Contested bool `json:"contested,omitempty"`
	Claims    bool `json:"claims,omitempty"`
	// Moved is true for a walk over persons who may have another version of one of
	// Facts, by name (see task/moved.go); without Facts, of any that has moved.
	Moved bool     `json:"moved,omitempty"`
	Facts []uint64 `json:"facts,omitempty"`
	// Cleared is true once the first walk is over.
	Cleared bool `json:"cleared"`
	// Cursor is where the walk goes on.
	Cursor []byte `json:"cursor,omitempty"`
}

// maxSweeps bounds the sweeps of a task; beyond it they become one over all.
const maxSweeps = 64

// MaxMovedSweeps is how many walks for facts that moved wait for what they need to
// be caught up; beyond it the newest ones become one. The older are left alone, so
// that a steady stream of such facts cannot put them off. With maxSought it bounds
// what they take of a record on task-commits, however long caught_up stands.
const MaxMovedSweeps = 8

// maxSought is how many facts a walk looks for by name; with more it looks for all
// that have moved.
const maxSought = 256

// AddSweep takes in a fact of a centre. It joins a sweep of the same centre whose
// first walk is not over, which then begins again; a sweep that waits for its
// second walk is left alone, so that a steady stream of facts cannot put it off.
func (p *Progress) AddSweep(centre string, at duty.Instant) {
	for i := range p.Sweeps {
		s := &p.Sweeps[i]
		if s.Centre == centre && !s.Cleared && s.ofCentre() {
			s.Known, s.Cursor = max(s.Known, at), nil
			return
		}
	}
	p.Sweeps = append(p.Sweeps, Sweep{Centre: centre, Known: at})
	if len(p.Sweeps) > maxSweeps {
		all := Sweep{Known: at}
		for _, s := range p.Sweeps {
			all.Known = max(all.Known, s.Known)
		}
		p.Sweeps = append(slices.DeleteFunc(p.Sweeps, func(s Sweep) bool { return s.Told || s.ofCentre() }), all)
	}
}

// AddTold takes in that facts arrived for more persons than are evaluated one by
// one: walking over them in the order of the store is much cheaper than reading
// them in the order of arrival.
func (p *Progress) AddTold(at duty.Instant) {
	for i := range p.Sweeps {
		if s := &p.Sweeps[i]; s.Told && len(s.Cursor) == 0 {
			s.Known = max(s.Known, at)
			return
		}
	}
	p.Sweeps = append(p.Sweeps, Sweep{Told: true, Known: at})
}

// AddMoved takes in that a version of a fact is newly known that may be anybody's.
// It joins a walk that has not begun.
func (p *Progress) AddMoved(name uint64, at duty.Instant) {
	for i := range p.Sweeps {
		if s := &p.Sweeps[i]; s.Moved && !s.Cleared && len(s.Cursor) == 0 {
			s.seekAlso(&Sweep{Facts: []uint64{name}, Known: at})
			return
		}
	}
	p.Sweeps = append(p.Sweeps, Sweep{Moved: true, Facts: []uint64{name}, Known: at})
}

// AddCards takes in that an assignment is newly known. It joins a walk that has
// not begun.
func (p *Progress) AddCards(at duty.Instant) {
	for i := range p.Sweeps {
		if s := &p.Sweeps[i]; s.Cards && len(s.Cursor) == 0 {
			s.Known = max(s.Known, at)
			return
		}
	}
	p.Sweeps = append(p.Sweeps, Sweep{Cards: true, Known: at})
}

// Handing reports whether a walk is not over that gives other tasks something.
func (p *Progress) Handing() bool {
	return slices.ContainsFunc(p.Sweeps, func(s Sweep) bool { return s.Gives() })
}

// EndSweep takes away a sweep that is over.
func (p *Progress) EndSweep(i int) { p.Sweeps = slices.Delete(p.Sweeps, i, i+1) }

// JoinSweeps makes one of the sweeps of a centre whose second walk may begin and
// has not: walking once sees the facts of all of them. Of those for facts that
// moved whose second walk may not begin it keeps maxMovedSweeps.
func (p *Progress) JoinSweeps() {
	waiting := make(map[string]int, len(p.Sweeps))
	kept := p.Sweeps[:0]
	early, newest := 0, 0
	for _, s := range p.Sweeps {
		if s.Moved && s.Cleared && s.Known > p.CaughtUp && len(s.Cursor) == 0 {
			if early == MaxMovedSweeps {
				kept[newest].seekAlso(&s)
				continue
			}
			early, newest = early+1, len(kept)
		}
		if s.Cleared && !s.Told && s.Known <= p.CaughtUp && len(s.Cursor) == 0 {
			of := s.Centre
			if s.Moved {
				of = casefile.MovedKey
			}
			if i, ok := waiting[of]; ok {
				if s.Moved {
					kept[i].seekAlso(&s)
				}
				kept[i].Known = max(kept[i].Known, s.Known)
				continue
			}
			waiting[of] = len(kept)
		}
		kept = append(kept, s)
	}
	p.Sweeps = kept
}

// ofCentre reports whether it is a sweep for a fact of a centre.
func (s *Sweep) ofCentre() bool { return !s.Told && !s.Moved && !s.Gives() }

// seekAlso lets a walk look for what another one looks for as well.
func (s *Sweep) seekAlso(o *Sweep) {
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

// AddContested takes in that a name is newly contested. It joins a walk that has not
// begun.
func (p *Progress) AddContested(name uint64) {
	for i := range p.Sweeps {
		if s := &p.Sweeps[i]; s.Contested && !s.Cleared && len(s.Cursor) == 0 {
			s.seekAlso(&Sweep{Facts: []uint64{name}})
			return
		}
	}
	p.Sweeps = append(p.Sweeps, Sweep{Contested: true, Facts: []uint64{name}})
}

// Gives reports whether it is a walk that gives other tasks something, for which they
// wait (task/handover_mark.go).
func (s *Sweep) Gives() bool { return s.Cards || s.Contested || s.Claims }
