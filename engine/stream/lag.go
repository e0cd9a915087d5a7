package stream

import (
	"errors"

	"tilsyn/engine/duty"
	"tilsyn/state"
)

// ledgerLag is the part of the ledger that follows the violations by ledger.lag
// (contract §3, outcomes): the months of persons with a routine. They are
// written together, by a walk over the headers, and not as each night is decided:
// a million persons are due at one instant, and what is told of some of them must
// not wait for the ledger of all the others. The walk is part of the progress;
// writing a month twice does no harm.
type ledgerLag struct {
	// From is the clock of the first nights that are not written; zero where all
	// are. Again is likewise for nights decided while the walk goes on.
	From  duty.Instant `json:"from,omitempty"`
	Again duty.Instant `json:"again,omitempty"`
	// Cursor is where the walk goes on; nil before it begins.
	Cursor []byte `json:"cursor,omitempty"`
}

// add takes in that nights were decided at a clock.
func (l *ledgerLag) add(at duty.Instant) {
	switch {
	case l.From == 0:
		l.From = at
	case l.Cursor != nil && l.Again == 0:
		l.Again = at
	}
}

// lag is ledger.lag now.
func (t *Task) lag() duty.Instant {
	lag, today := duty.Instant(0), t.at.CaughtUp.Date()
	steps := t.policy().Steps
	for i := range steps {
		if steps[i].From <= today {
			lag = steps[i].Params.LedgerLag
		}
	}
	return lag
}

// ledgerDue reports whether months have waited long enough. A clock that runs by
// what was read may stand still when everything was read.
func (t *Task) ledgerDue() bool {
	l := &t.at.Ledger
	return l.From != 0 && (l.Cursor != nil || t.at.CaughtUp >= l.From+t.lag() || t.clock.virtual() && t.readAll())
}

// errFull ends a walk when the cycle has no room for more.
var errFull = errors.New("the cycle is full")

// ledgerMonths is about how many months one cycle writes.
const ledgerMonths = 20_000

// writeLedger goes on with the months that have waited long enough.
func (t *Task) writeLedger() error {
	if !t.ledgerDue() || !t.cycle.room() {
		return nil
	}
	l := &t.at.Ledger
	if t.cycle.routines > 0 && l.Again == 0 {
		l.Again = t.at.CaughtUp // the walk does not see what this cycle has decided
	}
	months := 0
	next, err := t.store.WalkDue(state.Never, l.Cursor, ledgerMonths, headersOnly, func(v *state.View) error {
		front, _, err := splitHeader(v.Header.Data)
		if err != nil || len(front.routine) == 0 {
			return err
		}
		if t.cycle.persons[viewOf(v.Person)] != nil {
			l.Again = l.From // the store does not have yet what is known of this one
			return nil
		}
		m, err := readRoutine(front.routine)
		if err != nil || m.decided < l.From || m.month.empty() {
			return err
		}
		if months++; months > ledgerMonths {
			return errFull
		}
		month := m.month.record(string(v.Person), t.policy())
		return t.out(topicOutcomes, []byte(string(v.Person)+":"+month.record.Month), &month.record)
	})
	if err != nil && !errors.Is(err, errFull) {
		return err
	}
	t.cycle.moved = true
	if l.Cursor = next; next == nil {
		*l = ledgerLag{From: l.Again}
	}
	return nil
}

func headersOnly([]byte) int32 { return state.OnlyHeader }
