package task

import (
	"errors"
	"math"
	"sync"
	"time"

	"tilsyn/engine/casefile"
	"tilsyn/engine/duty"
	"tilsyn/engine/stream/stored"
	"tilsyn/state"
)

// Viewer looks at the persons of a task for somebody outside. All its methods are called from the task's
// goroutine and must return soon: between two cycles a task shows some persons, and then it goes on with its
// own work. It changes nothing by that.
type Viewer interface {
	// Begin is called first, with what is known of the centres. Only persons whose facts name the centre
	// that it returns are shown, with the cards that are everybody's at its clock; an error ends the walk.
	Begin(w duty.World) (centre string, at duty.Instant, err error)
	// Person is called with what is known of each person. The facts are valid until it returns, an error
	// ends the walk.
	Person(id string, f *duty.Facts) error
	// Ready is called before persons are shown. False puts that off until after the next cycle.
	Ready() bool
	// End is called last; without error everybody was shown.
	End(err error)
}

// Views holds those who want to look at the persons of a task. It is safe for concurrent use.
type Views struct {
	mu      sync.Mutex
	waiting []Viewer
	// over is why nobody can look any more; nil while the task is there.
	over error
}

// ErrNotShown ends a walk that cannot go on, since the task begins again or is given up.
var ErrNotShown = errors.New("a task has just begun again, or went to another instance: ask again")

// Ask lets somebody look at the persons of the task.
func (v *Views) Ask(x Viewer) {
	v.mu.Lock()
	over := v.over
	if over == nil {
		v.waiting = append(v.waiting, x)
	}
	v.mu.Unlock()
	if over != nil {
		x.End(over)
	}
}

// Close ends the walks that wait, since the task is given up; later ones end at once.
func (v *Views) Close() {
	v.mu.Lock()
	waiting := v.waiting
	v.waiting, v.over = nil, ErrNotShown
	v.mu.Unlock()
	for _, x := range waiting {
		x.End(ErrNotShown)
	}
}

// first returns whose turn it is; nil for nobody. It stays first until done is called.
func (v *Views) first() Viewer {
	if v == nil {
		return nil
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if len(v.waiting) == 0 {
		return nil
	}
	return v.waiting[0]
}

// done takes the first one away.
func (v *Views) done(err error) {
	v.mu.Lock()
	if len(v.waiting) == 0 { // closed meanwhile
		v.mu.Unlock()
		return
	}
	x := v.waiting[0]
	v.waiting = v.waiting[1:]
	v.mu.Unlock()
	x.End(err)
}

// showing is how far the walk for the first viewer has come.
type showing struct {
	// begun is set once it has begun; centre and at are what Begin returned, cursor is where it goes on.
	begun  bool
	centre string
	at     duty.Instant
	cursor []byte
	// facts is the buffer for what is shown.
	facts duty.Facts
}

// A task shows persons for showFor at a time, showStep of them before it looks at the clock. These are
// several pages of the store, which it finds together: finding a page costs more than passing its persons over.
const (
	showFor  = 50 * time.Millisecond
	showStep = 2048
	// showPause is how soon it looks again whether what was shown is taken.
	showPause = 10 * time.Millisecond
)

// show goes on with the walk for whoever wants to look. Everything that the cycle did is committed. Only an
// error of the store is the task's own.
func (t *Task) show() error {
	x := t.views.first()
	if x == nil || !x.Ready() {
		return nil
	}
	s := &t.showing
	if !s.begun {
		world := duty.World{Centres: t.centreFacts(), Policies: t.picture.Policies}
		centre, at, err := x.Begin(world)
		if err != nil {
			t.endShow(err)
			return nil
		}
		s.begun, s.centre, s.at = true, centre, at
	}
	var refused error
	for began := t.wall(); ; {
		next, err := t.store.WalkDue(state.Never, s.cursor, showStep, t.shownFrom, func(v *state.View) error {
			err := t.showPerson(v, x, &refused)
			if refused != nil {
				return errFull
			}
			return err
		})
		if refused != nil {
			t.endShow(refused)
			return nil //nolint:nilerr // whoever asked is told; the task goes on
		}
		if err != nil {
			t.endShow(ErrNotShown)
			return err
		}
		if s.cursor = next; next == nil {
			t.endShow(nil)
			return nil
		}
		if t.wall().Sub(began) >= showFor || !x.Ready() {
			return nil
		}
	}
}

// showSoon returns how long the task may wait for records before it shows persons again: next to nothing while
// somebody wants to see them, and not long while what they saw is not taken, so that who takes it slowly is
// not made slower.
func (t *Task) showSoon() time.Duration {
	x := t.views.first()
	switch {
	case x == nil:
		return math.MaxInt64
	case x.Ready():
		return time.Millisecond
	}
	return showPause
}

// endShow ends the walk under way.
func (t *Task) endShow(err error) {
	t.showing = showing{}
	t.views.done(err)
}

// stopShow ends the walk under way, if one is: the task begins again.
func (t *Task) stopShow() {
	if t.showing.begun {
		t.endShow(ErrNotShown)
	}
}

// shownFrom returns from which day on a person is read: whole, or not at all where no fact names the centre.
// A version of a fact that has moved may name any centre.
func (t *Task) shownFrom(_, header []byte) int32 {
	if h, err := stored.DecodeHeader(header); err == nil && !h.Touches(t.showing.centre) && t.moved.empty() {
		return state.OnlyHeader
	}
	return state.Undated
}

// showPerson shows one person; refused is what the viewer says to it.
func (t *Task) showPerson(v *state.View, x Viewer, refused *error) error {
	id := string(v.Person)
	if len(v.Facts) == 0 || casefile.Pseudo(id) {
		return nil
	}
	rows := t.showing.facts.CardEvents[:0]
	t.showing.facts = duty.Facts{CardEvents: rows}
	f := t.filing(id, &t.showing.facts, stored.WholeRow, func(duty.Instant) {})
	for _, b := range v.Facts {
		if err := f.stored(b); err != nil {
			return err
		}
	}
	if _, err := f.others(t.showing.at); err != nil {
		return err
	}
	*refused = x.Person(id, &t.showing.facts)
	return nil
}
