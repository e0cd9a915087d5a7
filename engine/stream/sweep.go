package stream

import (
	"slices"

	"tilsyn/engine/duty"
)

// sweep is a walk over the persons of the task that one or more centre-keyed
// facts concern, in the order of the store's keys. It is part of the progress,
// so that a crash neither loses nor repeats it. It goes twice over them: at
// once over persons of whom something was told, since what clears never waits;
// and when everything up to the fact was read, over all.
type sweep struct {
	// Centre is the centre concerned; empty for all.
	Centre string `json:"centre"`
	// Known is when the newest of its facts was known.
	Known duty.Instant `json:"known"`
	// Told is true for a sweep of another kind: one walk over persons of whom
	// something was told and about whom a fact arrived that is not judged yet.
	Told bool `json:"told,omitempty"`
	// Cards is true for a walk over users of cards and rows without a person, who
	// may have something to hand over (see handover.go).
	Cards bool `json:"cards,omitempty"`
	// Contested is true for a walk over persons who may have a fact that is claimed
	// for somebody else too, by name of the claim in Facts (see contested.go); without
	// Facts, any. Claims is true for one that claims all that was read.
	Contested bool `json:"contested,omitempty"`
	Claims    bool `json:"claims,omitempty"`
	// Moved is true for a walk over persons who may have another version of one of
	// Facts, by name (see moved.go); without Facts, of any that has moved.
	Moved bool     `json:"moved,omitempty"`
	Facts []uint64 `json:"facts,omitempty"`
	// Cleared is true once the first walk is over.
	Cleared bool `json:"cleared"`
	// Cursor is where the walk goes on.
	Cursor []byte `json:"cursor,omitempty"`
}

// maxSweeps bounds the sweeps of a task; beyond it they become one over all.
const maxSweeps = 64

// maxMovedSweeps is how many walks for facts that moved wait for what they need to
// be caught up; beyond it the newest ones become one. The older are left alone, so
// that a steady stream of such facts cannot put them off. With maxSought it bounds
// what they take of a record on task-commits, however long caught_up stands.
const maxMovedSweeps = 8

// addSweep takes in a fact of a centre. It joins a sweep of the same centre whose
// first walk is not over, which then begins again; a sweep that waits for its
// second walk is left alone, so that a steady stream of facts cannot put it off.
func (p *progress) addSweep(centre string, at duty.Instant) {
	for i := range p.Sweeps {
		s := &p.Sweeps[i]
		if s.Centre == centre && !s.Cleared && s.ofCentre() {
			s.Known, s.Cursor = max(s.Known, at), nil
			return
		}
	}
	p.Sweeps = append(p.Sweeps, sweep{Centre: centre, Known: at})
	if len(p.Sweeps) > maxSweeps {
		all := sweep{Known: at}
		for _, s := range p.Sweeps {
			all.Known = max(all.Known, s.Known)
		}
		p.Sweeps = append(slices.DeleteFunc(p.Sweeps, func(s sweep) bool { return s.Told || s.ofCentre() }), all)
	}
}

// addTold takes in that facts arrived for more persons than are evaluated one by
// one: walking over them in the order of the store is much cheaper than reading
// them in the order of arrival.
func (p *progress) addTold(at duty.Instant) {
	for i := range p.Sweeps {
		if s := &p.Sweeps[i]; s.Told && len(s.Cursor) == 0 {
			s.Known = max(s.Known, at)
			return
		}
	}
	p.Sweeps = append(p.Sweeps, sweep{Told: true, Known: at})
}

// adopt takes the newest snapshot of the centres and turns what is new in it
// into sweeps and dead letters. The task's own centre positions move with them,
// in one commit.
func (t *Task) adopt() error {
	s := t.centres.Snapshot()
	if s == t.snap {
		return nil
	}
	fresh := s.touches
	if t.snap != nil {
		fresh = s.touches[len(t.snap.touches):]
	}
	t.snap = s
	t.letters.take(s.letters, t.at.Task)
	for i := range fresh {
		x := fresh[i]
		if x.offset < t.at.Centres[x.at] {
			continue
		}
		if x.doubtful {
			t.topics.doubt(x.at.Topic)
			x.known = min(x.known, t.at.Clock) // it is here already
		}
		if x.bad != nil && x.offset >= t.committed[x.at] && x.at.Index%t.parts == t.at.Task {
			t.tellBad(x.bad)
		}
		if x.joins {
			if err := t.adoptJoin(&x); err != nil {
				return err
			}
		} else if x.person != "" {
			if err := t.wakeMisplaced(&x); err != nil {
				return err
			}
		} else if !x.quiet {
			t.cycle.moved = true
			t.at.addSweep(x.centre, x.known)
		}
	}
	for p, x := range s.assigned {
		// The newest stands for all from the task's position on: one walk over the
		// users of cards sees what each of them has to hand over.
		if x.offset >= t.at.Centres[p] {
			if err := t.adoptJoin(&x); err != nil {
				return err
			}
		}
	}
	for p, n := range s.Positions {
		t.at.Centres[p] = max(t.at.Centres[p], n)
	}
	t.at.CentreMarks = s.centreMarks()
	t.at.Policy = s.Digest()
	t.at.Base = s.base()
	t.at.Times = timesOf(t.trust)
	return nil
}

