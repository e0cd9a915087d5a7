package stored

import "tilsyn/engine/duty"

// LedgerLag is the part of the ledger that follows the violations by ledger.lag
// (contract §3, outcomes): the months of persons with a routine. They are
// written together, by a walk over the headers, and not as each night is decided:
// a million persons are due at one instant, and what is told of some of them must
// not wait for the ledger of all the others. The walk is part of the progress;
// writing a month twice does no harm.
type LedgerLag struct {
	// From is the clock of the first nights that are not written; zero where all
	// are. Again is likewise for nights decided while the walk goes on.
	From  duty.Instant `json:"from,omitempty"`
	Again duty.Instant `json:"again,omitempty"`
	// Cursor is where the walk goes on; nil before it begins.
	Cursor []byte `json:"cursor,omitempty"`
}

// Add takes in that nights were decided at a clock.
func (l *LedgerLag) Add(at duty.Instant) {
	switch {
	case l.From == 0:
		l.From = at
	case l.Cursor != nil && l.Again == 0:
		l.Again = at
	}
}
