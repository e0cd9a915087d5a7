package task

import (
	"errors"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/stored"
	"tilsyn/engine/stream/wire"
	"tilsyn/state"
)

// lag is the value of ledger.lag in force now.
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

// ledgerDue reports whether months have waited long enough to be written. A virtual clock may
// stand still once everything is read, so it does not wait then.
func (t *Task) ledgerDue() bool {
	l := &t.at.Ledger
	return l.From != 0 && (l.Cursor != nil || t.at.CaughtUp >= l.From+t.lag() ||
		t.clock.Virtual() && t.watermark.ReadAll())
}

// errFull ends a walk when the cycle has no room for more.
var errFull = errors.New("the cycle is full")

// ledgerMonths is roughly how many months one cycle writes.
const ledgerMonths = 20_000

// writeLedger writes months that have waited long enough, as many as fit into the cycle.
func (t *Task) writeLedger() error {
	if !t.ledgerDue() || !t.cycle.room() {
		return nil
	}
	l := &t.at.Ledger
	if t.cycle.routines > 0 && l.Again == 0 {
		l.Again = t.at.CaughtUp // the walk does not see the nights of this cycle
	}
	months := 0
	next, err := t.store.WalkDue(state.Never, l.Cursor, ledgerMonths, headersOnly, func(v *state.View) error {
		front, _, err := stored.SplitHeader(v.Header.Data)
		if err != nil || len(front.Routine) == 0 {
			return err
		}
		if t.cycle.persons[wire.View(v.Person)] != nil {
			l.Again = l.From // the store does not have the changes of this cycle yet
			return nil
		}
		m, err := stored.ReadRoutine(front.Routine)
		if err != nil || m.Decided < l.From || m.Month.Empty() {
			return err
		}
		if months++; months > ledgerMonths {
			return errFull
		}
		id := string(v.Person)
		month := m.Month.Record(id, t.policy())
		return t.out(duty.TopicOutcomes, []byte(id+":"+month.Record.Month), &month.Record)
	})
	if err != nil && !errors.Is(err, errFull) {
		return err
	}
	t.cycle.move()
	if l.Cursor = next; next == nil {
		*l = stored.LedgerLag{From: l.Again}
	}
	return nil
}

// headersOnly makes a walk show headers without facts.
func headersOnly(_, _ []byte) int32 { return state.OnlyHeader }