// sweepCleared walks, for every sweep whose first walk is not over, over
// persons of whom something was told. It comes before all other work, and
// before reading, so that it only clears.
func (t *Task) sweepCleared() error {
	t.clearing = true
	defer func() { t.clearing = false }()
	for i := range t.at.Sweeps {
		for !t.at.Sweeps[i].Cleared && t.cycle.room() {
			s := &t.at.Sweeps[i]
			walk := func(s *sweep) (bool, error) { return t.walk(s, true) }
			switch {
			case s.Cards:
				walk = t.walkCards
			case s.Contested:
				walk = t.walkContested
			case s.Claims:
				walk = t.walkClaims
			case s.Moved:
				walk = func(s *sweep) (bool, error) { return t.walkMoved(s, true) }
			}
			done, err := walk(s)
			if err != nil {
				return err
			}
			t.at.Sweeps[i].Cleared = done // the walk may have added others
		}
	}
	t.at.Sweeps = slices.DeleteFunc(t.at.Sweeps, func(s sweep) bool { return (s.Told || s.gives()) && s.Cleared })
	return nil
}

// sweeping reports whether some sweep can go on now: one that waits for what is known
// in years keeps nobody from waiting for records.
func (t *Task) sweeping() bool {
	return slices.ContainsFunc(t.at.Sweeps, func(s sweep) bool { return !s.Cleared || s.Known <= t.limit() })
}

// sweepAll goes on with the second walks of sweeps whose facts are caught up.
func (t *Task) sweepAll() error {
	for i := 0; i < len(t.at.Sweeps); {
		s := &t.at.Sweeps[i]
		if !s.Cleared || s.Known > t.at.CaughtUp {
			i++
			continue
		}
		for {
			if !t.cycle.room() {
				return nil
			}
			walk := t.walk
			if s.Moved {
				walk = t.walkMoved
			}
			done, err := walk(s, false)
			if err != nil {
				return err
			}
			if done {
				break
			}
		}
		t.at.endSweep(i)
	}
	return nil
}

// endSweep takes away a sweep that is over.
func (p *progress) endSweep(i int) { p.Sweeps = slices.Delete(p.Sweeps, i, i+1) }

// joinSweeps makes one of the sweeps of a centre whose second walk may begin and
// has not: walking once sees the facts of all of them. Of those for facts that
// moved whose second walk may not begin it keeps maxMovedSweeps.
func (p *progress) joinSweeps() {
	waiting := make(map[string]int, len(p.Sweeps))
	kept := p.Sweeps[:0]
	early, newest := 0, 0
	for _, s := range p.Sweeps {
		if s.Moved && s.Cleared && s.Known > p.CaughtUp && len(s.Cursor) == 0 {
			if early == maxMovedSweeps {
				kept[newest].seekAlso(&s)
				continue
			}
			early, newest = early+1, len(kept)
		}
		if s.Cleared && !s.Told && s.Known <= p.CaughtUp && len(s.Cursor) == 0 {
			of := s.Centre
			if s.Moved {
				of = movedKey
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
func (s *sweep) ofCentre() bool { return !s.Told && !s.Moved && !s.gives() }

// gives reports whether it is a walk that gives other tasks something, for which they
// wait (handover_mark.go).
func (s *sweep) gives() bool { return s.Cards || s.Contested || s.Claims }

// concerns reports whether a person is to be evaluated in the sweep.
func (s *sweep) concerns(p *person) bool {
	if s.Told {
		return p.next <= s.Known
	}
	return p.header.touches(s.Centre)
}

// walk evaluates the next persons of a sweep and moves its cursor. It reports
// whether the walk is over.
func (t *Task) walk(s *sweep, onlyTold bool) (bool, error) {
	ids, next, err := t.store.Persons(s.Cursor, t.cycle.budget.step(t.limits.WalkStep))
	if err != nil {
		return false, err
	}
	for _, id := range ids {
		if pseudo(id) {
			continue
		}
		p, err := t.person(id)
		if err != nil {
			return false, err
		}
		if !s.concerns(p) || onlyTold && !p.header.told {
			t.forget(p)
			continue
		}
		// What is carried of the person does not know of the centre's fact.
		if p.header.routine.Centre() != "" {
			p.header.endRoutine()
			p.judged = -1
		}
		if err := t.decide(p); err != nil {
			return false, err
		}
	}
	s.Cursor = next
	t.cycle.moved = true
	return len(next) == 0, nil
}
