package task

import (
	"errors"
	"math"
	"slices"

	"tilsyn/engine/casefile"
	"tilsyn/engine/stream/stored"
	"tilsyn/engine/stream/wire"
	"tilsyn/state"
)

// adopt takes over the newest picture of the centres, and turns what is new in it into sweeps
// and dead letters. The task's centre positions move in the same commit.
func (t *Task) adopt() error {
	s := t.centres.Picture()
	if s == t.picture {
		return nil
	}
	t.must.adopt(t, s)
	fresh := s.Touches
	if t.picture != nil {
		fresh = s.Touches[len(t.picture.Touches):]
	}
	t.picture = s
	t.carried.adopt(s, fresh, t.at.CaughtUp)
	t.watermark.CentresRead(s.LastRead)
	t.beside.letters.take(s, t.at.Task)
	for i := range fresh {
		x := fresh[i]
		if x.Offset < t.at.Centres[x.At] {
			continue
		}
		if x.Doubtful {
			t.topics.doubt(x.At.Topic)
			x.Known = min(x.Known, t.at.Clock) // it has arrived, whatever its producer says
		}
		if x.Bad != nil && x.Offset >= t.writer.centres[x.At] && x.At.Index%t.parts == t.at.Task {
			t.tellBad(x.Bad)
		}
		if x.Identity {
			if err := t.adoptIdentity(&x); err != nil {
				return err
			}
		} else if x.Person != "" {
			if err := t.wakeMisplaced(&x); err != nil {
				return err
			}
		} else if !x.Passive {
			t.cycle.move()
			t.at.AddSweep(x.Centre, x.Known)
		}
		if x.Paper != "" && s.Names(x.Paper) {
			t.cycle.move()
			t.at.AddSweep(x.Paper, x.Known)
		}
	}
	for p, x := range s.Assigned {
		// The newest assignment stands for all since the task's position: one walk over the
		// users of cards finds what each of them has to hand over.
		if x.Offset >= t.at.Centres[p] {
			if err := t.adoptIdentity(&x); err != nil {
				return err
			}
		}
	}
	for p, n := range s.Positions {
		t.at.Centres[p] = max(t.at.Centres[p], n)
	}
	t.adoptPolicies()
	t.at.CentreMarks = s.CentreMarks()
	t.at.Policy = s.Digest()
	t.at.Base = s.Base()
	t.at.Times = stored.TimesOf(t.trust)
	return nil
}

// sweepCleared advances the first walk of every sweep, over persons of whom something was told,
// and the walks that hand facts over. It comes before all other work and before reading, and
// tells only what clears. Walks that hand over come last: they pass everybody with all facts, and
// what clears does not wait for that.
func (t *Task) sweepCleared() error {
	t.cycle.clearing = true
	defer func() { t.cycle.clearing = false }()
	for _, gives := range [...]bool{false, true} {
		for i := range t.at.Sweeps {
			if t.at.Sweeps[i].Gives() != gives {
				continue
			}
			if err := t.clear(i); err != nil {
				return err
			}
		}
	}
	t.at.Sweeps = slices.DeleteFunc(t.at.Sweeps, func(s stored.Sweep) bool { return (s.Told || s.Gives()) && s.Cleared })
	return nil
}

// clear advances the first walk of a sweep, or its only one, as far as the cycle has room.
func (t *Task) clear(i int) error {
	for !t.at.Sweeps[i].Cleared && t.cycle.room() {
		s := &t.at.Sweeps[i]
		walk := func(s *stored.Sweep) (bool, error) { return t.walk(s, true) }
		switch {
		case s.Cards:
			walk = t.walkCards
		case s.Contested:
			walk = t.walkContested
		case s.Claims:
			walk = t.walkClaims
		case s.Watch:
			walk = t.walkWatch
		case s.Moved:
			walk = func(s *stored.Sweep) (bool, error) { return t.walkMoved(s, true) }
		}
		done, err := walk(s)
		if err != nil {
			return err
		}
		t.at.Sweeps[i].Cleared = done // the walk may have added others
	}
	return nil
}

// sweeping reports whether some sweep can go on now. One for a fact that lies far in the future
// must not keep the task from waiting for records.
func (t *Task) sweeping() bool {
	return slices.ContainsFunc(t.at.Sweeps, func(s stored.Sweep) bool {
		return !s.Cleared || s.Known <= t.watermark.Limit()
	})
}

// sweepAll advances the second walk, over everybody, of sweeps whose facts are caught up. It
// waits while nobody may be accused, as whoever is due does.
func (t *Task) sweepAll() error {
	if t.waits() {
		return nil
	}
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
		t.at.EndSweep(i)
	}
	return nil
}

// concerns reports whether a sweep evaluates a person.
func concerns(s *stored.Sweep, p *person) bool {
	if s.Told {
		return p.next <= s.Known
	}
	return p.header.Touches(s.Centre)
}

// walk evaluates the next persons of a sweep and moves its cursor. It reports whether the walk
// is over. Each page of the store is read once. Of persons of whom nothing was told, a walk over
// those told looks at one byte of the header and reads nothing else: they are a hundred times as
// many, and what clears must not wait for them. Nor does any walk read the facts of persons of other
// centres.
func (t *Task) walk(s *stored.Sweep, onlyTold bool) (bool, error) {
	days := func(person, header []byte) int32 {
		if onlyTold && !toldIn(header) || !s.Told && !stored.TouchesStored(header, s.Centre) {
			return state.OnlyHeader
		}
		return t.restOf(person)
	}
	next, err := t.store.WalkDue(math.MaxInt64, s.Cursor, dueStep, days, func(v *state.View) error {
		if casefile.Pseudo(wire.View(v.Person)) || onlyTold && !toldIn(v.Header.Data) {
			return nil
		}
		if !t.cycle.room() {
			return errFull
		}
		return t.visitSwept(s, v)
	})
	if err != nil && !errors.Is(err, errFull) {
		return false, err
	}
	s.Cursor = next
	t.cycle.move()
	return err == nil && len(next) == 0, nil
}

// toldIn reports whether a stored header says that something was told of the person. A header that
// cannot be read is left to whoever decodes it.
func toldIn(header []byte) bool {
	front, _, err := stored.SplitHeader(header)
	return err != nil || front.Flags&stored.HeaderTold != 0
}

// visitSwept evaluates a person whom a sweep shows, if the sweep concerns the person: that may be by a fact of this
// cycle alone, and then only the header is shown.
func (t *Task) visitSwept(s *stored.Sweep, v *state.View) error {
	p, err := t.shown(v)
	if err != nil {
		return err
	}
	if !concerns(s, p) {
		t.forget(p)
		return nil
	}
	// The routine does not know of the centre's fact.
	if p.header.Routine.Centre() != "" {
		p.header.EndRoutine()
		p.judged = -1
	}
	return t.decideShown(p, v)
}
