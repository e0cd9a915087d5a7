package stored

import (
	"slices"

	"tilsyn/engine/casefile"
	"tilsyn/engine/duty"
)

// Sweep is a walk over the persons of the task whom one or more centre-keyed facts concern, in key
// order of the store. It is part of the progress, so that a crash neither loses nor repeats it. It
// passes twice: at once over persons of whom something was told, since what clears never waits;
// then, when everything up to the fact was read, over everybody concerned.
type Sweep struct {
	// Centre is the centre concerned; empty for all.
	Centre string `json:"centre"`
	// Known is when the newest of its facts became known.
	Known duty.Instant `json:"known"`
	// Told marks a sweep of another kind: one pass over persons of whom something was told and for
	// whom a fact arrived that is not judged yet.
	Told bool `json:"told,omitempty"`
	// Cards marks a pass over users of cards and rows without a person that may have something to hand
	// over (see task/handover.go).
	Cards bool `json:"cards,omitempty"`
	// Contested marks a pass over persons who may have a fact that is claimed for somebody else too;
	// Facts holds the names of the claims, and no Facts means any claim (see task/contested.go).
	// Claims marks a pass that claims everything that was read.
	Contested bool `json:"contested,omitempty"`
	Claims    bool `json:"claims,omitempty"`
	// Watch marks a pass that forwards to the owner of the watch the pairs of everybody who may have
	// some, or, with Facts, of persons who have another version of one of them; Rows means all rows
	// and due times as well (see task/forward.go).
	Watch bool `json:"watch,omitempty"`
	Rows  bool `json:"rows,omitempty"`
	// Doubt says of a pass that a commit missing from the state may have made it: what was forwarded of
	// the persons that it finds is not known.
	Doubt bool `json:"doubt,omitempty"`
	// Moved marks a walk over persons who may have another version of one of Facts, by name; no Facts
	// means any fact that moved (see task/moved.go).
	Moved bool     `json:"moved,omitempty"`
	Facts []uint64 `json:"facts,omitempty"`
	// Cleared is true once the first pass is over.
	Cleared bool `json:"cleared"`
	// Cursor is where the pass continues.
	Cursor []byte `json:"cursor,omitempty"`
}

// maxSweeps bounds the sweeps of a task; beyond it they are merged into one over all centres.
const maxSweeps = 64

// MaxMovedSweeps is how many walks for moved facts may wait for caught_up. Beyond it the newest
// are merged. Older ones are left alone, so that a steady stream of such facts cannot delay them.
// With maxSought it bounds their share of a record on task-commits.
const MaxMovedSweeps = 8

// maxSought is how many facts a walk looks for by name; beyond it the walk looks for all.
const maxSought = 256

// AddSweep adds a fact of a centre. It joins a sweep of the same centre that is still in its first
// pass, which then restarts; a sweep that waits for its second pass is left alone, so that a
// steady stream of facts cannot delay it.
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

// AddTold notes that facts arrived for more persons than are evaluated one by one. Walking over
// them in key order is much cheaper than reading them in order of arrival.
func (p *Progress) AddTold(at duty.Instant) {
	for i := range p.Sweeps {
		if s := &p.Sweeps[i]; s.Told && len(s.Cursor) == 0 {
			s.Known = max(s.Known, at)
			return
		}
	}
	p.Sweeps = append(p.Sweeps, Sweep{Told: true, Known: at})
}

// AddMoved notes that a version of a fact became known that may concern anybody. It joins a walk
// that has not begun.
func (p *Progress) AddMoved(name uint64, at duty.Instant) {
	for i := range p.Sweeps {
		if s := &p.Sweeps[i]; s.Moved && !s.Cleared && len(s.Cursor) == 0 {
			s.seekAlso(&Sweep{Facts: []uint64{name}, Known: at})
			return
		}
	}
	p.Sweeps = append(p.Sweeps, Sweep{Moved: true, Facts: []uint64{name}, Known: at})
}

// AddCards notes that a card assignment became known; doubt is that of the pass. It joins a pass that
// has not begun.
func (p *Progress) AddCards(at duty.Instant, doubt bool) {
	for i := range p.Sweeps {
		if s := &p.Sweeps[i]; s.Cards && len(s.Cursor) == 0 {
			s.Known, s.Doubt = max(s.Known, at), s.Doubt || doubt
			return
		}
	}
	p.Sweeps = append(p.Sweeps, Sweep{Cards: true, Known: at, Doubt: doubt})
}

// Handing reports whether a sweep is open that hands something to other tasks.
func (p *Progress) Handing() bool {
	return slices.ContainsFunc(p.Sweeps, func(s Sweep) bool { return s.Gives() })
}

// EndSweep removes a finished sweep.
func (p *Progress) EndSweep(i int) { p.Sweeps = slices.Delete(p.Sweeps, i, i+1) }

// MergeSweeps merges the sweeps of a centre that wait to begin a second pass which is now allowed:
// one pass sees the facts of all of them. Of the walks for moved facts whose second pass must
// still wait, it keeps MaxMovedSweeps.
func (p *Progress) MergeSweeps() {
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

// ofCentre reports whether the sweep is for facts of a centre.
func (s *Sweep) ofCentre() bool { return !s.Told && !s.Moved && !s.Gives() }

// seekAlso extends a walk by what another one looks for.
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

// AddContested notes that a name is newly contested. It joins a pass that has not begun.
func (p *Progress) AddContested(name uint64) {
	for i := range p.Sweeps {
		if s := &p.Sweeps[i]; s.Contested && !s.Cleared && len(s.Cursor) == 0 {
			s.seekAlso(&Sweep{Facts: []uint64{name}})
			return
		}
	}
	p.Sweeps = append(p.Sweeps, Sweep{Contested: true, Facts: []uint64{name}})
}

// Gives reports whether the sweep hands something to other tasks, which wait for it
// (watermark/hops.go).
func (s *Sweep) Gives() bool { return s.Cards || s.Contested || s.Claims || s.Watch }

// AddWatch adds a pass that forwards to the owner of the watch. It joins one that has not begun.
func (p *Progress) AddWatch(add Sweep) {
	for i := range p.Sweeps {
		if s := &p.Sweeps[i]; s.Watch && !s.Cleared && len(s.Cursor) == 0 {
			s.seekAlso(&add)
			s.Rows, s.Doubt = s.Rows || add.Rows, s.Doubt || add.Doubt
			return
		}
	}
	add.Watch = true
	p.Sweeps = append(p.Sweeps, add)
}
