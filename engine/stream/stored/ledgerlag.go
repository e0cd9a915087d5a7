package stored

import "tilsyn/engine/duty"

// LedgerLag tracks the part of the ledger that follows the violations by ledger.lag (contract §3,
// outcomes): the months of persons with a routine. They are written together by a walk over the
// headers, not as each night is decided, since a million persons are due at one instant and what
// is told of some must not wait for the ledger of all. The walk is part of the progress; writing a
// month twice does no harm.
type LedgerLag struct {
	// From is the clock of the first nights not yet written to the ledger; zero if all are. Again is
	// the same for nights decided while the walk is under way.
	From  duty.Instant `json:"from,omitempty"`
	Again duty.Instant `json:"again,omitempty"`
	// Cursor is where the walk continues; nil before it begins.
	Cursor []byte `json:"cursor,omitempty"`
}

// Add notes that nights were decided at a clock.
func (l *LedgerLag) Add(at duty.Instant) {
	switch {
	case l.From == 0:
		l.From = at
	case l.Cursor != nil && l.Again == 0:
		l.Again = at
	}
}
